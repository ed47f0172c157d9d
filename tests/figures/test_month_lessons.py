"""What a month proposes to look at: causes, clocks, templates, incidents, brand care."""

from dataclasses import replace

import pytest
from told_cases import Happened, case, closed, replied
from told_months import happened, months

from runner.cases.case import Case
from runner.figures.lessons import Lesson, propose
from runner.model import Category, State


def test_a_cause_that_recurs_without_a_procedure_asks_for_one() -> None:
    cases = [
        case(n, f"{m}-0{n}T08:00", closed(f"{m}-1{n}T08:00", root_cause="Calage"))
        for n, m in ((1, "09"), (2, "10"), (3, "10"))
    ]
    (proposal,) = propose(*months(*cases))
    assert (proposal.lesson, proposal.about, proposal.count) == (Lesson.NO_PROCEDURE, "Calage", 3)
    assert proposal.cases == tuple(each.id for each in cases)
    assert proposal.detail == ""
    assert propose(*months(*cases[1:])) == ()
    changed = case(3, "10-03T08:00", closed("10-13T08:00", root_cause="calage", procedure="pesée"))
    assert propose(*months(*cases[:2], changed)) == ()


def test_a_cause_that_comes_back_after_a_change_is_named_with_the_change() -> None:
    (proposal,) = propose(
        *months(
            case(1, "09-01T08:00", closed("09-09T08:00", root_cause="calage", procedure="pesée")),
            case(2, "10-01T08:00", closed("10-09T08:00", root_cause="Calage")),
            case(0, "09-01T08:00", closed("09-09T08:00", root_cause="calage")),
        )
    )
    assert (proposal.lesson, proposal.detail) == (Lesson.CAME_BACK, "pesée")
    assert proposal.cases == ("c-000000000002",)


def test_a_clock_that_is_late_too_often_names_its_source() -> None:
    late = [
        case(n, f"10-0{n}T08:00", replied(f"10-1{n}T08:00"), promised=True, source="forum")
        for n in (1, 2, 3)
    ]
    kept = [case(n, f"10-0{n}T08:00", replied(f"10-0{n}T09:00"), promised=True) for n in (4, 5, 6)]
    (proposal,) = propose(*months(*late, *kept))
    assert (proposal.lesson, proposal.about, proposal.detail) == (
        Lesson.LATE_CLOCK, "first-reply", "forum",
    )  # fmt: skip
    assert (proposal.count, proposal.whole) == (3, 6)
    assert propose(*months(*late[1:], *kept)) == ()
    elsewhere = case(20, "10-04T08:00", replied("10-14T08:00"), promised=True)
    other = replace(elsewhere, id="c-000000000021")
    (spread,) = propose(*months(*late[1:], elsewhere, other))
    assert (spread.count, spread.detail) == (4, "")


@pytest.mark.parametrize(("kept", "proposed"), [(27, 1), (28, 0)])
def test_a_clock_is_late_too_often_from_one_promise_in_ten(kept: int, proposed: int) -> None:
    late = [case(n, "10-05T08:00", replied("10-12T08:00"), promised=True) for n in range(3)]
    timely = [case(n, "10-05T08:00", replied("10-05T09:00"), promised=True) for n in range(3, 31)]
    assert len(propose(*months(*late, *timely[:kept]))) == proposed


def test_a_template_that_customers_contest_is_to_be_read_again() -> None:
    def contested(number: int, *, is_contested: bool = True, kind: str = "contested") -> Case:
        entries = [replied("10-05T08:00", template="refus-garantie")]
        if is_contested:
            entries.append((kind, "10-06T08:00", State.ACKNOWLEDGED, {}))
        return case(number, "10-04T08:00", *entries)

    (proposal,) = propose(*months(contested(1), contested(2), contested(3, is_contested=False)))
    assert (proposal.lesson, proposal.about) == (Lesson.DISPUTED_TEMPLATE, "refus-garantie")
    assert (proposal.count, proposal.whole) == (2, 3)
    assert proposal.detail == ""
    assert propose(*months(contested(1), contested(2, is_contested=False))) == ()
    assert len(propose(*months(contested(1), contested(2, kind="reopened")))) == 1
    content = [contested(n, is_contested=False) for n in range(3, 12)]
    # Two of ten are one in five.
    assert len(propose(*months(contested(1), contested(2), *content[:8]))) == 1
    assert propose(*months(contested(1), contested(2), *content)) == ()


