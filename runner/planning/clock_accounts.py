"""An account of each promise of a case: what began it, what it rests on, how time was counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from zoneinfo import ZoneInfo

from runner.cases.case import Case, PinnedClock
from runner.cases.courses import Pause
from runner.cases.instants import render_instant
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import counted
from runner.clocks.offsets import wall_at
from runner.clocks.standings import (
    Position,
    Standing,
    count_of,
    open_time_of,
    pauses_until,
)
from runner.clocks.tales import business_days, holidays
from runner.planning.page import Line, Section, Tone
from runner.planning.words import business_day_words, person_name, promise_line, target_words
from runner.policies.clocks import ClockPolicy, Matter, Unit, parse_target
from runner.policies.team import Team
from runner.text.language import Language

_LISTED = 12
"""Spans or days that are listed at most."""


class Counting(Enum):
    """What of the time counts for a promise."""

    ALL_TIME = "all-time"
    WALL_TIME = "wall-time"
    OPEN_TIME = "open-time"
    BUSINESS_DAYS = "business-days"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target is written: the line of a file, in the blob that the promise names.

    `commit` is the one that brought the blob in.  What is None could not be found: no such
    blob, no such rule in it, no commit on the base.
    """

    file: str
    line: int | None = None
    blob: str | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class NextTelling:
    """Which tier of escalation comes next for a promise: when, and whom it tells."""

    tier: str
    at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockAccount:
    """One promise of a case, as it stands.

    `elapsed` and `remaining` are of the clock's own time until its end, else until now:
    business days for a promise in business days, else seconds.  Pauses are not among them.
    `counting_from` is the calendar that was used, None where none is needed or known.
    """

    standing: Standing
    counting: Counting
    counting_from: OpenTime | None
    until: datetime
    elapsed: int
    remaining: int
    origin: Origin
    told_next: NextTelling | None = None

    @property
    def clock(self) -> PinnedClock:
        """The promise as last changed."""
        return self.standing.course.clock

    @property
    def counts_saturdays(self) -> bool:
        """Whether its business days are jours ouvrables."""
        return self.counting_from is not None and self.counting_from.calendar.counts_saturdays


def account_for(
    standing: Standing,
    now: datetime,
    open_times: Mapping[str, OpenTime],
    origin: Origin,
    told_next: NextTelling | None = None,
) -> ClockAccount:
    """Return the account of a promise that stands so now.

    A promise whose calendar is not there tells of no time of its own: none elapsed, none
    remains.
    """
    course = standing.course
    clock = course.clock
    open_time = open_time_of(clock, open_times)
    until = course.ended_at or now
    elapsed = remaining = 0
    if not standing.lacks_calendar:
        count, pauses = count_of(clock, open_time), pauses_until(course, until)
        last = max(until, clock.started_at)
        elapsed = counted(clock.started_at, last, pauses, count)
        remaining = counted(last, max(last, standing.due_at), (), count)
    return ClockAccount(
        standing,
        _counting(clock),
        open_time,
        until,
        elapsed,
        remaining,
        origin,
        told_next,
    )


def find_line(policy: ClockPolicy, clock: PinnedClock, matter: Matter) -> int | None:
    """Return the line of a policy at which the target of a promise is written, None where not.

    Where several rules have the same target, the first that fits such a case counts.
    """
    rules = [
        rule
        for promise in policy.promises
        if promise.id == clock.clock
        for rule in promise.targets
        if str(rule.within) == clock.target
    ]
    fitting = (rule for rule in rules if rule.fits(matter))
    found = next(fitting, rules[0] if rules else None)
    return found.line if found else None


def render_accounts(
    accounts: tuple[ClockAccount, ...], case: Case, team: Team, now: datetime, language: Language
) -> Iterator[Section]:
    """Yield a section for each promise that is owed, the next to run out first; then the others."""
    owed = [each for each in accounts if each.standing.course.ending is None]
    owed.sort(key=lambda each: (each.standing.due_at, each.standing.clock))
    for account in owed:
        line = promise_line(account.standing, now, language)
        yield Section(line, tuple(account_lines(account, case, team, language)))
    ended = [each for each in accounts if each.standing.course.ending is not None]
    if ended:
        lines = tuple(_ended(each, now, language) for each in ended)
        yield Section(language.say("Promises that have ended"), lines)


