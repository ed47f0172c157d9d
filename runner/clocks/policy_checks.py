"""Whether the promises that new entries start are those of the desk's policy.

A promise keeps target, zone, calendar, pauses and stops beside the blob ids of the policies
that they came from.  Asked of new entries alone: what is merged stands as it was made.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from runner.cases.amendments import SKEW
from runner.cases.courses import read_courses
from runner.cases.evidence import Data, Finding
from runner.cases.file import parse_entry
from runner.cases.instants import parse_instant, render_instant
from runner.cases.recorded import WAIT_DAYS
from runner.errors import Fault, Severity
from runner.model import Category, Urgency
from runner.policies.calendars import calendar_file
from runner.policies.clocks import ClockPolicy, Matter, Promise, parse_target
from runner.text.document import Document, Path

PolicyThen = Callable[[str], ClockPolicy | None]
"""Returns the clocks' policy of a blob id, None for a blob that is none."""


class Stood(NamedTuple):
    """Whether a file of the desk ever was a blob, None where that cannot be known here, and when.

    `since` is when it first came to the main line, `until` when it was replaced there for good;
    they are None where nobody knows, and while it stands.
    """

    ever: bool | None
    since: datetime | None = None
    until: datetime | None = None


StoodAs = Callable[[str, str], Stood]
"""Returns by the path of a file and a blob id how the file stood as that blob."""

_CHANGES = "clock-changed"
_JOINS = "place-added"
_DETECTED = "detected"
_WAIT = timedelta(days=WAIT_DAYS)
"""How long a clone may be behind, in which somebody promises by a policy that is replaced."""
_HINT = "the verbs write promises as the policy has them; another promise needs another policy"
_HINT_THEN = "a promise comes from the policy in force when it is made"


def check_policies(
    document: Document,
    added: Iterable[int],
    policy_then: PolicyThen,
    stood: StoodAs,
    policy_now: ClockPolicy,
    *,
    written: int = 0,
    is_new: bool = False,
) -> tuple[Fault, ...]:
    """Return what new entries promise otherwise than the desk does, and what they leave out.

    `document` is a sound case; `added` are the indexes of the new entries, `written` when the
    first commit that holds them was made, in seconds since 1970, 0 where that is not asked.
    A policy of which nobody can tell whether the desk ever had it is a warning, and so is a
    clock that `policy_now` starts and the entry does not, as it may be younger than the entry.
    A target for other cases is one too, unless the case `is_new`: what people set before it is
    merged no entry tells.
    """
    case: Any = document.value
    faults: list[Fault] = []
    for index in added:
        entry = case["log"][index]
        for number, clock in enumerate(entry.get("clocks", ())):
            path: Path = ("log", index, "clocks", number)
            found = [
                *_find_not_in_force(entry, clock, path, policy_now.file, stood, written=written)
            ]
            blob = clock["policies"].get(policy_now.file)
            policy = policy_then(blob) if blob is not None else None
            if policy is not None:
                other = _find_other(entry, clock, path, policy)
                found += ((one, Severity.ERROR) for one in other)
                if not (found or is_new) and (
                    unmeant := _find_unmeant(case, index, clock, path, policy)
                ):
                    found.append((unmeant, Severity.WARNING))
            for one, severity in found:
                faults.append(replace(_fault(document, one), severity=severity))
        left_out = _find_left_out(case, index, policy_now)
        faults += (replace(_fault(document, one), severity=Severity.WARNING) for one in left_out)
    return tuple(sorted(faults))


def _fault(document: Document, one: Finding) -> Fault:
    return document.fault(one.path, one.rule, one.message, one.hint)


def _find_not_in_force(
    entry: Data, clock: Data, path: Path, clocks_file: str, stood: StoodAs, *, written: int
) -> Iterator[tuple[Finding, Severity]]:
    """Yield each policy of a promise that was not in force when it was made, as far as is known."""
    name, calendar = clock["clock"], clock.get("calendar")
    files = [clocks_file, *([calendar_file(calendar)] if calendar else [])]
    where = (*path, "policies")
    for file in files:
        blob = clock["policies"].get(file)
        if blob is None:
            said = f"{name} does not say which {file} it comes from"
            yield Finding(where, "clock-policy", said, _HINT), Severity.ERROR
            continue
        ever, since, until = stood(file, blob)
        if ever is None:
            said = f"whether {file} ever was {blob[:10]} is not known in this clone"
            hint = (
                f"fetch more of a shallow one, so that what {name} promises can be "
                "judged; one whose objects are named by SHA-256 never tells"
            )
            yield Finding(where, "clock-policy", said, hint), Severity.WARNING
        elif not ever:
            said = f"{file} never was {blob[:10]}, which {name} comes from"
            hint = "merge the policy first, then make the promise by it"
            yield Finding(where, "clock-policy", said, hint), Severity.ERROR
        elif since is not None or until is not None:
            for when, severity in _elsewhen(entry, since, until, written):
                said = f"{file} was {blob[:10]}, which {name} comes from, only {when}"
                yield Finding(where, "clock-policy", said, _HINT_THEN), severity


