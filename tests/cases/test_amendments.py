"""What a change may do to a case that is merged: add, and hardly anything else."""

import copy
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runner.cases.amendments import added_entries, check_amendment
from runner.cases.checks import case_is_sound
from runner.errors import Fault
from runner.schemas import check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value
from runner.text.yaml_renderer import render_yaml

FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
LONG_LIFE = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
NOW = datetime(2027, 6, 1, tzinfo=UTC)
Change = Callable[[Any], object]


def life() -> Any:
    return read_value(LONG_LIFE)


def document(case: Any) -> Document:
    read = read_document(render_yaml(case, blocks=frozenset({"log", "places"})).encode(), FILE)
    assert isinstance(read, Document)
    return read


def faults(was: Any, case: Any) -> tuple[Fault, ...]:
    before = document(was) if was is not None else None
    return check_amendment(before, document(case), NOW)


def rules_after(change: Change) -> set[str]:
    case = life()
    change(case)
    return {fault.rule for fault in faults(life(), case)}


def note(**facts: object) -> Any:
    at = "2027-01-01T00:00:00Z"
    return {"entry": "noted", "at": at, "recorded_at": at, "by": "ines", "note": "x", **facts}


def qualified(**values: tuple[object, object]) -> Any:
    was = {name: before for name, (before, _) in values.items()}
    told = {name: after for name, (_, after) in values.items()}
    entry = note(entry="qualified", set=told, was=was)
    del entry["note"]
    return entry


def erase(case: Any) -> None:
    case["state"] = "erased"
    entry = note(entry="erased", to="erased", ground="request", kept=[])
    del entry["note"]
    case["log"].append(entry)
    case["customer"]["handle"] = None
    for reason in case["why"].values():
        reason.pop("detail", None)
    for holder in (*case["places"], *case["log"]):
        for name in ("author", "title", "text", "sealed"):
            holder.pop(name, None)
        if "why" in holder and isinstance(holder["why"], dict):
            holder["why"].pop("detail", None)


def seal(
    case: Any, data: str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBub3RoaW5nIGF0IGFsbAo"
) -> None:
    for name in ("author", "title", "text"):
        case["places"][0].pop(name, None)
    case["places"][0]["sealed"] = {"method": "age", "recipient": "r", "data": data}


ALLOWED: list[tuple[str, Change]] = [
    ("nothing at all", lambda _: None),
    ("an entry more", lambda case: case["log"].append(note())),
    ("what happened before is found later", lambda case: case["log"].append(
        note(at="2026-11-21T09:00:00Z"))),
    ("a clock five minutes ahead", lambda case: case["log"].append(
        note(recorded_at="2027-06-01T00:05:00Z"))),
    ("wishes and offers", lambda case: case.update(asked=[{"what": "a lamp"}], offered=["one"])),
    ("a place more", lambda case: case["places"].append(
        {**case["places"][0], "id": "p9", "key": "c-0a1b2c3d4e5f"})),
    ("what somebody decided", lambda case: (
        case["log"].append(qualified(urgency=(case["urgency"], "low"))),
        case.update(urgency="low"))),
    ("erasure", erase),
    ("words are hidden", lambda case: (seal(case), case["log"].append(note()))),
]  # fmt: skip


@pytest.mark.parametrize("change", [c for _, c in ALLOWED], ids=[name for name, _ in ALLOWED])
def test_what_may_be_done(change: Change) -> None:
    assert rules_after(change) == set()


