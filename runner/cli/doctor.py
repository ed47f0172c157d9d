"""`doleances doctor`: what the desk, its clone and its forge still lack."""

import os
import re
import sys
from collections import Counter
from dataclasses import replace
from itertools import zip_longest

import click

from runner.cli.desk import Desk
from runner.cli.forge import forge_token, open_forge
from runner.errors import ExitCode, FaultyFiles, Refused, UsageError
from runner.forges.port import Forge
from runner.forges.rest import ForgeFailed
from runner.planning.checkup import Finding, Here, ServerFacts, Verdict
from runner.planning.checkup_words import ENGLISH, check_up
from runner.policies.values import Configuration
from runner.text.language import Language

_VERSION = re.compile(r"git version (\d+)\.(\d+)")
_OWNER = re.compile(r"(?<=\s)@([A-Za-z0-9][A-Za-z0-9_./-]*)")
_SECRET = re.compile(r"\$\{\{ secrets\.([A-Z][A-Z0-9_]*) \}\}")
_BUILT_IN = frozenset(("GITHUB_TOKEN", "DOLEANCES_FORGE_TOKEN", "DOLEANCES_APP_KEY"))
"""Secrets that the workflows name and can do without."""
_MAIL = "DOLEANCES_SMTP_URL"


@click.command(short_help="Say what the desk, its clone and its forge still lack.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as data.")
@click.pass_obj
def command(desk: Desk, *, as_json: bool) -> int:
    """Say what the desk, its clone and its forge still lack, and how to set it.

    Nothing is changed. What the token may not see is not known, and never said to be well;
    without a token that is all that only the forge could tell.
    Ends with 1 when there is a fault; a warning alone does not count as one. Faults in the files
    of the desk are counted, and what hangs on them is left out; `doleances check` names them.

    \b
    Example:  doleances doctor
    """
    desk, configuration, faults = _read(desk)
    if configuration is None:
        here = Here(sys.version_info[:2], _git_version(), faults=faults)
        found = check_up(here, None, frozenset(), None, desk.now())
    else:
        found = _look_at(desk, configuration, faults)
    if as_json:
        desk.print_json(
            [
                {"check": e.name, "verdict": e.verdict.value, "said": e.said, "remedy": e.remedy}
                for e in found
            ]
        )
    else:
        _print(desk, found, desk.language if configuration else ENGLISH)
    faulty = any(each.verdict is Verdict.FAULT for each in found)
    return ExitCode.FAULTS if faulty else ExitCode.DONE


def _read(desk: Desk) -> tuple[Desk, Configuration | None, int]:
    """Return what can be read of a desk, its configuration, and how many faults its files have.

    With faults that is sources.yaml alone; where the faults are in there, nothing.
    """
    try:
        return desk, desk.configuration(), 0
    except FaultyFiles as faulty:
        count = len(faulty.faults)
    alone = desk.without_policies()
    try:
        return alone, alone.configuration(), count
    except FaultyFiles:
        return alone, None, count


def _look_at(desk: Desk, configuration: Configuration, faults: int) -> tuple[Finding, ...]:
    instance = configuration.instance
    here = _look(desk, configuration, is_whole=not faults)
    here = replace(
        here, faults=faults, has_token=not instance.has_pages or _has_token(instance.forge)
    )
    server = ServerFacts("") if instance.has_pages else None
    if here.reaches_forge if instance.has_pages else here.is_clone:
        forge = open_forge(desk)
        try:
            forge.base()
        except Refused:
            # Before the first push there is nothing to look at but the settings.
            here = replace(here, has_base=False)
        else:
            here = _look_at_forge(here, forge)
        if instance.has_pages:
            server = _ask(desk, configuration)
    needed = frozenset(_needed(desk, configuration))
    return check_up(here, server, needed, configuration, desk.now())


def _look_at_forge(here: Here, forge: Forge) -> Here:
    dashboard, is_open, stopped = _dashboard(forge)
    return replace(
        here,
        runs=dict(forge.ledger().runs),
        dashboard=dashboard,
        dashboard_open=is_open,
        stopped=stopped,
    )


def _remote(desk: Desk, configuration: Configuration) -> tuple[bool, bool, str | None]:
    """Return whether the desk is a clone's top, whether that has the remote, and where it leads."""
    from runner.forges import gitea, github
    from runner.forges.address import find_address
    from runner.repo.git import check_top, open_repository

    instance = configuration.instance
    try:
        check_top(desk.root)
    except UsageError:
        return False, False, None
    if not instance.has_pages:
        return True, True, None
    named = open_repository(desk.root).text("remote").split()
    api_of = gitea.api_of if instance.forge == "gitea" else github.api_of
    try:
        address = find_address(desk.root, instance.server, api_of)
    except UsageError:
        return True, instance.server.remote in named, None
    return True, True, f"{address.site}/{address.name}"


def _has_token(forge: str) -> bool:
    try:
        return bool(forge_token(forge))
    except UsageError:
        return False


