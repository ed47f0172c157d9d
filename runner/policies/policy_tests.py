"""`policies/tests/*.yaml` as values: stories, and what the policies must make of them.

Three kinds of stories: a promise on its own, a case with its log, a message to be judged.
`runner.planning.stories` tells them, `runner.planning.expectations` compares.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from runner.errors import Fault
from runner.policies.calendars import Calendar, parse_calendar_at
from runner.policies.clocks import Target, parse_target
from runner.policies.policy_runs import FACTS, StoryRuns, parse_runs
from runner.policies.zones import zone_at
from runner.text.document import Document, Path
from runner.text.wording import shown

TESTS_FOLDER = "policies/tests"

Moment = datetime
"""An aware instant, or a wall time without a zone, of the zone of the story."""

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_UNREAD = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for an instant that could not be read, in a story that is then not told."""
_PART = re.compile(r"([0-9]+) (second|minute|hour)s?")
_WHOLE_DAYS = re.compile(r"([0-9]+) (civil|business) days?")
_PART_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as a story expects it: seconds, or whole days of a kind.

    `unit` is `second`, `civil day` or `business day`.
    """

    amount: int
    unit: str

    def __str__(self) -> str:
        if self.unit != "second":
            return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"
        minutes, second = divmod(self.amount, 60)
        hour, minute = divmod(minutes, 60)
        parts = ((hour, "hour"), (minute, "minute"), (second, "second"))
        said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n]
        return " ".join(said) or "0 minutes"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a story says comes out: an aspect, its value as written, where it stands."""

    aspect: str
    value: str | bool | Length | date | None
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Story:
    """What all stories have: a name, its place, what is expected of what.

    `expect` has one subject, the empty text, but for cases: there it is by clock.
    """

    name: str
    line: int
    column: int
    expect: Mapping[str, tuple[Expectation, ...]]


@dataclass(frozen=True, slots=True)
class ClockStory(Story):
    """A promise on its own.  `calendar` is one, the name of one, or None: all time counts."""

    calendar: Calendar | str | None
    zone: ZoneInfo | None
    target: Target | None
    start: Moment
    pauses: tuple[tuple[Moment, Moment | None], ...]
    stop: Moment | None
    cancel: Moment | None
    now: Moment | None
    due_soon: Target | None


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry of a case's log: its kind, when it happened, its facts as written."""

    kind: str
    at: Moment
    to: str | None
    facts: Mapping[str, Any]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class CaseStory(Story):
    """A case whose clocks are those of the desk's policy.

    `facts` are those of `FACTS` that the story gives.  `now` is None where `runs` say when.
    """

    zone: ZoneInfo | None
    urgency: str
    category: str
    source: str
    product: str | None
    facts: Mapping[str, str]
    log: tuple[ToldEntry, ...]
    now: Moment | None
    runs: StoryRuns | None


@dataclass(frozen=True, slots=True)
class MessageStory(Story):
    """A message that the triage rules judge; `rating` is stars and the best there are."""

    text: str
    rating: tuple[float, float] | None
    language: str | None
    author: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class PolicyTests:
    """A file of stories; `calendars` are its own, known in it besides those of the desk."""

    file: str
    zone: ZoneInfo | None
    calendars: Mapping[str, Calendar]
    stories: tuple[ClockStory | CaseStory | MessageStory, ...]


def parse_length(text: str) -> Length:
    """Return the length that `90 minutes`, `1 hour 30 minutes` or `3 business days` name.

    Raises:
        ValueError: with what to write instead.
    """
    if days := _WHOLE_DAYS.fullmatch(text):
        return Length(int(days[1]), f"{days[2]} day")
    if re.fullmatch(rf"{_PART.pattern}(?: {_PART.pattern})*", text):
        parts = _PART.findall(text)
        return Length(sum(int(n) * _PART_SECONDS[unit] for n, unit in parts), "second")
    raise ValueError(
        "write hours, minutes and seconds, such as `1 hour 30 minutes`, civil days or business days"
    )


def parse_moment(text: str) -> Moment:
    """Return an instant with an offset, or a wall time; a day alone is its beginning.

    Raises:
        ValueError: for anything else.
    """
    if not _MOMENT.fullmatch(text):
        raise ValueError("write `2026-12-22T09:00:00Z`, `2026-12-22 10:00` or `2026-12-22`")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day or hour") from None


