"""When an entry says that it was written down, held against the commits that hold it.

A commit proves that what it holds was written by then: rebasing, amending, picking and
squashing only make it later.  An entry that says later is a fault.  Nothing proves that an
entry is as old as it says, since a commit may have waited: much earlier is a warning.
One that is merged and comes again, to the letter, was copied: a fault.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from runner.cases.amendments import SKEW
from runner.cases.evidence import Data, Finding
from runner.cases.instants import parse_instant, render_instant
from runner.cases.lifecycle import KINDS, RUNNER
from runner.errors import Fault, Severity
from runner.text.document import Document

WAIT_DAYS = 7
"""Days that an entry may wait for its commit.  A forge that squashes makes a commit of the day
on which it was accepted, so this is the time that a review may take."""
_SKEW = SKEW.total_seconds()
_DAY = 86_400
_LAST = 253_402_300_799
"""The last second of the year 9999, in seconds since 1970."""


class Holding(NamedTuple):
    """The log of a case as a commit holds it.

    `authored` and `committed` are the commit's own times, in seconds since 1970: the first
    stays when the change is rebased, amended or picked, the second is when that was done.
    `first` is False where a clone is too shallow to tell whether an earlier commit held it too.
    `email` is its author's address.
    """

    log: Sequence[Data]
    authored: int
    committed: int
    first: bool = True
    email: str = ""


def check_recorded(
    after: Document, added: Sequence[int], holdings: Sequence[Holding]
) -> tuple[Fault, ...]:
    """Return the new entries whose `recorded_at` does not fit the commits, and warnings.

    `after` has passed the schema; `added` are the indexes of the new entries, `holdings` those
    of a branch, oldest first.
    """
    if not added:
        return ()
    case: Any = after.value
    log = case["log"]
    merged = log[: added[0]]
    faults: list[Fault] = []
    for index in added:
        entry = log[index]
        holding = _first_with(entry, index, holdings)
        if holding is None:
            continue
        for finding, severity in (
            *_find(entry, index, holding, merged),
            *_find_prepared(entry, index, holdings),
        ):
            fault = after.fault(finding.path, finding.rule, finding.message, finding.hint)
            faults.append(replace(fault, severity=severity))
    return tuple(sorted(faults))


def check_runner(
    after: Document, claimed: Iterable[int], holdings: Sequence[Holding], bot: str
) -> Iterator[Fault]:
    """Yield the entries `by: runner` that no commit of the runner brought.

    `claimed` are the indexes of such entries; `bot` is the address that the runner commits by.
    Where a clone is too shallow to tell which commit brought one, it is a warning.
    """
    case: Any = after.value
    for index in claimed:
        entry = case["log"][index]
        held = _first_with(entry, index, holdings)
        if held is not None and held.email.casefold() == bot.casefold():
            continue
        fault = after.fault(
            ("log", index, "by"),
            "not-the-runner",
            "the runner did not write this entry",
            "your own id of policies/team.yaml stands in `by`; what the runner finds, it "
            "proposes on its own branches",
        )
        known = held is None or held.first
        yield fault if known else replace(fault, severity=Severity.WARNING)


def _first_with(entry: Data, index: int, holdings: Iterable[Holding]) -> Holding | None:
    """Return the first of the commits that hold an entry as it is."""
    for held in holdings:
        if entry in held.log[index : index + 1]:
            return held
    return None


def _find(
    entry: Data, index: int, held: Holding, merged: Sequence[Data]
) -> Iterator[tuple[Finding, Severity]]:
    recorded = parse_instant(entry["recorded_at"]).timestamp()
    earliest = min(held.authored, held.committed)
    path = ("log", index, "recorded_at")
    said = f"it says that it was recorded at {entry['recorded_at']}"
    if recorded > held.committed + _SKEW:
        yield (
            Finding(
                path,
                "recorded-after-commit",
                f"{said}; the commit that holds it is of {_instant(held.committed)}",
                "`recorded_at` is when the entry is written down; where the commit's clock was "
                "wrong, `git commit --amend --no-edit` sets it right",
            ),
            Severity.ERROR,
        )
    if held.first and recorded < earliest - WAIT_DAYS * _DAY:
        days = int(earliest - recorded) // _DAY
        yield (
            Finding(
                path,
                "recorded-long-before",
                f"{said}; the first commit that holds it came {days} days later",
                "`recorded_at` is when the entry is written down; "
                "when it happened stands in `at`, which may be earlier",
            ),
            Severity.WARNING,
        )
    # Two that are alike may be recorded in one second, but then they come together.
    if held.first and recorded < earliest - _SKEW and entry in merged:
        yield (
            Finding(
                ("log", index),
                "entry-twice",
                f"the same `{entry['entry']}` of {entry['recorded_at']} stands above",
                "what happens again has instants of its own",
            ),
            Severity.ERROR,
        )


def _find_prepared(
    entry: Data, index: int, holdings: Iterable[Holding]
) -> Iterator[tuple[Finding, Severity]]:
    """Yield a fault where a person signs what the runner prepared, at the runner's instant."""
    if (
        RUNNER not in KINDS[entry["entry"]].deciders
        and entry["by"] != RUNNER
        and any(
            was["by"] == RUNNER and was["entry"] == entry["entry"] and was["at"] == entry["at"]
            for held in holdings
            for was in held.log[index : index + 1]
        )
    ):
        yield _as_prepared(entry, index), Severity.ERROR


def check_unsigned(after: Document) -> tuple[Fault, ...]:
    """Return the instants of entries that the runner prepared and nobody has signed.

    Who signs one is told at once that its instants are to be mended too.
    """
    case: Any = after.value
    unsigned = (
        _as_prepared(entry, index)
        for index, entry in enumerate(case["log"])
        if entry["by"] == RUNNER and RUNNER not in KINDS[entry["entry"]].deciders
    )
    return tuple(after.fault(one.path, one.rule, one.message, one.hint) for one in unsigned)


def _as_prepared(entry: Data, index: int) -> Finding:
    return Finding(
        ("log", index, "at"),
        "at-as-prepared",
        f"{entry['at']} is when the runner prepared this entry",
        "`at` is when it happened, `recorded_at` when you wrote it down",
    )


def _instant(seconds: int) -> str:
    return render_instant(datetime.fromtimestamp(max(0, min(seconds, _LAST)), UTC))
