"""`policies/escalation.yaml` to values, with every fault."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from runner.errors import Fault, Severity
from runner.policies.calendars import WEEKDAYS, Calendar, Span
from runner.policies.clocks import Target, Unit, parse_target
from runner.policies.escalation import (
    CONDITIONS,
    AfterDue,
    AtShare,
    BeforeDue,
    BodyStyle,
    Channel,
    ChannelKind,
    Conditions,
    EscalationPolicy,
    HolderOf,
    Inhibition,
    Named,
    OnCall,
    Owner,
    QuietHours,
    Route,
    SummaryMail,
    Tier,
    When,
    Whom,
)
from runner.policies.escalation_checks import check_escalation
from runner.policies.policy_tests import parse_moment
from runner.policies.rotas import Exchange, Rota
from runner.policies.zones import zone_at
from runner.text.document import Document, Path
from runner.text.wording import shown

_DAY = 86_400
_ELAPSING = frozenset({Unit.MINUTE, Unit.HOUR, Unit.CIVIL_DAY})
_NEEDED = {
    ChannelKind.FORGE: frozenset[str](),
    ChannelKind.MAIL: frozenset({"from"}),
    ChannelKind.WEBHOOK: frozenset({"style", "variable"}),
}


def parse_escalation(
    document: Document,
) -> tuple[EscalationPolicy | None, ZoneInfo, tuple[Fault, ...]]:
    """Return the policy of a document that has passed `escalation.schema.json`, and its faults.

    Beside it stands the zone of its wall times, which mutes share.  There is no policy where
    there is an error.  What stands in other files (people, clocks...) is not looked up.
    """
    reader = _Reader(document)
    policy = reader.read()
    wrong = any(fault.severity is Severity.ERROR for fault in reader.faults)
    return (None if wrong else policy), reader.zone, tuple(sorted(reader.faults))


def parse_conditions(written: Any) -> Conditions:
    """Return the conditions among the keys of a mapping."""
    return Conditions(
        {
            name: (written[name],) if isinstance(written[name], str) else tuple(written[name])
            for name in CONDITIONS
            if name in written
        }
    )


def instant_at(document: Document, path: Path, text: str, zone: ZoneInfo) -> datetime | Fault:
    """Return the instant that a document names at a path, or the fault that it is none."""
    try:
        moment = parse_moment(text)
    except ValueError as error:
        return document.fault(path, "escalation", f"{shown(text)} is no instant", str(error))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, fold=0)
    return moment.astimezone(UTC)


@dataclass
class _Reader:
    document: Document
    faults: list[Fault] = field(default_factory=list)
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))

    def read(self) -> EscalationPolicy:
        top: Any = self.document.value
        self.zone = self._zone(top, ())
        channels = tuple(self._channel(*each) for each in _each(top, "channels"))
        rotas = tuple(self._rota(*each) for each in _each(top, "rotas"))
        quiet = tuple(self._quiet(*each) for each in _each(top, "quiet_hours"))
        routes = self._routes(top["routes"], ("routes",))
        policy = EscalationPolicy(
            channels=channels,
            rotas=rotas,
            quiet_hours=quiet,
            routes=routes,
            otherwise=tuple(map(_whom, top.get("otherwise", ()))),
            inhibitions=tuple(
                Inhibition(each["while"], tuple(each["silent"]), self.document.line(path))
                for path, each in _each(top, "inhibit")
            ),
            summary=self._summary(top.get("summary"), channels),
        )
        self.faults += check_escalation(self.document)
        return policy

    def _fault(self, path: Path, message: str, hint: str = "", rule: str = "escalation") -> None:
        self.faults.append(self.document.fault(path, rule, message, hint))

    def _warn(self, path: Path, message: str, hint: str, rule: str) -> None:
        at = self.document.fault(path, rule, message, hint)
        self.faults.append(replace(at, severity=Severity.WARNING))

    def _zone(self, written: Any, path: Path) -> ZoneInfo:
        name = written.get("zone")
        if name is not None:
            zone = zone_at(self.document, (*path, "zone"), name)
            if isinstance(zone, ZoneInfo):
                return zone
            self.faults.append(zone)
        return self.zone

    def _channel(self, path: Path, written: Any) -> Channel:
        kind = ChannelKind(written["kind"])
        given = written.keys() & {"from", "style", "variable"}
        for key in sorted(_NEEDED[kind] - given):
            self._fault(path, f"a channel of the kind {kind} needs `{key}`")
        for key in sorted(given - _NEEDED[kind]):
            self._fault((*path, key), f"a channel of the kind {kind} has no `{key}`")
        return Channel(
            written["id"],
            kind,
            written.get("from"),
            BodyStyle(written["style"]) if "style" in written else None,
            written.get("variable"),
            tuple(written.get("quiet", ())),
        )

    def _rota(self, path: Path, written: Any) -> Rota:
        zone = self._zone(written, path)
        weekday, wall = written["hands_over"].split()
        since = self._day(written["since"], (*path, "since"))
        if since is not None and WEEKDAYS[since.weekday()] != weekday:
            self._fault(
                (*path, "since"),
                f"{since} is a {WEEKDAYS[since.weekday()].capitalize()}, "
                f"and the rota hands over on {weekday.capitalize()}s",
                "begin on the weekday of `hands_over`",
            )
        return Rota(
            written["id"],
            zone,
            since or date.min,
            time.fromisoformat(wall),
            tuple(written["people"]),
            tuple(self._exchanges(written.get("exchanges", ()), (*path, "exchanges"), zone)),
            self.document.line(path),
        )

    def _exchanges(self, written: Any, path: Path, zone: ZoneInfo) -> Iterator[Exchange]:
        earlier: list[tuple[Exchange, Path]] = []
        for index, each in enumerate(written):
            place = (*path, index)
            bounds = self._bounds(each, place, zone)
            if bounds is None:
                continue
            exchange = Exchange(*bounds, each["person"], each.get("reason", ""))
            for other, where in earlier:
                if exchange.starts_at < other.ends_at and other.starts_at < exchange.ends_at:
                    self._fault(
                        place,
                        "two people are on call in another's place at once",
                        f"the other exchange is on line {self.document.line(where)}",
                    )
            earlier.append((exchange, place))
            yield exchange

    def _bounds(self, written: Any, path: Path, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        begun, over = (
            instant_at(self.document, (*path, key), written[key], zone) for key in ("from", "until")
        )
        self.faults += (each for each in (begun, over) if isinstance(each, Fault))
        if isinstance(begun, Fault) or isinstance(over, Fault):
            return None
        if over <= begun:
            self._fault((*path, "until"), "it ends before it begins")
            return None
        return begun, over

    def _quiet(self, path: Path, written: Any) -> QuietHours:
        by_hours = written.keys() & {"from", "until", "days", "zone"}
        hours = None
        if "calendar" in written:
            if by_hours:
                self._fault(path, "quiet hours follow a calendar or have hours, not both")
        elif not {"from", "until"} <= written.keys():
            self._fault(
                path, "these quiet hours have no hours", "give `from` and `until`, or `calendar`"
            )
        else:
            hours = self._hours(path, written)
        return QuietHours(
            written["id"],
            hours,
            written.get("calendar"),
            written.get("even_crisis", False),
            self.document.line(path),
        )

    def _hours(self, path: Path, written: Any) -> Calendar:
        """Return a calendar that is open while it is quiet."""
        begins, ends = _seconds(written["from"]), _seconds(written["until"])
        week: list[list[Span]] = [[] for _ in WEEKDAYS]
        for day in written.get("days", WEEKDAYS):
            index = WEEKDAYS.index(day)
            if begins < ends:
                week[index].append(Span(begins, ends))
                continue
            week[index].append(Span(begins, _DAY))
            if ends:
                week[(index + 1) % 7].append(Span(0, ends))
        if all(sum(span.closes - span.opens for span in day) >= _DAY for day in week):
            self._fault(path, "it is always quiet: nobody would ever be told")
        return Calendar(
            f"quiet:{written['id']}",
            self.document.file,
            self._zone(written, path),
            tuple(tuple(sorted(day)) for day in week),
        )

    def _routes(self, written: Any, path: Path) -> tuple[Route, ...]:
        routes = tuple(self._route(each, (*path, at)) for at, each in enumerate(written))
        fits_all: int | None = None
        for index, route in enumerate(routes):
            if fits_all is not None:
                self._fault(
                    (*path, index),
                    "this route never fits: one above fits every case",
                    f"move it before line {routes[fits_all].line}",
                    "unreachable-route",
                )
            elif not route.conditions.asked and not route.goes_on:
                fits_all = index
        if fits_all is None and len(path) == 1:
            self._warn(
                (*path, len(routes) - 1),
                "no route fits every case: of some clocks nobody is told",
                "end `routes` with one without conditions; `- tiers: []` tells nobody, on purpose",
                "no-last-route",
            )
        return routes

    def _route(self, written: Any, path: Path) -> Route:
        if not written.keys() & {"tiers", "routes"}:
            self._fault(path, "this route leads nowhere", "give it `tiers` or `routes`")
        tiers: list[Tier] = []
        earlier: Tier | None = None
        for index, each in enumerate(written.get("tiers", ())):
            place = (*path, "tiers", index)
            known = len(self.faults)
            tier = self._tier(each, place)
            tiers.append(tier)
            # One that is wrong in itself stands nowhere in the order.
            if len(self.faults) == known:
                self._check_order(earlier, tier, place)
                earlier = tier
        return Route(
            parse_conditions(written),
            tuple(tiers),
            self._routes(written.get("routes", ()), (*path, "routes")),
            written.get("continue", False),
            self.document.line(path),
        )

    def _check_order(self, lower: Tier | None, higher: Tier, path: Path) -> None:
        if lower is not None and not _in_order(lower.when, higher.when):
            self._fault(
                path,
                f"`{higher.when}` is not after `{lower.when}`, a tier above",
                "put tiers in the order in which they are reached",
            )

    def _tier(self, written: Any, path: Path) -> Tier:
        repeat = self._length(written, "repeat", path, _ELAPSING)
        if "times" in written and repeat is None:
            self._fault((*path, "times"), "it is told once: there is no `repeat`")
        return Tier(
            id=written["id"],
            when=self._when(written, path),
            tell=tuple(map(_whom, written["tell"])),
            by=tuple(written["by"]),
            repeat=repeat,
            times=written.get("times"),
            silent=self._length(written, "silent", path, _ELAPSING),
            quiet=tuple(written["quiet"]) if "quiet" in written else None,
            line=self.document.line(path),
        )

    def _summary(self, written: Any, channels: tuple[Channel, ...]) -> SummaryMail | None:
        if written is None:
            return None
        kinds = {channel.id: channel.kind for channel in channels}
        if kinds.get(written["by"], ChannelKind.MAIL) is not ChannelKind.MAIL:
            self._fault(
                ("summary", "by"),
                f"{shown(written['by'])} is no channel of the kind mail",
                "the month's summary goes by mail",
            )
        return SummaryMail(
            tuple(
                Named(each["person"]) if "person" in each else HolderOf(each["role"])
                for each in written["tell"]
            ),
            written["by"],
        )

    def _when(self, written: Any, path: Path) -> When:
        given = [key for key in ("at", "before", "after") if key in written]
        if len(given) != 1:
            self._fault(
                path,
                "this tier says twice when it is reached"
                if given
                else "this tier does not say when it is reached",
                "give one of `at: 80%`, `before: 2 hours`, `after: 4 hours`",
            )
        if before := self._length(written, "before", path, frozenset(Unit)):
            return BeforeDue(before)
        if after := self._length(written, "after", path, frozenset(Unit)):
            return AfterDue(after)
        at = written.get("at", "due")
        return AtShare(
            {"start": 0, "due": 100}.get(at) or int(at.rstrip("%").replace("start", "0"))
        )

    def _length(self, written: Any, key: str, path: Path, units: frozenset[Unit]) -> Target | None:
        if key not in written:
            return None
        try:
            length = parse_target(written[key])
        except ValueError as error:
            self._fault((*path, key), f"{shown(written[key])} is no length", str(error))
            return None
        if length.unit not in units:
            self._fault((*path, key), f"`{key}` counts minutes, hours or civil days")
            return None
        if length.amount == 0 and key == "repeat":
            self._fault((*path, key), "nothing can be told again without a time between")
            return None
        return length

    def _day(self, text: str, path: Path) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._fault(path, f"there is no day {shown(text)}")
            return None


def _whom(written: Any) -> Whom:
    match written:
        case {"role": role}:
            return HolderOf(role)
        case {"person": person}:
            return Named(person)
        case {"on_call": rota}:
            return OnCall(rota)
        case _:
            return Owner()


def _in_order(lower: When, higher: When) -> bool:
    """Return whether a tier may come after another; those that only a target can tell may."""
    match lower, higher:
        case AtShare(earlier), AtShare(later):
            return earlier < later
        case AfterDue(), AtShare(later):
            return later > 100
        case AtShare(earlier), BeforeDue():
            return earlier < 100
        case BeforeDue(), AtShare(later):
            return later > 0
        case BeforeDue(longer), BeforeDue(shorter):
            return longer.unit is not shorter.unit or longer.amount > shorter.amount
        case AfterDue(shorter), AfterDue(longer):
            return longer.unit is not shorter.unit or longer.amount > shorter.amount
        case AfterDue(), BeforeDue():
            return False
        case _:
            return True


def _seconds(wall: str) -> int:
    hours, minutes, seconds = (*map(int, wall.split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def _each(top: Any, key: str) -> Iterator[tuple[Path, Any]]:
    return (((key, index), each) for index, each in enumerate(top.get(key, ())))