def _elsewhen(
    entry: Data, since: datetime | None, until: datetime | None, written: int
) -> Iterator[tuple[str, Severity]]:
    """Yield when a policy was in force that was not when an entry promised by it.

    A clone may be behind for some days, and may hold what is merged only later: that is odd
    where the entry was written down after the merge, and says that it was made before.
    """
    recorded = parse_instant(entry["recorded_at"])
    # Differences: no day comes before the first, nor after the last.
    if until is not None and recorded - until > _WAIT:
        # What happened before may have waited on a branch, and been written down again.
        waited = parse_instant(entry["at"]) - until <= _WAIT
        severity = Severity.WARNING if waited else Severity.ERROR
        yield f"until {render_instant(until)}", severity
    # A case is recorded as of its detection, and may be opened later.
    if since is None or entry["entry"] == _DETECTED:
        return
    if since - recorded > SKEW and since.timestamp() < written:
        yield f"since {render_instant(since)}", Severity.WARNING


def _find_other(entry: Data, clock: Data, path: Path, policy: ClockPolicy) -> Iterator[Finding]:
    """Yield what a promise says otherwise than the policy that it comes from."""
    promise = next((one for one in policy.promises if one.id == clock["clock"]), None)
    if promise is None or not _begins(promise, entry["entry"]):
        said = f"no clock {clock['clock']} starts with `{entry['entry']}`"
        yield Finding((*path, "clock"), "clock-policy", f"{policy.file} said: {said}", _HINT)
        return
    for name, promised, meant in _other_terms(clock, promise, policy.zone):
        yield Finding(
            (*path, name),
            "clock-policy",
            f"{policy.file} had {' or '.join(dict.fromkeys(map(str, meant)))} as `{name}` "
            f"of {clock['clock']}, not {promised}",
            _HINT,
        )


def _find_unmeant(
    case: Data, index: int, clock: Data, path: Path, policy: ClockPolicy
) -> Finding | None:
    """Return the target that the policy of a promise has for other cases than this one was.

    What the case was in the days before counts too: who promised may not have known.
    """
    promise = next(one for one in policy.promises if one.id == clock["clock"])
    if len(promise.targets) == 1:
        return None
    promised = parse_target(clock["target"])
    meant: list[str] = []
    for matter in _matters(case, index):
        rule = promise.target_for(matter)
        if rule is not None:
            if rule.within == promised:
                return None
            meant.append(str(rule.within))
    if not meant:
        return None
    return Finding(
        (*path, "target"),
        "clock-policy",
        f"{policy.file} had {' or '.join(dict.fromkeys(meant))} as `target` of "
        f"{clock['clock']} for such a case, not {promised}",
        _HINT,
    )


def _matters(case: Data, index: int) -> Iterator[Matter]:
    """Yield what a case was when the entry at an index was written, and in the days before."""
    log, source = case["log"], case["places"][0]["source"]
    urgency, category, product = case["urgency"], case["category"], case.get("product")
    yield Matter(urgency, category, source, product)
    happened = parse_instant(log[index]["at"])
    for number in range(len(log) - 1, 0, -1):
        entry = log[number]
        if number < index and happened - parse_instant(entry["recorded_at"]) > _WAIT:
            return
        if entry["entry"] == "qualified":
            was = entry["was"]
            urgency, category = was.get("urgency", urgency), was.get("category", category)
            product = was.get("product", product)
            yield Matter(urgency, category, source, product)


def _other_terms(
    clock: Data, promise: Promise, zone: ZoneInfo | None
) -> Iterator[tuple[str, object, Iterable[object]]]:
    """Yield each term that differs: its name, what is promised, and what could be."""
    target = parse_target(clock["target"])
    targets = [rule.within for rule in promise.targets]
    if target not in targets:
        yield "target", target, targets
    if zone is not None and clock["zone"] != zone.key:
        yield "zone", clock["zone"], (zone.key,)
    if (clock.get("calendar") or None) != promise.calendar:
        yield "calendar", clock.get("calendar") or "none", (promise.calendar or "none",)
    for name, kept, wanted in (
        ("pauses", tuple(clock.get("pauses", ())), promise.pauses),
        ("stops", tuple(clock["stops"]), promise.stops),
    ):
        # Mostly they stand in the policy's own order.
        if kept != wanted and sorted(kept) != sorted(wanted):
            yield name, _words(kept), (_words(wanted),)


def _begins(promise: Promise, kind: str) -> bool:
    """Whether an entry of a kind may keep a promise: one that joins places tells of detection."""
    return (
        kind == _CHANGES
        or kind in promise.starts
        or (kind == _JOINS and _DETECTED in promise.starts)
    )


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, names))) or "none"


def _find_left_out(case: Data, index: int, policy: ClockPolicy) -> Iterator[Finding]:
    entry = case["log"][index]
    kind = entry["entry"]
    begun = {clock["clock"] for clock in entry.get("clocks", ())}
    others = [one for one in policy.promises if kind in one.starts and one.id not in begun]
    if not others:
        return
    matter = Matter(
        Urgency(case["urgency"]),
        Category(case["category"]),
        case["places"][0]["source"],
        case.get("product"),
    )
    promises = [promise for promise in others if promise.target_for(matter)]
    if not promises:
        return
    running = {
        course.clock.clock
        for course in read_courses([parse_entry(one) for one in case["log"][:index]])
        if course.ending is None and kind not in course.clock.stops
    }
    for promise in promises:
        if promise.id not in running:
            yield Finding(
                ("log", index),
                "clock-left-out",
                f"`{kind}` starts the clock {promise.id}, and nothing is promised here",
                "the verbs write promises; by hand they stand under `clocks`",
            )
