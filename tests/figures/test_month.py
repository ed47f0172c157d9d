"""A month's figures and what it proposes, from made-up lives told entry by entry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from told_cases import Happened, at, case, closed, replied

from runner.cases.case import Case, PinnedClock
from runner.figures.lessons import Lesson, propose
from runner.figures.life import Reading
from runner.figures.month import Month, MonthFigures, MonthReading, as_of, month_of
from runner.figures.month_pages import render_markdown, render_text, summary_data
from runner.figures.month_words import make_summary
from runner.model import Category, State, Urgency
from runner.text.language import Language

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)


def months(
    *cases: Case, now: datetime = NOW, month: Month = OCTOBER
) -> tuple[MonthFigures, MonthFigures]:
    def reading(instant: datetime) -> Reading:
        return Reading(instant, PARIS, {}, {}, frozenset())

    both = []
    for each in (month, month.before):
        read = MonthReading(each, reading, now)
        for one in cases:
            read.read(one)
        both.append(read.figures())
    return both[0], both[1]


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


def happened(kind: str, when: str, /, **facts: object) -> Happened:
    return kind, when, None, facts


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


def told(*cases: Case, locale: str = "en", month: Month = OCTOBER) -> str:
    return render_text(make_summary(*months(*cases, month=month), "Essai", Language(locale, PARIS)))


def test_small_numbers_are_counts_and_large_ones_have_a_percentage_beside() -> None:
    few = [case(n, "10-05T08:00", replied("10-05T09:00")) for n in range(19)]
    assert "Within one day: 19 of 19." in told(*few)
    assert "Within three days: 199 of 200 (99%)" in told(
        case(200, "10-05T08:00"),
        *(case(n, "10-05T08:00", replied("10-05T09:00")) for n in range(199)),
    )
    assert "Within one day: 20 of 20 (100%)." in told(
        *few, case(19, "10-05T08:00", replied("10-05T09:00"))
    )


def test_the_month_before_stands_beside_in_words() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00")),
        case(2, "10-05T08:00", replied("10-05T10:00")),
        case(3, "10-06T08:00", replied("10-12T10:00")),
    )
    assert text.startswith("Essai: October 2026\n\n2 cases were opened, 1 more than in September.")
    assert "At the end 3 were open, 2 more than in September." in text
    assert "Within three days: 1 of 2; in September 1 of 1." in text
    assert "Half had an answer within 2 hours, in September within 1 hour." in text
    assert "- c-000000000003: first reply after 6 days 2 hours (complaint, avis)\n" in text


def test_who_was_answered_before_the_desk_noticed_waited_for_no_time() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00")),
        case(2, "10-05T08:00", replied("10-05T07:00")),
    )
    assert "Half had an answer within less than a minute, in September within 1 hour." in text


def test_who_waits_too_long_without_an_answer_is_named() -> None:
    text = told(
        case(1, "10-05T08:00"),
        case(2, "10-06T08:00", replied("11-02T10:00")),
        case(3, "10-30T08:00"),
        case(4, "09-02T08:00"),
    )
    late = "c-000000000001, c-000000000002"
    said = "2 customers had waited for longer than three days and had no answer yet"
    assert f"{said}: {late}. 1 customer was still waiting for a first word" in text


def test_a_month_that_lasts_says_what_is_open_now() -> None:
    begun = told(case(1, "11-19T08:00"), month=Month(2026, 11))
    assert "This month is not over. As of Fri 20 Nov 2026, 10:00." in begun
    assert "1 is open now, 1 more than in October." in begun
    assert "None is open now." in told(month=Month(2026, 11))


def test_what_customers_said_stands_beside_the_month_before() -> None:
    def rated(when: str, value: float) -> Happened:
        return happened("survey-answered", when, rating={"value": value, "best": 5})

    then = case(
        1, "09-01T08:00", rated("09-03T08:00", 3), happened("contested", "09-04T08:00"),
        happened("thanked", "09-05T08:00"), happened("thanked", "10-05T08:00"),
        ("reopened", "10-06T08:00", State.OPEN, {}),
    )  # fmt: skip
    now = case(2, "10-01T08:00", rated("10-03T08:00", 4), rated("10-04T08:00", 5))
    for said in (
        "2 answers to the survey, 90 of 100 on average.",
        "In September there was 1, 60 of 100.",
        "1 customer gave thanks, as many as in September.",
        "Nobody contested an answer; in September 1 did.",
        "1 case was taken up again: c-000000000001.",
    ):
        assert said in told(then, now)
    contested = case(3, "10-01T08:00", happened("contested", "10-04T08:00"))
    assert "1 contested an answer, as many as in September." in told(then, now, contested)
    assert "1 answer to the survey, 60 of 100." in told(then, month=SEPTEMBER)
    quiet = told(case(2, "10-01T08:00"))
    assert "No answer to the survey.\n" in quiet
    assert "thanks" not in quiet


def test_kinds_are_told_where_there_are_several_and_causes_where_they_grow() -> None:
    def caused(number: int, detected: str, closed_at: str) -> Case:
        return case(number, detected, closed(closed_at, root_cause="Calage", procedure="pesée"))

    cases = [
        caused(1, "09-01T08:00", "09-02T08:00"),
        caused(2, "10-01T08:00", "10-02T08:00"),
        caused(3, "10-03T08:00", "10-04T08:00"),
    ]
    text = told(*cases, replace(case(4, "10-05T08:00"), category=Category.QUESTION))
    assert (
        "3 cases were opened, 2 more than in September. By kind: question 1, complaint 2." in text
    )
    assert "2 were closed, 1 more than in September. At the end 1 was open, 1 more" in text
    assert "Calage: 2 cases, in September 1 (c-000000000002, c-000000000003)" in text
    # One of two is fewer, and one case is no growth.
    assert "ROOT CAUSES THAT GREW\n\nNone.\n" in told(*cases[:2])
    assert "ROOT CAUSES THAT GREW\n\nNone.\n" in told(*cases[1:2])
    assert "By kind" not in told(*cases)
    assert "was closed, 1 fewer than in October." in told(
        *cases, caused(5, "11-01T08:00", "11-02T08:00"), month=Month(2026, 11)
    )


def test_promises_are_told_where_there_is_a_verdict() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00"), promised=True),
        case(2, "09-05T08:00", replied("09-15T09:00"), promised=True),
        case(3, "09-06T08:00", promised=True),
        case(4, "10-05T08:00", replied("10-15T10:00"), promised=True),
        case(5, "10-05T08:00", replied("10-05T09:00"), promised=True),
        case(6, "10-05T08:00", promised=True),
        case(7, "10-06T08:00", promised=True),
        case(8, "10-30T08:00", promised=True),
    )
    assert "PROMISES\n\n- First reply: kept 1 of 4; in September 1 of 3\n" in text
    assert "kept" not in told(case(8, "10-30T08:00", promised=True))


def test_a_promise_beyond_the_first_reply_is_a_wait_too() -> None:
    begun = at("10-09T08:00")
    clock = PinnedClock(
        "closing", "3 civil days", "Europe/Paris", None, begun, begun + timedelta(days=3),
        (), ("closed",), {},
    )  # fmt: skip
    resolved = case(1, "10-05T08:00", replied("10-05T09:00"), ("resolved", "10-09T08:00",
                    State.RESOLVED, {}))  # fmt: skip
    *log, last = resolved.log
    late = replace(resolved, log=(*log, replace(last, clocks=(clock,))))
    (wait,) = months(late)[0].waits
    assert (wait.clock, wait.is_over, wait.seconds) == (
        "closing",
        False,
        19 * 86_400 + 15 * 3600 - 1,
    )
    said = "- c-000000000001: Closing, overdue for 19 days 14 hours (complaint, avis)\n"
    assert said in told(late)


def test_the_share_settled_alone_stands_beside_the_aim() -> None:
    handed: Happened = ("handed-off", "10-06T08:00", State.HANDED_OFF, {})
    text = told(
        case(1, "10-05T08:00", closed("10-09T08:00")),
        case(2, "10-05T08:00", handed, closed("10-09T08:00")),
        case(3, "09-05T08:00", closed("09-09T08:00")),
    )
    said = "Of the cases opened and settled in the month: 1 of 2; in September 1 of 1."
    assert f"{said} The aim is 70%." in text


def test_proposals_are_told_with_their_cases() -> None:
    late = [
        case(n, "10-05T08:00", replied("10-12T08:00"), promised=True, source="forum")
        for n in range(9)
    ]
    text = told(*late)
    assert "- First reply: late 9 of 9, most of them on forum: see who answers there" in text
    assert "c-000000000006, c-000000000007 and 1 more)" in text
    assert "c-000000000007)" in told(*late[:8])
    spread = [replace(each, places=(replace(each.places[0], source="avis"),)) for each in late[:4]]
    assert "- First reply: late 8 of 8: see where these cases waited (c-" in told(
        *spread, *late[4:8]
    )
    alike = [case(n, "10-05T08:00", product="aube", topic="delivery") for n in range(5)]
    assert "- aube, delivery: 5 complaints without an incident: declare one" in told(*alike)


def test_the_procedures_that_a_month_changed_are_named_with_their_cases() -> None:
    text = told(
        case(1, "10-01T08:00", closed("10-09T08:00", root_cause="calage", procedure="pesée")),
        case(2, "10-01T08:00", closed("11-09T08:00", root_cause="calage", procedure="étiquette")),
        case(3, "09-01T08:00", closed("09-09T08:00", root_cause="colis", procedure="adresse")),
    )
    assert "Changed in the month: “pesée” (c-000000000001).\n" in text
    assert "étiquette" not in text


def test_a_month_without_cases_says_so() -> None:
    text = told()
    for said in ("No case was opened. None was closed. None was open at the end.",
                 "Nobody waited for a first reply.", "Nobody waited longer than a day.",
                 "Nothing in the month asks for a change."):  # fmt: skip
        assert said in text


def test_french_is_typeset() -> None:
    text = told(
        case(1, "09-05T08:00", replied("09-05T09:00")),
        case(2, "10-05T08:00", replied("10-05T10:00")),
        case(3, "10-05T08:00"),
        locale="fr",
    )
    assert text.startswith(
        "Essai\u00a0: octobre 2026\n\n2 dossiers ont été ouverts, 1 de plus qu’en"
    )
    assert "En un jour au plus\u00a0: 1 sur 2\u202f; en septembre, 1 sur 1." in text


def test_free_words_act_nowhere_in_markdown() -> None:
    hostile = "![x](https://evil.example.org) <script> @team closes #1"
    cases = [
        case(n, f"10-0{n}T08:00", closed(f"10-1{n}T08:00", root_cause=hostile)) for n in (1, 2, 3)
    ]
    summary = make_summary(*months(*cases), "Essai", Language("en", PARIS))
    text = render_markdown(summary)
    assert "<script>" not in text
    assert "![x](" not in text
    assert "@team" not in text
    assert text.startswith("# Essai: October 2026\n")


def test_ids_can_be_copied_out_of_markdown() -> None:
    waits = case(1, "10-05T08:00"), replace(case(2, "10-05T08:00"), id="c-ze7414h45y49")
    text = render_markdown(make_summary(*months(*waits), "Essai", Language("en", PARIS)))
    assert "had no answer yet: c-000000000001, c-ze7414h45y49." in text
    assert "- c-000000000001: without a reply" in text


def test_as_data_every_count_names_its_cases() -> None:
    data = summary_data(*months(case(1, "10-05T08:00", closed("10-09T08:00", root_cause="calage"))))
    month = data["month"]
    assert isinstance(month, dict)
    assert (month["month"], month["opened"]) == ("2026-10", ["c-000000000001"])
    assert month["causes"] == {"calage": ["c-000000000001"]}
