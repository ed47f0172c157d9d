"""`doleances init`: a desk of one's own, ready to be pushed to a forge."""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click

from runner import __version__
from runner.cli.asking import Asking, Form, git_says
from runner.cli.desk import Desk
from runner.errors import Refused, UsageError
from runner.founding.charter import (
    FORGES,
    Charter,
    Founder,
    check_charter,
    is_brand,
    is_contact,
    is_repository,
    is_server,
    parse_people,
)
from runner.founding.desk import list_paths, render_desk, render_desk_workflows
from runner.policies.zones import find_zone, suggest_zone
from runner.text.language import LANGUAGES, Language
from runner.workflows import requirement_of

_GIT = ".git"
_FIRST = ".github/workflows/"
_RANDOM = 8
"""Characters that a file has at its end while it is written, as `tempfile` makes them."""
_INDEX = "index"
_SITES = {"github": "https://github.com", "gitea": "", "local": ""}


@click.command(short_help="Write a desk of your own, ready to be pushed to a forge.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--brand", metavar="NAME", help="The brand whose customers are answered.")
@click.option("--language", type=click.Choice(LANGUAGES), help="What the team reads.")
@click.option(
    "--customers",
    type=click.Choice(LANGUAGES),
    multiple=True,
    help="A language in which customers are answered; repeatable. Default: the team's.",
)
@click.option("--forge", type=click.Choice(FORGES), help="Where cases are decided on.")
@click.option("--server", metavar="URL", help="The forge's address, such as https://codeberg.org.")
@click.option("--repository", metavar="OWNER/NAME", help="The repository there.")
@click.option("--zone", metavar="ZONE", help="The time that the team lives by.")
@click.option("--contact", metavar="EMAIL|URL", help="Where the owner of a site reaches the desk.")
@click.option(
    "--team",
    metavar="'NAME <EMAIL>, LOGIN, ROLE+ROLE'",
    multiple=True,
    help="One person; repeatable. Default: who git says that you are.",
)
@click.option(
    "--install-from",
    metavar="URL",
    default="",
    help="Where the workflows get the program: a wheel, an archive, git+https://…@COMMIT, or "
    "`index`: this version from the package index. Default: where this program came from.",
)
@click.option("--commit/--no-commit", default=None, help="Make it a git repository and commit it.")
@click.option(
    "--workflows",
    "only_workflows",
    is_flag=True,
    help="Write nothing but the workflows of the desk in DIR, anew.",
)
@click.pass_obj
def command(
    desk: Desk,
    *,
    folder: Path,
    brand: str | None,
    language: str | None,
    customers: tuple[str, ...],
    forge: str | None,
    server: str | None,
    repository: str | None,
    zone: str | None,
    contact: str | None,
    team: tuple[str, ...],
    install_from: str,
    commit: bool | None,
    only_workflows: bool,
) -> None:
    """Write a desk of your own into DIR, ready to be pushed to a forge.

    Sources, policies, templates, workflows, a form for cases found by hand, a page for the team.
    Asks on a terminal what no option says. DIR must be new, empty or hold nothing but git;
    nothing is ever overwritten, and a call that was broken off can be repeated.

    \b
    Example:  doleances init ../desk
              doleances init ../desk --brand Lumen --language fr --forge github \\
                --repository lumen/desk --team 'Inès Martin <ines@example.org>, ines-m' --commit
    """
    if only_workflows:
        _renew_workflows(desk, folder, install_from)
        return
    asking = Asking(desk)
    _look(folder, desk.now().date(), is_asked=asking.is_there)
    if not asking.is_there:
        _refuse_gaps(
            {
                "--brand": not brand,
                "--server": forge == "gitea" and not server,
                "--repository": forge in {"github", "gitea"} and not repository,
                "--team": not (team or (git_says("user.name") and git_says("user.email"))),
            }
        )
    language = language or asking.choose("What does the team read", LANGUAGES, _own_language())
    reads = Language(language, _zone(zone or "Europe/Paris"))
    say, say_n = reads.say, reads.say_n
    people = parse_people(team)
    brand = brand or asking.word(
        say("The brand, as customers write it"),
        Form(is_brand, say("That is no name, such as Lumen.")),
    )
    forge = forge or asking.choose(say("Where cases are decided on"), FORGES, "local")
    site = server or _SITES[forge]
    if forge == "gitea" and not site:
        site = asking.word(
            say("The server's address"),
            Form(
                is_server, say("That is no address of a server, such as https://git.example.org.")
            ),
        )
    if forge != "local":
        repository = repository or asking.word(
            say("The repository, as OWNER/NAME"),
            Form(is_repository, say("That is not of the form OWNER/NAME.")),
        )
    people = people or parse_people(asking.people(say, forge))
    if not zone:
        there_is = Form(find_zone, say("There is no such time zone; one is Europe/Paris."))
        zone = asking.word(say("The time zone"), there_is, "Europe/Paris")
    if not contact:
        reaches = Form(is_contact, say("That is no e-mail address and no page, https://…"))
        contact = asking.word(say("Where sites' owners reach you"), reaches, people[0].email)
    charter = Charter(
        brand=brand.strip(),
        language=language,
        customers=tuple(dict.fromkeys(customers)) or (language,),
        forge=forge,
        zone=_zone(zone).key,
        contact=_address(contact),
        people=people,
        server=site.rstrip("/"),
        repository=repository or "",
        install_from=_address_of(install_from),
    )
    check_charter(charter)
    files = render_desk(charter, _shipped(), desk.now().date())
    begun = _write(folder, files)
    if commit is None:
        commit = not begun and asking.yes(say("Make it a git repository, and commit it"))
    if commit:
        _commit(folder, say("Begin the desk."), files, by=charter.people[0])
    desk.say(
        say_n(
            "{count} file written to {folder}.",
            "{count} files written to {folder}.",
            len(files),
            folder=folder,
        )
    )
    desk.say()
    for line in _next_steps(charter, folder, committed=commit, say=say):
        desk.say(line)
    if unwarned := _unwarned(charter, say):
        desk.say()
        desk.say(unwarned)


