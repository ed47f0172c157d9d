"""JSON Feed, versions 1.0 and 1.1: the form strict, each item tolerated.

https://www.jsonfeed.org/version/1.1/
"""

import json
from collections.abc import Mapping
from datetime import datetime

from runner.cases.instants import plausible
from runner.model import Item
from runner.sources.adapter import ITEM_LIMIT, Parsed
from runner.sources.moments import parse_instant
from runner.sources.problems import Problem, Trouble
from runner.sources.wording import has_words, joined, web_address, without_addresses

_VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")


def looks_like_json(body: bytes) -> bool:
    """Tell whether a body can only be JSON: no feed in XML starts with a brace."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_json_feed(body: bytes, url: str, now: datetime) -> Parsed | Problem:
    """Return the items of a JSON Feed; a document that is none is a problem.

    An entry that is no object, or without a word in it, is skipped and counted.  Unlike the
    rest, an `id` may be a number: the standard asks readers to take it as text.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Problem(Trouble.NO_FEED, url, body[:60].decode("utf-8", "replace"))
    version = document.get("version") if isinstance(document, dict) else None
    entries = document.get("items") if isinstance(document, dict) else None
    if not (isinstance(version, str) and version.startswith(_VERSIONS)) or not isinstance(
        entries, list
    ):
        return Problem(Trouble.NO_FEED, url, body[:60].decode("utf-8", "replace"))
    found = [_item(e, url, now) if isinstance(e, dict) else None for e in entries[:ITEM_LIMIT]]
    items = tuple(item for item in found if item is not None)
    problem = (
        Problem(Trouble.TOO_MANY_ITEMS, url, str(ITEM_LIMIT)) if len(entries) > ITEM_LIMIT else None
    )
    return Parsed(items, len(found) - len(items), problem)


def _item(entry: Mapping[str, object], base: str, now: datetime) -> Item | None:
    html, plain = _text(entry, "content_html"), _text(entry, "content_text")
    title, summary = _text(entry, "title"), _text(entry, "summary")
    is_html = has_words(html, is_html=True)
    body = html if is_html else plain if has_words(plain) else summary
    title, text = joined(title, body, title_is_html=False, text_is_html=is_html)
    if not has_words(text, is_html=is_html):
        return None
    posted_at = parse_instant(_text(entry, "date_published")) or parse_instant(
        _text(entry, "date_modified")
    )
    return Item(
        native_id=_identity(entry.get("id")),
        url=web_address(_text(entry, "url"), base)
        or web_address(_text(entry, "external_url"), base),
        author=_author(entry),
        title=title,
        text=text,
        posted_at=plausible(posted_at, now),
        is_html=is_html,
        language=_text(entry, "language") or None,
    )


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    # JSON can spell half a character ("\ud800"), which no file can hold.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _identity(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return _text({"id": str(value)}, "id").strip() or None


def _author(entry: Mapping[str, object]) -> str | None:
    authors = entry.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else entry.get("author")
    return without_addresses(_text(first, "name")) if isinstance(first, dict) else None