def _ask(desk: Desk, configuration: Configuration) -> ServerFacts:
    from runner.forges.facts import read_gitea_facts, read_github_facts
    from runner.forges.gitea import open_gitea_server
    from runner.forges.github import open_github_server

    token = forge_token(configuration.instance.forge)
    is_gitea = configuration.instance.forge == "gitea"
    read = read_gitea_facts if is_gitea else read_github_facts
    server = (open_gitea_server if is_gitea else open_github_server)(
        desk.root, configuration, token
    )
    people = configuration.team.people
    logins = [login for person in people for login in person.logins[:1]]
    base = configuration.instance.base
    return read(
        server.client, server.name, base=base, page=server.page, logins=logins, now=desk.now()
    )


def _look(desk: Desk, configuration: Configuration, *, is_whole: bool) -> Here:
    """Return what the machine and the clone tell; of workflows only where all files are known."""
    from runner.founding.desk import read_address, render_desk_workflows
    from runner.repo.files import read_configuration_files

    root = desk.root
    missing, stale = [], []
    files, _ = read_configuration_files(root)
    check = root / ".github/workflows/check.yml"
    is_carried = (root / "runner/cli").is_dir()
    address = read_address(check.read_text("utf-8", "replace")) if check.is_file() else ""
    written = render_desk_workflows(files, address, carried=is_carried) if is_whole else {}
    for path, data in written.items():
        if not (root / path).is_file():
            missing.append(path)
        elif (root / path).read_bytes() != data:
            stale.append(path)
    owners = next(
        (f for f in (root / "CODEOWNERS", root / ".github/CODEOWNERS") if f.is_file()), None
    )
    is_clone, has_remote, leads_to = _remote(desk, configuration)
    return Here(
        python=sys.version_info[:2],
        git=_git_version(),
        missing=tuple(missing),
        stale=tuple(stale),
        owners=frozenset(_owners(owners.read_text("utf-8", "replace"))) if owners else None,
        variables={name: bool(os.environ.get(name)) for name in _variables(configuration)},
        email=_email(desk) if is_clone else None,
        is_clone=is_clone,
        has_remote=has_remote,
        address=leads_to,
    )


def _email(desk: Desk) -> str | None:
    from runner.forges.decide import read_person
    from runner.repo.git import open_repository

    try:
        return read_person(open_repository(desk.root)).email
    except Refused:
        return None


def _dashboard(forge: Forge) -> tuple[int | None, bool | None, bool | None]:
    """Return the dashboard's number, whether it is open, and whether people stopped the runner."""
    own = forge.own_issues
    if own is None:
        return None, None, None
    record = forge.ledger().runs.get("run")
    try:
        seen = own.look(record.dashboard if record else None)
    except ForgeFailed as failed:
        if failed.status in {403, 404, 410}:
            return None, None, None
        raise
    issue = seen.stopped_at or seen.dashboard
    return (
        issue.number if issue else None,
        issue.is_open if issue else None,
        seen.stopped_at is not None,
    )


def _git_version() -> tuple[int, int]:
    from pathlib import Path

    from runner.repo.git import command as git_command
    from runner.repo.git import environment, spawn

    said = spawn(git_command(Path.cwd(), "version"), b"", environment()).stdout.decode()
    found = _VERSION.search(said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _owners(text: str) -> list[str]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return [login for line in lines for login in _OWNER.findall(line)]


def _variables(configuration: Configuration) -> list[str]:
    from runner.policies.secrets import secret_variables, survey_variables

    named = [*secret_variables(configuration.sources), *survey_variables(configuration.sources)]
    named += [each.variable for each in configuration.escalation.channels if each.variable]
    if any(each.kind == "mail" for each in configuration.escalation.channels):
        named.append(_MAIL)
    return list(dict.fromkeys(named))


def _needed(desk: Desk, configuration: Configuration) -> set[str]:
    """Return the secrets without which a source or a channel fails in the workflows."""
    collect = desk.root / ".github/workflows/collect.yml"
    named = (
        set(_SECRET.findall(collect.read_text("utf-8", "replace"))) if collect.is_file() else set()
    )
    return (named - _BUILT_IN - {_MAIL}) | set(_variables(configuration))


def _print(desk: Desk, found: tuple[Finding, ...], language: Language) -> None:
    say, say_n = language.say, language.say_n
    words = {
        Verdict.OK: say("well"),
        Verdict.WARNING: say("warning"),
        Verdict.FAULT: say("fault"),
        Verdict.UNKNOWN: say("not known"),
    }
    width = max(map(len, words.values()))
    # What is not known comes last, and what to do about it once.
    last = sorted(found, key=lambda each: each.verdict is Verdict.UNKNOWN)
    for each, after in zip_longest(last, last[1:]):
        desk.say(f"{words[each.verdict]:{width}}  {each.said}", within=width + 2)
        said_below = after is not None and (each.verdict, each.remedy) == (
            after.verdict,
            after.remedy,
        )
        if each.verdict is not Verdict.OK and each.remedy and not said_below:
            desk.say(f"{'':{width}}  → {each.remedy}", within=width + 4)
    count = Counter(each.verdict for each in found)
    desk.say()
    desk.say(
        ", ".join(
            (
                say_n("{count} fault", "{count} faults", count[Verdict.FAULT]),
                say_n("{count} warning", "{count} warnings", count[Verdict.WARNING]),
                say_n("{count} not known", "{count} not known", count[Verdict.UNKNOWN]),
            )
        )
        + "."
    )
