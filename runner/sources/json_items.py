"""From JSON to items, by the recipe of a source.  Pure."""

import html
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from urllib.parse import quote

from runner.cases.instants import plausible
from runner.model import Item, Rating
from runner.policies.expressions import Expression, Failed, Page
from runner.policies.recipes import Finder, Recipe, Template
from runner.sources.adapter import ITEM_LIMIT
from runner.sources.moments import instant_since_1970, parse_instant
from runner.sources.problems import Problem, Trouble
from runner.sources.records import parse_rating
from runner.sources.wording import has_words, joined, web_address, without_addresses

_LOOKED_AT, _DEEPEST = 200, 5
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_IN_OLD_ODATA = re.compile(r"/Date\((-?\d{1,17})(?:[+-]\d{4})?\)/")
"""Milliseconds since 1970, as ASP.NET and OData 2 write them; what follows moves no instant."""
_NOTHING: tuple[object, ...] = (None, "", [], {})
_ADDRESSES = ("url", "thread_url")


@dataclass(frozen=True, slots=True)
class Listed:
    """The messages of one page.

    `entries` stood there, of which `not_chosen` did not fulfil `where`, `set_aside` are no public
    message of a customer and `wordless` have neither text nor title.  `notes` tell what the
    expressions did not find.
    """

    items: tuple[Item, ...]
    entries: int = 0
    not_chosen: int = 0
    wordless: int = 0
    set_aside: int = 0
    notes: tuple[Problem, ...] = ()
    problem: Problem | None = None


@dataclass(slots=True)
class _Tally:
    """How often each field was found, why it was not where that is an error, what made no sense.

    `odd` holds the first value of a field that is no date, or no rating.
    """

    found: Counter[str]
    failed: dict[str, str]
    odd: dict[str, str]


def list_items(
    document: object, recipe: Recipe, url: str, now: datetime, zone: tzinfo
) -> Listed | Problem:
    """Return the items that a page lists; a page of another shape is a problem.

    `url` is where it was found, against which links are resolved; `zone` is where times
    without a zone are from.  No list where `items` looks is a problem, an empty one is not.
    """
    page = Page(document)
    found = recipe.items.find(document, page)
    entries = [found] if isinstance(found, dict) else found
    if not isinstance(entries, list):
        return Problem(Trouble.NO_LIST, url, recipe.items.text, ", ".join(_lists_in(document)))
    tally = _Tally(Counter(), {}, {})
    chosen = [e for e in entries[:ITEM_LIMIT] if _counts(e, recipe.where, page, tally)]
    made = [_item(_Entry(e, page, recipe, tally), url, now, zone) for e in chosen]
    items = tuple(item for item in made if item is not None)
    if chosen and not items:
        sought = _sought(recipe, ("title", "text"))
        return Problem(Trouble.NOTHING_MAPPED, url, sought, ", ".join(_texts_in(chosen[0])))
    if items and "native_id" in recipe.fields and not tally.found["native_id"]:
        return Problem(Trouble.NOT_IDENTIFIED, url, _sought(recipe, ("native_id",)))
    too_many = len(entries) > ITEM_LIMIT
    return Listed(
        items,
        len(entries),
        not_chosen=min(len(entries), ITEM_LIMIT) - len(chosen),
        wordless=len(chosen) - len(items),
        notes=tuple(_notes(recipe, tally, any_item=bool(items))),
        problem=Problem(Trouble.TOO_MANY_ITEMS, url, str(ITEM_LIMIT)) if too_many else None,
    )


def _lists_in(document: object) -> Iterator[str]:
    """Give the places of lists of objects, for whoever looks where there is none."""
    for place, value in islice(_walk(document), _LOOKED_AT):
        if isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
            yield place or "@"


def _texts_in(entry: object) -> Iterator[str]:
    """Give the places of texts in a message."""
    for place, value in islice(_walk(entry), _LOOKED_AT):
        if isinstance(value, str) and has_words(value):
            yield place or "@"


