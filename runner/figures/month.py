"""One month of the desk, as things stood at its end, so that two months can be compared.

A case counts in the month of its detection; what happened, in the month in which it did.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self, cast
from zoneinfo import ZoneInfo

from runner.cases.case import Case, Entry, Place
from runner.clocks.standings import Position, Standing, standings
from runner.figures.figures import Figures, Period, count_figures
from runner.figures.life import Life, Reading, ratings_in, read_life
from runner.figures.table import Cases
from runner.model import Category, Known, State, Urgency

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
LONG_WAIT = 86_400
"""Seconds above which a wait is worth naming: the ideal is one day (DOMAIN: respond)."""
_AGAINST = frozenset({"contested", "reopened"})
_TURNS = ("thanked", "contested", "reopened", "handed-off")
"""What is counted in the month in which it happened."""
_WORDS: Mapping[str, Callable[[str], object]] = {
    "category": Category,
    "urgency": Urgency,
    "known": Known,
}
"""The fields that are decided anew and are no plain text."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the month that `2026-10` names.

        Raises:
            ValueError: when it names none.
        """
        found = _MONTH.fullmatch(text)
        if found is None or int(found[1]) < 1970:
            raise ValueError(f"{text!r} is no month")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.after.first - timedelta(days=1)

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def after(self) -> "Month":
        """The month after."""
        return Month(self.year + (self.month == 12), self.month % 12 + 1)

    def begins(self, zone: ZoneInfo) -> datetime:
        """Return its first instant in a zone, in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)


def month_of(at: datetime, zone: ZoneInfo) -> Month:
    """Return the month that it is in a zone."""
    local = at.astimezone(zone)
    return Month(local.year, local.month)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long somebody waited, or waits still, in seconds.

    For the first reply where `clock` is empty, else beyond the due instant of that promise.
    """

    case_id: str
    seconds: int
    is_over: bool
    clock: str = ""


@dataclass(frozen=True, slots=True)
class MonthLived:
    """A case as it stood at the end of a month, and what happened in that month.

    `turns` are the kinds of entries among those counted, `ratings` the survey's answers, from 0
    to 1.  `templates` were used, `disputed` are those of them after which the customer
    contested.  `late` are promises overdue at the end, with the seconds.
    """

    life: Life
    turns: frozenset[str]
    ratings: tuple[float, ...]
    templates: frozenset[str]
    disputed: frozenset[str]
    late: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The figures of a month: `figures` of the cases detected in it, `lived` of all that count.

    It `ends` then; `until` is the same, or now while it lasts.  `waits` are the longest first,
    `causes` the root causes of the cases closed in it, each with its cases.
    """

    month: Month
    until: datetime
    ends: datetime
    figures: Figures
    lived: tuple[MonthLived, ...]
    opened: Cases
    closed: Cases
    still_open: Cases
    waits: tuple[Wait, ...]
    causes: Mapping[str, Cases]
    ratings: tuple[float, ...]

    def turned(self, kind: str) -> Cases:
        """Return the cases in which something happened this month, such as `contested`."""
        return tuple(each.life.id for each in self.lived if kind in each.turns)


class MonthReading:
    """Reads cases for one month; `reading` is by its end."""

    def __init__(self, month: Month, reading: Callable[[datetime], Reading], now: datetime) -> None:
        zone = reading(now).zone
        self.month = month
        self.since = month.begins(zone)
        self.ends = month.after.begins(zone)
        self.until = min(self.ends, now)
        self._reading = reading
        self._lived: list[MonthLived] = []

    def read(self, case: Case) -> None:
        """Take a case in, if it says anything about the month."""
        # A case that was over when the month began is the larger part of an old desk.
        if not case.state.is_open and all(entry.at < self.since for entry in case.log):
            return
        # Of a month that is over the last instant is still its own.
        at = self.until - timedelta(seconds=1)
        then = as_of(case, at)
        if then.detected_at > at:
            return
        reading = self._reading(at)
        stand = standings(then.log, at, reading.open_times)
        life = read_life(then, stand, reading)
        if life.counts:
            self._lived.append(_lived(then, life, stand, self.since, at))

    def figures(self) -> MonthFigures:
        """Return the figures of all cases that were read."""
        lived = tuple(sorted(self._lived, key=lambda each: each.life.id))
        lives = tuple(each.life for each in lived)
        period = Period(self.month.first, self.month.last)
        opened = tuple(life for life in lives if period.holds(life))
        closed = tuple(
            life for life in lives if life.state is State.CLOSED and life.since >= self.since
        )
        return MonthFigures(
            self.month,
            self.until,
            self.ends,
            count_figures(lives, self.until, period),
            lived,
            tuple(life.id for life in opened),
            tuple(life.id for life in closed),
            tuple(life.id for life in lives if life.state.is_open),
            _waits(lived, self.since),
            _causes(closed),
            tuple(rating for each in lived for rating in each.ratings),
        )


