"""Tells the stories of `policies/tests/*.yaml` by the desk's policies, and compares."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from runner.cases.case import Entry, PinnedClock
from runner.cases.courses import Course, Ending, Pause, read_courses
from runner.cases.lifecycle import KINDS
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import Interval
from runner.clocks.offsets import at_wall, wall_at
from runner.clocks.pinning import change_clock, pin_clocks
from runner.clocks.standings import open_time_of, pauses_until, stand
from runner.clocks.tales import Tale, say_instant
from runner.clocks.targets import due_instant
from runner.errors import Fault
from runner.model import Category, Rating, Reason, State, Urgency
from runner.policies.calendars import Calendar
from runner.policies.clocks import Matter, parse_target
from runner.policies.policy_tests import (
    CaseStory,
    ClockStory,
    Expectation,
    Length,
    MessageStory,
    Moment,
    PolicyTests,
    Story,
    ToldEntry,
)
from runner.policies.values import Configuration
from runner.text.wording import did_you_mean, shown
from runner.triage.judge import Message, judge_message


@dataclass(frozen=True, slots=True)
class Failure:
    """A story that did not come out as expected, in one aspect.

    `subject` is the clock of a case, else empty.  `why` tells how it came so, line by line.
    A story that could not be told at all has no `aspect`, and says the reason in `got`.
    """

    file: str
    line: int
    column: int
    story: str
    subject: str
    aspect: str
    expected: str
    got: str
    why: tuple[str, ...]

    @property
    def message(self) -> str:
        """What is wrong, on one line."""
        if not self.aspect:
            return self.got
        of = f"{self.subject}: " if self.subject else ""
        return f"{of}{self.aspect}: expected {self.expected}, got {self.got}"


class _Untellable(Exception):
    """A story names what is not there, or tells what cannot happen."""

    def __init__(self, message: str, hint: str = "", at: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at


def run_policy_tests(tests: PolicyTests, configuration: Configuration) -> tuple[Failure, ...]:
    """Tell every story of a file, and return what did not come out as expected, in order."""
    teller = _Teller(tests, configuration)
    failures: list[Failure] = []
    for story in tests.stories:
        try:
            failures.extend(teller.failures(story))
        except _Untellable as error:
            failures.append(_untold(tests.file, story, error))
        except (ValueError, OverflowError) as error:
            # An instant beyond what calendars count; the message says so.
            failures.append(_untold(tests.file, story, _Untellable(str(error))))
    return tuple(failures)


def _untold(file: str, story: Story, error: _Untellable) -> Failure:
    line, column = error.at or (story.line, story.column)
    why = (error.hint,) if error.hint else ()
    return Failure(file, line, column, story.name, "", "", "", error.message, why)


def faults_of(failures: Iterable[Failure]) -> tuple[Fault, ...]:
    """Return failures as faults of the files that tell the stories."""
    return tuple(
        Fault(
            each.file,
            each.line,
            each.column,
            "policy-test",
            f"{shown(each.story)}: {each.message}",
            "\n    ".join(each.why),
        )
        for each in failures
    )


class _Teller:
    """Tells the stories of one file."""

    def __init__(self, tests: PolicyTests, configuration: Configuration) -> None:
        self.tests = tests
        self.configuration = configuration
        self.zone = configuration.clocks.zone or configuration.instance.zone
        self.open_times = {each.id: OpenTime(each) for each in configuration.calendars}
        # The desk's own promises count by its own calendars, whatever a file calls its own.
        self.named = self.open_times | {
            name: OpenTime(calendar) for name, calendar in tests.calendars.items()
        }
        self.inline: dict[Calendar, OpenTime] = {}

    def failures(self, story: ClockStory | CaseStory | MessageStory) -> Iterator[Failure]:
        match story:
            case ClockStory():
                tale = self._tale(story)
                yield from self._compared(story, "", tale)
            case CaseStory():
                yield from self._case(story)
            case MessageStory():
                yield from self._message(story)

    def _failure(
        self,
        story: Story,
        subject: str,
        wanted: Expectation,
        got: str,
        *,
        why: Iterable[str] = (),
        expected: str | None = None,
    ) -> Failure:
        return Failure(
            self.tests.file,
            wanted.line,
            wanted.column,
            story.name,
            subject,
            wanted.aspect,
            _written(wanted.value) if expected is None else expected,
            got,
            tuple(why),
        )

    # --- A promise on its own ---

    def _open_time(self, story: ClockStory) -> OpenTime | None:
        match story.calendar:
            case None:
                return None
            case str(name):
                if name not in self.named:
                    raise _Untellable(
                        f"there is no calendar {shown(name)}",
                        did_you_mean(name, self.named, "neither here nor in policies/calendars"),
                    )
                return self.named[name]
            case calendar:
                if calendar not in self.inline:
                    self.inline[calendar] = OpenTime(calendar)
                return self.inline[calendar]

    def _tale(self, story: ClockStory) -> Tale:
        open_time = self._open_time(story)
        own = open_time.calendar.zone if open_time else None
        zone = story.zone or self.tests.zone or own or self.zone
        start = _instant(story.start, zone)
        given_end = story.stop or story.cancel
        end = _instant(given_end, zone) if given_end else None
        now = _instant(story.now, zone) if story.now else None
        if end is not None and now is not None and now < end:
            end = None
        until = end or now
        pauses = _joined(_intervals(story.pauses, zone, until), start)
        if story.target is None:
            return Tale(start, until, pauses, zone, open_time, None, None)
        rests = until is not None and end is None and _rests(story.pauses, zone, until)
        due_at = due_instant(story.target, start, zone, open_time)
        clock = PinnedClock(
            clock="story",
            target=str(story.target),
            zone=zone.key,
            calendar="story" if open_time else None,
            started_at=start,
            due_at=due_at,
            pauses=(),
            stops=(),
            policies={},
        )
        course = Course(
            clock,
            cycle=1,
            started_by=0,
            changed_by=(),
            pauses_from=start,
            ending=(Ending.STOPPED if story.stop else Ending.LEFT) if end else None,
            ended_at=end,
            ended_by=0 if end else None,
            pauses=tuple(
                Pause(begun, None if rests and over == until else over, 0, 0)
                for begun, over in pauses
            ),
        )
        open_times = {"story": open_time} if open_time else {}
        present = until or max((over for _, over in pauses), default=start)
        # Without a present nothing is late: the due instant alone is asked for.
        standing = stand(course, present, open_times, story.due_soon)
        return Tale(start, until, pauses, zone, open_time, story.target.unit, standing)

    # --- A case ---

    def _case(self, story: CaseStory) -> Iterator[Failure]:
        promises = {each.id: each for each in self.configuration.clocks.promises}
        zone = story.zone or self.tests.zone or self.zone
        now = _instant(story.now, zone)
        courses = {
            course.clock.clock: course for course in read_courses(self._log(story, zone), now)
        }
        for clock, wanted in story.expect.items():
            if clock not in promises:
                raise _Untellable(
                    f"there is no clock {shown(clock)} in policies/clocks.yaml",
                    did_you_mean(clock, promises),
                    (wanted[0].line, wanted[0].column),
                )
            course = courses.get(clock)
            if course is not None:
                standing = stand(course, now, self.open_times, promises[clock].due_soon)
                tale = Tale(
                    course.clock.started_at,
                    course.ended_at or now,
                    pauses_until(course, now),
                    ZoneInfo(course.clock.zone),
                    open_time_of(course.clock, self.open_times),
                    parse_target(course.clock.target).unit,
                    standing,
                )
                yield from self._compared(story, clock, tale)
            elif wanted[0].aspect != "none":
                yield self._failure(story, clock, wanted[0], "no such clock")

    def _log(self, story: CaseStory, zone: ZoneInfo) -> tuple[Entry, ...]:
        policy, blobs = self.configuration.clocks, self.configuration.blobs
        matter = Matter(
            Urgency(story.urgency), Category(story.category), story.source, story.product
        )
        state: State | None = None
        log: list[Entry] = []
        for told in story.log:
            at = _instant(told.at, zone)
            to = _leads_to(told, state)
            state = to or state
            if told.kind == "qualified":
                matter = _qualified(matter, told)
            clocks = pin_clocks(
                policy, told.kind, at, matter,
                zone=self.zone, blobs=blobs, open_times=self.open_times,
            )  # fmt: skip
            if told.kind == "clock-changed":
                clocks = (self._changed(told, at, matter, log),)
            log.append(Entry(told.kind, at, at, "story", to, clocks, told.facts))
        return tuple(log)

    def _changed(
        self, told: ToldEntry, at: datetime, matter: Matter, log: Iterable[Entry]
    ) -> PinnedClock:
        clock = str(told.facts.get("clock", ""))
        running = [
            course
            for course in read_courses(tuple(log), at)
            if course.clock.clock == clock and course.ending is None
        ]
        changed = None
        if running:
            changed = change_clock(
                running[-1], told.facts.get("how", "recompute"), at,
                self.configuration.clocks, matter, zone=self.zone,
                blobs=self.configuration.blobs, open_times=self.open_times,
            )  # fmt: skip
        if changed is None:
            raise _Untellable(
                f"no clock {shown(clock)} runs that could change here", "", (told.line, told.column)
            )
        return changed

    # --- Both ---

    def _compared(self, story: Story, subject: str, tale: Tale) -> Iterator[Failure]:
        for wanted in story.expect[subject]:
            got = _found(wanted, tale)
            if not _agree(wanted.value, got, tale.zone):
                expected = _written(wanted.value)
                if wanted.aspect == "none":
                    expected = "no such clock"
                yield self._failure(
                    story,
                    subject,
                    wanted,
                    _shown(got, tale.zone),
                    why=tale.explain(),
                    expected=expected,
                )

    # --- A message ---

    def _message(self, story: MessageStory) -> Iterator[Failure]:
        configuration = self.configuration
        sources = {each.id: each for each in configuration.sources}
        if story.source is not None and story.source not in sources:
            raise _Untellable(
                f"there is no source {shown(story.source)} in sources.yaml",
                did_you_mean(story.source, sources),
            )
        source = sources[story.source] if story.source else None
        judgement = judge_message(
            Message(
                story.text,
                Rating(*story.rating) if story.rating else None,
                story.language or (source.language if source else None),
                story.author,
                story.source,
                source.category if source else None,
                source.ignore_authors if source else (),
            ),
            configuration.triage,
            configuration.brands,
            configuration.products,
        )
        for wanted in story.expect[""]:
            ruling = getattr(judgement, wanted.aspect)
            got = "none" if ruling is None else ruling.value
            if got != wanted.value:
                why = () if ruling is None else (_reason(ruling.reason),)
                yield self._failure(story, "", wanted, _written(got), why=why)


def _instant(moment: Moment, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is None:
        return at_wall(moment, zone)
    return moment.astimezone(UTC).replace(microsecond=0)


def _intervals(
    pauses: Iterable[tuple[Moment, Moment | None]], zone: ZoneInfo, until: datetime | None
) -> Iterator[Interval]:
    for begun, over in pauses:
        first = _instant(begun, zone)
        last = _instant(over, zone) if over is not None else until
        if last is not None and until is not None:
            last = min(last, until)
        if last is not None and first < last:
            yield first, last


def _rests(pauses: Iterable[tuple[Moment, Moment | None]], zone: ZoneInfo, now: datetime) -> bool:
    """Return whether one of the pauses lasts at an instant."""
    return any(
        _instant(begun, zone) <= now and (over is None or now < _instant(over, zone))
        for begun, over in pauses
    )


def _joined(pauses: Iterable[Interval], start: datetime) -> tuple[Interval, ...]:
    """Return pauses in order and apart, cut at the start."""
    joined: list[Interval] = []
    for begun, over in sorted((max(begun, start), over) for begun, over in pauses):
        if over <= begun:
            continue
        if joined and begun <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(over, joined[-1][1]))
        else:
            joined.append((begun, over))
    return tuple(joined)


def _leads_to(told: ToldEntry, state: State | None) -> State | None:
    kind = KINDS[told.kind]
    ends = kind.moves.get(state, ())
    if told.to is not None:
        ends = tuple(end for end in ends if end == told.to)
    if ends:
        return ends[0]
    where = f"in the state {state}" if state else "at the beginning"
    to = f" with `to: {told.to}`" if told.to else ""
    possible = sorted(name for name, each in KINDS.items() if each.moves.get(state))
    raise _Untellable(
        f"{told.kind}{to} cannot happen {where}",
        did_you_mean(told.kind, possible)
        if state is None
        else "`doleances lifecycle` says what can",
        (told.line, told.column),
    )


def _qualified(matter: Matter, told: ToldEntry) -> Matter:
    changed: Mapping[str, str] = told.facts.get("set", {})
    return replace(
        matter,
        urgency=Urgency(changed.get("urgency", matter.urgency)),
        category=Category(changed.get("category", matter.category)),
        product=changed.get("product", matter.product),
    )


def _found(wanted: Expectation, tale: Tale) -> object:
    """Return what came out in an aspect."""
    standing = tale.standing
    unit = wanted.value.unit if isinstance(wanted.value, Length) else "second"
    match wanted.aspect:
        case "due":
            return standing and standing.due_at
        case "missed":
            return standing and standing.missed_at
        case "standing":
            return standing and standing.position.value
        case "target":
            return standing and standing.course.clock.target
        case "elapsed":
            return tale.elapsed(unit)
        case "remaining":
            return tale.remaining(unit)
        case "open":
            return tale.open_time is not None and tale.open_time.is_open(tale.start)
        case "next_opening":
            return tale.open_time and tale.open_time.next_opening(tale.start)
        case _:
            return standing and standing.position.value


def _agree(wanted: object, got: object, zone: ZoneInfo) -> bool:
    if isinstance(got, datetime) and isinstance(wanted, datetime):
        return _instant(wanted, zone) == got
    if isinstance(got, datetime) and isinstance(wanted, date):
        return wall_at(got, zone).date() == wanted
    return wanted == got


def _shown(value: object, zone: ZoneInfo) -> str:
    return say_instant(value, zone) if isinstance(value, datetime) else _written(value)


def _written(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(" ").replace("+00:00", "Z")
        case _:
            return str(value)


def _reason(reason: Reason) -> str:
    because = f": {reason.detail}" if reason.detail else ""
    return f"{reason.file}:{reason.line} {reason.rule}{because}"
