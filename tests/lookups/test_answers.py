"""What is made of what look-ups say: a table, and what holds whatever comes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.customer import (
    Absent,
    Answer,
    Came,
    Failed,
    Found,
    Question,
    checked_distributor,
    checked_reference,
    keys_of,
    make_answer,
)
from runner.model import Known
from runner.policies.customers import Command, CsvFile, HttpApi, LookUp
from runner.policies.privacy import OrderForm, PrivacyPolicy
from runner.text.language import Language
from runner.text.masking import find_personal_data

RULES = PrivacyPolicy(order_forms=(OrderForm("order", r"\bLUM-\d{6}\b", (), (), 1),))
ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
CRM = LookUp("crm", Command(("x",), ("handle",)), line=3)
PARTIAL = LookUp("partial", Command(("x",), ("handle",)), absent=Known.UNKNOWN, line=9)
DEALERS = LookUp("dealers", CsvFile("~/d.csv", {"brand": "b", "distributor": "d"}), line=12)
NOT_FOUND = "not found"


def answer(*came: tuple[LookUp, Came]) -> Answer:
    made = make_answer(came, RULES, ENGLISH)
    assert made is not None
    return made


def found(by: str | None = "handle", *records: dict[str, object]) -> Found:
    return Found(by, records or ({},))


@pytest.mark.parametrize(
    ("value", "known"),
    [
        *((word, Known.YES) for word in (True, 1, "yes", "Oui", " TRUE ", "1")),
        *((word, Known.NO) for word in (False, 0, "no", "non", "false", "0")),
        *((word, Known.UNKNOWN) for word in ("unknown", "inconnu", "?")),
    ],
)
def test_yes_and_no_are_said_in_many_ways(value: object, known: Known) -> None:
    made = answer((CRM, found("handle", {"known": value})))
    assert (made.known, made.failed) == (known, False)


@pytest.mark.parametrize("value", [None, "", "perhaps", 2, -1, 0.5, 1.0, [], ["yes"], {"yes": 1}])
def test_what_is_neither_yes_nor_no_is_a_failure(value: object) -> None:
    made = answer((CRM, found("handle", {"known": value, "reference": "K-1"})))
    assert made.known is Known.UNKNOWN
    assert made.failed
    assert made.reference is None
    assert made.reason.detail == (
        "the look-up failed: what it says of “known” is neither yes nor no"
    )


def test_a_row_without_a_word_on_it_is_a_customer() -> None:
    made = answer((CRM, found("order", {"distributor": "Bricoplus", "reference": "K-1"})))
    assert (made.known, made.distributor, made.reference) == (Known.YES, "Bricoplus", "K-1")
    assert made.reason.rule == "crm"
    assert (made.reason.file, made.reason.line) == ("policies/customers.yaml", 3)
    assert made.reason.detail == "found by the order reference"


YES, NO, FAILED = found(), Absent(), Failed("no answer within 10 s")


@pytest.mark.parametrize(
    ("came", "known", "decided_by"),
    [
        ([(CRM, YES), (PARTIAL, NO)], Known.YES, "crm"),
        ([(CRM, NO), (PARTIAL, YES)], Known.YES, "partial"),
        ([(CRM, FAILED), (PARTIAL, YES)], Known.YES, "partial"),
        ([(CRM, NO), (PARTIAL, FAILED)], Known.UNKNOWN, "partial"),
        ([(CRM, FAILED), (PARTIAL, NO)], Known.UNKNOWN, "crm"),
        ([(CRM, NO)], Known.NO, "crm"),
        ([(PARTIAL, NO)], Known.UNKNOWN, "partial"),
        ([(PARTIAL, NO), (CRM, NO)], Known.NO, "crm"),
        ([(DEALERS, FAILED), (CRM, NO)], Known.NO, "crm"),
        ([(DEALERS, found("brand")), (CRM, NO)], Known.NO, "crm"),
        ([(DEALERS, found("brand"))], Known.UNKNOWN, "dealers"),
        ([(DEALERS, FAILED)], Known.UNKNOWN, "dealers"),
    ],
)
def test_several_look_ups_make_one_answer(
    came: list[tuple[LookUp, Came]], known: Known, decided_by: str
) -> None:
    made = answer(*came)
    assert (made.known, made.reason.rule) == (known, decided_by)
    assert made.failed == made.reason.detail.startswith("the look-up failed: ")


def test_a_distributor_may_come_from_another_look_up() -> None:
    made = answer((CRM, NO), (DEALERS, found("brand", {"distributor": "Luxor SARL"})))
    assert (made.known, made.distributor) == (Known.NO, "Luxor SARL")


def test_nobody_asked_is_no_answer() -> None:
    assert make_answer((), RULES, ENGLISH) is None


def test_files_that_differ_name_no_reference() -> None:
    made = answer(
        (
            CRM,
            found(
                "handle",
                {"distributor": "B", "reference": "K-1"},
                {"distributor": "B", "reference": "K-2"},
            ),
        )
    )
    assert (made.known, made.distributor, made.reference) == (Known.YES, "B", None)
    assert "several were found, and their “reference” differs" in made.reason.detail


@pytest.mark.parametrize(
    "reference",
    [
        "0612345678", "06 12 34 56 78", "camille@example.org", "Camille Roux", "LUM-118204",
        "FR7630006000011234567890189", "4111111111111111", "x" * 65, "a\nb", "-", "é",
        1.5, True, ["K-1"], {"id": "K-1"}, 10**30,
    ],
)  # fmt: skip
def test_a_reference_that_may_be_personal_is_left_out_and_said(reference: object) -> None:
    made = answer((CRM, found("handle", {"reference": reference})))
    assert made.known is Known.YES
    assert made.reference is None
    assert "its “reference” is left out" in made.reason.detail
    assert str(reference) not in made.reason.detail


@pytest.mark.parametrize(
    "distributor", ["call 06 12 34 56 78", "camille@example.org", "x" * 81, 3.5, ["Bricoplus"]]
)
def test_a_distributor_that_may_be_personal_is_left_out(distributor: object) -> None:
    made = answer((CRM, found("handle", {"distributor": distributor})))
    assert made.distributor is None
    assert "its “distributor” is left out" in made.reason.detail


def test_a_problem_is_masked() -> None:
    made = answer((CRM, Failed("no host camille@example.org\nx")))
    assert made.reason.detail == "the look-up failed: no host [e-mail] x"


@pytest.mark.parametrize(
    ("look_up", "asked"),
    [
        (LookUp("a", CsvFile("~/a", {"handle": "h", "order": "o", "brand": "b"})),
         ["order", "order", "handle"]),
        (LookUp("a", CsvFile("~/a", {"brand": "b", "site": "s"})), ["brand"]),
        (LookUp("a", HttpApi({"handle": "https://x.example.org/{handle}"}, {"known": "a"})),
         ["handle"]),
    ],
)  # fmt: skip
def test_what_is_sure_is_asked_by_first(look_up: LookUp, asked: list[str]) -> None:
    question = Question("lumen", "forum.example.org", "Camille_R", ("LUM-1", "LUM-2"))
    assert [key.by for key in keys_of(look_up, question)] == asked


def test_orders_are_not_shown_by_accident() -> None:
    question = Question("lumen", "forum.example.org", "Camille_R", ("LUM-118204",))
    assert "LUM-118204" not in repr((question, keys_of(CRM, question)))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.sampled_from(["yes", "no", "K-1", "0612345678", "camille@example.org", "LUM-118204"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
RECORD = st.fixed_dictionaries(
    {}, optional={"known": ANYTHING, "distributor": ANYTHING, "reference": ANYTHING}
)
CAME = st.one_of(
    st.just(Absent()),
    st.builds(Failed, st.text()),
    st.builds(
        lambda by, records: Found(by, tuple(records)),
        st.sampled_from([None, "order", "handle", "brand"]),
        st.lists(RECORD, min_size=1, max_size=3),
    ),
)


@given(st.lists(st.tuples(st.sampled_from([CRM, PARTIAL, DEALERS]), CAME), min_size=1, max_size=3))
def test_whatever_comes_an_answer_may_stand_in_a_case(came: list[tuple[LookUp, Came]]) -> None:
    made = answer(*came)
    for text in (made.distributor, made.reference, made.reason.detail):
        if text is not None:
            assert not find_personal_data(text, RULES)
            assert "\n" not in text
            assert len(text) <= 500
    assert made.distributor == checked_distributor(made.distributor, RULES)
    assert made.reference == checked_reference(made.reference, RULES)
    if all(isinstance(one, Failed) for _, one in came):
        assert made.failed
