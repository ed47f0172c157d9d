"""Until when it is quiet: over midnight, weekends, clock changes and holidays."""

from dataclasses import replace
from datetime import date

import pytest
from alarm_desk import OFFICE, AlarmDesk, at, policy, runs

from runner.clocks.business_time import OpenTime
from runner.clocks.quiet import quiet_until
from runner.policies.calendars import SpecialDay

HOURS = """\
quiet_hours:
- {id: nights, from: "20:00", until: "08:00"}
- {id: weekends, from: "00:00", until: "24:00", days: [saturday, sunday]}
- {id: noon, from: "12:00", until: "13:30", days: [monday]}
- {id: friday-night, from: "22:00", until: "04:00", days: [friday]}
- {id: london, from: "20:00", until: "08:00", zone: Europe/London}
- {id: lost-hour, from: "02:15", until: "02:45"}
- {id: closed, calendar: office}
- {id: nowhere, calendar: unknown}
routes: [{tiers: []}]
"""
HOLIDAY = replace(OFFICE, special=(SpecialDay(date(2026, 12, 25), "Noël"),))


@pytest.mark.parametrize(
    ("names", "now", "until"),
    [
        ("nights", "2026-11-23 19:59:59", None),
        ("nights", "2026-11-23 20:00", "2026-11-24 08:00"),
        ("nights", "2026-11-24 00:00", "2026-11-24 08:00"),
        ("nights", "2026-11-24 07:59:59", "2026-11-24 08:00"),
        ("nights", "2026-11-24 08:00", None),
        # Both clock changes: the wall says when, whether the night has 11 hours or 13.
        ("nights", "2026-10-24 20:00", "2026-10-25 08:00"),
        ("nights", "2027-03-27 23:00", "2027-03-28 08:00"),
        # The new year.
        ("nights", "2026-12-31 23:59:59", "2027-01-01 08:00"),
        ("weekends", "2026-11-27 23:59:59", None),
        ("weekends", "2026-11-28 00:00", "2026-11-30 00:00"),
        # One begins as another ends.
        ("nights weekends", "2026-11-27 20:00", "2026-11-30 08:00"),
        ("nights weekends", "2026-11-29 12:00", "2026-11-30 08:00"),
        ("noon", "2026-11-23 12:00", "2026-11-23 13:30"),
        ("noon", "2026-11-24 12:00", None),
        # They begin on the days named, and may end on another.
        ("friday-night", "2026-11-28 03:59:59", "2026-11-28 04:00"),
        ("friday-night", "2026-11-28 22:00", None),
        ("london", "2026-11-23 20:30", None),
        ("london", "2026-11-23 21:00", "2026-11-24 09:00"),
        # Lost in the hour that is skipped, twice in the one that comes twice.
        ("lost-hour", "2027-03-28T01:20:00+00:00", None),
        ("lost-hour", "2026-10-25T00:20:00+00:00", "2026-10-25T00:45:00+00:00"),
        ("lost-hour", "2026-10-25T01:20:00+00:00", "2026-10-25T01:45:00+00:00"),
        # Outside a calendar's open time, holidays included.
        ("closed", "2026-11-23 09:00", None),
        ("closed", "2026-11-23 17:00", "2026-11-24 09:00"),
        ("closed", "2026-11-27 17:00", "2026-11-30 09:00"),
        ("closed", "2026-12-25 10:00", "2026-12-28 09:00"),
        ("nowhere", "2026-12-25 10:00", None),
        ("", "2026-11-24 00:00", None),
    ],
)
def test_until_when_it_is_quiet(names: str, now: str, until: str | None) -> None:
    hours = [each for each in policy(HOURS).quiet_hours if each.id in names.split()]
    found = quiet_until(hours, at(now), {"office": OpenTime(HOLIDAY)})
    assert found == (at(until) if until else None)


TELLING = """\
quiet_hours:
- {id: nights, from: "20:00", until: "08:00"}
- {id: all-nights, from: "20:00", until: "08:00", even_crisis: true}
routes:
- {clock: crisis, tiers: [{id: now, at: start, tell: [owner], by: [mail, chat], quiet: [QUIET]}]}
- tiers:
  - {id: half, at: 50%, tell: [owner], by: [mail, chat], quiet: [nights]}
  - {id: due, at: due, tell: [owner], by: [mail], quiet: [nights], repeat: 1 hour, times: 4}
"""


def desk(quiet: str = "nights") -> AlarmDesk:
    return AlarmDesk(policy(TELLING.replace("QUIET", quiet)))


def test_what_is_held_is_told_once_by_the_first_run_afterwards() -> None:
    case = desk().happens(("detected", "2026-11-23 16:00"))
    # Half is over at 21:00, it is due at 02:00; by the morning there is one thing to say.
    assert runs(
        case, "2026-11-23 21:00", "2026-11-24 02:30", "2026-11-24 07:59:59", "2026-11-24 08:00",
        "2026-11-24 09:00",
    ) == [[], [], [], ["due 3 ines mail"], []]  # fmt: skip


def test_it_is_said_until_when() -> None:
    case = desk().happens(("detected", "2026-11-23 16:00"))
    (found,) = case.look(at("2026-11-23 21:00"))
    assert [(each.why, each.channel, each.until) for each in found.held] == [
        ("quiet", "mail", at("2026-11-24 08:00")),
        ("quiet", "chat", at("2026-11-24 08:00")),
    ]


@pytest.mark.parametrize(
    ("quiet", "told"), [("nights", ["now 0 ines mail", "now 0 ines chat"]), ("all-nights", [])]
)
def test_a_crisis_waits_only_where_the_hours_say_so(quiet: str, told: list[str]) -> None:
    case = desk(quiet).happens(
        ("detected", "2026-11-24 03:00"), ("crisis-raised", "2026-11-24 03:00")
    )
    assert case.run("2026-11-24 03:01") == told


def test_a_channel_keeps_its_hours_and_a_tier_may_have_others() -> None:
    text = """\
- {id: late-mail, kind: mail, from: a@example.org, quiet: [nights]}
quiet_hours: [{id: nights, from: "20:00", until: "08:00"}]
routes:
- tiers:
  - {id: one, at: start, tell: [owner], by: [late-mail, chat]}
  - {id: two, at: 50%, tell: [owner], by: [late-mail, chat], quiet: []}
"""
    case = AlarmDesk(policy(text)).happens(("detected", "2026-11-23 21:00"))
    assert runs(case, "2026-11-23 22:00", "2026-11-24 02:00") == [
        ["one 0 ines chat"],
        ["two 0 ines late-mail", "two 0 ines chat"],
    ]
