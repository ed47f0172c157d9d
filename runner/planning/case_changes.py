"""What a version changed of a case besides the entries that it added, and whether it might."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from runner.cases.case import Case, Entry
from runner.cases.file import case_data, entry_data
from runner.cases.lifecycle import RUNNER
from runner.cases.log_growth import LogGrowth, compare_logs
from runner.model import State

_DECIDED = ("owner", "brand", "language", "category", "urgency", "topic", "product")
_MOVED_BY = {
    "state": (),
    "cycle": ("reopened",),
    "crisis": ("crisis-raised", "crisis-lifted"),
    "incident": ("incident-linked", "incident-unlinked"),
}
"""Fields that entries move, and the kinds that do; a state is what an entry's `to` says."""
_GROWING = ("duplicates", "asked", "offered")
_OF_CUSTOMER = ("handle", "known", "distributor", "reference")


class Part(StrEnum):
    """The part of a case that changed."""

    FIELD = "field"
    REASON = "reason"
    PLACE = "place"
    ENTRY = "entry"


class How(StrEnum):
    """What became of it.  `hidden` are words that were masked, sealed or erased as they may be."""

    CHANGED = "changed"
    ADDED = "added"
    INSERTED = "inserted"
    REMOVED = "removed"
    MOVED = "moved"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    `name` is that of the field, of the field that a reason is for, or the id of the place; ""
    for an entry.  `fields` are those that changed in a place or an entry.  `was` and `now` are
    told of fields that hold no words about the customer: those may have been erased since.
    `entry` is the entry, as it was where it is no more.  `explained` says that an added entry or
    the rules for merged cases (`runner.cases.amendments`) let it be so.
    """

    part: Part
    how: How
    name: str = ""
    fields: tuple[str, ...] = ()
    was: str | None = None
    now: str | None = None
    entry: Entry | None = None
    explained: bool = False


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """What a version made of the one before: `log` of its log, `others` of all besides.

    `others` are without those fields that an added entry moved: the entry tells them.
    """

    log: LogGrowth
    others: tuple[Change, ...]


NOTHING = CaseChanges(compare_logs((), ()), ())
"""What a version changed that cannot be read, or that removed the file."""


def compare_cases(before: Case | None, now: Case | None) -> CaseChanges:
    """Return what changed; all entries are added where there was nothing before."""
    if now is None:
        return NOTHING
    growth = compare_logs(before.log if before is not None else (), now.log)
    if before is None:
        return CaseChanges(growth, ())
    added = tuple(now.log[index] for index in growth.added)
    return CaseChanges(growth, tuple(_others(before, now, added, growth)))


def are_words_hidden(was: Mapping[str, Any], now: Mapping[str, Any], *, erased: bool) -> bool:
    """Return whether a place or an entry only lost words, as it may: masked, sealed or erased."""
    # Imported by the few versions that change what was merged.
    from runner.cases.amendments import may_become

    names = was.keys() | now.keys()
    return all(may_become(name, was.get(name), dict(now), erased=erased) for name in names)


def _others(
    before: Case, now: Case, added: tuple[Entry, ...], growth: LogGrowth
) -> Iterator[Change]:
    was, holds = (_above_the_log(case) for case in (before, now))
    if was != holds:
        yield from _fields(was, holds, added)
        yield from _reasons(was["why"], holds["why"], erased=now.state is State.ERASED)
        yield from _places(was["places"], holds["places"], now, added)
    yield from _entries(before, now, added, growth)


def _above_the_log(case: Case) -> dict[str, Any]:
    data: dict[str, Any] = case_data(case)
    del data["log"]
    customer = data.pop("customer")
    return data | {name: customer.get(name) for name in _OF_CUSTOMER}


def _fields(was: dict[str, Any], now: dict[str, Any], added: tuple[Entry, ...]) -> Iterator[Change]:
    erased = now["state"] == State.ERASED
    for name in (*_MOVED_BY, *_DECIDED, "known"):
        if was[name] != now[name] and not _is_decided(name, now[name], added):
            yield Change(Part.FIELD, How.CHANGED, name, was=_text(was[name]), now=_text(now[name]))
    known = any("known" in _set_by(entry) for entry in added)
    for name in ("handle", "distributor", "reference"):
        fine = (erased and now[name] is None) or (was[name] is None if name == "handle" else known)
        if was[name] != now[name] and not fine:
            yield Change(Part.FIELD, How.CHANGED, name)
    for name in _GROWING:
        if was[name] != now[name]:
            grown = all(one in now[name] for one in was[name])
            yield Change(Part.FIELD, How.CHANGED, name, explained=grown or erased)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _is_decided(name: str, value: Any, added: tuple[Entry, ...]) -> bool:
    """Return whether an added entry moved a field to its value."""
    if name == "state":
        moves = [entry.to.value for entry in added if entry.to is not None]
        return moves[-1:] == [value]
    if name in _MOVED_BY:
        told = [
            None if entry.kind.endswith(("-lifted", "-unlinked")) else entry.facts.get(name)
            for entry in added
            if entry.kind in _MOVED_BY[name]
        ]
    else:
        told = [_set_by(entry)[name] for entry in added if name in _set_by(entry)]
    return told[-1:] == [value]


def _set_by(entry: Entry) -> Mapping[str, Any]:
    decided = entry.facts.get("set") if entry.kind == "qualified" else None
    return decided if isinstance(decided, Mapping) else {}


def _reasons(was: dict[str, Any], now: dict[str, Any], *, erased: bool) -> Iterator[Change]:
    for name in dict.fromkeys((*was, *now)):
        before, after = was.get(name), now.get(name)
        if before == after:
            continue
        if erased and before is not None and after == _without_detail(before):
            continue
        how = How.ADDED if before is None else How.REMOVED if after is None else How.CHANGED
        yield Change(Part.REASON, how, name)


def _without_detail(reason: dict[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in reason.items() if name != "detail"}


def _places(
    was: list[dict[str, Any]], now: list[dict[str, Any]], case: Case, added: tuple[Entry, ...]
) -> Iterator[Change]:
    held = {place["id"]: place for place in was}
    holds = {place["id"]: place for place in now}
    told = {place for entry in added for place in _brought_by(entry)}
    sealable = _is_sealing_told(added)
    for name, place in held.items():
        if name not in holds:
            yield Change(Part.PLACE, How.REMOVED, name)
        elif place != holds[name]:
            how, fields, fine = _compared(place, holds[name], case, sealable=sealable)
            yield Change(Part.PLACE, how, name, fields, explained=fine)
    for name in holds:
        if name not in held:
            yield Change(Part.PLACE, How.ADDED, name, explained=name in told)
    kept = [name for name in held if name in holds]
    if kept != [name for name in holds if name in held]:
        yield Change(Part.PLACE, How.MOVED)


def _brought_by(entry: Entry) -> tuple[str, ...]:
    places = entry.facts.get("places") if entry.kind == "place-added" else None
    return tuple(map(str, places)) if isinstance(places, (list, tuple)) else ()


def _entries(
    before: Case, now: Case, added: tuple[Entry, ...], growth: LogGrowth
) -> Iterator[Change]:
    for index in growth.inserted:
        yield Change(Part.ENTRY, How.INSERTED, entry=now.log[index])
    sealable = _is_sealing_told(added)
    for index, index_was in growth.altered.items():
        was, holds = entry_data(before.log[index_was]), entry_data(now.log[index])
        how, fields, fine = _compared(was, holds, now, sealable=sealable)
        yield Change(Part.ENTRY, how, "", fields, entry=now.log[index], explained=fine)
    for index in growth.gone:
        yield Change(Part.ENTRY, How.REMOVED, entry=before.log[index])
    if growth.is_reordered:
        yield Change(Part.ENTRY, How.MOVED)


def _is_sealing_told(added: tuple[Entry, ...]) -> bool:
    return any(entry.kind == "noted" and entry.by != RUNNER for entry in added)


def _compared(
    was: dict[str, Any], now: dict[str, Any], case: Case, *, sealable: bool
) -> tuple[How, tuple[str, ...], bool]:
    """Return what became of a place or an entry, its fields that changed, whether they might."""
    fields = tuple(name for name in {**was, **now} if was.get(name) != now.get(name))
    hidden = are_words_hidden(was, now, erased=case.state is State.ERASED)
    sealed = "sealed" in fields and "sealed" in now
    return (How.HIDDEN if hidden else How.CHANGED), fields, hidden and (sealable or not sealed)
