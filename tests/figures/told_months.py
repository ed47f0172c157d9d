"""Months of made-up cases, in figures and in words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from told_cases import Happened

from runner.cases.case import Case
from runner.figures.life import Reading
from runner.figures.month import Month, MonthFigures, MonthReading
from runner.figures.month_pages import render_text
from runner.figures.month_words import make_summary
from runner.text.language import Language

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)


def months(
    *cases: Case, now: datetime = NOW, month: Month = OCTOBER
) -> tuple[MonthFigures, MonthFigures]:
    def reading(instant: datetime) -> Reading:
        return Reading(instant, PARIS, {}, {}, frozenset())

    both = []
    for each in (month, month.before):
        read = MonthReading(each, reading, now)
        for one in cases:
            read.read(one)
        both.append(read.figures())
    return both[0], both[1]


def happened(kind: str, when: str, /, **facts: object) -> Happened:
    return kind, when, None, facts


def told(*cases: Case, locale: str = "en", month: Month = OCTOBER) -> str:
    return render_text(make_summary(*months(*cases, month=month), "Essai", Language(locale, PARIS)))
