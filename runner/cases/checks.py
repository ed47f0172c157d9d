"""What must hold in a case file beyond its schema: the log is a life, and its evidence is whole.

`case_is_sound` and `check_case` run the same code, the one without positions; on a
sound case it costs 15 to 30 µs.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from runner.cases.evidence import EVIDENCE, Data, Finding, Life, facts_of_amount, unknown_place
from runner.cases.instants import parse_instant
from runner.cases.lifecycle import KINDS, RUNNER, cannot_happen, is_legal, legal_entries
from runner.cases.pinned import find_uncountable
from runner.errors import Fault
from runner.model import State
from runner.text.document import Document, Path

_STATES: dict[str | None, State | None] = {None: None} | {state.value: state for state in State}
_ENTRY_INSTANTS = ("at", "recorded_at", "detected_at", "decided_at", "requested_at", "not_before")
_MOVED_LATER = frozenset({"not_before"})
"""Instants that may lie after the writing of their entry."""
_BY_CUSTOMERS = frozenset({"customer-wrote", "thanked", "contested", "survey-answered"})
"""Entries that hold a customer's own words."""


def check_case(document: Document) -> tuple[Fault, ...]:
    """Return what is wrong in a case file that has passed its schema, in the file's order."""
    case: Any = document.value
    return tuple(
        sorted(
            document.fault(finding.path, finding.rule, finding.message, finding.hint)
            for finding in find_unsound(case, document.file)
        )
    )


def case_is_sound(value: object, path: str) -> bool:
    """Return whether `check_case` would find nothing; `value` has passed the schema."""
    case: Any = value
    return next(find_unsound(case, path), None) is None


def find_unsound(case: Data, path: str, life: Life | None = None) -> Iterator[Finding]:
    """Yield everything that does not hold in a case that lies at `path`.

    With `life`, of a version in which nothing was found and from which this one goes on
    (`Life.goes_on_in`), what it has told is not looked at again.  The life goes on with the case.
    """
    life = life or Life(case)
    life.case = case
    unreadable = tuple(_find_unreadable_instants(life))
    yield from unreadable
    if unreadable:
        return
    yield from _check_path(case, path)
    yield from _check_places(case)
    log = case["log"]
    for index in range(life.heard, len(log)):
        yield from _check_entry(life, log[index], index)
    life.heard, life.placed = len(log), len(case["places"])
    yield from _check_fields(life)
    if life.state is State.ERASED:
        yield from _check_erased(case)


def _find_unreadable_instants(life: Life) -> Iterator[Finding]:
    case = life.case
    for index, place in enumerate(case["places"][life.placed :], life.placed):
        for name in ("posted_at", "detected_at"):
            if (text := place.get(name)) and not _exists(text):
                yield _no_such_instant(("places", index, name), text)
    for index, entry in enumerate(case["log"][life.heard :], life.heard):
        for name in _ENTRY_INSTANTS:
            if (text := entry.get(name)) and not _exists(text):
                yield _no_such_instant(("log", index, name), text)
        for number, clock in enumerate(entry.get("clocks", ())):
            for name in ("started_at", "due_at"):
                if not _exists(clock[name]):
                    yield _no_such_instant(("log", index, "clocks", number, name), clock[name])
        for number, closing in enumerate(entry.get("closings", ())):
            if (text := closing.get("at")) and not _exists(text):
                yield _no_such_instant(("log", index, "closings", number, "at"), text)


# A case has the same instants in many places, and in all its versions.
@lru_cache(maxsize=1_000)
def _exists(text: str) -> bool:
    try:
        parse_instant(text)
    except ValueError:
        return False
    return True


def _no_such_instant(path: Path, text: str) -> Finding:
    return Finding(path, "no-such-instant", f"there is no such day: {text}")


def _check_path(case: Data, path: str) -> Iterator[Finding]:
    day = case["places"][0]["detected_at"][:10].replace("-", "/")
    wanted = f"cases/{day}/{case['id']}.yaml"
    if path != wanted:
        yield Finding(
            ("id",),
            "case-path",
            "the file does not lie under the case's day of detection (UTC) and id",
            f"it belongs at {wanted}",
        )


