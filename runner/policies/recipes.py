"""How the answer of a JSON API becomes messages: the settings of kind `json` as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.policies.expressions import Expression, Wrong, parse_expression

FIELDS = (
    "native_id", "url", "thread_url", "author", "title", "text",
    "posted_at", "rating", "best", "language",
)  # fmt: skip
"""What can be mapped: the fields of an item."""

PAGES = 5
"""Pages of one read where `paging` does not say."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A text with expressions in braces: literal texts and expressions in turn."""

    parts: tuple[str | Expression, ...]


Finder = Expression | Template | float
"""What gives a field: an expression, a text made of several, or the same number always."""


@dataclass(frozen=True, slots=True)
class PageNumber:
    """The query parameter `parameter`, or `{page}` in the URL, counts from `first` by `step`."""

    parameter: str | None
    first: int
    step: int


@dataclass(frozen=True, slots=True)
class NextCursor:
    """What stands `at` in the answer goes into the query parameter of the next request."""

    at: Expression
    parameter: str


@dataclass(frozen=True, slots=True)
class HeaderCursor:
    """What the header `name` holds goes into the query parameter of the next request."""

    name: str
    parameter: str


@dataclass(frozen=True, slots=True)
class NextAddress:
    """The next page's address stands `at` in the answer."""

    at: Expression


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """The next page's address stands in the header `Link`, as `rel="next"` (RFC 8288)."""


Paging = PageNumber | NextCursor | HeaderCursor | NextAddress | LinkHeader


@dataclass(frozen=True, slots=True)
class Auth:
    """How a request proves who asks.

    `by` is `bearer`, `basic`, `header` or `query`, `name` that of the header or parameter.  The
    secret is in the environment, as `variable`; of `basic` it is `user:password`.
    """

    by: str
    variable: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a JSON API is asked, and what its answers mean.

    `items` finds the messages, an object standing for a list of one; `where` says which of
    them count.  `dates` is `iso`, `epoch-seconds`, `epoch-ms` or a form for `strptime`, None
    when the values tell by themselves; `stars` gives words of a rating their number;
    `markup` says of `title` and `text` whether they are `plain`, `html` or plain with
    `entities`.  At most `pages` pages are read at once.  `backoff` finds seconds to wait.  Items
    without a word count where they are `answers` to a survey.
    """

    url: str
    items: Expression
    fields: Mapping[str, Finder]
    where: Expression | None = None
    dates: str | None = None
    stars: Mapping[str, float] = field(default_factory=dict)
    markup: Mapping[str, str] = field(default_factory=dict)
    paging: Paging | None = None
    pages: int = 1
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    backoff: Expression | None = None
    answers: bool = False


def build_recipe(settings: Mapping[str, Any]) -> Recipe:
    """Return what settings without faults say.

    Raises:
        ValueError: where an expression is none.
    """
    coerce = settings.get("coerce", {})
    paging = settings.get("paging")
    return Recipe(
        url=settings["url"],
        items=_expression(settings.get("items", "@")),
        fields={name: _finder(value) for name, value in settings["map"].items()},
        where=_expression(settings["where"]) if "where" in settings else None,
        dates=coerce.get("posted_at"),
        stars={str(word): float(number) for word, number in coerce.get("rating", {}).items()},
        markup={name: coerce[name] for name in ("title", "text") if name in coerce},
        paging=_paging(paging) if paging else None,
        pages=paging.get("pages", PAGES) if paging else 1,
        auth=_auth(settings["auth"]) if "auth" in settings else None,
        headers=settings.get("headers", {}),
        body=settings.get("body"),
        backoff=_expression(settings["backoff"]) if "backoff" in settings else None,
        answers=settings.get("gives") == "survey-answers",
    )


def parse_template(text: str) -> Template | Wrong:
    """Return the template that a text is: `https://example.org/avis/{id}`."""
    parts: list[str | Expression] = []
    for index, part in enumerate(_PLACEHOLDER.split(text)):
        if index % 2 == 0:
            if "{" in part or "}" in part:
                return Wrong("a brace is not closed", "write expressions as `{id}`")
            parts.append(part)
            continue
        found = parse_expression(part)
        if isinstance(found, Wrong):
            return found
        parts.append(found)
    return Template(tuple(parts))


def _expression(text: str) -> Expression:
    found = parse_expression(text)
    if isinstance(found, Wrong):
        raise ValueError(f"{text!r}: {found.message}")
    return found


def _finder(value: str | float | Mapping[str, str]) -> Finder:
    match value:
        case str():
            return _expression(value)
        case Mapping():
            made = parse_template(value["template"])
            if isinstance(made, Wrong):
                raise ValueError(made.message)
            return made
        case number:
            return float(number)


def _paging(paging: Mapping[str, Any]) -> Paging:
    match paging["by"]:
        case "page":
            return PageNumber(
                paging.get("parameter"), paging.get("first", 1), paging.get("step", 1)
            )
        case "cursor":
            return NextCursor(_expression(paging["at"]), paging["parameter"])
        case "header":
            return HeaderCursor(paging["name"], paging["parameter"])
        case "next":
            return NextAddress(_expression(paging["at"]))
        case _:
            return LinkHeader()


def _auth(auth: Mapping[str, Any]) -> Auth:
    return Auth(auth["by"], auth["variable"], auth.get("name"))
