"""Messages that belong to merged cases: which of them are news, and the wish to record them.

A message in a known conversation, or a certain copy of a case's own, opens no case: it is
proposed as a change of its case.  People's no is kept by the keys in the change's name.  A
message of a conversation that they refuse is forgotten; a copy that is no place of the case may
become a case of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from runner.cases.case import Case, Entry, Place
from runner.cases.opening import place_of
from runner.cases.summary import CaseSummary, ClosedCase, heard_keys
from runner.model import Judgement, Mention, State
from runner.planning.branches import HEARD, INTAKE, Outcome
from runner.planning.changes import MergedCase, Wish
from runner.planning.conversations import Conversations, Utterance, Voice, is_told, marks_of
from runner.planning.news import News, plan_news, plan_places
from runner.planning.news_pull import (
    render_news_message,
    render_news_pull,
    render_places_message,
    render_places_pull,
)
from runner.planning.observation import Observation, keys_on
from runner.text.language import Language
from runner.triage.same_matter import Clues, Likeness, certain_copy

PLACES = "place-"
MOST = 8
"""Messages in one proposal; what a customer writes beyond waits until people have decided."""

Judged = tuple[Mention, Judgement, tuple[str, str] | None]
"""A message with its judgement, and the case and place whose conversation showed it."""
_VOICES = {
    "customer-wrote": Voice.CUSTOMER,
    "thanked": Voice.CUSTOMER,
    "contested": Voice.CUSTOMER,
    "replied": Voice.DESK,
    "auto-replied": Voice.BOT,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the messages of a run say of merged cases.

    `taken` are the keys that open no case.  Of them `pending` are those still to be recorded:
    a source that showed one is not done with.  `dropped` are those that people refused, or
    recorded by hand.  `over`
    maps branches to why they are wanted no more.
    """

    wishes: tuple[Wish, ...]
    over: Mapping[str, str]
    taken: frozenset[str]
    pending: frozenset[str]
    dropped: frozenset[str]


def cases_spoken_of(
    mentions: Iterable[Mention],
    open_cases: Iterable[CaseSummary],
    closed_cases: Iterable[ClosedCase],
) -> dict[str, str]:
    """Return the cases whose files must be read to place these messages: paths by id."""
    by_mark: dict[str, list[tuple[str, str]]] = {}
    known = tuple(open_cases)
    marked = [(each.landmarks, each.id, each.path) for each in known]
    marked += [(each.landmarks, each.id, each.path) for each in closed_cases]
    for landmarks, case_id, path in marked:
        for mark in landmarks:
            by_mark.setdefault(mark, []).append((case_id, path))
    clues = Clues(known)
    found: dict[str, str] = {}
    for mention in mentions:
        for mark in marks_of(mention):
            found.update(by_mark.get(mark, ()))
        found.update((case.id, case.path) for case in clues.cases_near(mention))
    return found


