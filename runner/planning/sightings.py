"""What one look at a place says of our message: by its id, or by the words that a page shows.

A page that is not known to be the right one, or not known to be whole, says nothing: `unverified`.
That the message is missing is only said of a page that shows what the customer wrote.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from runner.model import Item
from runner.planning.looking import Doubt, OurMessage, Sighting
from runner.planning.shown_page import Line, ShownPage
from runner.planning.shown_words import (
    Match,
    contains,
    is_name_line,
    match_words,
    shared,
    words_of,
)
from runner.text.html import text_of_html
from runner.text.links import canonical_url

_CALLED = re.compile(r"(?<![\w.])@[\w.-]+(?:@[\w.-]+)?")
_ENOUGH_WORDS = 4
"""Fewer words than that stand on many a page by chance."""
_ALIKE = 0.35
"""A message is changed where that much of it stands there; less is another message."""
_ANCHOR = 0.5
"""So much of what the customer wrote shows that it is the customer's page."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen, and why not as it should be; `share` of the words where it is changed."""

    sighting: Sighting
    doubt: Doubt = Doubt.NONE
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Who may speak: the desk's names on the site, and the customer's."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]


PRESENT = Sight(Sighting.PRESENT)
Cleaned = Callable[[str], str]


def unverified(doubt: Doubt) -> Sight:
    """Return that nothing can be said, and why."""
    return Sight(Sighting.UNVERIFIED, doubt)


def sight_in_items(
    message: OurMessage,
    items: Iterable[Item],
    names: Names,
    *,
    whole: bool,
    cleaned: Cleaned = str,
) -> Sight:
    """Return what a conversation shows of a message; `whole` when it shows all that is there.

    By id or address where those name one message alone, else by words of an author who is ours.
    """
    told = tuple(items)
    wanted = words_of(_unaddressed(message.text), cleaned)
    for item in _named(message, told):
        if item.author and names.ours and not _is_among(item.author, names.ours):
            return unverified(Doubt.OTHER_AUTHOR)
        text = _unaddressed(_plain(item))
        return _compared(message, wanted, words_of(text, cleaned), cleaned, text)
    spoken = [
        item
        for item in told
        if not (item.native_id and item.native_id == message.place_native_id)
        and (
            _is_among(item.author, names.ours)
            if names.ours
            else not _is_among(item.author, names.theirs)
        )
    ]
    for item in spoken:
        text = _unaddressed(_plain(item))
        said = words_of(text, cleaned)
        if len(wanted) >= _ENOUGH_WORDS and contains(wanted, said):
            return _compared(message, wanted, said, cleaned, text)
    if not told or not whole:
        return unverified(Doubt.NOT_WHOLE)
    own = _own_address(message)
    hosts = {_host(item.url) for item in told}
    if not (wanted or message.native_id or (own is not None and _host(message.url) in hosts)):
        return unverified(Doubt.NO_WORDS)
    return Sight(Sighting.MISSING, Doubt.NOT_THERE)


