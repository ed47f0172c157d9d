"""Feeds: RSS, Atom and RDF, JSON Feed through `json_feed`.

Settings: `url`.  What is written by the book is read by `plain_feed`, the rest by feedparser.

feedparser reads whatever can be read and calls the rest `bozo`; of 61 recorded feeds 22
are, so that is a remark, never a failure.  A document that is no feed at all (a page of a
site that moved, an empty body) is unknown; a feed without entries is read, and empty.
"""

import calendar
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from xml.sax import SAXException

from runner.cases.instants import plausible
from runner.model import Item, Rating
from runner.planning.observation import Cursor
from runner.policies.values import Source
from runner.sources.adapter import (
    ITEM_LIMIT,
    Fetched,
    Fresh,
    Outside,
    Parsed,
    ThreadRequest,
    Unchanged,
    Unknown,
)
from runner.sources.bounds import MEGABYTE
from runner.sources.json_feed import looks_like_json, parse_json_feed
from runner.sources.plain_feed import read_plain_feed
from runner.sources.problems import Problem, Trouble
from runner.sources.wording import has_words, joined, visible_length, web_address, without_addresses
from runner.sources.workers import TookTooLong, WorkerLost
from runner.text.clean import clean_line
from runner.text.links import canonical_url

if TYPE_CHECKING:
    from runner.sources.http import Page

Made = TypeVar("Made")

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)

_SAME_BYTES = "sha256:"
"""Before what the cursor keeps in place of an ETag where there was none; never sent, since the
other side does not know it.  Many servers send the same bytes at each request."""

_TAIL = 1000
_END = re.compile(
    rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--[^>]*-->\s*)*\Z", re.IGNORECASE
)
"""How a whole feed ends; some carry a comment of a cache behind it."""

_LONG_TAG = re.compile(rb"""<[A-Za-z](?:[^"'>]|"[^"]*"|'[^']*'){200,}+""")
_MOST_ATTRIBUTES = 200
"""Of one tag: feedparser takes time by the square of them, 146 s for 100,000."""

_ENTITY = re.compile(rb"""<!ENTITY\s+([^\s%"'>]+)\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(rb"&([^#;&\s]+);")
_MOST_UNFOLDED = MEGABYTE

_FEEDS = re.compile(r"atom|rss|rdf|/xml", re.IGNORECASE)
_STARS = re.compile(r"\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:/\s*(\d{1,3}))?\s*")


async def expand(source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
    """Read the feed of the replies to a message, where its entry in the source's feed names one.

    The feed of the source is read once in a run, whatever the number of messages.
    """
    address = source.settings.get("url")
    if not isinstance(address, str):
        return Unknown(Problem(Trouble.NO_SETTING, "url"))
    client = outside.connect()
    page = await outside.once((source.id, address), lambda: client.get(address, accept=ACCEPT))
    if isinstance(page, Unchanged | Unknown):
        return page
    replies_at = await _apart(outside, page, find_replies, thread)
    if isinstance(replies_at, Unknown):
        return replies_at
    if replies_at is None:
        return Unknown(Problem(Trouble.NO_CONVERSATION, thread.url or address))
    fetched = await fetch(replace(source, settings={"url": replies_at}), None, outside)
    if not isinstance(fetched, Fresh):
        return fetched
    kind = page.headers.get("Content-Type", "")
    parsed = await _apart(outside, page, parse, kind, outside.now)
    found = parsed.items if isinstance(parsed, Parsed) else ()
    asked = tuple(item for item in found if _is_asked_for(item.native_id, item.url, thread))
    return replace(fetched, items=(*asked, *fetched.items))


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read a feed, only if it changed since the cursor where there is one."""
    address = source.settings.get("url")
    if not isinstance(address, str):
        return Unknown(Problem(Trouble.NO_SETTING, "url"))
    seen = cursor.etag if cursor else None
    page = await outside.connect().get(
        address,
        accept=ACCEPT,
        etag=None if seen and seen.startswith(_SAME_BYTES) else seen,
        last_modified=cursor.last_modified if cursor else None,
    )
    if isinstance(page, Unchanged | Unknown):
        return page
    digest = _SAME_BYTES + hashlib.sha256(page.body).hexdigest()
    if digest == seen:
        return Unchanged()
    kind = page.headers.get("Content-Type", "")
    parsed = await _apart(outside, page, parse, kind, outside.now)
    if isinstance(parsed, Unknown):
        return parsed
    if isinstance(parsed, Problem):
        return Unknown(parsed)
    moved = Problem(Trouble.MOVED, page.moved_to) if page.moved_to else None
    remark = parsed.problem or moved
    # Of unknown length and without its end, it was cut on the way: the rest must come next time.
    whole = page.measured or not parsed.cut_short
    return Fresh(
        parsed.items,
        (page.etag or (None if remark else digest)) if whole else None,
        page.last_modified if whole else None,
        remark,
    )


async def _apart(
    outside: Outside, page: "Page", read: Callable[..., Made], *given: object
) -> Made | Unknown:
    """Do something with the body and the address of a page, for no longer than it is worth."""
    try:
        return await outside.apart(len(page.body), read, page.body, page.url, *given)
    except TookTooLong:
        seconds = f"{outside.bounds.computing_seconds:g}"
        return Unknown(Problem(Trouble.TOO_LONG, page.url, seconds))
    except WorkerLost:
        return Unknown(Problem(Trouble.LOST, page.url))


def parse(body: bytes, url: str, content_type: str, now: datetime) -> Parsed | Problem:
    """Return the items of a feed; what is no feed is a problem.

    `url` is where the body was found, against which its links are resolved; `content_type`
    as the server sent it, or empty.  Entries without a word in title and text are skipped and
    counted.  At most `ITEM_LIMIT` entries.
    """
    if not body.strip():
        return Problem(Trouble.EMPTY, url)
    if looks_like_json(body):
        return parse_json_feed(body, url, now)
    plain = read_plain_feed(body, content_type)
    if plain is not None:
        return _parsed(plain, url, now)
    return parse_with_feedparser(body, url, content_type, now)


def parse_with_feedparser(
    body: bytes, url: str, content_type: str, now: datetime
) -> Parsed | Problem:
    """Do what `parse` says for RSS, Atom and RDF, whether or not they are plain."""
    import feedparser

    if _is_overladen(body):
        return _no_feed(body, url)
    if _unfolds(body):
        return Problem(Trouble.UNFOLDS, url)
    # In a stream: bytes alone would be tried as the name of a local file first.  Without the
    # feed's address: ids are resolved against it, and would change when the feed moves.
    document = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type} if content_type else {},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = document.get("entries", [])
    ill_formed = isinstance(document.get("bozo_exception"), SAXException)
    cut_short = ill_formed and not _END.search(body[-_TAIL:])
    if not entries:
        if not document.get("version"):
            return _no_feed(body, url)
        if cut_short:
            return Problem(Trouble.CUT_SHORT, url)
    return replace(_parsed(entries, url, now), cut_short=cut_short)


