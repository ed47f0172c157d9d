"""What is found of a desk, its clone and its forge, and what to do about it.

Facts in, findings out; what nobody may see is not known, and never said to be well.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runner.planning.checkup import (
    Finding,
    Here,
    ServerFacts,
    Verdict,
    judge,
    say_hidden,
    unknown,
)
from runner.planning.checkup_clone import check_clone, check_files, check_remote
from runner.planning.checkup_pulls import check_pull_requests
from runner.planning.checkup_running import check_dashboard, check_schedule, check_workflows
from runner.policies.team import Team
from runner.policies.values import Configuration
from runner.text.language import Language

PYTHON, GIT = (3, 11), (2, 38)
"""The oldest versions: pyproject.toml; `git merge-tree --write-tree` came with 2.38."""
ENGLISH = Language("en", ZoneInfo("UTC"))
"""The language of the program itself, where the desk's is not known."""
DRIFT = timedelta(minutes=1)
"""`check` refuses entries that lie five minutes ahead."""


def check_up(
    here: Here,
    server: ServerFacts | None,
    needed: frozenset[str],
    configuration: Configuration | None,
    now: datetime,
) -> tuple[Finding, ...]:
    """Return how all stands, in the order in which somebody would set it up.

    `server` is None for a desk on git alone.  `needed` are the secrets that its workflows name.
    Without a configuration, for faults in sources.yaml, the machine alone is told of, in English.
    """
    if configuration is None:
        return (*_machine(here, ENGLISH), *check_files(here, ENGLISH))
    instance = configuration.instance
    language = Language(instance.language, instance.zone)
    found = [*_machine(here, language), *check_files(here, language)]
    found += check_clone(here, instance.base, language)
    if not here.has_base:
        found.append(_no_base(instance.base, server is not None, language))
    if server is None:
        if here.is_clone and not here.faults:
            found += [_decider(here.email, configuration.team, language)]
        return (*found, *_variables(here, language))
    found += _check_server(here, server, needed, configuration, now)
    if here.reaches_forge and here.has_base:
        return tuple(found)
    hidden, later = say_hidden(language), _say_later(here, language)
    return tuple(replace(each, remedy=later) if each.remedy == hidden else each for each in found)


def _check_server(
    here: Here,
    server: ServerFacts,
    needed: frozenset[str],
    configuration: Configuration,
    now: datetime,
) -> Iterator[Finding]:
    instance = configuration.instance
    language = Language(instance.language, instance.zone)
    kind = "gitea" if instance.forge == "gitea" else "github"
    yield from check_remote(here, instance.server.remote, language)
    yield from _repository(server, configuration, language)
    if here.reaches_forge:
        yield from _token(server, kind, language)
    elif not here.has_token:
        yield _no_token(language)
    if not here.faults:
        yield from _people(server, here, configuration, language)
    yield from check_pull_requests(server, kind, language)
    if not here.faults:
        yield from check_workflows(server, here, needed, kind, language)
    if here.reaches_forge:
        yield from check_schedule(server, here, now, suspended=instance.suspend, language=language)
        yield from check_dashboard(here, server, language)
    else:
        lives = language.say("Whether the schedule and the dashboard live")
        yield unknown("schedule", lives, language)


def _say_later(here: Here, language: Language) -> str:
    """Return when what is hidden will be known."""
    if not here.has_token:
        return language.say("Known once there is a token.")
    if here.address is None:
        return language.say("Known once the git remote leads to the desk’s repository.")
    return language.say("Known after the first push.")


def _no_base(base: str, is_on_server: bool, language: Language) -> Finding:
    say = language.say
    otherwise = say("or name the base branch in sources.yaml")
    remedy = f"git push --set-upstream origin {base}" if is_on_server else "git commit"
    return Finding(
        "pushed",
        Verdict.FAULT,
        say("There is no branch {base} yet, or no commit on it.", base=base),
        f"{remedy}, {otherwise}",
    )


def _no_token(language: Language) -> Finding:
    say = language.say
    return Finding(
        "push",
        Verdict.FAULT,
        say("DOLEANCES_FORGE_TOKEN holds no token: the forge tells nothing."),
        say("README, On GitHub or On Gitea, says where to get one."),
    )


def _machine(here: Here, language: Language) -> Iterator[Finding]:
    say = language.say
    for name, has, least in (("Python", here.python, PYTHON), ("git", here.git, GIT)):
        version, wanted = (".".join(map(str, numbers)) for numbers in (has, least))
        if has >= least:
            said = say("{program} {version}", program=name, version=version)
            yield Finding(name.lower(), Verdict.OK, said)
        else:
            said = say("{program} {version} is too old", program=name, version=version)
            remedy = say("Install {program} {version} or newer.", program=name, version=wanted)
            yield Finding(name.lower(), Verdict.FAULT, said, remedy)


def _decider(email: str | None, team: Team, language: Language) -> Finding:
    """Return who decides here, by git's address alone: there is no forge to ask."""
    say = language.say
    person = team.who_goes_by(email) if email else None
    if person is not None:
        return Finding("you", Verdict.OK, say("Here you decide as {name}.", name=person.name))
    if not email:
        said = say("git does not know who you are.")
        remedy = say(
            "Type git config user.name NAME and git config user.email ADDRESS, with the address of "
            "your entry in policies/team.yaml. Until then nothing can be accepted or recorded here."
        )
        return Finding("you", Verdict.WARNING, said, remedy)
    said = say(
        "policies/team.yaml has nobody with the address {email}, which git uses.", email=email
    )
    remedy = say(
        "Add your address to your entry there, or: git config user.email ADDRESS. `audit` calls "
        "unproven what others accept, and `reply`, `note` … ask for --by."
    )
    return Finding("you", Verdict.WARNING, said, remedy)


