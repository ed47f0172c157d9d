"""Where the cursors of sources and of comments go after a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.planning.cursors import sources_to_read_in_full
from runner.planning.digests import judged_by
from runner.planning.observation import (
    REMARKS,
    Cursor,
    Observation,
    ReadStatus,
    Remark,
    SourceRead,
)
from runner.planning.plan import plan
from runner.policies.values import Configuration

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
Seen = Callable[..., Observation]


def test_a_source_that_failed_is_read_on_from_where_it_was_and_keeps_its_wait(
    seen: Seen, configuration: Configuration
) -> None:
    cursor = Cursor("forum", '"1"', None, NOW, judged_by(configuration), ("c-1",), 3)
    now, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    failed = SourceRead("forum", ReadStatus.UNKNOWN, now, problem="403")
    (moved,) = plan(seen(reads=(failed,), cursors={"forum": cursor})).cursors
    assert moved == replace(cursor, problem="403", tried_at=now)
    waits = replace(failed, not_before=later)
    (moved,) = plan(seen(reads=(waits,), cursors={"forum": cursor})).cursors
    assert moved == replace(cursor, problem="403", tried_at=now, not_before=later)


def test_a_source_that_was_never_read_is_judged_by_nothing(seen: Seen) -> None:
    failed = SourceRead("forum", ReadStatus.UNKNOWN, NOW, problem="403")
    (moved,) = plan(seen(reads=(failed,))).cursors
    assert (moved.judged_by, moved.items, moved.opened) == ("", 0, ())


def test_a_read_that_was_cut_short_keeps_what_the_longer_one_opened(
    seen: Seen, configuration: Configuration
) -> None:
    cursor = Cursor("forum", '"1"', None, NOW, judged_by(configuration), ("c-1",), 3)
    short = SourceRead("forum", ReadStatus.READ, NOW, items=1, shortened=True)
    (moved,) = plan(seen(reads=(short,), cursors={"forum": cursor})).cursors
    assert moved.opened == ("c-1",)
    (moved,) = plan(
        seen(reads=(replace(short, shortened=False),), cursors={"forum": cursor})
    ).cursors
    assert moved.opened == ()


def test_what_was_wrong_is_forgotten_when_a_source_answers_again(
    seen: Seen, configuration: Configuration
) -> None:
    ill = Cursor("forum", '"1"', None, NOW, judged_by(configuration), (), 3, None, "403", NOW)
    unchanged = SourceRead("forum", ReadStatus.UNCHANGED, NOW + timedelta(hours=1))
    (moved,) = plan(seen(reads=(unchanged,), cursors={"forum": ill})).cursors
    assert (moved.problem, moved.tried_at) == ("", None)


def test_a_source_without_change_keeps_what_it_opened(
    seen: Seen, configuration: Configuration
) -> None:
    cursor = Cursor("forum", '"1"', None, NOW, judged_by(configuration), ("c-1",), 3)
    later = NOW + timedelta(hours=1)
    unchanged = SourceRead("forum", ReadStatus.UNCHANGED, later)
    (moved,) = plan(seen(reads=(unchanged,), cursors={"forum": cursor})).cursors
    assert moved == replace(cursor, read_at=later)


def test_a_cursor_made_under_other_rules_or_with_a_lost_message_is_worthless() -> None:
    cursor = Cursor("forum", '"1"', None, NOW, "rules", ("c-1", "c-2"), 3)
    assert sources_to_read_in_full([cursor], "rules", ["c-1", "c-2"]) == frozenset()
    assert sources_to_read_in_full([cursor], "rules", ["c-1"]) == {"forum"}
    assert sources_to_read_in_full([cursor], "other rules", ["c-1", "c-2"]) == {"forum"}


@pytest.mark.parametrize(
    ("known", "until", "moved"),
    [
        (None, NOW - HOUR, NOW - HOUR),
        (NOW - 2 * HOUR, NOW - HOUR, NOW - HOUR),
        (NOW - HOUR, NOW - HOUR, None),
        (NOW, NOW - HOUR, None),
        (None, NOW + HOUR, NOW),
        (None, None, None),
    ],
    ids=["first", "on", "there already", "back", "ahead of now", "no comments"],
)
def test_comments_are_read_on_from_where_they_were_read_to_and_never_from_later_than_now(
    seen: Seen, known: datetime | None, until: datetime | None, moved: datetime | None
) -> None:
    cursors = {REMARKS: Cursor(REMARKS, None, None, known, "", (), 0)} if known else {}
    made = plan(seen(reads=(), cursors=cursors, heard_until=until))
    assert [cursor.read_at for cursor in made.cursors] == ([moved] if moved else [])


def test_comments_that_wait_for_an_answer_are_read_again(seen: Seen) -> None:
    remark = Remark(1, 7, "doleances/c-1/open", "ines", True, False, NOW, "/dismiss spam")
    assert plan(seen(reads=(), remarks=(remark,), heard_until=NOW)).cursors == ()
