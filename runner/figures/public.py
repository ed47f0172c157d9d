"""Figures as data that anybody may read: no case, no free words, no small counts.

Nor what would tell a small count once it is taken from another figure: a number that stands by
itself is published only where the tables beside it tell it anyway, or where what is left of the
whole without it is not small.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from runner.cases.instants import render_instant
from runner.figures.autonomy import ALONE, TARGET
from runner.figures.disclosure import is_small, publish
from runner.figures.figures import Figures
from runner.figures.life import Life
from runner.figures.table import Row, Table, share


@dataclass(frozen=True, slots=True)
class PublicTotals:
    """How many cases there are, and how many are open; None where it would tell a small count."""

    cases: int | None
    open_now: int | None


def public_lives(lives: Iterable[Life], products: Set[str]) -> Iterator[Life]:
    """Yield lives as figures for everybody count them; `products` are the ids of the policies.

    What else a case calls its product somebody wrote by hand: it counts as none.  A case that
    ever was a crisis counts nowhere.  There are few, some tables never hold them, and what two
    tables differ by would tell how many.
    """
    for life in lives:
        if not life.in_crisis:
            yield life if life.product in products else replace(life, product=None)


def public_totals(figures: Figures) -> PublicTotals:
    """Return how many cases may be said to be there, and open.

    Settled cases are told elsewhere, so that what neither is open nor settled, or is both,
    follows from the three.  Where one of these parts is small, neither total is told.
    """
    is_open = {case for stage in figures.stages for case in stage.here}
    is_settled = {
        case for row in figures.autonomy.whole.rows for cell in row.cells for case in cell
    }
    parts = Counter((case in is_open, case in is_settled) for case in figures.cases)
    whole = len(figures.cases)
    if is_small(whole) or any(is_small(count) for count in parts.values()):
        return PublicTotals(None, None)
    return PublicTotals(whole, len(is_open))


def upright(table: Table) -> Table:
    """Return the table of one row with a row for each of its columns, as it is published."""
    cells = table.sums.cells
    return Table(
        table.id,
        ("cases",),
        tuple(Row(c, (cell,)) for c, cell in zip(table.columns, cells, strict=True)),
    )


def public_data(figures: Figures) -> dict[str, object]:
    """Return figures as plain data for everybody.

    Root causes and procedures are left out: they are free words.  What all clocks count
    together means nothing, and beside the tables of each clock it would tell a withheld one.
    """
    quality, whole = figures.quality, figures.autonomy.whole
    since, until = figures.period.since, figures.period.until
    free = {quality.causes.id, quality.procedures.id}
    apart = {figures.promises.verdicts.id, figures.promises.ideal.id}
    alone, all_settled = whole.count(ALONE), whole.sums.total
    tells = is_small(alone) or is_small(all_settled - alone)
    return {
        "at": render_instant(figures.at),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "cases": public_totals(figures).cases,
        "autonomy": {"share": None if tells else share(alone, all_settled), "target": TARGET},
        "tables": [
            _table(table, is_added=table.id not in apart)
            for table in figures.tables()
            if table.id not in free
        ],
    }


def _table(table: Table, *, is_added: bool) -> dict[str, object]:
    published = publish(table)
    sums = published.sums if is_added else None
    return {
        "table": table.id,
        "columns": list(table.columns),
        "rows": [{"row": row.key, "counts": _counts(table, row)} for row in published.table.rows],
        "withheld": list(published.withheld),
        "sums": _counts(table, sums) if sums is not None else None,
    }


def _counts(table: Table, row: Row) -> dict[str, int]:
    return dict(zip(table.columns, row.counts, strict=True))
