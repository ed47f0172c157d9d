"""What new messages add to a case: entries of its log, each with the rule that took it so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from runner.cases.case import Case, Entry, Place
from runner.cases.file import reason_data
from runner.cases.lifecycle import RUNNER
from runner.model import Rating, State
from runner.planning.conversations import Utterance, Voice
from runner.planning.next_entry import IllegalStep, Step, plan_arrival, plan_step
from runner.planning.words import because
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.triage.follow_ups import FollowUp, Meaning, read_follow_up
from runner.triage.judge import Message


@dataclass(frozen=True, slots=True)
class News:
    """One message with the entries that it makes; `taken` is why it is taken so."""

    said: Utterance
    entries: tuple[Entry, ...]
    taken: FollowUp | None = None


def plan_news(
    case: Case,
    utterances: Iterable[Utterance],
    configuration: Configuration,
    language: Language,
    now: datetime,
) -> tuple[News, ...]:
    """Return what messages add to a case, in the order in which they were posted.

    Thanks move nothing.  A complaint contests a resolution, and opens a closed case again; so
    does a question, since a closed case owes nobody an answer; but only what was posted after
    it was resolved or closed.  A message that the life cycle has no room for makes no entry.
    """
    news: list[News] = []
    for said in sorted(utterances, key=lambda one: (one.at, one.key)):
        taken = None
        if said.voice is Voice.CUSTOMER:
            taken = read_follow_up(_message(said, case), configuration)
        entries: list[Entry] = []
        for kind in _kinds(said, taken, case):
            facts = _facts(kind, said, taken, language)
            step = Step(kind, facts, RUNNER, min(said.at, now), now)
            try:
                amendment = plan_step(case, step, configuration)
            except IllegalStep:
                continue
            for entry in amendment.entries:
                # A closed case owes nothing that a clock could promise.
                kept = entry if (entry.to or case.state).is_open else replace(entry, clocks=())
                entries.append(kept)
                case = after(case, kept)
        if entries:
            news.append(News(said, tuple(entries), taken))
    return tuple(news)


def plan_places(
    case: Case,
    copies: Iterable[tuple[Place, str]],
    configuration: Configuration,
    now: datetime,
) -> tuple[tuple[Entry, ...], tuple[Place, ...]]:
    """Return the entry that adds places to a case, each with why, and the places as numbered."""
    told = tuple(copies)
    places = tuple(
        replace(place, id=f"p{number}")
        for number, (place, _) in enumerate(told, len(case.places) + 1)
    )
    reason = "; ".join(dict.fromkeys(why for _, why in told))
    facts: dict[str, object] = {"places": [place.id for place in places], "reason": reason}
    at = min(now, max(place.detected_at for place in places))
    step = Step("place-added", facts, RUNNER, at, now)
    return plan_arrival(case, step, places, configuration).entries, places


def after(case: Case, entry: Entry) -> Case:
    """Return a case with one more entry, in the state to which that leads."""
    cycle = case.cycle + 1 if entry.kind == "reopened" else case.cycle
    return replace(case, state=entry.to or case.state, cycle=cycle, log=(*case.log, entry))


def _kinds(said: Utterance, taken: FollowUp | None, case: Case) -> Iterator[str]:
    match said.voice:
        case Voice.DESK:
            yield "replied"
        case Voice.BOT:
            yield "auto-replied"
        case Voice.CUSTOMER if taken is not None:
            later = said.at >= _since(case)
            if taken.meaning is Meaning.THANKS:
                yield "thanked"
            elif case.state is State.RESOLVED and taken.meaning is Meaning.COMPLAINT and later:
                yield "contested"
            else:
                if case.state is State.CLOSED and taken.meaning.wants_answer and later:
                    yield "reopened"
                yield "customer-wrote"


def _since(case: Case) -> datetime:
    """Return since when the case is in its state."""
    return next(entry.at for entry in reversed(case.log) if entry.to is not None)


def _facts(
    kind: str, said: Utterance, taken: FollowUp | None, language: Language
) -> dict[str, object]:
    told = {"place": said.place, "key": said.key, **said.facts}
    match kind:
        case "replied" | "auto-replied":
            return {name: told.get(name) for name in ("place", "url", "key", "native_id", "text")}
        case "reopened" if taken is not None:
            what = language.word(taken.meaning)
            reason = language.say("The customer writes after the closing: {what}", what=what)
            why = because(replace(taken.reason, detail=""), language)
            return {"reason": f"{reason}, {why}", "place": said.place, "url": told.get("url")}
        case _:
            told["channel"] = "public"
            if taken is not None:
                told["why"] = reason_data(taken.reason)
            return told


def _message(said: Utterance, case: Case) -> Message:
    place = next(place for place in case.places if place.id == said.place)
    rating = None
    match said.facts.get("rating"):
        case {"value": int() | float() as value, "best": int() | float() as best}:
            rating = Rating(value, best)
    words = (said.facts.get("title"), said.facts.get("text"))
    return Message(
        "\n".join(str(word) for word in words if word),
        rating,
        case.language,
        place.author,
        place.source,
    )