def _compared(
    message: OurMessage, wanted: tuple[str, ...], said: tuple[str, ...], cleaned: Cleaned, text: str
) -> Sight:
    """Return how a message that is known by its id or author compares with what was recorded."""
    if not wanted or wanted == said:
        return PRESENT
    if message.before and words_of(_unaddressed(message.before), cleaned) == said:
        return Sight(Sighting.MISSING, Doubt.OLD_WORDS)
    match = match_words(wanted, (Line(said, text),))
    # Nobody else writes into a message with an id: whatever adds to it is a change.
    if match.share == 1 and len(said) < len(wanted):
        return PRESENT
    share = match.share if match.share < 1 else len(wanted) / max(len(said), 1)
    return Sight(Sighting.CHANGED, share=round(share, 3))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a site for a message, and what came: pages that follow each other.

    `found_at` is where the first was found.  `whole` when those pages are all that there are.
    """

    message: OurMessage
    asked_for: str
    found_at: str
    pages: tuple[ShownPage, ...]
    names: Names
    whole: bool = False
    cleaned: Cleaned = str


def sight_on_pages(asked: Asked) -> Sight:
    """Return what pages show of a message."""
    message = asked.message
    if not asked.pages or _led_home(asked.asked_for, asked.found_at):
        return unverified(Doubt.ELSEWHERE)
    if not all(page.tree.whole for page in asked.pages):
        return unverified(Doubt.NOT_WHOLE)
    wanted = words_of(message.text, asked.cleaned)
    if not wanted:
        return _by_fragment(message, asked.pages[0], asked.names)
    is_here = any(shows_customer(asked, page) for page in asked.pages)
    sights = [_sight_on(asked, page, wanted, is_here=is_here) for page in asked.pages]
    order = (Sighting.PRESENT, Sighting.CHANGED, Sighting.UNVERIFIED, Sighting.MISSING)
    return min(sights, key=lambda sight: (order.index(sight.sighting), -(sight.share or 0)))


def _sight_on(asked: Asked, page: ShownPage, wanted: tuple[str, ...], *, is_here: bool) -> Sight:
    match = match_words(wanted, page.lines, asked.names.ours, asked.names.theirs)
    if match.share == 1:
        return _standing(wanted, page, match, is_here=is_here)
    return _not_standing(asked, wanted, page, match, is_here=is_here)


def _standing(
    wanted: tuple[str, ...],
    page: ShownPage,
    match: Match,
    *,
    is_here: bool,
) -> Sight:
    if page.says_not_found and not is_here:
        return unverified(Doubt.ELSEWHERE)
    if len(wanted) < _ENOUGH_WORDS and not match.speaker:
        return unverified(Doubt.TOO_SHORT)
    if match.speaker is False:
        return unverified(Doubt.QUOTED)
    if not match.apart:
        return unverified(Doubt.AMONG_OTHERS)
    if match.added:
        share = len(wanted) / (len(wanted) + match.added)
        return Sight(Sighting.CHANGED, share=round(share, 3))
    return PRESENT


def _not_standing(
    asked: Asked, wanted: tuple[str, ...], page: ShownPage, match: Match, *, is_here: bool
) -> Sight:
    said = words_of(asked.message.asked, asked.cleaned)
    if page.has_damaged_letters and not contains(said, page.quoted):
        return unverified(Doubt.CHARACTERS)
    is_quoted = contains(wanted, page.quoted)
    if not is_quoted and contains(wanted, page.everything):
        return unverified(Doubt.HIDDEN)
    if not is_here:
        return unverified(Doubt.NO_TRACE)
    names = asked.names
    before = words_of(asked.message.before, asked.cleaned)
    if before and match_words(before, page.lines, names.ours, names.theirs).share == 1:
        return Sight(Sighting.MISSING, Doubt.OLD_WORDS)
    if match.share >= _ALIKE and match.speaker is not False and len(wanted) > _ENOUGH_WORDS:
        return Sight(Sighting.CHANGED, share=round(match.share, 3))
    url = asked.found_at
    if page.unfolds_more(url) or (page.leads_on(url) and not asked.whole):
        return unverified(Doubt.MORE_PAGES)
    return Sight(Sighting.MISSING, Doubt.QUOTED if is_quoted else Doubt.NOT_THERE)


def shows_customer(asked: Asked, page: ShownPage) -> bool:
    """Whether a page shows what the customer wrote: it is the right one, and was read."""
    wrote = words_of(asked.message.asked, asked.cleaned)
    said = page.quoted
    if len(wrote) >= _ENOUGH_WORDS:
        beginning = wrote[: 2 * _ENOUGH_WORDS]
        return shared(wrote, said) >= _ANCHOR or (
            len(beginning) == 2 * _ENOUGH_WORDS and contains(beginning, said)
        )
    return any(
        contains(name, line.words) and len(line.words) <= len(name) + 2 * _ENOUGH_WORDS
        for name in map(words_of, asked.names.theirs)
        for line in page.lines
    ) and (not wrote or contains(wrote, said))


def _by_fragment(message: OurMessage, page: ShownPage, names: Names) -> Sight:
    """Return what can be said of a message that was recorded without its words.

    That it stands there where the element of its address begins with a name of ours.
    """
    fragment = urlsplit(message.url or "").fragment
    shown = page.element_at(fragment).splitlines() if fragment else []
    heading = [words_of(line) for line in shown if line.strip()][:2]
    if any(is_name_line(words, map(words_of, names.ours)) for words in heading):
        return PRESENT
    return unverified(Doubt.NO_WORDS)


def reaches_back(items: Iterable[Item], before: datetime) -> bool:
    """Whether a list of messages goes back to an instant, so that what is later would be in it."""
    return any(item.posted_at is not None and item.posted_at < before for item in items)


def _named(message: OurMessage, items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield what stands under the id or the address of a message."""
    own = _own_address(message)
    for item in items:
        by_id = message.native_id is not None and item.native_id == message.native_id
        if by_id or (own is not None and own in {_address(item.url), _address(item.native_id)}):
            yield item
    # Where each message has a page of its own, that is what people copy.
    alone = [item for item in items if own is not None and _address(item.thread_url) == own]
    if len(alone) == 1:
        yield alone[0]


def _own_address(message: OurMessage) -> str | None:
    """Return the address of the message, None where others may share it."""
    shared_by = {_address(message.place_url), _address(message.thread_url)}
    own = _address(message.url)
    return None if own in shared_by else own


def _address(url: str | None) -> str | None:
    if not url or not url.startswith(("http://", "https://")):
        return None
    fragment = urlsplit(url).fragment
    whole = (canonical_url(url) or url).partition("#")[0].partition("://")[2].rstrip("/")
    return f"{whole}#{fragment}" if fragment else whole


def _host(url: str | None) -> str:
    return (urlsplit(url or "").hostname or "").removeprefix("www.")


def _led_home(asked_for: str, found_at: str) -> bool:
    """Whether a request for a page ended at a site's front page, or at another site."""
    asked, found = urlsplit(asked_for), urlsplit(found_at)
    hosts = [_host(asked_for), _host(found_at)]
    if hosts[0] != hosts[1] and not any(
        host.endswith(f".{other}") for host, other in (hosts, hosts[::-1])
    ):
        return True
    home = found.path.strip("/") in {"", "index.html", "index.php", "home"} and not found.query
    return home and asked.path.strip("/") not in {"", "index.html", "index.php", "home"}


def _unaddressed(text: str) -> str:
    """Return a text without the accounts that it calls: networks add them to an answer."""
    return _CALLED.sub(" ", text)


def _plain(item: Item) -> str:
    return text_of_html(item.text) if item.is_html else item.text


def _is_among(author: str | None, names: Iterable[str]) -> bool:
    known = _account(author)
    return bool(known) and known in map(_account, names)


def _account(author: str | None) -> str:
    return " ".join((author or "").casefold().removeprefix("@").split())
