"""What pages say in schema.org's words: JSON-LD scripts, microdata, RDFa, as nodes of one form.

A node is a mapping from property to value; its types stand under `@type`, its name under `@id`.
Values are texts, numbers, nodes, lists of these, and `Marked` where a text is markup of the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.text.loose_json import read_script
from runner.text.markup import ELEMENTS_LIMIT, Element, Tree

Node = Mapping[str, object]

_SOURCES = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    **dict.fromkeys(("data", "meter"), "value"),
    "meta": "content",
    "object": "data",
    "time": "datetime",
}
"""The attribute that holds an element's value (HTML, 5.2.3: the microdata model, values)."""

_WORDED = frozenset(
    {"author", "creator", "description", "fn", "headline", "name", "reviewbody", "reviewer"}
    | {"summary"}
)
"""Properties that are words even where they are links, in small letters."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """The attributes that say what an element is, and what it says of the item around it.

    By the letter an item of microdata needs an `itemscope`; many sites forget it.
    """

    scope: frozenset[str]
    types: str
    names: str
    identity: str


_MICRODATA = _Dialect(frozenset({"itemscope", "itemtype"}), "itemtype", "itemprop", "itemid")
_RDFA = _Dialect(frozenset({"typeof"}), "typeof", "property", "resource")


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
        script = read_script(text)
        values.extend(value for value in script.values if value is not None)
        if script.repaired and text.strip():
            repaired += bool(script.values)
            unreadable += not script.values
    return Scripts(tuple(values), repaired, unreadable)


def nodes_of(values: object) -> Iterator[Node]:
    """Give every node in values once, in the order in which they are written."""
    return (node for _, node in placed_nodes_of(values))


def placed_nodes_of(values: object) -> Iterator[tuple[str, Node]]:
    """Give every node in values once, after the bare name of the property that holds it.

    An item of microdata may be several properties at once, or refer to what holds it.
    """
    rest: list[tuple[str, object]] = [("", values)]
    given: set[int] = set()
    while rest:
        name, value = rest.pop()
        if isinstance(value, dict):
            if id(value) in given:
                continue
            given.add(id(value))
            yield bare(name), value
            rest.extend(reversed(value.items()))
        elif isinstance(value, list | tuple):
            rest.extend((name, one) for one in reversed(value))


def kinds_of(node: Node) -> frozenset[str]:
    """Return a node's types, their names bare."""
    types = node.get("@type", node.get("type"))
    listed = types if isinstance(types, list) else [types]
    return frozenset(bare(kind) for kind in listed if isinstance(kind, str))


def properties_of(node: Node) -> Node:
    """Return a node's properties, their names bare; the first of those with the same name."""
    said: dict[str, object] = {}
    for name, value in node.items():
        said.setdefault(bare(name), value)
    return said


def bare(name: str) -> str:
    """Return a name in small letters, without the address or the prefix of its vocabulary."""
    tail = name.replace("#", "/").replace(":", "/").rstrip("/ ").rpartition("/")[2]
    return tail.strip().lower()


def read_microdata(tree: Tree) -> tuple[Node, ...]:
    """Return the microdata items of a page that are no property of another (HTML, 5.2)."""
    return _Gathering(tree, _MICRODATA).read()


def read_rdfa(tree: Tree) -> tuple[Node, ...]:
    """Return the items of a page in RDFa Lite, and in RDFa's older form with `rel`."""
    return _Gathering(tree, _RDFA).read()


class _Gathering:
    """Items being gathered: each element once, and once more where an item refers to it."""

    def __init__(self, tree: Tree, dialect: _Dialect) -> None:
        self._tree = tree
        self._dialect = dialect
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
            if not self._dialect.scope.isdisjoint(attributes):
                self._items[id(element)] = self._item(attributes)
                if "itemref" in attributes:
                    referring.append(element)
        if not self._items:
            return ()
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
        start = (top,) if whole else reversed(top.children)
        # An element, the item around it, the names that a `rel` around it gives the next item.
        rest: list[tuple[Element, Element | None, str]] = [(one, owner, "") for one in start]
        while rest:
            element, owner, coming = rest.pop()
            if whole:
                self._left -= 1
                if self._left < 0 or element is owner:
                    continue
            inner = self._items.get(id(element))
            said = element.attributes.get(self._dialect.names, "")
            names = (said or (coming if inner is not None else "")).split()
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
            if inner is not None:
                coming = ""
            elif self._dialect is _RDFA:
                coming = element.attributes.get("rel", coming)
            rest.extend((child, below, coming) for child in reversed(element.children))

    def _item(self, attributes: Mapping[str, str]) -> dict[str, object]:
        item: dict[str, object] = {}
        if types := attributes.get(self._dialect.types, "").split():
            item["@type"] = list(types)
        if name := attributes.get(self._dialect.identity, "").strip():
            item["@id"] = name
        return item

    def _value(self, element: Element, names: Sequence[str]) -> object:
        attributes = element.attributes
        # Many sites write `content` on any element, as RDFa and the search engines have it.
        if "content" in attributes:
            return attributes["content"]
        if "datetime" in attributes:
            return attributes["datetime"].strip()
        # By the letter of the model a linked name is the link; nobody means that.
        if element.name == "a" and not _WORDED.isdisjoint(map(bare, names)):
            return Marked(self._tree, element)
        if (name := _SOURCES.get(element.name)) and (name in attributes or element.name != "time"):
            return attributes.get(name, "").strip()
        return Marked(self._tree, element)