def as_of(case: Case, at: datetime) -> Case:
    """Return a case as its log told it at an instant after its detection.

    What was decided since is undone, and places that came since are not there yet.  An erasure
    changes nothing: it takes words out, not what happened.
    """
    log = tuple(entry for entry in case.log if entry.at <= at and entry.kind != "erased")
    states = [entry.to for entry in log if entry.to is not None]
    since = tuple(entry for entry in case.log if entry.at > at)
    crisis, incident = _told(log)
    return replace(
        case,
        log=log,
        state=states[-1] if states else State.OPEN,
        cycle=1 + sum(entry.kind == "reopened" for entry in log),
        crisis=crisis,
        incident=incident,
        places=_places_before(case.places, since),
        **_decided_before(since),
    )


def _told(log: Iterable[Entry]) -> tuple[str | None, str | None]:
    """Return the crisis and the incident of a case, which only its log tells."""
    crisis: str | None = None
    incident: str | None = None
    for entry in log:
        match entry.kind:
            case "crisis-raised":
                crisis = str(entry.facts["crisis"])
            case "crisis-lifted":
                crisis = None
            case "incident-linked":
                incident = str(entry.facts["incident"])
            case "incident-unlinked":
                incident = None
    return crisis, incident


def _places_before(places: Sequence[Place], since: Iterable[Entry]) -> tuple[Place, ...]:
    """Return the places that were there already: the first always was, whatever a log says."""
    added = (entry.facts["places"] for entry in since if entry.kind == "place-added")
    came = {place for names in added for place in cast("Sequence[str]", names)}
    return (places[0], *(place for place in places[1:] if place.id not in came))


def _decided_before(since: Sequence[Entry]) -> dict[str, Any]:
    """Return the fields that were decided anew since, as they were before."""
    was: dict[str, Any] = {}
    for entry in reversed(since):
        if entry.kind == "qualified":
            was |= cast("Mapping[str, Any]", entry.facts["was"])
    return {name: _WORDS[name](value) if name in _WORDS else value for name, value in was.items()}


def _lived(
    case: Case, life: Life, stand: tuple[Standing, ...], since: datetime, at: datetime
) -> MonthLived:
    lately = tuple(entry for entry in case.log if entry.at >= since)
    templates, disputed = _templates(case.log, since)
    return MonthLived(
        life,
        frozenset(entry.kind for entry in lately if entry.kind in _TURNS),
        tuple(ratings_in(lately)),
        templates,
        disputed,
        tuple(
            (each.clock, int((at - each.due_at).total_seconds()))
            for each in stand
            if each.position is Position.OVERDUE
        ),
    )


def _templates(log: Iterable[Entry], since: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Return the templates used since, and those after which the customer contested."""
    used: set[str] = set()
    disputed: set[str] = set()
    last: str | None = None
    for entry in log:
        template = entry.facts.get("template")
        if isinstance(template, str):
            last = template
            if entry.at >= since:
                used.add(template)
        elif entry.kind in _AGAINST and last is not None:
            if entry.at >= since:
                used.add(last)
                disputed.add(last)
            last = None
    return frozenset(used), frozenset(disputed)


def _waits(lived: Iterable[MonthLived], since: datetime) -> tuple[Wait, ...]:
    found: list[Wait] = []
    for each in lived:
        life = each.life
        if life.waited_seconds is not None:
            found.append(Wait(life.id, life.waited_seconds, is_over=False))
        elif life.reply_seconds is not None:
            replied_at = life.detected_at + timedelta(seconds=life.reply_seconds)
            if replied_at >= since:
                found.append(Wait(life.id, life.reply_seconds, is_over=True))
        found += (
            Wait(life.id, seconds, is_over=False, clock=clock) for clock, seconds in each.late
        )
    found.sort(key=lambda wait: (-wait.seconds, wait.case_id, wait.clock))
    # The longest of each case: what else is late there is the same waiting.
    longest: dict[str, Wait] = {}
    for wait in found:
        longest.setdefault(wait.case_id, wait)
    return tuple(longest.values())


def _causes(closed: Iterable[Life]) -> Mapping[str, Cases]:
    """Return the cases by root cause, spelt as first found; capitals do not make another."""
    spelt: dict[str, str] = {}
    causes: dict[str, list[str]] = defaultdict(list)
    for life in closed:
        if life.root_cause is not None:
            name = spelt.setdefault(life.root_cause.casefold(), life.root_cause)
            causes[name].append(life.id)
    return {name: tuple(cases) for name, cases in causes.items()}
