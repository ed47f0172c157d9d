"""Measure drafting: a reply for each of many proposed cases, each unlike the others.

    python bench/drafts.py [--count 500] [--sites 6] [--runs 5]

Seconds for COUNT new complaints about one parcel of one product, spread over SITES sites, by this
repository's own templates; the least over the runs, in one process.
"""

import argparse
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from runner.model import State
from runner.policies.load import load_configuration
from runner.replies.drafting import reserve
from runner.replies.samples import sample_settings
from runner.repo.files import read_configuration_files

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--sites", type=int, default=6)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    files, _ = read_configuration_files(ROOT)
    desk, faults = load_configuration(files)
    assert desk is not None, faults
    template = next(each for each in desk.templates if each.id == "first-contact-fr")
    case = next(iter(sample_settings(template, desk))).case
    cases = []
    for nth in range(arguments.count):
        place = replace(
            case.places[0],
            author=f"client{nth}",
            site=f"site{nth % arguments.sites}.example.org",
            detected_at=NOW + timedelta(minutes=nth),
        )
        one = replace(case, id=f"c-{nth:012d}", state=State.OPEN, topic="delivery",
                      handle=place.author, places=(place,), log=case.log[:1], asked=())  # fmt: skip
        cases.append(one)
    seconds, made = [], ()
    for _ in range(arguments.runs):
        start = time.perf_counter()
        made = reserve(cases, desk, (), NOW)
        seconds.append(time.perf_counter() - start)
    alike = len(made) - len({(use.site, use.skeleton) for use in made})
    print(f"{len(made)} drafts on {arguments.sites} sites: {min(seconds):.3f} s, {alike} alike")


if __name__ == "__main__":
    main()
