"""The month's summary as text, as Markdown, as data."""

import re

from runner.cases.instants import render_instant
from runner.figures.figures import figures_data
from runner.figures.lessons import propose
from runner.figures.month import LONG_WAIT, MonthFigures, Wait
from runner.figures.month_words import Summary
from runner.model import KEY
from runner.text.markdown import plain

_INERT = re.compile(r"\\(:(?=\s)|(?<=\d\d\\):(?=\d\d\b(?!\\:))|(?<=\w\\)-(?=\w))")
_BRACKETS = re.compile(r"(?<!\])\\\(([^()\\]*)\\\)")
_ID = re.compile(rf"\bc\\-\u2060?(?={KEY.removeprefix('c-')}\b)")
_LONGEST = 4_000
"""Characters of a line of Markdown."""


def render_text(summary: Summary) -> str:
    """Return the summary as plain text, for a mail."""
    lines = [summary.title, "", summary.lead]
    for chapter in summary.chapters:
        if chapter.sentences or chapter.items:
            lines += ["", chapter.heading.upper(), ""]
            lines += [" ".join(chapter.sentences)] if chapter.sentences else []
            lines += [f"- {item}" for item in chapter.items]
    return "\n".join(lines) + "\n"


def render_markdown(summary: Summary) -> str:
    """Return the summary as Markdown in which nothing that anybody wrote acts."""
    lines = [f"# {_marked(summary.title)}", "", _marked(summary.lead)]
    for chapter in summary.chapters:
        if chapter.sentences or chapter.items:
            lines += ["", f"## {chapter.heading}", ""]
            lines += [_marked(" ".join(chapter.sentences))] if chapter.sentences else []
            lines += [f"- {_marked(item)}" for item in chapter.items]
    return "\n".join(lines) + "\n"


def summary_data(month: MonthFigures, before: MonthFigures) -> dict[str, object]:
    """Return a month and the one before as plain data."""
    return {
        "month": _month_data(month),
        "before": _month_data(before),
        "proposals": [
            {
                "lesson": each.lesson.value,
                "about": each.about,
                "detail": each.detail,
                "count": each.count,
                "of": each.whole,
                "cases": list(each.cases),
            }
            for each in propose(month, before)
        ],
    }


def _month_data(month: MonthFigures) -> dict[str, object]:
    return {
        "month": str(month.month),
        "until": render_instant(month.until),
        "opened": list(month.opened),
        "closed": list(month.closed),
        "open": list(month.still_open),
        "waits": [_wait_data(wait) for wait in month.waits if wait.seconds > LONG_WAIT],
        "causes": {name: list(cases) for name, cases in month.causes.items()},
        "ratings": list(month.ratings),
        "thanked": list(month.turned("thanked")),
        "contested": list(month.turned("contested")),
        "reopened": list(month.turned("reopened")),
        "figures": figures_data(month.figures),
    }


def _wait_data(wait: Wait) -> dict[str, object]:
    return {
        "case": wait.case_id,
        "seconds": wait.seconds,
        "over": wait.is_over,
        "clock": wait.clock or None,
    }


def _marked(text: str) -> str:
    # A colon before a space or in a time, a hyphen within a word and brackets around words do
    # nothing, and people read the source; nor does the id of a case, which they copy.
    return _BRACKETS.sub(r"(\1)", _INERT.sub(r"\1", _ID.sub("c-", plain(text, _LONGEST))))
