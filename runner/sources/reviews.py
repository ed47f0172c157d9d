"""schema.org reviews as items, wherever they stand in what a page says.

Of 2,100 recorded reviews 3 have an `@id`, none a `url`, 13 % no text.  So a review's identity is
nearly always its author, day and text; ids and addresses count only where they tell one review
from the others for ever.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from runner.cases.identity import folded
from runner.cases.instants import plausible
from runner.model import Item, Rating
from runner.sources.moments import parse_instant
from runner.sources.records import parse_rating
from runner.sources.structured_data import Marked, Node, kinds_of, nodes_of
from runner.sources.wording import has_words, joined, web_address, without_addresses
from runner.text.html import text_of_html
from runner.text.links import canonical_url
from runner.text.loose_json import TORN

KINDS = frozenset({"review", "userreview", "criticreview", "employerreview", "recommendation"})
"""The types that are one person's opinion of a thing.  `AggregateRating` is everybody's,
`ClaimReview` and `MediaReview` check facts."""

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LASTING = re.compile(r"\d{4}|(?=[0-9a-f-]*\d)[0-9a-f-]{8}", re.IGNORECASE)
"""What an address holds that points at one review for ever: a long number or a hash.  `#review-3`
is only the third today."""
_AUTHOR_KEYS = ("name", "alternateName", "legalName")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the page does not say: its address, the present, the zone of its dates.

    `best` is the top of the scale where a rating does not name it, or None.
    """

    url: str
    now: datetime
    zone: tzinfo
    best: float | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """The items of reviews, how many reviews there are, and whether all were looked at."""

    items: tuple[Item, ...]
    found: int
    whole: bool = True


def read_reviews(
    scripts: Sequence[object], microdata: Sequence[Node], setting: Setting, room: int
) -> Reviews:
    """Return the reviews of a page, those in scripts first; what both hold counts once.

    A review with stars alone is a message too: its text is `2/5`.  At most `room` characters of
    the page's markup are read as texts, whatever stands inside what.
    """
    from_scripts = list(_reviews(scripts))
    from_markup = list(_reviews(microdata))
    names = _names([*nodes_of(list(scripts)), *nodes_of(list(microdata))])
    items: list[Item] = []
    for node in from_scripts:
        if item := _item(node, names, setting):
            items.append(item)
    told = {_words_of(item) for item in items}
    found = len(from_scripts)
    whole = True
    for node in from_markup:
        room -= sum(value.length for value in _marked(node))
        if room < 0:
            whole = False
            break
        item = _item(node, names, setting)
        if item is not None and _words_of(item) in told:
            continue
        found += 1
        if item is not None:
            items.append(item)
    return Reviews(without_shared(items, setting.url), found, whole)


def render_stars(rating: Rating) -> str:
    """Return the text of a message that says nothing but its stars, such as `2/5`."""
    return f"{rating.value:g}/{rating.best:g}"


def without_shared(items: Iterable[Item], page: str) -> tuple[Item, ...]:
    """Drop ids that several items have, and addresses that several have or that are the page's."""
    items = tuple(items)
    ids = Counter(item.native_id for item in items)
    urls = Counter(canonical_url(item.url) if item.url else None for item in items)
    here = canonical_url(page)

    def own(item: Item) -> Item:
        address = canonical_url(item.url) if item.url else None
        return replace(
            item,
            native_id=item.native_id if ids[item.native_id] == 1 else None,
            url=item.url if urls[address] == 1 and address != here else None,
        )

    return tuple(map(own, items))


def lasting_address(text: str, base: str) -> str | None:
    """Return an address that points at one review for ever, None for any other text."""
    address = web_address(text, base)
    if address is None:
        return None
    _, _, tail = address.partition("://")
    _, _, path = tail.partition("/")
    last = path.rstrip("/").replace("#", "/").replace("?", "/").replace("=", "/").rpartition("/")[2]
    return address if _LASTING.search(last) else None


def _reviews(values: object) -> Iterator[Node]:
    for node in nodes_of(values):
        if TORN not in node and _is_review(node):
            yield node


def _is_review(node: Node) -> bool:
    kinds = kinds_of(node)
    return bool(kinds & KINDS) or (not kinds and "reviewBody" in node)


def _names(nodes: Iterable[Node]) -> Mapping[str, Node]:
    """Return the nodes that others may refer to by `@id`."""
    names: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            names.setdefault(name, node)
    return names