def _variables(here: Here, language: Language) -> Iterator[Finding]:
    say = language.say
    for name, is_set in here.variables.items():
        if is_set:
            yield Finding("secrets", Verdict.OK, say("The variable {name} is set.", name=name))
        else:
            yield Finding(
                "secrets",
                Verdict.WARNING,
                say("The variable {name} is not set here.", name=name),
                say("Sources or channels that name it fail without it: export {name}=…", name=name),
            )


def _repository(
    server: ServerFacts, configuration: Configuration, language: Language
) -> Iterator[Finding]:
    say, base = language.say, configuration.instance.base
    yield judge(
        None if server.is_archived is None else not server.is_archived,
        say("The repository can be written to."),
        Finding(
            "repository",
            Verdict.FAULT,
            say("The repository is archived: nothing can be written."),
            say("Unarchive it in its settings, or point the git remote elsewhere."),
        ),
        language,
    )
    yield judge(
        None if server.is_public is None else not server.is_public,
        say("The repository is private: customers’ words stay within the team."),
        Finding(
            "public",
            Verdict.WARNING,
            say("The repository is public: everybody reads customers’ names and words, for ever."),
            say(
                "Make it private, unless you have the right to republish them: {page}/settings",
                page=server.page,
            ),
        ),
        language,
    )
    yield judge(
        None if server.default_branch is None else server.default_branch == base,
        say("The default branch is {base}.", base=base),
        Finding(
            "base",
            Verdict.FAULT,
            say(
                "The default branch is {other}, but sources.yaml says {base}: schedules and forms "
                "are read from the default branch alone.",
                other=server.default_branch or "",
                base=base,
            ),
            say(
                "Change `base` in sources.yaml, or the default branch: {page}/settings",
                page=server.page,
            ),
        ),
        language,
    )
    if server.ahead is not None:
        seconds = round(server.ahead.total_seconds())
        yield judge(
            abs(server.ahead) <= DRIFT,
            say("This machine’s clock agrees with the server’s."),
            Finding(
                "clock",
                Verdict.FAULT,
                say(
                    "This machine’s clock is {seconds} seconds ahead of the server’s.",
                    seconds=seconds,
                ),
                say("Set it by the network: what is written here would bear wrong instants."),
            ),
            language,
        )


def _token(server: ServerFacts, kind: str, language: Language) -> Iterator[Finding]:
    say = language.say
    who = server.login or say("a program")
    yield judge(
        server.may_push,
        say("The token is that of {login}, who may push.", login=who),
        Finding(
            "push",
            Verdict.FAULT,
            say("The token is that of {login}, who may not push.", login=who),
            say(
                "Give the account write access, and the token contents: write: {page}/settings",
                page=server.page,
            ),
        ),
        language,
    )
    yield judge(
        server.sees_issues,
        say("The token sees labels and issues."),
        Finding(
            "issues",
            Verdict.FAULT,
            say(
                "Issues are switched off, or the token may not see them: no labels, no dashboard, "
                "no reasons of refusals."
            ),
            say(
                "Switch issues on in {page}/settings, and give the token issues: read and write.",
                page=server.page,
            ),
        ),
        language,
    )
    wanted = {"repo"} if kind == "github" else {"repository", "issue"}
    if server.scopes is None:
        yield Finding(
            "rights",
            Verdict.UNKNOWN,
            say("The token does not tell what it may write."),
            say("README lists the rights it needs; the first run shows whether it has them."),
        )
    else:
        missing = ", ".join(sorted(wanted - server.scopes))
        yield judge(
            not missing,
            say("The token has the scopes that it needs."),
            Finding(
                "rights",
                Verdict.FAULT,
                say("The token lacks: {scopes}", scopes=missing),
                say("Make a new one with them; README lists the rights."),
            ),
            language,
        )


def _people(
    server: ServerFacts, here: Here, configuration: Configuration, language: Language
) -> Iterator[Finding]:
    say = language.say
    team = configuration.team
    without = [person.name for person in team.people if not person.logins]
    if without:
        yield Finding(
            "team",
            Verdict.WARNING,
            say("Nobody knows the login of: {people}", people=", ".join(without)),
            say("Put it into policies/team.yaml: what they decide on pages cannot be told else."),
        )
    writers = server.writers
    locked = sorted(login for login, may in (writers or {}).items() if not may)
    yield judge(
        None if writers is None else not locked,
        say("Everybody of the team may write to the repository."),
        Finding(
            "access",
            Verdict.WARNING,
            say("May not write to the repository: {logins}", logins=", ".join(locked)),
            say("Invite them with write access: {page}/settings", page=server.page),
        ),
        language,
    )
    if here.owners is None:
        yield Finding(
            "owners",
            Verdict.WARNING,
            say("There is no CODEOWNERS: changes of policies ask nobody for a review."),
            say("`doleances init` into an empty folder writes one to copy."),
        )
    else:
        strangers = sorted(o for o in here.owners if team.who_goes_by(o) is None and "/" not in o)
        yield judge(
            not strangers,
            say("All in CODEOWNERS are of the team."),
            Finding(
                "owners",
                Verdict.WARNING,
                say(
                    "In CODEOWNERS, but not in policies/team.yaml: {logins}",
                    logins=", ".join(strangers),
                ),
                say("Mend whichever is out of date."),
            ),
            language,
        )
