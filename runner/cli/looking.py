"""What the verbs share that look for our own messages: what is due, what was seen so far."""

from collections.abc import Iterable
from datetime import timedelta

from runner.cases.case import Case
from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.planning.looked_words import look_line, look_words
from runner.planning.looking import (
    LATE,
    Look,
    OurMessage,
    Seen,
    add_up,
    has_findings,
    is_over,
    messages_of,
    next_look_at,
)
from runner.planning.page import Line, Section, Tone
from runner.repo.case_files import read_case
from runner.repo.cases_index import CasesIndex
from runner.repo.git import open_repository, read_refs
from runner.repo.looked import read_looks
from runner.repo.objects import ObjectReader
from runner.repo.receipts import RECEIPTS

_PUBLIC = (b"url:", b'"url"')
"""Without an address in its file a case holds no message to look for."""


def read_looked_at(
    desk: Desk, base: str, index: CasesIndex
) -> tuple[dict[str, tuple[Look, ...]], tuple[Case, ...]]:
    """Return the cases whose messages are still looked at, with the looks so far."""
    paths = _paths(desk, index)
    repository = open_repository(desk.root)
    with ObjectReader(repository) as reader:
        looked = read_looks(reader, read_refs(repository, RECEIPTS).get(RECEIPTS), paths)
        files = reader.read_files(base, paths.values())
    cases = []
    for path, data in files.items():
        # Cheaper than reading the file, of which most hold no message of ours.
        if not any(word in _log_of(data) for word in _PUBLIC):
            continue
        case = read_case(data, path)
        if isinstance(case, Case):
            cases.append(case)
    return looked, tuple(cases)


def _log_of(data: bytes) -> bytes:
    return data[max(data.find(b"\nlog:"), 0) :]


def read_looks_at(desk: Desk, case_ids: Iterable[str]) -> dict[str, tuple[Look, ...]]:
    """Return the looks at messages of some cases."""
    repository = open_repository(desk.root)
    with ObjectReader(repository) as reader:
        return read_looks(reader, read_refs(repository, RECEIPTS).get(RECEIPTS), case_ids)


def seen_data(desk: Desk, message: OurMessage, seen: Seen | None) -> dict[str, object]:
    """Return what is known of a message of ours as JSON-like data."""
    watch = desk.configuration().instance.watch
    next_at = None if is_over(message, watch, desk.now()) else next_look_at(message, seen, watch)
    told: dict[str, object] = {
        "case": message.case_id,
        "place": message.place,
        "message": message.kind,
        "url": message.url,
        "recorded_at": render_instant(message.recorded_at),
        "next_look_at": render_instant(next_at) if next_at else None,
        "verdict": None,
    }
    if seen is None:
        return told
    return told | {
        "verdict": seen.verdict.value,
        "before": seen.told.value,
        "since": render_instant(seen.since),
        "looked_at": render_instant(seen.last.at),
        "verified_at": render_instant(seen.verified_at) if seen.verified_at else None,
        "share": seen.last.share,
        "reason": seen.last.doubt.value or None,
        "why": look_words(seen.last, desk.language) or None,
    }


def looked_section(desk: Desk, case: Case) -> Section | None:
    """Return what the last looks saw of a case's messages, None where there are none of ours."""
    looks = read_looks_at(desk, [case.id]).get(case.id, ())
    lines: list[Line] = []
    for message in messages_of(case):
        seen = add_up(message, looks)
        lines.append(Line(look_line(message, seen, desk.language), _tone(seen)))
        if message.url:
            lines.append(Line(message.url))
    if not lines:
        return None
    return Section(desk.language.say("Do our messages stand there?"), tuple(lines))


def looked_data(desk: Desk, case: Case) -> list[dict[str, object]]:
    """Return what the last looks saw of a case's messages as JSON-like data."""
    looks = read_looks_at(desk, [case.id]).get(case.id, ())
    return [seen_data(desk, one, add_up(one, looks)) for one in messages_of(case)]


def _tone(seen: Seen | None) -> Tone:
    return Tone.LATE if seen is not None and seen.told.is_finding else Tone.PLAIN


def looks_at_hand(
    desk: Desk, index: CasesIndex, looks: Iterable[Look]
) -> tuple[dict[str, tuple[Look, ...]], dict[str, str]]:
    """Return the looks of earlier runs, and where the cases lie that some look found wanting."""
    paths = _paths(desk, index)
    looked = read_looks_at(desk, paths)
    every = {case_id: list(found) for case_id, found in looked.items()}
    for look in looks:
        every.setdefault(look.case_id, []).append(look)
    wanting = {
        case_id: paths[case_id]
        for case_id, found in every.items()
        if case_id in paths and has_findings(found)
    }
    return looked, wanting


def _paths(desk: Desk, index: CasesIndex) -> dict[str, str]:
    """Return where the cases lie whose messages are still looked at: open, or closed of late."""
    watch = desk.configuration().instance.watch
    since = desk.now() - max(watch.look_after, default=timedelta(0)) - LATE
    found = {case.id: case.path for case in index.open_cases}
    return found | {case.id: case.path for case in index.closed_cases if case.closed_at >= since}
