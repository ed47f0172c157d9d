"""A drafted reply in words for the team: what it is for, how chosen, what to do with it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from runner.cases.case import Case
from runner.cases.closings import last_words
from runner.cases.lifecycle import KINDS
from runner.clocks.standings import Standing
from runner.model import ContactAbility, State
from runner.planning.answer_words import taken_line
from runner.planning.turns import is_news_due, is_reminder_due
from runner.planning.typed import stand_in, typed_close, typed_command
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.replies.drafting import Draft, Missing, NoDraft
from runner.replies.setting import source_at, takes_one_reply
from runner.replies.steps import last_entry
from runner.text.language import Language

if TYPE_CHECKING:
    from runner.replies.proofreading.check import Finding

_RECORDED: Mapping[Purpose, tuple[str, str, Mapping[str, str]]] = {
    Purpose.ASK_DETAILS_PUBLIC: ("ask", "details-asked", {"channel": "public"}),
    Purpose.ASK_DETAILS_PRIVATE: ("ask", "details-asked", {"channel": "private"}),
    Purpose.REMINDER: ("remind", "reminded", {}),
    Purpose.HAND_OFF: ("message", "messaged", {}),
    Purpose.ANSWER: ("resolve", "resolved", {}),
    Purpose.REFUSAL: ("resolve", "resolved", {"outcome": "refused"}),
    Purpose.CLOSING_WITHOUT_NEWS: ("resolve", "resolved", {"outcome": "without-news"}),
}
"""The verb that records a message, the kind of its entry, and what it says; else a reply."""
_REPLY: tuple[str, str, Mapping[str, str]] = ("reply", "replied", {})
_UNRECORDED = frozenset({Purpose.CRISIS_NOTE, Purpose.SURVEY})


def draft_title(draft: Draft, language: Language) -> str:
    """Return what a draft is for: `reminder 2, in French, for the place p1 (agora)`."""
    purpose = language.term("purpose", draft.purpose.value)
    if draft.number is not None:
        purpose = f"{purpose} {draft.number}"
    return language.say(
        "{purpose}, in {tongue}, for {place} ({source})",
        purpose=purpose[:1].upper() + purpose[1:],
        tongue=language.tongue(draft.locale),
        place=draft.place,
        source=draft.source,
    )


def draft_lines(draft: Draft, configuration: Configuration, language: Language) -> Iterator[str]:
    """Return how a draft was chosen, and what people must do before it is sent."""
    say = language.say
    chosen = say("Template {template}, wording {wording}.", template=draft.template,
                 wording=draft.wording)  # fmt: skip
    if draft.persona is not None:
        chosen += " " + say("Persona: {persona}.", persona=draft.persona)
    if draft.register == "familiar":
        chosen += " " + say("With tu.")
    yield chosen
    if draft.answer is not None:
        yield taken_line(draft.answer, language)
    if draft.gaps:
        yield say("To be filled in: {gaps}", gaps=" ".join(draft.gaps))
    if draft.is_too_long:
        yield say(
            "TOO LONG: {count} characters, and at most {limit} are taken.",
            count=len(draft.text),
            limit=draft.limit,
        )
    if draft.is_repeated:
        yield language.say_n(
            "Every wording was read on this site within {count} day: change the words.",
            "Every wording was read on this site within {count} days: change the words.",
            configuration.speech.apart.days,
        )
    if draft.costs:
        yield say("A paid contact needs an approval first.")
    yield from _amiss(draft, configuration, language)


def proofread_draft(draft: Draft, configuration: Configuration) -> tuple["Finding", ...]:
    """Return what proofreading finds in a draft, spelling apart: templates are tried for that."""
    if draft.purpose is Purpose.CRISIS_NOTE:
        return ()
    from runner.replies.proofreading.check import proofread
    from runner.replies.proofreading.readings import read_at_desk, read_for_purpose

    reading = read_for_purpose(read_at_desk(configuration), draft.purpose, draft.locale)
    return proofread(draft.text, reading)


def _amiss(draft: Draft, configuration: Configuration, language: Language) -> Iterator[str]:
    from runner.planning.proofread_words import finding_lines

    yield from finding_lines(proofread_draft(draft, configuration), language)


def record_command(
    draft: Draft, case: Case, configuration: Configuration, language: Language
) -> str:
    """Return the command that records the message once it stands; empty where there is none."""
    is_told = draft.purpose is Purpose.CLOSING_WITHOUT_NEWS and case.state is State.RESOLVED
    if draft.purpose is Purpose.CLOSING or is_told:
        return typed_close(
            case.id, case.category, language, _closings(case, configuration, language)
        )
    if draft.purpose in _UNRECORDED:
        return ""
    verb, kind, said = _RECORDED.get(draft.purpose, _REPLY)
    if verb == "message" and not reaches_in_private(case, draft.place, configuration):
        verb, kind, said = _REPLY
    if draft.purpose is Purpose.REMINDER:
        asked = [entry for entry in case.log if entry.kind == "details-asked"]
        said = {"channel": str(asked[-1].facts["channel"])} if asked else said
    words = {"place": draft.place, "template": draft.recorded, **_decided(case, kind)}
    if draft.answer is not None and "answer" in KINDS[kind].may:
        words["answer"] = draft.answer.id
    typed = typed_command(verb, kind, case.id, {**words, **said}, language)
    match draft.purpose:
        case Purpose.INCIDENT:
            # Such a template says the incident's own wording, and the entry must hold it.
            return f"{typed} --wording"
        case Purpose.CLOSING_WITHOUT_NEWS:
            # `close` tells where its words stand.
            return typed
        case _:
            # People may have changed the draft: what stands there is what is looked for.
            return f"{typed} --text -"


def _decided(case: Case, kind: str) -> Mapping[str, str]:
    """Return what brand care's answer has already of an entry that tells it to the customer."""
    answer = last_entry(case, "answered") if kind == "resolved" else None
    if answer is None or case.state is not State.ANSWERED:
        return {}
    found = {name: answer.facts.get(name) for name in ("outcome", "remedy", "recourse")}
    return {
        name: value for name, value in found.items() if isinstance(value, str) and "\n" not in value
    }


