"""Who speaks in the conversations of known cases: the customer again, the desk, a bot, others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from runner.cases.case import Case, Place
from runner.cases.identity import folded
from runner.cases.instants import render_instant
from runner.cases.summary import heard_keys, landmarks_of, message_at
from runner.model import Mention, SourceCategory
from runner.policies.values import Source
from runner.triage.same_matter import name_of

TOLD_BY_HAND = timedelta(hours=1)
"""People record a reply under the address they have at hand, and soon after writing it: one that
stands in the log within an hour of a reply found at the same place is taken for it."""
_OURS = frozenset(
    {"replied", "published", "details-asked", "reminded", "offered", "resolved", "auto-replied"}
)
_BY_CUSTOMER = frozenset({"customer-wrote", "thanked", "contested"})


class Voice(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    DESK = "desk"
    BOT = "bot"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message in a conversation of a case, at the place `place`.

    `at` is when it was posted, where that is not known when it was found.  `facts` are what an
    entry of the log holds of it: `url`, `native_id`, `title`, `text`, `rating`, `detected_at`.
    """

    key: str
    voice: Voice
    place: str
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)


def utterance_in(
    mention: Mention, case: Case, source: Source, beside: str | None = None
) -> Utterance | None:
    """Return a message as part of a case's conversations, None where it stands in none of them.

    It does where it answers a message of the case, where it stands on the page of one (but for
    sites of reviews, where strangers share the page of a product), and where reading the
    conversation of the place `beside` showed it.  The customer is who has the name of an author
    of the case on the same site; a name that many share is nobody's.  The desk speaks under the
    names that the source ignores, letter for letter but for capitals: nothing proves a name, so
    that a person decides.  What was said before the customer's message is no part of it.
    """
    found = _place_of(mention, case, source, beside)
    if found is None:
        return None
    place, is_answer = found
    said_at = mention.posted_at
    at = min(said_at or mention.detected_at, mention.detected_at)
    begun_at = place.posted_at
    if said_at is not None and begun_at is not None and said_at < begun_at:
        return None
    voice = _voice(mention, case, source)
    if voice is Voice.CUSTOMER and beside is None and not is_answer and _is_review(source):
        return None
    facts: dict[str, object] = {
        "url": mention.url,
        "native_id": mention.native_id,
        "detected_at": render_instant(mention.detected_at),
        "title": "" if _repeats(mention.title, place.title) else mention.title,
        "text": mention.text,
    }
    if voice in {Voice.DESK, Voice.BOT}:
        facts["url"] = mention.url or mention.thread_url or place.url
        if facts["url"] is None:
            return None
    elif mention.rating is not None:
        facts["rating"] = {"value": mention.rating.value, "best": mention.rating.best}
    kept = {name: fact for name, fact in facts.items() if fact}
    return Utterance(mention.key, voice, place.id, at.replace(microsecond=0), kept)


def _place_of(
    mention: Mention, case: Case, source: Source, beside: str | None
) -> tuple[Place, bool] | None:
    """Return the place whose conversation it is, and whether the message answers one of it."""
    places = {place.id: place for place in case.places}
    parent = message_at(mention.site, mention.parent_id)
    if parent is not None:
        for place in case.places:
            if message_at(place.site, place.native_id) == parent:
                return place, True
        for entry in case.log:
            said_at = places.get(str(entry.facts.get("place")))
            native_id = entry.facts.get("native_id")
            if (
                said_at is not None
                and isinstance(native_id, str)
                and message_at(said_at.site, native_id) == parent
            ):
                return said_at, True
    if beside is not None and beside in places:
        return places[beside], False
    if _is_review(source):
        return None
    pages = {mention.url, mention.thread_url} - {None}
    for place in case.places:
        if place.site == mention.site and pages & {place.url, place.thread_url}:
            return place, False
    return None


def _repeats(title: str, other: str) -> bool:
    """Whether a title is that of the page, which every message there has: `Re: Broken lamp`."""
    known = folded(other)
    return bool(known) and folded(title).endswith(known)


def _is_review(source: Source) -> bool:
    return source.category is SourceCategory.REVIEW_SITE


