"""What each kind of log entry must prove, beyond the fields that the schema asks for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from runner.cases.lifecycle import KINDS
from runner.model import Category, State
from runner.text.document import Path

Data = dict[str, Any]


class Finding(NamedTuple):
    """Something that does not hold at a place of a case's document."""

    path: Path
    rule: str
    message: str
    hint: str = ""


@dataclass(slots=True)
class Life:
    """A case as its log has told it so far: by its first `heard` entries and `placed` places."""

    case: Data
    heard: int = 0
    placed: int = 0
    state: State | None = None
    cycle: int = 1
    places: set[str] = field(default_factory=set)
    crisis: str | None = None
    two_must_close: bool = False
    incident: str | None = None
    reminders: int = 0
    approvals: list[tuple[str, str]] = field(default_factory=list)
    """Subject and person of each `approved` entry of this cycle."""

    def goes_on_in(self, case: Data) -> bool:
        """Whether a case says all that told this life, and nothing new that judges it anew.

        What the case was taken for at an entry is known from the `qualified` entries below.
        """
        log, places = case["log"], case["places"]
        return (
            log[: self.heard] == self.case["log"][: self.heard]
            and places[: self.placed] == self.case["places"][: self.placed]
            and all(entry["entry"] != "qualified" for entry in log[self.heard :])
        )


def unknown_place(life: Life, place: str, path: Path) -> Finding:
    """Return the finding that an entry names a place which the case does not have yet."""
    return Finding(
        path,
        "unknown-place",
        f"the case has no place {place} yet",
        f"it has {', '.join(sorted(life.places)) or 'none'}; "
        "a new one needs a `place-added` entry first",
    )


BY_CUSTOMERS = frozenset({"customer-wrote", "thanked", "contested"})
"""Kinds of entries that are a customer's message."""


def needed_facts(kind: str, said: Mapping[str, object]) -> tuple[str, ...]:
    """Return the facts that an entry must hold, by its kind and by what it says already.

    In the order in which they are asked for; those that are there are among them.
    """
    needed = [*KINDS[kind].needs]
    if kind == "resolved" and said.get("outcome") not in {None, "without-news"}:
        needed.append("channel")
    if (channel := said.get("channel")) is not None:
        needed += _facts_of_message(kind, channel)
    if kind == "resolved" and said.get("outcome") == "refused":
        needed.append("recourse")
    if kind == "approved" and said.get("subject") == "publication":
        needed += ["place", "text"]
    if "amount" in said:
        needed += facts_of_amount(kind)
    return tuple(dict.fromkeys(needed))


def facts_of_amount(kind: str) -> tuple[str, ...]:
    """Return the facts that an amount asks for, in an entry of a kind."""
    return ("currency", "limit_of") if "limit_of" in KINDS[kind].may else ("currency",)


def _facts_of_message(kind: str, channel: object) -> tuple[str, ...]:
    """Return the facts that say where a message stands."""
    if channel != "public":
        return ("where",)
    return ("place",) if kind in BY_CUSTOMERS else ("place", "url")


def _find_unplaced(entry: Data, path: Path) -> Iterator[Finding]:
    channel = entry.get("channel", "private")
    for name in _facts_of_message(entry["entry"], channel):
        if name not in entry:
            yield Finding(path, "evidence", f"a {channel} message needs `{name}`")


