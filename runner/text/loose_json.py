"""JSON as sites really write it: strictly where it can be, else with its damage repaired.

Repaired is only what has one plain meaning: line breaks and control characters in strings,
commas too many or missing, comments, breaks and paragraphs that an editor put in, wrappings
(`<!-- -->`, CDATA, `var x = …;`), a whole script in entities, in curly quotes or with every quote
escaped, single quotes, bare names, unknown escapes, quotes inside a text where what follows proves
that the text goes on, several values one after another, ends cut off.
"""

import html
import json
import re
from dataclasses import dataclass

DEPTH_LIMIT = 200
"""Lists and objects inside one another; a script that nests deeper ends there."""

TORN = "@torn"
"""The key that marks an object in the middle of which a script is cut off."""

_GAP = re.compile(r"(?:[\s\ufeff\u200b\x00;]++|//[^\n]*+|/\*.*?(?:\*/|\Z)|<!--|-->)*+", re.DOTALL)
_START = re.compile(r"[{\[]")
_WRAPPING = re.compile(r"(?:\s|//|/\*|\*/|<!--)*+<!\[CDATA\[")
_ENTITIES = re.compile(r"[^{\[]*+[{\[][{\[\s]*+&(?:quot|ldquo|#34|#x22|#8220);", re.IGNORECASE)
_ESCAPED = re.compile(r"[^{\[]*+[{\[][{\[\s]*+\\[\"n]")
_CURLED = re.compile(r"[^{\[]*+[{\[][{\[\s]*+[“”„″]")
_BREAKS = re.compile(r"""<(?:br\s*/?|/?p)>(?=\s*(?:["“'{}\]\[\n]|&|\Z))""", re.IGNORECASE)
"""What editors make of line ends, where no text goes on behind it."""
_UNCURLED = str.maketrans(dict.fromkeys("“”„″", '"'))
_BARE = re.compile(r"[^\s,}\]\[{\"':][^,}\]\n\"]*+")
_BARE_KEY = re.compile(r"""[^\s,}\]\[{"':]{1,200}+(?=\s{0,200}+:)""")
_RUN = {quote: re.compile(rf"[^{quote}\\]*+") for quote in "\"'"}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None,
          "True": True, "False": False, "None": None}  # fmt: skip
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})")

# What proves that a quote ends a text.  Repetitions are bounded: it is asked at every quote.
_KEY = r"""(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|[A-Za-z_$@][\w$@-]{0,100})\s{0,200}:"""
_VALUE = r"""(?:["'{\[\d-]|true|false|null)"""
_END = r"(?:\s{0,200}(?:[}\]]|\Z|;|//|/\*|-->)"
_AFTER_KEY = re.compile(r"\s{0,200}:")
_AFTER_MEMBER = re.compile(
    rf"{_END}|\s{{0,200}},\s{{0,200}}(?:{_KEY}|[}}\],]|\Z|//|/\*)"
    rf"|\s{{0,200}}\n\s{{0,200}}{_KEY}|\s{{0,200}}\"[^\"\n]{{0,200}}\"\s{{0,200}}:)"
)
_AFTER_ELEMENT = re.compile(rf"{_END}|\s{{0,200}},\s{{0,200}}(?:{_VALUE}|[}}\],]|\Z|//|/\*))")

_Container = dict[str, object] | list[object]


@dataclass(frozen=True, slots=True)
class Script:
    """The values of a script, and whether they had to be repaired."""

    values: tuple[object, ...]
    repaired: bool = False


def read_script(text: str) -> Script:
    """Return what a script of JSON holds; no value when there is none in it.

    Values are those of `json.loads`, but that numbers of a damaged script are text, and that of a
    key that comes twice both values are kept, as a list: templates write `"review"` for each
    review.  Where a script is cut off in the middle of a value, the objects that are open there
    hold `TORN`: half a message is another message.
    """
    text = text.strip("\ufeff\xa0\u200b\x00 \t\r\n")
    if not text:
        return Script(())
    try:
        value = json.loads(text, strict=False, object_pairs_hook=_of_pairs)
    except (ValueError, RecursionError):
        return _repaired(text)
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        return Script(read_script(value).values, repaired=True)
    return Script((value,))


