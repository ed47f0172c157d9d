"""What a change may do to a case that stands already: add, and hardly anything else.

Merged entries, ids, places and their detection are never rewritten.  Erasure takes the
customer's words away, `sealed` hides them, and personal data found later may be masked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from runner.cases.evidence import Data, Finding
from runner.cases.instants import parse_instant, render_instant
from runner.cases.lifecycle import RUNNER
from runner.errors import Fault
from runner.model import KeyBasis, State
from runner.text.document import Document, Path
from runner.text.masking import TOKENS

SKEW = timedelta(minutes=5)
"""How far the clock of the desk may go before the one that checks."""

_DATED = timedelta(days=1)
"""How far the instants of a site may lie apart: many show a date alone, or no zone."""
_ANSWERS = frozenset({"replied", "published", "auto-replied"})

_FIXED = ("schema", "id")
_DECIDED = ("owner", "brand", "language", "category", "urgency", "topic", "product")
"""Fields on top that change by a `qualified` entry; `customer.known` is one too."""
_WORDS = ("author", "title", "text")
"""What strangers wrote, in places and entries; it may be taken away or hidden, never reworded."""
_MASKED_AT_MOST = 60
"""Characters that one token may stand for: an IBAN takes 34, a long e-mail address 50."""
_PACKED_AT_MOST = 4
"""Bytes of a short text that a character of encrypted and encoded data may stand for: no
compression of a message gets further."""
_GAP = "[… "
"""How a gap begins that a draft leaves for people."""
_HINT_LOG = "put the entry back as it was and add a new one below, such as `noted`"


def check_amendment(before: Document | None, after: Document, now: datetime) -> tuple[Fault, ...]:
    """Return what a change does to a case file that it may not, in the file's order.

    `before` is the file as merged, None when the case is new; both have passed the schema.
    """
    case: Any = after.value
    was: Any = before.value if before is not None else None
    latest = _latest(now)
    findings: list[Finding] = []
    for index in added_entries(before, after):
        entry = case["log"][index]
        if entry["recorded_at"] > latest:
            findings.append(_later(entry, index, now))
        if entry["entry"] in _ANSWERS:
            findings += _find_untimely(case, entry, index)
        if "closings" in entry:
            findings += _find_gaps(entry, index)
    findings += _find_rewritten(was, case) if was is not None else _find_misnamed(case)
    if not findings:
        return ()
    return tuple(
        sorted(
            after.fault(finding.path, finding.rule, finding.message, finding.hint)
            for finding in findings
        )
    )


def added_entries(before: Document | None, after: Document) -> range:
    """Return the indexes of the log entries that a change adds."""
    case: Any = after.value
    was: Any = before.value if before is not None else {"log": ()}
    return range(len(was["log"]), len(case["log"]))


def _later(entry: Data, index: int, now: datetime) -> Finding:
    return Finding(
        ("log", index, "recorded_at"),
        "recorded-later",
        f"it says that it was recorded at {entry['recorded_at']}; it is {render_instant(now)}",
        "`recorded_at` is when the entry is written down",
    )


@lru_cache(maxsize=10)
def _latest(now: datetime) -> str:
    return render_instant(now + SKEW)


def _find_untimely(case: Data, entry: Data, index: int) -> Iterator[Finding]:
    """Check that nobody answers a message before it was posted."""
    posted = {place["id"]: place.get("posted_at") for place in case["places"]}
    posted_at = posted.get(entry.get("place"))
    if posted_at is not None and _is_long_before(entry["at"], posted_at):
        yield Finding(
            ("log", index, "at"),
            "answer-too-early",
            f"it says {entry['at']}, but what it answers was posted at {posted_at}",
            "`at` is when the answer was given",
        )


def _is_long_before(at: str, posted_at: str) -> bool:
    try:
        return parse_instant(posted_at) - parse_instant(at) > _DATED
    except ValueError:
        # A day that does not exist is a fault of its own, in this version or an earlier one.
        return False


def _find_gaps(entry: Data, index: int) -> Iterator[Finding]:
    """Check that nothing was posted as a draft left it, with gaps for people to fill in."""
    for number, closing in enumerate(entry["closings"]):
        holder = closing.get("edited", closing)
        name = "after" if "edited" in closing else "text"
        if _GAP in holder.get(name, ""):
            where: Path = ("log", index, "closings", number)
            yield Finding(
                (*where, "edited", name) if "edited" in closing else (*where, name),
                "closing-gap",
                "the closing message still has a gap of its draft, `[… ]`",
                "write the words as they were posted",
            )


def _find_misnamed(case: Data) -> Iterator[Finding]:
    """Check that the id of a new case is that of its first message, where the file can tell.

    Only of what people open: the runner keeps the key of a message whose site renamed it.
    Ids are made before masking, so what was masked or cut tells nothing.
    """
    if case["log"][0]["by"] == RUNNER:
        return
    # Imported by the few changes that open a case by hand.
    from runner.cases.identity import identify
    from runner.cases.mention import NATIVE_ID_LIMIT

    place = case["places"][0]
    native_id, url = place.get("native_id"), place.get("url")
    basis = native_id or url
    if (
        not basis
        or any(token in basis for token in TOKENS.values())
        or (native_id and len(native_id) >= NATIVE_ID_LIMIT)
    ):
        return
    found = identify(
        place["site"], native_id=native_id, url=url, author=None, posted_at=None, text=""
    )
    if found.basis is not KeyBasis.CONTENT and place["key"] != found.key:
        name = "native_id" if found.basis is KeyBasis.NATIVE_ID else "url"
        yield Finding(
            ("places", 0, "key"),
            "key",
            f"the `site` and `{name}` of the message make {found.key}, not {place['key']}",
            "`doleances new` opens a case under the id that its message has everywhere",
        )


def _find_rewritten(was: Data, case: Data) -> Iterator[Finding]:
    erased = case["state"] == State.ERASED
    for name in _FIXED:
        if case[name] != was[name]:
            yield Finding((name,), "rewritten", f"`{name}` was {was[name]} and never changes")
    yield from _find_rewritten_log(was["log"], case["log"], erased=erased)
    yield from _find_rewritten_places(was["places"], case["places"], erased=erased)
    yield from _find_sealed(was, case)
    yield from _find_undecided(was, case)
    if case["why"] != was["why"] and not (erased and _without_details(was) == case["why"]):
        yield Finding(
            ("why",),
            "rewritten",
            "`why` tells the rules as of detection and never changes",
            "put it back; a field that is wrong changes by `qualified`",
        )
    handle, handle_was = _handle(case), _handle(was)
    if handle != handle_was and handle_was is not None and not (erased and handle is None):
        yield Finding(
            ("customer", "handle"),
            "rewritten",
            f"the customer's name on the site was {handle_was}",
            "it goes by erasure alone",
        )


def _find_rewritten_log(was: list[Data], log: list[Data], *, erased: bool) -> Iterator[Finding]:
    if len(log) < len(was):
        number = len(was) - len(log)
        said = "an entry is" if number == 1 else f"{number} entries are"
        yield Finding(("log",), "log-shortened", f"{said} gone from the log", _HINT_LOG)
    if log[: len(was)] == was:
        return
    for index, (entry, entry_was) in enumerate(zip(log, was, strict=False)):
        for name in sorted(entry.keys() | entry_was.keys()):
            if not may_become(name, entry_was.get(name), entry, erased=erased):
                path: Path = ("log", index, name) if name in entry else ("log", index)
                yield Finding(
                    path,
                    "log-rewritten",
                    f"`{name}` of an entry that is merged has changed",
                    _HINT_LOG,
                )


def _find_rewritten_places(
    was: list[Data], places: list[Data], *, erased: bool
) -> Iterator[Finding]:
    if places == was:
        return
    kept = {place["id"]: (index, place) for index, place in enumerate(places)}
    for place_was in was:
        if place_was["id"] not in kept:
            yield Finding(
                ("places",),
                "place-dropped",
                f"the place {place_was['id']} is gone",
                "places are kept, whatever becomes of the message",
            )
            continue
        index, place = kept[place_was["id"]]
        for name in sorted(place.keys() | place_was.keys()):
            if not may_become(name, place_was.get(name), place, erased=erased):
                path: Path = ("places", index, name) if name in place else ("places", index)
                yield Finding(
                    path,
                    "place-rewritten",
                    f"`{name}` of the place {place['id']} has changed",
                    "what was detected stays as it was; put it back",
                )


def may_become(name: str, was: Any, holder: Data, *, erased: bool) -> bool:
    """Return whether a value may stand in `holder` where `was` stood."""
    value = holder.get(name)
    if value == was:
        return True
    if name == "sealed":
        # Words may be hidden later, and what hides them goes with erasure.
        return was is None or (erased and value is None)
    if name == "why" and erased:
        return isinstance(was, dict) and value == _without_detail(was)
    if name not in _WORDS:
        return False
    if not value:
        return erased or "sealed" in holder
    return isinstance(value, str) and isinstance(was, str) and _is_masked(was, value)


def _find_sealed(was: Data, case: Data) -> Iterator[Finding]:
    """Check that somebody says why merged words are hidden, and that they are hidden, not gone."""
    for part in ("places", "log"):
        for index, (now, before) in enumerate(zip(case[part], was[part], strict=False)):
            if "sealed" not in now or "sealed" in before:
                continue
            path: Path = (part, index, "sealed")
            added = case["log"][len(was["log"]) :]
            if not any(entry["entry"] == "noted" and entry["by"] != RUNNER for entry in added):
                yield Finding(
                    path,
                    "sealed-silently",
                    "words that are merged are hidden, and no entry says who decided it",
                    "somebody adds a `noted` entry that says why",
                )
            words = sum(len(str(before.get(name) or "").encode()) for name in _WORDS)
            if len(now["sealed"]["data"]) * _PACKED_AT_MOST < words:
                yield Finding(
                    (*path, "data"),
                    "sealed-away",
                    f"so few characters cannot hold the {words} bytes that stood here",
                    "`data` is the author, title and text, encrypted",
                )


def _is_masked(was: str, text: str) -> bool:
    """Return whether a text is the one before with tokens in the place of some of it."""
    for token in TOKENS.values():
        text = text.replace(token, "\0")
    first, *rest = text.split("\0")
    if not rest or not was.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        found = was.find(piece, at + 1)
        if found < 0 or not _is_maskable(was[at:found]):
            return False
        at = found + len(piece)
    return was.endswith(rest[-1]) and _is_maskable(was[at : len(was) - len(rest[-1])])


def _is_maskable(words: str) -> bool:
    """Return whether a token may stand for these words: a few, not a sentence or more."""
    return 0 < len(words) <= _MASKED_AT_MOST


def _find_undecided(was: Data, case: Data) -> Iterator[Finding]:
    held, holds = _decided(was), _decided(case)
    for index, entry in enumerate(case["log"][len(was["log"]) :], len(was["log"])):
        if entry["entry"] != "qualified":
            continue
        for name, value in entry["was"].items():
            if name in held and held[name] != value:
                yield Finding(
                    ("log", index, "was", name),
                    "qualified",
                    f"`{name}` was {_told(held[name])}, this entry says {_told(value)}",
                )
        held |= entry["set"]
    yield from _find_unasked(was, case)
    if holds == held:
        return
    for name, value in held.items():
        now = holds[name]
        if now != value:
            yield Finding(
                ("customer", name) if name == "known" else (name,),
                "undecided",
                _undecided(name, value, now),
                "record the change with a `qualified` entry",
            )


def _decided(case: Data) -> Data:
    return {**dict(zip(_DECIDED, map(case.get, _DECIDED), strict=True)), "known": _known(case)}


def _undecided(name: str, was: Any, now: Any) -> str:
    return (
        f"`{name}` has changed from {_told(was)} to {_told(now)}, and no entry says who decided it"
    )


def _told(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _find_unasked(was: Data, case: Data) -> Iterator[Finding]:
    """Check that what the company knows of a customer came with a decision on `known`."""
    added = case["log"][len(was["log"]) :]
    for name in ("distributor", "reference"):
        before, now = _of_customer(was, name), _of_customer(case, name)
        if now == before or (now is None and case["state"] == State.ERASED):
            continue
        if not any(entry["entry"] == "qualified" and "known" in entry["set"] for entry in added):
            yield Finding(
                ("customer", name) if now is not None else ("customer",),
                "undecided",
                _undecided(name, before, now),
                "record the change with a `qualified` entry that sets `known`",
            )


def _of_customer(case: Data, name: str) -> Any:
    return (case.get("customer") or {}).get(name)


def _handle(case: Data) -> Any:
    return case.get("customer", {}).get("handle") or None


def _known(case: Data) -> str:
    return str(case.get("customer", {}).get("known", "unknown"))


def _without_details(was: Data) -> dict[str, Data]:
    return {name: _without_detail(reason) for name, reason in was["why"].items()}


def _without_detail(reason: Data) -> Data:
    return {key: said for key, said in reason.items() if key != "detail"}
