"""Values from outside, as plain words that do nothing where a reply is posted."""

import re
import unicodedata

from runner.text.clean import clean_line

_NAME_LIMIT = 40
_SIGNS = frozenset(" .-_'’")
"""What a name may hold beside letters and digits."""
_ACTING = re.compile(r"[@#<>*`\[\]{}|\\~^]|://|\bwww\.", re.IGNORECASE)
"""Mentions, tags, markup of sites, gaps of our own, addresses that sites make links of."""
_ADDRESS = re.compile(
    r"\.(?:[a-z]{2,3}|app|click|example|info|link|live|online|shop|site|store)(?=$|[ .])|^www\.",
    re.IGNORECASE,
)
"""The end of a host's name, of which many sites make a link by themselves."""
_PART = re.compile(r"[\s._]+|(?<![^\W\d_])-|-(?![^\W\d_])")
"""What parts a name: not the hyphen of `Jean-Pierre`."""
_CAPITALS = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
_SAID = re.compile(r"[AEIOUYÀÂÄÉÈÊËÎÏÔÖÙÛÜ]")
_NO_NAMES = frozenset({
    "anti", "client", "cliente", "customer", "dark", "fan", "happy", "les", "little", "madame",
    "mademoiselle", "miss", "monsieur", "new", "not", "papa", "maman", "pro", "real", "super",
    "team", "the", "une", "user",
})  # fmt: skip
"""Words that often begin a pseudonym and are nobody's first name."""


def plain_words(text: str, limit: int = 400) -> str:
    """Return a text on one line, without what could act on the page it is posted on."""
    return clean_line(_ACTING.sub("", clean_line(text, limit * 2)), limit)


def spoken_name(handle: str | None) -> str:
    """Return how a customer is addressed: by first name where the handle has one, else by handle.

    Empty when it says nothing that could be said: no letters, or what looks like an address.

    A first name is the first part, written as one, of two or more: before an initial
    (`Camille_R`, `Paul.M`), or before a surname (`Marie Dupont`, `Jean-Pierre Roy`).  What is
    written in capitals is not shouted back: `MARIE DUPONT` is Marie, `ANNE` is Anne.
    """
    whole = clean_line(handle or "").lstrip("@")
    if "/" in whole or ":" in whole or "@" in whole:
        return ""
    kept = "".join(sign for sign in whole if _may_stand(sign))
    name = clean_line(kept).strip(" .-_'’")
    if len(name) > _NAME_LIMIT or not any(sign.isalpha() for sign in name):
        return ""
    name = _CAPITALS.sub(_in_small_letters, name)
    parts = [part for part in _PART.split(name) if part]
    spaced = " " in name
    if len(parts) > 1 and _is_first_name(parts[0]) and _is_surname(parts[1], spaced=spaced):
        return parts[0]
    return "" if _ADDRESS.search(name) else name


def listed(items: tuple[str, ...], locale: str) -> str:
    """Return items in a row: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    link = "et" if locale == "fr" else "and"
    return f"{', '.join(items[:-1])} {link} {items[-1]}"


def _may_stand(sign: str) -> bool:
    return sign in _SIGNS or unicodedata.category(sign)[0] in "LMN"


def _is_first_name(part: str) -> bool:
    whole = part.split("-")
    return (
        2 < len(part) < 20
        and all(one.isalpha() and one[0].isupper() and one[1:].islower() for one in whole)
        and part.casefold() not in _NO_NAMES
    )


def _in_small_letters(found: re.Match[str]) -> str:
    """Return a name in capitals as names are written; what cannot be said is an abbreviation."""
    word = found[0]
    return word.capitalize() if word.isupper() and _SAID.search(word) else word


def _is_surname(part: str, *, spaced: bool) -> bool:
    """Whether it is an initial, or a name behind a space: `Voyance_Stella` is no Voyance."""
    whole = part.isalpha() and part[0].isupper()
    return whole and (len(part) == 1 or (spaced and (part[1:].islower() or part.isupper())))
