"""How faults name things: quoted, harmless, the nearest known word first."""

from collections.abc import Iterable

_LONGEST = 60
_KNOWN_SHOWN = 8
_ALIKE = 0.6


def shown(text: str) -> str:
    """Return text from a file in backquotes, shortened, with nothing that a terminal obeys."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: _LONGEST + 1])
    return f"`{plain[:_LONGEST]}…`" if len(plain) > _LONGEST else f"`{plain}`"


def nearest_first(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known words, the one most like `word` first; equally alike ones in ABC order."""
    return tuple(sorted(set(known), key=lambda other: (-_likeness(word, other), other)))


def did_you_mean(word: str, known: Iterable[str], nothing: str = "") -> str:
    """Return a hint: the nearest known word when one is alike, else all known words.

    `nothing` is the hint when no word is known.
    """
    words = nearest_first(word, known)
    if not words:
        return nothing
    if _likeness(word, words[0]) >= _ALIKE:
        return f"did you mean `{words[0]}`?"
    return one_of(words)


def one_of(words: Iterable[str]) -> str:
    """Return a hint that lists the known words, in the order given."""
    listed = tuple(dict.fromkeys(words))
    rest = len(listed) - _KNOWN_SHOWN
    known = ", ".join(f"`{word}`" for word in listed[:_KNOWN_SHOWN])
    return f"known: {known}" + (f" and {rest} more" if rest > 0 else "")


def _likeness(word: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, word[:_LONGEST].casefold(), other.casefold()).ratio()
