"""Figures as data that anybody may read: no case, no free words, no small counts."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from runner.cases.instants import render_instant
from runner.figures.autonomy import ALONE, TARGET
from runner.figures.disclosure import is_small, publish
from runner.figures.figures import Figures
from runner.figures.life import Life
from runner.figures.table import Row, Table, share


def without_free_words(lives: Iterable[Life], products: Set[str]) -> Iterator[Life]:
    """Yield lives as figures for everybody count them; `products` are the ids of the policies.

    What else a case calls its product somebody wrote by hand: it counts as none.
    """
    for life in lives:
        yield life if life.product in products else replace(life, product=None)


def public_data(figures: Figures) -> dict[str, object]:
    """Return figures as plain data for everybody.

    Root causes and procedures are left out: they are free words.
    """
    quality, whole = figures.quality, figures.autonomy.whole
    since, until = figures.period.since, figures.period.until
    free = {quality.causes.id, quality.procedures.id}
    alone, all_settled = whole.count(ALONE), whole.sums.total
    tells = is_small(alone) or is_small(all_settled - alone)
    return {
        "at": render_instant(figures.at),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "cases": _count(len(figures.cases)),
        "autonomy": {"share": None if tells else share(alone, all_settled), "target": TARGET},
        "tables": [_table(table) for table in figures.tables() if table.id not in free],
    }


def _table(table: Table) -> dict[str, object]:
    published = publish(table)
    return {
        "table": table.id,
        "columns": list(table.columns),
        "rows": [{"row": row.key, "counts": _counts(table, row)} for row in published.table.rows],
        "withheld": list(published.withheld),
        "sums": _counts(table, published.sums) if published.sums is not None else None,
    }


def _counts(table: Table, row: Row) -> dict[str, int]:
    return dict(zip(table.columns, row.counts, strict=True))


def _count(count: int) -> int | None:
    return None if is_small(count) else count
