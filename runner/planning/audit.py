"""Whether a merged version of a case follows from the one before: what `audit` proves.

The same functions judge it that judged it as a change, with what was so then: the team and
the limits as they stood before the commit, the policies and calendars that promises name, the
instants of the commits.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from runner.cases.amendments import SKEW, added_entries, check_amendment
from runner.cases.authority import Authority, check_authority
from runner.cases.checks import find_unsound
from runner.cases.evidence import Finding, Life
from runner.cases.instants import parse_instant, render_instant
from runner.cases.joining import FindCase, check_merged
from runner.cases.lifecycle import RUNNER
from runner.cases.recorded import Holding, check_recorded
from runner.clocks.policy_checks import PolicyThen, StoodAs, check_policies
from runner.clocks.promise_checks import PinnedOpenTime, check_promises
from runner.errors import Fault, Severity
from runner.planning.commits import commit_instant
from runner.policies.clocks import ClockPolicy
from runner.policies.team import Team
from runner.text.document import Document

_SKEW_SECONDS = SKEW.total_seconds()
_ANY_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""The instants of entries are held against their commit, not against a present."""

_ADVICE = frozenset({"speaks-unknowing", "remedy-not-asked"})
"""What is said to who proposes an entry.  Who goes on all the same may: the register holds."""
_OF_HANDS = frozenset({"not-the-actor", "not-the-runner", "unproven"})


class Weight(StrEnum):
    """What a finding means.

    `broken`: it does not hold.  `unproven`: it may hold, and the repository does not show it.
    `warning`: it holds, and is odd.
    """

    BROKEN = "broken"
    UNPROVEN = "unproven"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something that does not hold in a commit, at a place of a file as it stands there.

    `committed_at` is None for what no commit shows: something that should be there.
    """

    commit: str
    committed_at: datetime | None
    fault: Fault
    weight: Weight


class Arrival(NamedTuple):
    """When a version came to the main line, in seconds since 1970.

    `proposed` is the earliest instant of its commit and of the branch that it brought.
    """

    committed: int
    proposed: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What held on the desk when a commit came: who may decide, what was promised and counted.

    `in_force` returns the clocks' policy of an instant, None where there was none; `bots` are
    the addresses that the runner commits by.
    """

    authority: Authority
    bots: frozenset[str]
    open_time: PinnedOpenTime
    clocks: PolicyThen
    stood: StoodAs
    in_force: Callable[[datetime], ClockPolicy | None]


def weigh(fault: Fault) -> Weight:
    """Return what a fault of the checks means for the register."""
    if fault.rule == "unproven":
        return Weight.UNPROVEN
    return Weight.BROKEN if fault.severity is Severity.ERROR else Weight.WARNING


class NewVersion(NamedTuple):
    """A version of a case as it came, and the one before, None for a new case.

    Both have passed the schema.  `find` returns another case as it stood then.
    """

    before: Document | None
    after: Document
    arrival: Arrival
    rules: Rules
    find: FindCase


class _Judged(NamedTuple):
    """A version, the new entries that can be judged, and what does not hold so far.

    `countable` is whether its promises can be counted.
    """

    version: NewVersion
    added: range
    countable: bool
    faults: list[Fault]


def check_versions(versions: Iterable[NewVersion]) -> list[tuple[Fault, ...]]:
    """Return what does not hold in each of some versions of cases.

    What was wrong before the audit began stays as it was, and is not told again.  Each check
    goes over all versions before the next begins: what it works with stays in the processor's
    caches, and a hundred at once take a quarter less time than one by one.
    """
    judged = [*_begin_all(versions)]
    for version, _, _, faults in judged:
        faults.extend(check_amendment(version.before, version.after, _ANY_TIME))
    new = [one for one in judged if one.added]
    for version, added, _, faults in new:
        case: Any = version.after.value
        held = Holding(case["log"], version.arrival.proposed, version.arrival.committed)
        faults.extend(check_recorded(version.after, added, (held,)))
    for version, added, _, faults in new:
        found = check_authority(version.after, added, version.rules.authority)
        faults.extend(filter(_is_proof, found))
    for version, added, _, faults in new:
        faults.extend(_check_runner(version.after, added, version.rules))
    for version, added, _, faults in new:
        faults.extend(check_merged(version.after, added, version.find))
    for version, added, countable, faults in new:
        if countable:
            faults.extend(_check_clocks(version, added))
    return [tuple(sorted(one.faults)) for one in judged]


def _begin_all(versions: Iterable[NewVersion]) -> Iterator[_Judged]:
    """Begin with versions; one that follows the last goes on with its life, if that is sound."""
    life: Life | None = None
    for version in versions:
        before, after = version.before, version.after
        case: Any = after.value
        added = added_entries(before, after)
        if (
            life is not None
            and before is not None
            and life.case is before.value
            and life.goes_on_in(case)
            and not any(find_unsound(case, after.file, life))
        ):
            yield _Judged(version, added, True, [])
            continue
        life = Life(case)
        found = tuple(find_unsound(case, after.file, life))
        if found:
            life = None
            yield _begin_unsound(version, added, found)
        else:
            yield _Judged(version, added, True, [])


