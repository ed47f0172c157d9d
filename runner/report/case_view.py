"""The page of one case, as values: what `doleances show` tells, and a picture of its life."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.cases.case import Case
from runner.clocks.standings import Standing
from runner.planning.case_page import Proposal, render_case_page
from runner.planning.page import Line, Section, Tone
from runner.planning.proposed_steps import ProposedStep
from runner.policies.values import Configuration
from runner.report.listed import title_of
from runner.report.timeline import Timeline, lay_out
from runner.text.language import Language

_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """Lines of one tone that stand together.

    `commit` proves a plain one, where it is known; `href` leads to the pull request that it is
    about.
    """

    tone: str
    lines: tuple[str, ...]
    commit: str = ""
    href: str | None = None

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
    proposed: tuple[ProposedStep, ...] = (),
    commits: tuple[str, ...] = (),
    pulls: Callable[[int], str] | None = None,
) -> CaseView:
    """Return the page of a case; `standings` are of all its clocks, `commits` of its entries.

    `proposed` are steps that wait to be accepted, `pulls` says where pull requests are seen.
    """
    page = render_case_page(
        case, configuration, standings, now, language,
        proposal=proposal, proposed=proposed, commits=commits,
    )  # fmt: skip
    return CaseView(
        case.id,
        title_of(case) or case.id,
        page.title.text,
        page.title.tone is Tone.ALARM,
        tuple(_section(section, pulls) for section in page.sections),
        lay_out(case, standings, now, language),
    )


def _section(section: Section, pulls: Callable[[int], str] | None) -> CaseSection:
    return CaseSection(section.heading, tuple(_joined(section.lines, pulls)))


def _joined(lines: tuple[Line, ...], pulls: Callable[[int], str] | None) -> Iterator[Said]:
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
        href = pulls(line.pull) if pulls is not None and line.pull is not None else None
        yield Said(tone, (line.text,), line.commit, href)
    if quoted:
        yield Said("quote", tuple(quoted))