def parse_policy_tests(document: Document) -> tuple[PolicyTests | None, tuple[Fault, ...]]:
    """Return the stories of a document that has passed `policy-test.schema.json`, and its faults.

    There are none where there is a fault.  Names of calendars and clocks are not looked up.
    """
    reader = _Reader(document)
    tests = reader.read()
    return (None if reader.faults else tests), tuple(sorted(reader.faults))


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []

    def read(self) -> PolicyTests:
        data: Any = self.document.value
        calendars = {
            name: calendar
            for name in data.get("calendars", {})
            if (calendar := self._calendar(("calendars", name), name)) is not None
        }
        stories: list[ClockStory | CaseStory | MessageStory] = [
            *(self._clock(story, path) for path, story in _each(data, "clocks")),
            *(self._case(story, path) for path, story in _each(data, "cases")),
            *(self._message(story, path) for path, story in _each(data, "messages")),
        ]
        zone = self._zone(data.get("zone"), ("zone",))
        return PolicyTests(self.document.file, zone, calendars, tuple(stories))

    def _fault(self, path: Path, message: str, hint: str = "") -> None:
        self.faults.append(self.document.fault(path, "policy-test", message, hint))

    def _clock(self, story: Any, path: Path) -> ClockStory:
        written = story.get("calendar")
        moments = {
            key: self._moment(story.get(key), (*path, key))
            for key in ("start", "stop", "cancel", "now")
        }
        pauses = tuple(self._pauses(story.get("pauses", ()), (*path, "pauses")))
        self._check_clock(story, path)
        return ClockStory(
            **self._told(story, path, {"": ((*path, "expect"), story["expect"])}),
            calendar=self._calendar((*path, "calendar"), "inline")
            if isinstance(written, dict)
            else written,
            zone=self._zone(story.get("zone"), (*path, "zone")),
            target=self._target(story.get("target"), (*path, "target")),
            start=moments["start"] or _UNREAD,
            pauses=pauses,
            stop=moments["stop"],
            cancel=moments["cancel"],
            now=moments["now"],
            due_soon=self._target(story.get("due_soon"), (*path, "due_soon")),
        )

    def _check_clock(self, story: Any, path: Path) -> None:
        expected = story["expect"].keys()
        target = str(story.get("target", ""))
        if "target" not in story and (lacking := expected & {"due", "remaining", "standing"}):
            self._fault(path, f"`{min(lacking)}` needs a `target`")
        has_end = story.keys() & {"stop", "cancel", "now"}
        if not has_end and (lacking := expected & {"elapsed", "remaining", "standing"}):
            self._fault(path, f"`{min(lacking)}` needs `now`, `stop` or `cancel`")
        if not has_end and any("to" not in pause for pause in story.get("pauses", ())):
            self._fault((*path, "pauses"), "a pause without `to` lasts and needs `now`")
        if "stop" in story and "cancel" in story:
            self._fault((*path, "cancel"), "it is stopped or cancelled, not both")
        in_days = "business" in target or any(
            "business" in str(story["expect"].get(key, "")) for key in ("elapsed", "remaining")
        )
        open_aspects = expected & {"open", "next_opening"}
        if "calendar" not in story and (in_days or open_aspects):
            what = f"`{min(open_aspects)}`" if open_aspects else "what counts business days"
            self._fault(path, f"{what} needs a `calendar`")

    def _pauses(self, written: Any, path: Path) -> Iterator[tuple[Moment, Moment | None]]:
        for index, pause in enumerate(written):
            begun = self._moment(pause["from"], (*path, index, "from"))
            over = self._moment(pause.get("to"), (*path, index, "to"))
            if begun is None:
                continue
            alike = over is not None and (begun.tzinfo is None) == (over.tzinfo is None)
            if over is not None and alike and over < begun:
                self._fault((*path, index, "to"), "the pause ends before it begins")
            yield begun, over

    def _case(self, story: Any, path: Path) -> CaseStory:
        expect = {
            clock: ((*path, "expect", clock), aspects if isinstance(aspects, dict) else None)
            for clock, aspects in story.get("expect", {}).items()
        }
        given = story.keys()
        if not given & {"expect", "runs"}:
            self._fault(path, "the story expects nothing", "give `expect`, or `runs` and `told`")
        elif not given & {"now", "runs"}:
            self._fault((*path, "expect"), "`expect` needs `now`")
        for one, other in (("runs", "told"), ("told", "runs")):
            if one in given and other not in given:
                self._fault((*path, one), f"`{one}` needs `{other}`")
        return CaseStory(
            **self._told(story, path, expect),
            zone=self._zone(story.get("zone"), (*path, "zone")),
            urgency=story.get("urgency", "normal"),
            category=story.get("category", "complaint"),
            source=story.get("source", ""),
            product=story.get("product"),
            facts={name: story[name] for name in FACTS if name in story},
            log=tuple(self._log(story["log"], (*path, "log"))),
            now=self._moment(story.get("now"), (*path, "now")),
            runs=parse_runs(story, path, self.document, self._moment),
        )

    def _log(self, written: Any, path: Path) -> Iterator[ToldEntry]:
        for index, entry in enumerate(written):
            at = self._moment(entry["at"], (*path, index, "at"))
            position = self.document.position((*path, index))
            facts = {key: entry[key] for key in entry if key not in {"entry", "at", "to"}}
            yield ToldEntry(
                entry["entry"],
                at or _UNREAD,
                entry.get("to"),
                facts,
                position.line,
                position.column,
            )

    def _message(self, story: Any, path: Path) -> MessageStory:
        rating = story.get("rating")
        return MessageStory(
            **self._told(story, path, {"": ((*path, "expect"), story["expect"])}),
            text=f"{story['title']}\n{story['text']}" if "title" in story else story["text"],
            rating=None if rating is None else (float(rating), float(story.get("best", 5))),
            language=story.get("language"),
            author=story.get("author"),
            source=story.get("source"),
        )

    def _told(
        self, story: Any, path: Path, expect: Mapping[str, tuple[Path, Any]]
    ) -> dict[str, Any]:
        position = self.document.position(path)
        return {
            "name": story["name"],
            "line": position.line,
            "column": position.column,
            "expect": {
                subject: tuple(self._expectations(where, aspects))
                for subject, (where, aspects) in expect.items()
            },
        }

    def _expectations(self, path: Path, aspects: Any) -> Iterator[Expectation]:
        """Yield what is expected; `none` instead of aspects is one of its own."""
        if aspects is None:
            position = self.document.position(path)
            yield Expectation("none", None, position.line, position.column)
            return
        for aspect, written in aspects.items():
            position = self.document.position((*path, aspect))
            value = self._expected(aspect, written, (*path, aspect))
            yield Expectation(aspect, value, position.line, position.column)

    def _expected(self, aspect: str, written: Any, path: Path) -> str | bool | Length | date | None:
        match aspect:
            case "elapsed" | "remaining":
                try:
                    return parse_length(written)
                except ValueError as error:
                    self._fault(path, f"{shown(written)} is no length", str(error))
                    return None
            case "due" | "missed" | "next_opening":
                moment = self._moment(written, path)
                # A day alone is expected as a day, whatever the hour.
                is_day = moment is not None and len(written) == len("2026-12-22")
                return moment.date() if moment is not None and is_day else moment
            case _:
                return written  # type: ignore[no-any-return]

    def _moment(self, text: str | None, path: Path) -> Moment | None:
        if text is None:
            return None
        try:
            return parse_moment(text)
        except ValueError as error:
            self._fault(path, f"{shown(text)} is no instant", str(error))
            return None

    def _target(self, text: str | None, path: Path) -> Target | None:
        if text is None:
            return None
        try:
            return parse_target(text)
        except ValueError as error:
            self._fault(path, f"{shown(text)} is no target", str(error))
            return None

    def _zone(self, name: str | None, path: Path) -> ZoneInfo | None:
        if name is None:
            return None
        zone = zone_at(self.document, path, name)
        if isinstance(zone, Fault):
            self.faults.append(zone)
            return None
        return zone

    def _calendar(self, path: Path, name: str) -> Calendar | None:
        calendar, faults = parse_calendar_at(self.document, path, name)
        self.faults += faults
        return calendar


def _each(data: Any, key: str) -> Iterable[tuple[Path, Any]]:
    return (((key, index), story) for index, story in enumerate(data.get(key, ())))
