"""Cases and findings as rows of the tables of an export."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from statistics import mean

from runner.cases.case import Case, Entry, Place
from runner.clocks.standings import Standing, pauses_until
from runner.exports.tables import CASES, CLOCKS, ENTRIES, FINDINGS, PLACES, Table
from runner.figures.life import Life
from runner.planning.audit import AuditFinding
from runner.repo.case_paths import parse_case_path

Row = tuple[object, ...]
"""A cell for each column: text, numbers, yes and no, instants and days; None is empty."""

_SECOND = timedelta(seconds=1)


def case_rows(
    case: Case, path: str, life: Life, standings: tuple[Standing, ...], now: datetime
) -> Iterator[tuple[Table, Row]]:
    """Yield all rows of a case, its own first; `standings` are those of all its clocks."""
    yield CASES, _case(case, path, life)
    for place in case.places:
        yield PLACES, _place(case.id, place)
    for number, entry in enumerate(case.log, 1):
        yield ENTRIES, _entry(case.id, number, entry)
    for number, standing in enumerate(standings, 1):
        yield CLOCKS, _clock(case.id, number, standing, now)


def finding_rows(findings: Iterable[AuditFinding]) -> Iterator[tuple[Table, Row]]:
    """Yield the rows of what an audit found, in its order."""
    for number, finding in enumerate(findings, 1):
        fault = finding.fault
        yield (
            FINDINGS,
            (
                number,
                finding.weight.value,
                fault.rule,
                parse_case_path(fault.file),
                fault.file or None,
                fault.line if fault.file else None,
                finding.commit,
                finding.committed_at,
                fault.message,
                fault.hint or None,
            ),
        )


def _case(case: Case, path: str, life: Life) -> Row:
    return (
        case.id,
        path,
        case.state.value,
        life.since,
        case.cycle,
        case.brand,
        case.language,
        case.category.value,
        case.urgency.value,
        case.topic,
        case.product,
        case.crisis,
        life.in_crisis,
        case.owner,
        case.handle,
        case.known.value,
        case.distributor,
        case.reference,
        case.incident,
        life.source,
        case.detected_at,
        life.day,
        life.reply_seconds,
        life.waited_seconds,
        life.asked_brand,
        life.contested,
        life.turned_round,
        life.survey.value if life.survey is not None else None,
        mean(life.ratings) if life.ratings else None,
        life.root_cause,
        life.procedure,
        [wish.what for wish in case.asked],
        list(case.offered),
        list(case.duplicates),
    )


def _place(case_id: str, place: Place) -> Row:
    return (
        case_id,
        place.id,
        place.source,
        place.site,
        place.key,
        place.url,
        place.thread_url,
        place.native_id,
        place.author,
        place.posted_at,
        place.detected_at,
        place.rating.value if place.rating is not None else None,
        place.rating.best if place.rating is not None else None,
        place.title or None,
        place.text,
        place.sealed is not None,
    )


def _entry(case_id: str, number: int, entry: Entry) -> Row:
    facts = dict(entry.facts)
    text = facts.pop("text", None)
    return (
        case_id,
        number,
        entry.kind,
        entry.at,
        entry.recorded_at,
        entry.by,
        entry.to.value if entry.to is not None else None,
        text,
        facts,
    )


def _clock(case_id: str, number: int, standing: Standing, now: datetime) -> Row:
    course, clock = standing.course, standing.course.clock
    until = course.ended_at or now
    pauses = pauses_until(course, until)
    rested = sum((ended - begun) // _SECOND for begun, ended in pauses)
    late = (until - standing.due_at) // _SECOND if standing.missed_at is not None else 0
    return (
        case_id,
        number,
        clock.clock,
        course.cycle,
        clock.target,
        clock.calendar,
        clock.zone,
        clock.started_at,
        standing.due_at,
        course.ended_at,
        course.ending.value if course.ending is not None else None,
        standing.position.value,
        late,
        len(pauses),
        rested,
        standing.lacks_calendar,
        course.started_by + 1,
        course.ended_by + 1 if course.ended_by is not None else None,
    )
