"""E-mail addresses in a text, also those that are written to be overlooked."""

import re
from collections.abc import Iterator
from functools import cache

import re2

_LOCAL = r"(?<![\w.+\-@])[\w.+\-]{0,255}[\w+\-]"
_LABEL = r"[\w\-]{1,63}"
_TOP = r"(?!(?:png|jpe?g|gif|webp|svg|js|css|html?|php|pdf|mp[34])\b)[^\W\d_]{2,24}(?!\w)"
_PROVIDERS = (
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|orange|wanadoo|free|sfr|neuf"
    r"|laposte|bbox|numericable|protonmail|proton|gmx|aol|btinternet)(?![\w\-])"
)
_COMMON_TOPS = (
    r"(?:com|fr|org|net|eu|be|ch|uk|ca|lu|de|es|it|ie|us|info|io|me|pro|example|test|invalid)"
    r"(?![\w\-])"
)
_SIGN = r" {0,2}@ {0,2}"
_OPEN, _SHUT = r" ?[\[({<«*] ?", r" ?[\])}>»*] ?"
_AT = rf"(?:{_OPEN}(?:at|a|à|@|aroba[sz]e?s?){_SHUT}|[ _\-]?aroba[sz]e?s?[ _\-]?)"
_WEAK_AT = r"(?: at | chez )"
_DOT_WORD = rf"(?:{_OPEN}(?:dot|point|pt|\.){_SHUT}| (?:dot|point) )"
_DOT = rf"(?:{_DOT_WORD}|\.)"

_FORMS = (
    rf"{_LOCAL}{_SIGN}(?:{_LABEL}{_DOT}){{1,5}}{_TOP}",
    rf"{_LOCAL}{_SIGN}{_PROVIDERS}",
    rf"{_LOCAL}{_AT}(?:{_LABEL}{_DOT}){{1,5}}{_TOP}",
    rf"{_LOCAL}{_AT}{_PROVIDERS}",
    rf"{_LOCAL}{_WEAK_AT}(?:{_LABEL}{_DOT}){{0,4}}{_LABEL}{_DOT_WORD}{_COMMON_TOPS}",
    rf"(?<![^\W_])[^\W_]{{1,64}}([_\-])at\1(?:[^\W_]{{1,63}}\1(?:dot|point)\1){{1,4}}{_COMMON_TOPS}",
    r"(?-i:(?<![a-z0-9._\-])[a-z0-9._\-]{1,64}AT[a-z0-9\-]{1,63}(?:DOT|\.)[a-z]{2,24})(?!\w)",
)
"""A plain address, with or without spaces; a known provider without its ending; `[at]`, `(a)`,
`arobase`; `at` or `chez`, which are ordinary words, only before a `dot` or `point`; `jean-at-…`
with its `-dot-`; `jeanATexampleDOTorg`.

No sign that separates may also stand inside what it separates, so matching stays linear."""

_WORTH_A_LOOK = re2.compile(
    r"(?i)@|aroba[sz]|[\[({<«*] ?(?:at|a|à) ?[\])}>»*]|[a-z0-9._\-](?-i:AT)[a-z0-9\-]"
)
_PERHAPS = re2.compile(r"(?i)[ _\-]at[_\- ]| chez ")
_ONLY_WITH = re2.compile(rf"(?i){_DOT_WORD}|[_\-](?:dot|point)[_\-]")
"""Asked of every text that holds one of `_HINTS`, so on an engine that reads it once: forms with an
ordinary word for the sign need a word or brackets for the dot."""
_HINTS = ("aroba", "dot", "point", "@", "[", "(", "{", "<", "«", "*")
_AT_SIGN = re.compile(rf"{_SIGN}|{_AT}|{_WEAK_AT}|[_\-]at[_\-]|(?-i:AT)", re.IGNORECASE)
_DOT_SIGN = re.compile(rf"{_DOT}|[_\-](?:dot|point)[_\-]|(?-i:DOT)", re.IGNORECASE)


def find_addresses(text: str, allowed: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where e-mail addresses stand in a plain text; none of `allowed`.

    A handle with its server, as in `@camille@social.example.org`, is public and no address.
    """
    if not may_hold_address(text):
        return
    for form in _addresses():
        for found in form.finditer(text):
            if undisguised(found.group()) not in allowed:
                yield found.span()


def may_hold_address(text: str) -> bool:
    """Tell whether an e-mail address may stand in a plain text, at little cost."""
    lowered = text.lower()
    for hint in _HINTS:
        if hint in lowered:
            break
    else:
        if "AT" not in text:
            return False
    return bool(_WORTH_A_LOOK.search(text) or (_PERHAPS.search(text) and _ONLY_WITH.search(text)))


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)


def undisguised(address: str) -> str:
    """Return an address as a mail program takes it: `jean [at] example [dot] org` plainly."""
    local, domain = "", address
    if sign := _AT_SIGN.search(address):
        local, domain = address[: sign.start()], address[sign.end() :]
    return f"{local}@{_DOT_SIGN.sub('.', domain)}".casefold()
