"""A case's life as the main line tells it: what each merged version added, and who decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.cases.case import Case, Entry, PinnedClock
from runner.cases.file import entry_data
from runner.cases.instants import render_instant
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import Position, Standing, standings
from runner.model import Category, Known, Urgency
from runner.planning.commits import by_forge, commit_instant, goes_by, pull_number
from runner.planning.page import Line, Section, Tone
from runner.planning.words import person_name, promise_line
from runner.policies.team import Person, Team
from runner.text.language import Language

_SHORT = 12
_LATE = frozenset({Position.OVERDUE, Position.MISSED})


@dataclass(frozen=True, slots=True)
class Version:
    """What a commit of the main line made of a case's file.

    `team` is the team as of the commit: people may have had other names then.  `receipt` holds
    the number of the pull request and who accepted it, where a receipt tells.  `before` is the
    last version that could be read, `after` None where this one is `gone` or cannot be.  A
    shallow clone that is `cut` here holds nothing older: what seems added may be, and whoever
    the commit names decided perhaps nothing of it.
    """

    commit: str
    committed: int
    is_merge: bool
    author: str
    author_email: str
    committer_email: str
    subject: str
    receipt: tuple[int, str] | None
    team: Team
    before: Case | None
    after: Case | None
    gone: bool = False
    cut: bool = False

    @property
    def at(self) -> datetime:
        """When it came to the main line, as the commit says."""
        return commit_instant(self.committed)

    @property
    def pull(self) -> int | None:
        """The number of its pull request: by a receipt, else as the commit's subject has it."""
        if self.cut:
            return None
        return self.receipt[0] if self.receipt is not None else pull_number(self.subject)

    @property
    def decider(self) -> Person | None:
        """The person of the team who put it there, None where nobody of the team is shown."""
        if self.cut:
            return None
        if self.receipt is not None and self.receipt[1]:
            actor = self.receipt[1]
            return self.team.person(actor) or self.team.who_goes_by(actor)
        found = map(self.team.who_goes_by, goes_by(self.author_email))
        return next((person for person in found if person is not None), None)

    @property
    def decider_shown(self) -> bool:
        """Whether it shows who decided: a forge's squash names who proposed it, not who merged."""
        if self.cut:
            return False
        told = self.receipt is not None and bool(self.receipt[1])
        return told or self.is_merge or not by_forge(self.committer_email)

    @property
    def added(self) -> tuple[Entry, ...]:
        """The entries that were added to the log."""
        if self.after is None:
            return ()
        return self.after.log[len(self.before.log) if self.before is not None else 0 :]

    @property
    def rewritten(self) -> bool:
        """Whether an entry that was merged is not as it was."""
        if self.before is None or self.after is None:
            return False
        erased = any(entry.kind == "erased" for entry in self.added)
        return not erased and self.after.log[: len(self.before.log)] != self.before.log


def version_standings(version: Version, open_times: Mapping[str, OpenTime]) -> tuple[Standing, ...]:
    """Return how the promises stood when a version came: those that ran, and that it ended."""
    if version.after is None:
        return ()
    first = len(version.after.log) - len(version.added)
    return tuple(
        standing
        for standing in standings(version.after.log, version.at, open_times)
        if standing.course.ended_by is None or standing.course.ended_by >= first
    )


def pinned_clocks(versions: tuple[Version, ...]) -> Iterator[PinnedClock]:
    """Yield the promises of all versions; each may count by a calendar of its own."""
    for version in versions:
        for entry in version.added:
            yield from entry.clocks


def render_history(
    versions: tuple[Version, ...], open_times: Mapping[str, OpenTime], language: Language
) -> tuple[Section, ...]:
    """Return a section for each version, the oldest first."""
    return tuple(
        Section(_heading(version, language), tuple(_lines(version, open_times, language)))
        for version in versions
    )


def _heading(version: Version, language: Language) -> str:
    say = language.say
    person = version.decider
    who = person.name if person is not None else f"{version.author} <{version.author_email}>"
    if version.cut:
        how = say("this shallow clone begins here: who decided this, and when, is not known")
    elif not version.decider_shown:
        how = say("proposed by {who}; the forge does not show who merged", who=who)
    elif version.is_merge:
        how = say("merged by {who}", who=who)
    elif version.receipt is not None:
        how = say("accepted by {who}", who=who)
    else:
        how = say("committed by {who}", who=who)
    parts = [language.instant(version.at), version.commit[:_SHORT], how]
    if version.pull is not None:
        parts.append(say("pull request {number}", number=version.pull))
    return " · ".join(parts)


def _lines(
    version: Version, open_times: Mapping[str, OpenTime], language: Language
) -> Iterator[Line]:
    say = language.say
    if version.gone:
        yield Line(say("The file was removed."), Tone.ALARM)
        return
    if version.after is None:
        yield Line(say("The file cannot be read."), Tone.ALARM)
        return
    if version.rewritten:
        yield Line(say("What was merged before was rewritten."), Tone.ALARM)
    for entry in version.added:
        yield Line(entry_line(entry, version.team, language))
        yield from map(Line, decided_lines(entry, version.team, language))
    for standing in version_standings(version, open_times):
        tone = Tone.LATE if standing.position in _LATE else Tone.PLAIN
        yield Line(promise_line(standing, version.at, language), tone)


def entry_line(entry: Entry, team: Team, language: Language) -> str:
    """Return when an entry of the log happened, what it was, by whom, and what state it left."""
    what = language.term("entry", entry.kind)
    who = person_name(entry.by, team, language)
    said = language.say(
        "{instant}: {what}, {who}", instant=language.instant(entry.at), what=what, who=who
    )
    state = language.word(entry.to) if entry.to else what
    return said if state == what else f"{said} ({state})"


def decided_lines(entry: Entry, team: Team, language: Language) -> Iterator[str]:
    """Yield the fields that an entry decided anew: name, value before, value now."""
    if entry.kind != "qualified":
        return
    was: Any = entry.facts.get("was")
    decided: Any = entry.facts.get("set")
    for name, value in decided.items():
        before, now = (_told(name, one, team, language) for one in (was.get(name), value))
        field = language.term("decided", name)
        yield language.say("{name}: {value}", name=field, value=f"{before} → {now}")


def _told(name: str, value: str | None, team: Team, language: Language) -> str:
    """Return the team's words for what a field holds."""
    if value is None:
        return "-"
    match name:
        case "owner":
            return person_name(value, team, language)
        case "language":
            return language.tongue(value)
        case "category":
            return language.word(Category(value))
        case "urgency":
            return language.word(Urgency(value))
        case "topic":
            return language.term("topic", value)
        case "known":
            return language.word(Known(value))
        case _:
            return value


def version_data(version: Version, open_times: Mapping[str, OpenTime]) -> dict[str, object]:
    """Return a version as plain data."""
    person, after = version.decider, version.after
    return {
        "commit": version.commit,
        "committed_at": render_instant(version.at),
        "merge": version.is_merge,
        "pull": version.pull,
        "by": {
            "name": version.author,
            "email": version.author_email,
            "person": person.id if person is not None else None,
            "shown": version.decider_shown,
        },
        "state": after.state.value if after is not None else None,
        "removed": version.gone,
        "cut": version.cut,
        "rewritten": version.rewritten,
        "entries": [entry_data(entry) for entry in version.added],
        "clocks": [
            {
                "clock": standing.clock,
                "standing": standing.position.value,
                "due_at": render_instant(standing.due_at),
            }
            for standing in version_standings(version, open_times)
        ],
    }
