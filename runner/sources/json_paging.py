"""Which page comes after which, by the recipe of a source.  Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from runner.policies.expressions import Failed
from runner.policies.expressions import Page as Answer
from runner.policies.recipes import (
    HeaderCursor,
    LinkHeader,
    NextAddress,
    NextCursor,
    PageNumber,
    Recipe,
)
from runner.sources.json_items import plain_text
from runner.sources.problems import Problem, Trouble

_LINK = re.compile(r"<([^<>]{1,2000})>([^<>]{0,500})")
_NEXT = re.compile(
    r";\s*rel\s*=\s*\"?(?:[^\";,]*\s)?next(?:\s[^\";,]*)?\"?\s*(?:[;,]|$)", re.IGNORECASE
)
_TO_FILL_IN = re.compile(r"\{[?&/;#.][^{}]{1,500}\}")
_CURSOR_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: an address, and what to send to it as JSON, if anything."""

    url: str
    body: Mapping[str, object] | None = None


def first_request(recipe: Recipe) -> Request:
    """Return what to ask for first."""
    if isinstance(recipe.paging, PageNumber):
        return _numbered(recipe, recipe.paging, recipe.paging.first)
    return Request(recipe.url, recipe.body)


def next_request(
    recipe: Recipe, page: int, url: str, document: object, headers: Mapping[str, str]
) -> Request | Problem | None:
    """Return what to ask for after a page, None after the last.

    `page` counts the pages read so far, `url` is where the last one was found, `document` and
    `headers` are what it holds.  A page at another site is a problem.
    """
    match recipe.paging:
        case None:
            return None
        case PageNumber() as paging:
            return _numbered(recipe, paging, paging.first + page * paging.step)
        case NextCursor(at, parameter):
            return _pointed(recipe, parameter, _text(at.find(document, Answer(document))))
        case HeaderCursor(name, parameter):
            return _pointed(recipe, parameter, _text(headers.get(name, "").strip()))
        case NextAddress(at):
            return page_at(_text(at.find(document, Answer(document))), url, recipe.body)
        case LinkHeader():
            return linked_page(headers, url, recipe.body)


def _numbered(recipe: Recipe, paging: PageNumber, number: int) -> Request:
    if paging.parameter is None:
        return Request(recipe.url.replace("{page}", str(number)), recipe.body)
    return _with(recipe, Request(recipe.url, recipe.body), paging.parameter, number)


def _pointed(recipe: Recipe, parameter: str, cursor: str) -> Request | None:
    return _with(recipe, Request(recipe.url, recipe.body), parameter, cursor) if cursor else None


def _with(recipe: Recipe, request: Request, parameter: str, value: str | int) -> Request:
    if recipe.body is not None:
        return Request(request.url, _filled(recipe.body, parameter, value))
    return Request(str(httpx.URL(request.url).copy_set_param(parameter, value)))


def _filled(body: Mapping[str, object], parameter: str, value: str | int) -> Mapping[str, object]:
    """Return a body with a value at `parameter`, whose dots lead into the objects in it."""
    name, dot, rest = parameter.partition(".")
    if not dot or parameter in body:
        return {**body, parameter: value}
    inner = body.get(name)
    return {**body, name: _filled(inner if isinstance(inner, Mapping) else {}, rest, value)}


def page_at(
    text: str, url: str, body: Mapping[str, object] | None = None
) -> Request | Problem | None:
    """Return the request for an address in an answer found at `url`, if it is of the same site."""
    if not text:
        return None
    # What a template (RFC 6570) leaves to be filled in may be left out; HAL links are such.
    text = _TO_FILL_IN.sub("", text)
    try:
        here, there = httpx.URL(url), httpx.URL(urljoin(url, text))
        if there.host == here.host and here.scheme == "https" and there.scheme == "http":
            # Behind a proxy many a program takes itself for one without TLS.
            there = there.copy_with(scheme="https", port=here.port)
    except (httpx.InvalidURL, ValueError):
        return Problem(Trouble.NOT_WEB, text)
    if (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
        return Problem(Trouble.PAGES_ELSEWHERE, there.host or text)
    return Request(str(there), body)


def linked_page(
    headers: Mapping[str, str], url: str, body: Mapping[str, object] | None = None
) -> Request | Problem | None:
    """Return the request for the next page that the header `Link` names (RFC 8288)."""
    header = headers.get("Link", "")
    text = next((found[1] for found in _LINK.finditer(header) if _NEXT.search(found[2])), "")
    return page_at(text, url, body)


def _text(value: object) -> str:
    text = "" if isinstance(value, Failed) else plain_text(value)
    return text if len(text) <= _CURSOR_LIMIT else ""
