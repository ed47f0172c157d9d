"""A page, taken apart into what a reader sees, what is quoted there, and what is hidden."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from runner.cases.identity import folded
from runner.text.charset import decode
from runner.text.html import text_of_html
from runner.text.markup import Element, Tree, parse_markup

_SIGN = 500
"""Characters of a link's or a button's content that are read."""
_SCRIPTED = 2_000_000
"""Characters of a file that are looked through beyond what a reader sees."""
_HIDING = re.compile(r"display:none|visibility:hidden|opacity:0(?:\.0+)?(?:;|$)|font-size:0")
_RULE = re.compile(r"(?:^|(?<=[{}]))([^{}]++)\{([^{}]*+)\}")
_SIMPLE = re.compile(r"[.#][A-Za-z_][\w-]*")
_HIDDEN_CLASSES = frozenset(
    {"hidden", "d-none", "is-hidden", "invisible", "hide", "visually-hidden", "sr-only"}
    | {"screen-reader-text", "screen-reader-only", "visuallyhidden", "u-hidden"}
)
_QUOTED_CLASS = re.compile(
    r"(?:^|[-_\s])(?:quote[ds]?|quotation|bbcodeblock--quote|citation)", re.I
)
_QUOTES = frozenset({"blockquote", "q"})
_NOT_FOUND = re.compile(
    r"\b404\b|\b410\b|not\s+found|introuvable|n.existe\s+(?:pas|plus)|no\s+longer|supprimée?s?\b|"
    r"\bdeleted\b|\bremoved\b|\bunavailable\b|indisponible",
    re.IGNORECASE,
)
_UNFOLDS = re.compile(
    r"(?:voir|afficher|charger|show|view|load|see|\d+)\W+(?:\w+\W+){0,4}?"
    r"(?:r[ée]ponses?|repl(?:y|ies)|answers?|commentaires?|comments?|messages?|posts?|suivants?)\b"
    r"|(?:charger|load|afficher|show|voir)\W+(?:plus|more|la\W+suite)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^\W*(?:suivante?s?|page\s+suivante|next(?:\s+page)?|older|newer|last|derni[èe]re(?:\s+page)?)"
    r"\W*$|^\s*[›»>]{1,2}\s*$",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[?&/;](?:page|p|start|offset|pg|from)[=/-]?\d+\b|/page/\d+", re.IGNORECASE
)
_SQUASHED = str.maketrans("", "", " \t\r\n\f")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¨ª§¢´®»¼¹€]|â€|\ufffd")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its words, folded, and itself."""

    words: tuple[str, ...]
    text: str


