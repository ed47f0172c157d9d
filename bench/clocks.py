"""Measure due instants and standings on one core.

    python bench/clocks.py [--count 100000] [--runs 5] [--json]

Processor seconds for COUNT of each, least over the runs, in one process; nothing is
read from disk.  `bench/README.md` says what each row is.
"""

import argparse
import gc
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from runner.cases.case import Entry, PinnedClock
from runner.cases.courses import read_courses
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import stand, standings
from runner.clocks.targets import due_instant
from runner.model import State
from runner.policies.calendars import Calendar, parse_calendar
from runner.policies.clocks import parse_target
from runner.text.strict_yaml import Document, read_document

ROOT = Path(__file__).resolve().parent.parent
CALENDAR = "policies/calendars/brand-care.yaml"
START = datetime.fromisoformat("2026-11-09T08:00:00Z")
NOW = datetime.fromisoformat("2026-11-21T08:00:00Z")
TARGETS = ("7 business days", "16 hours")


def read_calendar() -> Calendar:
    document = read_document((ROOT / CALENDAR).read_bytes(), CALENDAR)
    assert isinstance(document, Document)
    calendar, faults = parse_calendar(document)
    assert calendar is not None, faults
    return calendar


def make_log(number: int, count: int, open_time: OpenTime) -> tuple[Entry, ...]:
    """Return a case handed to brand care within two weeks, once asked for details."""
    at = START + number * (NOW - START) / count
    at = at.replace(microsecond=0)
    target = TARGETS[number % len(TARGETS)]
    due_at = due_instant(parse_target(target), at, open_time.calendar.zone, open_time)
    clock = PinnedClock(
        "back-office", target, "Europe/Paris", open_time.calendar.id, at, due_at,
        (State.AWAITING_CUSTOMER,), ("answered",), {},
    )  # fmt: skip
    asked, wrote = at + timedelta(hours=5), at + timedelta(hours=30)
    return (
        Entry("handed-off", at, at, "ines", State.HANDED_OFF, (clock,)),
        Entry("details-asked", asked, asked, "ines", State.AWAITING_CUSTOMER),
        Entry("customer-wrote", wrote, wrote, "runner", State.HANDED_OFF),
    )


def least(runs: int, work: Callable[[], object]) -> float:
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def measure(count: int, runs: int) -> dict[str, float]:
    open_time = OpenTime(read_calendar())
    zone = open_time.calendar.zone
    logs = [make_log(number, count, open_time) for number in range(count)]
    short = [log[:1] for log in logs]
    courses = [read_courses(log)[0] for log in short]
    paused = [read_courses(log)[0] for log in logs]
    starts = [log[0].at for log in logs]
    # What lives as long as the process is no work for the collector of cycles.
    gc.freeze()
    calendars = {open_time.calendar.id: open_time}
    soon = parse_target("4 hours")
    hours, days, civil = map(parse_target, ("16 hours", "7 business days", "3 civil days"))
    return {
        "due: 16 open hours": least(
            runs, lambda: [due_instant(hours, at, zone, open_time) for at in starts]
        ),
        "due: 7 business days": least(
            runs, lambda: [due_instant(days, at, zone, open_time) for at in starts]
        ),
        "due: 3 civil days": least(runs, lambda: [due_instant(civil, at, zone) for at in starts]),
        "standing": least(runs, lambda: [stand(course, NOW, calendars) for course in courses]),
        "standing, due-soon threshold": least(
            runs, lambda: [stand(course, NOW, calendars, soon) for course in courses]
        ),
        "standing, one pause": least(
            runs, lambda: [stand(course, NOW, calendars) for course in paused]
        ),
        "log and standing": least(runs, lambda: [standings(log, NOW, calendars) for log in short]),
        "log of three entries and standing, one pause": least(
            runs, lambda: [standings(log, NOW, calendars) for log in logs]
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.count, asked.runs)
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for what, seconds in figures.items():
        print(f"{what:46} {seconds:7.3f} s for {asked.count:,}")


if __name__ == "__main__":
    main()
