"""Tables of figures as grids and charts.

Inside with the cases behind each number, in public without what would tell of single customers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from runner.figures.dimensions import Dimension
from runner.figures.disclosure import LEAST, Published, is_small, publish
from runner.figures.figures import Period
from runner.figures.public import Release, upright
from runner.figures.table import Row, Table, share
from runner.report.blocks import Block, Cell, Chart, Grid, Pair, Paragraph
from runner.report.charts import draw_bars
from runner.report.wording import Wording

WEEKS = 26
"""The weeks that a table shows, the latest."""
_ROWS = 40
"""The rows that any other table shows, the largest."""
_BARS = 12
HIDDEN = "·"
"""Stands for a count that is withheld."""
NO_SHARE = "–"
"""Stands for a share that is."""

Sets = dict[str, dict[str, tuple[str, ...]]]
"""The cases behind numbers: by table, then by a number's place in it."""


@dataclass(frozen=True, slots=True)
class Presenting:
    """How tables are shown in one language.  `sets` takes up the cases that a number leads to.

    With `public` nothing leads anywhere and small counts are withheld.  `period` holds the
    cases that the figures count; `release` is what of them may be published, None unless `public`.
    `pulls` says where people see a pull request by its number,
    None where the forge has no pages.
    """

    wording: Wording
    public: bool = False
    sets: Sets = field(default_factory=dict)
    period: Period = field(default_factory=Period)
    pulls: Callable[[int], str] | None = None
    release: Release | None = None

    def pull_page(self, number: int | None) -> str | None:
        """Return the address of a pull request, None where there is none."""
        return None if self.pulls is None or number is None else self.pulls(number)

    def lead(self, text: str) -> str:
        """Return what stands below the title of a page of figures: its period too."""
        language, period = self.wording.language, self.period
        say = language.say
        if period.since is not None and period.until is not None:
            counted = say(
                "Counted: cases detected from {since} to {until}.",
                since=language.day(period.since),
                until=language.day(period.until),
            )
        elif period.since is not None:
            since = language.day(period.since)
            counted = say("Counted: cases detected from {since} on.", since=since)
        elif period.until is not None:
            until = language.day(period.until)
            counted = say("Counted: cases detected up to {until}.", until=until)
        else:
            return text
        return f"{text} {counted}"

    def present(
        self,
        table: Table,
        caption: str,
        heading: str,
        row_name: Callable[[str], str],
        *,
        kept: Sequence[str] = (),
        kept_heading: str = "",
        drawn: Sequence[str] = (),
        by_size: bool = True,
        latest: int = _ROWS,
        with_sums: bool = True,
    ) -> tuple[Block, ...]:
        """Return a table in words; nothing but a sentence where it counts nothing.

        `kept` are the columns whose share of a row is shown under `kept_heading`, of which
        running promises are no part.  `drawn` are the columns of the chart beside it, none for
        no chart.
        """
        say = self.wording.language.say
        if not table.rows:
            return (Paragraph(say("Nothing to count yet."), "muted"),)
        shown, withheld, sums = self._chosen(table)
        if by_size:
            largest = sorted(shown, key=lambda row: -row.total)
            ordered = (*largest, *(table.row(key) for key in withheld))
            listed = ordered[:latest]
        else:
            ordered = table.rows
            listed = ordered[-latest:]
        # The share of the only column says nothing.
        kept = kept if len(table.columns) > 1 else ()
        columns = (heading, *map(self.wording.column, table.columns))
        columns = (*columns, kept_heading) if kept else columns
        visible = {row.key for row in shown}
        grid = Grid(
            caption,
            columns,
            tuple(
                self._cells(table, row, row_name(row.key), row.key, kept)
                if row.key in visible
                else _withheld_cells(row_name(row.key), len(columns))
                for row in listed
            ),
            self._cells(table, sums, say("all"), "", kept)
            if with_sums and sums and len(table.rows) > 1
            else (),
        )
        seen = [row for row in listed if row.key in visible]
        chart = (
            self._chart(table, seen, row_name, drawn, caption, by_size=by_size) if drawn else None
        )
        notes = []
        if len(ordered) > len(listed):
            notes.append(
                say("The {count} largest rows of {all}.", count=len(listed), all=len(ordered))
                if by_size
                else say("The last {count} of {all}.", count=len(listed), all=len(ordered))
            )
        if withheld:
            notes.append(
                say(
                    "Withheld ({sign}): rows with a count below {least}, and rows that would "
                    "tell such counts.",
                    sign=HIDDEN,
                    least=LEAST,
                )
            )
        return (Pair(chart, grid), *(Paragraph(note, "muted") for note in notes))

    def by_dimension(
        self,
        tables: Sequence[Table],
        matter: str,
        *,
        kept: Sequence[str],
        kept_heading: str,
        drawn: Sequence[str] = (),
    ) -> tuple[tuple[Dimension, tuple[Block, ...]], ...]:
        """Return the tables of one matter by week, source, category and product."""
        wording = self.wording
        say = wording.language.say
        return tuple(
            (
                dimension,
                self.present(
                    table,
                    say("{matter}: {by}", matter=matter, by=wording.by(dimension).lower()),
                    wording.dimension(dimension),
                    lambda key, dimension=dimension: wording.row(dimension, key),  # type: ignore[misc]
                    kept=kept,
                    kept_heading=kept_heading,
                    drawn=drawn if dimension is Dimension.WEEK else (),
                    by_size=dimension is not Dimension.WEEK,
                    latest=WEEKS if dimension is Dimension.WEEK else _ROWS,
                ),
            )
            for dimension, table in zip(Dimension, tables, strict=True)
        )

    def link(self, table_id: str, place: str, cases: Sequence[str]) -> str | None:
        """Return the address that lists these cases, None for none and in public."""
        if self.public or not cases:
            return None
        name = safe_name(table_id)
        self.sets.setdefault(name, {}).setdefault(place, tuple(dict.fromkeys(cases)))
        return f"cases.html#set={name}&of={place}"

    def published(self, table: Table) -> Published:
        """Return what may be published of a table."""
        if self.release is not None and table.id in self.release.tables:
            return self.release.tables[table.id]
        return publish(table)

    def is_silent(self, table: Table) -> bool:
        """Whether nothing at all may be told of a table."""
        return self.public and self.published(table).silent

    def count(self, count: int) -> str:
        """Return a single count; a small one in public only as such."""
        if self.public and is_small(count):
            return self.wording.language.say("fewer than {least}", least=LEAST)
        return self.wording.number(count)

    def share_of(self, part: int, whole: int, aim: float = 0.0) -> str:
        """Return a share; in public none that would tell a small count.

        One that falls short of its `aim` in whole per cent does not read as if it had reached it.
        """
        if self.public and (is_small(part) or is_small(whole - part)):
            return NO_SHARE
        found = share(part, whole)
        if found is not None and found < aim:
            found = min(found, aim - 0.01)
        return self.wording.percent(found)

    def share_in(self, table: Table, *columns: str, aim: float = 0.0) -> str:
        """Return the share of some columns in all that a table counts, as `share_of` does."""
        if self.is_silent(table):
            return HIDDEN
        return self.share_of(sum(map(table.count, columns)), table.sums.total, aim)

    def total_of(self, table: Table) -> str:
        """Return what a table counts in all."""
        return HIDDEN if self.is_silent(table) else self.count(table.sums.total)

    def _chosen(self, table: Table) -> tuple[tuple[Row, ...], tuple[str, ...], Row | None]:
        if not self.public:
            return table.rows, (), table.sums
        published = self.published(table)
        return published.table.rows, published.withheld, published.sums

    def _cells(
        self, table: Table, row: Row, name: str, at: str, kept: Sequence[str]
    ) -> tuple[Cell, ...]:
        numbers = tuple(
            self._number(table, column, cases, at)
            for column, cases in zip(table.columns, row.cells, strict=True)
        )
        shares = (Cell(self.wording.percent(_share(table, row, kept))),) if kept else ()
        return (Cell(name), *numbers, *shares)

    def _number(self, table: Table, column: str, cases: Sequence[str], row: str) -> Cell:
        numbers = {each.key: str(n) for n, each in enumerate(table.rows)}
        place = f"{numbers.get(row, 'all')}.{column}"
        tone = "late" if cases and column in {"missed", "overdue", "late", "later"} else ""
        text = self.wording.number(len(cases))
        return Cell(text, self.link(table.id, place, cases), tone if cases else "muted")

    def _chart(
        self,
        table: Table,
        rows: Sequence[Row],
        row_name: Callable[[str], str],
        drawn: Sequence[str],
        caption: str,
        *,
        by_size: bool,
    ) -> Chart | None:
        if not rows:
            return None
        at = [table.columns.index(column) for column in drawn]
        chosen = rows[:_BARS] if by_size else rows[-_BARS:]
        series = [[row.counts[n] for row in chosen] for n in at]
        names = tuple(map(self.wording.column, drawn)) if len(drawn) > 1 else ()
        about = self.wording.language.say(
            "{caption}: a chart of the numbers in the table.", caption=caption
        )
        svg = draw_bars([row_name(row.key) for row in chosen], series, about)
        return Chart(svg, names)

    def distribution(self, table: Table, caption: str, heading: str) -> tuple[Block, ...]:
        """Return a table of one row standing upright: a line for each of its columns."""
        say = self.wording.language.say
        sums = table.sums
        if not sums.total:
            return (Paragraph(say("Nothing to count yet."), "muted"),)
        if self.is_silent(table):
            return self.present(table, caption, heading, str)
        if self.public:
            return self.present(
                upright(table), caption, heading, self.wording.column,
                by_size=False, drawn=("cases",),
            )  # fmt: skip
        rows = []
        for column, cases in zip(table.columns, sums.cells, strict=True):
            rows.append(
                (
                    Cell(self.wording.column(column)),
                    self._number(table, column, cases, ""),
                    Cell(self.wording.percent(share(len(cases), sums.total))),
                )
            )
        about = say("{caption}: a chart of the numbers in the table.", caption=caption)
        names = [self.wording.column(column) for column in table.columns]
        chart = Chart(draw_bars(names, [list(sums.counts)], about))
        grid = Grid(caption, (heading, say("cases"), say("share")), tuple(rows))
        return (Pair(chart, grid),)


def safe_name(text: str) -> str:
    """Return a name that is good in addresses and for files."""
    return re.sub(r"[^a-z0-9-]+", "-", text.lower())


def _withheld_cells(name: str, width: int) -> tuple[Cell, ...]:
    return (Cell(name), *[Cell(HIDDEN, tone="muted")] * (width - 1))


def _share(table: Table, row: Row, kept: Sequence[str]) -> float | None:
    """Return the share of some columns; what still runs or waits is not judged."""
    judged = [n for n, c in enumerate(table.columns) if c not in {"running", "waiting"}]
    whole = sum(row.counts[n] for n in judged)
    part = sum(row.counts[n] for n in judged if table.columns[n] in kept)
    return share(part, whole)
