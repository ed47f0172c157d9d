"""Whether pull requests can be merged, and nothing else: protection, required check, ways."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from runner.planning.checkup import (
    Finding,
    ServerFacts,
    Verdict,
    judge,
    unknown,
    uses_own_account,
)
from runner.text.language import Language

STATUS, CHECK = "doleances/check", "check"
"""What a base can ask for: the commit status that the runner posts on its own pull requests, as
which the job of check.yml goes too; and how that job was called before."""
ON_GITEA = f"check / {STATUS} (pull_request)"
"""How Gitea and Forgejo call what check.yml says of a pull request."""


def _is_asked(status: str, required: Iterable[str], kind: str) -> bool:
    """Return whether a base asks for a status; on Gitea it does so by patterns."""
    if kind == "gitea":
        return any(fnmatchcase(status, pattern) for pattern in required)
    return status in required


def _pattern(kind: str) -> str:
    return f"*{STATUS}*" if kind == "gitea" else STATUS


def check_pull_requests(server: ServerFacts, kind: str, language: Language) -> Iterator[Finding]:
    """Yield how the base is protected, what it asks for, and how pull requests come into it."""
    say, where = language.say, _rules_page(server)
    yield judge(
        server.is_protected,
        say("The base branch is protected."),
        Finding(
            "protection",
            Verdict.WARNING,
            say(
                "The base branch is not protected: anybody who may write can rewrite the register."
            ),
            say("Protect it, no forced pushes, changes by pull request: {page}", page=where),
        ),
        language,
    )
    yield from _check_status(server, kind, language)
    yield from _check_ways(server, language)


def _rules_page(server: ServerFacts) -> str:
    return f"{server.page}/settings/branches"


def _check_status(server: ServerFacts, kind: str, language: Language) -> Iterator[Finding]:
    """Yield whether the base asks for the check, by a name that all proposals get."""
    say, where, required = language.say, _rules_page(server), server.required
    asks = required is not None and _is_asked(STATUS, required, kind)
    yield judge(
        None if required is None else asks,
        say("The base asks for the status {status}.", status=STATUS),
        Finding(
            "required-check",
            Verdict.WARNING,
            say(
                "The base does not ask for the status {status}: a case with faults can be merged.",
                status=STATUS,
            ),
            say("Ask for {pattern}: {page}", pattern=_pattern(kind), page=where),
        ),
        language,
    )
    if kind == "gitea" and asks and not _is_asked(ON_GITEA, required or (), kind):
        yield Finding(
            "required-check",
            Verdict.WARNING,
            say(
                "The base asks for {status} by that very name: what people propose, on which the "
                "workflow says {other}, can never be merged.",
                status=STATUS,
                other=ON_GITEA,
            ),
            say("Ask for {pattern} instead: {page}", pattern=_pattern(kind), page=where),
        )
    if (
        kind == "github"
        and required is not None
        and CHECK in required
        and not uses_own_account(server)
    ):
        yield Finding(
            "required-check",
            Verdict.WARNING,
            say(
                "The base also asks for {check}, which pull requests of the built-in token never "
                "start: they would wait for ever.",
                check=CHECK,
            ),
            say("Ask for {status} alone, or let the workflows use an app (README).", status=STATUS),
        )


def _check_ways(server: ServerFacts, language: Language) -> Iterator[Finding]:
    """Yield how pull requests are merged, and whether their branches go then."""
    say, page = language.say, server.page
    if server.merges is None:
        yield unknown("merges", say("How pull requests can be merged"), language)
    else:
        yield judge(
            "merge" in server.merges,
            say("Merge commits are allowed: they show in git who accepted a case."),
            Finding(
                "merges",
                Verdict.WARNING,
                say("Merge commits are not allowed: git alone does not show who accepted a case."),
                say("Allow them: {page}/settings", page=page),
            ),
            language,
        )
    yield judge(
        server.deletes_branches,
        say("Branches are deleted once they are merged."),
        Finding(
            "branches",
            Verdict.WARNING,
            say("Branches stay after they are merged; the runner removes its own, later."),
            say("Let them be deleted automatically: {page}/settings", page=page),
        ),
        language,
    )
