"""Counting what a reader takes for one sign, as Bluesky does."""

import unicodedata

_JOINER = "\u200d"
_PICTURES = frozenset({"So", "Sk"})


def count_graphemes(text: str) -> int:
    """Return how many signs a text has: letters with their accents, emoji made of several.

    Never fewer than Unicode's own rule (UAX 29) gives, so that a text which fits here fits
    there: flags count two, and the parts of a Korean or Indic syllable each for themselves.
    """
    count, before = 0, ""
    for character in text.replace("\r\n", "\n"):
        category = unicodedata.category(character)
        extends = category in {"Mn", "Me"} or character == _JOINER or "🏻" <= character <= "🏿"
        joined = before == _JOINER and category in _PICTURES
        if not count or not (extends or joined):
            count += 1
        before = character
    return count
