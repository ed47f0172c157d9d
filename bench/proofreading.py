"""Precision and recall of the gravest text checks on the texts of tests/replies/proofreading.

    python bench/proofreading.py [--misses]

Each batch is a manner of writing.  In a batch, what is right for the others is wrong for one
rule: a row that only asks for data must give no promise.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from runner.replies.proofreading.check import Reading, proofread
from runner.text.strict_yaml import read_value

FOLDER = Path(__file__).parent.parent / "tests" / "replies" / "proofreading"
RULES = {
    "promises": frozenset({"promise", "unlawful-offer"}),
    "personal": frozenset({"personal-data-asked", "personal-data-shown"}),
    "unlawful": frozenset({"unlawful-offer"}),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a batch, written for one kind: whether it must be flagged as of that kind."""

    kind: str
    batch: str
    locale: str
    text: str
    wanted: bool

    def tells(self, kind: str) -> bool:
        """Return whether it tells something of a kind: it must be flagged as such, or must not.

        Where a review is spoken of, something may well be promised too, tied to it or not; in
        the first texts no kind tells anything of the others.
        """
        return self.kind == kind or (
            self.batch != "first" and (self.kind, kind) != ("unlawful", "promises")
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A text, and whether one of some rules must find something in it, and does."""

    kind: str
    batch: str
    locale: str
    text: str
    wanted: bool
    found: bool


def read_texts() -> Iterator[Text]:
    """Yield every text of the corpora, batch by batch."""
    for kind in RULES:
        for locale in ("en", "fr"):
            corpus: Any = read_value((FOLDER / f"{kind}-{locale}.yaml").read_bytes())
            for key in ("must_flag", "must_not_flag"):
                for text in corpus[key].splitlines():
                    yield Text(kind, "first", locale, text, key == "must_flag")
    for file in sorted((FOLDER / "batches").glob("*.yaml")):
        batch: Any = read_value(file.read_bytes())
        for kind, each in batch.items():
            for key, texts in each.items():
                for locale, lines in texts.items():
                    for text in lines.splitlines():
                        yield Text(kind, file.stem, locale, text, key == "must_flag")


def rows() -> Iterator[Row]:
    """Yield every text, judged by each rule that it says something of."""
    for each in read_texts():
        named = _named(each.text)
        for kind, rules in RULES.items():
            if each.tells(kind):
                wanted = each.wanted and each.kind == kind
                found = bool(named & rules)
                yield Row(kind, each.batch, each.locale, each.text, wanted, found)


def digest_of_texts() -> str:
    """Return what tells these corpora from any others."""
    lines = (
        repr((each.kind, each.batch, each.locale, each.text, each.wanted)) for each in read_texts()
    )
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


@cache
def _named(text: str) -> frozenset[str]:
    return frozenset(each.rule for each in proofread(text, Reading()))


def measure(judged: list[Row]) -> tuple[float, float]:
    """Return precision and recall."""
    told = Counter((row.wanted, row.found) for row in judged)
    hits = told[True, True]
    return hits / (hits + told[False, True] or 1), hits / (hits + told[True, False] or 1)


def main() -> None:
    judged = list(rows())
    print(f"{'':24} {'rows':>5} {'precision':>10} {'recall':>8}")
    for kind in RULES:
        for batch in dict.fromkeys(row.batch for row in judged):
            some = [row for row in judged if (row.kind, row.batch) == (kind, batch)]
            precision, recall = measure(some)
            print(f"{f'{kind}, {batch}':24} {len(some):5} {precision:10.3f} {recall:8.3f}")
    if "--misses" in sys.argv:
        for row in judged:
            if row.found != row.wanted:
                print("missed" if row.wanted else "false alarm", row.kind, row.batch, row.text)


if __name__ == "__main__":
    main()
