"""How runs went, kept in the ledger: written as read, joined by the later, odd files left out."""

from datetime import UTC, datetime, timedelta

import pytest

from runner.errors import ExitCode
from runner.planning.run_record import KEPT, RunRecord, record_scheduled_run
from runner.repo.ledger import Ledger, newest, parse_run, render_run

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def failing(times: int) -> RunRecord:
    record = RunRecord("run", NOW, dashboard=7)
    for nth in range(times):
        at, why = NOW + timedelta(hours=nth), f"the forge answered 50{nth % 10}"
        troubles = [("open doleances/c-000000000001/open", why), ("cursors", why)]
        record = record_scheduled_run(record, at, ExitCode.OUTSIDE, troubles)
    return record


@pytest.mark.parametrize("times", [0, 1, 3, KEPT + 9])
def test_a_record_is_read_as_it_was_written(times: int) -> None:
    record = failing(times)
    assert parse_run(render_run(record), "run") == record
    assert len(record.scheduled) == min(times, KEPT)


def test_of_two_clones_the_later_record_counts() -> None:
    earlier, later = failing(1), failing(3)
    for first, second in ((earlier, later), (later, earlier)):
        joined = newest(Ledger(runs={"run": first}), Ledger(runs={"run": second}))
        assert joined.runs == {"run": later}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"run"', b'"notify"', "another verb"),
        (b'"exit_code": 4', b'"exit_code": 99', "99"),
        (b'"exit_code": 4', b'"exit_code": "4"', "exit_code is no number"),
        (b"2026-11-21T08:00:00Z", b"2026-13-21T08:00:00Z", "month"),
        (b'"failed": 1', b'"failed": -1', "failed is no number"),
        (b'"cursors"', b"7", "troubles is no table"),
    ],
    ids=["another verb", "no exit code", "a text", "no instant", "less than none", "no text"],
)
def test_an_odd_record_is_none(old: bytes, new: bytes, why: str) -> None:
    written = render_run(failing(1))
    assert old in written
    with pytest.raises(ValueError, match=why):
        parse_run(written.replace(old, new), "run")
