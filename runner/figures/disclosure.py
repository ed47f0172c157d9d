"""What of tables may be published: no small counts, and none that others would tell.

Who reads that two of a product's cases were answered late may know both customers.  So a row
with a count below the least is withheld whole; and where the sums of the table would tell what
was withheld, more rows are, the smallest first.

Tables of different matters are held against each other as well: where 20 customers of a source
had an answer and 17 of its cases are settled, three are not, whoever counts them.  So of two
counts of one row, the one within the other, the second is withheld where what is left between
them is small.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from runner.figures.table import Row, Table

LEAST = 5
"""Counts from 1 to 4 are small."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table without what is withheld: rows `withheld` by key; `sums` None where they are too.

    Its counts are true; its cells name nobody: each case is an empty text.  Of one that is
    `silent` nothing may be told in another way either, no share and no single column.
    """

    table: Table
    withheld: tuple[str, ...]
    sums: Row | None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """Tables that count the same things, each by another dimension: their sums are equal.

    That by no dimension, "", has one row, of which single columns may be told.
    """

    tables: Mapping[str, Table]

    @property
    def sums(self) -> Row:
        """What all of them add up to."""
        return next(iter(self.tables.values())).sums


def publish(table: Table, least: int = LEAST, *, also: Iterable[str] = ()) -> Published:
    """Return what may be published of a table whose rows add up to sums that are published.

    Afterwards no count that is shown, and no sum of those that are not, lies between 1 and
    `least` - 1, and what is withheld is nothing or two rows at least.  `also` are keys of rows
    that are withheld whatever they count.
    """
    keys = {*also}
    hidden = [row for row in table.rows if row.key in keys or _is_small(row.counts, least)]
    shown = sorted((row for row in table.rows if row not in hidden), key=lambda row: row.total)
    while hidden and shown and (len(hidden) == 1 or _is_small(_added(hidden), least)):
        hidden.append(shown.pop(0))
    sums = table.sums
    tells = len(hidden) == 1 or _is_small(_added(hidden), least)
    keys = {row.key for row in hidden}
    return Published(
        replace(table, rows=tuple(_nameless(r) for r in table.rows if r.key not in keys)),
        tuple(row.key for row in table.rows if row.key in keys),
        None if (hidden and tells) or _is_small(sums.counts, least) else _nameless(sums),
    )


def publish_together(matters: Iterable[Matter], totals: Iterable[Row] = ()) -> dict[str, Published]:
    """Return by its id what may be published of each table, the matters before it published too.

    `totals` are counts that are published besides.  A matter whose sums would tell a small count
    by what was published before is withheld whole, as is one of which nothing else helps.
    """
    before = [_Cells(row) for row in totals]
    told: dict[str, list[_Shown]] = {}
    found: dict[str, Published] = {}
    for matter in matters:
        sums = _Cells(matter.sums)
        shown = None if any(sums.tells(each) for each in before) else _publish(matter, told)
        if shown is None:
            found |= {table.id: withheld(table) for table in matter.tables.values()}
            continue
        if "" in shown or any(each.published.sums is not None for each in shown.values()):
            before.append(sums)
        for dimension, each in shown.items():
            told.setdefault(dimension, []).append(each)
            found[each.table.id] = each.published
    return found


def tells_small(one: Row, other: Row) -> bool:
    """Return whether counts of two rows that lie within each other differ by a small one."""
    return _Cells(one).tells(_Cells(other))


def withheld(table: Table) -> Published:
    """Return a table of which nothing is published."""
    return Published(replace(table, rows=()), tuple(row.key for row in table.rows), None, True)


def is_small(count: int, least: int = LEAST) -> bool:
    """Return whether a count would tell of single customers."""
    return 0 < count < least


def _publish(matter: Matter, told: Mapping[str, Sequence["_Shown"]]) -> dict[str, "_Shown"] | None:
    """Return how the tables of a matter are published; None where only silence helps."""
    found: dict[str, _Shown] = {}
    for dimension, table in matter.tables.items():
        also: set[str] = set()
        while True:
            shown = _Shown(table, publish(table, also=also))
            telling = next(
                (keys for each in told.get(dimension, ()) for keys in shown.telling(each)), None
            )
            if telling is None:
                break
            rest = [row for row in table.rows if row.key in shown.visible]
            if not rest:
                return None
            named = [row for row in rest if row.key in telling] or rest
            also.add(min(named, key=lambda row: row.total).key)
        found[dimension] = shown
    return found


class _Shown:
    """A table as it is published: which rows are seen, and what is known of the others together."""

    def __init__(self, table: Table, published: Published) -> None:
        self.table = table
        self.published = published
        self.hidden = frozenset(published.withheld)
        self.visible = frozenset(row.key for row in table.rows) - self.hidden
        self._rows = {row.key: row for row in table.rows}
        self._cells: dict[frozenset[str], _Cells] = {}

    def telling(self, earlier: "_Shown") -> Iterator[frozenset[str]]:
        """Yield the keys of rows of this table that tell a small count beside an earlier one.

        None of them is seen where it is the sum of the withheld rows that tells it.
        """
        for key in self.visible & earlier.visible:
            yield from self._compared(frozenset((key,)), earlier, frozenset((key,)))
        for group in {self.hidden, earlier.hidden, self.hidden | earlier.hidden} - {frozenset()}:
            mine, theirs = self._known(group), earlier._known(group)
            yield from self._compared(mine, earlier, theirs)
            for key in group & self.visible:
                yield from self._compared(frozenset((key,)), earlier, theirs)
            for key in group & earlier.visible:
                yield from self._compared(mine, earlier, frozenset((key,)))

    def _compared(
        self, mine: frozenset[str], earlier: "_Shown", theirs: frozenset[str]
    ) -> Iterator[frozenset[str]]:
        if mine and theirs and self.cells(mine).tells(earlier.cells(theirs)):
            yield mine

    def _known(self, group: frozenset[str]) -> frozenset[str]:
        """Return the rows of a group whose sum is known: all of them, or those that are seen."""
        keys = frozenset(key for key in group if key in self._rows)
        if self.published.sums is not None and self.hidden <= keys:
            return keys
        return keys & self.visible

    def cells(self, keys: frozenset[str]) -> "_Cells":
        """Return the cells of some rows together."""
        found = self._cells.get(keys)
        if found is None:
            rows = [self._rows[key] for key in keys if key in self._rows]
            columns = range(len(self.table.columns))
            cells = tuple(tuple(c for row in rows for c in row.cells[n]) for n in columns)
            found = self._cells[keys] = _Cells(Row("", cells))
        return found


class _Cells:
    """The cells of a row and all their sums, to be held against those of another."""

    def __init__(self, row: Row) -> None:
        self._cells = tuple(cell for cell in row.cells if cell)
        sizes = tuple(map(len, self._cells))
        columns = range(len(sizes))
        self._sums = [
            (sum(sizes[n] for n in chosen), chosen)
            for count in range(1, len(sizes) + 1)
            for chosen in combinations(columns, count)
        ]

    def tells(self, other: "_Cells") -> bool:
        """Return whether a sum of cells here and one there differ by a small set of cases."""
        return any(
            self._is_within(mine, other, theirs)
            if size < other_size
            else other._is_within(theirs, self, mine)
            for size, mine in self._sums
            for other_size, theirs in other._sums
            if is_small(abs(size - other_size))
        )

    def _is_within(self, mine: tuple[int, ...], other: "_Cells", theirs: tuple[int, ...]) -> bool:
        inner = Counter(case for n in mine for case in self._cells[n])
        outer = Counter(case for n in theirs for case in other._cells[n])
        return inner <= outer


def _is_small(counts: Sequence[int], least: int) -> bool:
    return any(is_small(count, least) for count in counts)


def _added(rows: Sequence[Row]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(row.counts for row in rows), strict=True)))


def _nameless(row: Row) -> Row:
    return replace(row, cells=tuple(("",) * count for count in row.counts))
