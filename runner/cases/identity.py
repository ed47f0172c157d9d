"""Which message is which: keys that never change.

A key stands in merged files, so nothing here may depend on a policy, a locale, the day of
detection or the version of a rule.  That is also why the folding below is its own and not
the triage engine's: that one may learn.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from runner.model import KeyBasis
from runner.text.clean import clean_line
from runner.text.links import canonical_url

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u to misread or to spell words with."""

_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)

_KEY_LENGTH = 12
"""60 bits: among a million messages, two share a key with a chance of 1 in 2 million."""

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"})
_HAS_LETTERS = re.compile("[œæøđł]")


class _Kept(dict[int, str]):
    """What `str.translate` puts for each character: itself, nothing for marks, else a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isalnum():
            return character
        return "" if unicodedata.combining(character) else " "


_KEPT = _Kept()
# Worked out once: the letters and signs of European texts.
_KEPT.update((code, _KEPT[code]) for code in (*range(0x370), *range(0x2000, 0x2070)))


@dataclass(frozen=True, slots=True)
class Identity:
    """The key of a message (`c-` and 12 characters) and what it was made of."""

    key: str
    basis: KeyBasis


def identify(
    site: str,
    *,
    native_id: str | None,
    url: str | None,
    author: str | None,
    posted_at: datetime | None,
    text: str,
) -> Identity:
    """Return the identity of a message, from what its source says, before any masking.

    By the best basis there is: `site` and native id; else the canonical URL; else `site`,
    author, day (UTC) and folded text.  The day of an undated message is empty, never the day
    of detection.  A native id that is itself an address counts in its canonical form, and
    neither there nor in a URL does `http` or `https` make a difference.
    """
    if native_id and (known := _native(native_id)):
        return _identity(KeyBasis.NATIVE_ID, site.lower(), known)
    if url and (address := canonical_url(url)):
        return _identity(KeyBasis.URL, _without_scheme(address))
    who = clean_line(author or "").casefold()
    return _identity(KeyBasis.CONTENT, site.lower(), who, _day(posted_at), folded(text))


def folded(text: str) -> str:
    """Return what two copies of one text share: letters and digits, without case or accents.

    Everything else is one space between words.
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        if _HAS_LETTERS.search(text):
            text = text.translate(_LETTERS)
        text = text.casefold()
    return " ".join(text.translate(_KEPT).split())


def fingerprint(text: str) -> str:
    """Return the same 20 characters for every copy of a text, however it was typed.

    To find re-posts.  Very short texts ("Merci !") have the fingerprint of everybody's.
    """
    return _digest(("text", folded(text)), 20)


def _day(posted_at: datetime | None) -> str:
    try:
        return posted_at.astimezone(UTC).date().isoformat() if posted_at else ""
    except OverflowError:  # the first or last hours that a calendar knows
        return ""


def _native(native_id: str) -> str:
    # Some feeds give an address as id, with the session of the reader in it.
    if native_id.lstrip().lower().startswith(("http://", "https://")):
        address = canonical_url(native_id)
        if address:
            return _without_scheme(address)
    return " ".join(native_id.split())


def _without_scheme(address: str) -> str:
    return address.partition("://")[2]


def _identity(basis: KeyBasis, *parts: str) -> Identity:
    return Identity(f"c-{_digest((basis.value, *parts), _KEY_LENGTH)}", basis)


def _digest(parts: tuple[str, ...], length: int) -> str:
    """Return the first `length` * 5 bits of SHA-256 over the parts, each after its length.

    `length` is even.
    """
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % len(data))
        hashed.update(data)
    bits = int.from_bytes(hashed.digest(), "big") >> (256 - 5 * length)
    return "".join(_PAIRS[bits >> 10 * place & 1023] for place in reversed(range(length // 2)))
