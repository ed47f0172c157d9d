"""What is withheld cannot be told from what is published."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from runner.figures.autonomy import COLUMNS
from runner.figures.disclosure import LEAST, publish
from runner.figures.figures import Figures, count_figures
from runner.figures.process import Stage, tabulate_stages
from runner.figures.promises import FirstReply
from runner.figures.public import public_data, public_totals, upright
from runner.figures.table import Row, Table
from runner.model import State
from runner.policies.team import Team
from runner.report.presenting import HIDDEN, Presenting
from runner.report.promise_pages import IN_ONE_DAY, IN_THREE_DAYS, first_reply_tiles
from runner.report.wording import Wording
from runner.text.language import Language

COUNTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=8)


def table(*rows: tuple[int, ...]) -> Table:
    return Table(
        "t",
        ("met", "missed"),
        tuple(Row(str(n), tuple(("c",) * count for count in row)) for n, row in enumerate(rows)),
    )


def test_a_table_of_large_counts_is_published_whole() -> None:
    published = publish(table((5, 9), (0, 7)))
    assert published.withheld == ()
    assert published.sums is not None
    assert published.sums.counts == (5, 16)


def test_a_row_with_a_small_count_takes_the_smallest_other_with_it() -> None:
    published = publish(table((20, 3), (9, 6), (30, 8)))
    assert published.withheld == ("0", "1")
    assert [row.counts for row in published.table.rows] == [(30, 8)]
    assert published.sums is not None


def test_the_only_row_takes_the_sums_with_it() -> None:
    published = publish(table((20, 3)))
    assert published.withheld == ("0",)
    assert published.sums is None


def test_small_sums_are_withheld() -> None:
    published = publish(table((2, 0), (1, 0)))
    assert published.withheld == ("0", "1")
    assert published.sums is None


@given(COUNTS)
def test_neither_counts_nor_differences_are_small(rows: list[tuple[int, ...]]) -> None:
    published = publish(table(*rows))
    shown = [row.counts for row in published.table.rows]
    assert not any(0 < count < LEAST for row in shown for count in row)
    assert len(published.withheld) + len(shown) == len(rows)
    if published.sums is not None:
        visible = [sum(row[n] for row in shown) for n in range(2)]
        hidden = [whole - seen for whole, seen in zip(published.sums.counts, visible, strict=True)]
        assert not any(0 < count < LEAST for count in hidden)
        assert len(published.withheld) != 1


@given(COUNTS)
def test_nobody_is_named(rows: list[tuple[int, ...]]) -> None:
    published = publish(table(*rows))
    assert not any(case for row in published.table.rows for cell in row.cells for case in cell)


def test_the_only_small_state_takes_another_with_it() -> None:
    def stage(state: State, here: int) -> Stage:
        return Stage(state, None, None, 0, (), tuple("c" for _ in range(here)))

    stages = (stage(State.OPEN, 40), stage(State.RESOLVED, 2), stage(State.ANSWERED, 9))
    published = publish(tabulate_stages(stages))
    assert published.withheld == ("resolved", "answered")
    assert published.sums is not None
    assert published.sums.total == 51


def nothing() -> Figures:
    return count_figures((), datetime(2026, 11, 20, tzinfo=UTC))


def is_small(count: int) -> bool:
    return 0 < count < LEAST


@given(*(st.integers(0, 12) for _ in range(4)))
def test_totals_side_by_side_tell_no_small_rest(
    opened: int, both: int, ended: int, rest: int
) -> None:
    """`both` are told how it ends and not closed yet, `rest` are neither open nor settled."""
    ids = iter(range(100))

    def some(count: int) -> tuple[str, ...]:
        return tuple(f"c-{next(ids):012}" for _ in range(count))

    opening, resolved, closed, others = map(some, (opened, both, ended, rest))
    empty = nothing()
    stage = Stage(State.OPEN, None, None, 0, (), (*opening, *resolved))
    settled = Table("autonomy", COLUMNS, (Row("all", (resolved, closed)),))
    figures = replace(
        empty,
        cases=(*opening, *resolved, *closed, *others),
        stages=(stage,),
        autonomy=replace(empty.autonomy, whole=settled),
    )
    totals = public_totals(figures)
    whole, now = totals.cases, totals.open_now
    if whole is None or now is None:
        assert any(map(is_small, (opened, both, ended, rest, opened + both + ended + rest)))
        assert (whole, now) == (None, None)
        return
    told = both + ended
    for count in (whole, now, whole - now, whole - told):
        assert not is_small(count)


@given(st.lists(st.integers(0, 12), min_size=len(FirstReply), max_size=len(FirstReply)))
def test_shares_tell_no_row_that_is_withheld(counts: list[int]) -> None:
    cells = tuple(("c",) * count for count in counts)
    reply = Table("first-reply", tuple(map(str, FirstReply)), (Row("all", cells),))
    empty = nothing()
    figures = replace(empty, promises=replace(empty.promises, first_reply=reply))
    withheld = set(publish(upright(reply)).withheld)
    show = Presenting(
        Wording(Language("en", ZoneInfo("Europe/Paris")), Team((), ()), {}), public=True
    )
    tiles = first_reply_tiles(figures, show).tiles
    for tile, columns in zip(tiles, (IN_THREE_DAYS[:1], IN_ONE_DAY, IN_THREE_DAYS), strict=True):
        if withheld & {*columns, FirstReply.WAITING}:
            assert tile.value == HIDDEN


def test_a_clock_that_is_withheld_is_not_told_by_all_clocks_together() -> None:
    empty = nothing()
    verdicts = table((20, 9), (3, 0))
    data = public_data(replace(empty, promises=replace(empty.promises, verdicts=verdicts)))
    (shown,) = [each for each in data["tables"] if each["table"] == verdicts.id]  # type: ignore[attr-defined]
    assert (shown["rows"], shown["sums"]) == ([], None)