def _repaired(text: str) -> Script:
    text = _WRAPPING.sub("", text, count=1) if _WRAPPING.match(text) else text
    text = _BREAKS.sub("", text)
    if _ENTITIES.match(text):
        text = html.unescape(text)
    if _ESCAPED.match(text):
        text = _unescaped(text)
    if _CURLED.match(text):
        text = text.translate(_UNCURLED)
    reader = _Reader(text)
    values: list[object] = []
    while start := _START.search(text, reader.at):
        reader.at = start.start()
        values.append(reader.read())
    return Script(tuple(values), repaired=True)


def _unescaped(text: str) -> str:
    """Return a script that was made a text, as it was before; unchanged where it is none."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _of_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found = {}
        for key, value in pairs:
            _add(found, key, value)
    return found


class _Several(list[object]):
    """The values of a key that comes more than once."""


def _add(inside: dict[str, object], key: str, value: object) -> None:
    held = inside.get(key)
    if key not in inside:
        inside[key] = value
    elif isinstance(held, _Several):
        held.append(value)
    else:
        inside[key] = _Several((held, value))


class _CutOff(Exception):
    """The script ends in the middle of a value."""


class _Reader:
    """Reads one value after the other, looking at each character a bounded number of times."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._open: list[_Container] = []
        self._of_kind = {dict: 0, list: 0}

    def read(self) -> object:
        """Read the object or list that starts here."""
        whole = self._enter()
        try:
            while self._open and self._peek():
                self._step(self._open[-1])
        except _CutOff:
            self.at = len(self.text)
            for container in self._open:
                if isinstance(container, dict):
                    container[TORN] = True
        self._open.clear()
        self._of_kind = {dict: 0, list: 0}
        return whole

    def _step(self, inside: _Container) -> None:
        character = self.text[self.at]
        if character in "}]":
            self._leave(dict if character == "}" else list)
        elif character == ",":
            self.at += 1
        elif isinstance(inside, list):
            inside.append(self._value(_AFTER_ELEMENT))
        else:
            self._member(inside, character)

    def _member(self, inside: dict[str, object], character: str) -> None:
        if character in "\"'":
            key = self._string(_AFTER_KEY)
        elif bare := _BARE_KEY.match(self.text, self.at):
            key, self.at = bare[0], bare.end()
        elif character in "{[":
            key = ""
        else:
            self.at += 1
            return
        following = self._peek()
        if not following:
            raise _CutOff
        if following == ":":
            self.at += 1
            self._peek()
        elif following in ",}]":
            return
        _add(inside, key, self._value(_AFTER_MEMBER))

    def _value(self, after: re.Pattern[str]) -> object:
        character = self._peek()
        if not character:
            raise _CutOff
        if character in "{[":
            return self._enter()
        if character in "\"'":
            return self._string(after)
        if bare := _BARE.match(self.text, self.at):
            self.at = bare.end()
            word = bare[0].strip()
            return _WORDS.get(word, word)
        if character not in ",}]":
            self.at += 1
        return None

    def _string(self, after: re.Pattern[str]) -> str:
        quote = self.text[self.at]
        self.at += 1
        parts: list[str] = []
        while True:
            run = _RUN[quote].match(self.text, self.at)
            parts.append(run[0] if run else "")
            self.at += len(parts[-1])
            if self.at >= len(self.text):
                raise _CutOff
            if self.text[self.at] == "\\":
                parts.append(self._escape())
                continue
            self.at += 1
            if after.match(self.text, self.at):
                return "".join(parts)
            parts.append(quote)

    def _escape(self) -> str:
        self.at += 1
        if found := _UNICODE.match(self.text, self.at):
            self.at = found.end()
            return chr(int(found[1] or found[2], 16))
        escaped = self.text[self.at : self.at + 1]
        self.at += 1
        return _ESCAPES.get(escaped, escaped)

    def _enter(self) -> _Container:
        if len(self._open) >= DEPTH_LIMIT:
            raise _CutOff
        container: _Container = {} if self.text[self.at] == "{" else []
        self.at += 1
        self._open.append(container)
        self._of_kind[type(container)] += 1
        return container

    def _leave(self, kind: type[_Container]) -> None:
        """Close the innermost container of a kind, with those in it that nobody closed."""
        self.at += 1
        if self._of_kind[kind]:
            left: _Container | None = None
            while not isinstance(left, kind):
                left = self._open.pop()
                self._of_kind[type(left)] -= 1

    def _peek(self) -> str:
        """Return the next character that means something, empty at the end."""
        gap = _GAP.match(self.text, self.at)
        self.at = gap.end() if gap else self.at
        return self.text[self.at : self.at + 1]
