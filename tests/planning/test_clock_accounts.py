"""The account of a promise in words: what began it, how time was counted, how it stands."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Case, Entry, PinnedClock
from runner.cases.file import parse_case
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import standings
from runner.clocks.targets import due_instant
from runner.model import Category, State, Urgency
from runner.planning.clock_accounts import (
    NextTelling,
    Origin,
    account_data,
    account_for,
    find_line,
    render_accounts,
)
from runner.planning.page import Section
from runner.planning.words import standing_words, target_words
from runner.policies.calendars import Calendar, Span, SpecialDay
from runner.policies.clocks import ClockPolicy, Matter, Promise, TargetRule, parse_target
from runner.policies.team import Person, Team
from runner.text.language import Language
from runner.text.strict_yaml import read_value

PARIS = ZoneInfo("Europe/Paris")
ENGLISH, FRENCH = Language("en", PARIS), Language("fr", PARIS)
TEAM = Team((Person("ines", "Inès Carpentier", ("community-manager",), (), ()),), ())
ORIGIN = Origin("policies/clocks.yaml", 62, "b" * 40, "c" * 40)
HOURS = (Span(9 * 3600, 12 * 3600), Span(14 * 3600, 18 * 3600))
OFFICE = Calendar(
    "office", "policies/calendars/office.yaml", PARIS, (HOURS,) * 5 + ((),) * 2,
    special=(SpecialDay(date(2026, 11, 25), "Inventaire"),),
)  # fmt: skip
OPEN_TIMES = {"office": OpenTime(OFFICE)}
WORKABLE = {"office": OpenTime(replace(OFFICE, business_week=(True,) * 6 + (False,)))}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of November 2026, as the clocks of Paris show it."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def clock(target: str, calendar: str | None = "office", **changes: object) -> PinnedClock:
    due_at = due_instant(parse_target(target), at(23, 10), PARIS, OPEN_TIMES["office"])
    pinned = PinnedClock(
        "back-office", target, "Europe/Paris", calendar, at(23, 10), due_at,
        (State.AWAITING_CUSTOMER,), ("answered",), {},
    )  # fmt: skip
    return replace(pinned, **changes)  # type: ignore[arg-type]


def case(*clocks: PinnedClock, then: tuple[Entry, ...] = ()) -> Case:
    data = {
        "id": "c-7f3k2m9x4q5t", "state": "open", "cycle": 1, "brand": "lumen", "language": "fr",
        "category": "complaint", "urgency": "normal", "owner": "ines",
        "customer": {"handle": "A", "known": "unknown"}, "why": {}, "places": [], "log": [],
    }  # fmt: skip
    begun = Entry("handed-off", at(23, 10), at(23, 10), "ines", State.HANDED_OFF, clocks)
    whole: Case = parse_case(read_value(json.dumps(data).encode()), "cases/x.yaml")
    return replace(whole, log=(begun, *then))


def told(
    found: Case,
    now: datetime,
    language: Language = ENGLISH,
    open_times: dict[str, OpenTime] = OPEN_TIMES,
    next_telling: NextTelling | None = None,
) -> tuple[Section, ...]:
    accounts = tuple(
        account_for(each, now, open_times, ORIGIN, next_telling)
        for each in standings(found.log, now, open_times)
    )
    return tuple(render_accounts(accounts, found, TEAM, now, language))


def lines(sections: tuple[Section, ...]) -> list[str]:
    return [text for each in sections for text in (each.heading, *(x.text for x in each.lines))]


def test_business_days_are_listed_and_holidays_named() -> None:
    assert lines(told(case(clock("3 business days")), at(24, 19))) == [
        "Brand care's answer: by Fri 27 Nov 2026, 18:00, 2 days 23 hours left",
        "Begun by entry 1, handed off to brand care, Mon 23 Nov 2026, 10:00.",
        "Promised: 3 business days, policies/clocks.yaml:62 of commit cccccccccc.",
        (
            "Counted: business days of the calendar office, after that of the start: "
            "Tue 24 Nov 2026, Thu 26 Nov 2026, Fri 27 Nov 2026."
        ),
        "Holidays meanwhile: Wed 25 Nov 2026 Inventaire.",
        "Due Fri 27 Nov 2026, 18:00.",
        "Passed of its own time: 1 business day; left: 2 business days.",
    ]


def test_jours_ouvrables_have_their_name() -> None:
    said = lines(told(case(clock("3 business days")), at(24, 19), FRENCH, WORKABLE))
    assert said[2].startswith("Promis\u00a0: 3 jours ouvrables, ")
    assert said[-1] == "Temps décompté\u00a0: 1 jour ouvrable\u202f; il reste 2 jours ouvrables."


def test_open_time_is_told_span_by_span_and_has_no_days() -> None:
    said = lines(told(case(clock("26 hours")), at(24, 15)))
    assert said[3] == (
        "Counted: open time of the calendar office: Mon 23 Nov 2026 10:00–12:00, "
        "Mon 23 Nov 2026 14:00–18:00, Tue 24 Nov 2026 09:00–12:00, Tue 24 Nov 2026 14:00–18:00, "
        "Thu 26 Nov 2026 09:00–12:00, Thu 26 Nov 2026 14:00–18:00, Fri 27 Nov 2026 09:00–12:00, "
        "Fri 27 Nov 2026 14:00–17:00."
    )
    assert said[-1] == "Passed of its own time: 10 hours; left: 16 hours."


def test_pauses_stand_with_their_entries_and_move_the_due_instant() -> None:
    asked = Entry("details-asked", at(23, 15), at(23, 15), "ines", State.AWAITING_CUSTOMER)
    wrote = Entry("customer-wrote", at(24, 10), at(24, 10), "ines", State.ACKNOWLEDGED)
    said = lines(told(case(clock("6 hours"), then=(asked, wrote)), at(24, 11)))
    assert said[-3:] == [
        "Rested from Mon 23 Nov 2026, 15:00 to Tue 24 Nov 2026, 10:00 (entries 2 and 3).",
        "Due Tue 24 Nov 2026, 15:00; without pauses it would have been Mon 23 Nov 2026, 18:00.",
        "Passed of its own time: 4 hours; left: 2 hours.",
    ]


def test_a_promise_whose_calendar_is_gone_says_so() -> None:
    said = lines(told(case(clock("6 hours")), at(23, 11), open_times={}))
    assert "Its calendar office is not there any more: pauses are not counted." in said
    assert not any("Passed of its own time" in line for line in said)


def test_who_is_told_next_is_named() -> None:
    step = NextTelling("first", at(24, 9), ("ines", "nobody-known"))
    said = lines(told(case(clock("6 hours")), at(23, 11), next_telling=step))
    assert said[-1] == (
        "Next step of escalation: first, Tue 24 Nov 2026, 09:00, to Inès Carpentier, nobody-known."
    )


@pytest.mark.parametrize(
    ("kind", "happened_at", "english", "french"),
    [
        (
            "answered", at(23, 18),
            "done Mon 23 Nov 2026, 18:00", "c’est fait, le lun. 23 nov. 2026 à 18:00",
        ),
        (
            "answered", at(23, 19, 30),
            "done Mon 23 Nov 2026, 19:30, 1 hour 30 minutes late",
            "c’est fait, le lun. 23 nov. 2026 à 19:30, avec 1 heure 30 minutes de retard",
        ),
        (
            "dismissed", at(23, 12),
            "no longer owed since Mon 23 Nov 2026, 12:00",
            "n’est plus dû depuis le lun. 23 nov. 2026 à 12:00",
        ),
        (
            "dismissed", at(24, 18),
            "given up Tue 24 Nov 2026, 18:00, 1 day late",
            "abandonné le mar. 24 nov. 2026 à 18:00, avec 1 jour de retard",
        ),
    ],
)  # fmt: skip
def test_how_a_promise_ended(kind: str, happened_at: datetime, english: str, french: str) -> None:
    to = State.DISMISSED if kind == "dismissed" else State.ANSWERED
    ended = Entry(kind, happened_at, happened_at, "ines", to)
    found = case(clock("6 hours"), then=(ended,))
    (stood,) = standings(found.log, at(30, 9), OPEN_TIMES)
    assert standing_words(stood, at(30, 9), ENGLISH) == english
    assert standing_words(stood, at(30, 9), FRENCH) == french
    (section,) = told(found, at(30, 9))
    assert section.heading == "Promises that have ended"
    assert section.lines[0].text == f"Brand care's answer: {english} (entries 1 to 2, 6 hours)"


@pytest.mark.parametrize(
    ("now", "english"),
    [
        (at(23, 17), "by Mon 23 Nov 2026, 18:00, 1 hour left"),
        (at(23, 17, 30), "due soon, by Mon 23 Nov 2026, 18:00, 30 minutes left"),
        (at(23, 20), "OVERDUE since Mon 23 Nov 2026, 18:00, 2 hours"),
    ],
)
def test_how_a_promise_stands(now: datetime, english: str) -> None:
    soon = {"back-office": parse_target("30 minutes")}
    (stood,) = standings(case(clock("6 hours")).log, now, OPEN_TIMES, soon)
    assert standing_words(stood, now, ENGLISH) == english


@pytest.mark.parametrize(
    ("target", "english", "french"),
    [
        ("45 minutes", "45 minutes", "45 minutes"),
        ("1 hour", "1 hour", "1 heure"),
        ("3 civil days", "3 civil days", "3 jours civils"),
        ("7 business days", "7 business days", "7 jours ouvrés"),
        ("2 months", "2 months", "2 mois"),
    ],
)
def test_targets_in_words(target: str, english: str, french: str) -> None:
    assert (target_words(target, ENGLISH), target_words(target, FRENCH)) == (english, french)


def test_as_data() -> None:
    found = case(clock("3 business days"))
    (stood,) = standings(found.log, at(24, 19), OPEN_TIMES)
    data = account_data(account_for(stood, at(24, 19), OPEN_TIMES, ORIGIN), found)
    assert (data["unit"], data["elapsed"], data["remaining"]) == ("business days", 1, 2)
    assert data["started_by"] == {
        "number": 1, "entry": "handed-off", "at": "2026-11-23T09:00:00Z",
    }  # fmt: skip
    assert (data["line"], data["commit"], data["next"]) == (62, "c" * 40, None)


def test_the_line_is_that_of_the_first_rule_with_the_target_that_fits() -> None:
    def rule(target: str, line: int, urgency: Urgency | None = None) -> TargetRule:
        return TargetRule(parse_target(target), urgency, None, None, None, line)

    rules = (
        rule("6 hours", 10, Urgency.CRITICAL), rule("6 hours", 11, Urgency.HIGH),
        rule("8 hours", 12),
    )  # fmt: skip
    promise = Promise("back-office", (), (), (), "office", rules, None, None, 9)
    policy = ClockPolicy((promise,))
    high = Matter(Urgency.HIGH, Category.COMPLAINT, "forum")
    assert find_line(policy, clock("6 hours"), high) == 11
    # The case was another one when the promise was made.
    assert find_line(policy, clock("6 hours"), replace(high, urgency=Urgency.LOW)) == 10
    assert find_line(policy, clock("7 hours"), high) is None
    assert find_line(policy, clock("6 hours", clock="other"), high) is None