REFUSED: list[tuple[str, str, Change]] = [
    ("rewritten", "another id", lambda case: case.update(id="c-000000000000")),
    ("log-shortened", "an entry less", lambda case: case["log"].pop()),
    ("log-rewritten", "another instant", lambda case: case["log"][3].update(
        at="2026-11-21T08:03:13Z")),
    ("log-rewritten", "an entry in between", lambda case: case["log"].insert(2, note())),
    ("log-rewritten", "another person", lambda case: case["log"][2].update(by="odile")),
    ("log-rewritten", "a promise moved", lambda case: case["log"][0]["clocks"][0].update(
        due_at="2027-01-01T00:00:00Z")),
    ("place-dropped", "a place less", lambda case: case["places"].pop()),
    ("place-rewritten", "another detection", lambda case: case["places"][0].update(
        detected_at="2026-11-21T08:00:00Z")),
    ("place-rewritten", "another address", lambda case: case["places"][0].update(
        url="https://forum.example.org/x")),
    ("place-rewritten", "other words", lambda case: case["places"][0].update(text="Merci !")),
    ("place-rewritten", "words taken away", lambda case: case["places"][0].pop("text")),
    ("sealed-silently", "words hidden by nobody", seal),
    ("sealed-silently", "words hidden by the runner", lambda case: (
        seal(case), case["log"].append(note(by="runner")))),
    ("sealed-away", "words gone under a seal", lambda case: (
        seal(case, "d"), case["log"].append(note()))),
    ("rewritten", "another customer", lambda case: case["customer"].update(handle="Other")),
    ("rewritten", "another rule", lambda case: case["why"]["urgency"].update(line=9)),
    ("rewritten", "another rule under erasure", lambda case: (
        erase(case), case["why"]["urgency"].update(line=9))),
    ("rewritten", "details taken away", lambda case: [
        reason.pop("detail", None) for reason in case["why"].values()]),
    ("rewritten", "the customer taken away", lambda case: case["customer"].update(handle=None)),
    ("undecided", "urgency by nobody", lambda case: case.update(urgency="low")),
    ("undecided", "an owner by nobody", lambda case: case.update(owner="odile")),
    ("undecided", "known by nobody", lambda case: case["customer"].update(known="no")),
    ("undecided", "a reference by nobody", lambda case: case["customer"].update(reference="K1")),
    ("undecided", "a distributor by nobody", lambda case: case["customer"].update(
        distributor="d")),
    ("qualified", "a value that it never had", lambda case: (
        case["log"].append(qualified(urgency=("critical", "low"))), case.update(urgency="low"))),
    ("recorded-later", "tomorrow", lambda case: case["log"].append(
        note(recorded_at="2027-06-01T00:05:01Z"))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "change"),
    [(rule, change) for rule, _, change in REFUSED],
    ids=[name for _, name, _ in REFUSED],
)
def test_what_is_refused(rule: str, change: Change) -> None:
    assert rule in rules_after(change)


def test_a_fault_stands_where_it_is_and_says_what_to_do() -> None:
    case = life()
    case["log"][1]["by"] = "odile"
    (fault,) = faults(life(), case)
    line = render_yaml(case, blocks=frozenset({"log", "places"})).splitlines()[fault.line - 1]
    assert line.strip() == "by: odile"
    assert fault.message == "`by` of an entry that is merged has changed"
    assert fault.hint.startswith("put the entry back as it was")


@pytest.mark.parametrize(("number", "said"), [(1, "an entry is"), (2, "2 entries are")])
def test_it_says_how_much_is_gone(number: int, said: str) -> None:
    case = life()
    del case["log"][-number:]
    messages = [fault.message for fault in faults(life(), case)]
    assert f"{said} gone from the log" in messages


def test_a_new_case_has_nothing_to_keep() -> None:
    assert faults(None, life()) == ()
    assert list(added_entries(None, document(life()))) == list(range(len(life()["log"])))


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("Appelez-moi au 06 12 34 56 78.", "Appelez-moi au [téléphone].", None),
        ("a x b y c", "a [e-mail] b [IBAN] c", True),
        ("a x b", "[e-mail]", True),
        ("a x b", "a [e-mail] c", False),
        ("a x b", "c [e-mail] b", False),
        ("a x b y c", "a [e-mail] z [IBAN] c", False),
        ("ab", "a[e-mail]b", False),
        ("a b", "a [e-mail] b", False),
        ("a x b", "a x b [e-mail]", False),
        ("a x b", "a b", False),
        ("a " + "x" * 60 + " b", "a [tel] b", True),
        ("a " + "x" * 61 + " b", "a [tel] b", False),
        ("a " + "x" * 61 + " b y", "a [tel] b [tel]", False),
    ],
)
def test_words_may_be_masked_and_not_reworded(
    before: str, after: str, allowed: bool | None
) -> None:
    was, case = life(), life()
    was["places"][0]["text"], case["places"][0]["text"] = before, after
    if allowed is None:
        from runner.text.masking import TOKENS, PersonalData

        case["places"][0]["text"] = f"Appelez-moi au {TOKENS[PersonalData.TELEPHONE]}."
        allowed = True
    assert (faults(was, case) == ()) is allowed


