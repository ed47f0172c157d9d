"""Reviews marked up by classes: hReview 0.4 and h-review, as nodes in schema.org's words.

What a class means is in https://microformats.org/wiki/hreview and /h-review.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from runner.sources.structured_data import Marked, Node
from runner.text.markup import Element, Tree

_CLASSIC = {
    "summary": "name",
    "reviewer": "author",
    "dtreviewed": "datePublished",
    "description": "reviewBody",
    "rating": "ratingValue",
    "best": "bestRating",
    "worst": "worstRating",
    "permalink": "url",
}
_MODERN = {
    "p-name": "name",
    "p-author": "author",
    "dt-published": "datePublished",
    "dt-reviewed": "datePublished",
    "e-content": "reviewBody",
    "e-description": "reviewBody",
    "p-description": "reviewBody",
    "p-rating": "ratingValue",
    "p-best": "bestRating",
    "p-worst": "worstRating",
    "u-url": "url",
}
_FORMS: Mapping[str, tuple[Mapping[str, str], frozenset[str]]] = {
    "hreview": (_CLASSIC, frozenset({"fn"})),
    "h-review": (_MODERN, frozenset({"p-name"})),
}
"""For the class of a review the classes in it, and those that name a person in a card."""
_OTHERS = frozenset({"item", "p-item", "hreview", "h-review", "h-product", "hproduct"})
"""What is inside these says nothing of the review around them."""
_LOOKED_THROUGH = 50
"""Elements in which a name or a value is looked for; cards are small."""
_ATTRIBUTES = ("value", "datetime", "title", "href", "content")


def read_microformats(tree: Tree) -> tuple[Node, ...]:
    """Return the reviews of a page that its classes mark."""
    return tuple(
        _review(tree, element, *_FORMS[form])
        for element in tree.root
        for form in _FORMS.keys() & _classes(element)
    )


def _review(
    tree: Tree, top: Element, meanings: Mapping[str, str], naming: frozenset[str]
) -> dict[str, object]:
    review: dict[str, list[object]] = {}
    for element in _inside(top):
        for name in dict.fromkeys(meanings[one] for one in _classes(element) & meanings.keys()):
            words = name in {"author", "name", "reviewBody"}
            called = _first(element, naming) if name == "author" else None
            value = Marked(tree, called or element) if words else _value(tree, element)
            review.setdefault(name, []).append(value)
    return {"@type": "Review", **review}


def _inside(top: Element) -> Iterator[Element]:
    """Give the elements of a review, but for those of another thing and the names in cards."""
    rest = list(reversed(top.children))
    while rest:
        element = rest.pop()
        classes = _classes(element)
        if not _OTHERS.isdisjoint(classes):
            continue
        yield element
        if classes.isdisjoint({"vcard", "h-card"}):
            rest.extend(reversed(element.children))


def _value(tree: Tree, element: Element) -> object:
    """Return what an element says to programs: in it, in its attributes, else in its words."""
    told = _first(element, frozenset({"value-title", "value"})) or element
    for name in _ATTRIBUTES:
        if value := told.attributes.get(name, "").strip():
            return value
    return Marked(tree, told)


def _first(top: Element, classes: frozenset[str]) -> Element | None:
    looked = islice(_inside(top), _LOOKED_THROUGH)
    return next((one for one in looked if not classes.isdisjoint(_classes(one))), None)


def _classes(element: Element) -> set[str]:
    return set(element.attributes.get("class", "").split())
