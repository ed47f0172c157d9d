"""What is owed today, and in which order to look at it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from told_cases import Happened, at, case

from runner.cases.case import Case
from runner.cases.summary import summarise
from runner.clocks.standings import standings_of
from runner.figures.today import Heat, count_today
from runner.model import State, Urgency
from runner.planning.dashboard import OpenCase

# A first reply was promised within three days, so until the 8th at 8 o'clock.
ASKED: Happened = ("details-asked", "10-05T09:00", State.AWAITING_CUSTOMER, {})


def owed(told: Case, now: str, **changes: object) -> OpenCase:
    first, *rest = told.log
    clocks = tuple(replace(clock, pauses=(State.AWAITING_CUSTOMER,)) for clock in first.clocks)
    log = (replace(first, clocks=clocks), *rest)
    summary = summarise(replace(told, log=log, **changes), "case.yaml")  # type: ignore[arg-type]
    return OpenCase(summary, standings_of(summary, at(now), {}), branch=None, pull=None)


PROMISED = case(1, "10-05T08:00", promised=True)
RESTS = case(2, "10-05T08:00", ASKED, promised=True)
SLEEPS = case(2, "10-05T08:00", (ASKED[0], "10-07T20:00", *ASKED[2:]), promised=True)


@pytest.mark.parametrize(
    ("told", "crisis", "now", "heat"),
    [
        (PROMISED, None, "10-07T07:59", Heat.CALM),
        (PROMISED, None, "10-07T08:00", Heat.DUE),
        (PROMISED, None, "10-08T08:00", Heat.DUE),
        (PROMISED, None, "10-08T08:01", Heat.OVERDUE),
        (PROMISED, "suicide", "10-05T09:00", Heat.CRISIS),
        (PROMISED, "suicide", "10-09T08:00", Heat.CRISIS),
        # What rests does not run out.
        (RESTS, None, "10-08T07:00", Heat.CALM),
        (SLEEPS, None, "10-08T07:00", Heat.CALM),
        (case(3, "10-05T08:00"), None, "10-09T08:00", Heat.CALM),
    ],
)
def test_what_makes_a_case_urgent(told: Case, crisis: str | None, now: str, heat: Heat) -> None:
    (each,) = count_today((owed(told, now, crisis=crisis),), at(now)).owed
    assert each.heat is heat


def test_the_worst_is_first_and_of_what_is_calm_the_most_urgent() -> None:
    now = "10-10T08:00"
    cases = [
        case(1, "10-09T09:00", promised=True),
        case(2, "10-09T08:00", promised=True),
        case(3, "10-10T07:00"),
        case(4, "10-07T09:00", promised=True),
        case(5, "10-07T08:00", promised=True),
        case(6, "10-06T08:00", promised=True),
        case(7, "10-10T07:00", promised=True),
        case(8, "10-10T07:00", promised=True),
    ]
    urgent = {1, 4, 8}
    today = count_today(
        (
            owed(
                told, now,
                urgency=Urgency.HIGH if number in urgent else Urgency.NORMAL,
                crisis="suicide" if number == 7 else None,
                owner=None if number == 6 else "ines",
            )
            for number, told in enumerate(cases, 1)
        ),
        at(now),
    )  # fmt: skip
    # Of what is due, urgency says nothing: what runs out first is first.
    assert [int(each.id[2:]) for each in today.owed] == [7, 6, 5, 4, 1, 8, 2, 3]
    assert today.owners.row("").counts == (0, 1, 0, 0)
    assert today.owners.row("ines").counts == (1, 0, 2, 4)
    assert today.turns.sums.counts == (1, 1, 2, 4)
    assert today.open_count == 8


def test_what_is_only_proposed_is_owed_and_not_open() -> None:
    open_case = owed(PROMISED, "10-05T09:00")
    proposed = replace(owed(RESTS, "10-05T09:00"), is_open=False)
    today = count_today((open_case, proposed), at("10-05T08:00") + timedelta(hours=1))
    assert len(today.owed) == 2
    assert today.open_count == 1