def hear(
    observation: Observation,
    judged: Iterable[Judged],
    merged: Mapping[str, MergedCase],
    language: Language,
) -> Heard:
    """Return which messages belong to merged cases, and what is wished of them.

    A message that speaks of a crisis which its case is not in is left to open a case of its
    own: that one is watched before anybody has merged it.
    """
    configuration = observation.configuration
    sources = {source.id: source for source in configuration.sources}
    cases = {each.case.id: each.case for each in merged.values() if _may_speak(each.case)}
    conversations = Conversations(cases.values())
    near = Clues(case for case in observation.open_cases if case.id in cases)
    known = keys_of_branches(observation)
    heard, placed = _decided(observation, HEARD), _decided(observation, PLACES)
    said: dict[str, dict[str, Utterance]] = {}
    copies: dict[str, dict[str, tuple[Place, Likeness]]] = {}
    others: Counter[str] = Counter()
    taken, dropped = set[str](), set[str]()
    for mention, judgement, beside in judged:
        key = mention.key
        if key in known or observation.case_of(key) is not None or mention.source not in sources:
            continue
        decision = observation.decided.get((key, INTAKE))
        if decision is not None and decision.outcome is Outcome.REFUSED:
            # It was proposed as a case, or with one, and people wanted none of it.
            continue
        found = conversations.find(mention, sources[mention.source], beside)
        copy = _copied(mention, near, cases, sources[mention.source].brand)
        if found is not None and (copy is None or copy[1] is not Likeness.SAME_ADDRESS):
            case, utterance = found
            if utterance.voice is Voice.OTHER:
                others[case.id] += 1
            elif judgement.crisis is None or case.crisis is not None:
                taken.add(key)
                if (case.id, key) in heard or is_told(case, utterance):
                    dropped.add(key)
                else:
                    said.setdefault(case.id, {})[key] = utterance
                continue
        if copy is not None and (judgement.crisis is None or copy[0].crisis is not None):
            case, likeness = copy
            outcome = placed.get((case.id, key))
            if outcome is not Outcome.REFUSED:
                taken.add(key)
            if outcome is None:
                copies.setdefault(case.id, {})[key] = (place_of(mention), likeness)
    wishes = (
        *_standing(observation, merged, language),
        *_places_wished(copies, merged, observation, language),
        *_news_wished(said, others, merged, observation, language),
    )
    pending = {key for found in said.values() for key in found}
    pending.update(key for found in copies.values() for key in found)
    over = _over(observation, merged, wishes, language)
    return Heard(wishes, over, frozenset(taken), frozenset(pending), frozenset(dropped))


def keys_of_branches(observation: Observation) -> frozenset[str]:
    """Return the keys of all messages that anybody proposes."""
    return keys_on((*observation.branches, *observation.proposed))


def _may_speak(case: Case) -> bool:
    return case.state.is_open or case.state is State.CLOSED


def _decided(observation: Observation, prefix: str) -> dict[tuple[str, str], Outcome]:
    """Return how proposals of one kind ended, by case and message."""
    return {
        (case_id, f"c-{key}"): decision.outcome
        for (case_id, change), decision in observation.decided.items()
        if change.startswith(prefix)
        for key in change.split("-")[1:]
    }


def _copied(
    mention: Mention, near: Clues, cases: Mapping[str, Case], brand: str
) -> tuple[Case, Likeness] | None:
    """Return the open case of a brand that holds a certain copy of a message, the oldest."""
    found = [
        (cases[summary.id], sign)
        for summary in near.cases_near(mention)
        if summary.brand == brand and (sign := certain_copy(mention, cases[summary.id])) is not None
    ]
    return min(found, key=lambda one: (one[0].detected_at, one[0].id), default=None)


def _news_wished(
    said: Mapping[str, Mapping[str, Utterance]],
    others: Mapping[str, int],
    merged: Mapping[str, MergedCase],
    observation: Observation,
    language: Language,
) -> Iterator[Wish]:
    for case_id, utterances in said.items():
        chosen = sorted(utterances.values(), key=lambda one: (one.at, one.key))[:MOST]
        change = HEARD + "-".join(one.key[2:] for one in chosen)
        wish = _news_wish(
            merged[case_id], change, chosen, observation, language, others=others.get(case_id, 0)
        )
        if wish is not None:
            yield wish


def _news_wish(
    merged: MergedCase,
    change: str,
    utterances: Iterable[Utterance],
    observation: Observation,
    language: Language,
    *,
    others: int = 0,
) -> Wish | None:
    configuration, case = observation.configuration, merged.case
    news = plan_news(case, utterances, configuration, language, observation.now)
    if not news:
        return None
    return Wish(
        merged=merged,
        change=change,
        entries=tuple(entry for one in news for entry in one.entries),
        message=render_news_message(case, news, language),
        words=render_news_pull(case, news, configuration, language, others),
        reason=_reason(news, language),
    )


