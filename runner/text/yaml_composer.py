"""The careful half of strict YAML: from libyaml's events to values, places and faults.

libyaml's parser keeps its own stack and gives events one by one, so a hundred
thousand brackets cost no more than the depth limit; only its composer, which is
not used here, recurses.  Every fault is told and reading goes on, as long as
what follows can still be told apart.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from runner.errors import Fault
from runner.text.document import Document, Path, Position
from runner.text.wording import shown

DEPTH_LIMIT = 32
"""Collections inside one another.  The deepest of our formats needs 7."""
VALUES_LIMIT = 50_000
"""Keys and values of one file, so that a megabyte of commas cannot hold up a check."""
_CHARACTER_FAULTS = 20
"""Of a kind that comes in thousands, so many are told."""

# What must not stand in a file, raw or escaped: control and bidi control characters, a byte
# order mark, line breaks that only some readers take for line breaks.
FORBIDDEN = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_FORBIDDEN_NAMES = {
    "\x00": "a NUL character",
    "\r": "a carriage return without a line feed",
    "\x85": "a NEL line break",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\ufeff": "a byte order mark",
}


class _Stop(Exception):
    """What follows in the file cannot or need not be read."""


_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_CONSTANTS = {"": None, "null": None, "true": True, "false": False}
_KEY_KINDS = {bool: "true or false", int: "a number", float: "a number", type(None): "nothing"}

_SYNTAX_HINTS = (
    (
        "mapping values are not allowed",
        "a text that holds `: ` must stand in quotes; or is the indentation wrong?",
    ),
    ("expected ',' or", "close the bracket, or put the text in quotes"),
    ("unexpected end of stream", "a quote or a bracket is not closed"),
    ("could not find expected ':'", "a key is followed by `: ` and its value"),
    ("expected <block end>", "check the indentation of this line"),
    ("did not find expected key", "check the indentation and the quotes of this line"),
    ("did not find expected '-'", "check the indentation of this line"),
    ("block sequence entries are not allowed", "begin the list on a line of its own"),
    ("unknown escape character", "in double quotes, write `\\\\` for a backslash"),
)


class Composer:
    """Makes values from libyaml's events, and collects what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self._text = ""
        self._events: Iterator[Any] = iter(())
        self._left = VALUES_LIMIT

    def check_characters(self, text: str) -> None:
        """Tell the first forbidden characters, with their places."""
        for found in islice(FORBIDDEN.finditer(text), _CHARACTER_FAULTS):
            start = found.start()
            line = text.count("\n", 0, start) + 1
            column = start - text.rfind("\n", 0, start)
            self._tell_character(found.group(), Position(line, column))
            if found.group() == "\r":
                break

    def compose(self, text: str) -> Document:
        """Return the document; it is only good when no fault was told."""
        import yaml

        self._text = text
        self._events = yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader))
        value: object = None
        try:
            value = self._document(yaml)
        except yaml.MarkedYAMLError as error:
            self._tell_syntax(error)
        except _Stop:
            pass
        return Document(self.file, value, self.positions, self.keys)

    def _document(self, yaml: Any) -> object:
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            return None
        if start.version or start.tags:
            self._tell(start.start_mark, "yaml-directive", "a `%` directive is not read here")
        value = self._node(yaml, next(self._events), (), 1)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._tell(
                after.start_mark,
                "yaml-several-documents",
                "a second document begins here",
                "one file holds one document: remove `---` and what follows",
            )
        return value

    def _node(self, yaml: Any, event: Any, path: Path, depth: int) -> object:
        self._count(event)
        at = event.start_mark
        if not (path in self.keys and isinstance(event, yaml.ScalarEvent) and _is_nothing(event)):
            self.positions[path] = Position(at.line + 1, at.column + 1)
        else:
            self.positions[path] = self.keys[path]
        if isinstance(event, yaml.AliasEvent):
            self._tell_alias(event)
            return None
        self._check_properties(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth > DEPTH_LIMIT:
            self._tell(at, "yaml-too-deep", f"more than {DEPTH_LIMIT} levels inside one another")
            raise _Stop
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(yaml, path, depth)
        return self._mapping(yaml, path, depth)

    def _sequence(self, yaml: Any, path: Path, depth: int) -> list[object]:
        values: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._node(yaml, event, (*path, len(values)), depth + 1))
        return values

    def _mapping(self, yaml: Any, path: Path, depth: int) -> dict[str, object]:
        values: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(yaml, event, path, depth)
            at = Position(event.start_mark.line + 1, event.start_mark.column + 1)
            if key in values:
                self._tell(
                    event.start_mark,
                    "yaml-duplicate-key",
                    f"the key {shown(key)} stands here twice",
                    f"the first is on line {self.keys[(*path, key)].line}",
                )
            else:
                self.keys[(*path, key)] = at
            value = self._node(yaml, next(self._events), (*path, key), depth + 1)
            values.setdefault(key, value)
        return values

    def _key(self, yaml: Any, event: Any, path: Path, depth: int) -> str:
        """Return a key as text, whatever it is, so that reading can go on."""
        if isinstance(event, yaml.AliasEvent):
            self._tell_alias(event)
            return f"*{event.anchor}"
        if not isinstance(event, yaml.ScalarEvent):
            self._tell(
                event.start_mark,
                "yaml-key",
                "a key must be text, not a list or a mapping",
                "a text that begins with `{` or `[` must stand in quotes",
            )
            told = len(self.faults)
            try:
                self._node(yaml, event, (*path, "?"), depth + 1)
            finally:
                del self.faults[told:]
            return "?"
        self._count(event)
        self._check_properties(event)
        key = event.value
        resolved = self._scalar(event)
        if not isinstance(resolved, str):
            kind = _KEY_KINDS[type(resolved)]
            hint = f"put it in quotes: '{key}':" if key else ""
            self._tell(event.start_mark, "yaml-key", f"a key must be text, not {kind}", hint)
        elif key == "<<" and _is_plain(event):
            self._tell(
                event.start_mark,
                "yaml-merge-key",
                "the merge key `<<` is not read here",
                "write the keys out",
            )
        return str(key)

    def _scalar(self, event: Any) -> object:
        text: str = event.value
        if _is_plain(event):
            return _resolve(text)
        if event.style == '"' and (found := FORBIDDEN.search(text.replace("\r", "\0"))):
            at = event.start_mark
            self._tell_character(found.group(), Position(at.line + 1, at.column + 1))
        return text

    def _count(self, event: Any) -> None:
        self._left -= 1
        if self._left < 0:
            self._tell(
                event.start_mark, "yaml-too-many", f"more than {VALUES_LIMIT} keys and values"
            )
            raise _Stop

    def _check_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._tell(
                event.start_mark,
                "yaml-anchor",
                f"anchors such as {shown('&' + event.anchor)} are not read here",
                "remove it, or put the text in quotes",
            )
        if event.tag is not None:
            self._tell(
                event.start_mark,
                "yaml-tag",
                f"tags such as {shown(_short_tag(event.tag))} are not read here",
                "remove it, or put the text in quotes",
            )

    def _tell_alias(self, event: Any) -> None:
        self._tell(
            event.start_mark,
            "yaml-alias",
            f"aliases such as {shown('*' + event.anchor)} are not read here",
            "write the value out, or put the text in quotes",
        )

    def _tell_character(self, character: str, at: Position) -> None:
        name = _FORBIDDEN_NAMES.get(character, "a control character")
        self.faults.append(
            Fault(
                self.file,
                at.line,
                at.column,
                "yaml-character",
                f"{name} (U+{ord(character):04X}) must not stand here",
                "save the file as UTF-8 without a byte order mark"
                if character == "\ufeff"
                else "remove it",
            )
        )

    def _tell_syntax(self, error: Any) -> None:
        problem, at = str(error.problem), error.problem_mark
        hint = next((hint for part, hint in _SYNTAX_HINTS if part in problem), "")
        if at and "cannot start any token" in problem:
            problem, hint = self._unstartable(at)
        begun = error.context_mark
        if at and begun and begun.line != at.line:
            hint = f"{hint}; {error.context}, begun on line {begun.line + 1}".removeprefix("; ")
        self._tell(at, "yaml-syntax", f"this is not YAML: {problem}", hint)

    def _unstartable(self, mark: Any) -> tuple[str, str]:
        line = self._text.split("\n")[mark.line]
        character = line[mark.column : mark.column + 1]
        if character == "\t":
            return "a tab indents this line", "indent with spaces"
        return f"a text cannot begin with {shown(character)}", "put the text in quotes"

    def _tell(self, mark: Any, rule: str, message: str, hint: str = "") -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.faults.append(Fault(self.file, line, column, rule, message, hint))


def _is_plain(event: Any) -> bool:
    return bool(event.tag is None and event.implicit[0])


def _is_nothing(event: Any) -> bool:
    return event.value == "" and _is_plain(event)


def _short_tag(tag: str) -> str:
    core = "tag:yaml.org,2002:"
    return "!!" + tag.removeprefix(core) if tag.startswith(core) else tag


def _resolve(text: str) -> object:
    """Return what a plain scalar means."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
