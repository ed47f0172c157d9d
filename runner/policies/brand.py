"""`policies/brand.yaml` as values: the products; `runner.policies.voice` has how to speak."""

from collections.abc import Iterator
from typing import Any

from runner.errors import Fault
from runner.policies.document import Found, entries, repeated, texts
from runner.policies.rules import Product
from runner.policies.voice import check_speech
from runner.text.document import Document


def check_brand(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: products that cannot be told apart, words amiss."""
    yield from repeated(document, texts(document, ("products",), "id"), "product")
    yield from repeated(document, _names(document), "name")
    yield from check_speech(document)


def build_products(document: Document) -> tuple[Product, ...]:
    """Return the products, from a document without faults."""
    top: Any = document.value
    return tuple(
        Product(product["id"], tuple(product["names"])) for product in top.get("products", ())
    )


def _names(document: Document) -> Iterator[Found]:
    for product in entries(document, ("products",)):
        yield from texts(document, (*product, "names"))
