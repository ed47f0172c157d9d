"""A month's figures, from made-up lives told entry by entry."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from told_cases import at, case, closed, replied
from told_months import NOW, OCTOBER, PARIS, happened, months, told

from runner.figures.month import Month, as_of, month_of
from runner.model import Category, State, Urgency


def test_months_follow_each_other_and_begin_in_the_desks_zone() -> None:
    assert Month.parse("2026-01").before == Month(2025, 12)
    assert Month(2025, 12).after == Month.parse("2026-01")
    assert OCTOBER.last.day == 31
    assert OCTOBER.begins(PARIS) == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert month_of(datetime(2026, 9, 30, 23, tzinfo=UTC), PARIS) == OCTOBER


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "october", "0000-01"])
def test_what_is_no_month_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no month"):
        Month.parse(text)


def test_both_months_are_told_as_they_stood_at_their_end() -> None:
    month, before = months(
        case(1, "09-28T08:00", replied("10-02T08:00"), closed("10-05T08:00")),
        case(2, "10-10T08:00", replied("10-10T09:00"), closed("11-02T08:00")),
        case(3, "10-30T08:00"),
        case(4, "11-02T08:00"),
        case(5, "08-01T08:00", replied("08-01T09:00"), closed("08-03T08:00")),
    )
    names = {n: f"c-{n:012}" for n in range(1, 6)}
    assert before.opened == (names[1],)
    assert before.still_open == (names[1],)
    assert before.closed == ()
    assert month.opened == (names[2], names[3])
    assert month.closed == (names[1],)
    assert month.still_open == (names[2], names[3])
    assert [(wait.case_id, wait.is_over) for wait in month.waits] == [
        (names[1], True), (names[3], False), (names[2], True),
    ]  # fmt: skip
    assert month.waits[0].seconds == 4 * 86_400


def test_what_was_decided_since_is_undone() -> None:
    linked = ("incident-linked", "10-06T08:00", None, {"incident": "socle"})
    raised = ("crisis-raised", "10-06T09:00", None, {"crisis": "suicide"})
    then = replace(
        case(1, "10-05T08:00", linked, raised), incident="socle", crisis="suicide", topic="delivery"
    )
    later = case(
        1, "10-05T08:00", linked, raised,
        ("incident-unlinked", "11-01T08:00", None, {"incident": "socle"}),
        ("crisis-lifted", "11-01T08:00", None, {"reason": "over"}),
        ("qualified", "11-02T08:00", None,
         {"set": {"category": "advice", "topic": None, "owner": "malo"},
          "was": {"category": "complaint", "topic": "delivery", "owner": "ines"}}),
        ("qualified", "11-03T08:00", None,
         {"set": {"category": "praise", "urgency": "low"},
          "was": {"category": "advice", "urgency": "normal"}}),
        ("place-added", "11-04T08:00", None, {"places": ["p2"]}),
        closed("11-05T08:00"),
        ("reopened", "11-06T08:00", State.OPEN, {"cycle": 2}),
        ("incident-linked", "11-06T09:00", None, {"incident": "colis"}),
        ("crisis-raised", "11-06T09:00", None, {"crisis": "death-threat"}),
    )  # fmt: skip
    second = replace(then.places[0], id="p2", detected_at=at("09-02T08:00"))
    later = replace(
        later, category=Category.PRAISE, urgency=Urgency.LOW, owner="malo", cycle=2,
        incident="colis", crisis="death-threat", places=(*then.places, second),
    )  # fmt: skip
    end = at("10-31T22:59")
    assert as_of(later, end) == as_of(then, end) == then
    assert as_of(later, end).category is Category.COMPLAINT
    assert as_of(later, at("11-06T09:00")) == later
    # The place that was found later was detected before, and begins the case only since then.
    assert months(later)[1].opened == ()
    assert months(later)[0].opened == (then.id,)


def test_the_first_place_was_there_always_whatever_a_log_says() -> None:
    told = case(1, "10-05T08:00", ("place-added", "11-04T08:00", None, {"places": ["p1"]}))
    assert as_of(told, at("10-31T22:59")).places == told.places


def test_an_erasure_takes_no_case_out_of_the_month() -> None:
    erased = ("erased", "10-20T08:00", State.ERASED, {"ground": "request"})
    month, _ = months(
        case(1, "10-05T08:00", closed("10-09T08:00", root_cause="calage"), erased),
        case(2, "10-05T08:00", ("dismissed", "10-09T08:00", State.DISMISSED, {}), erased),
    )
    assert month.opened == month.closed == ("c-000000000001",)
    assert month.causes == {"calage": ("c-000000000001",)}


def test_a_month_that_lasts_ends_now() -> None:
    month, _ = months(case(1, "11-19T08:00"), month=Month(2026, 11))
    assert month.until == NOW
    assert month.waits[0].seconds == 25 * 3600 - 1


def test_what_happened_counts_in_its_month() -> None:
    grown = case(
        1, "09-01T08:00",
        happened("thanked", "09-02T08:00"),
        happened("survey-answered", "09-03T08:00", rating={"value": 1, "best": 5}),
        happened("contested", "10-02T08:00"),
        happened("survey-answered", "10-03T08:00", rating={"value": 4, "best": 5}),
        happened("noted", "10-04T08:00", rating={"value": 1, "best": 5}),
    )  # fmt: skip
    back = case(2, "10-01T08:00", ("reopened", "10-09T08:00", State.OPEN, {}))
    month, before = months(grown, back)
    turns = ("thanked", "contested", "reopened", "noted")
    assert [before.turned(kind) for kind in turns] == [(grown.id,), (), (), ()]
    assert [month.turned(kind) for kind in turns] == [(), (grown.id,), (back.id,), ()]
    assert (before.ratings, month.ratings) == ((0.2,), (0.8,))


def test_a_month_begins_with_its_first_second_and_ends_with_its_last() -> None:
    # In Paris October begins at 22:00 UTC, and ends, an hour longer than it was, at 23:00.
    month, before = months(
        case(1, "09-30T21:59", closed("09-30T22:00")),
        case(2, "09-30T22:00", closed("10-31T22:59")),
        case(3, "10-31T22:59", closed("10-31T23:00")),
        case(4, "10-31T23:00"),
        case(5, "09-01T08:00", closed("09-30T21:59"), happened("thanked", "10-02T08:00")),
    )
    first, second, third, _, fifth = (f"c-{n:012}" for n in range(1, 6))
    assert (before.opened, before.closed) == ((first, fifth), (fifth,))
    assert (month.opened, month.closed) == ((second, third), (first, second))
    assert (before.still_open, month.still_open) == ((first,), (third,))


def test_only_what_is_overdue_at_the_end_is_late() -> None:
    month, _ = months(
        case(1, "10-05T08:00", replied("10-05T09:00"), promised=True),
        case(2, "10-05T08:00", replied("10-09T09:00"), promised=True),
        case(3, "10-28T23:00", promised=True),
        case(4, "10-28T22:00", promised=True),
    )
    assert [each.late for each in month.lived] == [(), (), (), (("first-reply", 3_599),)]


def test_a_wait_of_a_day_is_not_worth_naming() -> None:
    assert "Nobody waited longer than a day." in told(
        case(1, "10-05T08:00", replied("10-06T08:00"))
    )
    assert "first reply after 1 day" in told(case(1, "10-05T08:00", replied("10-06T08:01")))
