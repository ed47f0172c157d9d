"""What the figures count, of cases written for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Case, Entry, PinnedClock, Place
from runner.clocks.standings import standings
from runner.figures.autonomy import count_autonomy
from runner.figures.figures import Period, count_figures, figures_data
from runner.figures.life import Life, Reading, Survey, read_life
from runner.figures.process import count_stages, quantile
from runner.figures.promises import FirstReply, first_reply_of
from runner.figures.public import public_lives
from runner.figures.quality import count_quality
from runner.figures.table import share, tabulate
from runner.model import Category, Known, State, Urgency
from runner.policies.clocks import parse_target

BEGUN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
READING = Reading(
    now=NOW,
    zone=PARIS,
    open_times={},
    ideals={"first-reply": parse_target("1 civil day")},
    brand_care=frozenset({"odile"}),
)
FIRST_REPLY = PinnedClock(
    clock="first-reply",
    target="3 civil days",
    zone="Europe/Paris",
    calendar=None,
    started_at=BEGUN,
    due_at=BEGUN + timedelta(days=3),
    pauses=(),
    stops=("replied", "published"),
    policies={},
)

Happened = tuple[str, float, State | None, dict[str, object]]
Make = Callable[..., Life]


def place(posted_by: str = "Camille_R") -> Place:
    return Place(
        id="p1",
        key="c-000000000001",
        source="forum-bricolage",
        site="forum.example.org",
        url=None,
        native_id="1",
        author=posted_by,
        posted_at=BEGUN,
        detected_at=BEGUN,
        title="",
        text="Rien ne marche.",
    )


def life(
    *happened: Happened,
    case_id: str = "c-000000000001",
    by: str = "ines",
    category: Category = Category.COMPLAINT,
    crisis: str | None = None,
    cycle: int = 1,
    proposed: bool = False,
    now: datetime = NOW,
) -> Life:
    """Return the life of a case in which things happened so many hours after its detection."""
    log = [Entry("detected", BEGUN, BEGUN, "runner", State.OPEN, (FIRST_REPLY,), {"place": "p1"})]
    for kind, hours, to, facts in happened:
        at = BEGUN + timedelta(hours=hours)
        log.append(Entry(kind, at, at, by, to, (), facts))
    case = Case(
        id=case_id,
        state=next((e.to for e in reversed(log) if e.to is not None), State.OPEN),
        cycle=cycle,
        brand="lumen",
        language="fr",
        category=category,
        urgency=Urgency.NORMAL,
        topic=None,
        product="lampe-aube",
        crisis=crisis,
        owner="ines",
        handle="Camille_R",
        known=Known.UNKNOWN,
        incident=None,
        why={},
        duplicates=(),
        asked=(),
        offered=(),
        places=(place(),),
        log=tuple(log),
    )
    reading = Reading(now, PARIS, {}, READING.ideals, READING.brand_care)
    return read_life(case, standings(case.log, now, {}), reading, proposed=proposed)


def replied(hours: float) -> Happened:
    return ("replied", hours, State.ACKNOWLEDGED, {})


def closed(hours: float, cause: str | None = None, **facts: object) -> Happened:
    survey = facts.get("survey", {"sent": False, "why": "none"})
    return ("closed", hours, State.CLOSED, {"root_cause": cause, "survey": survey})


RESOLVED = ("resolved", 30.0, State.RESOLVED, {"outcome": "accepted"})


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0.5, FirstReply.HOUR),
        (1, FirstReply.HOUR),
        (3.7, FirstReply.AVERAGE),
        (3.71, FirstReply.DAY),
        (24, FirstReply.DAY),
        (72, FirstReply.THREE_DAYS),
        (72.01, FirstReply.LATER),
    ],
)
def test_a_first_reply_is_as_fast_as_domain_counts(hours: float, expected: FirstReply) -> None:
    assert first_reply_of(life(replied(hours))) is expected


def test_a_reply_before_the_detection_took_no_time() -> None:
    assert life(replied(-2)).reply_seconds == 0


def test_a_case_that_nobody_answered_waits_for_three_days_and_then_is_late() -> None:
    assert first_reply_of(life(now=BEGUN + timedelta(days=3))) is FirstReply.WAITING
    assert first_reply_of(life()) is FirstReply.LATER


def test_nobody_waits_for_a_reply_to_a_case_that_has_ended() -> None:
    dismissed = life(("dismissed", 1, State.DISMISSED, {"reason": "spam"}))
    assert first_reply_of(dismissed) is None


def test_what_happens_later_than_asked_for_is_not_counted() -> None:
    earlier = BEGUN + timedelta(hours=2)
    assert life(replied(5), now=earlier).reply_seconds is None


def test_promises_by_verdict_and_by_the_wish_of_the_policy() -> None:
    cases = (
        life(replied(2), case_id="c-00000000000a"),
        life(replied(30), case_id="c-00000000000b"),
        life(replied(80), case_id="c-00000000000c"),
        life(case_id="c-00000000000d"),
    )
    figures = count_figures(cases, NOW).promises
    assert figures.verdicts.row("first-reply").cells == (
        ("c-00000000000a", "c-00000000000b"),
        ("c-00000000000c",),
        ("c-00000000000d",),
        (),
    )
    assert figures.ideal.row("first-reply").counts == (1, 1, 1)
    by_week, by_source, by_category, by_product = figures.clocks["first-reply"]
    assert [row.key for row in by_week.rows] == ["2026-W45"]
    assert [row.key for row in by_source.rows] == ["forum-bricolage"]
    assert [row.key for row in by_category.rows] == ["complaint"]
    assert [row.key for row in by_product.rows] == ["lampe-aube"]


def test_autonomy_leaves_out_crises_and_counts_whoever_at_the_brand_was_asked() -> None:
    handed = ("handed-off", 3.0, State.HANDED_OFF, {})
    answered = ("answered", 9.0, State.ANSWERED, {})
    cases = (
        life(replied(1), RESOLVED, case_id="c-00000000000a"),
        life(replied(1), handed, answered, RESOLVED, case_id="c-00000000000b"),
        life(replied(1), ("approved", 5, None, {}), RESOLVED, by="odile", case_id="c-00000000000c"),
        life(replied(1), RESOLVED, crisis="suicide", case_id="c-00000000000d"),
        life(replied(1), case_id="c-00000000000e"),
    )
    figures = count_autonomy(cases)
    assert figures.whole.row("all").cells == (
        ("c-00000000000a",),
        ("c-00000000000b", "c-00000000000c"),
    )
    assert figures.share == pytest.approx(1 / 3)
    assert count_autonomy(()).share is None


def test_quality_tells_causes_returns_surveys_and_turned_customers() -> None:
    thanked = ("thanked", 60.0, None, {})
    rated = ("survey-answered", 61.0, None, {"rating": {"value": 4, "best": 5}})
    sent = {"sent": True}
    cases = (
        life(
            replied(1), RESOLVED, closed(40, "Lot de variateurs"), thanked, case_id="c-00000000000a"
        ),
        life(
            replied(1),
            RESOLVED,
            closed(40, "lot  de variateurs", survey=sent),
            rated,
            case_id="c-00000000000b",
        ),
        life(
            replied(1),
            RESOLVED,
            ("contested", 41, State.ACKNOWLEDGED, {}),
            case_id="c-00000000000c",
        ),
        life(
            replied(1),
            closed(40, "Lot de variateurs"),
            ("reopened", 50, State.OPEN, {}),
            cycle=2,
            case_id="c-00000000000d",
        ),
    )
    quality = count_quality(cases)
    causes = {row.key: row.total for row in quality.causes.rows}
    assert causes == {"Lot de variateurs": 3}
    assert quality.returns.row("complaint").counts == (2, 1, 1)
    assert quality.survey.row("all").counts == (1, 0, 2)
    assert (quality.satisfaction, quality.answers) == (pytest.approx(0.8), 1)
    assert quality.turned.row("forum-bricolage").counts == (1, 1)
    assert cases[1].survey is Survey.ANSWERED


def test_the_process_tells_how_long_cases_stay_in_a_state() -> None:
    cases = (life(replied(10), RESOLVED, closed(40)), life(replied(20)), life())
    stages = {stage.state: stage for stage in count_stages(cases)}
    assert (stages[State.OPEN].median, stages[State.OPEN].ninth) == (36_000, 72_000)
    assert len(stages[State.OPEN].here) == 1
    assert stages[State.ACKNOWLEDGED].median == 20 * 3600
    waiting = (NOW - BEGUN) // timedelta(seconds=1)
    assert stages[State.OPEN].total == 36_000 + 72_000 + waiting
    assert stages[State.HANDED_OFF].median is None


def test_what_is_proposed_put_aside_or_merged_away_counts_nowhere() -> None:
    figures = count_figures(
        (
            life(proposed=True),
            life(("dismissed", 1, State.DISMISSED, {"reason": "spam"})),
            life(("merged", 1, State.MERGED, {"target": "c-000000000002"})),
        ),
        NOW,
    )
    assert figures.cases == ()
    assert all(not table.rows for table in figures.tables())


def test_a_period_takes_both_its_days() -> None:
    case = life()
    assert Period(date(2026, 11, 2), date(2026, 11, 2)).holds(case)
    assert not Period(since=date(2026, 11, 3)).holds(case)
    assert not Period(until=date(2026, 11, 1)).holds(case)


def test_every_number_names_its_cases() -> None:
    data = figures_data(count_figures((life(replied(2)), life()), NOW))
    tables = {table["table"]: table for table in data["tables"]}
    row = tables["first-reply"]["rows"][0]
    assert row["counts"]["3h42"] == 1
    assert row["cases"]["3h42"] == ["c-000000000001"]


def test_rows_add_up_and_unknown_rows_count_nothing() -> None:
    table = tabulate("t", ("a", "b"), [("x", "a", "1"), ("x", "b", "2"), ("y", "a", "1")])
    assert table.sums.counts == (2, 1)
    assert table.count("a") == 2
    assert table.row("z").total == 0
    assert share(0, 0) is None


def test_quantiles_are_values_that_occurred() -> None:
    assert quantile([1, 2, 3, 4], 0.5) == 2
    assert quantile([5], 0.9) == 5
    assert quantile([], 0.5) is None


def test_in_public_a_crisis_counts_nowhere() -> None:
    desperate = life(replied(1), crisis="suicide", case_id="c-00000000000d")
    other = life(replied(1))
    assert [each.id for each in public_lives((desperate, other), frozenset())] == [other.id]