def account_data(account: ClockAccount, case: Case) -> dict[str, object]:
    """Return an account as data; entries are numbered from 1, lengths in the unit named."""
    standing, clock = account.standing, account.clock
    course = standing.course
    in_days = account.counting is Counting.BUSINESS_DAYS
    told = account.told_next
    return {
        "clock": clock.clock,
        "standing": standing.position.value,
        "cycle": course.cycle,
        "started_at": render_instant(clock.started_at),
        "started_by": _entry_data(case, course.started_by),
        "changed_by": [_entry_data(case, number) for number in course.changed_by],
        "ended_at": render_instant(course.ended_at) if course.ended_at else None,
        "ended_by": None if course.ended_by is None else _entry_data(case, course.ended_by),
        "ending": course.ending.value if course.ending else None,
        "target": clock.target,
        "zone": clock.zone,
        "calendar": clock.calendar,
        "policies": dict(clock.policies),
        "lacks_calendar": standing.lacks_calendar,
        "counting": account.counting.value,
        "file": account.origin.file,
        "line": account.origin.line,
        "blob": account.origin.blob,
        "commit": account.origin.commit,
        "pauses": [_pause_data(case, pause) for pause in course.pauses],
        "due_without_pauses": render_instant(clock.due_at),
        "due_at": render_instant(standing.due_at),
        "missed_at": render_instant(standing.missed_at) if standing.missed_at else None,
        "unit": "business days" if in_days else "seconds",
        "elapsed": account.elapsed,
        "remaining": account.remaining,
        "next": told
        and {"tier": told.tier, "at": render_instant(told.at), "people": list(told.people)},
    }


def _counting(clock: PinnedClock) -> Counting:
    match parse_target(clock.target).unit:
        case Unit.BUSINESS_DAY:
            return Counting.BUSINESS_DAYS
        case Unit.CIVIL_DAY | Unit.MONTH:
            return Counting.WALL_TIME
        case Unit.MINUTE | Unit.HOUR:
            return Counting.ALL_TIME if clock.calendar is None else Counting.OPEN_TIME


def account_lines(
    account: ClockAccount, case: Case, team: Team, language: Language
) -> Iterator[Line]:
    """Yield how a promise was counted, from what began it to what is left of it."""
    say = language.say
    standing, clock = account.standing, account.clock
    course = standing.course
    yield Line(say("Begun by {entry}.", entry=_entry(case, course.started_by, language)))
    for number in course.changed_by:
        yield Line(say("Changed by {entry}.", entry=_entry(case, number, language)))
    yield Line(
        say(
            "Promised: {target}, {origin}.",
            target=_promised(account, language),
            origin=_origin(account.origin, language),
        )
    )
    yield from _counted(account, language)
    for pause in course.pauses:
        yield Line(_pause(pause, language))
    if standing.due_at != clock.due_at:
        yield Line(
            say(
                "Due {due}; without pauses it would have been {instant}.",
                due=language.instant(standing.due_at),
                instant=language.instant(clock.due_at),
            )
        )
    else:
        yield Line(say("Due {due}.", due=language.instant(standing.due_at)))
    if not standing.lacks_calendar:
        elapsed = _length(account, account.elapsed, language)
        if standing.missed_at is not None:
            yield Line(say("Passed of its own time: {elapsed}.", elapsed=elapsed), Tone.LATE)
        else:
            remaining = _length(account, account.remaining, language)
            yield Line(
                say(
                    "Passed of its own time: {elapsed}; left: {remaining}.",
                    elapsed=elapsed,
                    remaining=remaining,
                )
            )
    if account.told_next is not None:
        people = (person_name(person, team, language) for person in account.told_next.people)
        yield Line(
            say(
                "Next step of escalation: {tier}, {instant}, to {people}.",
                tier=account.told_next.tier,
                instant=language.instant(account.told_next.at),
                people=", ".join(people) or say("nobody"),
            )
        )


def _ended(account: ClockAccount, now: datetime, language: Language) -> Line:
    course = account.standing.course
    promise = promise_line(account.standing, now, language)
    if course.ended_by is None:
        return Line(promise)
    return Line(
        language.say(
            "{promise} (entries {first} to {last}, {target})",
            promise=promise,
            first=course.started_by + 1,
            last=course.ended_by + 1,
            target=_promised(account, language),
        ),
        Tone.LATE if account.standing.position is Position.MISSED else Tone.PLAIN,
    )