def _reason(news: Iterable[News], language: Language) -> str:
    kinds = dict.fromkeys(entry.kind for one in news for entry in one.entries)
    return ", ".join(language.term("entry", kind) for kind in kinds)


def _places_wished(
    copies: Mapping[str, Mapping[str, tuple[Place, Likeness]]],
    merged: Mapping[str, MergedCase],
    observation: Observation,
    language: Language,
) -> Iterator[Wish]:
    for case_id, found in copies.items():
        keys = sorted(found)[:MOST]
        change = PLACES + "-".join(key[2:] for key in keys)
        told = [(found[key][0], copy_words(found[key][1], language)) for key in keys]
        yield places_wish(merged[case_id], change, told, observation, language)


def places_wish(
    merged: MergedCase,
    change: str,
    copies: Iterable[tuple[Place, str]],
    observation: Observation,
    language: Language,
) -> Wish:
    """Return the wish to add places to a case, each with why."""
    case = merged.case
    entries, places = plan_places(case, copies, observation.configuration, observation.now)
    why = str(entries[0].facts.get("reason"))
    return Wish(
        merged=merged,
        change=change,
        entries=entries,
        message=render_places_message(case, places, why, language),
        words=render_places_pull(case, places, why, observation.configuration, language),
        reason=why,
        places=places,
    )


def copy_words(likeness: Likeness, language: Language) -> str:
    """Return why a message is taken for another place of a case."""
    if likeness is Likeness.SAME_ADDRESS:
        return language.say("the same words at the same address")
    return language.say("the same words by an author of the same name")


def _standing(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> Iterator[Wish]:
    """Return the wishes that stand on branches already, from what stands there.

    So they last though no source shows the message any more, and follow the case when that
    changes on the base.
    """
    for branch in observation.branches:
        base = merged.get(branch.case_id)
        if base is None or branch.case is None or not _may_speak(base.case):
            continue
        if branch.change.startswith(PLACES):
            held = {place.key for place in base.case.places}
            why = _said_why(branch.case)
            new = [(place, why) for place in branch.case.places if place.key not in held]
            if new:
                yield places_wish(base, branch.change, new, observation, language)
        elif branch.change.startswith(HEARD):
            known = set(heard_keys(base.case))
            places = {place.id for place in base.case.places}
            new_entries = (e for e in branch.case.log if e.facts.get("key") not in known)
            utterances = [
                one
                for one in map(_utterance, new_entries)
                if one is not None and one.place in places and not is_told(base.case, one)
            ]
            wish = _news_wish(base, branch.change, utterances, observation, language)
            if wish is not None:
                yield wish


def _said_why(case: Case) -> str:
    added = (entry for entry in reversed(case.log) if entry.kind == "place-added")
    return next((str(entry.facts.get("reason", "")) for entry in added), "")


def _utterance(entry: Entry) -> Utterance | None:
    """Return the message that an entry records, None where it records none."""
    key, place = entry.facts.get("key"), entry.facts.get("place")
    voice = _VOICES.get(entry.kind)
    if voice is None or not isinstance(key, str) or not isinstance(place, str):
        return None
    names = ("url", "native_id", "detected_at", "title", "text", "rating")
    facts = {name: entry.facts[name] for name in names if name in entry.facts}
    return Utterance(key, voice, place, entry.at, facts)


def _over(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    wishes: Iterable[Wish],
    language: Language,
) -> dict[str, str]:
    wished = {wish.branch for wish in wishes}
    return {
        branch.name: _why_over(merged[branch.case_id].case, language)
        for branch in observation.branches
        if branch.change.startswith((HEARD, PLACES))
        and branch.name not in wished
        and branch.case is not None
        and branch.case_id in merged
    }


def _why_over(case: Case, language: Language) -> str:
    if not _may_speak(case):
        return language.say("the case has ended")
    return language.say("the case holds this already")
