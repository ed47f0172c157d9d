"""Which conversations are read again: the urgent ones first, the quiet ones seldom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.cases.case import Case
from runner.cases.opening import case_path, open_case
from runner.cases.summary import CaseSummary, ClosedCase, summarise
from runner.clocks.pinning import first_clocks
from runner.model import Mention, Urgency
from runner.planning.observation import Cursor
from runner.planning.watching import cases_to_watch, rest, threads_due
from runner.policies.values import Configuration, ConversationWatch
from runner.triage.judge import judge

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
WATCH = ConversationWatch()
Maker = Callable[..., Mention]


def cursor(name: str, read_at: datetime, not_before: datetime | None = None) -> Cursor:
    return Cursor(name, None, None, read_at, "", (), 1, not_before)


@pytest.fixture
def case(mention: Maker, configuration: Configuration) -> Case:
    made = mention(1)
    judgement = judge(made, configuration)
    clocks = first_clocks(made, judgement, configuration)
    return open_case(made, judgement, configuration, (), clocks)


@pytest.fixture
def summary(case: Case) -> CaseSummary:
    return summarise(case, case_path(case))


def due(
    cases: list[CaseSummary | ClosedCase],
    cursors: dict[str, Cursor] | None = None,
    now: datetime = NOW,
    watch: ConversationWatch = WATCH,
) -> list[str]:
    return list(cases_to_watch(cases, cursors or {}, {"forum"}.__contains__, watch, now))


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (timedelta(0), timedelta(hours=1)),
        (timedelta(hours=8), timedelta(hours=1)),
        (timedelta(days=1), timedelta(hours=3)),
        (timedelta(days=30), timedelta(days=2)),
    ],
)
def test_the_quieter_it_is_the_longer_it_rests(quiet: timedelta, expected: timedelta) -> None:
    assert rest(NOW - quiet, WATCH, NOW) == expected


def test_crisis_first_then_urgency_then_the_liveliest_then_the_closed(
    summary: CaseSummary,
) -> None:
    cases: list[CaseSummary | ClosedCase] = [
        ClosedCase("c-00000000000c", "closed", NOW, ("forum",), ()),
        replace(summary, path="quiet", active_at=NOW - timedelta(days=3)),
        replace(summary, path="lively"),
        replace(summary, path="urgent", urgency=Urgency.CRITICAL),
        replace(summary, path="crisis", crisis="suicide", active_at=NOW - timedelta(days=9)),
    ]
    assert due(cases) == ["crisis", "urgent", "lively", "quiet", "closed"]
    assert due(cases, watch=replace(WATCH, per_run=1)) == ["crisis", "urgent"]
    assert due(cases, watch=replace(WATCH, per_run=0)) == []


def test_closed_cases_are_watched_for_so_many_days(summary: CaseSummary) -> None:
    closed = ClosedCase("c-00000000000c", "closed", NOW, ("forum",), ())
    assert due([closed], now=NOW + timedelta(days=60)) == ["closed"]
    assert due([closed], now=NOW + timedelta(days=60, seconds=1)) == []
    assert due([replace(closed, sources=("avis",))]) == []


def test_what_was_read_of_late_rests(summary: CaseSummary, case: Case) -> None:
    name = f"{case.id}.p1"
    for ago, is_due in [(timedelta(minutes=50), False), (timedelta(minutes=59, seconds=30), True)]:
        cursors = {name: cursor(name, NOW - ago)}
        assert bool(due([summary], cursors)) is is_due
        found = threads_due([case], cursors, lambda _: True, WATCH, NOW)
        assert [thread.name for thread in found] == [name] * is_due


def test_who_asked_to_be_left_alone_is(case: Case) -> None:
    name = f"{case.id}.p1"
    later = NOW + timedelta(hours=1)
    cursors = {name: cursor(name, NOW - timedelta(days=9), later)}
    assert threads_due([case], cursors, lambda _: True, WATCH, NOW) == ()
    assert threads_due([case], cursors, lambda _: True, WATCH, later) != ()


def test_no_more_than_a_run_may_read_and_only_what_can_be(case: Case) -> None:
    places = tuple(replace(case.places[0], id=f"p{number}") for number in range(1, 4))
    case = replace(case, places=places)
    assert len(threads_due([case], {}, lambda _: True, WATCH, NOW)) == 3
    assert len(threads_due([case], {}, lambda _: True, replace(WATCH, per_run=2), NOW)) == 2
    assert threads_due([case], {}, lambda _: False, WATCH, NOW) == ()
