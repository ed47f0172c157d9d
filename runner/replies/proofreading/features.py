"""What the trained reader sees of a text: words, their classes and shapes, and what is around.

Pure, and the same for training (`bench/train_proofreading.py`) and for reading: who changes
anything here trains the reader anew.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from itertools import islice, pairwise
from typing import Any

from runner.replies.proofreading.sentences import Sentence
from runner.text.strict_yaml import read_value

_LONGEST = 60
"""Words that are read at once: a sentence of more is read in parts."""
_MOST = 200
"""Parts of a text that are read, 12,000 words at most; of what follows, rules alone judge."""
_LETTERS = 24
"""Letters of a word that are read."""
_NEAR = 4
"""Words between which pairs are seen."""
_FAR = 9
"""Words of a clause between which pairs of classes are seen."""
_PIECES = (3, 4, 5)
"""Letters in the pieces of words by which mistyped and inflected ones are known."""
_FULL, _HALF = 1.0, 0.5
"""What a feature counts, chosen by leaving batches out: runs of words and of shapes, and others."""
_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(r"[|?]|[^ |?]+")
_WRITTEN = re.compile(r"[\w@€£$%.'’+-]+")
_INITIAL = 2
"""Letters by which phrases of the classes are looked up."""

_Phrase = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or a part of a long one, at `text[start:end]`.

    `words` are as rules compare them, figures as `0`, clauses parted by `|`; word `i` stands at
    `text[slice(*places[i])]`.  `before` and `after` are the words around, `shapes` how it is
    written: what of it is capitals, figures, addresses.
    """

    start: int
    end: int
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    shapes: tuple[str, ...]


def read_passages(text: str, sentences: tuple[Sentence, ...]) -> tuple[Passage, ...]:
    """Return what a text is read in, in order."""
    parts = [part for sentence in sentences[:_MOST] for part in _parts(sentence)][:_MOST]
    words = [(), *(said for said, _ in parts), ()]
    return tuple(
        Passage(
            start := places[0][0],
            end := places[-1][1],
            said,
            places,
            before=words[at],
            after=words[at + 2],
            shapes=tuple(_shapes(text[start:end])),
        )
        for at, (said, places) in enumerate(parts)
    )


def _parts(sentence: Sentence) -> Iterator[tuple[tuple[str, ...], tuple[tuple[int, int], ...]]]:
    found = list(islice(_TOKEN.finditer(sentence.text), _MOST * _LONGEST))
    for at in range(0, len(found), _LONGEST):
        some = found[at : at + _LONGEST]
        yield (
            tuple(_DIGITS.sub("0", one[0][:_LETTERS]) for one in some),
            tuple(
                (sentence.starts[one.start()], sentence.starts[one.end() - 1] + 1) for one in some
            ),
        )


def _shapes(written: str) -> Iterator[str]:
    for word in _WRITTEN.findall(written):
        plain = word.strip(".'’-")
        if "@" in plain:
            yield "@"
        elif plain.isdigit():
            yield "9" * min(len(plain), 6)
        elif any(map(str.isdigit, plain)):
            yield "A9" if any(map(str.isupper, plain)) else "a9"
        elif len(plain) > 1 and plain.isupper():
            yield "AA"
        elif plain:
            yield "Aa" if plain[0].isupper() else "a"


def read_features(passage: Passage) -> dict[str, float]:
    """Return all that a passage shows, and what each counts.

    `1:` to `3:` are runs of words, `_` pairs of words that are near, `h` runs of shapes, `c`
    pieces of words, `<` and `>` words before and after, `x` and `y` runs of classes, `~` and `&`
    two of them in one clause and anywhere.
    """
    framed = ("^", *passage.words, "$")
    found = dict.fromkeys(
        (
            *(f"<{word}" for word in passage.before or ("^",)),
            *(f">{word}" for word in passage.after or ("$",)),
            *_class_features(passage.words),
        ),
        _HALF,
    )
    for word in set(passage.words):
        found |= _pieces(word)
    near = (
        f"_{one} {other}"
        for at, one in enumerate(framed)
        for other in framed[at + 2 : at + 1 + _NEAR]
    )
    shapes = ("^", *passage.shapes, "$")
    found |= dict.fromkeys((*runs(framed), *(f"h{run}" for run in runs(shapes)), *near), _FULL)
    return found


def runs(words: tuple[str, ...]) -> Iterator[str]:
    """Yield each word, and each two and three that follow each other, with how many they are."""
    yield from (f"1:{one}" for one in words)
    yield from (f"2:{one} {two}" for one, two in pairwise(words))
    yield from (
        f"3:{one} {two} {three}"
        for one, two, three in zip(words, words[1:], words[2:], strict=False)
    )


@lru_cache(maxsize=8192)
def _pieces(word: str) -> dict[str, float]:
    framed = f"<{word}>"
    return {
        f"c{framed[at : at + size]}": _HALF
        for size in _PIECES
        for at in range(len(framed) - size + 1)
        if word != "|"
    }


def _class_features(words: tuple[str, ...]) -> Iterable[str]:
    named = _named(words)
    found: set[str] = set()
    for at, names in enumerate(named):
        before = words[at - 1] if at else None
        after = words[at + 1] if at + 1 < len(words) else None
        following = named[at + 1] if after is not None else ()
        third = named[at + 2] if at + 2 < len(words) else ()
        for name in names:
            found.add(f"x{name}")
            if before is not None:
                found.add(f"y{before} +{name}")
            if after is not None:
                found.add(f"y{name}+ {after}")
            for other in following:
                found.add(f"x{name} {other}")
                found.update(f"x{name} {other} {last}" for last in third)
    for at, names in enumerate(named):
        for nth in range(at + 1, min(at + _FAR, len(words))):
            if words[nth] == "|":
                break
            found.update(f"{one}~{two}" for one in names for two in named[nth])
    everywhere = sorted({name for names in named for name in names})
    found.update(f"{one}&{two}" for at, one in enumerate(everywhere) for two in everywhere[at:])
    return found


def _named(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the classes of each word, in order."""
    named: list[set[str]] = [set() for _ in words]
    for at, word in enumerate(words):
        for name, phrase in _beginning(word):
            length = len(phrase)
            if length == 1 or (
                at + length <= len(words)
                and all(map(_fits, phrase[1:], words[at + 1 : at + length]))
            ):
                for each in named[at : at + length]:
                    each.add(name)
    return [tuple(sorted(each)) for each in named]


@lru_cache(maxsize=8192)
def _beginning(word: str) -> tuple[_Phrase, ...]:
    return tuple(one for one in _phrases().get(word[:_INITIAL], ()) if _fits(one[1][0], word))


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern[-1] == "*" else word == pattern


def digest_of_classes() -> str:
    """Return what tells the shipped classes of words from any others."""
    return sha256(_classes_file()).hexdigest()[:16]


def _classes_file() -> bytes:
    folder = resources.files("runner") / "replies" / "proofreading"
    return (folder / "word-classes.yaml").read_bytes()


@cache
def _phrases() -> dict[str, list[_Phrase]]:
    classes: Any = read_value(_classes_file())
    found: dict[str, list[_Phrase]] = {}
    for name, listed in classes.items():
        for phrase in listed.split(","):
            words = tuple(phrase.split())
            found.setdefault(words[0].rstrip("*")[:_INITIAL], []).append((name, words))
    return found
