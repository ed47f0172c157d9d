"""Does our message stand where the log says?  What is looked for, when, and what looks add up to.

A look is one try to see one message of ours.  Every look is kept as a receipt; what is missing,
changed or removed is proposed to the case's log (`runner.planning.looked_wishes`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from runner.cases.case import Case, Entry
from runner.model import State
from runner.policies.values import ConversationWatch

AGAIN = timedelta(hours=3)
"""After so long what was not seen is looked for again: caches and moderators take their time."""
_SHARE = 4
"""What is not settled rests for a quarter of the message's age between two looks."""
LATE = timedelta(days=7)
"""So long after the last of its looks a message is still looked at, if runs came late."""
_EARLY = timedelta(minutes=1)
_KEY_LENGTH = 8

_SPOKEN = frozenset({"replied", "published", "details-asked", "reminded", "offered", "resolved"})
"""Entries that hold a message of ours; those with a public address are looked at."""


class Sighting(StrEnum):
    """What one look saw."""

    PRESENT = "present"
    CHANGED = "changed"
    MISSING = "missing"
    UNVERIFIED = "unverified"


class Verdict(StrEnum):
    """What the looks at a message add up to.

    `not-seen-yet` after one look at a page that does not show it, `missing` after a second one
    some hours later, `removed` where it had been seen before.
    """

    PRESENT = "present"
    CHANGED = "changed"
    MISSING = "missing"
    REMOVED = "removed"
    NOT_SEEN_YET = "not-seen-yet"
    UNVERIFIED = "unverified"

    @property
    def is_finding(self) -> bool:
        """Whether somebody has to do something."""
        return self in {Verdict.CHANGED, Verdict.MISSING, Verdict.REMOVED}


class Doubt(StrEnum):
    """Why a look saw no message as it should be; `refused` is said in words beside it."""

    NONE = ""
    REFUSED = "refused"
    GONE = "gone"
    NOT_THERE = "not-there"
    QUOTED = "quoted"
    OLD_WORDS = "old-words"
    NO_TRACE = "no-trace"
    MORE_PAGES = "more-pages"
    HIDDEN = "hidden"
    AMONG_OTHERS = "among-others"
    ELSEWHERE = "elsewhere"
    CHARACTERS = "characters"
    TOO_SHORT = "too-short"
    NO_WORDS = "no-words"
    NOT_WHOLE = "not-whole"
    NO_ADDRESS = "no-address"
    OTHER_AUTHOR = "other-author"


