"""One review in schema.org's words as an item: what each of its properties may look like.

Names of properties come bare (`structured_data.bare`).  Beside schema.org's own stand those of
what was there before it, data-vocabulary.org and hReview: `reviewer`, `dtreviewed`, `summary`.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from runner.cases.instants import plausible
from runner.model import Item, Rating
from runner.sources.moments import find_instant, instant_since_1970
from runner.sources.records import parse_rating
from runner.sources.structured_data import Marked, Node, properties_of
from runner.sources.wording import has_words, joined, web_address, without_addresses
from runner.text.html import text_of_html

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LASTING = re.compile(r"\d{4}|(?=[0-9a-f-]*\d)[0-9a-f-]{8}", re.IGNORECASE)
"""What an address holds that points at one review for ever: a long number or a hash.  `#review-3`
is only the third today."""
_NUMBER = r"\d{1,3}(?:[.,]\d{1,6})?"
_OF_SO_MANY = re.compile(rf"({_NUMBER})\s{{0,9}}(?:/|sur|out of|of|von)\s{{0,9}}(\d{{1,3}})", re.I)
_SEARCHED = 100

_TEXTS = ("reviewbody", "description", "text", "articlebody", "body")
_TITLES = ("name", "headline", "title", "summary")
_AUTHORS = ("author", "creator", "reviewer")
_AUTHOR_NAMES = ("name", "fn", "alternatename", "legalname")
_DATES = ("datepublished", "dtreviewed", "datecreated", "datemodified")
_RATINGS = ("reviewrating", "rating")
_GIVEN = ("ratingvalue", "value")
_MOST = ("bestrating", "best")
_LEAST = ("worstrating", "worst")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the page does not say: its address, the present, the zone of its dates.

    `best` is the top of the scale where a rating does not name it, or None.
    """

    url: str
    now: datetime
    zone: tzinfo
    best: float | None = None


def review_item(node: Node, names: Mapping[str, Node], setting: Setting) -> Item | None:
    """Return the item that a review is, None where it has neither words nor stars.

    `names` are the nodes that others may refer to by `@id`.
    """
    said = properties_of(node)
    body, body_is_html = _first_text(said, *_TEXTS)
    title, title_is_html = _first_text(said, *_TITLES)
    # An item says of both at once whether they are HTML.
    if has_words(body, is_html=body_is_html):
        is_html = body_is_html
    else:
        body, is_html = "", title_is_html
    title, text = joined(title, body, title_is_html=title_is_html, text_is_html=is_html)
    rating = _rating(said, names, setting.best)
    if not has_words(text, is_html=is_html):
        if rating is None:
            return None
        title, text, is_html = "", render_stars(rating), False
    address = plain(said.get("url")) or plain(said.get("@id"))
    language = said.get("inlanguage")
    return Item(
        native_id=_identifier(said.get("identifier")),
        url=lasting_address(address, setting.url),
        author=_author(_first(said, _AUTHORS), names),
        title=title,
        text=text,
        posted_at=_posted_at(said, setting),
        is_html=is_html,
        rating=rating,
        language=plain(language.get("alternateName") if isinstance(language, dict) else language)
        or None,
        thread_url=web_address(setting.url),
    )


def render_stars(rating: Rating) -> str:
    """Return the text of a message that says nothing but its stars, such as `2/5`."""
    return f"{rating.value:g}/{rating.best:g}"


def lasting_address(text: str, base: str) -> str | None:
    """Return an address that points at one review for ever, None for any other text."""
    address = web_address(text, base)
    if address is None:
        return None
    _, _, tail = address.partition("://")
    _, _, path = tail.partition("/")
    last = path.rstrip("/").replace("#", "/").replace("?", "/").replace("=", "/").rpartition("/")[2]
    return address if _LASTING.search(last) else None


def _first_text(said: Node, *names: str) -> tuple[str, bool]:
    """Return the first property that has words, and whether it is HTML."""
    for name in names:
        for value in listed(said.get(name)):
            if isinstance(value, Marked):
                text, is_html = value.markup, True
            else:
                text, is_html = _told(value)
            if has_words(text, is_html=is_html):
                return text, is_html
    return "", False


def _told(value: object) -> tuple[str, bool]:
    """Return a text of a script, and whether it is HTML: scripts hold both, and never say."""
    text = plain(value)
    if _TAG.search(text):
        return text, True
    return (html.unescape(text) if _ENTITY.search(text) else text), False


def plain(value: object) -> str:
    """Return a value as plain text: the first of several, empty for what has none."""
    for one in listed(value):
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


def listed(value: object) -> Sequence[object]:
    """Return the values of a property, one or several."""
    return value if isinstance(value, list) else (value,)


def _first(said: Node, names: Sequence[str]) -> object:
    """Return the first of these properties that says anything."""
    return next((value for name in names if (value := said.get(name))), None)


def _author(value: object, names: Mapping[str, Node]) -> str | None:
    for one in listed(value):
        if isinstance(one, dict):
            said = properties_of(_referred(one, names))
            name = next((text for key in _AUTHOR_NAMES if (text := plain(said.get(key)))), "")
            parts = (plain(said.get("givenname")), plain(said.get("familyname")))
            name = name or " ".join(filter(None, parts))
        else:
            name = plain(one)
        if author := without_addresses(html.unescape(_TAG.sub(" ", name))):
            return author
    return None


def _referred(node: Node, names: Mapping[str, Node]) -> Node:
    name = node.get("@id")
    return names.get(name, node) if isinstance(name, str) and len(node) <= 2 else node


def _posted_at(said: Node, setting: Setting) -> datetime | None:
    for value in (value for name in _DATES for value in listed(said.get(name))):
        # So PHP writes a date that nobody has made a text of.
        written = plain(value.get("date") if isinstance(value, dict) and "date" in value else value)
        counted = written.isascii() and written.isdigit() and len(written) > 8
        at = instant_since_1970(written) if counted else find_instant(written, setting.zone)
        if good := plausible(at, setting.now):
            return good
    return None


def _identifier(value: object) -> str | None:
    first = listed(value)[0] if listed(value) else None
    return plain(first.get("value") if isinstance(first, dict) else first) or None


def _rating(said: Node, names: Mapping[str, Node], best: float | None) -> Rating | None:
    """Return the stars of a review, also where they stand in it without a rating around them."""
    given = next(iter(listed(_first(said, _RATINGS))), None)
    if given is not None and not isinstance(given, dict):
        return scaled(plain(given), plain(_first(said, _MOST)), plain(_first(said, _LEAST)), best)
    if given is not None:
        said = properties_of(_referred(given, names))
    value, most, least = (plain(_first(said, name)) for name in (_GIVEN, _MOST, _LEAST))
    return scaled(value, most, least, best)


def scaled(value: str, most: str, least: str, best: float | None) -> Rating | None:
    """Return the stars that `ratingValue`, `bestRating` and `worstRating` mean.

    Without a best rating it is `best`, else 5 as schema.org has it, unless more was given: then
    10 or 100.  Without a worst rating nobody can give less than something: 0 is no rating.
    Scales that start below zero or run backwards, as some school marks do, are turned over.
    `40 %` is of a hundred; `Rated 3 out of 5` says its own scale.
    """
    top, bottom = _number(most), _number(least)
    if (value := value.strip()).endswith("%"):
        value, top = value[:-1], 100.0
    given = _number(value)
    if given is None:
        rating = parse_rating(value, top or best or 5.0)
        if rating is None and (found := _OF_SO_MANY.search(value[:_SEARCHED])):
            rating = parse_rating(found[0], 5.0)
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
