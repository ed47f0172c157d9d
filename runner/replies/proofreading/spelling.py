"""Spelling by a dictionary that is handed in; which words are not asked about."""

import re
from collections.abc import Iterator
from typing import Protocol

from runner.text.words import fold


class Speller(Protocol):
    """A dictionary of one language; `runner.repo.dictionaries` reads them."""

    def knows(self, word: str) -> bool:
        """Return whether a word is written as it should be."""

    def instead(self, word: str) -> tuple[str, ...]:
        """Return words that may have been meant, the likeliest first."""


_LEFT_OUT = re.compile(
    r"\[…[^\]]*\]|https?://\S+|\S+@\S+|@[\w.-]+|#\w+|\b[\w-]+(?:\.[\w-]+)+(?:/\S*)?|\b\w*\d\w*\b"
)
"""Gaps, addresses, handles, hashtags, whatever has a digit."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?…\n:«“\"(]\s*)$")
_MOST = 20
"""Findings in one text; what has more is in another language."""


def find_misspelled(
    text: str, speller: Speller, names: frozenset[str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield `(start, end, instead)` of words that the dictionary does not know.

    Names are not asked about: those that are known, and words with a capital inside a sentence.
    """
    plain = _LEFT_OUT.sub(lambda found: " " * len(found[0]), text)
    count = 0
    for found in _WORD.finditer(plain):
        word = found[0].replace("’", "'")
        inside = not _OPENS.search(plain[max(found.start() - 3, 0) : found.start()].rstrip(" "))
        if word.isupper() or (word[0].isupper() and inside) or fold(word) in names:
            continue
        if _is_known(word, speller, names) or count >= _MOST:
            continue
        count += 1
        yield found.start(), found.end(), speller.instead(word)[:3]


def _is_known(word: str, speller: Speller, names: frozenset[str]) -> bool:
    if speller.knows(word) or speller.knows(word.lower()):
        return True
    parts = word.split("'")
    return len(parts) > 1 and all(
        len(part) <= 2 or fold(part) in names or speller.knows(part) for part in parts
    )
