"""How the brands speak, from `policies/brand.yaml`: voices, personas, matters, names of products.

Words are kept by tongue: `fr` (vous), `fr-familiar` (tu), `en`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from runner.errors import Fault
from runner.model import Category, SourceCategory
from runner.policies.document import Found, entries, repeated, texts, value_at
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, one_of, shown

FILE = "policies/brand.yaml"
FAMILIAR = "familiar"
Tongues = Mapping[str, str]
"""The same words in several tongues."""
_NOTHING: Tongues = {}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PLACEHOLDERS = {"signature": ("person",), "with_product": ("yours", "called")}
"""What stands in braces in the words under a key; nothing does under others."""


def tongue_of(locale: str, register: str) -> str:
    """Return the tongue of a locale and a register; English knows one."""
    return "fr-familiar" if locale == "fr" and register == FAMILIAR else locale


@dataclass(frozen=True, slots=True)
class Voice:
    """How a brand speaks; `brand` is None where every brand does so.

    `signature` holds `{person}`, the first name of who signs.  `reach` says where a customer
    can write in private when the site has no way.  `survey` is an address, or empty,
    with `{token}` where each case has its own.
    """

    brand: str | None = None
    signature: Tongues = field(default_factory=dict)
    care: Tongues = field(default_factory=dict)
    details: Tongues = field(default_factory=dict)
    reach: Tongues = field(default_factory=dict)
    recourse: Tongues = field(default_factory=dict)
    mediator: Tongues = field(default_factory=dict)
    survey: str = ""


@dataclass(frozen=True, slots=True)
class MatterWords:
    """How a matter is taken up; None fits every topic, every category.

    `with_product` holds `{yours}` or `{called}` and is used where the product is known.
    """

    topic: str | None
    category: Category | None
    alone: Tongues
    with_product: Tongues


@dataclass(frozen=True, slots=True)
class ProductWords:
    """How a product is named: as such (`la lampe Aube`), and as the customer's own."""

    called: Tongues
    yours: Tongues


@dataclass(frozen=True, slots=True)
class Persona:
    """A typical customer, and how they are addressed; empty conditions fit everybody."""

    id: str
    sources: tuple[str, ...]
    source_categories: tuple[SourceCategory, ...]
    products: tuple[str, ...]
    topics: tuple[str, ...]
    register: str
    line: int

    def fits(
        self, source: str, category: SourceCategory, product: str | None, topic: str | None
    ) -> bool:
        """Return whether somebody who writes there of this is such a customer."""
        return (
            source in (self.sources or (source,))
            and category in (self.source_categories or (category,))
            and product in (self.products or (product,))
            and topic in (self.topics or (topic,))
        )


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything that `policies/brand.yaml` says of speaking to customers.

    `words` are right as they are spelled, `avoid` are phrases that no reply should say.
    No two customers on one site read the same text within `apart`.  After so many `reminders`
    a case is closed without news.  `lengths` are the most characters of a reply, by source.
    """

    voices: tuple[Voice, ...] = ()
    matters: tuple[MatterWords, ...] = ()
    personas: tuple[Persona, ...] = ()
    products: Mapping[str, ProductWords] = field(default_factory=dict)
    apart: timedelta = timedelta(days=30)
    reminders: int = 2
    lengths: Mapping[str, int] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()

    def voice_of(self, brand: str) -> Voice:
        """Return the first voice that is the brand's or every brand's, else an empty one."""
        return next((voice for voice in self.voices if voice.brand in {None, brand}), Voice())


def check_speech(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: placeholders, tongues that a familiar persona needs."""
    yield from repeated(document, texts(document, ("personas",), "id"), "persona")
    for path, text in _spoken(document):
        allowed = _PLACEHOLDERS.get(str(path[-2]), ())
        for name in _PLACEHOLDER.findall(text):
            if name not in allowed:
                yield document.fault(
                    path,
                    "placeholder",
                    f"nothing is put in for {shown('{' + name + '}')} here",
                    did_you_mean(name, allowed, "write the words out"),
                )
        if allowed and not _PLACEHOLDER.search(text):
            yield document.fault(
                path, "placeholder", "this has no place for what it is about",
                one_of(f"{{{name}}}" for name in allowed),
            )  # fmt: skip
    registers = [value_at(document, (*each, "register")) for each in _list(document, "personas")]
    if FAMILIAR not in registers:
        return
    for path, _ in _spoken(document):
        tongues = value_at(document, path[:-1])
        if path[-1] == "fr" and isinstance(tongues, dict) and "fr-familiar" not in tongues:
            yield document.fault(
                path,
                "missing-tongue",
                "a persona is addressed with tu, and these words have no `fr-familiar`",
                "add it",
            )


def speech_brands(document: Document) -> Iterator[Found]:
    """Return the brands that voices name, which stand in `sources.yaml`."""
    return texts(document, ("voices",), "brand")


def speech_sources(document: Document) -> Iterator[Found]:
    """Return the sources that personas and lengths name."""
    for persona in _list(document, "personas"):
        yield from texts(document, (*persona, "sources"))
    lengths = value_at(document, ("lengths",))
    for source in lengths if isinstance(lengths, dict) else ():
        yield ("lengths", source), str(source)


def speech_products(document: Document) -> Iterator[Found]:
    """Return the products that personas name."""
    for persona in _list(document, "personas"):
        yield from texts(document, (*persona, "products"))


def build_speech(document: Document) -> Speech:
    """Return what a document without faults says of speaking."""
    top: Any = document.value
    return Speech(
        voices=tuple(Voice(**voice) for voice in top.get("voices", ())),
        matters=tuple(
            MatterWords(
                topic=matter.get("topic"),
                category=Category(matter["category"]) if "category" in matter else None,
                alone=matter["alone"],
                with_product=matter.get("with_product", _NOTHING),
            )
            for matter in top.get("matters", ())
        ),
        personas=tuple(
            Persona(
                id=persona["id"],
                sources=tuple(persona.get("sources", ())),
                source_categories=tuple(map(SourceCategory, persona.get("source_categories", ()))),
                products=tuple(persona.get("products", ())),
                topics=tuple(persona.get("topics", ())),
                register=persona.get("register", "formal"),
                line=document.line(("personas", index)),
            )
            for index, persona in enumerate(top.get("personas", ()))
        ),
        products={
            product["id"]: ProductWords(
                product.get("called", _NOTHING), product.get("yours", _NOTHING)
            )
            for product in top.get("products", ())
        },
        apart=timedelta(days=top.get("apart_days", 30)),
        reminders=top.get("reminders", 2),
        lengths=top.get("lengths", {}),
        words=tuple(top.get("words", ())),
        avoid=tuple(top.get("avoid", ())),
    )


def _list(document: Document, key: str) -> Iterator[Path]:
    return entries(document, (key,))


def _spoken(document: Document) -> Iterator[Found]:
    """Return all words that are said in tongues, each with its path."""
    lists = {
        "products": ("called", "yours"),
        "voices": ("signature", "care", "details", "reach", "recourse", "mediator"),
        "matters": ("alone", "with_product"),
    }
    for key, names in lists.items():
        for entry in _list(document, key):
            for name in names:
                tongues = value_at(document, (*entry, name))
                for tongue in tongues if isinstance(tongues, dict) else ():
                    text = value_at(document, (*entry, name, tongue))
                    if isinstance(text, str):
                        yield (*entry, name, tongue), text
