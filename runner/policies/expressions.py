"""Expressions that find a value in JSON: JMESPath, https://jmespath.org.

Expressions come from files of the desk, the data from strangers.  Whatever the data, an
evaluation ends in a value or in `Failed`; it walks the data a fixed number of times, since the
language has no loops but those over what is there.
"""

import warnings
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError, ParseError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult

from runner.text.wording import did_you_mean

NodeLike = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a text is no expression, and what to do about it."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """An expression met a value that it cannot be asked of, such as `contains` of nothing."""

    why: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that is an expression."""

    text: str
    _parsed: ParsedResult

    def find(self, data: object, page: "Page") -> object:
        """Return what the expression finds in `data`, a part of `page`; None for nothing."""
        try:
            return self._parsed.search(data, page.options)
        except (JMESPathError, RecursionError, ValueError, OverflowError, TypeError) as error:
            return Failed(f"{type(error).__name__}: {error}")


class Page:
    """One answer, to whose other parts `lookup` may refer."""

    def __init__(self, document: object) -> None:
        self.options = jmespath.Options(custom_functions=_Functions(document))


class _Functions(Functions):
    """The functions of JMESPath, `lookup('users', 'id', author_id)` and `items(reviews)`.

    Many APIs list authors once, beside the messages that name them by id.  Some keep messages in
    an object under their ids, of which `items` makes a list of `[id, message]`, as it does in
    JMESPath Community (JEP-13).
    """

    def __init__(self, document: object = None) -> None:
        self._document = document
        self._indexes: dict[tuple[str, str], dict[Hashable, object]] = {}

    @signature({"types": ["string"]}, {"types": ["string"]}, {"types": []})
    def _func_lookup(self, place: str, key: str, wanted: object) -> object:
        if (place, key) not in self._indexes:
            self._indexes[place, key] = _index(self._document, place, key)
        return self._indexes[place, key].get(wanted) if isinstance(wanted, str | int) else None

    @signature({"types": ["object"]})
    def _func_items(self, held: dict[str, object]) -> list[object]:
        return [[key, value] for key, value in held.items()]


def _index(document: object, place: str, key: str) -> dict[Hashable, object]:
    listed = document.get(place) if isinstance(document, dict) else None
    return {
        entry[key]: entry
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get(key), str | int)
    }


def parse_expression(text: str) -> Expression | Wrong:
    """Return the expression that a text is.

    Unlike the library, which would only say so when it meets data, an unknown function or one
    with too few values is wrong here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = jmespath.compile(text)
        for name, count in _calls(parsed.parsed):
            if wrong := _wrong_call(name, count):
                return wrong
    except PendingDeprecationWarning:
        return Wrong("what stands in backquotes is no JSON", "write text in single quotes: 'fr'")
    except ParseError as error:
        at = error.lex_position + 1
        return Wrong(
            f"the expression makes no sense at character {at}",
            "names with other characters than letters, digits and _ stand in double quotes: "
            'author."im:name"; see https://jmespath.org',
        )
    except (JMESPathError, RecursionError, ValueError) as error:
        return Wrong(
            f"this is no expression: {_first_line(error)}", "see https://jmespath.org/tutorial.html"
        )
    return Expression(text, parsed)


def _calls(node: NodeLike) -> Iterator[tuple[str, int]]:
    children = node.get("children", ())
    if node.get("type") == "function_expression":
        yield str(node["value"]), len(children)
    for child in children:
        if isinstance(child, dict):
            yield from _calls(child)


def _wrong_call(name: str, count: int) -> Wrong | None:
    known = _Functions.FUNCTION_TABLE
    if name not in known:
        return Wrong(f"there is no function `{name}`", did_you_mean(name, known))
    wanted = known[name]["signature"]
    several = bool(wanted) and bool(wanted[-1].get("variadic"))
    if count < len(wanted) if several else count != len(wanted):
        least = "at least " if several else ""
        return Wrong(f"`{name}` takes {least}{len(wanted)} values, found {count}")
    return None


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
