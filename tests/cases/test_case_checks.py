"""What must hold in a case file beyond its schema."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.checks import case_is_sound, check_case, find_unsound
from runner.cases.evidence import Life
from runner.text.strict_yaml import Document, read_document, read_value

FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
LONG_LIFE = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
VALIDATOR = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parents[2] / "runner/schemas/case.schema.json").read_text())
)
Change = Callable[[Any], object]


def long_life() -> Any:
    return read_value(LONG_LIFE)


def entry(case: Any, kind: str, number: int = 0) -> Any:
    return [entry for entry in case["log"] if entry["entry"] == kind][number]


def rules(case: Any, path: str = FILE) -> set[str]:
    return {finding.rule for finding in find_unsound(case, path)}


def put(kind: str, nth: int = 0, **facts: object) -> Change:
    return lambda case: entry(case, kind, nth).update(facts)


def drop(kind: str, *names: str, number: int = 0) -> Change:
    return lambda case: [entry(case, kind, number).pop(name) for name in names]


def insert(before: str, **facts: object) -> Change:
    def change(case: Any) -> None:
        at = case["log"].index(entry(case, before))
        recorded_at = case["log"][at]["recorded_at"]
        new = {"at": recorded_at, "recorded_at": recorded_at, "by": "ines", **facts}
        case["log"].insert(at, new)

    return change


def remove(kind: str, number: int = 0) -> Change:
    return lambda case: case["log"].remove(entry(case, kind, number))


def erase(case: Any) -> None:
    case["state"] = "erased"
    case["log"].append(
        {
            "entry": "erased",
            "at": "2027-01-01T00:00:00Z",
            "recorded_at": "2027-01-01T00:00:00Z",
            "by": "odile",
            "to": "erased",
            "ground": "request",
            "kept": [],
        }
    )


def tombstone(case: Any) -> None:
    erase(case)
    case["customer"]["handle"] = None
    for reason in case["why"].values():
        reason.pop("detail")
    for place in case["places"]:
        for name in ("author", "title", "text", "sealed"):
            place.pop(name, None)
    for each in case["log"]:
        if each["entry"] in {"customer-wrote", "thanked"}:
            each.pop("text", None)


MUTATIONS: list[tuple[str, Change, set[str]]] = [
    ("state says otherwise", lambda c: c.update(state="open"), {"state"}),
    ("cycle says otherwise", lambda c: c.update(cycle=1), {"cycle"}),
    ("crisis says otherwise", lambda c: c.update(crisis="suicide"), {"crisis"}),
    ("incident says otherwise", lambda c: c.update(incident=None), {"incident"}),
    ("owner says otherwise", lambda c: c.update(owner="malo"), {"qualified"}),
    ("known says otherwise", lambda c: c["customer"].update(known="no"), {"qualified"}),
    ("its own duplicate", lambda c: c["duplicates"].append(c["id"]), {"own-duplicate"}),
    ("another id", lambda c: c.update(id="c-000000000000"), {"case-path", "case-id"}),
    (
        "a place renamed",
        lambda c: c["places"][1].update(id="p7"),
        {"place-id", "unknown-place", "place-unlogged"},
    ),
    ("a place dropped", lambda c: c["places"].pop(), {"unknown-place"}),
    (
        "a place smuggled in",
        lambda c: c["places"].append({**c["places"][1], "id": "p4", "key": "c-444444444444"}),
        {"place-unlogged"},
    ),
    ("one message twice", lambda c: c["places"][1].update(key=c["id"]), {"place-twice"}),
    ("sealed and open", lambda c: c["places"][2].update(text="a"), {"sealed-and-open"}),
    (
        "another detection",
        lambda c: c["places"][0].update(detected_at="2026-11-21T07:00:00Z"),
        {"detected-at"},
    ),
    (
        "another day",
        lambda c: c["places"][0].update(detected_at="2026-11-20T07:00:00Z"),
        {"detected-at", "case-path"},
    ),
    ("no such day", put("replied", at="2026-02-30T00:00:00Z"), {"no-such-instant"}),
    (
        "no such day of a clock",
        lambda c: c["log"][0]["clocks"][0].update(due_at="2026-11-31T00:00:00Z"),
        {"no-such-instant"},
    ),
    (
        "no such day of a closing",
        lambda c: entry(c, "closed")["closings"][0].update(at="2026-11-31T00:00:00Z"),
        {"no-such-instant"},
    ),
    (
        "the log begins late",
        lambda c: c["log"].pop(0),
        {"illegal-move", "unknown-place", "place-unlogged"},
    ),
    ("detected elsewhere", put("detected", place="p2"), {"detected-place"}),
    ("detected twice", lambda c: c["log"].insert(1, copy.deepcopy(c["log"][0])), {"illegal-move"}),
    ("an entry removed", remove("answered"), {"illegal-move"}),
    ("a move forgotten", drop("handed-off", "to"), {"illegal-move"}),
    ("a move elsewhere", put("replied", to="resolved"), {"illegal-move"}),
    (
        "recorded out of order",
        put("replied", recorded_at="2026-11-21T08:00:00Z"),
        {"recorded-order", "recorded-before"},
    ),
    ("recorded before it happened", put("noted", at="2026-12-10T00:00:00Z"), {"recorded-before"}),
    (
        "decided after it was recorded",
        put("answered", decided_at="2026-12-27T09:06:00Z"),
        {"recorded-before"},
    ),
    (
        "closed after it was recorded",
        lambda c: entry(c, "closed")["closings"][0].update(at="2026-12-30T00:00:00Z"),
        {"recorded-before"},
    ),
    ("an unknown place", put("replied", place="p9"), {"unknown-place"}),
    ("a place not there yet", put("replied", place="p2"), {"unknown-place"}),
    (
        "a place detected after it joined",
        lambda c: c["places"][1].update(detected_at="2026-11-22T10:30:01Z"),
        {"recorded-before"},
    ),
    ("a place added twice", put("place-added", places=["p1", "p2", "p3"]), {"place-known"}),
    ("merged with itself", put("place-added", **{"from": "c-7f3k2m9x4q5t"}), {"own-target"}),
    ("resolved by the runner", put("resolved", by="runner"), {"decider"}),
    ("published by a person", put("published", by="ines"), {"decider"}),
    ("qualified by halves", put("qualified", was={"owner": "ines"}), {"qualified"}),
    (
        "a public first message without a reply",
        lambda c: (remove("replied")(c), put("details-asked", channel="public")(c)),
        {"first-reply", "evidence"},
    ),
    ("a public message without its address", drop("reminded", "url"), {"evidence"}),
    ("a private message from nowhere", drop("offered", "where"), {"evidence"}),
    ("a customer heard nowhere", drop("customer-wrote", "place"), {"evidence"}),
    (
        "a sealed message in clear",
        put("customer-wrote", sealed={"method": "age", "recipient": "a", "data": "b"}),
        {"sealed-and-open"},
    ),
    ("a contact paid without a yes", remove("approved"), {"paid-contact"}),
    ("a reminder skipped", put("reminded", number=2), {"reminder-number"}),
    ("an amount without currency", drop("offered", "currency"), {"currency"}),
    ("an amount without a limit", drop("resolved", "limit_of", number=1), {"limit-of"}),
    ("a decision not told", drop("resolved", "channel"), {"evidence"}),
    ("a refusal without recourse", drop("resolved", "recourse"), {"evidence"}),
    ("no news from one who was not reminded", remove("reminded", 1), {"without-news"}),
    ("no news from one who wrote", put("resolved", outcome="without-news"), {"without-news"}),
    (
        "a complaint closed unresolved",
        lambda c: c["log"].remove(entry(c, "resolved", 1)),
        {"illegal-move"},
    ),
    ("a place not closed", lambda c: entry(c, "closed")["closings"].pop(), {"closing-missing"}),
    (
        "a place closed twice",
        lambda c: entry(c, "closed")["closings"].append({"place": "p1", "impossible": "a"}),
        {"closing-twice"},
    ),
    (
        "an unknown place closed",
        lambda c: entry(c, "closed")["closings"].append({"place": "p8", "impossible": "a"}),
        {"unknown-place"},
    ),
    (
        "a closing without evidence",
        lambda c: entry(c, "closed")["closings"][0].pop("url"),
        {"evidence"},
    ),
    (
        "a closing with two",
        lambda c: entry(c, "closed")["closings"][0].update(impossible="a"),
        {"evidence"},
    ),
    ("no survey and no word why", lambda c: entry(c, "closed")["survey"].pop("why"), {"evidence"}),
    ("a complaint without a cause", put("closed", root_cause=None), {"evidence"}),
    ("a crisis closed alone", remove("approved", 2), {"crisis-closing"}),
    ("a crisis closed twice by one", put("approved", nth=2, by="ines"), {"crisis-closing"}),
    ("an end to no crisis", remove("crisis-raised"), {"no-crisis"}),
    (
        "a template in a crisis",
        remove("crisis-lifted"),
        {"crisis", "crisis-template", "crisis-publication", "crisis-closing"},
    ),
    ("published without a yes", put("published", approved_by="ines"), {"publication"}),
    ("reopened into another cycle", put("reopened", cycle=4), {"cycle"}),
    (
        "left an incident never met",
        insert("noted", entry="incident-unlinked", incident="autre", reason="a"),
        {"no-incident"},
    ),
    ("a promise changed without it", put("clock-changed", clock="closing"), {"evidence"}),
    (
        "a clock twice",
        lambda c: c["log"][0]["clocks"].append(c["log"][0]["clocks"][0]),
        {"clock-twice"},
    ),
    (
        "due before it starts",
        lambda c: c["log"][0]["clocks"][0].update(due_at="2026-11-20T00:00:00Z"),
        {"clock-due"},
    ),
    (
        "started later than recorded",
        lambda c: c["log"][0]["clocks"][0].update(started_at="2026-11-22T00:00:00Z"),
        {"clock-start"},
    ),
    (
        "a clock in a zone that is none",
        lambda c: c["log"][0]["clocks"][0].update(zone="Europe/Pari"),
        {"unknown-zone"},
    ),
    (
        "a clock in a zone that is a file",
        lambda c: c["log"][0]["clocks"][0].update(zone="../../etc/passwd"),
        {"unknown-zone"},
    ),
    (
        "a clock that never ends",
        lambda c: c["log"][0]["clocks"][0].update(due_at="9999-12-31T23:59:59Z"),
        {"clock-due"},
    ),
    (
        "business days without a calendar",
        lambda c: c["log"][0]["clocks"][0].update(target="3 business days", calendar=None),
        {"clock-calendar"},
    ),
    ("erased in name only", erase, {"erased"}),
    (
        "something after the end",
        lambda c: (
            tombstone(c),
            c["log"].append({**entry(c, "noted"), "recorded_at": "2027-02-01T00:00:00Z"}),
        ),
        {"illegal-move"},
    ),
]


def test_a_long_life_is_sound() -> None:
    document = read_document(LONG_LIFE, FILE)
    assert isinstance(document, Document)
    assert check_case(document) == ()
    assert case_is_sound(document.value, FILE)


def test_a_tombstone_is_sound() -> None:
    case = long_life()
    tombstone(case)
    VALIDATOR.validate(case)
    assert rules(case) == set()


def test_a_false_alarm_leaves_one_person_to_close() -> None:
    case = long_life()
    put("crisis-lifted", reason="false-alarm")(case)
    remove("approved", 2)(case)
    assert rules(case) == set()


@pytest.mark.parametrize(
    ("approvals", "found"),
    [
        ([], {"crisis-closing"}),
        ([("ines", 3)], {"crisis-closing"}),
        ([("odile", 3)], set()),
        # Who said yes before anybody knew of the crisis said it of something else.
        ([("odile", 1)], {"crisis-closing"}),
    ],
)
@pytest.mark.parametrize(
    "leaving",
    [
        {"entry": "dismissed", "to": "dismissed", "reason": "spam"},
        {"entry": "merged", "to": "merged", "target": "c-0a1b2c3d4e5f"},
    ],
)
def test_a_crisis_is_not_left_by_one_persons_decision(
    leaving: dict[str, str], approvals: list[tuple[str, int]], found: set[str]
) -> None:
    case = long_life()
    case.update(state=leaving["to"], cycle=1, crisis="suicide", owner="ines", incident=None)
    case["customer"]["known"] = "unknown"
    del case["places"][1:], case["log"][3:]
    for by, index in approvals:
        at = case["log"][index - 1]["recorded_at"]
        said = {"entry": "approved", "at": at, "recorded_at": at, "by": by, "subject": "closing"}
        case["log"].insert(index, said)
    at = case["log"][-1]["recorded_at"]
    case["log"].append({"at": at, "recorded_at": at, "by": "ines", **leaving})
    VALIDATOR.validate(case)
    assert rules(case) == found


def test_praise_is_closed_once_thanked() -> None:
    case = long_life()
    case["category"] = "praise"
    case["log"].remove(entry(case, "resolved", 1))
    put("closed", root_cause=None)(case)
    assert rules(case) == set()


def test_the_category_that_counts_is_the_one_of_the_day() -> None:
    case = long_life()
    case["category"] = "praise"
    insert("noted", entry="qualified", set={"category": "praise"}, was={"category": "complaint"})(
        case
    )
    assert rules(case) == set()
    put("closed", root_cause=None)(case)
    assert rules(case) == {"evidence"}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [pytest.param(change, wanted, id=name) for name, change, wanted in MUTATIONS],
)
def test_what_does_not_hold_is_found(change: Change, wanted: set[str]) -> None:
    case = long_life()
    change(case)
    VALIDATOR.validate(case)
    assert rules(case) == wanted
    assert not case_is_sound(case, FILE)


ON_TOP = {"state", "cycle", "crisis", "incident", "qualified", "place-unlogged"}
"""What cannot hold in a version that is cut out of a longer life: its fields on top."""


def test_a_life_that_goes_on_finds_what_looking_at_all_finds() -> None:
    count = len(long_life()["log"])
    went_on = 0
    for _, change, wanted in MUTATIONS:
        after = long_life()
        change(after)
        for kept in range(1, count):
            before = long_life()
            before["log"] = before["log"][:kept]
            life = Life(before)
            if {one.rule for one in find_unsound(before, FILE, life)} - ON_TOP:
                continue
            if life.goes_on_in(after):
                found = [*find_unsound(after, FILE, life)]
                assert found == [*find_unsound(after, FILE)]
                assert {one.rule for one in found} == wanted
                went_on += 1
    assert went_on > len(MUTATIONS)


def test_the_file_must_lie_where_it_belongs() -> None:
    assert rules(long_life(), "cases/2026/11/22/c-7f3k2m9x4q5t.yaml") == {"case-path"}


def test_faults_have_a_place_and_a_hint() -> None:
    broken = LONG_LIFE.replace(b"to: handed-off", b"to: answered")
    document = read_document(broken, FILE)
    assert isinstance(document, Document)
    line = broken[: broken.index(b"to: answered")].count(b"\n") + 1
    first = check_case(document)[0]
    assert str(first) == (
        f"{FILE}:{line}:7: `handed-off` leads elsewhere from acknowledged\n"
        "    it has `to: handed-off`"
    )


def test_what_cannot_happen_says_what_can() -> None:
    case = long_life()
    case["log"].append({**entry(case, "reminded"), "recorded_at": "2026-12-10T00:00:00Z"})
    [finding] = [f for f in find_unsound(case, FILE) if f.rule == "illegal-move"]
    assert finding.message == "`reminded` cannot happen to a case that is closed"
    assert "reopened" in finding.hint
    assert "reminded" not in finding.hint


@given(st.data())
def test_both_checks_agree(data: st.DataObject) -> None:
    case = long_life()
    for _ in range(data.draw(st.integers(0, 3))):
        log = case["log"]
        at = data.draw(st.integers(0, len(log) - 1))
        match data.draw(st.sampled_from(["remove", "swap", "mutate"])):
            case "remove" if len(log) > 1:
                del log[at]
            case "swap":
                log[0], log[at] = log[at], log[0]
            case _:
                _, change, _ = data.draw(st.sampled_from(MUTATIONS))
                try:
                    change(case)
                except (IndexError, KeyError, ValueError):
                    # What it changes was removed before.
                    continue
    if VALIDATOR.is_valid(case):
        found = check_case(Document(FILE, case, {}, {}))
        assert case_is_sound(case, FILE) == (found == ())
