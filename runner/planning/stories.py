"""Tells the stories of `policies/tests/*.yaml` by the desk's policies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from runner.cases.case import Entry, PinnedClock
from runner.cases.courses import Course, Ending, Pause, read_courses
from runner.cases.lifecycle import KINDS
from runner.clocks.business_time import OpenTime
from runner.clocks.counting import Interval
from runner.clocks.pinning import change_clock, pin_clocks, terms_of
from runner.clocks.standings import open_time_of, pauses_until, stand
from runner.clocks.tales import Tale
from runner.clocks.targets import due_instant
from runner.model import Category, Judgement, Rating, State, Urgency
from runner.planning.runs import CASE_ID, SimulatedRun, instant_of, simulate_runs
from runner.policies.calendars import Calendar
from runner.policies.clocks import Matter, parse_target
from runner.policies.escalation import NONE, CaseFacts
from runner.policies.policy_runs import StoryRuns, ToldExpectation
from runner.policies.policy_tests import (
    CaseStory,
    ClockStory,
    MessageStory,
    Moment,
    PolicyTests,
    ToldEntry,
)
from runner.policies.values import Configuration
from runner.text.wording import did_you_mean, shown
from runner.triage.judge import Message, judge_message


class Untellable(Exception):
    """A story names what is not there, or tells what cannot happen."""

    def __init__(self, message: str, hint: str = "", at: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at


class Teller:
    """Tells the stories of one file.

    What names something unknown or tells what cannot happen raises Untellable; instants
    beyond what calendars count raise ValueError or OverflowError.
    """

    def __init__(self, tests: PolicyTests, configuration: Configuration) -> None:
        self.tests = tests
        self.configuration = configuration
        self.zone = configuration.clocks.zone or configuration.instance.zone
        self.terms = terms_of(configuration)
        self.open_times = self.terms.open_times
        # The desk's own promises count by its own calendars, whatever a file calls its own.
        self.named = dict(self.open_times) | {
            name: OpenTime(calendar) for name, calendar in tests.calendars.items()
        }
        self.inline: dict[Calendar, OpenTime] = {}

    def clock_tale(self, story: ClockStory) -> Tale:
        """Tell a promise on its own."""
        open_time = self._open_time(story)
        own = open_time.calendar.zone if open_time else None
        zone = story.zone or self.tests.zone or own or self.zone
        start = instant_of(story.start, zone)
        given_end = story.stop or story.cancel
        end = instant_of(given_end, zone) if given_end else None
        now = instant_of(story.now, zone) if story.now else None
        if end is not None and now is not None and now < end:
            end = None
        until = end or now
        pauses = _joined(_intervals(story.pauses, zone, until), start)
        if story.target is None:
            return Tale(start, until, pauses, zone, open_time, None, None)
        rests = until is not None and end is None and _rests(story.pauses, zone, until)
        resting_at = until if rests else None
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
            pauses=tuple(_pauses(pauses, resting_at)),
        )
        open_times = {"story": open_time} if open_time else {}
        present = until or max((over for _, over in pauses), default=start)
        # Without a present nothing is late: the due instant alone is asked for.
        standing = stand(course, present, open_times, story.due_soon)
        return Tale(start, until, pauses, zone, open_time, story.target.unit, standing)

    def case_tales(self, story: CaseStory) -> Mapping[str, Tale]:
        """Tell the latest course of each clock of a case that has started."""
        due_soon = {each.id: each.due_soon for each in self.configuration.clocks.promises}
        zone = self.zone_of(story)
        runs = story.runs.at if story.runs is not None else ()
        present = (story.now,) if story.now is not None else runs
        now = max(instant_of(each, zone) for each in present)
        tales = {}
        for course in read_courses(self._log(story, zone), now):
            promise = course.clock
            tales[promise.clock] = Tale(
                promise.started_at,
                course.ended_at or now,
                pauses_until(course, now),
                ZoneInfo(promise.zone),
                open_time_of(promise, self.open_times),
                parse_target(promise.target).unit,
                stand(course, now, self.open_times, due_soon[promise.clock]),
            )
        return tales

    def zone_of(self, story: CaseStory) -> ZoneInfo:
        """Return where the wall times of a case's story are meant."""
        return story.zone or self.tests.zone or self.zone

    def runs(self, story: CaseStory, runs: StoryRuns) -> tuple[SimulatedRun, ...]:
        """Tell who is told at each run of a case's story."""
        zone = self.zone_of(story)
        people = [person.id for person in self.configuration.team.people]
        for person in (story.facts.get("owner"), *(each.by for each in runs.acknowledged)):
            if person is not None and person != NONE:
                self._check_name("person", person, people, (story.line, story.column))
        for each in runs.acknowledged:
            self.check_clock(each.clock, (runs.line, runs.column))
        return simulate_runs(
            runs, self._facts(story), self._log(story, zone), self.configuration,
            zone=zone, open_times=self.open_times,
        )  # fmt: skip

    def _facts(self, story: CaseStory) -> CaseFacts:
        configuration, given = self.configuration, story.facts
        source = next((each for each in configuration.sources if each.id == story.source), None)
        language = given.get("language", source.language if source else None)
        owner = given.get(
            "owner", configuration.team.owner_for(story.source, story.category, language)
        )
        return CaseFacts(
            id=CASE_ID,
            cycle=1,
            state=State.OPEN.value,
            urgency=story.urgency,
            category=story.category,
            crisis=None,
            brand=given.get("brand", source.brand if source else configuration.brands[0].id),
            product=story.product,
            topic=given.get("topic"),
            language=language,
            owner=None if owner == NONE else owner,
            incident=given.get("incident"),
            sources=(story.source,) if story.source else (),
            source_categories=(source.category.value,) if source else (),
        )

    def check_told(self, wanted: ToldExpectation) -> None:
        """Check that people, channels and tiers are there whom a story expects to be told."""
        policy = self.configuration.escalation
        if wanted.clock is not None:
            self.check_clock(wanted.clock, (wanted.line, wanted.column))
        known = (
            ("person", wanted.to, [each.id for each in self.configuration.team.people]),
            ("channel", wanted.by, [each.id for each in policy.channels]),
            ("tier", (wanted.tier,) if wanted.tier else (), [each.id for each in policy.tiers()]),
        )
        for what, names, among in known:
            for name in names:
                self._check_name(what, name, among, (wanted.line, wanted.column))

    @staticmethod
    def _check_name(what: str, name: str, among: Iterable[str], place: tuple[int, int]) -> None:
        known = tuple(among)
        if name not in known:
            raise Untellable(f"there is no {what} {shown(name)}", did_you_mean(name, known), place)

    def check_clock(self, clock: str, place: tuple[int, int]) -> None:
        """Check that the policy has a clock; `place` is the line and column that name it."""
        known = [each.id for each in self.configuration.clocks.promises]
        if clock not in known:
            raise Untellable(
                f"there is no clock {shown(clock)} in policies/clocks.yaml",
                did_you_mean(clock, known),
                place,
            )

    def judgement(self, story: MessageStory) -> Judgement:
        """Judge a message by the triage rules."""
        configuration = self.configuration
        sources = {each.id: each for each in configuration.sources}
        if story.source is not None and story.source not in sources:
            raise Untellable(
                f"there is no source {shown(story.source)} in sources.yaml",
                did_you_mean(story.source, sources),
            )
        source = sources[story.source] if story.source else None
        return judge_message(
            Message(
                story.text,
                Rating(*story.rating) if story.rating else None,
                story.language or (source.language if source else None),
                story.author,
                story.source,
                source.category if source else None,
                (*source.ignore_authors, *source.bots) if source else (),
            ),
            configuration.triage,
            configuration.brands,
            configuration.products,
        )

    def _open_time(self, story: ClockStory) -> OpenTime | None:
        match story.calendar:
            case None:
                return None
            case str(name):
                if name not in self.named:
                    raise Untellable(
                        f"there is no calendar {shown(name)}",
                        did_you_mean(name, self.named, "neither here nor in policies/calendars"),
                    )
                return self.named[name]
            case calendar:
                if calendar not in self.inline:
                    self.inline[calendar] = OpenTime(calendar)
                return self.inline[calendar]

    def _log(self, story: CaseStory, zone: ZoneInfo) -> tuple[Entry, ...]:
        matter = Matter(
            Urgency(story.urgency), Category(story.category), story.source, story.product
        )
        state: State | None = None
        log: list[Entry] = []
        for told in story.log:
            at = instant_of(told.at, zone)
            to = _leads_to(told, state)
            state = to or state
            if told.kind == "qualified":
                matter = _qualified(matter, told)
            clocks = pin_clocks(self.terms, told.kind, at, matter)
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
            how = told.facts.get("how", "recompute")
            changed = change_clock(self.terms, running[-1], how, at, matter)
        if changed is None:
            raise Untellable(
                f"no clock {shown(clock)} runs that could change here", "", (told.line, told.column)
            )
        return changed


def _intervals(
    pauses: Iterable[tuple[Moment, Moment | None]], zone: ZoneInfo, until: datetime | None
) -> Iterator[Interval]:
    for begun, over in pauses:
        first = instant_of(begun, zone)
        last = instant_of(over, zone) if over is not None else until
        if last is not None and until is not None:
            last = min(last, until)
        if last is not None and first < last:
            yield first, last


def _rests(pauses: Iterable[tuple[Moment, Moment | None]], zone: ZoneInfo, now: datetime) -> bool:
    """Return whether one of the pauses lasts at an instant."""
    return any(
        instant_of(begun, zone) <= now and (over is None or now < instant_of(over, zone))
        for begun, over in pauses
    )


def _pauses(pauses: Iterable[Interval], resting_at: datetime | None) -> Iterator[Pause]:
    """Yield pauses as a course has them; at `resting_at` the clock rests still."""
    last = resting_at
    for begun, over in pauses:
        if over == resting_at:
            last = begun
        else:
            yield Pause(begun, over, 0, 0)
    if last is not None:
        yield Pause(last, None, 0, None)


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
    raise Untellable(
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
