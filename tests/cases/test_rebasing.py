"""Two branches that added to one log: what goes below what, and what cannot be put together."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runner.cases.rebasing import CannotRebase, plan_rebase
from runner.cases.splicing import splice_case
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value
from runner.text.yaml_renderer import render_yaml

FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
LONG_LIFE = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
NOW = datetime(2027, 3, 1, tzinfo=UTC)
Change = Callable[[Any], object]


def render(case: Any) -> bytes:
    return render_yaml(case, blocks=frozenset({"log", "places"})).encode()


def document(case: Any) -> Document:
    read = read_document(render(case), FILE)
    assert isinstance(read, Document)
    return read


def changed(*changes: Change) -> Any:
    case = copy.deepcopy(read_value(LONG_LIFE))
    for change in changes:
        change(case)
    return case


def note(text: str, at: str = "2027-02-01T08:00:00Z") -> Change:
    entry = {"entry": "noted", "at": at, "recorded_at": at, "by": "ines", "note": text}
    return lambda case: case["log"].append(entry)


def place(key: str, name: str) -> Change:
    def add(case: Any) -> None:
        case["places"].append({**case["places"][0], "id": name, "key": key})
        at = "2027-02-01T09:00:00Z"
        case["log"].append(
            {"entry": "place-added", "at": at, "recorded_at": at, "by": "malo", "places": [name]}
        )

    return add


def of_customer(**facts: str) -> Change:
    return lambda case: case.update(customer={**case["customer"], **facts})


def rebased(ours: Any, theirs: Any) -> Any:
    amendment = plan_rebase(document(changed()), document(ours), document(theirs), NOW)
    made = read_document(splice_case(document(theirs), render(theirs), amendment), FILE)
    assert isinstance(made, Document)
    return made.value


def test_both_entries_stay_the_merged_one_first() -> None:
    theirs = changed(note("merged", "2027-02-02T08:00:00Z"))
    case = rebased(changed(note("ours")), theirs)
    assert case["log"][: len(theirs["log"])] == theirs["log"]
    ours = case["log"][-1]
    assert (ours["note"], ours["at"], ours["recorded_at"]) == (
        "ours",
        "2027-02-01T08:00:00Z",
        "2027-03-01T00:00:00Z",
    )


@pytest.mark.parametrize("at", ["2027-02-01T08:00:00Z", "2027-02-03T08:00:00Z"])
def test_what_was_written_then_or_later_keeps_its_instant(at: str) -> None:
    ours = changed(note("ours", at))
    case = rebased(ours, changed(note("merged")))
    assert case["log"][-1] == ours["log"][-1]


def test_places_are_numbered_anew() -> None:
    first = f"p{len(changed()['places']) + 1}"
    second = f"p{len(changed()['places']) + 2}"
    case = rebased(changed(place("c-000000000001", first)), changed(place("c-000000000002", first)))
    assert [one["key"] for one in case["places"][-2:]] == ["c-000000000002", "c-000000000001"]
    assert case["log"][-1]["places"] == [second]


def test_what_is_told_of_a_place_goes_with_its_number() -> None:
    def tell(case: Any) -> None:
        at, last = "2027-02-01T10:00:00Z", case["places"][-1]["id"]
        told = {"at": at, "recorded_at": at, "by": "ines", "url": "https://a.example.org/1"}
        case["log"].append({"entry": "replied", **told, "place": last})
        case["log"].append({"entry": "replied", **told, "place": "p1"})
        case.setdefault("asked", []).append({"what": "a refund", "place": last})

    base = changed()
    name = f"p{len(base['places']) + 1}"
    ours = changed(place("site:a", name), tell)
    done = rebased(ours, changed(place("site:b", name)))
    number = next(each["id"] for each in done["places"] if each["key"] == "site:a")
    assert number != name
    assert [entry["place"] for entry in done["log"][-2:]] == [number, "p1"]
    assert done["asked"][-1]["place"] == number


def test_wishes_and_offers_of_both_stay_once() -> None:
    def wish(*what: str) -> Change:
        return lambda case: case.update(
            asked=[*case["asked"], *({"what": one} for one in what)],
            offered=[*case["offered"], *what],
        )

    case = rebased(changed(wish("a", "b")), changed(wish("b", "c")))
    known = changed()
    assert [one["what"] for one in case["asked"][len(known["asked"]) :]] == ["b", "c", "a"]
    assert case["offered"][len(known["offered"]) :] == ["b", "c", "a"]


def test_what_each_says_of_the_customer_stays() -> None:
    theirs = changed(of_customer(distributor="Bricoplus"))
    case = rebased(changed(of_customer(reference="K-1")), theirs)
    assert case["customer"] == {**theirs["customer"], "reference": "K-1"}


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        (lambda case: case["log"].pop(), note("x"), "rewrote entries"),
        (lambda case: case["places"].pop(), note("x"), "rewrote entries"),
        (
            lambda case: case.update(duplicates=["c-000000000001"]),
            lambda case: case.update(duplicates=["c-000000000002"]),
            "both sides changed `duplicates`",
        ),
        (of_customer(reference="K-1"), of_customer(reference="K-2"), "both sides changed `refer"),
    ],
)
def test_what_only_people_can_put_together(ours: Change, theirs: Change, why: str) -> None:
    with pytest.raises(CannotRebase, match=why):
        rebased(changed(ours), changed(theirs))