def reaches_in_private(case: Case, place_id: object, configuration: Configuration) -> bool:
    """Return whether a site lets the desk write to a customer in private, at a place or at any.

    A place whose source `sources.yaml` no longer has may well let it.
    """
    sources = [
        source_at(place, configuration) for place in case.places if place_id in {None, place.id}
    ]
    return any(source is None or source.private is not ContactAbility.NONE for source in sources)


def _closings(case: Case, configuration: Configuration, language: Language) -> Iterator[str]:
    """Yield what `close` is to be told of each place."""
    words = stand_in("text", language)
    for place in case.places:
        source = source_at(place, configuration)
        if source is not None and source.public is ContactAbility.NONE:
            yield f"--impossible {place.id}={stand_in('reason', language)}"
        elif takes_one_reply(source) and last_words(case, place.id):
            yield f"--edited {place.id}={words}"
        else:
            address = stand_in("url", language)
            yield f"--url {place.id}={address} --text {place.id}={words}"


def reminder_step(
    sent: int, standings: Iterable[Standing], configuration: Configuration, language: Language
) -> str | None:
    """Return the next step where a customer's silence has lasted long enough, else None.

    `sent` are the reminders so far; after the last one the case ends without news.
    """
    if not is_reminder_due(standings):
        return None
    if sent < configuration.speech.reminders:
        return language.say("Send reminder {number} now.", number=sent + 1)
    return language.say("Resolve it without news: the last reminder has had no answer.")


def news_step(state: State, standings: Iterable[Standing], language: Language) -> str | None:
    """Return the next step where brand care is waited for and news to the customer are due."""
    if state is State.HANDED_OFF and is_news_due(standings):
        return language.say("Tell the customer where things stand.")
    return None


def why_no_draft(none: NoDraft, language: Language) -> str:
    """Return why there is no draft, in a sentence."""
    say = language.say
    purpose = language.term("purpose", none.purpose.value) if none.purpose else ""
    match none.reason:
        case Missing.CRISIS:
            return say("No draft in a crisis: people write in their own words.")
        case Missing.NOTHING_DUE:
            return say("Nothing is to be said to the customer now.")
        case Missing.NO_LANGUAGE:
            return say("No templates in {tongue}.", tongue=language.tongue(none.locale))
        case Missing.NO_TEMPLATE:
            return say(
                "No template for this case: {purpose}, in {tongue}.",
                purpose=purpose,
                tongue=language.tongue(none.locale),
            )
        case Missing.UNFILLABLE:
            return say("The template cannot be filled in: `doleances template test` says why.")
