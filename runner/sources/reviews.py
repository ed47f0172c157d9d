"""schema.org reviews, wherever they stand in what a page says.

Of 2,100 recorded reviews 3 have an `@id`, none a `url`, 13 % no text.  So a review's identity is
nearly always its author, day and text; ids and addresses count only where they tell one review
from the others for ever.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from runner.cases.identity import folded
from runner.model import Item
from runner.sources.review_item import Setting, listed, review_item
from runner.sources.structured_data import (
    Marked,
    Node,
    kinds_of,
    nodes_of,
    placed_nodes_of,
    properties_of,
)
from runner.text.html import text_of_html
from runner.text.links import canonical_url
from runner.text.loose_json import TORN

KINDS = frozenset({"review", "userreview", "criticreview", "employerreview", "recommendation"})
"""The types that are one person's opinion of a thing.  `AggregateRating` is everybody's,
`ClaimReview` and `MediaReview` check facts."""

_VAGUE = frozenset({"thing", "creativework", "comment"})
"""Types that say nothing.  A node with one of them, or none, is a review where it has a
`reviewBody`, or where it stands in a property for reviews and has a text or stars."""
_PLACES = frozenset({"review", "reviews"})
_TELLING = frozenset({"description", "text", "body", "reviewrating", "rating", "ratingvalue"})
_COMPARED = 60
"""Characters of a text by which a review in a script is known again in the page: one of the two
is often cut short."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """The items of reviews, how many reviews there are, and whether all were looked at."""

    items: tuple[Item, ...]
    found: int
    whole: bool = True


def read_reviews(
    scripts: Sequence[object], microdata: Sequence[Node], setting: Setting, room: int
) -> Reviews:
    """Return the reviews of a page, those in scripts first; what both hold counts once.

    A review with stars alone is a message too: its text is `2/5`.  At most `room` characters of
    the page's markup are read as texts, whatever stands inside what.
    """
    from_scripts = list(_reviews(scripts))
    from_markup = list(_reviews(microdata))
    names = _names([*nodes_of(list(scripts)), *nodes_of(list(microdata))])
    items: list[Item] = []
    for node in from_scripts:
        if item := review_item(node, names, setting):
            items.append(item)
    told = {_words_of(item) for item in items}
    found = len(from_scripts)
    whole = True
    for node in from_markup:
        room -= sum(value.length for value in _marked(node))
        if room < 0:
            whole = False
            break
        item = review_item(node, names, setting)
        if item is not None and _words_of(item) in told:
            continue
        found += 1
        if item is not None:
            items.append(item)
    return Reviews(without_shared(items, setting.url), found, whole)


def without_shared(items: Iterable[Item], page: str) -> tuple[Item, ...]:
    """Drop ids that several items have, and addresses that several have or that are the page's.

    A review that a page says twice is one.
    """
    items = tuple(items)
    told = {(item.native_id, item.url, item.author, item.text) for item in items}
    ids = Counter(native_id for native_id, *_ in told)
    urls = Counter(canonical_url(url) if url else None for _, url, *_ in told)
    here = canonical_url(page)

    def own(item: Item) -> Item:
        address = canonical_url(item.url) if item.url else None
        return replace(
            item,
            native_id=item.native_id if ids[item.native_id] == 1 else None,
            url=item.url if urls[address] == 1 and address != here else None,
        )

    return tuple(map(own, items))


def _reviews(values: object) -> Iterator[Node]:
    for place, node in placed_nodes_of(values):
        if TORN not in node and _is_review(place, node):
            yield node


def _is_review(place: str, node: Node) -> bool:
    kinds = kinds_of(node)
    if kinds & KINDS:
        return True
    if not kinds <= _VAGUE:
        return False
    said = properties_of(node).keys()
    return "reviewbody" in said or (place in _PLACES and not _TELLING.isdisjoint(said))


def _names(nodes: Iterable[Node]) -> Mapping[str, Node]:
    """Return the nodes that others may refer to by `@id`."""
    names: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            names.setdefault(name, node)
    return names


def _marked(node: Node) -> Iterator[Marked]:
    for values in node.values():
        yield from (value for value in listed(values) if isinstance(value, Marked))


def _words_of(item: Item) -> tuple[str, str]:
    text = text_of_html(item.text) if item.is_html else item.text
    return folded(item.author or ""), folded(text)[:_COMPARED]
