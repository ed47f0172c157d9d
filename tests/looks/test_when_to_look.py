"""What is looked for, when, and what looks add up to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from shown_pages import message

from runner.cases.case import Case, Entry, Place
from runner.model import Category, Known, State, Urgency
from runner.planning.looking import (
    Doubt,
    Look,
    OurMessage,
    Sighting,
    Verdict,
    add_up,
    case_findings,
    looks_due,
    messages_of,
    next_look_at,
)
from runner.policies.values import ConversationWatch

WATCH = ConversationWatch()
SAID = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
P, C, M, U = Sighting.PRESENT, Sighting.CHANGED, Sighting.MISSING, Sighting.UNVERIFIED


def said() -> OurMessage:
    return replace(message(), said_at=SAID, recorded_at=SAID)


def seen(*looks: tuple[Sighting, timedelta]) -> tuple[Look, ...]:
    one = said()
    return tuple(
        Look(one.case_id, one.place, one.key, one.kind, one.url, SAID + after, sighting)
        for sighting, after in looks
    )


@pytest.mark.parametrize(
    ("looks", "verdict"),
    [
        (((P, HOUR),), Verdict.PRESENT),
        (((U, HOUR),), Verdict.UNVERIFIED),
        (((M, HOUR),), Verdict.NOT_SEEN_YET),
        (((M, HOUR), (M, 2 * HOUR)), Verdict.NOT_SEEN_YET),
        (((M, HOUR), (M, 4 * HOUR)), Verdict.MISSING),
        (((M, HOUR), (U, 2 * HOUR), (M, 4 * HOUR)), Verdict.MISSING),
        (((M, HOUR), (P, 4 * HOUR)), Verdict.PRESENT),
        (((M, HOUR), (P, 4 * HOUR), (M, 5 * HOUR)), Verdict.NOT_SEEN_YET),
        (((P, HOUR), (M, DAY), (M, DAY + 3 * HOUR)), Verdict.REMOVED),
        (((P, HOUR), (C, DAY)), Verdict.CHANGED),
    ],
    ids=["seen", "blind", "once", "too soon", "twice", "blind between", "late", "gone again",
         "removed", "changed"],
)  # fmt: skip
def test_looks_add_up(looks: tuple[tuple[Sighting, timedelta], ...], verdict: Verdict) -> None:
    found = add_up(said(), seen(*looks))
    assert found is not None
    assert (found.verdict, found.told) == (verdict, verdict)


def test_a_blind_look_takes_nothing_back() -> None:
    found = add_up(said(), seen((P, HOUR), (M, DAY), (M, 2 * DAY), (U, 3 * DAY)))
    assert found is not None
    assert (found.verdict, found.told) == (Verdict.UNVERIFIED, Verdict.REMOVED)
    assert (found.since, found.verified_at) == (SAID + 2 * DAY, SAID + HOUR)


@pytest.mark.parametrize(
    ("looks", "after"),
    [
        ((), timedelta(0)),
        (((P, HOUR),), DAY),
        (((P, HOUR), (P, DAY)), 7 * DAY),
        (((P, 8 * DAY),), 30 * DAY),
        (((P, 30 * DAY),), None),
        (((U, HOUR),), DAY),
        (((M, HOUR),), 4 * HOUR),
        (((M, HOUR), (M, 4 * HOUR)), 7 * HOUR),
        (((M, 8 * DAY),), 10 * DAY),
        (((C, 40 * HOUR),), 50 * HOUR),
    ],
    ids=["at once", "a day", "a week", "a month", "over", "blind", "again", "found", "rarer",
         "changed"],
)  # fmt: skip
def test_when_it_is_looked_for_next(
    looks: tuple[tuple[Sighting, timedelta], ...], after: timedelta | None
) -> None:
    at = next_look_at(said(), add_up(said(), seen(*looks)), WATCH)
    assert at == (None if after is None else SAID + after)


def test_a_site_that_names_a_time_is_not_asked_before() -> None:
    (look,) = seen((U, HOUR))
    rests = replace(look, passing=True, not_before=SAID + 9 * HOUR, doubt=Doubt.REFUSED)
    assert next_look_at(said(), add_up(said(), [rests]), WATCH) == SAID + 9 * HOUR


def place(nth: int) -> Place:
    return Place(
        id=f"p{nth}", key=f"c-00000000000{nth}", source="forum", site="forum.example.org",
        url=f"https://forum.example.org/t/{nth}", native_id=None, author="Camille_R",
        posted_at=SAID, detected_at=SAID, title="", text="Ma lampe ne marche plus.",
    )  # fmt: skip


def case(*log: tuple[str, dict[str, object]], state: State = State.CLOSED) -> Case:
    entries = tuple(
        Entry(kind, SAID + nth * HOUR, SAID + nth * HOUR, "ines", None, facts=facts)
        for nth, (kind, facts) in enumerate(log)
    )
    return Case(
        id="c-000000000001", state=state, cycle=1, brand="lumen", language="fr",
        category=Category.COMPLAINT, urgency=Urgency.NORMAL, topic=None, product=None, crisis=None,
        owner=None, handle=None, known=Known.UNKNOWN, incident=None, why={}, duplicates=(),
        asked=(), offered=(), places=(place(1), place(2)), log=entries,
    )  # fmt: skip


REPLY = {"place": "p1", "url": "https://forum.example.org/t/1#2", "text": "Bonjour."}


def test_a_last_reply_that_serves_as_closing_is_looked_for_once_by_its_words() -> None:
    closing = {"place": "p1", "url": REPLY["url"]}
    found = messages_of(case(("replied", REPLY), ("closed", {"closings": [closing]})))
    assert [(one.kind, one.text) for one in found] == [("closing", "Bonjour.")]


def test_an_edited_reply_takes_the_place_of_what_stood_there() -> None:
    closing = {"place": "p1", "edited": {"before": "Bonjour.", "after": "Tout est réglé."}}
    (found,) = messages_of(case(("replied", REPLY), ("closed", {"closings": [closing]})))
    assert (found.text, found.before, found.url) == ("Tout est réglé.", "Bonjour.", REPLY["url"])


def test_private_messages_and_impossible_closings_are_not_looked_for() -> None:
    closing = {"place": "p2", "impossible": "le compte est fermé"}
    resolved = {"channel": "private", "where": "courrier", "url": "https://x.example.org/1"}
    assert messages_of(case(("resolved", resolved), ("closed", {"closings": [closing]}))) == ()


@pytest.mark.parametrize("state", [State.MERGED, State.DISMISSED, State.ERASED])
def test_nobody_answers_for_a_case_that_was_merged_or_erased(state: State) -> None:
    assert messages_of(case(("replied", REPLY), state=state)) == ()


def test_what_was_never_looked_for_comes_first_and_one_run_looks_at_so_many() -> None:
    other = {"place": "p2", "url": "https://forum.example.org/t/2#2", "text": "Bonjour."}
    one = case(("replied", REPLY), ("replied", other))
    first, second = messages_of(one)
    looked = Look(one.id, "p1", first.key, "reply", first.url, SAID + HOUR, M)
    watch = replace(WATCH, looks_per_run=1)
    later = SAID + 5 * HOUR
    assert looks_due([one], {one.id: (looked,)}, watch, later) == (second,)
    assert looks_due([one], {one.id: (looked,)}, WATCH, later) == (second, first)
    assert looks_due([one], {}, WATCH, SAID + 60 * DAY) == ()


def test_a_later_message_at_the_place_answers_a_finding() -> None:
    again = {"place": "p1", "url": "https://forum.example.org/t/1#9", "text": "Bonjour."}
    gone = case(("replied", REPLY))
    (first,) = messages_of(gone)
    looks = [
        Look(gone.id, "p1", first.key, "reply", first.url, SAID + after, M)
        for after in (timedelta(minutes=5), 4 * HOUR)
    ]
    assert [one.seen.told for one in case_findings(gone, looks)] == [Verdict.MISSING]
    noted = ("noted", {"note": "x"})
    healed = case(("replied", REPLY), noted, noted, noted, noted, ("replied", again))
    assert case_findings(healed, looks) == ()