def _item(node: Node, names: Mapping[str, Node], setting: Setting) -> Item | None:
    body, body_is_html = _first_text(node, "reviewBody", "description", "text", "articleBody")
    title, title_is_html = _first_text(node, "name", "headline")
    # An item says of both at once whether they are HTML.
    if has_words(body, is_html=body_is_html):
        is_html = body_is_html
    else:
        body, is_html = "", title_is_html
    title, text = joined(title, body, title_is_html=title_is_html, text_is_html=is_html)
    rating = _rating(node, names, setting.best)
    if not has_words(text, is_html=is_html):
        if rating is None:
            return None
        title, text, is_html = "", render_stars(rating), False
    address = _plain(node.get("url")) or _plain(node.get("@id"))
    language = node.get("inLanguage")
    return Item(
        native_id=_identifier(node.get("identifier")),
        url=lasting_address(address, setting.url),
        author=_author(node.get("author") or node.get("creator"), names),
        title=title,
        text=text,
        posted_at=_posted_at(node, setting),
        is_html=is_html,
        rating=rating,
        language=_plain(language.get("alternateName") if isinstance(language, dict) else language)
        or None,
        thread_url=web_address(setting.url),
    )


def _first_text(node: Node, *names: str) -> tuple[str, bool]:
    """Return the first property that has words, and whether it is HTML."""
    for name in names:
        for value in _listed(node.get(name)):
            if isinstance(value, Marked):
                text, is_html = value.markup, True
            else:
                text, is_html = _told(value)
            if has_words(text, is_html=is_html):
                return text, is_html
    return "", False


def _told(value: object) -> tuple[str, bool]:
    """Return a text of a script, and whether it is HTML: scripts hold both, and never say."""
    text = _plain(value)
    if _TAG.search(text):
        return text, True
    return (html.unescape(text) if _ENTITY.search(text) else text), False


def _plain(value: object) -> str:
    """Return a value as plain text: the first of several, empty for what has none."""
    for one in _listed(value):
        match one.get("@value") if isinstance(one, dict) else one:
            case bool():
                continue
            case str() | int() | float() as said:
                # JSON can spell half a character ("\ud800"), which no file can hold.
                text = str(said).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            case Marked() as marked:
                text = text_of_html(marked.markup)
            case _:
                continue
        if text.strip():
            return text.strip()
    return ""


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else (value,)


def _author(value: object, names: Mapping[str, Node]) -> str | None:
    for one in _listed(value):
        if isinstance(one, dict):
            node = _referred(one, names)
            name = next((text for key in _AUTHOR_KEYS if (text := _plain(node.get(key)))), "")
            parts = (_plain(node.get("givenName")), _plain(node.get("familyName")))
            name = name or " ".join(filter(None, parts))
        else:
            name = _plain(one)
        if author := without_addresses(html.unescape(_TAG.sub(" ", name))):
            return author
    return None


def _referred(node: Node, names: Mapping[str, Node]) -> Node:
    name = node.get("@id")
    return names.get(name, node) if isinstance(name, str) and len(node) <= 2 else node


def _posted_at(node: Node, setting: Setting) -> datetime | None:
    for name in ("datePublished", "dateCreated", "dateModified"):
        at = parse_instant(_plain(node.get(name)), setting.zone)
        if good := plausible(at, setting.now):
            return good
    return None


def _identifier(value: object) -> str | None:
    first = _listed(value)[0] if _listed(value) else None
    return _plain(first.get("value") if isinstance(first, dict) else first) or None


def _rating(node: Node, names: Mapping[str, Node], best: float | None) -> Rating | None:
    given = next(iter(_listed(node.get("reviewRating") or node.get("rating"))), None)
    if isinstance(given, dict):
        given = _referred(given, names)
        return scaled(
            _plain(given.get("ratingValue")),
            _plain(given.get("bestRating")),
            _plain(given.get("worstRating")),
            best,
        )
    return scaled(_plain(given), "", "", best)


def scaled(value: str, most: str, least: str, best: float | None) -> Rating | None:
    """Return the stars that `ratingValue`, `bestRating` and `worstRating` mean.

    Without a best rating it is `best`, else 5 as schema.org has it, unless more was given: then
    10 or 100.  Without a worst rating nobody can give less than something: 0 is no rating.
    Scales that start below zero or run backwards, as some school marks do, are turned over.
    """
    top, bottom = _number(most), _number(least)
    given = _number(value)
    if given is None:
        rating = parse_rating(value, top or best or 5.0)
        return rating if rating and rating.value > 0 else None
    if top is None:
        top = best or next((scale for scale in (5.0, 10.0, 100.0) if given <= scale), None)
    if top is None or (given == 0 and (bottom is None or bottom > 0)):
        return None
    if bottom is not None and bottom > top:
        return Rating(bottom - given, bottom - top) if top <= given <= bottom else None
    if bottom is not None and bottom < 0:
        given, top = given - bottom, top - bottom
    return Rating(given, top) if 0 <= given <= top and top > 0 else None


def _number(text: str) -> float | None:
    found = re.fullmatch(r"[+-]?\d{1,4}(?:[.,]\d{1,6})?", text.strip())
    return float(found[0].replace(",", ".")) if found else None


def _marked(node: Node) -> Iterator[Marked]:
    for values in node.values():
        yield from (value for value in _listed(values) if isinstance(value, Marked))


def _words_of(item: Item) -> tuple[str, str]:
    text = text_of_html(item.text) if item.is_html else item.text
    return folded(item.author or ""), folded(text)
