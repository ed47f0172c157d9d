"""What pages say in schema.org's words: JSON-LD scripts and microdata, as nodes of one form.

A node is a mapping from property to value; its types stand under `@type`, its name under `@id`.
Values are texts, numbers, nodes, lists of these, and `Marked` where a text is markup of the page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.text.loose_json import read_script
from runner.text.markup import ELEMENTS_LIMIT, Element, Tree

Node = Mapping[str, object]

_PREFIX = re.compile(r'(?<=")(?:schema:|https?://schema\.org/)(?=\w{1,60}"\s{0,9}:)')
"""What may stand before a property's name in a script, as JSON-LD has it."""

_SOURCES = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    **dict.fromkeys(("data", "meter"), "value"),
    "meta": "content",
    "object": "data",
    "time": "datetime",
}
"""The attribute that holds an element's value (HTML, 5.2.3: the microdata model, values)."""

_WORDED = frozenset({"author", "creator", "description", "headline", "name", "reviewBody"})
"""Properties that are words even where they are links."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text that stands in the page as markup."""

    tree: Tree
    element: Element

    @property
    def length(self) -> int:
        """How many characters of markup it has."""
        return self.element.end - self.element.start

    @property
    def markup(self) -> str:
        """The text, as markup."""
        return self.tree.inside(self.element)


@dataclass(frozen=True, slots=True)
class Scripts:
    """The values of all JSON-LD scripts; how many scripts were repaired, or hold nothing."""

    values: tuple[object, ...]
    repaired: int = 0
    unreadable: int = 0


def read_json_ld(tree: Tree) -> Scripts:
    """Return what the JSON-LD scripts of a page hold, in the order of the page."""
    values: list[object] = []
    repaired = unreadable = 0
    for element in tree.root:
        if element.name != "script" or "ld+json" not in element.attributes.get("type", "").lower():
            continue
        text = tree.inside(element)
        script = read_script(_PREFIX.sub("", text))
        values.extend(value for value in script.values if value is not None)
        if script.repaired and text.strip():
            repaired += bool(script.values)
            unreadable += not script.values
    return Scripts(tuple(values), repaired, unreadable)


def nodes_of(values: object) -> Iterator[Node]:
    """Give every node in values once, in the order in which they are written.

    An item of microdata may be several properties at once, or refer to what holds it.
    """
    rest: list[object] = [values]
    given: set[int] = set()
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            if id(value) in given:
                continue
            given.add(id(value))
            yield value
            rest.extend(reversed(value.values()))
        elif isinstance(value, list | tuple):
            rest.extend(reversed(value))


def kinds_of(node: Node) -> frozenset[str]:
    """Return a node's types in small letters, without the address of the vocabulary."""
    types = node.get("@type", node.get("type"))
    listed = types if isinstance(types, list) else [types]
    return frozenset(
        kind.replace("#", "/").replace(":", "/").rstrip("/").rpartition("/")[2].strip().lower()
        for kind in listed
        if isinstance(kind, str)
    )


def read_microdata(tree: Tree) -> tuple[Node, ...]:
    """Return the microdata items of a page that are no property of another (HTML, 5.2)."""
    return _Microdata(tree).read()


class _Microdata:
    """Microdata being gathered: each element once, and once more where an item refers to it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._items: dict[int, dict[str, object]] = {}
        self._by_id: dict[str, Element] = {}
        self._left = ELEMENTS_LIMIT

    def read(self) -> tuple[Node, ...]:
        owned: set[int] = set()
        referring: list[Element] = []
        for element in self._tree.root:
            attributes = element.attributes
            if "id" in attributes:
                self._by_id.setdefault(attributes["id"], element)
            if "itemscope" in attributes:
                self._items[id(element)] = _item(attributes)
                if "itemref" in attributes:
                    referring.append(element)
        self._gather(self._tree.root, None, owned)
        for element in referring:
            for name in dict.fromkeys(element.attributes["itemref"].split()):
                if referred := self._by_id.get(name):
                    self._gather(referred, element, owned, whole=True)
        return tuple(item for key, item in self._items.items() if key not in owned)

    def _gather(
        self, top: Element, owner: Element | None, owned: set[int], *, whole: bool = False
    ) -> None:
        """Give the properties in an element to the item that they are of."""
        rest: list[tuple[Element, Element | None]] = (
            [(top, owner)] if whole else [(child, owner) for child in reversed(top.children)]
        )
        while rest:
            element, owner = rest.pop()
            if whole:
                self._left -= 1
                if self._left < 0 or element is owner:
                    continue
            inner = self._items.get(id(element))
            names = element.attributes.get("itemprop", "").split()
            if names and owner is not None:
                value = inner if inner is not None else self._value(element, names)
                if inner is not None:
                    owned.add(id(element))
                for name in dict.fromkeys(names):
                    held = self._items[id(owner)].setdefault(name, [])
                    if isinstance(held, list):
                        held.append(value)
            if element.name == "template" or (whole and inner is not None):
                continue
            below = element if inner is not None else owner
            rest.extend((child, below) for child in reversed(element.children))

    def _value(self, element: Element, names: Sequence[str]) -> object:
        attributes = element.attributes
        # Many sites write `content` on any element, as RDFa and the search engines have it.
        if "content" in attributes:
            return attributes["content"]
        # By the letter of the model a linked name is the link; nobody means that.
        if element.name == "a" and not _WORDED.isdisjoint(names):
            return Marked(self._tree, element)
        if (name := _SOURCES.get(element.name)) and (name in attributes or element.name != "time"):
            return attributes.get(name, "").strip()
        return Marked(self._tree, element)


def _item(attributes: Mapping[str, str]) -> dict[str, object]:
    item: dict[str, object] = {}
    if types := attributes.get("itemtype", "").split():
        item["@type"] = list(types)
    if name := attributes.get("itemid", "").strip():
        item["@id"] = name
    return item