def test_a_template_is_contested_once_and_in_the_month_in_which_it_was() -> None:
    def disputed(
        replied_at: str, *contested_at: str
    ) -> list[tuple[frozenset[str], frozenset[str]]]:
        told = case(
            1, "09-01T08:00", replied(replied_at, template="geste"),
            *(happened("contested", when) for when in contested_at),
        )  # fmt: skip
        both = months(told)
        return [(each.lived[0].templates, each.lived[0].disputed) for each in reversed(both)]

    none, geste = frozenset[str](), frozenset({"geste"})
    # Used before, contested now: it counts as used now too, so that no share is above one.
    assert disputed("09-05T08:00", "10-01T08:00") == [(geste, none), (geste, geste)]
    assert disputed("09-05T08:00", "09-06T08:00", "10-01T08:00") == [(geste, geste), (none, none)]
    assert disputed("09-30T22:00", "10-31T23:00") == [(none, none), (geste, none)]
    assert (
        months(case(2, "10-01T08:00", happened("contested", "10-02T08:00")))[0].lived[0].disputed
        == frozenset()
    )


def test_many_complaints_of_one_kind_ask_for_an_incident() -> None:
    cases = [case(n, f"10-0{n}T08:00", product="lampe-aube", topic="delivery") for n in range(1, 6)]
    (proposal,) = propose(*months(*cases))
    assert (proposal.lesson, proposal.about, proposal.count) == (
        Lesson.NO_INCIDENT, "lampe-aube", 5,
    )  # fmt: skip
    assert propose(*months(*cases[1:])) == ()
    linked = case(
        6, "10-07T08:00", happened("incident-linked", "10-07T08:00", incident="socle"),
        product="lampe-aube", topic="delivery",
    )  # fmt: skip
    others = (
        linked,
        replace(cases[0], category=Category.QUESTION),
        replace(cases[0], product=None),
        replace(cases[0], topic=None),
        replace(cases[0], topic="warranty"),
        case(7, "09-07T08:00", product="lampe-aube", topic="delivery"),
    )
    assert [propose(*months(other, *cases[1:])) for other in others] == [()] * len(others)
    assert propose(*months(*(replace(each, topic=None) for each in cases))) == ()
    assert propose(*months(*(replace(each, product=None) for each in cases))) == ()


def test_a_case_stands_once_among_the_waits_with_the_longest() -> None:
    month, _ = months(case(1, "10-05T08:00", promised=True), case(2, "10-04T08:00"))
    assert [(wait.case_id, wait.clock) for wait in month.waits] == [
        ("c-000000000002", ""), ("c-000000000001", ""),
    ]  # fmt: skip


def test_what_brand_care_is_asked_most_is_named_below_the_aim() -> None:
    def settled(number: int, *, asked: bool) -> Case:
        handed: Happened = ("handed-off", "10-06T08:00", State.HANDED_OFF, {})
        middle = [handed] if asked else []
        return case(
            number, "10-05T08:00", replied("10-05T09:00"), *middle, closed("10-20T08:00"),
            topic="warranty",
        )  # fmt: skip

    (proposal,) = propose(*months(*(settled(n, asked=n < 5) for n in range(10))))
    assert (proposal.lesson, proposal.about) == (Lesson.ASKED_BRAND, "warranty")
    assert (proposal.count, proposal.whole) == (5, 5)
    assert propose(*months(*(settled(n, asked=n < 3) for n in range(10)))) == ()
    asked = [settled(n, asked=n < 5) for n in range(9)]
    others = (
        case(9, "10-05T08:00", replied("10-05T09:00"), topic="warranty"),
        case(9, "09-05T08:00", replied("10-05T09:00"), closed("10-20T08:00"), topic="warranty"),
        case(
            9, "10-05T08:00", happened("crisis-raised", "10-05T08:00", crisis="suicide"),
            closed("10-20T08:00"), topic="warranty",
        ),
    )  # fmt: skip
    # Nine settled cases say nothing yet.
    assert [propose(*months(*asked, other)) for other in others] == [()] * len(others)
    (mixed,) = propose(*months(*asked, replace(settled(9, asked=True), topic="delivery")))
    assert (mixed.about, mixed.count, mixed.whole) == ("warranty", 5, 6)
    assert len(mixed.cases) == 5
