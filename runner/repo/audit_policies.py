"""What a change of a policy lets people do, and whether those that it names had a hand in it."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from runner.cases.authority import Authority
from runner.errors import Fault, Severity
from runner.policies.alone import load_incident
from runner.policies.clocks import FILE as CLOCKS
from runner.policies.delegation import FILE as DELEGATION
from runner.policies.team import FILE as TEAM
from runner.repo.git import FileChange

_LIMITING = frozenset({CLOCKS, DELEGATION, TEAM})
"""Policies without which people may do, or leave, what they might not."""


def check_policy(
    change: FileChange, authority: Authority, read: Callable[[str | None], bytes | None]
) -> Iterator[Fault]:
    """Yield what is odd about a change of a policy; `read` returns the bytes of a blob."""
    if change.path in _LIMITING and change.new is None:
        said = "it is gone: from here on nothing that it says holds"
        hint = "put it back; who decides without limits is named in it too"
        yield Fault(change.path, 1, 1, "policy-removed", said, hint, Severity.WARNING)
    elif change.path.startswith("policies/incidents/") and change.new is not None:
        yield from _check_incident(change, authority, read)


def _check_incident(
    change: FileChange, authority: Authority, read: Callable[[str | None], bytes | None]
) -> Iterator[Fault]:
    """Yield the fault of an incident in which who approved it had no hand.

    What it has all customers told and given is within that person's limit, in each of its cases.
    """
    # Imported by the few commits that change an incident.
    from runner.policies.incidents import incident_file

    name = PurePosixPath(change.path).stem
    if incident_file(name) != change.path:
        return
    was = load_incident(name, lambda _: read(change.old))
    now = load_incident(name, lambda _: read(change.new))
    if now is None or (
        was is not None
        and (was.approved_by, was.gesture, was.wording)
        == (now.approved_by, now.gesture, now.wording)
    ):
        return
    person = authority.person(now.approved_by)
    if person is None or not authority.acts(person):
        said = f"nothing shows that {now.approved_by} approved this incident"
        hint = "who approves it proposes it, or accepts the pull request"
        yield Fault(change.path, 1, 1, "unproven", said, hint)
