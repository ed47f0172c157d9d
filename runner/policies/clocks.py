"""`policies/clocks.yaml` as values: promises with their starts, stops, pauses and targets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from runner.errors import Fault
from runner.model import Category, State, Urgency
from runner.policies.zones import zone_at
from runner.text.document import Document, Path

FILE = "policies/clocks.yaml"


class Unit(StrEnum):
    """What a target is counted in.

    Minutes and hours elapse, or count open time where the clock has a calendar.  A civil
    day ends at the same wall time one day later, a month on the same day of the next
    month.  A business day is one on which the clock's calendar is open.
    """

    MINUTE = "minute"
    HOUR = "hour"
    CIVIL_DAY = "civil day"
    BUSINESS_DAY = "business day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Target:
    """A length of time as promised, such as `3 civil days`."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a case decides which target a clock gets."""

    urgency: Urgency
    category: Category
    source: str
    product: str | None = None


@dataclass(frozen=True, slots=True)
class TargetRule:
    """A target and the cases it is for; a condition that is None fits every case."""

    within: Target
    urgency: Urgency | None
    category: Category | None
    source: str | None
    product: str | None
    line: int

    def fits(self, matter: Matter) -> bool:
        """Return whether the rule is for such a case."""
        return (
            self.urgency in {None, matter.urgency}
            and self.category in {None, matter.category}
            and self.source in {None, matter.source}
            and self.product in {None, matter.product}
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock of the policy.

    A log entry of one of the kinds `stops` ends it, one of the kinds `starts` begins it
    unless it runs; an entry that is both ends it and begins it anew.  It rests in the
    states `pauses`.  `calendar` is the id of the calendar whose open time counts, None
    where all time counts.  `ideal` is the wish beside the promise, `due_soon` how long
    before the end it is called due soon.
    """

    id: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    pauses: tuple[State, ...]
    calendar: str | None
    targets: tuple[TargetRule, ...]
    ideal: Target | None
    due_soon: Target | None
    line: int

    def target_for(self, matter: Matter) -> TargetRule | None:
        """Return the first target that fits; None where the clock is not for such a case."""
        return next((rule for rule in self.targets if rule.fits(matter)), None)


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """All clocks, in the order of the file.

    `zone` is where civil days and months are counted, None for the instance's zone.
    `file` names the policy in what it decides.
    """

    promises: tuple[Promise, ...] = ()
    zone: ZoneInfo | None = None
    file: str = FILE

    def starts_with(self, kind: str) -> bool:
        """Return whether an entry of a kind starts one of the clocks."""
        return any(kind in promise.starts for promise in self.promises)

    @property
    def due_soon(self) -> Mapping[str, Target | None]:
        """How long before its end each clock is called due soon, by its id."""
        return {promise.id: promise.due_soon for promise in self.promises}


FROM_DETECTION = frozenset({"detected", "crisis-raised"})
"""The entries that a case may begin with."""

SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3600}
"""The units that have always as many seconds."""

_LENGTH = re.compile(r"(0|[1-9][0-9]{0,5}) (minute|hour)s?")
_BOTH = re.compile(r"([1-9][0-9]{0,5}) hours? ([1-9][0-9]{0,5}) minutes?")
_DAYS = re.compile(r"(0|[1-9][0-9]{0,3}) (civil day|business day|month)s?")


@lru_cache(maxsize=1_000)
def parse_target(text: str) -> Target:
    """Return the target that `45 minutes`, `1 hour 30 minutes`, `3 civil days` and their like name.

    Hours and minutes together are minutes.

    Raises:
        ValueError: with what to write instead.
    """
    if found := _LENGTH.fullmatch(text) or _DAYS.fullmatch(text):
        return Target(int(found[1]), Unit(found[2]))
    if found := _BOTH.fullmatch(text):
        return Target(int(found[1]) * 60 + int(found[2]), Unit.MINUTE)
    if re.fullmatch(r"[0-9]+ days?", text):
        number = text.split(maxsplit=1)[0]
        raise ValueError(f"say which days: `{number} civil days` or `{number} business days`")
    raise ValueError(
        "write a whole number, such as 3, and minutes, hours, civil days, business days or months"
    )


def parse_clocks(document: Document) -> tuple[ClockPolicy | None, tuple[Fault, ...]]:
    """Return the clocks of a document that has passed `clocks.schema.json`, and its faults.

    There is no policy where there is a fault.
    """
    data: Any = document.value
    faults = sorted(_find_faults(document, data))
    if faults:
        return None, tuple(faults)
    zone = ZoneInfo(data["zone"]) if data.get("zone") else None
    promises = tuple(
        _parse_promise(document, clock, ("clocks", index))
        for index, clock in enumerate(data["clocks"])
    )
    return ClockPolicy(promises, zone, document.file), ()


def _parse_promise(document: Document, clock: Any, path: Path) -> Promise:
    return Promise(
        id=clock["id"],
        starts=tuple(clock["starts"]),
        stops=tuple(clock["stops"]),
        pauses=tuple(State(state) for state in clock.get("pauses", ())),
        calendar=clock.get("calendar"),
        targets=tuple(
            TargetRule(
                within=parse_target(rule["within"]),
                urgency=Urgency(rule["urgency"]) if "urgency" in rule else None,
                category=Category(rule["category"]) if "category" in rule else None,
                source=rule.get("source"),
                product=rule.get("product"),
                line=document.line((*path, "targets", index)),
            )
            for index, rule in enumerate(clock["targets"])
        ),
        ideal=parse_target(clock["ideal"]) if "ideal" in clock else None,
        due_soon=parse_target(clock["due_soon"]) if "due_soon" in clock else None,
        line=document.line(path),
    )


def _find_faults(document: Document, data: Any) -> Iterator[Fault]:
    if "zone" in data:
        zone = zone_at(document, ("zone",), data["zone"])
        if isinstance(zone, Fault):
            yield zone
    first: dict[str, Path] = {}
    for index, clock in enumerate(data["clocks"]):
        path: Path = ("clocks", index)
        if clock["id"] in first:
            yield document.fault(
                (*path, "id"),
                "clock-twice",
                f"the clock {clock['id']} stands here twice",
                f"the first is on line {document.line(first[clock['id']])}",
            )
        first.setdefault(clock["id"], path)
        yield from _find_clock_faults(document, clock, path)


def _find_clock_faults(document: Document, clock: Any, path: Path) -> Iterator[Fault]:
    lengths = [
        ((*path, "targets", n, "within"), r["within"]) for n, r in enumerate(clock["targets"])
    ]
    lengths += [((*path, name), clock[name]) for name in ("ideal", "due_soon") if name in clock]
    units = set[Unit]()
    for where, text in lengths:
        try:
            length = parse_target(text)
        except ValueError as error:
            yield document.fault(where, "target", f"`{text}` is no target", str(error))
            continue
        units.add(length.unit)
        if not length.amount:
            yield document.fault(
                where, "target", f"`{text}` is no target", "nobody keeps what is due at once"
            )
    counts_open_time = clock.get("calendar") is not None
    if Unit.BUSINESS_DAY in units and not counts_open_time:
        yield document.fault(
            path,
            "clock-calendar",
            f"the clock {clock['id']} counts business days and names no calendar",
            "add `calendar:` with the id of one",
        )
    if counts_open_time and FROM_DETECTION.intersection(clock["starts"]):
        yield document.fault(
            (*path, "calendar"),
            "clock-calendar",
            f"the clock {clock['id']} starts at detection, where all time counts",
            "remove `calendar`, and count minutes, hours, civil days or months",
        )
    for index, rule in enumerate(clock["targets"][:-1]):
        if rule.keys() == {"within"}:
            yield document.fault(
                (*path, "targets", index + 1),
                "target-unreachable",
                "no case gets this target: the one above it fits every case",
                "put the target without conditions last",
            )
            break
