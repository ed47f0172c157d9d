"""Which entries are legal in which state, where they lead, and what the schema asks of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.cases.checks import find_unsound
from runner.cases.lifecycle import (
    KINDS,
    ROLES,
    RUNNER,
    is_legal,
    legal_entries,
    moves,
    render_mermaid,
)
from runner.model import State

SCHEMA = json.loads((Path(__file__).parents[2] / "runner/schemas/case.schema.json").read_text())

DESIGNED_MOVES = """
open -> acknowledged, awaiting-customer, handed-off, dismissed, merged
acknowledged -> awaiting-customer, handed-off, resolved, closed, dismissed, merged
awaiting-customer -> acknowledged, handed-off, resolved, dismissed, merged
handed-off -> answered, awaiting-customer, dismissed, merged
answered -> handed-off, awaiting-customer, resolved, dismissed, merged
resolved -> closed, acknowledged
closed -> open, erased
dismissed -> open, erased
merged -> erased
erased ->
"""

# One column for each state, the first for a log that has not begun.  `.` illegal, `=` legal and
# the state stays, else the letter of the state that it leads to.
COLUMNS = "-oawhnrcdmx"
STATES: dict[str, State | None] = dict(zip(COLUMNS, [None, *State], strict=True))
LEGAL = """
                    - o a w h n r c d m x
detected            o . . . . . . . . . .
qualified           . = = = = = = = . . .
replied             . a = = = = = = = . .
published           . a = = = = = = = . .
messaged            . = = = = = = = . . .
auto-replied        . = = = = = = = . . .
details-asked       . w w = w w . . . . .
reminded            . . . = . . . . . . .
customer-wrote      . = = a = = = = = . .
thanked             . = = = = = = = = . .
handed-off          . h h h . h . . . . .
answered            . . . . n . . . . . .
offered             . . = = = = . . . . .
resolved            . . r r . r . . . . .
contested           . . . . . . a . . . .
closed              . . c . . . c . . . .
reopened            . . . . . . . o o . .
dismissed           . d d d d d . . . . .
merged              . m m m m m . . . . .
erased              . . . . . . . x x x .
place-added         . = = = = = = = . . .
incident-linked     . = = = = = = = . . .
incident-unlinked   . = = = = = = = . . .
crisis-raised       . = = = = = = = = = .
crisis-taken        . = = = = = = = = = .
crisis-lifted       . = = = = = = = = = .
approved            . = = = = = = . . . .
clock-changed       . = = = = = = . . . .
looked              . = = = = = = = . . .
survey-answered     . = = = = = = = . . .
noted               . = = = = = = = = = .
"""
ALSO = {("customer-wrote", State.AWAITING_CUSTOMER, None)}
"""A message found late, from before the details were asked for, moves nothing."""


def read_legal() -> list[tuple[str, State | None, str]]:
    rows = [line.split() for line in LEGAL.strip().splitlines()[1:]]
    return [
        (kind, STATES[column], mark)
        for kind, *marks in rows
        for column, mark in zip(COLUMNS, marks, strict=True)
    ]


def test_the_table_below_names_every_kind() -> None:
    assert list(dict.fromkeys(kind for kind, _, _ in read_legal())) == list(KINDS)


@pytest.mark.parametrize(("kind", "state", "mark"), read_legal())
def test_every_pair_of_kind_and_state(kind: str, state: State | None, mark: str) -> None:
    leads = {to for to in (None, *State) if is_legal(kind, state, to)}
    wanted = {"=": {None}, ".": set()}.get(mark) if mark in "=." else {STATES[mark]}
    assert leads == wanted | {to for k, s, to in ALSO if (k, s) == (kind, state)}


AT = "2026-11-21T08:00:00Z"
FACTS: dict[str, object] = {
    "place": "p1",
    "places": [],
    "channel": "private",
    "decided_at": AT,
    "number": 1,
    "cycle": 2,
    "closings": [{"place": "p1", "impossible": "locked"}],
    "survey": {"sent": True},
    "set": {},
    "was": {},
}


def life_that_ends(state: State | None, kind: str, to: State | None) -> dict[str, Any]:
    """Return a case in a state, by whatever way, and an entry more."""
    entry = KINDS[kind]
    said = {
        name: FACTS.get(name, entry.choices.get(name, ("x",))[0])
        for name in (*entry.needs, "channel")
    }
    place = {"id": "p1", "key": "c-7f3k2m9x4q5t", "detected_at": AT}
    log = [
        {"entry": "detected", "to": "open", "place": "p1"},
        *([{"entry": "noted", "to": state}] if state else []),
    ]
    last = {"entry": kind, **said, **({"to": to} if to else {})}
    written = [{"at": AT, "recorded_at": AT, "by": "ines"} | one for one in (*log, last)]
    return {
        "id": "c-7f3k2m9x4q5t",
        "state": to or state,
        "cycle": 1,
        "category": "praise",
        "why": {},
        "places": [place],
        "log": written if state else written[-1:],
    }


@pytest.mark.parametrize("to", [None, *State])
@pytest.mark.parametrize("state", STATES.values())
def test_the_check_allows_what_the_table_does_and_nothing_else(
    state: State | None, to: State | None
) -> None:
    path = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
    refused = set()
    for kind in KINDS:
        case = life_that_ends(state, kind, to)
        last = len(case["log"]) - 1
        findings = find_unsound(case, path)
        if any(one.rule == "illegal-move" and one.path[:2] == ("log", last) for one in findings):
            refused.add(kind)
    marks = {(kind, at): mark for kind, at, mark in read_legal()}
    legal = {
        kind
        for kind in KINDS
        if (kind, state, to) in ALSO
        or (marks[kind, state] == "=" and to is None)
        or (marks[kind, state] not in "=." and STATES[marks[kind, state]] is to)
    }
    assert refused == set(KINDS) - legal


def test_the_moves_are_those_of_the_design() -> None:
    designed = {
        (State(start), State(to))
        for line in DESIGNED_MOVES.strip().splitlines()
        for start, _, ends in [line.partition(" ->")]
        for to in ends.replace(",", " ").split()
    }
    assert {(start, to) for start, to, _ in moves()} == designed


def test_what_is_unknown_is_illegal() -> None:
    assert not is_legal("forgotten", State.OPEN, None)


def test_a_state_names_what_can_happen() -> None:
    assert [(kind.name, to) for kind, to in legal_entries(None)] == [("detected", State.OPEN)]
    assert list(legal_entries(State.ERASED)) == []


# Who may record what: the runner, watchers, community managers, brand care, quality.
DECIDERS = """
                    r w c b q
