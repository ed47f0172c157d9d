"""What of a table may be published: no small counts, and none that others would tell.

Who reads that two of a product's cases were answered late may know both customers.  So a row
with a count below the least is withheld whole; and where the sums of the table would tell what
was withheld, more rows are, the smallest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.figures.table import Row, Table

LEAST = 5
"""Counts from 1 to 4 are small."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table without what is withheld: rows `withheld` by key; `sums` None where they are too.

    Its counts are true; its cells name nobody: each case is an empty text.
    """

    table: Table
    withheld: tuple[str, ...]
    sums: Row | None


def publish(table: Table, least: int = LEAST) -> Published:
    """Return what may be published of a table whose rows add up to sums that are published.

    Afterwards no count that is shown, and no sum of those that are not, lies between 1 and
    `least` - 1, and what is withheld is nothing or two rows at least.
    """
    hidden = [row for row in table.rows if _is_small(row.counts, least)]
    shown = sorted((row for row in table.rows if row not in hidden), key=lambda row: row.total)
    while hidden and shown and (len(hidden) == 1 or _is_small(_added(hidden), least)):
        hidden.append(shown.pop(0))
    sums = table.sums
    tells = len(hidden) == 1 or _is_small(_added(hidden), least)
    withheld = {row.key for row in hidden}
    return Published(
        replace(table, rows=tuple(_nameless(r) for r in table.rows if r.key not in withheld)),
        tuple(row.key for row in table.rows if row.key in withheld),
        None if (hidden and tells) or _is_small(sums.counts, least) else _nameless(sums),
    )


def is_small(count: int, least: int = LEAST) -> bool:
    """Return whether a count would tell of single customers."""
    return 0 < count < least


def _is_small(counts: Sequence[int], least: int) -> bool:
    return any(is_small(count, least) for count in counts)


def _added(rows: Sequence[Row]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(row.counts for row in rows), strict=True)))


def _nameless(row: Row) -> Row:
    return replace(row, cells=tuple(("",) * count for count in row.counts))