def _nodes(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _nodes(value[key], (*path, key))


KEPT = [node for name in ("id", "log", "places", "why") for node in _nodes(life()[name], (name,))]


def _removed(holder: Any, last: Any) -> None:
    del holder[last]


def _changed(holder: Any, last: Any) -> None:
    match holder[last]:
        case str(text):
            holder[last] = _another(text)
        case bool(flag):
            holder[last] = not flag
        case dict() as inner:
            inner["note"] = "x"
        case list() as inner:
            inner.append(copy.deepcopy(inner[0]) if inner else "x")
        case number:
            holder[last] = (number or 0) + 1


def _emptied(holder: Any, last: Any) -> None:
    holder[last] = {str: "", dict: {}, list: []}.get(type(holder[last]))


def _turned_round(holder: Any, last: Any) -> None:
    if isinstance(holder[last], list):
        holder[last].reverse()


def _swapped(holder: Any, last: Any) -> None:
    if isinstance(holder, list) and last:
        holder[last - 1], holder[last] = holder[last], holder[last - 1]


def _put_before(holder: Any, last: Any) -> None:
    if isinstance(holder, list):
        holder.insert(last, copy.deepcopy(holder[last]))


@pytest.mark.parametrize("grown", [False, True], ids=["alone", "beside an entry more"])
@pytest.mark.parametrize(
    "way", [_removed, _changed, _emptied, _turned_round, _swapped, _put_before]
)
def test_any_single_change_of_what_is_merged_is_refused(
    way: Callable[[Any, Any], None], grown: bool
) -> None:
    was = life()
    before = Document(FILE, was, {}, {})
    judged = 0
    for *way_down, last in KEPT:
        case = life()
        holder = case
        for step in way_down:
            holder = holder[step]
        way(holder, last)
        if case | {"log": (case.get("log") or [])[: len(was["log"])]} == was:
            # Nothing, or the last entry once more: that is one more.
            continue
        if grown and isinstance(case.get("log"), list):
            case["log"].append(note())
        if check_value("case", case):
            judged += 1
            after = Document(FILE, case, {}, {})
            unsound = not case_is_sound(case, FILE)
            assert unsound or check_amendment(before, after, NOW), (way, *way_down, last)
    assert judged >= 3


def _another(text: str) -> str:
    """Return a text of the same form that says something else."""
    found = re.search(r"[0-9](?=[^0-9]*$)", text)
    if found:
        digit = str((int(found.group()) + 1) % 10)
        return text[: found.start()] + digit + text[found.end() :]
    return f"{text}x"


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        ("2026-11-19T19:12:00Z", set()),
        ("2026-11-19T19:11:59Z", {"answer-too-early"}),
        ("2025-01-01T00:00:00Z", {"answer-too-early"}),
    ],
    ids=["the site's clock may be a day off", "no more", "long before"],
)
def test_nobody_answers_before_the_message_was_posted(at: str, rules: set[str]) -> None:
    url = "https://forum.example.org/t/812#p9"
    reply = {"entry": "replied", "at": at, "recorded_at": "2027-01-01T00:00:00Z", "by": "ines",
             "place": "p1", "url": url}  # fmt: skip
    assert rules_after(lambda case: case["log"].append(reply)) == rules


def test_a_message_dated_the_first_of_all_days_may_be_answered() -> None:
    def answer(case: Any) -> None:
        case["places"].append(
            {**case["places"][0], "id": "p9", "posted_at": "0001-01-01T00:00:00Z"}
        )
        at, url = "2026-11-21T10:00:00Z", "https://forum.example.org/t/812#p9"
        reply = {"entry": "replied", "at": at, "recorded_at": at, "by": "ines", "place": "p9"}
        case["log"].append(reply | {"url": url})

    assert "answer-too-early" not in rules_after(answer)
