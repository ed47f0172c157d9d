"""Readers of feeds on recorded feeds: time, failures, and entries unlike feedparser's.

    python bench/readers.py DATA [--json]

`DATA` is the folder with `feeds/`.  fastfeedparser and feedparser-rs are looked at where they are
installed; the program itself needs neither.
"""

import argparse
import importlib
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import feedparser
from polling import make_feed

from runner.sources.plain_feed import read_plain_feed

Read = Callable[[bytes], list[str | None] | None]
"""Makes of a feed the links of its entries; None where it gives up."""


def by_feedparser(body: bytes) -> list[str | None]:
    return links(feedparser.parse(io.BytesIO(body), sanitize_html=False))


def by_ourselves(body: bytes) -> list[str | None] | None:
    plain = read_plain_feed(body, "")
    return None if plain is None else [entry.get("link") for entry in plain]


def by(module: str) -> Read | None:
    """Return what reads a feed with another library, None where it is not installed."""
    try:
        library = importlib.import_module(module)
    except ImportError:
        return None
    return lambda body: links(library.parse(body))


def links(document: object) -> list[str | None]:
    return [entry.get("link") or None for entry in getattr(document, "entries")]  # noqa: B009


def measure(read: Read, feeds: list[bytes], expected: list[list[str | None]]) -> dict[str, object]:
    spent = time.process_time()
    found: list[list[str | None] | None] = []
    failed = 0
    for body in feeds:
        try:
            found.append(read(body))
        except Exception:  # whatever it raises, it failed
            failed += 1
            found.append(None)
    spent = time.process_time() - spent
    read_by_it = [(f, e) for f, e in zip(found, expected, strict=True) if f is not None]
    return {
        "feeds": len(feeds),
        "ms a feed": round(1000 * spent / len(feeds), 2),
        "failed": failed,
        "given up": sum(one is None for one in found) - failed,
        "other entries than feedparser's": sum(f != e for f, e in read_by_it),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    recorded = [f.read_bytes() for f in sorted((arguments.data / "feeds").glob("*real/*.xml"))]
    made = [make_feed(number) for number in range(100)]
    readers: dict[str, Read | None] = {
        "feedparser": by_feedparser,
        "plain_feed": by_ourselves,
        "fastfeedparser": by("fastfeedparser"),
        "feedparser-rs": by("feedparser_rs"),
    }
    for name, feeds in (("recorded", recorded), ("made by polling.py", made)):
        expected = [by_feedparser(body) for body in feeds]
        for reader, read in readers.items():
            if read is None:
                print(f"| {name} | {reader} | not installed |")
                continue
            row = measure(read, feeds, expected)
            if arguments.as_json:
                print(json.dumps({"set": name, "reader": reader, **row}))
            else:
                print(f"| {name} | {reader} | {' | '.join(map(str, row.values()))} |")


if __name__ == "__main__":
    main()
