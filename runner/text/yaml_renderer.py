"""YAML as the desk writes it: what people can read and edit, what every reader reads alike.

Text is plain where no reader could take it for anything else, in double quotes otherwise,
and a literal block where it is long or has lines.  Small collections stand on one line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from runner.text.yaml_composer import FORBIDDEN

FLOW_WIDTH = 100
"""Columns up to which a small collection stays on one line."""

_NEVER_WRITTEN = re.compile("[\r\ud800-\udfff]")
"""Carriage returns are read as line feeds; surrogates have no UTF-8."""
# What YAML 1.1 or 1.2 may take for something else than text.
_GUESSED = re.compile(
    r"(?i:null|true|false|yes|no|on|off|y|n|nan|inf)"
    r"|[0-9][0-9_,]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|0[xob][0-9A-Fa-f_]+"
    r"|[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_FLOW_MARKS = re.compile(r"[,\[\]{}]")
_LOOSE_END = re.compile(r"[ \t](?:\n|\Z)|\A[ \t\n]|\n\Z|\n\t")


def render_yaml(value: Mapping[str, object], *, blocks: frozenset[str]) -> str:
    """Return the lines of a mapping, keys in the order given.

    Values are text, numbers, booleans, None, lists and mappings.  The lists under the keys
    `blocks`, and what stands in them, are never squeezed onto one line.

    Raises:
        ValueError: for text that no strict reader accepts, such as control characters.
    """
    return "\n".join(_mapping(value, blocks)) + "\n"


def render_item(value: object, *, blocks: frozenset[str], squeezed: bool) -> list[str]:
    """Return the lines of one item of a block list, without indentation.

    `squeezed` lets a small mapping stand on one line.
    """
    return list(_item(value, blocks, squeezed=squeezed))


def render_flow(value: object) -> str:
    """Return a value on one line, good both in a block and between brackets."""
    return _flow(value)


def _mapping(value: Mapping[str, object], blocks: frozenset[str]) -> Iterator[str]:
    for key, inner in value.items():
        head = f"{_scalar(key)}:"
        if isinstance(inner, str) and (lines := _literal(inner, key)):
            yield f"{head} |-"
            yield from lines
        elif not isinstance(inner, Mapping | list | tuple):
            yield f"{head} {_scalar(inner)}"
        elif not inner:
            yield f"{head} {_flow(inner)}"
        elif (line := _line(head, inner)) and not (key in blocks and _holds_mappings(inner)):
            yield line
        elif isinstance(inner, Mapping):
            yield head
            yield from _indented(_mapping(inner, blocks))
        else:
            yield head
            for item in inner:
                yield from _item(item, blocks, squeezed=key not in blocks)


def _item(item: object, blocks: frozenset[str], *, squeezed: bool) -> Iterator[str]:
    line = _line("-", item)
    if isinstance(item, Mapping) and item and not (squeezed and line):
        lines = _mapping(item, blocks)
        yield f"- {next(lines)}"
        yield from _indented(lines)
    else:
        yield line or f"- {_flow(item)}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    # The blank lines of a literal block stay blank.
    return (f"  {line}" if line else "" for line in lines)


def _holds_mappings(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)


def _line(head: str, value: object) -> str:
    """Return head and value on one line, nothing where that would be long or deep."""
    if isinstance(value, Mapping):
        deep = any(isinstance(inner, Mapping | list | tuple) for inner in value.values())
    elif isinstance(value, list | tuple):
        deep = any(isinstance(inner, Mapping | list | tuple) for inner in value)
    else:
        deep = False
    if deep:
        return ""
    line = f"{head} {_flow(value)}"
    return line if len(line) <= FLOW_WIDTH else ""


def _flow(value: object) -> str:
    match value:
        case Mapping():
            pairs = (f"{_flow(str(key))}: {_flow(inner)}" for key, inner in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(_flow(inner) for inner in value) + "]"
        case str() if _FLOW_MARKS.search(value):
            return _quoted(value)
        case _:
            return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _decimal(value)
        case str():
            return value if _is_plain(value) else _quoted(value)
        case _:
            raise TypeError(f"no YAML for {type(value).__name__}")


def _decimal(value: float) -> str:
    """Return a decimal without exponent, two places at least, as amounts are written."""
    if not abs(value) < 1e15:
        raise ValueError(f"no decimal for {value}")
    text = repr(value) if "e" not in repr(value) else f"{value:.18f}".rstrip("0")
    whole, _, places = text.partition(".")
    return whole if places in {"0", ""} else f"{whole}.{places:0<2}"


def _is_plain(text: str) -> bool:
    """Return whether text can stand without quotes, outside of flow collections."""
    return _INSTANT.fullmatch(text) is not None or (
        text[:1].isalnum()
        and text[-1:] not in {" ", ":"}
        and text.isprintable()
        and ": " not in text
        and " #" not in text
        and not _GUESSED.fullmatch(text)
    )


def _quoted(text: str) -> str:
    _refuse_unreadable(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + escaped.replace("\t", "\\t") + '"'


def _literal(text: str, key: str) -> list[str]:
    """Return the lines of a literal block; none where quotes are shorter or the only way."""
    if not ("\n" in text or key == "text") or not text or _LOOSE_END.search(text):
        return []
    _refuse_unreadable(text)
    return list(_indented(text.split("\n")))


def _refuse_unreadable(text: str) -> None:
    if found := FORBIDDEN.search(text) or _NEVER_WRITTEN.search(text):
        raise ValueError(f"a text holds U+{ord(found.group()):04X}, which no case file may")