def _voice(mention: Mention, case: Case, source: Source) -> Voice:
    account = _account(mention.author)
    if account and account in map(_account, source.bots):
        return Voice.BOT
    if account and account in map(_account, source.ignore_authors):
        return Voice.DESK
    name = name_of(mention.author)
    authors = {name_of(place.author) for place in case.places if place.site == mention.site}
    return Voice.CUSTOMER if name and name in authors else Voice.OTHER


def _account(author: str | None) -> str:
    """Return a name as accounts are compared: a letter more or less, or an accent, is another."""
    return " ".join((author or "").casefold().removeprefix("@").split())


def is_told(case: Case, said: Utterance) -> bool:
    """Whether the log holds a message already, by its key or as people recorded it by hand.

    That is under its id or its own address, with the same words, or, for what the desk said, at
    the same place within an hour.
    """
    if said.key in heard_keys(case) or said.key in {place.key for place in case.places}:
        return True
    kinds = _BY_CUSTOMER if said.voice is Voice.CUSTOMER else _OURS
    shared = {url for place in case.places for url in (place.url, place.thread_url)}
    words = folded(str(said.facts.get("text", "")))
    for entry in case.log:
        if entry.kind not in kinds:
            continue
        told = entry.facts
        url, native_id = told.get("url"), told.get("native_id")
        if native_id is not None and native_id == said.facts.get("native_id"):
            return True
        if url is not None and url == said.facts.get("url") and url not in shared:
            return True
        if told.get("place") != said.place:
            continue
        if words and words == folded(str(told.get("text", ""))) and "key" not in told:
            return True
        near = abs(entry.at - said.at) <= TOLD_BY_HAND
        if near and said.voice is Voice.DESK and "key" not in told:
            return True
    return False


class Conversations:
    """Cases by the landmarks of their conversations, so that each message is held against few."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._cases: dict[str, Case] = {}
        self._near: dict[str, list[str]] = {}
        for case in cases:
            self.put(case)

    def put(self, case: Case) -> None:
        """Let a case be found, or found as it is now."""
        self._cases[case.id] = case
        for landmark in landmarks_of(
            ((p.id, p.site, p.url, p.thread_url, p.native_id) for p in case.places),
            (entry.facts for entry in case.log),
        ):
            near = self._near.setdefault(landmark, [])
            if case.id not in near:
                near.append(case.id)

    def find(
        self, mention: Mention, source: Source, beside: tuple[str, str] | None = None
    ) -> tuple[Case, Utterance] | None:
        """Return the case in whose conversation a message stands, with what it is there.

        Of several, first those whose customer speaks; then that whose message it answers, an open
        case before one that has ended, the one whose customer spoke last before it.
        """
        found = [
            (case, said)
            for case, place in self._around(mention, beside)
            if (said := utterance_in(mention, case, source, place)) is not None
        ]
        if not found:
            return None
        parent = message_at(mention.site, mention.parent_id)

        def order(one: tuple[Case, Utterance]) -> tuple[bool, bool, bool, datetime, str]:
            case, said = one
            return (
                said.voice is Voice.CUSTOMER,
                parent is not None and case.id in self._near.get(parent, ()),
                case.state.is_open,
                _last_word(case, said.at),
                case.id,
            )

        return max(found, key=order)

    def _around(
        self, mention: Mention, beside: tuple[str, str] | None
    ) -> Iterator[tuple[Case, str | None]]:
        hinted, place = beside or (None, None)
        if hinted in self._cases:
            yield self._cases[hinted], place
        near = {
            case_id: None
            for landmark in marks_of(mention)
            for case_id in self._near.get(landmark, ())
        }
        for case_id in near:
            if case_id != hinted:
                yield self._cases[case_id], None


def marks_of(mention: Mention) -> tuple[str, ...]:
    """Return the landmarks that would tie a message to a case."""
    parent = message_at(mention.site, mention.parent_id)
    return tuple(mark for mark in (parent, mention.thread_url, mention.url) if mark)


def _last_word(case: Case, until: datetime) -> datetime:
    """Return when the customer spoke last, up to an instant."""
    spoken = [place.posted_at or place.detected_at for place in case.places]
    spoken += [entry.at for entry in case.log if entry.kind in _BY_CUSTOMER]
    return max((at for at in spoken if at <= until), default=min(spoken))