detected            r w c . .
qualified           . w c . q
replied             r . c b .
published           r . . . .
messaged            . . c b .
auto-replied        r w c b .
details-asked       . . c b .
reminded            . . c b .
customer-wrote      r w c b .
thanked             r w c b .
handed-off          . . c . .
answered            . . c b .
offered             . . c b .
resolved            . . c b .
contested           r w c b .
closed              . . c b .
reopened            r w c b q
dismissed           . w c . .
merged              . w c . .
erased              r . . b q
place-added         r w c b .
incident-linked     r w c b q
incident-unlinked   . w c b q
crisis-raised       r w c b q
crisis-taken        . w c b q
crisis-lifted       . w c b q
approved            . w c b q
clock-changed       . w c b .
looked              r w c b .
survey-answered     r w c b .
noted               r w c b q
"""


def test_who_may_record_what_is_as_agreed() -> None:
    head, *lines = DECIDERS.strip("\n").splitlines()
    roles = dict(zip(head.split(), (RUNNER, *ROLES), strict=True))
    agreed = {
        kind: {roles[mark] for mark in marks if mark != "."}
        for kind, *marks in map(str.split, lines)
    }
    assert {kind.name: set(kind.deciders) for kind in KINDS.values()} == agreed


def test_deciders_are_roles_of_the_desk() -> None:
    for kind in KINDS.values():
        assert set(kind.deciders) <= {RUNNER, *ROLES}
        assert kind.deciders


def test_watchers_do_not_answer_for_the_brand() -> None:
    for name in ("replied", "messaged", "answered", "resolved", "offered", "closed"):
        assert "watcher" not in KINDS[name].deciders


class TestTheSchemaSaysTheSame:
    entry = SCHEMA["$defs"]["entry"]
    common = ("entry", "at", "recorded_at", "by", "to", "clocks")

    def test_of_the_kinds(self) -> None:
        assert self.entry["properties"]["entry"]["enum"] == list(KINDS)
        assert SCHEMA["$defs"]["clock"]["properties"]["stops"]["items"]["enum"] == list(KINDS)
        assert [rule["if"] for rule in self.entry["allOf"]] == [
            {"properties": {"entry": {"const": kind}}} for kind in KINDS
        ]

    def test_of_the_evidence(self) -> None:
        for kind, rule in zip(KINDS.values(), self.entry["allOf"], strict=True):
            names = (*self.common, *kind.needs, *kind.may)
            choices = {name: {"enum": list(words)} for name, words in kind.choices.items()}
            assert rule["then"] == {
                "required": list(kind.needs),
                "properties": dict.fromkeys(names, True) | choices,
                "additionalProperties": False,
            }

    def test_of_the_facts(self) -> None:
        facts = {fact for kind in KINDS.values() for fact in (*kind.needs, *kind.may)}
        assert set(self.entry["properties"]) == {*self.common, *facts}

    def test_of_the_states(self) -> None:
        assert SCHEMA["$defs"]["state"]["enum"] == list(State)

    def test_of_the_kinds_that_clocks_listen_to(self) -> None:
        clocks = json.loads(
            (Path(__file__).parents[2] / "runner/schemas/clocks.schema.json").read_text()
        )
        assert clocks["$defs"]["kinds"]["items"]["enum"] == list(KINDS)


def test_the_picture_shows_every_move() -> None:
    picture = render_mermaid()
    assert picture.startswith("stateDiagram-v2\n")
    assert '    state "awaiting-customer" as awaiting_customer\n' in picture
    assert "    resolved --> acknowledged: contested\n" in picture
    assert picture.count("-->") == len(list(moves())) + 2
