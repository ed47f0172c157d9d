"""Figures as data that anybody may read: no case, no free words, no small counts.

Nor what would tell a small count once it is taken from another figure: a number that stands by
itself is published only where the tables beside it tell it anyway, or where what is left of the
whole without it is not small.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from runner.cases.instants import render_instant
from runner.figures.autonomy import ALONE, TARGET
from runner.figures.dimensions import Dimension
from runner.figures.disclosure import (
    Matter,
    Published,
    is_small,
    publish,
    publish_together,
    tells_small,
    withheld,
)
from runner.figures.figures import Figures
from runner.figures.life import Life
from runner.figures.process import Stage, tabulate_stages
from runner.figures.table import Cases, Row, Table, share


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


@dataclass(frozen=True, slots=True)
class Release:
    """What of figures may be published: each table by its id, the states of cases, totals."""

    tables: Mapping[str, Published]
    states: Published
    totals: PublicTotals

    def is_silent(self, table: Table) -> bool:
        """Whether nothing at all may be told of a table."""
        return self.tables[table.id].silent


def release(figures: Figures) -> Release:
    """Return what may be published of figures, the most telling matters first.

    Root causes and procedures are left out: they are free words.  What all clocks count
    together means nothing, and beside the tables of each clock it would tell a withheld one.
    """
    promises, autonomy, quality = figures.promises, figures.autonomy, figures.quality
    matters = (
        _matter(promises.first_reply, promises.first_replies),
        *(_matter(None, tables) for tables in promises.clocks.values()),
        _matter(autonomy.whole, autonomy.tables),
        Matter({Dimension.CATEGORY: quality.returns}),
        Matter({Dimension.SOURCE: quality.turned}),
        Matter({"": quality.survey}),
    )
    found = publish_together(matters)
    silent = [
        clock
        for clock, tables in promises.clocks.items()
        if any(found[table.id].silent for table in tables)
    ]
    verdicts = publish(promises.verdicts, also=silent)
    kept = [
        row.key
        for row in promises.ideal.rows
        if row.key in verdicts.withheld or tells_small(row, promises.verdicts.row(row.key))
    ]
    for table, published in (
        (promises.verdicts, verdicts),
        (promises.ideal, publish(promises.ideal, also=kept)),
    ):
        found[table.id] = replace(published, sums=None)
    told = [
        matter.sums
        for matter in matters
        if not any(found[table.id].silent for table in matter.tables.values())
    ]
    totals = public_totals(figures, told)
    if totals.cases is None:
        return Release(found, withheld(tabulate_stages(figures.stages)), totals)
    told += [Row("", (figures.cases,)), Row("", (_cases_in(figures.stages),))]
    return Release(found, _publish_states(figures.stages, told), totals)


def _publish_states(stages: Sequence[Stage], told: Sequence[Row]) -> Published:
    """Return the states of which counts may be told: of cases there now, and of stays over.

    One that tells a small count by either, beside what is `told` or another state, is withheld.
    """
    rows = {stage.state.value: Row("", (stage.here, stage.passed)) for stage in stages}
    before: dict[str, Row] = {}
    for state, row in rows.items():
        if not any(tells_small(row, each) for each in (*told, *before.values())):
            before[state] = row
    here = tabulate_stages(stages)
    states = publish(here, also=rows.keys() - before.keys())
    seen = (*told, *(row for state, row in before.items() if state not in states.withheld))
    others = _cases_in(stage for stage in stages if stage.state in states.withheld)
    return withheld(here) if any(tells_small(Row("", (others,)), each) for each in seen) else states


def _cases_in(stages: Iterable[Stage]) -> Cases:
    return tuple(case for stage in stages for case in stage.here)


def _matter(whole: Table | None, tables: Iterable[Table]) -> Matter:
    named = dict(zip(Dimension, tables, strict=True))
    return Matter(({"": whole} if whole is not None else {}) | named)


def public_totals(figures: Figures, told: Iterable[Row] = ()) -> PublicTotals:
    """Return how many cases may be said to be there, and open; `told` are totals told elsewhere.

    Settled cases are among them, so that what neither is open nor settled, or is both,
    follows from the three.  Where one of these parts is small, neither total is told; nor where
    what one of them leaves out, or has besides, is.
    """
    is_open = {*_cases_in(figures.stages)}
    is_settled = {
        case for row in figures.autonomy.whole.rows for cell in row.cells for case in cell
    }
    parts = Counter((case in is_open, case in is_settled) for case in figures.cases)
    whole = len(figures.cases)
    rows = (Row("", (figures.cases,)), Row("", (tuple(is_open),)))
    if (
        is_small(whole)
        or any(is_small(count) for count in parts.values())
        or any(tells_small(row, other) for row in rows for other in told)
    ):
        return PublicTotals(None, None)
    return PublicTotals(whole, len(is_open))


def upright(table: Table) -> Table:
    """Return the table of one row with a row for each of its columns, as it is published."""
    cells = table.sums.cells
    return Table(
        f"{table.id}.upright",
        ("cases",),
        tuple(Row(c, (cell,)) for c, cell in zip(table.columns, cells, strict=True)),
    )


def public_data(figures: Figures, found: Release | None = None) -> dict[str, object]:
    """Return figures as plain data for everybody: what `release` found of them, at hand or now."""
    found = found or release(figures)
    whole = figures.autonomy.whole
    since, until = figures.period.since, figures.period.until
    alone, all_settled = whole.count(ALONE), whole.sums.total
    tells = is_small(alone) or is_small(all_settled - alone) or found.is_silent(whole)
    return {
        "at": render_instant(figures.at),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "cases": found.totals.cases,
        "autonomy": {"share": None if tells else share(alone, all_settled), "target": TARGET},
        "tables": [
            _table(table, found.tables[table.id])
            for table in figures.tables()
            if table.id in found.tables
        ],
    }


def _table(table: Table, published: Published) -> dict[str, object]:
    sums = published.sums
    return {
        "table": table.id,
        "columns": list(table.columns),
        "rows": [{"row": row.key, "counts": _counts(table, row)} for row in published.table.rows],
        "withheld": list(published.withheld),
        "sums": _counts(table, sums) if sums is not None else None,
    }


def _counts(table: Table, row: Row) -> dict[str, int]:
    return dict(zip(table.columns, row.counts, strict=True))
