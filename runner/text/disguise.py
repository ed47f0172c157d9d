"""Digits and signs however they are written, with the way back to the text.

People hide a telephone number from a site's filter with full-width digits, zero-width
characters or a letter O; an address bar hides it with percent signs.  Here all of that
becomes plain, so that each search for personal data needs to know one spelling only.
"""

import re
import unicodedata
from dataclasses import dataclass

_NOTHING = "\ue000"
_LEFT_OUT = re.compile(f"{_NOTHING}|%([2-7][0-9A-Fa-f])")

_SIGNS = {
    "\u2212": "-", "·": ".", "•": ".", "∙": ".", "․": ".", "。": ".", "⁄": "/", "∕": "/",
    "О": "O", "о": "o", "Ο": "O", "ο": "o", "＠": "@", "﹫": "@",
}  # fmt: skip

_LOOKS_LIKE_ZERO = re.compile(
    r"(?<![^\W\d_])[Oo](?=[1-9](?:[ .\-]?[\dOolI]){4})"
    r"|(?<=\d)[Oo](?=[\dOo])|(?<=\d[ .\-])[Oo](?=\d)|(?<=\d)[Oo](?=[ .\-]\d)"
)
_LOOKS_LIKE_ONE = re.compile(r"(?<=\d)[lI|](?=[ .\-]?\d)|(?<=\d[ .\-])[lI](?=\d)")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text with ordinary digits and signs; `starts[i]` is where character `i` came from.

    `starts` has one entry more than the text; None when every character is in its place.
    """

    text: str
    starts: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the plain text stands in the original."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end]


def plain(text: str) -> Plain:
    """Return the text with every digit 0-9, dash `-`, space and dot in its plain form.

    Invisible characters and combining marks are left out, `%40` and its like decoded.
    """
    text = text.replace("\t", " ").replace("\r", "\n")
    if not text.isascii() and _CHANGES.search(text):
        text = text.translate(_PLAIN)
    if "%" not in text and _NOTHING not in text:
        return Plain(text, None)
    kept: list[str] = []
    starts: list[int] = []
    at = 0
    for found in _LEFT_OUT.finditer(text):
        kept.append(text[at : found.start()])
        starts.extend(range(at, found.start()))
        if found[1]:
            kept.append(chr(int(found[1], 16)))
            starts.append(found.start())
        at = found.end()
    kept.append(text[at:])
    starts.extend(range(at, len(text) + 1))
    return Plain("".join(kept), tuple(starts))


def with_lookalikes(text: str) -> str:
    """Return the text, as long as before, with letters among digits as the digits they imitate.

    `O6 l2 34` becomes `06 12 34`.
    """
    return _LOOKS_LIKE_ONE.sub("1", _LOOKS_LIKE_ZERO.sub("0", text))


class _Plainly(dict[int, str]):
    """What `str.translate` puts for each character beyond ASCII; one for one."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code < 0x80:
            return character
        if character in _SIGNS:
            return _SIGNS[character]
        digit = unicodedata.digit(character, None)
        if digit is not None:
            return str(digit)
        match unicodedata.category(character):
            case "Zs":
                return " "
            case "Zl" | "Zp" | "Cc":
                return "\n"
            case "Pd":
                return "-"
            case "Cf" | "Mn" | "Me" | "Co":
                return _NOTHING
        compatible = unicodedata.normalize("NFKC", character)
        return compatible if len(compatible) == 1 and compatible.isascii() else character


_PLAIN = _Plainly()
# Worked out once: the letters, quotes and spaces of European texts.
_PLAIN.update((code, _PLAIN[code]) for code in (*range(0x180), *range(0x2000, 0x2070)))
_STAYS = "".join(re.escape(chr(code)) for code, put in _PLAIN.items() if put == chr(code))
_CHANGES = re.compile(f"[^{_STAYS}]")
"""What is, or may be, another character when it is plain: most texts hold none of it."""