def _check_places(case: Data) -> Iterator[Finding]:
    keys: set[str] = set()
    for index, place in enumerate(case["places"]):
        if place["id"] != f"p{index + 1}":
            yield Finding(
                ("places", index, "id"),
                "place-id",
                f"the place is called {place['id']} and is number {index + 1}",
                f"places are numbered as they arrive: p{index + 1}",
            )
        if place["key"] in keys:
            yield Finding(
                ("places", index, "key"), "place-twice", "the same message stands here twice"
            )
        keys.add(place["key"])
        if "sealed" in place and (place.keys() & {"author", "title", "text"}):
            yield Finding(
                ("places", index, "sealed"),
                "sealed-and-open",
                "a sealed place must not hold author, title or text",
            )
    if case["places"][0]["key"] != case["id"]:
        yield Finding(
            ("places", 0, "key"),
            "case-id",
            "the id of the case is the key of its first place",
            f"one is {case['id']}, the other {case['places'][0]['key']}",
        )
    if case["id"] in case.get("duplicates", ()):
        yield Finding(("duplicates",), "own-duplicate", "a case cannot be its own duplicate")


def _check_entry(life: Life, entry: Data, index: int) -> Iterator[Finding]:
    path: Path = ("log", index)
    kind = entry["entry"]
    to = _STATES[entry.get("to")]
    yield from _check_order(life.case["log"], entry, index)
    if not is_legal(kind, life.state, to):
        yield _illegal(life.state, kind, to, path)
    yield from _check_decider(life, entry, path)
    if life.case["id"] in (entry.get("target"), entry.get("from")):
        yield Finding(path, "own-target", f"a case cannot be {kind} with itself")
    if kind == "place-added":
        yield from _add_places(life, entry, path)
    elif kind == "detected":
        yield from _check_detected(life, entry, path)
    elif (place := entry.get("place")) is not None and place not in life.places:
        yield unknown_place(life, place, (*path, "place"))
    if (check := EVIDENCE.get(kind)) is not None:
        yield from check(life, entry, path)
    if "amount" in entry:
        yield from _check_amount(entry, path)
    if "clocks" in entry:
        yield from _check_clocks(entry, path)
    if to is not None:
        life.state = to


def _check_order(log: list[Data], entry: Data, index: int) -> Iterator[Finding]:
    # Instants of one form and zone compare as text.
    recorded_at = entry["recorded_at"]
    if index and recorded_at < log[index - 1]["recorded_at"]:
        yield Finding(
            ("log", index, "recorded_at"),
            "recorded-order",
            "it was recorded before the entry above it",
            "new entries go below; `at` may be earlier, `recorded_at` may not",
        )
    for name in _ENTRY_INSTANTS:
        if (at := entry.get(name)) and at > recorded_at and name not in _MOVED_LATER:
            yield Finding(
                ("log", index, name),
                "recorded-before",
                f"`{name}` lies after the entry was recorded ({recorded_at})",
            )


