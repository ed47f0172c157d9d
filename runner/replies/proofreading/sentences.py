"""A text as rules compare it: folded, cut into sentences and clauses, with the way back."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from runner.text.words import APOSTROPHES, LIGATURES

_BREAK = "|"
_SPACE = " "
_KEPT = frozenset("€$£%#@+=.&/°★⭐")
"""Signs that say something; a full stop inside a number or an address."""
_PARTS = frozenset(',;:()[]{}«»“”"*_<>~^`\\|')
_ENDS = frozenset(".!?…\n")
_ASIDE = re.compile(
    r"\| ?((?:bien sur|bien entendu|evidemment|naturellement|exceptionnellement|en effet|sans faute"
    r"|promis|en (?:guise|signe) d(?:e)? \w+|en dedommagement|a titre \w+(?: \w+)?|malheureusement"
    r"|helas|of course|naturally|certainly|indeed|exceptionally|by way of \w+"
    r"|as an? \w+(?: of \w+)?|unfortunately|i promise|as promised)) ?\|"
)
_JOINTS = re.compile(
    r" (?=(?:mais|but|however|cependant|toutefois|donc|though|although|yet|so (?:we|i|you)"
    r"|et (?:nous|je|j|on|vous|tu|votre|en)|and (?:we|i|you|your|it|that))\b)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in small letters without accents, one blank between words, `|` between clauses.

    `starts[i]` is where character `i` stands in the text as written; one more for its end.
    """

    text: str
    starts: tuple[int, ...]

    def clauses(self) -> tuple["Sentence", ...]:
        """Return its clauses, in order."""
        cuts = [-1, *(at for at, sign in enumerate(self.text) if sign == _BREAK), len(self.text)]
        return tuple(
            Sentence(self.text[start + 1 : end], self.starts[start + 1 : end + 1])
            for start, end in pairwise(cuts)
            if end > start + 1
        )

    def with_next(self, other: "Sentence") -> "Sentence":
        """Return the two as one, a clause's end between them."""
        return Sentence(f"{self.text}{_BREAK}{other.text}", (*self.starts, *other.starts))

    def flat(self) -> "Sentence":
        """Return it as one clause."""
        return Sentence(self.text.replace(_BREAK, _SPACE), self.starts)


def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a text into its sentences; what holds no letter and no digit is none."""
    found: list[Sentence] = []
    kept: list[str] = []
    starts: list[int] = []

    def put(sign: str, at: int) -> None:
        if sign == _SPACE and (not kept or kept[-1] in (_SPACE, _BREAK)):
            return
        if sign == _BREAK:
            while kept and kept[-1] == _SPACE:
                kept.pop()
                starts.pop()
            if not kept or kept[-1] == _BREAK:
                return
        kept.append(sign)
        starts.append(at)

    def end(at: int) -> None:
        while kept and kept[-1] in (_SPACE, _BREAK):
            kept.pop()
            starts.pop()
        if any(sign.isalnum() for sign in kept):
            found.append(_joined("".join(kept), (*starts, at)))
        kept.clear()
        starts.clear()

    for at, sign in enumerate(text.translate(APOSTROPHES)):
        if sign == "?":
            put(_SPACE, at)
            put(sign, at)
            end(at + 1)
        elif sign in _ENDS and not (sign == "." and text[at + 1 : at + 2].isalnum()):
            end(at)
        elif sign in _PARTS:
            put(_BREAK, at)
        elif sign.isalnum() or sign in _KEPT:
            for part in _folded(sign):
                put(part, at)
        elif unicodedata.category(sign)[0] != "M":
            put(_BREAK if sign in "–—" else _SPACE, at)
    end(len(text))
    return tuple(found)


def _folded(sign: str) -> str:
    if sign.isascii():
        return sign.lower()
    lowered = unicodedata.normalize("NFKD", sign).lower().translate(LIGATURES)
    return "".join(part for part in lowered if not unicodedata.combining(part))


def _joined(text: str, starts: tuple[int, ...]) -> Sentence:
    """Return a sentence whose asides are no clauses of their own, and whose joints part some."""
    signs = list(text)
    for aside in _ASIDE.finditer(text):
        signs[aside.start()] = signs[aside.end() - 1] = _SPACE
    for joint in _JOINTS.finditer(text):
        signs[joint.start()] = _BREAK
    return Sentence("".join(signs), starts)