def _counted(account: ClockAccount, language: Language) -> Iterator[Line]:
    """Yield what of the time counts."""
    say = language.say
    clock, open_time = account.clock, account.counting_from
    last = max(account.standing.due_at, account.until)
    if clock.calendar is not None and open_time is None:
        yield Line(
            say(
                "Its calendar {calendar} is not there any more: pauses are not counted.",
                calendar=clock.calendar,
            ),
            Tone.LATE,
        )
        return
    match account.counting:
        case Counting.ALL_TIME:
            yield Line(say("Counted: all time."))
        case Counting.WALL_TIME:
            yield Line(
                say("Counted: whole days on the clocks of {zone}, every day.", zone=clock.zone)
            )
        case Counting.OPEN_TIME if open_time is not None:
            spans = open_time.spans(clock.started_at, last)
            zone = open_time.calendar.zone
            listed = [
                _span(opens, closes, zone, language) for opens, closes in islice(spans, _LISTED + 1)
            ]
            yield Line(
                say(
                    "Counted: open time of the calendar {calendar}: {spans}.",
                    calendar=clock.calendar,
                    spans=_shortened(listed) or say("none"),
                )
            )
        case Counting.BUSINESS_DAYS if open_time is not None:
            days = business_days(open_time, clock.started_at, last)
            yield Line(
                say(
                    "Counted: business days of the calendar {calendar}, after that of the start: "
                    "{days}.",
                    calendar=clock.calendar,
                    days=_shortened([language.day(day) for day in days]) or say("none"),
                )
            )
            if closed := holidays(open_time, clock.started_at, last):
                names = [f"{language.day(each.day)} {each.name}".rstrip() for each in closed]
                yield Line(say("Holidays meanwhile: {days}.", days=_shortened(names)))
        case _:
            return


def _span(opens: datetime, closes: datetime, zone: ZoneInfo, language: Language) -> str:
    first, last = wall_at(opens, zone), wall_at(closes, zone)
    return f"{language.day(first.date())} {first:%H:%M}–{last:%H:%M}"


def _length(account: ClockAccount, amount: int, language: Language) -> str:
    match account.counting:
        case Counting.BUSINESS_DAYS:
            return business_day_words(amount, language, saturdays=account.counts_saturdays)
        case Counting.OPEN_TIME:
            return language.span(timedelta(seconds=amount), in_days=False)
        case _:
            return language.span(timedelta(seconds=amount))


def _promised(account: ClockAccount, language: Language) -> str:
    return target_words(account.clock.target, language, saturdays=account.counts_saturdays)


def _origin(origin: Origin, language: Language) -> str:
    say = language.say
    where = origin.file if origin.line is None else f"{origin.file}:{origin.line}"
    if origin.commit is not None:
        return say("{where} of commit {commit}", where=where, commit=origin.commit[:10])
    if origin.blob is not None:
        return say("{where} of blob {blob}", where=where, blob=origin.blob[:10])
    return where


def _entry(case: Case, number: int, language: Language) -> str:
    entry = case.log[number]
    return language.say(
        "entry {number}, {what}, {instant}",
        number=number + 1,
        what=language.term("entry", entry.kind),
        instant=language.instant(entry.at),
    )


def _pause(pause: Pause, language: Language) -> str:
    say = language.say
    begun = language.instant(pause.started_at)
    if pause.ended_at is None or pause.ended_by is None:
        return say(
            "Rests since {begun} (entry {number}).", begun=begun, number=pause.started_by + 1
        )
    return say(
        "Rested from {begun} to {over} (entries {first} and {last}).",
        begun=begun,
        over=language.instant(pause.ended_at),
        first=pause.started_by + 1,
        last=pause.ended_by + 1,
    )


def _shortened(items: list[str]) -> str:
    more = ", …" if len(items) > _LISTED else ""
    return f"{', '.join(items[:_LISTED])}{more}"


def _entry_data(case: Case, number: int) -> dict[str, object]:
    entry = case.log[number]
    return {"number": number + 1, "entry": entry.kind, "at": render_instant(entry.at)}


def _pause_data(case: Case, pause: Pause) -> dict[str, object]:
    return {
        "from": render_instant(pause.started_at),
        "to": render_instant(pause.ended_at) if pause.ended_at else None,
        "started_by": _entry_data(case, pause.started_by),
        "ended_by": None if pause.ended_by is None else _entry_data(case, pause.ended_by),
    }