def _check_decider(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    deciders = KINDS[entry["entry"]].deciders
    if entry["by"] == RUNNER:
        if RUNNER not in deciders:
            yield Finding((*path, "by"), "decider", f"`{entry['entry']}` is for people to decide")
    elif deciders == (RUNNER,):
        yield Finding((*path, "by"), "decider", f"`{entry['entry']}` is written by the runner")
    if life.crisis is not None:
        for name in ("template", "answer"):
            if name in entry:
                said = f"no {name} of a catalogue" if name == "answer" else "no template"
                yield Finding((*path, name), "crisis-template", f"{said} answers a crisis")


def _illegal(state: State | None, kind: str, to: State | None, path: Path) -> Finding:
    where = (*path, "to") if to is not None else path
    if state is None:
        return Finding(where, "illegal-move", "a log begins with `detected` and `to: open`")
    ways = KINDS[kind].moves.get(state)
    if ways:
        leads = " or ".join(f"`to: {way}`" if way else "no `to`" for way in ways)
        return Finding(
            where, "illegal-move", f"`{kind}` leads elsewhere from {state}", f"it has {leads}"
        )
    legal = dict.fromkeys(name.name for name, _ in legal_entries(state))
    return Finding(
        where,
        "illegal-move",
        cannot_happen(kind, state),
        f"what can: {', '.join(legal)}" if legal else "nothing follows it",
    )


def _check_detected(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    first = life.case["places"][0]
    if entry["place"] != "p1":
        yield Finding((*path, "place"), "detected-place", "what is detected first is p1")
    if entry["at"] != first["detected_at"]:
        yield Finding(
            (*path, "at"),
            "detected-at",
            f"p1 was detected at {first['detected_at']}, this entry says otherwise",
        )
    life.places.add("p1")


def _add_places(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    known = {place["id"]: index for index, place in enumerate(life.case["places"])}
    for number, place in enumerate(entry["places"]):
        if place not in known:
            yield Finding(
                (*path, "places", number),
                "unknown-place",
                f"there is no place {place}",
                f"there are {', '.join(sorted(known))}",
            )
        elif place in life.places:
            yield Finding((*path, "places", number), "place-known", f"{place} was there before")
        elif life.case["places"][known[place]]["detected_at"] > entry["recorded_at"]:
            yield Finding(
                ("places", known[place], "detected_at"),
                "recorded-before",
                f"{place} was detected after it joined ({entry['recorded_at']})",
            )
        life.places.add(place)


def _check_amount(entry: Data, path: Path) -> Iterator[Finding]:
    missing = [name for name in facts_of_amount(entry["entry"]) if name not in entry]
    if "currency" in missing:
        yield Finding((*path, "amount"), "currency", "an amount needs its currency")
    if "limit_of" in missing:
        yield Finding(
            (*path, "amount"),
            "limit-of",
            "an amount needs `limit_of`: the person or role whose limit covers it",
        )


def _check_clocks(entry: Data, path: Path) -> Iterator[Finding]:
    started: set[str] = set()
    for number, clock in enumerate(entry["clocks"]):
        where = (*path, "clocks", number)
        if clock["clock"] in started:
            yield Finding((*where, "clock"), "clock-twice", f"{clock['clock']} starts twice here")
        started.add(clock["clock"])
        if (problem := find_uncountable(clock)) is not None:
            field, rule, message, hint = problem
            yield Finding((*where, field), rule, message, hint)
        if clock["due_at"] < clock["started_at"]:
            yield Finding((*where, "due_at"), "clock-due", "it is due before it starts")
        if clock["started_at"] > entry["recorded_at"]:
            yield Finding(
                (*where, "started_at"), "clock-start", "it starts after the entry was recorded"
            )


def _check_fields(life: Life) -> Iterator[Finding]:
    """Check that the fields on top say what the log says."""
    case = life.case
    if case["state"] != life.state:
        yield Finding(
            ("state",),
            "state",
            f"`state` is {case['state']}, the log says {life.state}",
            "a state changes by an entry in the log",
        )
    if case["cycle"] != life.cycle:
        yield Finding(("cycle",), "cycle", f"`cycle` is {case['cycle']}, the log says {life.cycle}")
    for name, told in (("crisis", life.crisis), ("incident", life.incident)):
        if case.get(name) != told:
            yield Finding(
                (name,), name, f"`{name}` is {case.get(name)}, the log says {told or 'none'}"
            )
    for index, place in enumerate(case["places"]):
        if place["id"] not in life.places:
            yield Finding(
                ("places", index),
                "place-unlogged",
                f"no entry of the log brought {place['id']} in",
                "a `place-added` entry names it",
            )
    decided: dict[str, object] = {}
    for entry in case["log"]:
        if entry["entry"] == "qualified":
            decided |= entry["set"]
    for name, value in decided.items():
        held = case.get("customer", {}).get(name) if name == "known" else case.get(name)
        if held != value:
            yield Finding(
                ("customer", name) if name == "known" else (name,),
                "qualified",
                f"`{name}` is {held}, the log says {value}",
                "record the change with `qualified`, or put the value back",
            )


def _check_erased(case: Data) -> Iterator[Finding]:
    """Check that nothing of the customer is left in an erased case."""
    hint = "erasure removes authors, titles, texts, addresses' handles and quoted words"
    for index, place in enumerate(case["places"]):
        for name in ("author", "title", "text", "sealed"):
            if place.get(name):
                yield Finding(("places", index, name), "erased", f"`{name}` is still here", hint)
    for name in ("handle", "reference"):
        if case.get("customer", {}).get(name):
            yield Finding(("customer", name), "erased", f"`{name}` is still here", hint)
    for name, reason in case["why"].items():
        if reason.get("detail"):
            yield Finding(("why", name, "detail"), "erased", "`detail` quotes the text", hint)
    for index, entry in enumerate(case["log"]):
        if entry["entry"] in _BY_CUSTOMERS:
            for name in ("title", "text", "sealed"):
                if entry.get(name):
                    yield Finding(("log", index, name), "erased", f"`{name}` is still here", hint)