def _said(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    """Check a message of ours: where it stands, and that a paid channel was approved."""
    yield from _find_unplaced(entry, path)
    if entry.get("paid") and not any(subject == "paid-contact" for subject, _ in life.approvals):
        yield Finding(
            (*path, "paid"),
            "paid-contact",
            "nobody has approved this paid contact",
            "an `approved` entry with `subject: paid-contact` stands above it",
        )


def _heard(_life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    """Check a message of the customer."""
    yield from _find_unplaced(entry, path)
    if "sealed" in entry and (entry.keys() & {"title", "text"}):
        yield Finding(
            (*path, "sealed"), "sealed-and-open", "a sealed message must not hold title or text"
        )


def _asked(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    if life.state is State.OPEN and entry["channel"] == "public":
        yield Finding(
            (*path, "channel"),
            "first-reply",
            "a public message to a case that is open is its first reply",
            "record it as `replied` first",
        )
    life.reminders = 0
    yield from _said(life, entry, path)


def _reminded(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    life.reminders += 1
    if entry["number"] != life.reminders:
        yield Finding(
            (*path, "number"),
            "reminder-number",
            f"this is reminder {life.reminders} since details were asked for",
        )
    yield from _said(life, entry, path)


def _resolved(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    outcome = entry["outcome"]
    if outcome == "without-news":
        if life.state is not State.AWAITING_CUSTOMER or not life.reminders:
            yield Finding(
                (*path, "outcome"),
                "without-news",
                "`without-news` needs a customer who was reminded and did not answer",
            )
        return
    if "channel" not in entry:
        yield Finding(
            path, "evidence", "the customer must have been told: `channel` and where it stands"
        )
    else:
        yield from _said(life, entry, path)
    if outcome == "refused" and "recourse" not in entry:
        yield Finding(path, "evidence", "a refusal needs the `recourse` that was offered")


def _closed(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    category = _category_at(life.case, path)
    if life.state is State.ACKNOWLEDGED and category != Category.PRAISE:
        yield Finding(
            path,
            "illegal-move",
            "only praise is closed without a resolution",
            "record `resolved` first",
        )
    closed: set[str] = set()
    for number, closing in enumerate(entry["closings"]):
        where = (*path, "closings", number)
        place = closing["place"]
        if place not in life.places:
            yield unknown_place(life, place, (*where, "place"))
        if place in closed:
            yield Finding((*where, "place"), "closing-twice", f"{place} is closed twice here")
        closed.add(place)
        if len(closing.keys() & {"url", "edited", "impossible"}) != 1:
            yield Finding(
                where, "evidence", "a closing needs one of `url`, `edited` or `impossible`"
            )
        if (at := closing.get("at")) and at > entry["recorded_at"]:
            yield Finding(
                (*where, "at"),
                "recorded-before",
                f"`at` lies after the entry was recorded ({entry['recorded_at']})",
            )
    if open_places := sorted(life.places - closed):
        yield Finding(
            (*path, "closings"),
            "closing-missing",
            f"nothing says how {', '.join(open_places)} was closed",
            "every place needs its closing message, or why there can be none",
        )
    if not entry["survey"]["sent"] and "why" not in entry["survey"]:
        yield Finding((*path, "survey"), "evidence", "a survey not sent needs `why`")
    if entry["root_cause"] is None and category == Category.COMPLAINT:
        yield Finding((*path, "root_cause"), "evidence", "a complaint closes with its root cause")
    yield from _second_person(life, entry, path)


def _second_person(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    """Check that a crisis does not end by one person's decision."""
    seconds = {by for subject, by in life.approvals if subject == "closing"}
    if life.two_must_close and not seconds - {entry["by"]}:
        yield Finding(
            path,
            "crisis-closing",
            f"a case that was a crisis is {entry['entry']} by two people",
            "another person's `approved` entry with `subject: closing` stands above it",
        )


def _category_at(case: Data, path: Path) -> str:
    """Return the category that the case had when the entry at `path` was written."""
    for entry in case["log"][path[1] :]:
        if entry["entry"] == "qualified" and "category" in entry["was"]:
            return str(entry["was"]["category"])
    return str(case["category"])


def _reopened(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    life.cycle += 1
    if entry["cycle"] != life.cycle:
        yield Finding((*path, "cycle"), "cycle", f"this reopening begins cycle {life.cycle}")
    life.approvals.clear()
    life.reminders = 0
    life.two_must_close = life.crisis is not None


def _published(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    if ("publication", entry["approved_by"]) not in life.approvals:
        yield Finding(
            (*path, "approved_by"),
            "publication",
            f"{entry['approved_by']} has approved no publication",
            "an `approved` entry with `subject: publication` stands above it",
        )
    if life.crisis is not None:
        yield Finding(path, "crisis-publication", "nothing is published by itself in a crisis")


def _approved(life: Life, entry: Data, _path: Path) -> Iterable[Finding]:
    life.approvals.append((entry["subject"], entry["by"]))
    return ()


def _crisis_raised(life: Life, entry: Data, _path: Path) -> Iterable[Finding]:
    life.crisis = entry["crisis"]
    life.two_must_close = True
    # Who approved a closing before knew of no crisis.
    life.approvals = [one for one in life.approvals if one[0] != "closing"]
    return ()


def _crisis_taken(life: Life, _entry: Data, path: Path) -> Iterator[Finding]:
    if life.crisis is None:
        yield Finding((*path, "entry"), "no-crisis", "no crisis is raised here")


def _crisis_lifted(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    yield from _crisis_taken(life, entry, path)
    life.crisis = None
    if entry["reason"] == "false-alarm":
        life.two_must_close = False


def _incident(life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    if entry["entry"] == "incident-linked":
        life.incident = entry["incident"]
    elif life.incident != entry["incident"]:
        yield Finding(
            (*path, "incident"), "no-incident", f"the case is not linked to {entry['incident']}"
        )
    else:
        life.incident = None


def _qualified(_life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    if entry["set"].keys() != entry["was"].keys():
        yield Finding((*path, "was"), "qualified", "`set` and `was` must name the same fields")


def _clock_changed(_life: Life, entry: Data, path: Path) -> Iterator[Finding]:
    if entry["clock"] not in {clock["clock"] for clock in entry.get("clocks", ())}:
        yield Finding(path, "evidence", f"`clocks` must hold the new promise of {entry['clock']}")


EVIDENCE: Mapping[str, Callable[[Life, Data, Path], Iterable[Finding]]] = {
    "qualified": _qualified,
    "details-asked": _asked,
    "reminded": _reminded,
    "offered": _said,
    "customer-wrote": _heard,
    "thanked": _heard,
    "contested": _heard,
    "messaged": _said,
    "resolved": _resolved,
    "closed": _closed,
    "dismissed": _second_person,
    "merged": _second_person,
    "reopened": _reopened,
    "published": _published,
    "approved": _approved,
    "crisis-raised": _crisis_raised,
    "crisis-taken": _crisis_taken,
    "crisis-lifted": _crisis_lifted,
    "incident-linked": _incident,
    "incident-unlinked": _incident,
    "clock-changed": _clock_changed,
}
"""By kind: checks an entry against the life so far, and tells the life what it changes."""
