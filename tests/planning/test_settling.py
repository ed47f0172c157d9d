"""What has ended: how people settled pull requests, and which branches are done with."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from runner.planning.actions import DropBranch, HeldBy, SettlePull
from runner.planning.branches import INTAKE, branch_name
from runner.planning.observation import Branch, Decision, Ending, Observation, Outcome, Pull
from runner.planning.settling import MOST_VANISHED, settle_pulls, tidy_branches
from runner.text.language import Language

ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
Seen = Callable[..., Observation]


def case_id(number: int) -> str:
    return f"c-{number:012d}"


def branch(number: int, change: str = INTAKE, **changes: object) -> Branch:
    name = branch_name(case_id(number), change)
    plain = Branch(name, case_id(number), change, "1" * 40, False, False, None, None)
    return replace(plain, **changes)  # type: ignore[arg-type]


def pull(seen: Seen, number: int, change: str = INTAKE, ended: Ending | None = None) -> Pull:
    name = branch_name(case_id(number), change)
    return Pull(number, name, "title", "body", seen().now, "1" * 40, ended)


def held_by_base(*numbers: int) -> Callable[[str], str | None]:
    held = {case_id(number) for number in numbers}
    return lambda key: key if key in held else None


@pytest.mark.parametrize(
    ("ended", "outcome", "reason"),
    [
        (Ending(Outcome.MERGED, "ines", "Bien vu"), Outcome.MERGED, "merged on the forge"),
        (Ending(Outcome.REFUSED, "ines", "Not ours"), Outcome.REFUSED, "Not ours"),
        (Ending(Outcome.REFUSED, "", " \n"), Outcome.REFUSED, "closed on the forge without a word"),
        (Ending(Outcome.REFUSED, "", "call 06 12 34 56 78"), Outcome.REFUSED, "call [tel]"),
        (Ending(Outcome.REFUSED, "", "no " * 400), Outcome.REFUSED, None),
    ],
    ids=["merged", "refused with a word", "refused without", "masked", "long"],
)
def test_what_people_ended_on_the_pages_is_settled_in_their_words(
    seen: Seen, ended: Ending, outcome: Outcome, reason: str | None
) -> None:
    observation = seen(branches=(branch(1),), pulls=(pull(seen, 1, ended=ended),))
    ((settled,), held) = settle_pulls(observation, {}, ENGLISH)
    assert (settled.number, settled.branch, settled.outcome) == (1, branch(1).name, outcome)
    assert held == ()
    if reason is None:
        assert len(settled.reason) <= 500
        assert settled.reason.startswith("no no no")
    else:
        assert settled.reason == reason


def test_what_the_base_holds_is_merged_however_its_page_ended(seen: Seen) -> None:
    refused = Ending(Outcome.REFUSED, "ines", "No")
    taken = branch(2, "incident-brume", merged=True)
    observation = seen(
        branches=(branch(1), taken),
        pulls=(pull(seen, 1, ended=refused), pull(seen, 2, "incident-brume", ended=refused)),
        case_of=held_by_base(1),
    )
    settled, _ = settle_pulls(observation, {}, ENGLISH)
    assert settled == (
        SettlePull(1, branch(1).name, Outcome.MERGED, "the base already holds this case"),
        SettlePull(2, taken.name, Outcome.MERGED, "the base already holds this change"),
    )


@pytest.mark.parametrize("more", [0, 1])
def test_as_many_deleted_branches_as_people_delete_are_refusals_and_more_are_held(
    seen: Seen, more: int
) -> None:
    gone = range(1, MOST_VANISHED + more + 1)
    settled, held = settle_pulls(seen(pulls=tuple(pull(seen, n) for n in gone)), {}, ENGLISH)
    if more:
        assert settled == ()
        assert [(each.key, each.by) for each in held] == [
            (branch(n).name, HeldBy.PERSON) for n in gone
        ]
    else:
        assert [(each.number, each.outcome) for each in settled] == [
            (n, Outcome.REFUSED) for n in gone
        ]
        assert held == ()


def test_branches_are_dropped_once_they_are_done_with_and_no_person_touched_them(
    seen: Seen,
) -> None:
    decided = {(case_id(n), INTAKE): Decision(Outcome.REFUSED, n, "ines", "no") for n in (2, 3, 4)}
    observation = seen(
        branches=(
            branch(1),
            branch(2),
            branch(3, hands_off=True),
            branch(4, hands_off=True, merged=True),
            branch(5, "incident-brume", merged=True),
        ),
        decided=decided,
        case_of=held_by_base(4),
    )
    dropped, kept = tidy_branches(observation, {}, ENGLISH)
    head = "1" * 40
    assert dropped == (
        DropBranch(branch(2).name, head, "its pull request has ended"),
        DropBranch(branch(4).name, head, "the base already holds this case"),
        DropBranch(branch(5, "incident-brume").name, head, "the base already holds this change"),
    )
    ((held),) = kept
    assert (held.key, held.by) == (branch(3).name, HeldBy.PERSON)
    assert held.reason == "its pull request has ended, but somebody else committed to the branch"