def _zone(name: str) -> ZoneInfo:
    zone = find_zone(name)
    if zone is None:
        raise UsageError(f"--zone: there is no time zone {name!r}", suggest_zone(name))
    return zone


def _refuse_gaps(lacks: Mapping[str, bool]) -> None:
    """Refuse, where nobody can be asked, a call that says too little: all in one go.

    Raises:
        UsageError: naming the options that are missing.
    """
    missing = [option for option, is_missing in lacks.items() if is_missing]
    if missing:
        named = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        hint = "doleances init --help"
        if "--team" in missing:
            hint += "; git config --global user.name and user.email, too, say who you are"
        raise UsageError(f"`init` needs {named}", hint)


def _address_of(install_from: str) -> str:
    from runner.cli.provenance import read_provenance

    return "" if install_from == _INDEX else install_from or read_provenance()


def _address(contact: str) -> str:
    return contact if ":" in contact else f"mailto:{contact}"


def _own_language() -> str:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return "fr" if (wanted or "").startswith("fr") else "en"


def _shipped() -> dict[str, bytes]:
    """Return policies and templates of the desk that comes with the program, by their paths."""
    from runner.demo.stage import desk_folder

    root = desk_folder()
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for name in ("policies", "templates")
        for path in sorted((root / name).rglob("*.yaml"))
    }


def _look(folder: Path, today: date, *, is_asked: bool) -> None:
    """Make sure, before anything is asked, that a desk can be written there.

    What an earlier call has begun is told by the first files that it writes, the workflows, and
    by nothing else than a desk's files beside them; whether it is the same desk, only by the
    answers.  Who is asked on a terminal cannot repeat a call that has come to its end.

    Raises:
        Refused: when something else stands there.
    """
    standing = [path.relative_to(folder).as_posix() for path in _standing(folder)]
    if not standing:
        return
    known = list_paths(_shipped(), today)
    unfinished = {f".{Path(name).name}." for name in known}
    for name in standing:
        if name not in known and Path(name).name[:-_RANDOM] not in unfinished:
            raise _not_empty(folder, name)
    if not any(name.startswith(_FIRST) for name in standing):
        raise _not_empty(folder, standing[0])
    if is_asked and "sources.yaml" in standing and _has_commits(folder):
        raise Refused(
            f"{folder} is a desk already",
            "name another folder; `doleances init DIR --workflows` writes its workflows anew",
        )


def _has_commits(folder: Path) -> bool:
    from runner.repo.git import command as git_command
    from runner.repo.git import environment, spawn

    if not (folder / _GIT).exists():
        return False
    asked = git_command(folder, "rev-parse", "--quiet", "--verify", "HEAD")
    return spawn(asked, b"", environment()).returncode == 0


def _not_empty(folder: Path, name: str) -> Refused:
    return Refused(
        f"{folder} is not empty: it holds {name}",
        "name a folder that is new, empty, or holds nothing but .git",
    )


