"""Precision and recall of the text checks on the texts of tests/replies/proofreading.

    python bench/proofreading.py [--misses]

Rows are parted by a digest: rules were written looking at the misses of one half, of the other
only the totals were looked at.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from runner.replies.proofreading.check import Reading, proofread
from runner.text.strict_yaml import read_value

FOLDER = Path(__file__).parent.parent / "tests" / "replies" / "proofreading"
RULES = {
    "promises": frozenset({"promise", "unlawful-offer"}),
    "personal": frozenset({"personal-data-asked", "personal-data-shown"}),
    "unlawful": frozenset({"unlawful-offer"}),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A text, and whether one of some rules must find something in it, and does."""

    kind: str
    locale: str
    text: str
    is_held_back: bool
    wanted: bool
    found: bool


def rows() -> Iterator[Row]:
    """Yield every row of the corpora of the three gravest rules."""
    for kind, rules in RULES.items():
        for locale in ("en", "fr"):
            corpus = read_value((FOLDER / f"{kind}-{locale}.yaml").read_bytes())
            for key in ("must_flag", "must_not_flag"):
                for text in corpus[key].splitlines():
                    named = {each.rule for each in proofread(text, Reading())}
                    held = bool(sha256(text.encode()).digest()[0] & 1)
                    yield Row(kind, locale, text, held, key == "must_flag", bool(named & rules))


def measure(judged: list[Row]) -> tuple[float, float]:
    """Return precision and recall."""
    told = Counter((row.wanted, row.found) for row in judged)
    hits = told[True, True]
    return hits / (hits + told[False, True]), hits / (hits + told[True, False])


def main() -> None:
    judged = list(rows())
    print(f"{'':20} {'rows':>5} {'precision':>10} {'recall':>8}")
    for kind in RULES:
        for held in (False, True):
            of_kind = [row for row in judged if row.kind == kind and row.is_held_back == held]
            precision, recall = measure(of_kind)
            name = f"{kind}{', held back' if held else ''}"
            print(f"{name:20} {len(of_kind):5} {precision:10.3f} {recall:8.3f}")
    if "--misses" in sys.argv:
        for row in judged:
            if row.found != row.wanted and not row.is_held_back:
                print("missed" if row.wanted else "false alarm", row.kind, row.text)


if __name__ == "__main__":
    main()
