"""What is withheld cannot be told from what is published."""

from hypothesis import given
from hypothesis import strategies as st

from runner.figures.disclosure import LEAST, publish
from runner.figures.process import Stage, tabulate_stages
from runner.figures.table import Row, Table
from runner.model import State

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
