"""`recorded_at` of new entries, held against the commits that hold them."""

from typing import Any

import pytest

from runner.cases.recorded import Holding, check_recorded, check_unsigned
from runner.errors import Severity
from runner.text.document import Document

NOON = 1_795_262_400
"""2026-11-21T12:00:00Z."""
DAY = 86_400
OLD = {"entry": "detected", "recorded_at": "2026-11-20T08:00:00Z"}
NEW = {"entry": "noted", "recorded_at": "2026-11-21T12:00:00Z", "by": "ines"}
AFTER = Document("cases/x.yaml", {"log": [OLD, NEW]}, {}, {})


def held(committed: int, *, authored: int | None = None, **facts: Any) -> Holding:
    log = facts.pop("log", [OLD, NEW])
    return Holding(log, committed if authored is None else authored, committed, **facts)


def rules(*holdings: Holding) -> list[tuple[str, Severity]]:
    return [(fault.rule, fault.severity) for fault in check_recorded(AFTER, [1], holdings)]


LATER = [("recorded-after-commit", Severity.ERROR)]
EARLY = [("recorded-long-before", Severity.WARNING)]


@pytest.mark.parametrize(
    ("holdings", "found"),
    [
        ((), []),
        ((held(NOON),), []),
        ((held(NOON - 300),), []),
        ((held(NOON - 301),), LATER),
        ((held(NOON + 7 * DAY),), []),
        ((held(NOON + 7 * DAY + 1),), EARLY),
        # Rebased, amended or picked a month later: when it was written first is still known.
        ((held(NOON + 30 * DAY, authored=NOON + 60),), []),
        # Squashed into an older commit: the entry is younger than its author date.
        ((held(NOON + 60, authored=NOON - 3 * DAY),), []),
        # The first commit that holds it counts, not those that hold something else.
        ((held(NOON - DAY, log=[OLD]), held(NOON)), []),
        ((held(NOON - DAY, log=[OLD, {**NEW, "by": "sam"}]), held(NOON)), []),
        ((held(NOON), held(NOON + 30 * DAY)), []),
        ((held(NOON - DAY), held(NOON)), LATER),
        # In a clone that is cut off, an earlier commit may have held it.
        ((held(NOON + 30 * DAY, first=False),), []),
        ((held(NOON - DAY, first=False),), LATER),
        # Whatever the clock of a stranger says.
        ((held(-(10**15)),), LATER),
        ((held(10**18),), EARLY),
    ],
)
def test_an_entry_is_no_younger_than_its_commit_and_not_much_older(
    holdings: tuple[Holding, ...], found: list[tuple[str, Severity]]
) -> None:
    assert rules(*holdings) == found


def test_what_was_merged_before_is_not_judged() -> None:
    assert check_recorded(AFTER, [], [held(0)]) == ()
    assert [fault.rule for fault in check_recorded(AFTER, [0, 1], [held(NOON - DAY)])] == [
        "recorded-after-commit"
    ]


def test_it_says_which_commit_and_what_to_do() -> None:
    (later,) = check_recorded(AFTER, [1], [held(NOON - DAY)])
    assert later.message == (
        "it says that it was recorded at 2026-11-21T12:00:00Z; "
        "the commit that holds it is of 2026-11-20T12:00:00Z"
    )
    (early,) = check_recorded(AFTER, [1], [held(NOON + 9 * DAY)])
    assert early.message.endswith("the first commit that holds it came 9 days later")
    assert "stands in `at`" in early.hint


@pytest.mark.parametrize(
    ("kind", "by", "at", "found"),
    [
        ("closed", "ines", "2026-11-21T11:00:00Z", ["at-as-prepared"]),
        ("closed", "ines", "2026-11-21T11:59:00Z", []),
        ("closed", "runner", "2026-11-21T11:00:00Z", []),
        # What the runner found and people put their name to happened when it says.
        ("replied", "ines", "2026-11-21T11:00:00Z", []),
    ],
)
def test_who_signs_what_the_runner_prepared_says_when_it_happened(
    kind: str, by: str, at: str, found: list[str]
) -> None:
    prepared = {
        "entry": kind, "at": "2026-11-21T11:00:00Z", "recorded_at": "2026-11-21T11:00:00Z",
        "by": "runner",
    }  # fmt: skip
    signed = {**prepared, "at": at, "recorded_at": "2026-11-21T12:00:00Z", "by": by}
    after = Document("cases/x.yaml", {"log": [OLD, signed]}, {}, {})
    holdings = (held(NOON - 3600, log=[OLD, prepared]), held(NOON, log=[OLD, signed]))
    assert [fault.rule for fault in check_recorded(after, [1], holdings)] == found


def test_what_nobody_has_signed_yet_is_told_to_need_its_instants() -> None:
    at = "2026-11-21T11:00:00Z"
    log = [{"entry": kind, "at": at, "by": "runner"} for kind in ("replied", "closed")]
    (fault,) = check_unsigned(Document("cases/x.yaml", {"log": log}, {}, {}))
    assert fault.message == f"{at} is when the runner prepared this entry"
    signed = Document("cases/x.yaml", {"log": [{**log[1], "by": "ines"}]}, {}, {})
    assert check_unsigned(signed) == ()


@pytest.mark.parametrize(
    ("holding", "found"),
    [
        (held(NOON + 300, log=[OLD, NEW, NEW]), []),
        (held(NOON + 301, log=[OLD, NEW, NEW]), ["entry-twice"]),
        (held(NOON + 301, authored=NOON, log=[OLD, NEW, NEW]), []),
        (held(NOON + 301, log=[OLD, NEW, NEW], first=False), []),
    ],
    ids=["in one sitting", "later", "rebased", "cut off"],
)
def test_what_is_merged_does_not_come_again(holding: Holding, found: list[str]) -> None:
    after = Document("cases/x.yaml", {"log": [OLD, NEW, NEW]}, {}, {})
    assert [fault.rule for fault in check_recorded(after, [2], [holding])] == found
    assert check_recorded(after, [1, 2], [holding]) == ()
    other = Document("cases/x.yaml", {"log": [OLD, NEW, {**NEW, "by": "malo"}]}, {}, {})
    assert (
        check_recorded(other, [2], [holding._replace(log=[OLD, NEW, {**NEW, "by": "malo"}])]) == ()
    )
