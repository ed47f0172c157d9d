"""The desk in figures, all together, and as plain data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from runner.cases.instants import render_instant
from runner.figures.autonomy import TARGET, Autonomy, count_autonomy
from runner.figures.dimensions import counted
from runner.figures.life import Life
from runner.figures.process import Stage, count_stages
from runner.figures.promises import PromiseFigures, count_promises
from runner.figures.quality import Quality, count_quality
from runner.figures.table import Table


@dataclass(frozen=True, slots=True)
class Period:
    """The days of detection that are counted, both among them; None is without end."""

    since: date | None = None
    until: date | None = None

    def holds(self, life: Life) -> bool:
        """Return whether a case was detected in it."""
        return (self.since is None or life.day >= self.since) and (
            self.until is None or life.day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the cases that were detected in a period, as things stand `at` an instant."""

    at: datetime
    period: Period
    cases: tuple[str, ...]
    promises: PromiseFigures
    autonomy: Autonomy
    quality: Quality
    stages: tuple[Stage, ...]

    def tables(self) -> Iterator[Table]:
        """Yield every table."""
        yield self.promises.verdicts
        yield self.promises.ideal
        yield self.promises.first_reply
        yield from self.promises.first_replies
        for tables in self.promises.clocks.values():
            yield from tables
        yield self.autonomy.whole
        yield from self.autonomy.tables
        yield self.quality.causes
        yield self.quality.procedures
        yield self.quality.returns
        yield self.quality.survey
        yield self.quality.turned


def count_figures(lives: Iterable[Life], at: datetime, period: Period | None = None) -> Figures:
    """Return the figures of all cases detected in the period, as they stand at an instant.

    Proposed cases, those put aside and those merged into others do not count.
    """
    within = period or Period()
    cases = tuple(life for life in counted(lives) if within.holds(life))
    return Figures(
        at,
        within,
        tuple(life.id for life in cases),
        count_promises(cases),
        count_autonomy(cases),
        count_quality(cases),
        count_stages(cases),
    )


def figures_data(figures: Figures) -> dict[str, object]:
    """Return figures as plain data: every table with its counts and the ids of its cases."""
    since, until = figures.period.since, figures.period.until
    quality = figures.quality
    return {
        "at": render_instant(figures.at),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "cases": len(figures.cases),
        "autonomy": {"share": figures.autonomy.share, "target": TARGET},
        "survey": {"satisfaction": quality.satisfaction, "answers": quality.answers},
        "stages": [_stage_data(stage) for stage in figures.stages],
        "tables": [table_data(table) for table in figures.tables()],
    }


def table_data(table: Table) -> dict[str, object]:
    """Return a table as JSON-like data: of each row the counts and the cases, by column."""
    return {
        "table": table.id,
        "columns": list(table.columns),
        "rows": [
            {
                "row": row.key,
                "counts": dict(zip(table.columns, row.counts, strict=True)),
                "cases": {
                    column: list(dict.fromkeys(cases))
                    for column, cases in zip(table.columns, row.cells, strict=True)
                    if cases
                },
            }
            for row in table.rows
        ],
    }


def _stage_data(stage: Stage) -> dict[str, object]:
    return {
        "state": stage.state.value,
        "median_seconds": stage.median,
        "ninth_decile_seconds": stage.ninth,
        "total_seconds": stage.total,
        "stays": len(stage.passed),
        "here": list(stage.here),
    }
