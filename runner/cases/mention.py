"""From what an adapter read to a mention that may be written.

In this order, because each step needs the one before: clean, identify, mask, cap.  The key
comes before the mask, so that a rule about telephone numbers never changes who is who.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from runner.cases.identity import folded, identify
from runner.cases.instants import plausible
from runner.model import Item, Mention, Rating
from runner.policies.privacy import PrivacyPolicy
from runner.policies.values import Source
from runner.text.clean import cap, clean_line, clean_text
from runner.text.disguise import plain
from runner.text.guess import guess_language
from runner.text.html import text_of_html
from runner.text.links import canonical_url
from runner.text.masking import TOKENS, PersonalData, find_order_numbers, holds_nothing, mask

READ_LIMIT = 500_000
"""Characters of an item that are looked at; the rest is dropped unseen."""

TITLE_LIMIT = 200
AUTHOR_LIMIT = 80
ORDERS_LIMIT = 3
"""Order references of one message that are asked by."""
NATIVE_ID_LIMIT = 200

_MASKING_MARGIN = 4
"""Masked text is at least about a quarter of what it was, so this many limits are masked."""
_TORN = 512
"""Characters dropped where the part to mask was cut off: half a number cannot be recognised."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What a message says, cleaned and whole."""

    author: str
    title: str
    text: str


def prepare_mention(
    item: Item, source: Source, privacy: PrivacyPolicy, detected_at: datetime
) -> Mention | None:
    """Return the item as a mention that may be written, or None when nothing remains of it.

    Without text the title is the text; a title that only repeats the beginning of the text
    is dropped.  An instant that is not plausible at `detected_at` is no date: `posted_at` is
    then None.  A language set for the source holds; else it is guessed from the words; else it
    is what the item says.
    """
    words = _words(item)
    if not words.text:
        return None
    site = item.site or source.site
    identity = identify(
        site,
        native_id=item.native_id,
        url=item.url,
        author=item.author,
        posted_at=item.posted_at,
        text=words.text,
    )
    author, title, text = _masked_texts(
        (
            (words.author, AUTHOR_LIMIT),
            (words.title, TITLE_LIMIT),
            (words.text, privacy.text_limit),
        ),
        privacy,
    )
    native_id, parent_id, url, thread_url = _masked_texts(
        (
            (clean_line(item.native_id or ""), NATIVE_ID_LIMIT),
            (clean_line(item.parent_id or ""), NATIVE_ID_LIMIT),
            (_address(item.url), READ_LIMIT),
            (_address(item.thread_url), READ_LIMIT),
        ),
        privacy,
    )
    return Mention(
        key=identity.key,
        key_basis=identity.basis,
        source=source.id,
        site=site,
        native_id=native_id or None,
        url=url or None,
        author=author or None,
        title=title,
        text=text,
        posted_at=plausible(item.posted_at, detected_at),
        detected_at=detected_at,
        rating=_rating(item.rating),
        language=source.language or guess_language(words.text) or _primary(item.language),
        thread_url=thread_url or None,
        parent_id=parent_id or None,
    )


def holds_order(mention: Mention) -> bool:
    """Return whether an order reference was masked in what a message says."""
    token = TOKENS[PersonalData.ORDER]
    return token in mention.text or token in mention.title


def find_orders(item: Item, privacy: PrivacyPolicy) -> tuple[str, ...]:
    """Return the order references that a message shows, as they stand in it, each once.

    They are for asking who the customer is, and for nothing else: what is written is masked.
    """
    words = _words(item)
    text = plain(f"{words.title}\n{words.text}").text
    found = (
        text[start:end]
        for form in privacy.order_forms
        for start, end in find_order_numbers(text, form.pattern)
    )
    return tuple(islice(dict.fromkeys(found), ORDERS_LIMIT))


def _words(item: Item) -> _Words:
    title, text = item.title[:READ_LIMIT], item.text[:READ_LIMIT]
    if item.is_html:
        title, text = text_of_html(title), text_of_html(text)
    title, text = clean_line(title), clean_text(text)
    author = clean_line((item.author or "")[:READ_LIMIT])
    if not text:
        return _Words(author, "", title)
    start = folded(title) if title else ""
    if start and (text.startswith(title) or folded(text[: 4 * len(title) + 200]).startswith(start)):
        title = ""
    return _Words(author, title, text)


def masked_words(item: Item, privacy: PrivacyPolicy) -> str:
    """Return what an item says, cleaned, masked and cut off as a mention's text is."""
    return masked_text(_words(item).text, privacy, privacy.text_limit).strip()


def masked_text(text: str, privacy: PrivacyPolicy, limit: int) -> str:
    """Return a customer's words, personal data masked, cut off after `limit` characters."""
    room = _MASKING_MARGIN * limit + _TORN
    masked = mask(text[:room], privacy)
    if len(text) > room:
        limit = min(limit, max(1, len(masked) - _TORN))
    # The cut may take away what told a number from a reference, so the rest is looked at again.
    while (capped := cap(masked, limit)) != masked:
        if (kept := mask(capped, privacy)) == masked:
            break
        masked = kept
    return masked


def _masked_texts(texts: Sequence[tuple[str, int]], privacy: PrivacyPolicy) -> Iterator[str]:
    """Give what `masked_text` does of each text and its limit; most hold nothing to mask."""
    is_clean = holds_nothing((text for text, _ in texts if text), privacy)
    for text, limit in texts:
        kept_whole = (is_clean and len(text) <= limit) or not text
        yield text if kept_whole else masked_text(text, privacy, limit)


def _address(url: str | None) -> str:
    return (canonical_url(url) or "") if url else ""


def _rating(rating: Rating | None) -> Rating | None:
    """Return the stars, unless they are no number between nothing and the best."""
    if rating is None or not (math.isfinite(rating.value) and math.isfinite(rating.best)):
        return None
    return rating if rating.best > 0 and 0 <= rating.value <= rating.best else None


def _primary(language: str | None) -> str | None:
    """Return `fr` for `fr-FR` or `FR_ca`; None for what is no language tag."""
    primary = (language or "").replace("_", "-").partition("-")[0].strip().lower()
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else None