def _write(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Write the files of a desk, and return whether an earlier call had begun to.

    Raises:
        Refused: when something else stands there.
    """
    from runner.repo.files import write_file

    begun = False
    unfinished = {f".{Path(name).name}." for name in files}
    for path in _standing(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.name[:-_RANDOM] in unfinished:
            path.unlink()
            continue
        if name in files and not path.is_symlink() and path.read_bytes() == files[name]:
            begun = True
            continue
        raise _not_empty(folder, name)
    for name, data in files.items():
        if not (folder / name).exists():
            write_file(folder / name, data)
    return begun


def _standing(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder that are not git's own."""
    if folder.is_symlink() or not folder.exists():
        return
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder).parts
        if within[0] != _GIT and (path.is_symlink() or not path.is_dir()):
            yield path


def _commit(folder: Path, message: str, files: Mapping[str, bytes], by: Founder) -> None:
    """Commit the desk, by whom git names; where it knows nobody, by the first of the team."""
    from runner.repo.git import GitFailed, environment, failure, open_repository, spawn
    from runner.repo.git import command as git_command

    if not (folder / _GIT).exists():
        ended = spawn(
            git_command(folder, "init", "--quiet", "--initial-branch=main"), b"", environment()
        )
        if ended.returncode:
            raise failure("init", ended)
    repository = open_repository(folder)
    knows = git_says("user.name", folder) and git_says("user.email", folder)
    named = () if knows else ("-c", f"user.name={by.name}", "-c", f"user.email={by.email}")
    repository.run("add", "--", *files)
    if not repository.run("status", "--porcelain", "--", *files):
        return
    try:
        repository.run(*named, "commit", "--quiet", "--message", message, "--", *files)
    except GitFailed as failed:
        raise Refused(
            f"the desk stands in {folder}, but git did not commit it: {failed.message}",
            "git config --global user.name and user.email say who you are; then the same again",
        ) from None


def _renew_workflows(desk: Desk, folder: Path, install_from: str) -> None:
    from runner.cli.provenance import follows, read_provenance
    from runner.founding.desk import read_address
    from runner.repo.files import read_configuration_files, write_file

    root = Desk(folder, desk.terminal).root
    files, _ = read_configuration_files(root)
    check = root / ".github/workflows/check.yml"
    if not install_from and check.is_file():
        install_from = read_address(check.read_text("utf-8", "replace"))
        newer = read_provenance() if install_from else ""
        install_from = newer if follows(install_from, newer) else install_from
    install_from = "" if install_from == _INDEX else install_from
    for path, data in render_desk_workflows(files, install_from).items():
        if not (root / path).is_file() or (root / path).read_bytes() != data:
            write_file(root / path, data)
            desk.say(path)


def _unwarned(charter: Charter, say: Callable[..., str]) -> str:
    """Return who hears of nothing that runs late, "" where everybody does."""
    if charter.forge == "local":
        return say(
            "Nobody is warned yet of what runs late, not even of a crisis: "
            "policies/escalation.yaml says how to have it mailed."
        )
    without = ", ".join(person.name for person in charter.people if not person.login)
    if not without:
        return ""
    return say(
        "Until their login stands in policies/team.yaml, no alert reaches: {people}",
        people=without,
    )


def _next_steps(
    charter: Charter, folder: Path, *, committed: bool, say: Callable[..., str]
) -> Iterator[str]:
    where = shlex.quote(str(folder))
    yield say("What comes next:")
    yield f"    cd {where}"
    if not committed:
        yield "    git init --initial-branch=main; git add .; git commit -m 'Begin.'"
    yield "    doleances check"
    if charter.forge == "local":
        yield "    doleances run; doleances pulls"
        return
    host = urlsplit(charter.server).netloc
    yield f"    git remote add origin {charter.server}/{charter.repository}.git"
    yield "    git push --set-upstream origin main"
    yield f"    export DOLEANCES_FORGE_TOKEN=…    # {say('a token of {host}', host=host)}"
    yield f"    doleances doctor                  # {say('what the server’s settings still lack')}"
    yield f"    doleances run                     # {say('or let the workflow collect do it')}"
    yield ""
    if charter.install_from:
        yield say(
            "The workflows install the program from {address}: they must be able to read it "
            "without signing in.",
            address=charter.install_from,
        )
    else:
        yield say(
            "The workflows install {requirement} from the package index, and fail where it is not "
            "there. Then name an address that they reach, and push again:",
            requirement=requirement_of(__version__, ""),
        )
        yield "    doleances init . --workflows --install-from git+https://…@COMMIT"
