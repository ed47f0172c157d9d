"""`templates/*.yaml` as values: the words for one purpose in one language."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

from runner.errors import Fault, Severity
from runner.model import Category, ContactAbility, SourceCategory
from runner.policies.document import Found, text_at, texts, value_at, words
from runner.policies.wordings import WordingFault, line_of, read_wording
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, shown

_LENGTH = 2000


class Purpose(StrEnum):
    """What a message is for, in the order of a case's life."""

    FIRST_CONTACT = "first-contact"
    INCIDENT = "incident"
    ADVICE = "advice"
    THANKS = "thanks"
    ASK_DETAILS_PUBLIC = "ask-details-public"
    ASK_DETAILS_PRIVATE = "ask-details-private"
    REMINDER = "reminder"
    HAND_OFF = "hand-off"
    ANSWER = "answer"
    REFUSAL = "refusal"
    CLOSING = "closing"
    CLOSING_WITHOUT_NEWS = "closing-without-news"
    SURVEY = "survey"
    CRISIS_NOTE = "crisis-note"
    """For the team, never for a customer."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it, or a piece of it: Jinja text, and the line it starts on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """The words for one purpose in one language.

    `number` says which reminder it is, None for every one.  Empty conditions (`categories`,
    `source_categories`, `sources`, `personas`, `outcomes`, `private`) fit all cases.  `parts` are
    alternatives for pieces of the wordings, by name.  `length` is the most characters that the
    filled-in text may have.
    """

    id: str
    purpose: str
    number: int | None
    locale: str
    register: str
    categories: tuple[Category, ...]
    source_categories: tuple[SourceCategory, ...]
    sources: tuple[str, ...]
    variables: tuple[str, ...]
    length: int
    wordings: tuple[Wording, ...]
    file: str
    personas: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    private: tuple[ContactAbility, ...] = ()
    parts: Mapping[str, tuple[Wording, ...]] = field(default_factory=dict)


def check_template(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: a name that is not the file's, Jinja that does not fit."""
    name = text_at(document, ("id",))
    stem = PurePosixPath(document.file).stem
    if name is not None and name != stem:
        yield document.fault(
            ("id",),
            "template-name",
            f"the id {shown(name)} is not the file's name",
            f"call it `{stem}`, or the file `{name}.yaml`",
        )
    declared = words(texts(document, ("variables",)))
    parts = tuple(_parts(document))
    used: set[str] = set()
    faulty = False
    for part in parts:
        if part in declared:
            yield document.key_fault(
                ("parts", part),
                "template-variable",
                f"{shown(part)} is a variable and a part",
                "give one of them another name",
            )
    pieces = chain.from_iterable(texts(document, ("parts", part)) for part in parts)
    among = [(found, declared) for found in pieces]
    among += [(found, (*declared, *parts)) for found in texts(document, ("wordings",))]
    for (path, text), known in among:
        for fault in _check_wording(document, path, text, known, used):
            faulty = True
            yield fault
    if faulty:
        return
    named: list[Found] = [*texts(document, ("variables",)), *((("parts", p), p) for p in parts)]
    for path, name in named:
        if name not in used:
            said = f"no wording uses {shown(name)}"
            at = document.fault(path, "idle-variable", said, "remove it")
            yield replace(at, severity=Severity.WARNING)


def template_sources(document: Document) -> Iterator[Found]:
    """Return the sources that a template names, which stand in another file."""
    return texts(document, ("for", "sources"))


def template_personas(document: Document) -> Iterator[Found]:
    """Return the personas that a template names, which stand in another file."""
    return texts(document, ("for", "personas"))


def build_template(document: Document) -> Template:
    """Return the template, from a document without faults."""
    top: Any = document.value
    fits: Any = top.get("for", {})
    return Template(
        id=top["id"],
        purpose=top["purpose"],
        number=top.get("number"),
        locale=top["locale"],
        register=top.get("register", "formal"),
        categories=tuple(Category(word) for word in fits.get("categories", ())),
        source_categories=tuple(SourceCategory(w) for w in fits.get("source_categories", ())),
        sources=tuple(fits.get("sources", ())),
        variables=tuple(top.get("variables", ())),
        length=top.get("length", _LENGTH),
        wordings=_wordings(document, ("wordings",)),
        file=document.file,
        personas=tuple(fits.get("personas", ())),
        outcomes=tuple(fits.get("outcomes", ())),
        private=tuple(ContactAbility(word) for word in fits.get("private", ())),
        parts={part: _wordings(document, ("parts", part)) for part in _parts(document)},
    )


def _wordings(document: Document, path: Path) -> tuple[Wording, ...]:
    return tuple(Wording(text, document.line(place)) for place, text in texts(document, path))


def _parts(document: Document) -> Iterator[str]:
    parts = value_at(document, ("parts",))
    yield from (part for part in parts if isinstance(part, str)) if isinstance(parts, dict) else ()


def _check_wording(
    document: Document, path: Path, text: str, known: Iterable[str], used: set[str]
) -> Iterator[Fault]:
    named, faults = read_wording(text)
    used |= named
    among = tuple(known)
    undeclared = (
        WordingFault(
            "template-variable",
            f"the variable {shown(name)} is not declared",
            did_you_mean(name, among, f"add it: `variables: [{name}]`"),
            line_of(text, name),
        )
        for name in sorted(named - set(among))
    )
    for each in (*faults, *undeclared):
        yield each.within(document, path, text)
