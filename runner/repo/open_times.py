"""The calendars by which promises count, as they are and as they were when a promise was made."""

from collections.abc import Iterable
from pathlib import Path

from runner.cases.case import PinnedClock
from runner.clocks.business_time import OpenTime
from runner.policies.calendars import Calendar, calendar_file, parse_calendar
from runner.policies.values import Configuration
from runner.repo.git import is_object_name, open_repository
from runner.repo.objects import ObjectReader
from runner.schemas import check_document
from runner.text.document import Document
from runner.text.strict_yaml import read_document


def read_open_times(
    root: Path, clocks: Iterable[PinnedClock], configuration: Configuration
) -> dict[str, OpenTime]:
    """Return the open times of the desk's calendars by id, and of those that clocks pin by blob.

    Only blobs that differ from the desk's files are read.  One that git does not have, or
    that is no calendar any more, is left out: the promise is then counted by the calendar as
    it is now.
    """
    open_times: dict[str, OpenTime] = {}
    for calendar in configuration.calendars:
        open_time = OpenTime(calendar)
        open_times[calendar.id] = open_time
        if blob := configuration.blobs.get(calendar.file):
            open_times[blob] = open_time
    wanted = {
        blob: clock.calendar
        for clock in clocks
        if clock.calendar is not None
        and (blob := clock.policies.get(calendar_file(clock.calendar))) is not None
        and blob not in open_times
        and is_object_name(blob)
    }
    if wanted:
        with ObjectReader(open_repository(root)) as reader:
            for (blob, name), stored in zip(wanted.items(), reader.read_all(wanted), strict=True):
                calendar_then = _parse(stored.data, name) if stored and stored.data else None
                if calendar_then is not None:
                    open_times[blob] = OpenTime(calendar_then)
    return open_times


def read_pinned_open_time(reader: ObjectReader, clock: PinnedClock) -> OpenTime | None:
    """Return the calendar of a promise as it was when made, None where git does not have it."""
    name = clock.calendar
    blob = clock.policies.get(calendar_file(name)) if name is not None else None
    if name is None or blob is None or not is_object_name(blob):
        return None
    stored = reader.read(blob)
    calendar = _parse(stored.data, name) if stored and stored.data else None
    return OpenTime(calendar) if calendar is not None else None


def _parse(data: bytes, calendar_id: str) -> Calendar | None:
    document = read_document(data, calendar_file(calendar_id))
    if not isinstance(document, Document) or check_document("calendar", document):
        return None
    return parse_calendar(document)[0]
