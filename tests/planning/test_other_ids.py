"""Messages that come under another id each time are read once, whatever the site calls them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.model import Mention
from runner.planning.actions import HeldBy, Plan, PushBranch
from runner.planning.new_cases import MOST_WAITING
from runner.planning.observation import Cursor, Observation, ReadStatus, SourceRead
from runner.planning.other_ids import MOST_REMEMBERED, contents_of, keep_keys
from runner.planning.plan import plan
from runner.policies.values import Configuration
from runner.text.language import Language

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
LONG = "The lamp that came on Friday is broken, and nobody answers the telephone."
Maker = Callable[..., Mention]
Seen = Callable[..., Observation]


def read(*mentions: Mention, **changes: object) -> SourceRead:
    made = SourceRead("forum", ReadStatus.READ, NOW, mentions, len(mentions))
    return replace(made, **changes)  # type: ignore[arg-type]


def remembered(*mentions: Mention) -> dict[str, Cursor]:
    keys = tuple(mention.key for mention in mentions)
    contents = contents_of(mentions, keys)
    return {
        "forum": Cursor("forum", None, None, NOW, "", keys, len(keys), contents=contents),
    }


def keys(reads: tuple[SourceRead, ...]) -> list[str]:
    return [mention.key for mention in reads[0].mentions]


def test_a_message_under_another_id_keeps_its_key_and_the_source_tells(mention: Maker) -> None:
    before = mention(1, LONG)
    again = mention(2, LONG, author=before.author)
    (kept,) = keep_keys([read(again)], remembered(before), ENGLISH)
    assert [m.key for m in kept.mentions] == [before.key]
    assert kept.mentions[0].native_id == "2"
    assert kept.problem == (
        "1 messages come under other ids than before: they count as what they were"
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({}, {"author": "somebody else"}),
        ({}, {"text": LONG.replace("Friday", "Monday")}),
        ({}, {"posted_at": NOW - timedelta(days=2)}),
        ({"text": "Broken!", "author": None}, {"text": "Broken!", "author": None}),
        ({"text": "Broken!", "author": "Client"}, {"text": "Broken!", "author": "Client"}),
        ({"text": "Broken!", "posted_at": None}, {"text": "Broken!", "posted_at": None}),
    ],
)
def test_other_messages_are_other_messages(
    mention: Maker, was: dict[str, object], now: dict[str, object]
) -> None:
    said = {"text": LONG, "author": "Camille", "posted_at": NOW - timedelta(days=1)}
    before, again = mention(1, **{**said, **was}), mention(2, **{**said, **now})
    assert keys(keep_keys([read(again)], remembered(before), ENGLISH)) == [again.key]


def test_short_words_of_somebody_known_on_a_known_day_are_telling(mention: Maker) -> None:
    said = {"text": "Broken!", "author": "Camille", "posted_at": NOW}
    before, again = mention(1, **said), mention(2, **said)
    assert keys(keep_keys([read(again)], remembered(before), ENGLISH)) == [before.key]


def test_what_is_shown_twice_is_two_messages(mention: Maker) -> None:
    first, second, third = (mention(n, LONG, author="Camille") for n in (1, 2, 3))
    assert keys(keep_keys([read(first, second)], remembered(first), ENGLISH)) == [
        first.key,
        second.key,
    ]
    assert keys(keep_keys([read(third)], remembered(first, second), ENGLISH)) == [third.key]
    assert keys(keep_keys([read(second, third)], remembered(first), ENGLISH)) == [
        second.key,
        third.key,
    ]


def test_a_read_that_shows_only_what_is_new_tells_nothing_of_what_is_gone(mention: Maker) -> None:
    before, again = mention(1, LONG, author="Camille"), mention(2, LONG, author="Camille")
    shorter = read(again, shortened=True)
    assert keep_keys([shorter], remembered(before), ENGLISH) == (shorter,)


def test_the_memory_is_bounded(mention: Maker) -> None:
    many = [mention(n, LONG) for n in range(MOST_REMEMBERED + 5)]
    assert len(contents_of(many, [m.key for m in many])) == MOST_REMEMBERED


def observed(
    observation: Observation, reads: tuple[SourceRead, ...], before: Plan | None
) -> Observation:
    cursors = {cursor.source: cursor for cursor in before.cursors} if before else {}
    kept = keep_keys(reads, cursors, ENGLISH)
    return replace(observation, reads=kept, cursors=cursors)


def test_ids_that_change_every_time_open_a_case_once(mention: Maker, seen: Seen) -> None:
    said = {"author": "Camille", "posted_at": NOW}
    opened: set[str] = set()
    last: Plan | None = None
    for number in range(1, 20):
        shown = read(mention(number, LONG, **said), mention(500, "My lamp is broken."))
        planned = plan(observed(seen(), (shown,), last))
        opened |= {a.branch for a in planned.actions if isinstance(a, PushBranch)}
        last = planned
    assert len(opened) == 2
    assert last is not None
    assert "other ids" in last.cursors[0].problem


def test_a_source_of_which_everything_changes_stops_at_a_bound(
    mention: Maker, seen: Seen, configuration: Configuration
) -> None:
    many = [mention(n, f"Lamp {n} is broken.", author=None) for n in range(MOST_WAITING + 3)]
    danger = mention(10**6, "I am going to kill you all.")
    planned = plan(seen(*many, danger))
    pushed = [a for a in planned.actions if isinstance(a, PushBranch)]
    assert len(pushed) == MOST_WAITING + 1
    (held,) = [h for h in planned.held if h.key == "forum"]
    assert held.by is HeldBy.CAP
    assert "3" in held.reason
    # What was not proposed must come again, so nothing may shorten the next read.
    (cursor,) = planned.cursors
    assert cursor.etag is None
    assert cursor.judged_by == ""
    assert cursor.problem == held.reason
