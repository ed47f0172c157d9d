"""The catalogue of answers: which of them comes nearest to what a customer asks.

Curated answers of `policies/answers/` and what customers of closed cases were told are searched
alike, within one language.  Equal arguments give an equal order.  People choose; nothing here
is sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from runner.cases.case import Case
from runner.model import Category
from runner.policies.answers import CuratedAnswer
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.policies.wordings import Unfillable, fill_in, needed_variables
from runner.replies.facts import gap
from runner.replies.likeness import LOCALES, Questions, spoken_terms, terms_of
from runner.replies.past_answers import PastCase, answer_told, customer_words
from runner.text.typography import typeset

AT_MOST = 3
"""So many answers are shown."""
LIKE = 0.2
"""Below this likeness two messages hardly ask the same (`bench/answers.py`)."""
LIKE_BY_ONE = 0.3
"""... and with one word in common alone."""
SURE = 0.5
"""From this likeness on a curated answer is proposed in the draft ..."""
AHEAD = 1.15
"""... where it is so many times as near as the next one."""
_SAME_TOPIC = 0.10
_SAME_PRODUCT = 0.05
_SAME_CATEGORY = 0.05
_CURATED = 0.05
"""What it adds to the likeness that topic, product, category are the same, and that somebody
approved the words."""

Source = CuratedAnswer | PastCase


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is looked for: a customer's words, and what is known of the matter.

    `case_id` is the case itself, which is no answer to itself.
    """

    text: str
    locale: str
    brand: str | None = None
    category: Category | None = None
    topic: str | None = None
    product: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """An answer that may fit, and why.

    `words` are several ways to say it: Jinja texts of a curated answer, or the one text that a
    customer was told.  `common` are the words that both messages have, as this customer wrote
    them, the first first; `same` what else they have in common: `topic`, `product`.
    `likeness` goes from 0 to 1 and is for comparing answers to one message.
    """

    source: Source
    words: tuple[str, ...]
    likeness: float
    common: tuple[str, ...]
    same: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id of the curated answer, or of the case."""
        return self.source.id if isinstance(self.source, CuratedAnswer) else self.source.case_id

    @property
    def is_contested(self) -> bool:
        """Whether the customer who was told this did not accept it, or came back."""
        return isinstance(self.source, PastCase) and self.source.contested


class Catalogue:
    """The answers of a desk, to be searched many times."""

    def __init__(self, configuration: Configuration, past: Iterable[PastCase], day: date) -> None:
        self._templates = configuration.templates
        curated = [answer for answer in configuration.answers if answer.is_good_on(day)]
        cases = tuple(past)
        self._questions: Mapping[str, Questions[Source]] = {
            locale: Questions([*_curated(curated, locale), *_past(cases, locale)])
            for locale in LOCALES
        }

    def nearest(self, asked: Asked) -> tuple[Nearest, ...]:
        """Return the answers that come nearest, `AT_MOST`, what was never contested first."""
        if asked.locale not in self._questions:
            return ()
        spoken = spoken_terms(asked.text, asked.locale)
        best: dict[str, Nearest] = {}
        for likeness, source, shared in self._questions[asked.locale].nearest(frozenset(spoken)):
            found = _judge(asked, source, likeness, [w for t, w in spoken.items() if t in shared])
            if found is not None and (
                found.id not in best or best[found.id].likeness < found.likeness
            ):
                best[found.id] = found
        ranked = sorted(
            best.values(), key=lambda each: (each.is_contested, -each.likeness, each.id)
        )
        told: list[Nearest] = []
        for each in ranked:
            words = self._words(each.source, asked.locale)
            if words and words not in [other.words for other in told]:
                told.append(Nearest(each.source, words, each.likeness, each.common, each.same))
            if len(told) == AT_MOST:
                break
        return tuple(told)

    def _words(self, source: Source, locale: str) -> tuple[str, ...]:
        if isinstance(source, CuratedAnswer):
            return tuple(typeset(each, locale) for each in source.words_in(locale, "formal"))
        said = answer_told(source, self._templates)
        return (said,) if said else ()


def asked_in(case: Case, configuration: Configuration) -> Asked | None:
    """Return what a case asks, None where no answer is looked for.

    Praise wants thanks; in a crisis nobody answers from a catalogue.
    """
    if case.crisis is not None or case.category is Category.PRAISE:
        return None
    locale = (case.language or configuration.instance.language).partition("-")[0]
    return Asked(
        customer_words(case), locale, case.brand, case.category, case.topic, case.product, case.id
    )


def propose_answer(nearest: Iterable[Nearest], case: Case) -> Nearest | None:
    """Return the curated answer that a draft takes up by itself, None where it is not plain.

    A frequent simple question: asked as such, much like one of the catalogue's, and like no
    other answer nearly as much.
    """
    if case.category not in {Category.QUESTION, Category.ADVICE}:
        return None
    curated = [each for each in nearest if isinstance(each.source, CuratedAnswer)]
    match curated:
        case [first, *rivals] if first.likeness >= SURE:
            close = any(first.likeness < AHEAD * rival.likeness for rival in rivals)
            return None if close else first
        case _:
            return None


def purpose_of_answer(case: Case) -> Purpose:
    """Return the purpose of a message that answers from the catalogue: brand care's, or ours."""
    return Purpose.ANSWER if case.state.value == "answered" else Purpose.ADVICE


