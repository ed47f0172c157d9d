"""What customers of closed cases were told: the past half of the catalogue of answers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from runner.cases.case import Case
from runner.cases.evidence import BY_CUSTOMERS
from runner.model import Category, State
from runner.policies.templates import Purpose, Template
from runner.replies.likeness import terms_of
from runner.replies.uses import parse_template
from runner.text.words import fold

_SAYING = frozenset({Purpose.ADVICE, Purpose.ANSWER, Purpose.REFUSAL})
"""Purposes whose texts hold an answer; the others take up, ask, remind, close."""
_SENTENCE = re.compile(r"(?<=[.!?…»])\s+(?=[^\W\d_]|[«“])")
_SALUTATION = re.compile(
    r"^(?:[^,.!?\n]{1,40}, )?(?:bonjour|bonsoir|hello|hi|dear|cher|chère)\b[^,.!\n]{0,60}[,.!]\s*",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_LONGEST = 1_000
_SIGNATURE_WORDS = 4
"""`Inès, pour Lumen`: a last sentence of so few words says who signs."""
_TELLING = 8
"""Characters of its own that a sentence of a template needs to be known again."""


@dataclass(frozen=True, slots=True)
class PastCase:
    """A closed case with what its customer asked and was told.

    `terms` are the words of the customer as `terms_of` compares them.  `told` are the recorded
    texts, oldest first, each with the template that it came from, or "".  `outcome` is how it
    was settled, None where nothing was decided; `contested` when the customer did not accept an
    answer or came back, `thanked` when they said thanks.
    """

    case_id: str
    path: str
    brand: str
    locale: str
    category: Category
    topic: str | None
    product: str | None
    closed_at: datetime
    outcome: str | None
    contested: bool
    thanked: bool
    handle: str
    terms: tuple[str, ...]
    told: tuple[tuple[str, str], ...]


def past_case(case: Case, path: str) -> PastCase | None:
    """Return what a case is in the catalogue, None where it has no place there.

    Only a closed case whose answers were recorded has one; never one that was a crisis, or whose
    words were erased or sealed.
    """
    locale = (case.language or "").partition("-")[0]
    if case.state is not State.CLOSED or case.crisis is not None or not locale:
        return None
    if any(place.text is None for place in case.places):
        return None
    kinds = [entry.kind for entry in case.log]
    if "crisis-raised" in kinds:
        return None
    told = tuple(_told(case))
    terms = terms_of(customer_words(case), locale)
    if not told or not terms:
        return None
    outcomes = [entry.facts.get("outcome") for entry in case.log if entry.kind == "resolved"]
    return PastCase(
        case_id=case.id,
        path=path,
        brand=case.brand,
        locale=locale,
        category=case.category,
        topic=case.topic,
        product=case.product,
        closed_at=max(entry.at for entry in case.log if entry.kind == "closed"),
        outcome=str(outcomes[-1]) if outcomes else None,
        contested=case.cycle > 1 or "contested" in kinds,
        thanked="thanked" in kinds,
        handle=case.handle or "",
        terms=tuple(sorted(terms)),
        told=told,
    )


def customer_words(case: Case) -> str:
    """Return all that a customer wrote in a case, thanks apart."""
    said = [part for place in case.places for part in (place.title, place.text) if part]
    for entry in case.log:
        if entry.kind in BY_CUSTOMERS - {"thanked"}:
            said += [str(entry.facts[name]) for name in ("title", "text") if entry.facts.get(name)]
    return "\n".join(said)


def answer_told(past: PastCase, templates: Iterable[Template]) -> str:
    """Return the latest answer that a customer was told, without what a template said around it.

    Salutation, sentences of the template and signature are left out: the next customer gets
    others.  Empty where only a request was taken up, details were asked for and the like.
    """
    known = {template.id: template for template in templates}
    for recorded, text in reversed(past.told):
        template = known.get(parse_template(recorded)[0])
        if template is not None and template.purpose not in _SAYING:
            continue
        if core := _core(text, template):
            return core
    return ""


def _told(case: Case) -> Iterator[tuple[str, str]]:
    for entry in case.log:
        text = entry.facts.get("text")
        if entry.kind in {"replied", "published", "messaged", "resolved"} and isinstance(text, str):
            yield str(entry.facts.get("template") or ""), text[:_LONGEST]


def _core(text: str, template: Template | None) -> str:
    body = _SALUTATION.sub("", " ".join(text.split()), count=1)
    frames = tuple(_frames(template)) if template is not None else ()
    kept = [
        sentence
        for sentence in _SENTENCE.split(body)
        if not any(frame.fullmatch(fold(sentence)) for frame in frames)
    ]
    if len(kept) > 1 and len(kept[-1].split()) <= _SIGNATURE_WORDS:
        kept = kept[:-1]
    whole = " ".join(kept)
    return whole[:1].upper() + whole[1:]


def _frames(template: Template) -> Iterator[re.Pattern[str]]:
    """Yield a pattern for each sentence of a template's parts, with any words for variables."""
    for piece in chain.from_iterable(template.parts.values()):
        for sentence in _SENTENCE.split(" ".join(piece.text.split())):
            around = [fold(words) for words in _VARIABLE.split(sentence)]
            if len("".join(around)) >= _TELLING:
                yield re.compile(".{1,120}".join(map(re.escape, around)))
