"""A case's life as the main line tells it: what each merged version added, and who decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.cases.case import Case, Entry, PinnedClock
from runner.cases.file import entry_data
from runner.cases.instants import render_instant
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import Position, Standing, standings
from runner.planning.case_changes import NOTHING, CaseChanges
from runner.planning.change_words import change_data, change_lines
from runner.planning.commits import by_forge, commit_instant, goes_by, pull_number
from runner.planning.entry_lines import decided_lines, entry_line
from runner.planning.page import Line, Section, Tone
from runner.planning.words import promise_line
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
    changes: CaseChanges = NOTHING

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
        """The entries that were added to the log, wherever they stand in it."""
        if self.after is None:
            return ()
        return tuple(self.after.log[index] for index in self.changes.log.added)

    @property
    def rewritten(self) -> bool:
        """Whether what was merged changed otherwise than by the entries that were added."""
        return not all(change.explained for change in self.changes.others)


def version_standings(version: Version, open_times: Mapping[str, OpenTime]) -> tuple[Standing, ...]:
    """Return how the promises stood when a version came: those that ran, and that it ended."""
    if version.after is None:
        return ()
    added = frozenset(version.changes.log.added)
    return tuple(
        standing
        for standing in standings(version.after.log, version.at, open_times)
        if standing.course.ended_by is None or standing.course.ended_by in added
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
    for change in version.changes.others:
        yield from change_lines(change, version.team, language)
    inserted = frozenset(version.changes.log.inserted)
    for index, entry in zip(version.changes.log.added, version.added, strict=True):
        told = entry_line(entry, version.team, language)
        if index in inserted:
            said = say("inserted above entries that were merged before: {entry}", entry=told)
            yield Line(said, Tone.ALARM)
        else:
            yield Line(told)
        yield from map(Line, decided_lines(entry, version.team, language))
    for standing in version_standings(version, open_times):
        tone = Tone.LATE if standing.position in _LATE else Tone.PLAIN
        yield Line(promise_line(standing, version.at, language), tone)


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
        "changes": [change_data(change) for change in version.changes.others],
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