def _walk(value: object, place: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    yield place, value
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            name = key if _PLAIN_NAME.fullmatch(key) else f'"{key}"'
            yield from _walk(inner, f"{place}.{name}" if place else name, depth + 1)


def plain_text(value: object) -> str:
    """Return a value of JSON as text, empty for what is neither text nor a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # JSON can spell half a character ("\ud800"), which no file can hold.
    return str(value).encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One message, and what is needed to look into it."""

    value: object
    page: Page
    recipe: Recipe
    tally: _Tally

    def find(self, name: str) -> object:
        """Return what the recipe finds for a field, None for nothing."""
        finder = self.recipe.fields.get(name)
        if finder is None:
            return None
        value = self._made(finder, encoded=name in _ADDRESSES)
        if isinstance(value, Failed):
            self.tally.failed.setdefault(name, value.why)
            return None
        if value not in _NOTHING:
            self.tally.found[name] += 1
        return value

    def text(self, name: str) -> str:
        """Return a field as text."""
        return plain_text(self.find(name))

    def _made(self, finder: Finder, *, encoded: bool) -> object:
        match finder:
            case Expression():
                return finder.find(self.value, self.page)
            case Template(parts):
                return self._filled(parts, encoded=encoded)
            case number:
                return number

    def _filled(self, parts: tuple[str | Expression, ...], *, encoded: bool) -> object:
        said = []
        for part in parts:
            if isinstance(part, str):
                said.append(part)
                continue
            value = part.find(self.value, self.page)
            if isinstance(value, Failed):
                return value
            text = plain_text(value)
            # An address without the id that should stand in it leads astray.
            if not text:
                return None
            said.append(quote(text, safe="/") if encoded else text)
        return "".join(said)


def _counts(value: object, where: Expression | None, page: Page, tally: _Tally) -> bool:
    if where is None:
        return True
    found = where.find(value, page)
    if isinstance(found, Failed):
        # One that cannot be told is kept: better a message too many than one that is lost.
        tally.failed.setdefault("where", found.why)
        return True
    return not (found is None or found is False or found in ("", [], {}))


def _item(entry: _Entry, base: str, now: datetime, zone: tzinfo) -> Item | None:
    markup = entry.recipe.markup
    title, text = entry.text("title"), entry.text("text")
    if markup.get("title") == "entities":
        title = html.unescape(title)
    if markup.get("text") == "entities":
        text = html.unescape(text)
    is_html = markup.get("text") == "html" and has_words(text, is_html=True)
    title, text = joined(
        title, text, title_is_html=markup.get("title") == "html", text_is_html=is_html
    )
    if not entry.recipe.answers and not has_words(text, is_html=is_html):
        return None
    told = entry.find("posted_at")
    posted_at = plausible(parse_date(told, entry.recipe.dates, zone), now)
    if told not in _NOTHING and posted_at is None:
        entry.tally.odd.setdefault("posted_at", _shown(told))
    stars = entry.find("rating")
    rating = _rating(entry, plain_text(stars).strip())
    if stars not in _NOTHING and rating is None:
        entry.tally.odd.setdefault("rating", _shown(stars))
    return Item(
        native_id=entry.text("native_id").strip() or None,
        url=web_address(entry.text("url"), base),
        author=without_addresses(html.unescape(entry.text("author"))),
        title=title,
        text=text,
        posted_at=posted_at,
        is_html=is_html,
        rating=rating,
        language=entry.text("language").strip() or None,
        thread_url=web_address(entry.text("thread_url"), base),
    )


def parse_date(value: object, form: str | None, zone: tzinfo) -> datetime | None:
    """Return the instant that a value names, None where it names none.

    `form` is `iso`, `epoch-seconds`, `epoch-ms` or a form of `strptime`; without one, numbers
    are instants since 1970 whose unit their size tells, and texts are dates.
    """
    text = plain_text(value).strip()[:64]
    if not text:
        return None
    if since := _IN_OLD_ODATA.fullmatch(text):
        return instant_since_1970(since[1], 1000)
    if form in ("epoch-seconds", "epoch-ms"):
        return instant_since_1970(text, 1 if form == "epoch-seconds" else 1000)
    if form is None and (isinstance(value, int | float) or (text.isdigit() and len(text) > 8)):
        return instant_since_1970(text, None)
    if form in (None, "iso"):
        return parse_instant(text, zone)
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


def _rating(entry: _Entry, stars: str) -> Rating | None:
    if not stars:
        return None
    best = parse_rating(entry.text("best"), 1000)
    top = best.value if best and best.value > 0 else 5.0
    if stars in entry.recipe.stars:
        value = entry.recipe.stars[stars]
        return Rating(value, top) if value <= top else None
    try:
        value = float(stars)
    except ValueError:
        return parse_rating(stars, top)
    return Rating(value, top) if math.isfinite(value) and 0 <= value <= top else None


def _notes(recipe: Recipe, tally: _Tally, *, any_item: bool) -> Iterable[Problem]:
    for name, why in tally.failed.items():
        yield Problem(Trouble.FIELD_FAILED, name, why)
    for name, value in tally.odd.items():
        yield Problem(Trouble.FIELD_ODD, name, value)
    if any_item:
        for name in recipe.fields:
            if not tally.found[name] and name not in tally.failed:
                yield Problem(Trouble.FIELD_EMPTY, name, _sought(recipe, (name,)))


def _sought(recipe: Recipe, names: Iterable[str]) -> str:
    fields: Mapping[str, Finder] = recipe.fields
    return ", ".join(_written(fields[name]) for name in names if name in fields)


def _written(finder: Finder) -> str:
    match finder:
        case Expression():
            return finder.text
        case Template(parts):
            return "".join(p if isinstance(p, str) else f"{{{p.text}}}" for p in parts)
        case number:
            return f"{number:g}"
