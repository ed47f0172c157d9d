"""What of the figures everybody may read, as data."""

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from told_cases import Happened, at, case, closed, replied

from runner.clocks.standings import standings
from runner.figures.figures import Period, count_figures
from runner.figures.life import Life, Reading, read_life
from runner.figures.public import public_data, public_lives
from runner.model import State
from runner.policies.clocks import parse_target

NOW = at("11-20T08:00")
READING = Reading(
    NOW, ZoneInfo("Europe/Paris"), {}, {"first-reply": parse_target("1 civil day")}, frozenset()
)
HANDED: Happened = ("handed-off", "10-06T08:00", State.HANDED_OFF, {})
IN_CRISIS: Happened = ("crisis-raised", "10-06T08:00", None, {"crisis": "suicide"})


def settled(number: int, *before: Happened) -> Life:
    told = case(
        number, "10-05T08:00", replied("10-05T09:00"), *before, closed("10-09T08:00"),
        promised=True, product="brume",
    )  # fmt: skip
    return read_life(told, standings(told.log, NOW, {}), READING)


def published(alone: int, asked: int) -> Any:
    lives = [
        *(settled(n) for n in range(alone)),
        *(settled(n, HANDED) for n in range(alone, alone + asked)),
    ]
    period = Period(date(2026, 10, 1), date(2026, 10, 31))
    return public_data(count_figures(lives, NOW, period))


def test_large_counts_are_told_with_their_period() -> None:
    data = published(15, 5)
    assert (data["at"], data["since"], data["until"]) == (
        "2026-11-20T08:00:00Z", "2026-10-01", "2026-10-31",
    )  # fmt: skip
    assert data["cases"] == 20
    assert data["autonomy"] == {"share": 0.75, "target": 0.7}
    tables = {table["table"]: table for table in data["tables"]}
    assert {"causes", "procedures"}.isdisjoint(tables)
    autonomy = tables["autonomy"]
    assert autonomy["columns"] == ["alone", "asked"]
    assert autonomy["rows"] == [{"row": "all", "counts": {"alone": 15, "asked": 5}}]
    assert autonomy["sums"] == {"alone": 15, "asked": 5}
    assert autonomy["withheld"] == []
    (verdicts,) = tables["promises"]["rows"]
    assert verdicts["counts"] == {"met": 20, "missed": 0, "overdue": 0, "running": 0}
    (ideal,) = tables["ideal"]["rows"]
    assert ideal["counts"] == {"ideal": 20, "promised": 0, "late": 0}
    # What all clocks count together would tell one that is withheld.
    assert tables["promises"]["sums"] is None
    assert tables["ideal"]["sums"] is None


@pytest.mark.parametrize(("alone", "asked"), [(16, 4), (4, 16), (1, 5), (2, 1)])
def test_a_small_part_takes_the_share_with_it(alone: int, asked: int) -> None:
    data = published(alone, asked)
    assert data["autonomy"]["share"] is None
    (autonomy,) = [table for table in data["tables"] if table["table"] == "autonomy"]
    assert (autonomy["rows"], autonomy["sums"]) == ([], None)


def test_nobody_tells_of_crises_and_of_words_for_products() -> None:
    lives = tuple(public_lives((settled(1), settled(2, IN_CRISIS)), {"brume"}))
    assert [(life.id, life.product) for life in lives] == [("c-000000000001", "brume")]
    (unknown,) = public_lives((replace(settled(1), product="la lampe de Jo"),), {"brume"})
    assert unknown.product is None
