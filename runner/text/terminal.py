"""Anything at all, made safe to print on a terminal."""

import re

_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """Return the text with each character that would act written out, such as `\\x1b`.

    For what was not cleaned: files that a person edited, answers of other programs.  Unlike
    `clean_text` it hides nothing, so that the reader sees that something is there.  Newline
    and tab stay.
    """
    return _ACTING.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
