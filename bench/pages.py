"""Recorded pages: whether all their reviews are found, and what that costs.

    python bench/pages.py DATA

DATA is a folder with `schemaorg/` (scripts with the number of reviews in them, whole pages).
"""

import argparse
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from runner.sources.review_item import Setting
from runner.sources.reviews import read_reviews
from runner.sources.structured_data import read_json_ld, read_microdata
from runner.text.markup import parse_markup

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    folder = parser.parse_args().data / "schemaorg"
    rows = (folder / "jsonld-scripts.jsonl").read_text(encoding="utf-8").splitlines()
    totals: Counter[str] = Counter()
    print(
        "| page | expected | found | items | repaired | unreadable |\n"
        "| --- | --- | --- | --- | --- | --- |"
    )
    spent = time.process_time()
    for row in map(json.loads, rows):
        scripts = "".join(
            f'<script type="application/ld+json">{script}</script>' for script in row["scripts"]
        )
        measure(row["page"], scripts, row["reviews_expected"], totals)
    spent = time.process_time() - spent
    print(
        f"\n{totals['pages']} recorded scripts: {dict(totals)}, {spent:.2f} s of processor time\n"
    )
    wrong = totals["wrong"] + totals["exceptions"]
    totals.clear()
    size, spent = 0, time.process_time()
    for page in sorted((folder / "pages").glob("*.html")):
        size += page.stat().st_size
        measure(page.name, page.read_text(encoding="utf-8", errors="replace"), None, totals)
    spent = time.process_time() - spent
    print(f"\n{totals['pages']} whole pages, {size / 1e6:.1f} MB: {dict(totals)}, {spent:.2f} s")
    return 1 if wrong + totals["exceptions"] else 0


def measure(name: str, markup: str, expected: int | None, totals: Counter[str]) -> None:
    """Read one page, print a row where anything is worth one, and add to the totals."""
    totals["pages"] += 1
    try:
        tree = parse_markup(markup)
        scripts = read_json_ld(tree)
        reviews = read_reviews(
            scripts.values,
            read_microdata(tree),
            Setting("https://x.example.org/p", NOW, UTC),
            len(markup) * 4,
        )
    except Exception as error:
        totals["exceptions"] += 1
        print(f"| {name} | {expected} | {error!r} | | | |")
        return
    totals["expected"] += expected or 0
    totals["found"] += reviews.found
    totals["items"] += len(reviews.items)
    totals["repaired"] += scripts.repaired
    totals["unreadable"] += scripts.unreadable
    for item in reviews.items:
        totals["undated"] += item.posted_at is None
        totals["nameless"] += item.author is None
        totals["without stars"] += item.rating is None
    differs = expected is not None and expected != reviews.found
    totals["wrong"] += differs
    if (
        differs
        or expected is None
        or scripts.repaired
        or scripts.unreadable
        or len(reviews.items) != reviews.found
    ):
        print(
            f"| {name} | {'' if expected is None else expected} | {reviews.found} "
            f"| {len(reviews.items)} | {scripts.repaired} | {scripts.unreadable} |"
        )


if __name__ == "__main__":
    sys.exit(main())