def _parsed(entries: Sequence[dict[str, Any]], url: str, now: datetime) -> Parsed:
    found = [_item(entry, url, now) for entry in entries[:ITEM_LIMIT]]
    items = _without_shared_ids([item for item in found if item is not None])
    problem = (
        Problem(Trouble.TOO_MANY_ITEMS, url, str(ITEM_LIMIT)) if len(entries) > ITEM_LIMIT else None
    )
    return Parsed(items, len(found) - len(items), problem)


def find_replies(body: bytes, url: str, thread: ThreadRequest) -> str | None:
    """Return the address of the feed of the replies to a message, None where none is named.

    `wfw:commentRss` of RSS, a link `rel=replies` to a feed in Atom (RFC 4685).
    """
    import feedparser

    if looks_like_json(body) or _is_overladen(body):
        return None
    document = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    for entry in document.get("entries", [])[:ITEM_LIMIT]:
        if not _is_asked_for(str(entry.get("id") or ""), _link(entry, url), thread):
            continue
        links = [
            str(link.get("href") or "")
            for link in entry.get("links", ())
            if link.get("rel") == "replies" and _FEEDS.search(str(link.get("type") or "atom"))
        ]
        for address in (str(entry.get("wfw_commentrss") or ""), *links):
            if found := web_address(address, url):
                return found
    return None