@dataclass(frozen=True, slots=True)
class OurMessage:
    """A public message of the desk at a place of a case, as the log has it.

    `kind` is `reply` or `closing`.  `before` are the words that an edited reply had.  The
    customer's own message at the place, `asked` with its `author`, shows which page it is.
    """

    case_id: str
    place: str
    kind: str
    source: str
    url: str | None
    native_id: str | None
    text: str
    said_at: datetime
    recorded_at: datetime
    site: str
    place_url: str | None
    place_native_id: str | None
    thread_url: str | None
    asked: str
    author: str | None
    before: str = ""

    @property
    def key(self) -> str:
        """What tells this message from the others at its place, in names of files and branches."""
        told = (self.place, self.url or "", self.native_id or "", self.text, self.before)
        return sha256("\0".join(told).encode()).hexdigest()[:_KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class Look:
    """One try to see a message of ours.

    `share` is how much of its words stand there, 0 to 1, where it is `changed`.  `detail` says in
    the team's words what went wrong where the doubt is `refused`.  `passing` when a later try may
    see more, not before `not_before`.
    """

    case_id: str
    place: str
    message: str
    kind: str
    url: str | None
    at: datetime
    sighting: Sighting
    doubt: Doubt = Doubt.NONE
    share: float | None = None
    detail: str = ""
    passing: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the looks at a message add up to.

    `verdict` is what the last look makes of it, `told` what the last one made that could see;
    `since` is when it was first found so.  `verified_at` is when it was last seen as it should be,
    `seeing` the last look that could see.
    """

    verdict: Verdict
    told: Verdict
    since: datetime
    last: Look
    seeing: Look
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookFinding:
    """A message of ours that does not stand as it should, or, after a finding, does again."""

    message: OurMessage
    seen: Seen

    @property
    def key(self) -> str:
        """What branches and receipts call it: of the message, and of what was found."""
        told = f"{self.message.key} {self.seen.told} {self.message.kind}"
        return sha256(told.encode()).hexdigest()[:_KEY_LENGTH]


def messages_of(case: Case) -> tuple[OurMessage, ...]:
    """Return the public messages of ours that a case says stand somewhere, in the log's order.

    Of several entries about one address the last counts.  Where a site allows one reply, its
    edit takes the place of what stood there.  Cases that are merged, dismissed or erased have
    none: nobody answers for them any more.
    """
    if not case.state.is_open and case.state is not State.CLOSED:
        return ()
    found: dict[tuple[str, str], OurMessage] = {}
    for entry in case.log:
        for message in _messages_in(case, entry, found):
            if message.before:
                found = {key: one for key, one in found.items() if key[0] != message.place}
            found[message.place, message.url or message.native_id or ""] = message
    return tuple(found.values())


def _messages_in(
    case: Case, entry: Entry, known: Mapping[tuple[str, str], OurMessage]
) -> Iterator[OurMessage]:
    facts = entry.facts
    if entry.kind in _SPOKEN and facts.get("channel", "public") == "public":
        place, url = _text(facts, "place"), _text(facts, "url")
        if place and url:
            said = _at_place(case, entry, place)
            native_id, text = _text(facts, "native_id"), _text(facts, "text")
            yield replace(said, url=url, native_id=native_id or None, text=text)
    elif entry.kind == "closed":
        closings = facts.get("closings")
        for closing in closings if isinstance(closings, list | tuple) else ():
            place, url = _text(closing, "place"), _text(closing, "url")
            said = replace(_at_place(case, entry, place), kind="closing")
            edited = closing.get("edited")
            if isinstance(edited, Mapping):
                address = _text(edited, "url") or _last_url(place, known) or said.place_url
                after, before = _text(edited, "after"), _text(edited, "before")
                yield replace(said, url=address, text=after, before=before)
            elif url:
                # A last reply may serve as the closing message.
                earlier = known.get((place, url), said)
                text = _text(closing, "text") or earlier.text
                yield replace(said, url=url, native_id=earlier.native_id, text=text)


def _at_place(case: Case, entry: Entry, place_id: str) -> OurMessage:
    """Return a message of an entry, all but its own address and words."""
    place = next(one for one in case.places if one.id == place_id)
    return OurMessage(
        case_id=case.id,
        place=place_id,
        kind="reply",
        source=place.source,
        url=None,
        native_id=None,
        text="",
        said_at=entry.at,
        recorded_at=entry.recorded_at,
        site=place.site,
        place_url=place.url,
        place_native_id=place.native_id,
        thread_url=place.thread_url,
        asked=place.text or "",
        author=place.author,
    )


def _last_url(place: str, known: Mapping[tuple[str, str], OurMessage]) -> str | None:
    return next((one.url for key, one in reversed(tuple(known.items())) if key[0] == place), None)


def _text(facts: Mapping[str, object], name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else ""


def add_up(message: OurMessage, looks: Iterable[Look]) -> Seen | None:
    """Return what the looks at a message add up to, None where there was none.

    A look that could not see takes nothing back that an earlier one found.
    """
    own = sorted(
        (one for one in looks if one.message == message.key and one.place == message.place),
        key=lambda one: (one.at, one.sighting),
    )
    if not own:
        return None
    told, since, seeing = Verdict.UNVERIFIED, own[0].at, own[0]
    verified_at: datetime | None = None
    unseen_at: datetime | None = None
    for look in own:
        match look.sighting:
            case Sighting.UNVERIFIED:
                continue
            case Sighting.PRESENT:
                verdict, verified_at, unseen_at = Verdict.PRESENT, look.at, None
            case Sighting.CHANGED:
                verdict, unseen_at = Verdict.CHANGED, None
            case Sighting.MISSING:
                unseen_at = unseen_at or look.at
                verdict = Verdict.NOT_SEEN_YET
                if look.at >= unseen_at + AGAIN - _EARLY:
                    verdict = Verdict.REMOVED if verified_at else Verdict.MISSING
        if verdict is not told:
            told, since = verdict, look.at
        seeing = look
    last = own[-1]
    blind = last.sighting is Sighting.UNVERIFIED
    return Seen(Verdict.UNVERIFIED if blind else told, told, since, last, seeing, verified_at)


def next_look_at(
    message: OurMessage, seen: Seen | None, watch: ConversationWatch
) -> datetime | None:
    """Return when a message is to be looked at next, None when never again.

    As soon as it is recorded, then after each of `look_days`.  What is missing, changed or could
    not be read just now is looked at again after three hours, then ever less often.
    """
    slots = [message.recorded_at, *(message.recorded_at + days for days in watch.look_after)]
    if seen is None:
        return slots[0]
    last = seen.last
    after = min((slot for slot in slots if slot > last.at), default=None)
    settled = seen.told in {Verdict.PRESENT, Verdict.UNVERIFIED}
    if settled and not last.passing:
        return after
    age = max(last.at - message.recorded_at, timedelta(0))
    again = last.at + max(AGAIN, age / _SHARE)
    if last.not_before is not None:
        again = max(again, last.not_before)
    return again if after is None else min(again, max(after, last.not_before or after))


def is_over(message: OurMessage, watch: ConversationWatch, now: datetime) -> bool:
    """Whether a message is so old that nobody looks at it any more."""
    last = max(watch.look_after, default=timedelta(0))
    return now > message.recorded_at + last + LATE


def looks_due(
    cases: Iterable[Case],
    looked: Mapping[str, tuple[Look, ...]],
    watch: ConversationWatch,
    now: datetime,
) -> tuple[OurMessage, ...]:
    """Return the messages to look at now, at most `looks_per_run`.

    Those never looked at first, then those that wait longest.  `looked` are the looks so far, by
    case.
    """
    due: list[tuple[bool, datetime, str, OurMessage]] = []
    for case in cases:
        for message in messages_of(case):
            if is_over(message, watch, now):
                continue
            seen = add_up(message, looked.get(case.id, ()))
            at = next_look_at(message, seen, watch)
            if at is not None and at <= now + _EARLY:
                due.append((seen is not None, at, f"{case.id} {message.key}", message))
    due.sort(key=lambda one: one[:3])
    return tuple(message for *_, message in due[: watch.looks_per_run])


def case_findings(case: Case, looks: Iterable[Look]) -> tuple[LookFinding, ...]:
    """Return the messages of a case that do not stand as they should.

    A finding is answered when a later message of ours at the place was recorded after it.
    """
    return tuple(one for one in look_over(case, looks) if one.seen.told.is_finding)


def look_over(case: Case, looks: Iterable[Look]) -> tuple[LookFinding, ...]:
    """Return what is known of each message that was looked at and that no later one replaces."""
    known = tuple(looks)
    messages = messages_of(case)
    found = []
    for message in messages:
        seen = add_up(message, known)
        if seen is None:
            continue
        later = any(one.place == message.place and one.recorded_at > seen.since for one in messages)
        if not (later and seen.told.is_finding):
            found.append(LookFinding(message, seen))
    return tuple(found)


def find_unseen(
    cases: Iterable[Case], looked: Mapping[str, tuple[Look, ...]]
) -> tuple[LookFinding, ...]:
    """Return all findings of some cases, the oldest first: for the dashboard and `look`."""
    found = [one for case in cases for one in case_findings(case, looked.get(case.id, ()))]
    return tuple(sorted(found, key=lambda one: (one.seen.since, one.message.case_id, one.key)))


def has_findings(looks: Iterable[Look]) -> bool:
    """Whether some look found a message wanting: only then the case itself is worth reading."""
    return any(one.sighting in {Sighting.MISSING, Sighting.CHANGED} for one in looks)