def words_for(
    answer: Nearest, case: Case, locale: str, register: str, known: Mapping[str, str]
) -> str:
    """Return an answer's words for a case, one way of several by the case; gaps stay gaps.

    What was told to another customer is taken as it is.

    Raises:
        Unfillable: when no way to say it can be filled in.
    """
    source = answer.source
    if isinstance(source, PastCase):
        return answer.words[0]
    ways = source.words_in(locale, register)
    if not ways:
        raise Unfillable(f"the answer {source.id} has no words in {locale}")
    text = ways[int.from_bytes(case.id.encode()) % len(ways)]
    values = {name: known.get(name) or gap(name, locale) for name in needed_variables(text)}
    return fill_in(text, values)


def _curated(
    answers: Iterable[CuratedAnswer], locale: str
) -> Iterable[tuple[frozenset[str], Source]]:
    for answer in answers:
        for question in answer.questions.get(locale, ()):
            yield terms_of(question, locale), answer


def _past(cases: Iterable[PastCase], locale: str) -> Iterable[tuple[tuple[str, ...], Source]]:
    for case in cases:
        if case.locale == locale:
            yield case.terms, case


def _judge(asked: Asked, source: Source, likeness: float, common: list[str]) -> Nearest | None:
    """Return an answer with what speaks for it, None where it does not fit or is not like it."""
    topics: tuple[str | None, ...]
    products: tuple[str | None, ...]
    if isinstance(source, CuratedAnswer):
        topics, products = source.topics, source.products
        category_fits = asked.category is not None and asked.category in source.categories
        brand, category = asked.brand, asked.category or Category.QUESTION
        if brand is not None and not source.fits(brand, category, asked.product):
            return None
        extra = _CURATED
    else:
        topics, products = (source.topic,), (source.product,)
        category_fits = asked.category is source.category
        if source.case_id == asked.case_id or asked.brand not in {None, source.brand}:
            return None
        extra = 0.0
    same = []
    if asked.topic is not None and asked.topic in topics:
        same.append("topic")
        extra += _SAME_TOPIC
    if asked.product is not None and asked.product in products:
        same.append("product")
        extra += _SAME_PRODUCT
    extra += _SAME_CATEGORY if category_fits else 0.0
    if likeness < (LIKE if len(common) > 1 else LIKE_BY_ONE):
        return None
    return Nearest(source, (), min(1.0, likeness + extra), tuple(common), tuple(same))
