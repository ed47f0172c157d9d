"""Counts in rows and columns, each of which still names its cases."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Cases = tuple[str, ...]
"""Ids of cases, in the order in which they were counted; one that counts twice stands twice."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, and for each column of its table what is counted there.

    No thing is counted in two columns, so that they add up.
    """

    key: str
    cells: tuple[Cases, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many cases each column counts."""
        return tuple(map(len, self.cells))

    @property
    def total(self) -> int:
        """How many cases the row counts, all columns together."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that count the same columns.  `id` and the keys are words of our own, in no language."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def sums(self) -> Row:
        """All rows together, in one whose key is empty."""
        columns = range(len(self.columns))
        return Row("", tuple(tuple(c for row in self.rows for c in row.cells[n]) for n in columns))

    def row(self, key: str) -> Row:
        """Return the row of a key; one that counts nothing where there is none."""
        empty = Row(key, ((),) * len(self.columns))
        return next((row for row in self.rows if row.key == key), empty)

    def count(self, column: str) -> int:
        """Return how many cases a column counts, in all rows."""
        at = self.columns.index(column)
        return sum(len(row.cells[at]) for row in self.rows)


def tabulate(
    table_id: str, columns: tuple[str, ...], found: Iterable[tuple[str, str, str]]
) -> Table:
    """Return the table of what was found: row, column and case of each; rows by their keys."""
    cells: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row, column, case_id in found:
        cells[row][column].append(case_id)
    rows = (
        Row(key, tuple(tuple(counted.get(column, ())) for column in columns))
        for key, counted in sorted(cells.items())
    )
    return Table(table_id, columns, tuple(rows))


def share(part: int, whole: int) -> float | None:
    """Return the share between 0 and 1, None of nothing."""
    return part / whole if whole else None
