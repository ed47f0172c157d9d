"""Text from strangers, made harmless to show, store and compare.

What `clean_text` returns is plain: paragraphs of single-spaced words, `\\n` as the
only line break, no leading or trailing space on any line.  It holds nothing that
acts on a terminal, reorders a line, or cannot stand in a YAML block scalar.
"""

import re
import unicodedata

ELLIPSIS = "…"

MARKS_LIMIT = 4
"""Combining marks kept on one letter.  Vietnamese needs 2, pointed Hebrew 3, Thai 2; stacks of
dozens ("Zalgo") paint over the lines around them."""

_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_JOINING_SCRIPTS = "\u0600-\u1cff\ua840-\uabff"

_NEWLINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_SPACES = re.compile("  +")
_BLANK_LINES = re.compile("\n{3,}")
_TERMINAL_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    "|(?:\x1b\\]|\x9d)[^\x07\x1b\n]{0,512}(?:\x07|\x1b\\\\)"
)

# Invisible or acting characters: C0 and C1 controls, soft hyphen, grapheme joiner, bidi marks,
# embeddings, overrides and isolates, zero-width spaces, fillers that look like nothing,
# Mongolian and ideographic variation selectors, invisible operators, annotations, musical
# and shorthand controls, tags, noncharacters.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
# Kept where they mean something: after a symbol, or in a keycap such as 1️⃣.
_SELECTOR = re.compile(
    f"(?<![{_EMOJI}\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299])"
    "[\ufe0e\ufe0f](?!(?<=[0-9#*][\ufe0e\ufe0f])\u20e3)"
)
# Kept between parts of one emoji, and inside words of scripts that join letters.
_JOINER = re.compile(
    f"(?<![{_EMOJI}{_JOINING_SCRIPTS}\ufe0f])[\u200c\u200d]"
    f"|[\u200c\u200d](?![{_EMOJI}{_JOINING_SCRIPTS}])"
)
# Only a run of more than MARKS_LIMIT characters beyond Latin and punctuation can hold a stack.
_MAY_STACK = re.compile(f"[^\x00-\u02ff\u2010-\u2027\u20a0-\u20cf]{{{MARKS_LIMIT + 1},}}")

# What most texts have nothing of: anything but lines, spaces, and the letters, quotes, dashes and
# signs of European languages, of which nothing below takes away or changes one.
_UNUSUAL = re.compile("[^\n -~\u00a1-\u00ac\u00ae-\u02ff\u2013\u2014\u2018-\u201d\u2026\u20ac]")


def clean_text(text: str, limit: int | None = None) -> str:
    """Return plain text of at most `limit` characters; doing it twice changes nothing.

    Unicode's line breaks become `\\n`, runs of blank lines one blank line, every kind of
    space one space.  Control and bidi characters, zero-width characters outside emoji and
    joined scripts, and terminal sequences are dropped; unpaired surrogates become U+FFFD;
    the result is in NFC.
    """
    if _UNUSUAL.search(text):
        text = _harmless(text)
    if "  " in text:
        text = _SPACES.sub(" ", text)
    if "\n" in text:
        text = "\n".join(line.strip(" ") for line in text.split("\n"))
        text = _BLANK_LINES.sub("\n\n", text).strip("\n")
    else:
        text = text.strip(" ")
    return text if limit is None else cap(text, limit)


def _harmless(text: str) -> str:
    text = _without_surrogates(text)
    text = _NEWLINE.sub("\n", text)
    text = _TERMINAL_SEQUENCE.sub("", text)
    text = _DROPPED.sub("", text)
    if not text.isascii():
        text = _SELECTOR.sub("", text)
        text = _JOINER.sub("", text)
        text = unicodedata.normalize("NFC", text)
        text = _MAY_STACK.sub(_bound_marks, text)
    return _SPACE.sub(" ", text)


def clean_line(text: str, limit: int | None = None) -> str:
    """Return the text cleaned, on one line, of at most `limit` characters."""
    line = " ".join(clean_text(text).split())
    return line if limit is None else cap(line, limit)


def cap(text: str, limit: int) -> str:
    """Return the text, or what of it fits in `limit` characters with a final `…`.

    The cut falls between words, unless that would cost more than half of the room.
    A limit below 1 gives nothing.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    kept = text[: limit - 1]
    if not text[limit - 1].isspace():
        start_of_word = max(kept.rfind(" "), kept.rfind("\n"))
        if start_of_word > limit // 2:
            kept = kept[:start_of_word]
    return kept.rstrip(" \n\u200c\u200d\ufe0e\ufe0f") + ELLIPSIS


def _without_surrogates(text: str) -> str:
    # Two halves that an adapter left side by side are one character after all.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _bound_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run.group():
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MARKS_LIMIT:
            kept.append(character)
    return "".join(kept)
