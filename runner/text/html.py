"""HTML of messages to plain lines, in time linear in its length.

The standard library's `html.parser` needs seconds for 100 kB of broken tags on the Python
versions that are in use, and reads comments differently from one patch release to the next;
a message's text must be the same everywhere.  Messages need no tree: only which words are on
which line.
"""

import html
import re

MARKUP_LIMIT = 500_000
"""Characters of markup that are read; what follows is dropped.  No message is that long."""

TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*+)
        (?P<rest>(?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>])*+)>""",
    re.VERBOSE,
)
_ALT = re.compile(r"""\salt\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")

_RAW = frozenset({"script", "style"})
"""Everything up to the end tag is no text; without end tag, everything to the end."""
_SKIPPED = frozenset(
    {"audio", "canvas", "head", "iframe", "math", "noembed", "noframes", "noscript", "object"}
    | {"select", "svg", "template", "textarea", "video"}
)
"""Dropped with their content when an end tag is there."""
_WITH_CONTENT = _RAW | _SKIPPED
_PARAGRAPHS = frozenset(
    {"article", "blockquote", "dl", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
    | {"ol", "p", "pre", "section", "table", "ul"}
)
_LINES = frozenset(
    {"address", "aside", "caption", "dd", "details", "div", "dt", "fieldset", "figcaption"}
    | {"footer", "header", "li", "main", "nav", "summary", "tr"}
)
_CELLS = frozenset({"td", "th"})
_LAID_OUT = _PARAGRAPHS | _LINES | _CELLS | {"br"}
"""Every tag that changes where words stand; the others leave them in their line."""

_QUOTES_LIMIT = 3


def text_of_html(markup: str, limit: int = MARKUP_LIMIT) -> str:
    """Return the words of a message: paragraphs, list items and table rows as lines.

    List items start with `- `, quoted messages (`blockquote`) with `> `.  Entities are decoded
    once, links and images keep their text, comments, scripts and styles are dropped.  Of the markup
    `limit` characters are read.  Nothing is cleaned: `runner.text.clean` comes after.
    """
    markup = markup[:limit]
    if "<" not in markup:
        return _SPACE.sub(" ", html.unescape(markup)).strip()
    page = _Page()
    _read(markup, page)
    return page.text()


def _read(markup: str, page: "_Page") -> None:
    unclosed: set[str] = set()
    at = 0
    while (start := markup.find("<", at)) >= 0:
        if start > at:
            page.say(html.unescape(markup[at:start]))
        if tag := TAG.match(markup, start):
            at = _enter(markup, tag, page, unclosed)
        elif markup.startswith("<!--", start):
            at = _after(markup, "-->", start + 2)
        elif markup.startswith("<![CDATA[", start):
            at = _after(markup, "]]>", start)
            page.say(markup[start + 9 : at].removesuffix("]]>"))
        elif markup.startswith(("<!", "<?"), start):
            at = _after(markup, ">", start)
        elif re.match("</?[A-Za-z]", markup[start : start + 3]):
            return
        else:
            page.say("<")
            at = start + 1
    if at < len(markup):
        page.say(html.unescape(markup[at:]))


def _enter(markup: str, tag: re.Match[str], page: "_Page", unclosed: set[str]) -> int:
    """Do what a tag says; return where to read on."""
    name = tag["name"].lower()
    if tag["close"]:
        if name in _LAID_OUT:
            page.leave(name)
        return tag.end()
    if name in _LAID_OUT:
        page.enter(name)
    elif name in _WITH_CONTENT and name not in unclosed:
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, tag.end())
        if end:
            return _after(markup, ">", end.start())
        if name in _RAW:
            return len(markup)
        unclosed.add(name)
    elif name == "img" and (alt := _ALT.search(tag["rest"])):
        page.say(html.unescape(alt[1] or alt[2] or alt[3] or ""))
    return tag.end()


def _after(markup: str, end: str, at: int) -> int:
    found = markup.find(end, at)
    return len(markup) if found < 0 else found + len(end)


class _Page:
    """Lines being written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._quotes = 0
        self._preformatted = 0
        self._item = False

    def say(self, text: str) -> None:
        if self._preformatted:
            first, *others = text.split("\n")
            self._add(first)
            for line in others:
                self._end_line()
                self._add(line)
        else:
            self._add(_SPACE.sub(" ", text))

    def enter(self, name: str) -> None:
        if name in _CELLS:
            self._add(" ")
        elif name in _PARAGRAPHS or name in _LINES:
            self._break(paragraph=name in _PARAGRAPHS)
        if name == "br":
            self._end_line()
        elif name == "li":
            self._item = True
        elif name == "blockquote":
            self._quotes += 1
        elif name == "pre":
            self._preformatted += 1

    def leave(self, name: str) -> None:
        if name in _PARAGRAPHS or name in _LINES:
            self._break(paragraph=name in _PARAGRAPHS)
        if name == "li":
            self._item = False
        elif name == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif name == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def text(self) -> str:
        self._break(paragraph=False)
        return "\n".join(self._lines)

    def _add(self, words: str) -> None:
        if self._item and words.strip():
            self._item = False
            self._words.insert(0, "- ")
        self._words.append(words)

    def _break(self, *, paragraph: bool) -> None:
        if self._words:
            if line := "".join(self._words).strip():
                self._put(line)
            self._words.clear()
        if paragraph and self._lines and not self._item:
            self._lines.append("")

    def _end_line(self) -> None:
        self._put("".join(self._words).strip())
        self._words.clear()

    def _put(self, line: str) -> None:
        self._lines.append("> " * min(self._quotes, _QUOTES_LIMIT) + line if line else "")
