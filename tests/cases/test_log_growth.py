"""What became of a log is told by what entries say, never by where they stand."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from runner.cases.case import Entry
from runner.cases.log_growth import compare_logs

AT = datetime(2026, 11, 21, tzinfo=UTC)


def noted(note: str, minutes: int = 0) -> Entry:
    at = AT + timedelta(minutes=minutes)
    return Entry("noted", at, at, "ines", None, (), {"note": note})


A, B, C = (noted(name, number) for number, name in enumerate("abc"))


def test_an_entry_inserted_above_is_the_one_that_was_added() -> None:
    growth = compare_logs((A, B), (A, C, B))
    assert (growth.added, growth.inserted, growth.gone) == ((1,), (1,), ())
    assert growth.kept == {0: 0, 2: 1}
    assert not growth.is_reordered


def test_one_below_the_known_ones_is_not_inserted() -> None:
    growth = compare_logs((A, B), (A, B, C))
    assert (growth.added, growth.inserted) == ((2,), ())


def test_what_says_something_else_at_its_instant_was_altered() -> None:
    growth = compare_logs((A, B), (A, replace(B, facts={"note": "x"})))
    assert (growth.altered, growth.added, growth.gone) == ({1: 1}, (), ())


def test_another_person_is_another_entry() -> None:
    growth = compare_logs((A, B), (replace(A, by="malo"), B))
    assert (growth.inserted, growth.gone) == ((0,), (0,))


def test_a_copy_below_is_added_and_another_order_is_seen() -> None:
    assert compare_logs((A, B), (A, B, A)).added == (2,)
    assert compare_logs((A, B), (B, A)).is_reordered


LOGS = st.lists(st.sampled_from((A, B, C, noted("d"), noted("e"))), max_size=8).map(tuple)


@given(LOGS, LOGS)
def test_each_entry_is_accounted_for_once(
    before: tuple[Entry, ...], now: tuple[Entry, ...]
) -> None:
    growth = compare_logs(before, now)
    known = {**growth.kept, **growth.altered}
    assert sorted((*known, *growth.added)) == [*range(len(now))]
    assert sorted((*known.values(), *growth.gone)) == [*range(len(before))]
    assert all(now[index] == before[was] for index, was in growth.kept.items())


def test_a_long_log_takes_no_longer_for_each_entry() -> None:
    log = tuple(noted(str(number)) for number in range(20_000))
    begun = time.process_time()
    assert len(compare_logs(log, log[::-1]).kept) == len(log)
    changed = tuple(replace(entry, facts={"note": "x"}) for entry in log)
    assert len(compare_logs(log, changed).altered) == len(log)
    assert time.process_time() - begun < 5