def _is_overladen(body: bytes) -> bool:
    """Tell whether a tag has more attributes than any feed's."""
    return any(tag[0].count(b"=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(body))


def _unfolds(body: bytes) -> bool:
    """Tell whether entities stand for entities, or for much more than is written."""
    if b"<!ENTITY" not in body:
        return False
    declared = {found[1]: found[2] or found[3] or b"" for found in _ENTITY.finditer(body)}
    if any(name in declared for text in declared.values() for name in _REFERENCE.findall(text)):
        return True
    used = Counter(_REFERENCE.findall(body))
    return sum(len(text) * used[name] for name, text in declared.items()) > _MOST_UNFOLDED


def _no_feed(body: bytes, url: str) -> Problem:
    return Problem(Trouble.NO_FEED, url, body.lstrip()[:60].decode("utf-8", "replace"))


def _is_asked_for(native_id: str | None, link: str | None, thread: ThreadRequest) -> bool:
    if thread.native_id and native_id:
        return clean_line(native_id) == thread.native_id
    return bool(thread.url and link) and canonical_url(link or "") == canonical_url(
        thread.url or ""
    )


def _item(entry: dict[str, Any], base: str, now: datetime) -> Item | None:
    text, text_is_html = _text(entry)
    title, text = joined(
        str(entry.get("title") or ""),
        text,
        title_is_html=_is_html(entry.get("title_detail")),
        text_is_html=text_is_html,
    )
    if not has_words(text, is_html=text_is_html):
        return None
    return Item(
        native_id=str(entry.get("id") or "").strip() or None,
        url=_link(entry, base),
        author=_author(entry),
        title=title,
        text=text,
        posted_at=_posted_at(entry, now),
        is_html=text_is_html,
        rating=_rating(entry),
        thread_url=_thread(entry, base),
    )


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    if original := web_address(str(entry.get("feedburner_origlink") or ""), base):
        return original
    # For want of a link feedparser gives the id, which is an address only if it says so itself.
    return web_address(str(entry.get("link") or ""), "" if entry.get("guidislink") else base)


def _text(entry: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the longest of the entry's contents and its summary, and whether it is HTML."""
    parts = [p for p in (*entry.get("content", ()), entry.get("summary_detail")) if p]
    # Something else than text, such as a picture, counts only where there is no text.
    parts = [p for p in parts if _is_textual(p)] or parts
    if not parts:
        return str(entry.get("summary") or ""), True
    if len(parts) == 1:
        return str(parts[0].get("value") or ""), _is_html(parts[0])
    candidates = [(str(part.get("value") or ""), _is_html(part)) for part in parts]
    return max(candidates, key=lambda c: visible_length(c[0], is_html=c[1]))


def _is_textual(detail: Mapping[str, Any]) -> bool:
    return str(detail.get("type") or "text/plain").startswith(("text/", "application/xhtml"))


def _is_html(detail: Mapping[str, Any] | None) -> bool:
    return detail is not None and detail.get("type") != "text/plain"


def _author(entry: Mapping[str, Any]) -> str | None:
    # The author as written: feedparser's split into name and address errs on long domains.
    if name := without_addresses(str(entry.get("author") or "")):
        return name
    return next(
        (
            name
            for a in entry.get("authors") or ()
            if (name := without_addresses(a.get("name", "")))
        ),
        None,
    )


def _posted_at(entry: dict[str, Any], now: datetime) -> datetime | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        # Asked outright for `updated`, feedparser would answer with `published`, and warn.
        if parts := dict.get(entry, name):
            try:
                at = datetime.fromtimestamp(calendar.timegm(parts), UTC)
            except (ValueError, OverflowError, OSError):
                continue
            if good := plausible(at, now):
                return good
    return None


def _thread(entry: Mapping[str, Any], base: str) -> str | None:
    """Return the page that the message answers, or on which it is commented."""
    replied = entry.get("thr_in-reply-to")
    if isinstance(replied, Mapping) and (href := web_address(str(replied.get("href") or ""), base)):
        return href
    return web_address(str(entry.get("comments") or ""), base)


def _rating(entry: Mapping[str, Any]) -> Rating | None:
    """Return the author's own stars.

    `im:rating` (app stores, out of 5), `gd:rating` (`value` and `max`), schema.org's
    `ratingValue` and `bestRating` under any prefix, a plain `rating` such as `3/5`.  Not
    `media:starRating`, which is the average of everybody.
    """
    google = entry.get("gd_rating")
    if isinstance(google, Mapping):
        return _stars(google.get("value"), google.get("max"))
    value = next((entry[name] for name in entry if name.endswith("ratingvalue")), None)
    if value is not None:
        best = next((entry[name] for name in entry if name.endswith("bestrating")), None)
        return _stars(value, best)
    return _stars(entry.get("im_rating"), None) or _stars(entry.get("rating"), None)


def _stars(value: object, best: object) -> Rating | None:
    found = _STARS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    top = _STARS.fullmatch(best) if isinstance(best, str) else None
    given = float(found[1].replace(",", "."))
    most = float((top[1] if top else found[2] or "5").replace(",", "."))
    return Rating(given, most) if 0 <= given <= most and most > 0 else None


def _without_shared_ids(items: Iterable[Item]) -> tuple[Item, ...]:
    """Drop ids that entries with different links share: they name something else than the entry."""
    items = tuple(items)
    links = Counter(native_id for native_id, _ in {(i.native_id, i.url) for i in items})
    return tuple(replace(i, native_id=None) if links[i.native_id] > 1 else i for i in items)
