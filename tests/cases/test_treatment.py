"""How the cases of an incident were treated, and which unequally."""

from typing import Any

import pytest

from runner.cases.treatment import Told, Treatment, find_unequal, read_treatment
from runner.policies.incidents import Incident, parse_incident
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document

VOUCHER = {"remedy": "a voucher", "amount": 20, "currency": "EUR"}
OTHER = {"remedy": "a voucher", "amount": 10, "currency": "EUR"}
WORDS = "Lot 9 breaks and we replace it."


def incident(gesture: bool = True) -> Incident:
    text = f"""\
version: 1
title: Lot 9 breaks
happened: Thin glass.
since: 2026-11-01
recognise: {{says: [lot 9]}}
wording: {{en: {WORDS}}}
approved_by: ines
""" + ("gesture: {text: a voucher, amount: 20, currency: EUR}\n" if gesture else "")
    document = read_document(text.encode(), "policies/incidents/lot-9.yaml")
    assert isinstance(document, Document)
    assert not check_document("incident", document)
    parsed, _ = parse_incident(document)
    assert parsed is not None
    return parsed


def entry(kind: str, minute: int = 0, **facts: object) -> dict[str, Any]:
    return {"entry": kind, "recorded_at": f"2026-11-20T08:{minute:02d}:00Z", **facts}


def resolved(minute: int = 0, outcome: str = "accepted", **facts: object) -> dict[str, Any]:
    return entry("resolved", minute, outcome=outcome, **facts)


def treated(*log: dict[str, Any], gesture: bool = True, **fields: object) -> Treatment:
    case: dict[str, Any] = {
        "id": "c-000000000001", "state": "resolved", "incident": "lot-9", "brand": "lumen",
        "category": "complaint", "language": "en", "log": list(log), **fields,
    }  # fmt: skip
    read = read_treatment(case, f"cases/2026/11/20/{case['id']}.yaml", incident(gesture))
    assert read is not None
    return read


@pytest.mark.parametrize(
    "fields",
    [
        {"incident": None},
        {"incident": "other"},
        {"state": "dismissed"},
        {"state": "merged"},
        {
            "state": "erased",
            "log": [entry("merged", to="merged"), entry("noted"), entry("erased", to="erased")],
        },
    ],
)
def test_what_is_not_a_case_of_it_is_not_treated(fields: dict[str, object]) -> None:
    case: dict[str, Any] = {"id": "c", "state": "open", "incident": "lot-9", "log": [], **fields}
    assert read_treatment(case, "cases/x.yaml", incident()) is None


def test_a_case_that_was_settled_then_erased_stays_one_of_it() -> None:
    erased = treated(
        resolved(to="resolved", **VOUCHER), entry("erased", 1, to="erased"), state="erased"
    )
    assert erased.words == "a voucher, 20 EUR"


