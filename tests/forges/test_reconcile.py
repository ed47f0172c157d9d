"""How two clones agree, case by case."""

from dataclasses import replace
from datetime import timedelta

import pytest
from contract import CASE, NOW, OTHER, branch_of

from runner.forges.reconcile import (
    Agreement,
    Meeting,
    Newer,
    Tip,
    agree_on_branch,
    agree_on_pulls,
    first_receipt,
)
from runner.planning.branches import Outcome
from runner.repo.git import parse_branch
from runner.repo.pulls import PullRecord
from runner.repo.receipts import Receipt


def meeting(
    here: Tip | None,
    there: Tip | None,
    *,
    before: str | None = None,
    newer: Newer = Newer.NEITHER,
    pull_here: bool = False,
    pull_there: bool = False,
    receipt: Receipt | None = None,
) -> Meeting:
    return Meeting(here, there, before, newer, pull_here, pull_there, receipt)


def change(here: Tip | None, there: Tip | None, before: str | None = None) -> Meeting:
    """The change of a merged case, its pull request open wherever its branch is."""
    met = meeting(here, there, before=before, pull_here=bool(here), pull_there=bool(there))
    return replace(met, is_change=True)


def receipt(outcome: Outcome, head: str | None = "a", minutes: int = 0) -> Receipt:
    at = NOW + timedelta(minutes=minutes)
    return Receipt(CASE, "open", outcome, 1, "ines", "", "title", at, head)


MERGED, REFUSED = receipt(Outcome.MERGED), receipt(Outcome.REFUSED)


GONE = Agreement(None, None, withdrawn=True)


@pytest.mark.parametrize(
    ("met", "agreed"),
    [
        pytest.param(change(None, Tip("a"), "a"), GONE, id="taken back here"),
        pytest.param(change(Tip("a"), None, "a"), GONE, id="taken back there"),
        pytest.param(change(None, Tip("a")), Agreement("a", "a"), id="new there"),
        pytest.param(change(Tip("a"), None), Agreement("a", "a"), id="new here"),
        pytest.param(change(None, Tip("b"), "a"), Agreement("b", "b"), id="made anew there"),
        pytest.param(
            change(None, Tip("a", touched=True), "a"), Agreement("a", "a"), id="touched there"
        ),
        pytest.param(
            change(Tip("b", 20), Tip("a", 10), "a"), Agreement("b", "b"), id="made anew here"
        ),
        pytest.param(
            change(Tip("b", 20), Tip("a", 10, touched=True), "a"),
            Agreement("a", "a"),
            id="made anew here, touched there",
        ),
    ],
)
def test_how_changes_of_merged_cases_agree(met: Meeting, agreed: Agreement) -> None:
    assert agree_on_branch(met) == agreed


