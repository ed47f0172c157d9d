"""Measure the catalogue of answers: whether the right one is among three, and how fast.

    python bench/answers.py [--cases 10000] [--missed]

The labelled questions are those of `tests/replies/data/answers.csv`, searched among this
repository's curated answers and the answered questions of the file.  COUNT closed cases made of
the same words, shuffled, tell the time: to build the catalogue once, and to search it.
`--missed` prints the questions whose answer was not found, with what was found instead.
"""

import argparse
import csv
import random
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from runner.model import Category
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.replies.catalogue import AT_MOST, Asked, Catalogue
from runner.replies.likeness import terms_of
from runner.replies.past_answers import PastCase
from runner.repo.files import read_configuration_files

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "replies" / "data" / "answers.csv"
DAY = date(2026, 12, 1)


def read_labelled() -> tuple[list[PastCase], list[tuple[str, Asked]]]:
    """Return the answered questions, and questions each with the id of its answer."""
    answered, asked = [], []
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            category, topic = Category(row["category"]), row["topic"] or None
            product, locale = row["product"] or None, row["language"]
            if row["kind"] == "answered":
                terms = tuple(sorted(terms_of(row["text"], locale)))
                told = (("", f"Answer to {row['id']}, in a sentence."),)
                answered.append(
                    PastCase(row["id"], "", "lumen", locale, category, topic, product,
                             datetime(2026, 11, 1, tzinfo=UTC), "information", False, False, "",
                             terms, told)
                )  # fmt: skip
            else:
                said = Asked(row["text"], locale, "lumen", category, topic, product)
                asked.append((row["id"], said))
    return answered, asked


def ranks(catalogue: Catalogue, asked: Iterable[tuple[str, Asked]]) -> list[tuple[int, Asked]]:
    """Return for each question at which place its answer is, from 1; 0 where it is not shown."""
    found = []
    for wanted, one in asked:
        ids = [each.id for each in catalogue.nearest(one)]
        found.append((ids.index(wanted) + 1 if wanted in ids else 0, one))
    return found


def own_desk() -> Configuration:
    """Return this repository's desk."""
    files, _ = read_configuration_files(ROOT)
    desk, faults = load_configuration(files)
    assert desk is not None, faults
    return desk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--missed", action="store_true")
    arguments = parser.parse_args()
    desk = own_desk()
    answered, asked = read_labelled()
    catalogue = Catalogue(desk, answered, DAY)
    found = ranks(catalogue, asked)
    first = sum(rank == 1 for rank, _ in found)
    shown = sum(rank > 0 for rank, _ in found)
    print(f"{len(asked)} questions, {len(answered) + len(desk.answers)} answers: the right one "
          f"first {first / len(asked):.1%}, among {AT_MOST} {shown / len(asked):.1%}")  # fmt: skip
    for rank, one in found if arguments.missed else ():
        if rank != 1:
            others = [(each.id, round(each.likeness, 2)) for each in catalogue.nearest(one)]
            print(f"  {rank or '-'}  {one.text}  {others}")
    chance = random.Random(7)
    words = {locale: sorted({t for c in answered if c.locale == locale for t in c.terms})
             for locale in ("fr", "en")}  # fmt: skip
    many = []
    for nth in range(arguments.cases):
        like = answered[nth % len(answered)]
        terms = {*chance.sample(words[like.locale], 25), *like.terms, f"w{nth % 997}"}
        many.append(replace(like, case_id=f"c-{nth:012d}", terms=tuple(sorted(terms))))
    start = time.perf_counter()
    large = Catalogue(desk, many, DAY)
    built = time.perf_counter() - start
    start = time.perf_counter()
    for _, one in asked:
        large.nearest(one)
    each = (time.perf_counter() - start) / len(asked)
    print(f"{len(many)} closed cases: {built:.2f} s to build, {each * 1000:.0f} ms a search")


if __name__ == "__main__":
    main()