@pytest.mark.parametrize(
    ("log", "given", "at"),
    [
        pytest.param([], "", 0, id="nothing yet"),
        pytest.param([resolved(**VOUCHER)], "a voucher, 20 EUR", 0, id="resolved"),
        pytest.param([resolved()], "nothing", 0, id="resolved with nothing"),
        pytest.param([resolved(outcome="refused")], "refused", 0, id="refused"),
        pytest.param([resolved(outcome="without-news")], "", 0, id="without news"),
        pytest.param([entry("offered", offer="a lamp")], "a lamp", 0, id="offered"),
        pytest.param(
            [resolved(**VOUCHER), entry("offered", offer="a lamp")], "a voucher, 20 EUR", 0,
            id="a resolution counts before an offer",
        ),
        pytest.param(
            [resolved(**OTHER), entry("contested"), resolved(**VOUCHER)], "a voucher, 20 EUR", 2,
            id="the last resolution",
        ),
        pytest.param(
            [resolved(**VOUCHER), entry("closed"), entry("reopened")], "a voucher, 20 EUR", 0,
            id="a new cycle takes nothing back",
        ),
        pytest.param(
            [resolved(**VOUCHER), entry("reopened"), resolved()], "a voucher, 20 EUR", 0,
            id="nothing more",
        ),
        pytest.param(
            [resolved(**VOUCHER), entry("reopened"), resolved(outcome="refused")],
            "a voucher, 20 EUR", 0, id="more refused",
        ),
        pytest.param(
            [resolved(**VOUCHER), entry("reopened"), resolved(**VOUCHER)],
            "a voucher, 20 EUR × 2", 2, id="given twice",
        ),
        pytest.param(
            [entry("answered", outcome="accepted", **VOUCHER)], "", 0,
            id="an answer has not reached the customer",
        ),
    ],
)  # fmt: skip
def test_what_was_given(log: list[dict[str, Any]], given: str, at: int) -> None:
    one = treated(*log)
    assert (one.words, one.entry) == (given, at)


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ([], Told.NOT_YET),
        ([entry("details-asked", text="Your number?")], Told.NOT_YET),
        ([entry("replied", text="Sorry!")], Told.OTHERWISE),
        ([entry("replied", text=f"Hello! {WORDS} Sam")], Told.TOLD),
        ([entry("replied", text="Sorry!"), entry("messaged", text=WORDS)], Told.TOLD),
        ([entry("replied", text=WORDS), entry("reopened")], Told.TOLD),
        ([entry("replied", text="Sorry!"), entry("reopened")], Told.OTHERWISE),
    ],
)
def test_what_was_told(log: list[dict[str, Any]], told: Told) -> None:
    assert treated(*log).told is told


def rules(*treatments: Treatment, gesture: bool = True) -> list[tuple[int, str]]:
    """Return which are unequal, by their place, and what was expected."""
    found = find_unequal(incident(gesture), treatments)
    return [(treatments.index(one.treatment), one.expected) for one in found]


def test_with_a_gesture_every_case_is_given_it() -> None:
    assert rules(treated(), treated(resolved(**VOUCHER))) == []
    assert rules(treated(resolved(**OTHER)), treated(resolved(**VOUCHER))) == [
        (0, "a voucher, 20 EUR")
    ]
    assert rules(treated(resolved(**{**VOUCHER, "remedy": "A voucher!"}))) == []
    assert rules(treated(resolved(**VOUCHER), entry("reopened"), resolved())) == []
    twice = (resolved(**VOUCHER), entry("reopened"))
    assert rules(treated(*twice, resolved(**VOUCHER))) == [(0, "a voucher, 20 EUR")]
    assert rules(treated(*twice, resolved(**VOUCHER, departs="a second kettle"))) == []
    assert rules(treated(resolved(outcome="refused", **VOUCHER))) == [(0, "a voucher, 20 EUR")]


@pytest.mark.parametrize(
    "log",
    [
        [resolved(**OTHER, departs="she has two")],
        [resolved(**OTHER), entry("noted", note="n", departs="settled before")],
    ],
)
def test_a_recorded_reason_makes_it_right(log: list[dict[str, Any]]) -> None:
    one = treated(*log)
    assert one.departs is not None
    assert rules(one) == []


def test_a_reason_from_before_is_none() -> None:
    assert rules(treated(entry("replied", departs="other words"), resolved(**OTHER))) == [
        (0, "a voucher, 20 EUR")
    ]


def test_without_a_gesture_what_most_were_given_counts_in_the_same_circumstances() -> None:
    many = [treated(resolved(5, **VOUCHER), gesture=False, id=f"c-{n}") for n in range(2)]
    odd = treated(resolved(1, **OTHER), gesture=False, id="c-8")
    praise = treated(resolved(2, **OTHER), gesture=False, id="c-9", category="praise")
    assert rules(odd, *many, praise, gesture=False) == [(0, "a voucher, 20 EUR")]
    # Of as many, what was given first.
    assert rules(many[0], odd, gesture=False) == [(0, "a voucher, 10 EUR")]