class ShownPage:
    """A page, taken apart into what a reader sees, what is quoted there, and what is hidden.

    `cleaned` is what both sides go through before they are compared, such as masking.
    """

    def __init__(
        self, body: bytes, content_type: str = "", cleaned: Callable[[str], str] = str
    ) -> None:
        self.markup = decode(body, content_type)
        self._cleaned = cleaned

    @cached_property
    def tree(self) -> Tree:
        """The page's elements."""
        return parse_markup(self.markup)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """What a reader sees and nobody quotes."""
        return tuple(self._lines((*self._hidden, *self._quoted)))

    @cached_property
    def quoted(self) -> tuple[str, ...]:
        """All words that a reader sees, quotes too."""
        return tuple(word for line in self._lines(self._hidden, quotes=True) for word in line.words)

    @cached_property
    def everything(self) -> tuple[str, ...]:
        """All words of the file, those of scripts, attributes and comments too."""
        return tuple(folded(self._cleaned(_unescaped(self.markup[:_SCRIPTED]))).split())

    @property
    def has_damaged_letters(self) -> bool:
        """Whether it seems to be read in another character set than it was written in."""
        return _MOJIBAKE.search(self.markup) is not None

    @property
    def says_not_found(self) -> bool:
        """Whether title or first heading say that there is no such page."""
        for name in ("title", "h1"):
            element = next((e for e in self.tree.root if e.name == name), None)
            if element and _NOT_FOUND.search(text_of_html(self.tree.inside(element))):
                return True
        return False

    def leads_on(self, url: str) -> bool:
        """Whether it names another page of the same; `url` is its own address."""
        for element in self.tree.root:
            href = element.attributes.get("href", "")
            if element.name not in {"a", "link"} or not href:
                continue
            is_page = _PAGE_NUMBER.search(href) is not None
            rel = element.attributes.get("rel", "").lower().split()
            # Blogs name the articles before and after by the same words.
            if {"next", "prev"} & set(rel) and (is_page or _is_below(href, url)):
                return True
            said = self._said_by(element)
            if (said.isdigit() and is_page) or (
                _NEXT.search(said) and (is_page or _is_below(href, url))
            ):
                return True
        return False

    def neighbour(self, rel: str) -> str | None:
        """Return the address of the page before or after, where it is named by `rel`."""
        for element in self.tree.root:
            if element.name in {"a", "link"}:
                href = element.attributes.get("href")
                if href and rel in element.attributes.get("rel", "").lower().split():
                    return href
        return None

    def unfolds_more(self, url: str) -> bool:
        """Whether it holds answers that are shown only to who asks for them."""
        for element in self.tree.root:
            if element.name == "a":
                href = element.attributes.get("href", "")
                target, _, fragment = href.partition("#")
                # `12 comments` at the top leads down to them; a link elsewhere to something else.
                if (fragment and not target) or (target and not _is_below(target, url)):
                    continue
                if fragment and urljoin(url, target).partition("?")[0] == url.partition("?")[0]:
                    continue
            is_control = element.name in {"a", "button", "summary"}
            if not is_control and element.attributes.get("role") != "button":
                continue
            if _UNFOLDS.search(self._said_by(element)):
                return True
        return False

    def _said_by(self, element: Element) -> str:
        return text_of_html(self.tree.inside(element)[:_SIGN], _SIGN).strip()

    def element_at(self, fragment: str) -> str:
        """Return the words of the element that an address's fragment names, empty without one."""
        for element in self.tree.root:
            if fragment in (element.attributes.get("id"), element.attributes.get("name")):
                return text_of_html(self.tree.inside(element))
        return ""

    def _lines(
        self, left_out: Iterable[tuple[int, int]], *, quotes: bool = False
    ) -> Iterator[Line]:
        text = text_of_html(_cut(self.markup, left_out), limit=len(self.markup))
        for line in text.splitlines():
            if not line or (line.startswith(">") and not quotes):
                continue
            words = tuple(folded(self._cleaned(line)).split())
            if words:
                yield Line(words, line)

    @cached_property
    def _hidden(self) -> tuple[tuple[int, int], ...]:
        names = _hidden_by_rules(self.tree)
        return tuple(
            (element.start, element.end) for element in self.tree.root if _is_hidden(element, names)
        )

    @cached_property
    def _quoted(self) -> tuple[tuple[int, int], ...]:
        return tuple(
            (element.start, element.end)
            for element in self.tree.root
            if element.name in _QUOTES or _QUOTED_CLASS.search(element.attributes.get("class", ""))
        )


def _cut(markup: str, ranges: Iterable[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in sorted(ranges):
        if end <= at:
            continue
        if start > at:
            kept.append(markup[at:start])
        at = max(at, end)
    return " ".join((*kept, markup[at:])) if kept or at else markup


def _is_hidden(element: Element, names: frozenset[str]) -> bool:
    attributes = element.attributes
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if element.name == "dialog" and "open" not in attributes:
        return True
    style = attributes.get("style", "").lower().translate(_SQUASHED)
    if style and _HIDING.search(style):
        return True
    classes = attributes.get("class", "").split()
    if not _HIDDEN_CLASSES.isdisjoint(name.lower() for name in classes):
        return True
    own = {f".{name}" for name in classes} | {f"#{attributes.get('id', '')}"}
    return not names.isdisjoint(own)


def _is_below(href: str, url: str) -> bool:
    """Whether an address leads to the same page with another query, or to one below it."""
    if href.startswith("javascript:"):
        return True
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, href))
    except ValueError:
        return False
    path = here.path.rstrip("/")
    return there.netloc == here.netloc and (
        there.path.rstrip("/") == path or (bool(path) and there.path.startswith(f"{path}/"))
    )


def _hidden_by_rules(tree: Tree) -> frozenset[str]:
    """Return the classes and ids that the page's own styles hide."""
    found = set[str]()
    for element in tree.root:
        if element.name == "style":
            for selectors, rules in _RULE.findall(tree.inside(element)[:200_000]):
                if _HIDING.search(rules.lower().translate(_SQUASHED)):
                    each = (selector.strip() for selector in selectors.split(","))
                    found.update(one for one in each if _SIMPLE.fullmatch(one))
    return frozenset(found)


_TAG = re.compile(r"<[^<>]{0,2000}>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def _unescaped(markup: str) -> str:
    """Return all that a file says: tags away but comments kept, escapes of scripts read."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), markup).replace("\\n", " ")
    bare = _TAG.sub(lambda found: " " + found[0].strip("<>!-") + " "
                    if found[0].startswith("<!--") or "=" in found[0] else " ", plain)  # fmt: skip
    return html.unescape(html.unescape(bare))
