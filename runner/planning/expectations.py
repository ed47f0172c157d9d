"""Compares what comes of the stories of `policies/tests/*.yaml` with what they expect."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from runner.clocks.offsets import wall_at
from runner.clocks.tales import Tale, say_instant
from runner.errors import Fault
from runner.model import Reason
from runner.planning.runs import ToldAtRun, instant_of
from runner.planning.stories import Teller, Untellable
from runner.policies.policy_runs import StoryRuns, ToldExpectation
from runner.policies.policy_tests import (
    CaseStory,
    ClockStory,
    Expectation,
    Length,
    MessageStory,
    PolicyTests,
    Story,
)
from runner.policies.values import Configuration
from runner.text.wording import shown

_NO_CLOCK = "no such clock"


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


def run_policy_tests(tests: PolicyTests, configuration: Configuration) -> tuple[Failure, ...]:
    """Tell every story of a file, and return what did not come out as expected, in order."""
    teller = Teller(tests, configuration)
    failures: list[Failure] = []
    for story in tests.stories:
        try:
            failures.extend(_failures(teller, story))
        except Untellable as error:
            failures.append(_untold(tests.file, story, error))
        except (ValueError, OverflowError) as error:
            # An instant beyond what calendars count; the message says so.
            failures.append(_untold(tests.file, story, Untellable(str(error))))
    return tuple(failures)


def _untold(file: str, story: Story, error: Untellable) -> Failure:
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


def _failures(teller: Teller, story: ClockStory | CaseStory | MessageStory) -> Iterator[Failure]:
    file = teller.tests.file
    match story:
        case ClockStory():
            yield from _compared(file, story, "", teller.clock_tale(story))
        case CaseStory():
            tales = teller.case_tales(story)
            for clock, (first, *_) in story.expect.items():
                teller.check_clock(clock, (first.line, first.column))
                if clock in tales:
                    yield from _compared(file, story, clock, tales[clock])
                elif first.aspect != "none":
                    yield _failure(file, story, clock, first, got=_NO_CLOCK)
            if story.runs is not None:
                yield from _told(teller, story, story.runs)
        case MessageStory():
            judgement = teller.judgement(story)
            for wanted in story.expect[""]:
                ruling = getattr(judgement, wanted.aspect)
                got = "none" if ruling is None else ruling.value
                if got != wanted.value:
                    why = () if ruling is None else (_reason(ruling.reason),)
                    yield _failure(file, story, "", wanted, got=_written(got), why=why)


def _told(teller: Teller, story: CaseStory, runs: StoryRuns) -> Iterator[Failure]:
    """Compare who is told at each run: every message is expected, and every expected one sent."""
    zone = teller.zone_of(story)
    simulated = teller.runs(story, runs)
    told = [message for run in simulated for message in run.told]
    why = {run.at: tuple(run.held()) for run in simulated}

    def failure(line: int, column: int, at: datetime, expected: str, got: str) -> Failure:
        return Failure(
            teller.tests.file, line, column, story.name, "", f"told at {say_instant(at, zone)}",
            expected, got, why.get(at, ("there is no run at that instant",)),
        )  # fmt: skip

    expected: list[ToldAtRun] = []
    for wanted in runs.told:
        teller.check_told(wanted)
        at = instant_of(wanted.at, zone)
        for person, channel in product(wanted.to, wanted.by or (None,)):
            found = [each for each in told if each.at == at and _is_meant(wanted, each)
                     and each.telling.person == person
                     and channel in {None, each.telling.channel.id}]  # fmt: skip
            expected += found
            if not found:
                by = f" by {channel}" if channel else ""
                among = [str(each) for each in told if each.at == at]
                said = f"{wanted.tier or wanted.clock or 'a message'} to {person}{by}"
                yield failure(
                    wanted.line, wanted.column, at, said, ", ".join(among) or "nobody is told"
                )
    for each in told:
        if each not in expected:
            yield failure(runs.line, runs.column, each.at, "nobody else", str(each))


def _is_meant(wanted: ToldExpectation, told: ToldAtRun) -> bool:
    return wanted.clock in {None, told.clock} and wanted.tier in {None, told.telling.tier.id}


def _compared(file: str, story: Story, subject: str, tale: Tale) -> Iterator[Failure]:
    for wanted in story.expect[subject]:
        got = _found(wanted, tale)
        if not _agree(wanted.value, got, tale.zone):
            why = tuple(tale.explain())
            yield _failure(file, story, subject, wanted, got=_shown(got, tale.zone), why=why)


def _failure(
    file: str,
    story: Story,
    subject: str,
    wanted: Expectation,
    *,
    got: str,
    why: tuple[str, ...] = (),
) -> Failure:
    expected = _NO_CLOCK if wanted.aspect == "none" else _written(wanted.value)
    return Failure(
        file, wanted.line, wanted.column, story.name, subject, wanted.aspect, expected, got, why
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
        return instant_of(wanted, zone) == got
    if isinstance(got, datetime) and isinstance(wanted, date):
        # Midnight ends a day too: a day that counts and is closed ends at 24:00.
        wall = wall_at(got, zone)
        return wanted in {wall.date(), (wall - timedelta(microseconds=1)).date()}
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
