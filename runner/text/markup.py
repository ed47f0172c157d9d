"""HTML pages as trees of elements, in time linear in their length.

Measured on 38 hostile pages of 5 MB each: lexbor needs more than 20 s for eight of them and 9 s
for another (nested blocks, floods of attributes), libxml2 drops everything below 255 levels, and
its XPath needs minutes for `div div p`.  Neither lets a page be given up on while it is read.
Reviews need no browser's tree: who is inside whom, attributes, and what stands between two tags.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from runner.text.html import TAG

DEPTH_LIMIT = 512
"""Open elements at once; those nested deeper count as children of the deepest.  Browsers stop
at 512 too."""
ELEMENTS_LIMIT = 300_000
"""Elements of one page.  10,000 reviews of 20 elements each are 200,000."""
ATTRIBUTES_LIMIT = 100
"""Attributes of one element that are read."""

_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s/=][^\s/=]*+)\s*+
        (?:=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'][^\s]*+)))?""",
    re.VERBOSE,
)

_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_UNENDED = re.compile(r"</?[A-Za-z]")

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"}
    | {"source", "track", "wbr"}
)
_RAW = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""What stands up to their end tag is no markup."""

_BOUNDARY = ("table", "td", "th", "caption", "template", "button", "object")
"""End tags and implied ends do not reach out of these."""
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
_ROW_GROUPS = ("thead", "tbody", "tfoot")
_IMPLIED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "menu", *_BOUNDARY)),
    "dt": (("dt", "dd"), ("dl", *_BOUNDARY)),
    "dd": (("dt", "dd"), ("dl", *_BOUNDARY)),
    "option": (("option",), ("select", *_BOUNDARY)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "tr": (("tr",), ("table",)),
    **dict.fromkeys(_ROW_GROUPS, (_ROW_GROUPS, ("table",))),
    **dict.fromkeys(
        (
            *("address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset"),
            *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
            *("main", "nav", "ol", "p", "pre", "section", "table", "ul"),
        ),
        (("p",), _BOUNDARY),
    ),
}
"""Which open elements a start tag ends, unless one of the others was opened since (HTML, 13.1.2.4:
optional tags)."""


class Element:
    """One element: its name in small letters, its attributes, the elements in it.

    `start` and `end` are where its content stands in the markup.
    """

    __slots__ = ("attributes", "children", "end", "name", "start")

    def __init__(self, name: str, attributes: dict[str, str], start: int) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.start = start
        self.end = start

    def __iter__(self) -> Iterator["Element"]:
        """Give the element and all in it, in the order of the page, but for what is inert."""
        rest = [self]
        while rest:
            element = rest.pop()
            yield element
            if element.name != "template":
                rest.extend(reversed(element.children))


@dataclass(frozen=True, slots=True)
class Tree:
    """A page.  `whole` is False when it has more elements than are read."""

    markup: str
    root: Element
    whole: bool

    def inside(self, element: Element) -> str:
        """Return the markup between the element's tags."""
        return self.markup[element.start : element.end]


def parse_markup(markup: str) -> Tree:
    """Return the tree of a page, whatever is wrong with its tags.

    Ends that HTML lets authors leave out are understood, stray end tags ignored, a tag that is
    never closed ends the page.
    """
    builder = _Builder()
    whole = _read(markup, builder)
    builder.close_to(1, len(markup))
    builder.root.end = len(markup)
    return Tree(markup, builder.root, whole)


def _read(markup: str, builder: "_Builder") -> bool:
    unclosed: set[str] = set()
    at = 0
    while found := _OPENING.search(markup, at):
        start = found.start()
        if builder.count >= ELEMENTS_LIMIT:
            return False
        if markup.startswith("<!--", start):
            at = _after(markup, "-->", start + 2)
        elif markup.startswith(("<!", "<?"), start):
            at = _after(markup, ">", start)
        elif tag := TAG.match(markup, start):
            at = tag.end()
            name = tag["name"].lower()
            if tag["close"]:
                builder.leave(name, start)
                continue
            builder.enter(name, tag["rest"], start, at)
            if name in _RAW and name not in unclosed:
                end = _END[name].search(markup, at)
                if end is None and name not in {"script", "style"}:
                    unclosed.add(name)
                    continue
                at = end.start() if end else len(markup)
        elif _UNENDED.match(markup, start):
            return True
        else:
            at = start + 1
    return True


_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}


def _after(markup: str, end: str, at: int) -> int:
    found = markup.find(end, at)
    return len(markup) if found < 0 else found + len(end)


def _attributes(written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for nth, attribute in enumerate(_ATTRIBUTE.finditer(written)):
        if nth == ATTRIBUTES_LIMIT:
            break
        value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
        found.setdefault(attribute["name"].lower(), html.unescape(value) if "&" in value else value)
    return found


class _Builder:
    """Elements being opened and closed.

    For each name it is known where it stands among the open ones, so that no tag makes it look
    through all of them.
    """

    def __init__(self) -> None:
        self.root = Element("", {}, 0)
        self.count = 0
        self._open = [self.root]
        self._places: dict[str, list[int]] = {}
        self._too_deep = 0

    def enter(self, name: str, written: str, start: int, after: int) -> None:
        if name in _IMPLIED and not self._too_deep:
            names, unless = _IMPLIED[name]
            self._close(names, unless, start)
        element = Element(name, _attributes(written) if written else {}, after)
        self.count += 1
        self._open[-1].children.append(element)
        if name in _VOID:
            return
        if len(self._open) >= DEPTH_LIMIT:
            self._too_deep += 1
            return
        self._places.setdefault(name, []).append(len(self._open))
        self._open.append(element)

    def leave(self, name: str, start: int) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif name == "table" or name in _BOUNDARY:
            self._close((name,), ("table",) if name in {"td", "th", "caption"} else (), start)
        else:
            self._close((name,), ("table",) if name in _TABLE_PARTS else _BOUNDARY, start)

    def close_to(self, place: int, at: int) -> None:
        while len(self._open) > place:
            element = self._open.pop()
            element.end = at
            self._places[element.name].pop()

    def _close(self, names: tuple[str, ...], unless: tuple[str, ...], at: int) -> None:
        place = self._last(names)
        if place > self._last(unless):
            self.close_to(place, at)

    def _last(self, names: tuple[str, ...]) -> int:
        return max((places[-1] for n in names if (places := self._places.get(n))), default=0)
