"""What figures read of one case."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from told_cases import Happened, at, case, closed, replied

from runner.clocks.standings import standings
from runner.figures.dimensions import Dimension
from runner.figures.figures import count_figures
from runner.figures.life import Life, Reading, Survey, read_life
from runner.model import Category, State
from runner.policies.clocks import parse_target

READING = Reading(at("11-20T08:00"), ZoneInfo("Europe/Paris"), {}, {}, frozenset({"odile"}))
ERASED: Happened = ("erased", "10-20T08:00", State.ERASED, {"ground": "retention"})


def lived(*entries: Happened, by: str = "ines", category: Category = Category.COMPLAINT) -> Life:
    told = replace(case(1, "10-05T08:00", *entries), category=category)
    first, *rest = told.log
    log = (first, *(replace(entry, by=by) for entry in rest))
    return read_life(replace(told, log=log), (), READING)


def noted(when: str, kind: str = "noted", /, **facts: object) -> Happened:
    return kind, when, None, facts


@pytest.mark.parametrize(("kind", "to"), [("dismissed", State.DISMISSED), ("merged", State.MERGED)])
def test_what_was_put_aside_counts_no_more_once_it_is_erased(kind: str, to: State) -> None:
    left: Happened = (kind, "10-06T08:00", to, {})
    assert not lived(left).counts
    assert not lived(left, ERASED).counts
    assert not lived(left, ERASED).is_settled
    assert not lived(left, noted("10-07T08:00")).counts
    assert lived(left, ("reopened", "10-07T08:00", State.OPEN, {}), closed("10-08T08:00")).counts
    assert lived(closed("10-08T08:00"), ERASED).is_settled


@pytest.mark.parametrize(
    ("kind", "by", "asked"),
    [
        ("approved", "odile", True),
        ("approved", "ines", False),
        ("noted", "odile", False),
        ("handed-off", "ines", True),
        ("answered", "ines", True),
    ],
)
def test_brand_care_is_asked_by_a_hand_off_or_a_yes(kind: str, by: str, asked: bool) -> None:
    assert lived(noted("10-06T08:00", kind), by=by).asked_brand is asked


def test_a_crisis_that_is_over_was_one() -> None:
    raised, lifted = noted("10-06T08:00", "crisis-raised"), noted("10-06T09:00", "crisis-lifted")
    assert lived(raised, lifted).in_crisis
    assert not lived(noted("10-06T08:00")).in_crisis


def test_only_who_complained_turns_round() -> None:
    thanks = noted("10-06T08:00", "thanked")
    assert lived(thanks).turned_round
    assert not lived(thanks, category=Category.PRAISE).turned_round


SENT, NOT_SENT = {"survey": {"sent": True}}, {"survey": {"sent": False}}
ANSWERED = noted("10-10T08:00", "survey-answered", rating={"value": 4, "best": 5})


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ((), None),
        ((closed("10-08T08:00", **NOT_SENT),), Survey.NOT_SENT),
        ((closed("10-08T08:00", **SENT),), Survey.SENT),
        # Another cycle takes nothing back.
        ((closed("10-08T08:00", **SENT), closed("10-09T08:00", **NOT_SENT)), Survey.SENT),
        ((closed("10-08T08:00", **NOT_SENT), closed("10-09T08:00", **SENT)), Survey.SENT),
        ((ANSWERED, closed("10-11T08:00", **SENT)), Survey.ANSWERED),
        ((ANSWERED, closed("10-11T08:00", **NOT_SENT)), Survey.ANSWERED),
        # What else says `survey` is none.
        ((("noted", "10-08T08:00", None, SENT),), None),
    ],
)
def test_the_survey_has_come_as_far_as_it_ever_did(
    entries: tuple[Happened, ...], found: Survey | None
) -> None:
    assert lived(*entries).survey is found


def test_what_customers_answered_is_a_share_of_the_best() -> None:
    assert lived(ANSWERED, noted("10-11T08:00", rating={"value": 1, "best": 5})).ratings == (0.8,)


def test_what_happened_now_counts_and_what_is_to_come_does_not() -> None:
    assert lived(noted("11-20T08:00", "contested")).contested
    assert not lived(noted("11-20T08:01", "contested")).contested
    assert lived(("published", "10-05T09:00", State.ACKNOWLEDGED, {})).reply_seconds == 3_600


def test_only_a_promise_that_was_stopped_can_have_been_kept_as_wished() -> None:
    def kept(*entries: Happened) -> list[bool | None]:
        told = case(1, "10-05T08:00", *entries, promised=True)
        reading = replace(READING, ideals={"first-reply": parse_target("1 civil day")})
        return [
            each.in_ideal
            for each in read_life(told, standings(told.log, READING.now, {}), reading).promises
        ]

    assert kept(replied("10-06T08:00")) == [True]
    assert kept(replied("10-06T08:01")) == [False]
    assert kept(("dismissed", "10-05T09:00", State.DISMISSED, {})) == [None]
    assert kept() == [None]


def test_a_state_lasts_until_the_next_also_where_entries_came_out_of_order() -> None:
    life = lived(
        replied("10-05T10:00"),
        ("resolved", "10-05T09:00", State.RESOLVED, {}),
        closed("10-06T10:00"),
        noted("10-07T10:00"),
    )
    assert [(d.state, d.seconds, d.is_over) for d in life.dwellings] == [
        (State.OPEN, 7_200, True), (State.ACKNOWLEDGED, 0, True), (State.RESOLVED, 86_400, True),
    ]  # fmt: skip
    assert life.since == at("10-06T10:00")
    waiting = lived(replied("10-05T10:00"))
    assert not waiting.dwellings[-1].is_over
    assert waiting.dwellings[-1].seconds == (READING.now - at("10-05T10:00")) // timedelta(
        seconds=1
    )


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-12-27", "2026-W52"),
        ("2026-12-28", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2024-12-30", "2025-W01"),
        ("2028-02-29", "2028-W09"),
    ],
)
def test_a_week_is_of_the_year_that_has_its_thursday(day: str, week: str) -> None:
    assert Dimension.WEEK.of(replace(lived(), day=date.fromisoformat(day))) == week


def test_the_day_of_a_case_is_that_of_the_desk() -> None:
    days = [
        read_life(case(1, detected), (), READING).day for detected in ("10-25T21:59", "10-25T23:00")
    ]
    # In Paris the night of the 25th is longer by the hour that comes twice.
    assert days == [date(2026, 10, 25), date(2026, 10, 26)]


def test_what_a_case_counts_by() -> None:
    told = read_life(case(1, "10-05T08:00", source="forum", product="brume"), (), READING)
    assert [each.of(told) for each in Dimension] == ["2026-W41", "forum", "complaint", "brume"]
    assert Dimension.PRODUCT.of(lived()) == ""


def test_the_tables_of_the_figures_keep_their_names() -> None:
    promised = case(1, "10-05T08:00", replied("10-05T09:00"), promised=True)
    life = read_life(promised, standings(promised.log, READING.now, {}), READING)
    names = [table.id for table in count_figures((life,), READING.now).tables()]
    by = ("week", "source", "category", "product")
    assert names == [
        "promises", "ideal",
        "first-reply", *(f"first-reply.{each}" for each in by),
        *(f"promises.first-reply.{each}" for each in by),
        "autonomy", *(f"autonomy.{each}" for each in by),
        "causes", "procedures", "returns", "survey", "turned",
    ]  # fmt: skip