def _begin_unsound(version: NewVersion, added: range, found: tuple[Finding, ...]) -> _Judged:
    before, after = version.before, version.after
    known: frozenset[Finding] = frozenset()
    if before is not None:
        was: Any = before.value
        known = frozenset(find_unsound(was, before.file))
    unsound = [one for one in found if one not in known]
    faults = [after.fault(one.path, one.rule, one.message, one.hint) for one in unsound]
    # What has no instants cannot be counted, also if it never had any, nor held against commits.
    judgeable = added if _has_instants(unsound) else range(0)
    return _Judged(version, judgeable, not unsound and _has_instants(found), faults)


def _is_proof(fault: Fault) -> bool:
    return fault.rule not in _ADVICE


def _has_instants(unsound: Iterable[Finding]) -> bool:
    return all(one.rule != "no-such-instant" for one in unsound)


def check_hands(after: Document, written: Iterable[int], rules: Rules) -> tuple[Fault, ...]:
    """Return which entries that a merge itself wrote its makers had no hand in.

    `rules` are those of the makers alone: who wrote what they merged wrote nothing of it.
    """
    indexes = tuple(written)
    found = (
        *check_authority(after, indexes, rules.authority),
        *_check_runner(after, indexes, rules),
    )
    return tuple(fault for fault in found if fault.rule in _OF_HANDS)


def _check_runner(after: Document, added: Iterable[int], rules: Rules) -> Iterator[Fault]:
    """Yield the entries in the runner's name that came without a commit of the runner's."""
    authority = rules.authority
    if authority.actors is None or any(one.casefold() in rules.bots for one in authority.actors):
        return
    case: Any = after.value
    for index in added:
        if case["log"][index]["by"] == RUNNER:
            # A forge that squashes may leave no trace of who wrote what it squashed.
            yield after.fault(
                ("log", index, "by"),
                "not-the-runner" if authority.approvals_known else "unproven",
                "no commit of the runner's brought this entry",
                "your own id of policies/team.yaml stands in `by`; what the runner finds, it "
                "proposes on its own branches",
            )


def _check_clocks(version: NewVersion, added: Iterable[int]) -> Iterator[Fault]:
    """Yield what is wrong with the promises of new entries, where some make or owe any."""
    after, rules = version.after, version.rules
    case: Any = after.value
    for index in added:
        entry = case["log"][index]
        policy = rules.in_force(parse_instant(entry["recorded_at"]))
        if entry.get("clocks"):
            yield from check_promises(after, (index,), rules.open_time)
        elif policy is None or not policy.starts_with(entry["entry"]):
            continue
        if policy is not None:
            yield from check_policies(
                after,
                (index,),
                rules.clocks,
                rules.stood,
                policy,
                written=version.arrival.proposed,
                is_new=version.before is None,
            )


def check_order(file: str, committed: int, before: int | None) -> Iterator[Fault]:
    """Yield the fault of a commit that says it is older than the one it follows."""
    if before is not None and committed + _SKEW_SECONDS < before:
        yield Fault(
            file,
            1,
            1,
            "back-dated",
            f"the commit is of {instant(committed)}, the one before it of {instant(before)}",
            "a commit cannot be older than what it stands on; somebody set its date",
        )


def check_ahead(file: str, committed: int, now: datetime) -> Iterator[Fault]:
    """Yield the fault of a commit that says it was made after now."""
    if committed > now.timestamp() + _SKEW_SECONDS:
        said = f"the commit is of {instant(committed)}, and it is {render_instant(now)}"
        yield Fault(file, 1, 1, "commit-ahead", said, "a clock was wrong, or the date was set")


SIGNATURES = {"G": "verified", "U": "verified", "B": "bad", "N": "absent"}
"""Git's verdicts on signatures; any other says that one is present and cannot be verified here."""


def check_signature(verdict: str) -> Iterator[Fault]:
    """Yield the fault of a commit whose signature does not fit it; `verdict` is git's `%G?`."""
    if SIGNATURES.get(verdict) == "bad":
        said = "the signature does not fit the commit"
        hint = "`git verify-commit` says more; the commit is not what was signed"
        yield Fault("", 1, 1, "signature-bad", said, hint)


def check_merger(
    file: str, mergers: Iterable[str], team: Team, bots: frozenset[str]
) -> Iterator[Fault]:
    """Yield the fault of a commit that nobody of the team put on the main line.

    `mergers` are the names of who made it; a forge that made it for somebody is not among them.
    `bots` are the runner's addresses, in lower case.
    """
    names = tuple(mergers)
    if names and not any(name.casefold() in bots or team.who_goes_by(name) for name in names):
        yield Fault(
            file,
            1,
            1,
            "stranger",
            f"{names[0]}, who put this on the main line, is nobody of policies/team.yaml",
            "it names everybody's addresses and logins",
        )


def outside_pull_request(file: str, count: int) -> Fault:
    """Return the fault of a commit that changes `count` files of the desk by itself."""
    what = "the change" if count == 1 else f"the change of {count} files"
    return Fault(
        file,
        1,
        1,
        "outside-pull-request",
        f"{what} came by no pull request that is known",
        "it is no merge, no receipt tells of it, and no forge squashed it; "
        "a forge that rebases leaves no trace either",
    )


def instant(seconds: int) -> str:
    """Return a commit's time as files write instants."""
    return render_instant(commit_instant(seconds))