@pytest.mark.parametrize(
    ("met", "agreed"),
    [
        pytest.param(meeting(None, None), Agreement(None, None), id="nowhere"),
        pytest.param(meeting(Tip("a"), None), Agreement("a", "a"), id="new here"),
        pytest.param(meeting(None, Tip("a")), Agreement("a", "a"), id="new there"),
        pytest.param(meeting(Tip("a"), Tip("a")), Agreement("a", "a"), id="the same"),
        pytest.param(
            meeting(None, Tip("a"), before="a", pull_here=True),
            Agreement(None, "a"),
            id="a person deleted it here",
        ),
        pytest.param(
            meeting(Tip("a"), None, before="a", pull_there=True),
            Agreement(None, None),
            id="a person deleted it there",
        ),
        pytest.param(
            meeting(Tip("b"), None, before="a", pull_there=True),
            Agreement("b", "b"),
            id="deleted there, worked on here",
        ),
        pytest.param(
            meeting(Tip("a"), None, before="a"),
            Agreement("a", "a"),
            id="a remote that lost its memory gets it back",
        ),
        pytest.param(
            meeting(Tip("a", 1), Tip("b", 2)), Agreement("a", "a"), id="the earlier intake stands"
        ),
        pytest.param(
            meeting(Tip("b", 1), Tip("a", 1)), Agreement("a", "a"), id="at once: the lesser name"
        ),
        pytest.param(
            meeting(Tip("a", 1), Tip("b", 2, touched=True)),
            Agreement("b", "b"),
            id="a person's work stands",
        ),
        pytest.param(
            meeting(Tip("a", 1, touched=True), Tip("b", 2, touched=True), newer=Newer.THERE),
            Agreement("b", "b"),
            id="more work on the same branch",
        ),
        pytest.param(
            meeting(Tip("a", 1, touched=True), Tip("b", 2, touched=True)),
            Agreement("a", "b", conflict=True),
            id="two people: only they can settle it",
        ),
        pytest.param(
            meeting(Tip("a"), Tip("a"), receipt=REFUSED), Agreement(None, None), id="refused"
        ),
        pytest.param(
            meeting(Tip("a", touched=True), Tip("a", touched=True), receipt=REFUSED),
            Agreement(None, None),
            id="refused as a person left it",
        ),
        pytest.param(
            meeting(Tip("b", touched=True), Tip("a"), receipt=REFUSED),
            Agreement("b", None),
            id="refused there while a person worked on it here",
        ),
        pytest.param(
            meeting(None, Tip("a"), receipt=MERGED),
            Agreement(None, "a"),
            id="accepted here, not yet on the base there: the last copy stays",
        ),
        pytest.param(
            meeting(None, Tip("a", merged=True), receipt=MERGED),
            Agreement(None, None),
            id="accepted, and on the base there",
        ),
    ],
)
def test_a_branch_is_agreed_on(met: Meeting, agreed: Agreement) -> None:
    assert agree_on_branch(met) == agreed


def pull(number: int, case_id: str, minutes: int = 0, title: str = "t") -> PullRecord:
    branch = parse_branch(branch_of(case_id))
    assert branch is not None
    at = NOW + timedelta(minutes=minutes)
    return PullRecord(number, branch, title, "", (), at, ref_value=f"commit-{number}")


def agreed_pulls(
    here: list[PullRecord], there: list[PullRecord], **more: object
) -> tuple[dict[int, tuple[str, str]], int, tuple[tuple[int, int], ...]]:
    options = {"ended": frozenset(), "taken": frozenset(), "counter": 0, **more}
    agreed = agree_on_pulls(here, there, **options)  # type: ignore[arg-type]
    return (
        {n: (p.branch.case_id, p.title) for n, p in agreed.open.items()},
        agreed.counter,
        agreed.renumbered,
    )


def test_one_number_for_two_branches_is_changed_here() -> None:
    assert agreed_pulls([pull(1, CASE)], [pull(1, OTHER), pull(2, "c-cccccccccccc")]) == (
        {1: (OTHER, "t"), 2: ("c-cccccccccccc", "t"), 3: (CASE, "t")},
        3,
        ((1, 3),),
    )


def test_a_branch_opened_twice_keeps_the_earlier_words_and_the_number_there() -> None:
    assert agreed_pulls([pull(1, CASE, 0, "early")], [pull(4, CASE, 5, "late")]) == (
        {4: (CASE, "early")},
        4,
        ((1, 4),),
    )


def test_a_branch_opened_twice_on_one_side_is_open_once() -> None:
    twice = [pull(1, CASE, 0, "early"), pull(2, CASE, 5, "late")]
    assert agreed_pulls(twice, []) == ({1: (CASE, "early")}, 2 - 1, ())
    assert agreed_pulls([], twice) == ({1: (CASE, "early")}, 2 - 1, ())


def test_what_has_ended_is_not_open() -> None:
    assert agreed_pulls([pull(1, CASE)], [pull(1, CASE)], ended={branch_of(CASE)}, counter=1) == (
        {},
        1,
        (),
    )


def test_a_number_that_a_receipt_has_is_not_given_again() -> None:
    assert agreed_pulls([pull(2, CASE)], [], taken={2}, counter=2) == (
        {3: (CASE, "t")},
        3,
        ((2, 3),),
    )


def test_of_two_receipts_the_earlier_stands_whoever_asks() -> None:
    early, late = (REFUSED, "2"), (receipt(Outcome.MERGED, minutes=1), "1")
    assert first_receipt(early, late) == first_receipt(late, early) == early
    at_once = (MERGED, "3")
    assert first_receipt(early, at_once) == first_receipt(at_once, early) == at_once
