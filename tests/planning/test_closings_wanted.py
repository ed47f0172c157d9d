"""Which cases wait for their closing messages, by what changes these are prepared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.cases.case import Case, Entry, Place
from runner.cases.closings import closings_of
from runner.cases.lifecycle import KINDS
from runner.cases.summary import summarise
from runner.model import Category, Known, State, Urgency
from runner.planning.branches import Outcome, branch_name
from runner.planning.changes import MergedCase
from runner.planning.closing_wishes import (
    cases_to_close,
    closings_over,
    closings_wanted,
    wish_closings,
)
from runner.planning.observation import Branch, Decision, Observation, Pull
from runner.policies.values import Configuration
from runner.text.language import Language

BEGUN = datetime(2026, 11, 9, 8, tzinfo=UTC)
Seen = Callable[..., Observation]
RESOLVED = ("detected", "replied", "resolved")
TO = {"detected": State.OPEN, "replied": State.ACKNOWLEDGED, "resolved": State.RESOLVED}


def case(number: int, *kinds: str, hours: int = 0, crisis: str | None = None) -> Case:
    """Return a case whose log has an entry of each kind, one an hour."""
    name = f"c-{number:012d}"
    log = []
    for nth, kind in enumerate(kinds):
        at = BEGUN + timedelta(hours=hours + nth)
        log.append(Entry(kind, at, at, "ines", TO.get(kind)))
    place = Place("p1", name, "forum", "f.example.org", None, None, None, None, BEGUN, "", "")
    state = next(entry.to for entry in reversed(log) if entry.to is not None)
    return Case(
        name, state, 1, "lumen", "fr", Category.COMPLAINT, Urgency.NORMAL, None, None, crisis,
        "ines", None, Known.UNKNOWN, None, {}, (), (), (), (place,), tuple(log),
    )  # fmt: skip


def merged(*cases: Case) -> dict[str, MergedCase]:
    return {each.id: MergedCase(f"{each.id}.yaml", b"", each) for each in cases}


def wanted(observation: Observation, *cases: Case) -> list[tuple[str, str]]:
    """Return the cases for which a closing is wanted, and the changes that prepare it."""
    found = closings_wanted(observation, merged(*cases), ())
    for name, known in found.items():
        assert name.startswith(branch_name(known.case.id, ""))
    return [(known.case.id, name.rpartition("/")[2]) for name, known in found.items()]


def branch(told: Case, change: str, *, hands_off: bool = False, case: Case | None = None) -> Branch:
    return Branch(
        branch_name(told.id, change), told.id, change, "1" * 40, hands_off, False, "c.yaml", case
    )


ENDINGS = {
    "resolved": case(1, *RESOLVED),
    "contested": case(2, "detected", "replied"),
    "in a crisis": case(3, *RESOLVED, crisis="suicide"),
}


def test_a_closing_is_wanted_of_what_is_resolved_and_in_no_crisis(seen: Seen) -> None:
    cases = tuple(ENDINGS.values())
    assert wanted(seen(), *cases) == [(cases[0].id, "closing-3")]
    summaries = [summarise(each, f"{each.id}.yaml") for each in cases]
    assert cases_to_close(summaries) == {cases[0].id: f"{cases[0].id}.yaml"}


def test_who_is_resolved_longest_comes_first(seen: Seen) -> None:
    cases = (
        case(1, *RESOLVED, hours=4),
        # A word since makes nobody wait for less long.
        case(2, *RESOLVED, *["noted"] * 9),
        case(3, *RESOLVED, "contested", *RESOLVED[1:]),
    )
    assert [name for name, _ in wanted(seen(), *cases)] == [
        cases[1].id, cases[2].id, cases[0].id,
    ]  # fmt: skip
    assert wanted(seen(), *cases) == wanted(seen(), *reversed(cases))


SILENT = {
    "approved", "clock-changed", "crisis-lifted", "crisis-raised", "crisis-taken",
    "incident-linked", "incident-unlinked", "looked", "noted", "qualified",
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if State.RESOLVED in KINDS[kind].moves])
def test_a_refused_closing_is_wanted_again_once_something_is_said(seen: Seen, kind: str) -> None:
    told = case(1, *RESOLVED)
    refused = Decision(Outcome.REFUSED, 1, "ines", "not yet")
    observation = seen(decided={(told.id, "closing-3"): refused})
    assert wanted(observation, told) == []
    later = Entry(kind, BEGUN, BEGUN + timedelta(days=1), "ines", None)
    again = wanted(observation, replace(told, log=(*told.log, later)))
    assert again == ([] if kind in SILENT else [(told.id, "closing-4")])


def test_people_who_work_on_a_closing_keep_their_branch(seen: Seen) -> None:
    told = case(1, *RESOLVED, "thanked")
    other = branch(case(2, *RESOLVED), "closing-2", hands_off=True)
    theirs = branch(told, "closing-3", hands_off=True)
    beside = branch(told, "incident-socle", hands_off=True)
    assert wanted(seen(branches=(other, beside, theirs)), told) == [(told.id, "closing-3")]
    ours = branch(told, "closing-3")
    assert wanted(seen(branches=(ours,)), told) == [(told.id, "closing-4")]


def test_a_step_that_people_propose_comes_first(seen: Seen) -> None:
    told = case(1, *RESOLVED)
    closed = replace(told, state=State.CLOSED)
    step = branch(told, "close-4", case=closed)
    assert wanted(seen(proposed=(step,)), told) == []
    # A note leaves it waiting, and what cannot be read says nothing.
    assert wanted(seen(proposed=(branch(told, "note-4", case=told),)), told) != []
    assert wanted(seen(proposed=(branch(told, "note-4"),)), told) != []
    refused = Decision(Outcome.REFUSED, 1, "ines", "no")
    decided = {(told.id, "close-4"): refused}
    assert wanted(seen(proposed=(step,), decided=decided), told) != []


def test_a_prepared_closing_is_over_when_it_is_not_wanted(seen: Seen) -> None:
    told, other = case(1, *RESOLVED), case(2, *RESOLVED)
    branches = (
        branch(told, "closing-3"),
        branch(told, "closing-2"),
        branch(told, "incident-socle"),
        branch(other, "closing-2"),
    )
    observation = seen(branches=branches)
    over = closings_over(
        observation,
        merged(told),
        {branches[0].name},
        Language("en", observation.configuration.instance.zone),
    )
    # Of a case that was not read nothing is known.
    assert over == {branches[1].name: "the case no longer waits for a closing message"}


NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PREPARED = Entry("closed", NOW, NOW, "runner", State.CLOSED, (), {"closings": [{"place": "p1"}]})


@pytest.mark.parametrize(
    ("added", "written_for", "wishes"),
    [
        ((), "1" * 40, 0),
        ((), None, 0),
        # The page was written for an earlier commit of the branch.
        ((), "2" * 40, 1),
        # The base has gone on since.
        ((Entry("noted", NOW, NOW, "ines", None),), "1" * 40, 1),
        # There is no page.
        ((), "no pull", 1),
    ],
    ids=["stands", "standing untold", "older page", "older log", "no page"],
)
def test_what_stands_is_not_prepared_again(
    seen: Seen, added: tuple[Entry, ...], written_for: str | None, wishes: int
) -> None:
    told = case(1, *RESOLVED)
    prepared = branch(told, "closing-3", case=replace(told, log=(*told.log, PREPARED)))
    known = merged(replace(told, log=(*told.log, *added)))[told.id]
    pulls = (
        Pull(
            1, branch(case(2, *RESOLVED), "closing-3").name, "", "", NOW, None, written_for="2" * 40
        ),
        Pull(2, prepared.name, "", "", NOW, "1" * 40, written_for=written_for),
    )
    there = pulls[:1] if written_for == "no pull" else pulls
    observation = seen(branches=(branch(case(2, *RESOLVED), "closing-3"), prepared), pulls=there)
    language = Language("en", observation.configuration.instance.zone)
    found = wish_closings(observation, {prepared.name: known}, language)
    assert [wish.change for wish in found] == ["closing-3"] * wishes
    assert wish_closings(seen(branches=(), pulls=there), {prepared.name: known}, language) != ()


_TEMPLATE = """\
version: 1
id: closing-en
purpose: closing
locale: en
variables: []
parts:
  words:
  - All is well again, and thank you for your patience with us.
  - Your lamp shines once more; we are glad that you wrote here.
  - What was wrong has been put right, so this is where we part.
wordings: ["{{ words }}"]
"""


def test_no_two_closings_read_alike(
    seen: Seen, configured: Callable[[dict[str, str]], Configuration]
) -> None:
    cases = [replace(case(n, *RESOLVED), language="en") for n in (1, 2, 3)]
    configuration = configured({"templates/closing-en.yaml": _TEMPLATE})
    known = {branch_name(each.id, "closing-3"): merged(each)[each.id] for each in cases}

    def words(*branches: Branch) -> list[str]:
        observation = replace(seen(branches=branches), configuration=configuration)
        language = Language("en", configuration.instance.zone)
        wishes = wish_closings(observation, known, language)
        return [closing.text for wish in wishes for closing in closings_of(wish.entries[-1])]

    said = words()
    assert len(set(said)) == 3
    assert all(said)
    # What is prepared stays as people read it, and nothing else repeats it.
    entry = replace(PREPARED, facts={"closings": [{"place": "p1", "text": said[0]}]})
    other = replace(cases[1], log=(*cases[1].log, entry))
    again = words(branch(cases[1], "closing-3", case=other))
    assert again[1] == said[0]
    assert len(set(again)) == 3
