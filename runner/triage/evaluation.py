"""How well the rules judge messages whose truth is known.

A team labels messages in a CSV file; `parse_labelled` reads it, `evaluate` compares.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from runner.errors import Fault
from runner.model import Category, Judgement, Rating, Reason, SourceCategory, Urgency
from runner.text.wording import did_you_mean, one_of, shown
from runner.triage.judge import Message

TRUTHS: Mapping[str, tuple[str, ...]] = {
    "after_sales": ("yes", "no"),
    "category": tuple(Category),
    "urgency": tuple(Urgency),
    "crisis": ("yes", "no"),
}
"""The columns that may hold a truth, and what it may be; `not-complaint` and so on as well."""
FACTS = ("text", "rating", "best", "language", "author", "source_category")
NOT = "not-"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with what is known to be true of it, by column; `line` is its first line."""

    line: int
    message: Message
    truths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """How a truth value was met.

    `labelled` messages have it, `found` of them were judged so, `missed` were not;
    `false_alarms` were judged so and are not.
    """

    column: str
    value: str
    labelled: int
    found: int
    missed: int
    false_alarms: int

    @property
    def precision(self) -> float | None:
        """The share of what was judged so that is so; None when nothing was."""
        return _share(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """The share of what is so that was judged so; None when nothing is."""
        return _share(self.found, self.labelled)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None when there is nothing to find and nothing found."""
        return _share(2 * self.found, 2 * self.found + self.missed + self.false_alarms)


@dataclass(frozen=True, slots=True)
class Misjudged:
    """A message judged other than the truth, and the rule that did it."""

    line: int
    column: str
    truth: str
    judged: str
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures, in the order of `TRUTHS`, and what was misjudged, in the order of the file."""

    messages: int
    figures: tuple[Figures, ...]
    wrong: tuple[Misjudged, ...]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def judged_value(judgement: Judgement, column: str) -> tuple[str, Reason | None]:
    """Return what a judgement says in a column, in the words of the truths, and why."""
    match column:
        case "after_sales":
            return ("yes" if judgement.after_sales.value else "no"), judgement.after_sales.reason
        case "category":
            return str(judgement.category.value), judgement.category.reason
        case "urgency":
            return str(judgement.urgency.value), judgement.urgency.reason
        case _:
            crisis = judgement.crisis
            return ("yes", crisis.reason) if crisis else ("no", None)


def evaluate(rows: Sequence[Labelled], judgements: Sequence[Judgement]) -> Evaluation:
    """Compare truths with judgements, one for each row in the same order.

    `not-complaint` says only that a message is no complaint: it counts for the figures
    of `complaint` and of nothing else.
    """
    figures: list[Figures] = []
    for column, values in TRUTHS.items():
        pairs = [
            (row.truths[column], judged_value(judgement, column)[0])
            for row, judgement in zip(rows, judgements, strict=True)
            if column in row.truths
        ]
        told = {truth for truth, _ in pairs}
        for value in (*values, *(NOT + value for value in values)):
            if value in told:
                figures.append(_figures(column, value, pairs))
    return Evaluation(len(rows), tuple(figures), tuple(_wrong(zip(rows, judgements, strict=True))))


def _figures(column: str, value: str, pairs: Iterable[tuple[str, str]]) -> Figures:
    plain = value.removeprefix(NOT)
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for truth, judged in pairs:
        is_plain = _tells(truth, plain)
        if is_plain is not None:
            wanted = value == plain
            counts[is_plain is wanted, (judged == plain) is wanted] += 1
    found, missed = counts[True, True], counts[True, False]
    return Figures(column, value, found + missed, found, missed, counts[False, True])


def _tells(truth: str, value: str) -> bool | None:
    """Return whether a truth says that a message is `value`, is not, or neither."""
    if truth.startswith(NOT):
        return False if truth == NOT + value else None
    return truth == value


def _wrong(judged: Iterable[tuple[Labelled, Judgement]]) -> Iterable[Misjudged]:
    for row, judgement in judged:
        for column in TRUTHS:
            if column not in row.truths:
                continue
            truth = row.truths[column]
            said, reason = judged_value(judgement, column)
            agrees = said != truth.removeprefix(NOT) if truth.startswith(NOT) else said == truth
            if not agrees:
                yield Misjudged(
                    row.line,
                    column,
                    truth,
                    said,
                    reason or Reason("no rule", "", 0),
                    row.message.text,
                )


def parse_labelled(
    text: str, file: str, own_authors: tuple[str, ...] = ()
) -> tuple[tuple[Labelled, ...], tuple[Fault, ...]]:
    """Read labelled messages from CSV, commas or semicolons, with a line of headings.

    Columns: `text`; where known `rating` (with `best`, else of 5), `language`, `author`,
    `source_category`; truths as in `TRUTHS`, empty where unknown.  Others are ignored.
    """
    return _Labels(file, own_authors).read(text)


class _Labels:
    def __init__(self, file: str, own_authors: tuple[str, ...]) -> None:
        self.file = file
        self.own_authors = own_authors
        self.faults: list[Fault] = []

    def fault(self, line: int, message: str, hint: str = "") -> None:
        self.faults.append(Fault(self.file, line, 1, "labelled-messages", message, hint))

    def read(self, text: str) -> tuple[tuple[Labelled, ...], tuple[Fault, ...]]:
        text = text.removeprefix("\ufeff")
        headings, _, _ = text.partition("\n")
        separator = ";" if headings.count(";") > headings.count(",") else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows: list[Labelled] = []
        names: list[str] | None = None
        try:
            while True:
                line = reader.line_num + 1
                cells = next(reader, None)
                if cells is None:
                    break
                if names is None:
                    names = [cell.strip() for cell in cells]
                    if not self._check_names(names):
                        break
                elif cells:
                    row = self._row(line, names, cells)
                    if row is not None:
                        rows.append(row)
        except csv.Error as why:
            self.fault(reader.line_num or 1, f"this is no CSV: {why}", 'quote cells with ""')
        if names is None:
            self.fault(1, "the file is empty", f"the first line names columns: {', '.join(FACTS)}")
        return tuple(rows), tuple(sorted(self.faults))

    def _check_names(self, names: list[str]) -> bool:
        known = (*FACTS, *TRUTHS)
        before = len(self.faults)
        for name in sorted({name for name in names if names.count(name) > 1 and name in known}):
            self.fault(1, f"there are two columns {shown(name)}")
        if "text" not in names:
            self.fault(1, "there is no column `text`", f"the headings are: {', '.join(names)}")
        if not set(TRUTHS) & set(names):
            self.fault(1, "there is no column with a truth", one_of(TRUTHS))
        return len(self.faults) == before

    def _row(self, line: int, names: list[str], cells: list[str]) -> Labelled | None:
        if len(cells) != len(names):
            self.fault(
                line,
                f"{len(cells)} cells under {len(names)} headings",
                "quote texts that hold the separator",
            )
            return None
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
        truths = {}
        for column, values in TRUTHS.items():
            if truth := row.get(column, ""):
                known = (*values, *(NOT + value for value in values))
                if truth in known:
                    truths[column] = truth
                else:
                    self.fault(
                        line, f"{column} cannot be {shown(truth)}", did_you_mean(truth, known)
                    )
        category = row.get("source_category", "")
        if category and category not in tuple(SourceCategory):
            self.fault(
                line,
                f"source_category cannot be {shown(category)}",
                did_you_mean(category, tuple(SourceCategory)),
            )
            return None
        message = Message(
            row["text"],
            self._rating(line, row),
            row.get("language") or None,
            row.get("author") or None,
            source_category=SourceCategory(category) if category else None,
            ignored_authors=self.own_authors,
        )
        return Labelled(line, message, truths)

    def _rating(self, line: int, row: Mapping[str, str]) -> Rating | None:
        if not row.get("rating"):
            return None
        value = self._number(line, "rating", row["rating"], lambda number: number >= 0)
        best = self._number(line, "best", row.get("best") or "5", lambda number: number > 0)
        if value is None or best is None:
            return None
        if value > best:
            self.fault(line, f"rating {value:g} is above the best, {best:g}")
            return None
        return Rating(value, best)

    def _number(
        self, line: int, column: str, text: str, fits: Callable[[float], bool]
    ) -> float | None:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or not fits(number):
            self.fault(line, f"{column} cannot be {shown(text)}", "a number such as 4 or 4.5")
            return None
        return number
