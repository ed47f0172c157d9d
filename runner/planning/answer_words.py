"""Answers of the catalogue in words for the team: where from, how it ended, why it is near."""

from collections.abc import Callable, Iterator

from runner.model import State
from runner.planning.words import person_name
from runner.policies.answers import CuratedAnswer
from runner.policies.values import Configuration
from runner.replies.answer_uses import UsesOfAnswer
from runner.replies.catalogue import Nearest
from runner.replies.past_answers import PastCase
from runner.text.language import Language

_NAMED = 6
"""So many words in common are named."""


def _as_it_is(text: str) -> str:
    return text


def answer_title(
    answer: Nearest,
    configuration: Configuration,
    language: Language,
    own: Callable[[str], str] = _as_it_is,
) -> str:
    """Return where an answer comes from, and how the case ended in which it was told."""
    say = language.say
    source = answer.source
    if isinstance(source, CuratedAnswer):
        who = person_name(source.approved_by, configuration.team, language)
        title = say("{title} ({id}), approved by {who}", title=source.title, id=own(source.id),
                    who=who)  # fmt: skip
        if source.until is None:
            return title
        return say("{title}, until {day}", title=title, day=language.day(source.until))
    ending = ", ".join(ending_words(source, language))
    return say("Told in {case}: {ending}", case=own(source.case_id), ending=ending)


def ending_words(past: PastCase, language: Language) -> Iterator[str]:
    """Return how a closed case ended: the decision, what the customer said to it, the day."""
    say = language.say
    if past.outcome is not None:
        yield language.term("outcome", past.outcome)
    if past.contested:
        yield say("CONTESTED or reopened")
    if past.thanked:
        yield say("the customer said thanks")
    yield say("closed on {day}", day=language.day(past.closed_at.astimezone(language.zone).date()))


def answer_why(
    answer: Nearest, language: Language, foreign: Callable[[str], str] = _as_it_is
) -> str:
    """Return why an answer is near; `foreign` shows a customer's words."""
    say = language.say
    why = []
    if answer.common:
        words = ", ".join(foreign(word) for word in answer.common[:_NAMED])
        why.append(say("words in common: {words}", words=words))
    if "topic" in answer.same:
        why.append(say("the same topic"))
    if "product" in answer.same:
        why.append(say("the same product"))
    return say("Why: {reasons}", reasons=", ".join(why))


def how_to_take(case_id: str, language: Language, own: Callable[[str], str] = _as_it_is) -> str:
    """Return how one of the answers becomes a draft."""
    return language.say(
        "To draft with one of them: {command}",
        command=own(f"doleances draft {case_id} --answer 1"),
    )


def taken_line(answer: Nearest, language: Language) -> str:
    """Return what people must know of a draft that takes an answer up."""
    if isinstance(answer.source, CuratedAnswer):
        return language.say(
            "With the answer {id} of the catalogue: check that it is what was asked.", id=answer.id
        )
    return language.say(
        "With words told in {case}: check names, days, products and gestures, they were another "
        "customer’s.",
        case=answer.id,
    )


def uses_words(uses: UsesOfAnswer, language: Language) -> str:
    """Return in how many cases an answer was told, and how those ended; empty where in none."""
    if not uses.cases:
        return ""
    endings = [
        f"{count} {_ending_words(ending, language)}" for ending, count in uses.endings.items()
    ]
    if uses.contested:
        endings.append(language.say("CONTESTED or reopened: {count}", count=uses.contested))
    if uses.thanked:
        endings.append(language.say("with thanks: {count}", count=uses.thanked))
    cases = language.say_n("{count} case", "{count} cases", uses.cases)
    return language.say("{cases}: {endings}", cases=cases, endings=", ".join(endings))


def _ending_words(ending: str, language: Language) -> str:
    if ending in set(State):
        return language.word(State(ending))
    return language.term("outcome", ending)
