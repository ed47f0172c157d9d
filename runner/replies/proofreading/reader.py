"""Sentences that read like a promise, an offer for a review, or personal data in public.

A linear reader: what a passage shows (`features.py`) is weighed, and the sum held against a
bound.  `bench/train_proofreading.py` found the weights, in `reader.txt`, on the texts of
`tests/replies/proofreading`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import takewhile
from math import sqrt

from runner.replies.proofreading.features import Passage, read_features, read_passages
from runner.replies.proofreading.rules import Said
from runner.replies.proofreading.sentences import Sentence

KINDS = ("promise", "unlawful-offer", "personal-data")
"""What the reader tells from everything else, in the order of its weights."""
_PERSONAL = 2
_KIND = {"promise": 0, "unlawful-offer": 1, "personal-data-asked": _PERSONAL}
"""Rules that the reader weighs, by the kind that they are of."""
_ASKING = ("xask", "1:?")
_TELLING = 4
"""Words that are named at most, one after the other."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What each feature weighs for each of `KINDS`, and what a sum is held to: hundredths all.

    A passage is of a kind where its sum is above `bounds`; where a rule of that kind fits it,
    `bonus` is added.
    """

    weights: dict[str, tuple[int, ...]]
    base: tuple[int, ...]
    bounds: tuple[int, ...]
    bonus: tuple[int, ...]

    def sums(self, features: dict[str, float]) -> tuple[float, ...]:
        """Return how much a passage with such features is like each kind."""
        known = [
            (weights, counts)
            for name, counts in features.items()
            if (weights := self.weights.get(name)) is not None
        ]
        length = sqrt(sum(counts * counts for counts in features.values()))
        return tuple(
            base + sum(weights[at] * counts for weights, counts in known) / length
            for at, base in enumerate(self.base)
        )

    def telling(self, passage: Passage, kind: int) -> tuple[int, int]:
        """Return where the words stand that weigh most for a kind, one after the other."""
        heavy = [0.0] * len(passage.words)
        for size in (1, 2, 3):
            for at in range(len(passage.words) - size + 1):
                weights = self.weights.get(f"{size}:{' '.join(passage.words[at : at + size])}")
                if weights is not None:
                    for each in range(at, at + size):
                        heavy[each] += weights[kind] / size
        first, last = max(
            (
                (at, end)
                for at in range(len(heavy))
                for end in range(at + 1, min(at + _TELLING, len(heavy)) + 1)
            ),
            key=lambda span: sum(heavy[slice(*span)]),
        )
        return passage.places[first][0], passage.places[last - 1][1]


def weigh(text: str, sentences: tuple[Sentence, ...], said: tuple[Said, ...]) -> tuple[Said, ...]:
    """Return what stands of what rules found, and what else reads like it, in order.

    A rule that fits counts for much, not for all: a sentence that is like none of those that
    were wrong is right.
    """
    reader = shipped_reader()
    passages = read_passages(text, sentences)
    # Beyond what is read, rules stand alone.
    end = passages[-1].end if passages else 0
    kept = [one for one in said if one.rule not in _KIND or one.start >= end]
    for passage in passages:
        features = read_features(passage)
        for kind, total in enumerate(reader.sums(features)):
            fitting = [
                one
                for one in said
                if _KIND.get(one.rule) == kind
                and one.start < passage.end
                and passage.start < one.end
            ]
            if total + (reader.bonus[kind] if fitting else 0) <= reader.bounds[kind]:
                continue
            if fitting:
                kept += (one for one in fitting if one not in kept)
            else:
                kept.append(
                    Said(
                        _rule(kind, features),
                        passage.start,
                        passage.end,
                        reader.telling(passage, kind),
                    )
                )
    return tuple(sorted(kept, key=lambda one: (one.start, one.rule)))


def _rule(kind: int, features: dict[str, float]) -> str:
    if kind != _PERSONAL:
        return KINDS[kind]
    asks = any(name in features for name in _ASKING)
    return "personal-data-asked" if asks else "personal-data-shown"


@cache
def shipped_reader() -> Reader:
    """Return the reader that is shipped with this version."""
    file = resources.files("runner") / "replies" / "proofreading" / "reader.txt"
    return parse_reader(file.read_text("utf-8"))


def parse_reader(text: str) -> Reader:
    """Read a reader from its file: a head of `# name: values`, then a line for each feature."""
    head = read_head(text)
    values = {name: tuple(map(int, head[name].split())) for name in ("base", "bounds", "bonus")}
    weights: dict[str, tuple[int, ...]] = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            name, *each = line.split("\t")
            weights[name] = tuple(map(int, each))
    return Reader(weights, **values)


def render_reader(reader: Reader, facts: dict[str, str]) -> str:
    """Return the file of a reader, with facts of how it came about in its head."""
    head = {
        "kinds": " ".join(KINDS),
        **facts,
        "base": _spaced(reader.base),
        "bounds": _spaced(reader.bounds),
        "bonus": _spaced(reader.bonus),
    }
    lines = [f"# {name}: {values}" for name, values in head.items()]
    lines += [
        "\t".join((name, *map(str, weights))) for name, weights in sorted(reader.weights.items())
    ]
    return "\n".join(lines) + "\n"


def read_head(text: str) -> dict[str, str]:
    """Return the facts in the head of a reader's file."""
    head = takewhile(lambda line: line.startswith("# "), text.splitlines())
    parted = (line[2:].partition(": ") for line in head)
    return {name: values for name, _, values in parted}


def _spaced(values: Iterable[int]) -> str:
    return " ".join(map(str, values))
