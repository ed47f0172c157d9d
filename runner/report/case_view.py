"""The page of one case, as values: what `doleances show` tells, and a picture of its life."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.cases.case import Case
from runner.clocks.standings import Standing
from runner.planning.case_page import Proposal, render_case_page
from runner.planning.page import Line, Section, Tone
from runner.policies.values import Configuration
from runner.report.listed import title_of
from runner.report.timeline import Timeline, lay_out
from runner.text.language import Language

_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """Lines of one tone that stand together; `commit` proves a plain one, where it is known."""

    tone: str
    lines: tuple[str, ...]
    commit: str = ""

    @property
    def address(self) -> str | None:
        """The address that a plain line is; nothing but http and https is ever followed."""
        return self.lines[0] if self.tone == "address" else None


@dataclass(frozen=True, slots=True)
class CaseSection:
    """A part of the page under its heading."""

    heading: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """The page of a case: what it is about in the customer's words, and how it stands."""

    id: str
    title: str
    standing: str
    is_alarm: bool
    sections: tuple[CaseSection, ...]
    timeline: Timeline


def view_case(
    case: Case,
    configuration: Configuration,
    standings: tuple[Standing, ...],
    now: datetime,
    language: Language,
    *,
    proposal: Proposal | None = None,
    commits: tuple[str, ...] = (),
) -> CaseView:
    """Return the page of a case; `standings` are of all its clocks, `commits` of its entries."""
    page = render_case_page(
        case, configuration, standings, now, language, proposal=proposal, commits=commits
    )
    return CaseView(
        case.id,
        title_of(case) or case.id,
        page.title.text,
        page.title.tone is Tone.ALARM,
        tuple(_section(section) for section in page.sections),
        lay_out(case, standings, now, language),
    )


def _section(section: Section) -> CaseSection:
    return CaseSection(section.heading, tuple(_joined(section.lines)))


def _joined(lines: tuple[Line, ...]) -> Iterator[Said]:
    """Yield the lines, those of one quote together."""
    quoted: list[str] = []
    for line in lines:
        if line.tone is Tone.QUOTE:
            quoted.append(line.text)
            continue
        if quoted:
            yield Said("quote", tuple(quoted))
            quoted = []
        tone = line.tone.value
        if line.tone is Tone.PLAIN and _ADDRESS.fullmatch(line.text):
            tone = "address"
        yield Said(tone, (line.text,), line.commit)
    if quoted:
        yield Said("quote", tuple(quoted))
