"""What a change of policies would change, in words: tables for a terminal and a pull request."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from runner.clocks.escalation import NextStep
from runner.clocks.standings import Position, Standing
from runner.model import KEY
from runner.planning.impact import Compared, Retargeted
from runner.planning.words import clock_name, person_name
from runner.policies.team import Team
from runner.text.language import Language
from runner.text.markdown import plain


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How the courses of a clock ended, under the policies before and after.

    `met` and `missed` count both sides; a course that a side does not promise counts in neither.
    """

    clock: str
    met: tuple[int, int]
    missed: tuple[int, int]
    turned: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What differs.

    `cases` counts the open cases and those that ended which were told again.  `running` are
    promises of open cases, `turned` ended courses whose verdict would have been another.
    """

    base: str
    since: datetime
    cases: int
    running: tuple[Compared, ...]
    verdicts: tuple[Verdicts, ...]
    turned: tuple[Compared, ...]
    retargeted: tuple[Retargeted, ...]

    @property
    def changes(self) -> bool:
        """Whether anything differs."""
        return bool(self.running or self.turned or self.retargeted)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what it is about."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Counted:
    """Courses of many cases as they are compared, one after the other."""

    def __init__(self) -> None:
        self.cases = 0
        self.running: list[Compared] = []
        self.turned: list[Compared] = []
        self._sides: tuple[Counter[tuple[str, Position]], ...] = (Counter(), Counter())
        self._clocks: dict[str, None] = {}

    def add(self, compared: Iterable[Compared]) -> None:
        """Take the courses of one more case."""
        self.cases += 1
        for each in compared:
            if not each.ended:
                self.running += [each] if each.differs else []
                continue
            self._clocks[each.clock] = None
            self.turned += [each] if each.turned else []
            for side, counts in zip(each.sides, self._sides, strict=True):
                if side is not None:
                    counts[each.clock, side.position] += 1

    def verdicts(self) -> tuple[Verdicts, ...]:
        """Return the totals of each clock, in the order in which they first ended."""
        turned = Counter(each.clock for each in self.turned)
        before, after = self._sides
        return tuple(
            Verdicts(
                clock,
                (before[clock, Position.MET], after[clock, Position.MET]),
                (before[clock, Position.MISSED], after[clock, Position.MISSED]),
                turned[clock],
            )
            for clock in self._clocks
        )


def impact_tables(impact: Impact, team: Team, language: Language) -> tuple[Table, ...]:
    """Return what differs as tables, without those that would be empty."""
    say = language.say
    before, after = say("before"), say("after")
    tables = (
        Table(
            say("Promises that run: as they would have been made"),
            (say("case"), say("clock"), say("promised"), before, after, say("would stand")),
            tuple(_running(each, language) for each in impact.running),
        ),
        Table(
            say("Verdicts, kept and missed"),
            (say("clock"), before, after, say("turned")),
            tuple(
                (
                    clock_name(each.clock, language),
                    *(
                        f"{met} / {missed}"
                        for met, missed in zip(each.met, each.missed, strict=True)
                    ),
                    str(each.turned),
                )
                for each in impact.verdicts
                if each.turned
            ),
        ),
        Table(
            say("Verdicts that would have been others"),
            (say("case"), say("clock"), before, after),
            tuple(
                (
                    each.case_id,
                    clock_name(each.clock, language),
                    *(_verdict(side, language) for side in each.sides),
                )
                for each in impact.turned
            ),
        ),
        Table(
            say("Who is told next"),
            (say("case"), say("clock"), before, after),
            tuple(
                (
                    each.case_id,
                    clock_name(each.clock, language),
                    *(
                        _tiers(reached, step, team, language)
                        for reached, step in zip(each.reached, each.next, strict=True)
                    ),
                )
                for each in impact.retargeted
            ),
        ),
    )
    return tuple(table for table in tables if table.rows)


def impact_summary(impact: Impact, language: Language) -> str:
    """Return what was compared and how much differs, in a sentence or two."""
    told = language.say_n(
        "{count} case told again under the policies of {base} and under these.",
        "{count} cases told again under the policies of {base} and under these.",
        impact.cases,
        base=impact.base,
    )
    if not impact.changes:
        return told + " " + language.say("Nothing would come out otherwise.")
    stay = language.say("Promises that are made stay as they were made.")
    return f"{told} {stay}"


def impact_markdown(impact: Impact, team: Team, language: Language, most: int) -> str:
    """Return it as Markdown for a pull request, at most so many rows a table."""
    parts = [impact_summary(impact, language)]
    for table in impact_tables(impact, team, language):
        parts.append(f"### {table.heading}")
        rows = [[_cell(cell) for cell in row] for row in table.rows[:most]]
        lines = [table.columns, ("---",) * len(table.columns), *rows]
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
        if len(table.rows) > most:
            parts.append(and_more(len(table.rows) - most, language))
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    """Return a cell of a Markdown table; a case's id as code, so that it can be copied."""
    return f"`{text}`" if re.fullmatch(KEY, text) else plain(text)


def and_more(count: int, language: Language) -> str:
    """Return how many rows are not shown."""
    return language.say_n("… and {count} more.", "… and {count} more.", count)


def _running(each: Compared, language: Language) -> tuple[str, ...]:
    after = each.after
    return (
        each.case_id,
        clock_name(each.clock, language),
        language.instant(each.promised_at) if each.promised_at else "–",
        *(language.instant(side.due_at) if side else "–" for side in each.sides),
        language.word(after.position) if after else "–",
    )


def _verdict(standing: Standing | None, language: Language) -> str:
    if standing is None:
        return language.say("not promised")
    return language.say(
        "{position} (due {due})",
        position=language.word(standing.position),
        due=language.instant(standing.due_at),
    )


def _tiers(reached: tuple[str, ...], step: NextStep | None, team: Team, language: Language) -> str:
    """Return which tiers speak by now, and what is told next."""
    following = _step(step, team, language)
    if not reached:
        return following
    return language.say("reached: {tiers}; next: {step}", tiers=", ".join(reached), step=following)


def _step(step: NextStep | None, team: Team, language: Language) -> str:
    if step is None:
        return language.say("nobody")
    people = ", ".join(person_name(each, team, language) for each in step.people)
    return language.say(
        "{people}, {at} ({tier})",
        people=people or language.say("nobody"),
        at=language.instant(step.at),
        tier=step.tier.id,
    )
