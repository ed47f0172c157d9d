"""A week at the desk: runs at irregular times, and exactly what each person is told.

None comes for 26 hours, then two at once; a night, a weekend, a hand-over, a pause, a mute, a
crisis, an acknowledgement and a reply lie between.  What was sent is remembered as receipts
keep it; `FAILS` are messages that could not be sent at the first try.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Entry
from runner.clocks.business_time import OpenTime
from runner.clocks.escalation import Acknowledged, History
from runner.clocks.pinning import pin_clocks, terms_of
from runner.clocks.standings import Position, standings
from runner.model import Category, State, Urgency
from runner.planning.notices import Notice, NoticePlan, WatchedCase, plan_notices
from runner.policies.clocks import Matter
from runner.policies.escalation import CaseFacts
from runner.policies.values import Configuration

PARIS = ZoneInfo("Europe/Paris")

FILES = {
    "policies/team.yaml": """\
version: 1
people:
- {id: ines, name: Inès Carpentier, roles: [community-manager], emails: [ines@example.org],
   logins: [ines-c]}
- {id: sam, name: Sam Whitlock, roles: [community-manager], emails: [sam@example.org]}
- {id: malo, name: Malo Kerven, roles: [watcher], emails: [malo@example.org], logins: [malo-k]}
- {id: odile, name: Odile Ferrand, roles: [brand-care], emails: [odile@example.org]}
routes:
- {owner: ines}
""",
    "policies/calendars/brand-care.yaml": """\
version: 1
zone: Europe/Paris
hours:
  monday: [09:00-12:30, 13:30-18:00]
  tuesday: [09:00-12:30, 13:30-18:00]
  wednesday: [09:00-12:30, 13:30-18:00]
  thursday: [09:00-12:30, 13:30-18:00]
  friday: [09:00-12:30, 13:30-18:00]
holidays: {until: 2027-12-31, days: []}
""",
    "policies/clocks.yaml": """\
version: 1
zone: Europe/Paris
clocks:
- {id: first-reply, starts: [detected], stops: [replied], targets: [{within: 1 civil day}]}
- {id: customer-update, starts: [replied, handed-off], stops: [replied, messaged, resolved],
   pauses: [awaiting-customer], targets: [{within: 3 civil days}]}
- {id: back-office, starts: [handed-off], stops: [answered], pauses: [awaiting-customer],
   calendar: brand-care, targets: [{within: 8 hours}]}
- {id: crisis, starts: [crisis-raised], stops: [crisis-taken], targets: [{within: 15 minutes}]}
""",
    "policies/escalation.yaml": """\
version: 1
zone: Europe/Paris
channels:
- {id: forge, kind: forge}
- {id: mail, kind: mail, from: desk@example.org, quiet: [nights]}
- {id: chat, kind: webhook, style: slack, variable: CHAT, quiet: [nights, weekends]}
rotas:
- {id: standby, since: 2026-11-16, hands_over: monday 09:00, people: [ines, sam]}
quiet_hours:
- {id: nights, from: "20:00", until: "08:00"}
- {id: weekends, from: "00:00", until: "24:00", days: [saturday, sunday]}
routes:
- clock: crisis
  tiers:
  - {id: crisis-now, at: start, tell: [{on_call: standby}], by: [mail, chat], repeat: 5 minutes}
- clock: back-office
  tiers:
  - {id: care-soon, at: 75%, tell: [{role: brand-care}], by: [mail], quiet: []}
  - {id: care-late, after: 2 hours, tell: [{role: brand-care}, owner], by: [mail], silent: 2 hours,
     repeat: 1 hour}
- clock: first-reply
  tiers:
  - {id: reply-half, at: 50%, tell: [owner], by: [forge]}
  - {id: reply-soon, at: 80%, tell: [owner], by: [forge, mail]}
  - {id: reply-late, at: due, tell: [owner, {role: watcher}], by: [mail, chat], repeat: 2 hours}
- tiers:
  - {id: news, before: 1 civil day, tell: [owner], by: [mail]}
""",
    "policies/mutes/moving.yaml": """\
version: 1
match: {clock: customer-update}
reason: The agency moves house on Sunday.
by: malo
from: 2026-11-28
until: 2026-11-30 07:00
""",
}

# Everything that happens, by the clocks of Paris; Monday is 23 November.
LOG = (
    ("2026-11-23 09:00", "detected", State.OPEN),
    ("2026-11-25 11:05", "replied", State.ACKNOWLEDGED),
    ("2026-11-25 11:10", "handed-off", State.HANDED_OFF),
    ("2026-11-25 15:10", "details-asked", State.AWAITING_CUSTOMER),
    ("2026-11-26 09:10", "customer-wrote", State.ACKNOWLEDGED),
    ("2026-11-26 09:20", "handed-off", State.HANDED_OFF),
    ("2026-11-27 12:00", "answered", State.ANSWERED),
    ("2026-11-29 03:00", "crisis-raised", None),
    ("2026-11-29 03:09", "crisis-taken", None),
)
ACKNOWLEDGED = ("back-office", "2026-11-26 18:30", "odile")

# Each run, and what each person gets by it: tier, person, channel, repeat where it is one.
WEEK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("2026-11-23 09:05", ()),
    # 50 % is over at 21:00.
    ("2026-11-23 20:59:59", ()),
    ("2026-11-23 21:40", ("reply-half ines forge",)),
    # 80 % at 04:12: the comment at once, the mail after the night.
    ("2026-11-24 06:00", ("reply-soon ines forge",)),
    ("2026-11-24 08:00", ("reply-soon ines mail",)),
    ("2026-11-24 08:59:59", ()),
    # Due at 09:00.  Then no run for 26 hours, and two at once: one repeat, once.
    (
        "2026-11-24 09:00",
        (
            "reply-late ines mail",
            "reply-late ines chat",
            "reply-late malo mail",
            "reply-late malo chat",
        ),
    ),
    (
        "2026-11-25 11:00",
        (
            "reply-late ines mail 13",
            "reply-late ines chat 13",
            "reply-late malo mail 13",
            "reply-late malo chat 13",
        ),
    ),
    ("2026-11-25 11:00", ()),
    # Replied at 11:05, brand care's eight open hours run from 11:10, but not while the
    # customer is asked, 15:10 to 09:10: three hours passed before.
    ("2026-11-25 13:10", ()),
    ("2026-11-25 19:00", ()),
    # Six of eight hours are over at 12:10.
    ("2026-11-26 12:09:59", ()),
    # The mail server is down at the first try.
    ("2026-11-26 12:30", ("care-soon odile mail",)),
    ("2026-11-26 14:30", ("care-soon odile mail",)),
    # Due at 15:10, late two open hours after; she has it in hand from 18:30 to 20:30.
    ("2026-11-26 17:11", ("care-late odile mail", "care-late ines mail")),
    ("2026-11-26 18:15", ("care-late odile mail 1", "care-late ines mail 1")),
    ("2026-11-26 19:30", ()),
    # Then it is night; what the morning tells is one repeat.
    ("2026-11-26 20:45", ()),
    ("2026-11-27 08:00", ("care-late odile mail 14", "care-late ines mail 14")),
    # Brand care answers at noon.
    ("2026-11-27 12:30", ()),
    # The crisis wakes Sam on a Sunday at three: the one who is on call until Monday at nine.
    ("2026-11-29 03:01", ("crisis-now sam mail", "crisis-now sam chat")),
    ("2026-11-29 03:07", ("crisis-now sam mail 1", "crisis-now sam chat 1")),
    ("2026-11-29 03:09", ()),
    # The customer should hear something by now; the mute ends on Monday, and so does the night.
    ("2026-11-29 12:00", ()),
    ("2026-11-30 07:30", ()),
    ("2026-11-30 08:00", ("news ines mail",)),
    ("2026-11-30 08:00", ()),
)
FAILS = ("2026-11-26 12:30",)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


class Week:
    """The case, the receipts, and runs."""

    def __init__(self, desk: Configuration) -> None:
        self.desk = desk
        self.open_times = {each.id: OpenTime(each) for each in desk.calendars}
        self.sent: dict[str, datetime] = {}
        self.log = tuple(self._entry(at(when), kind, to) for when, kind, to in LOG)

    def _entry(self, when: datetime, kind: str, to: State | None) -> Entry:
        matter = Matter(Urgency.HIGH, Category.COMPLAINT, "forum")
        clocks = pin_clocks(terms_of(self.desk), kind, when, matter)
        return Entry(kind, when, when, "ines", to, clocks)

    def case(self, now: datetime) -> WatchedCase:
        states = [entry.to for entry in self.log if entry.at <= now and entry.to is not None]
        facts = CaseFacts(
            id="c-7f3k2m9x4q5t", cycle=1, state=states[-1].value if states else "open",
            urgency="high", category="complaint", crisis=None, brand="lumen", product=None,
            topic=None, language="fr", owner="ines", incident=None, sources=("forum",),
            source_categories=("forum",),
        )  # fmt: skip
        return WatchedCase(facts, standings(self.log, now, self.open_times))

    def plan(self, now: datetime) -> NoticePlan:
        clock, when, by = ACKNOWLEDGED
        started = next(
            each.started_at for entry in self.log for each in entry.clocks if each.clock == clock
        )
        said = Acknowledged("c-7f3k2m9x4q5t", clock, started, by, at(when))
        history = History(dict(self.sent), (said,))
        return plan_notices([self.case(now)], now, self.desk, self.open_times, history)

    def run(self, now: str) -> tuple[Notice, ...]:
        found = self.plan(at(now)).notices
        if now not in FAILS:
            for notice in found:
                assert notice.key not in self.sent
                self.sent[notice.key] = at(now)
        return found


@pytest.fixture
def week(configured: Callable[[Mapping[str, str]], Configuration]) -> Week:
    return Week(configured(FILES))


def said(notice: Notice) -> str:
    repeat = f" {notice.repeat}" if notice.repeat else ""
    return f"{notice.tier} {notice.person} {notice.channel.id}{repeat}"


def test_each_person_is_told_exactly_what_the_policy_says(week: Week) -> None:
    for now, told in WEEK:
        assert sorted(map(said, week.run(now))) == sorted(told), now
    assert len(week.sent) == sum(len(told) for now, told in WEEK if now not in FAILS)


def test_what_could_not_be_sent_keeps_its_key(week: Week) -> None:
    (first,) = week.run("2026-11-26 12:30")
    (again,) = week.run("2026-11-26 14:30")
    assert first.key == again.key


def test_it_is_said_what_is_held_and_until_when(week: Week) -> None:
    instants = ("2026-11-24 23:00", "2026-11-26 19:30", "2026-11-26 20:45", "2026-11-29 12:00")
    assert [
        (each.tier, each.why, each.until)
        for now in instants
        for each in week.plan(at(now)).held
        if each.why is not None
    ] == [
        ("reply-late", "quiet", at("2026-11-25 08:00")),
        ("reply-late", "quiet", at("2026-11-25 08:00")),
        ("care-late", "acknowledged", at("2026-11-26 20:30")),
        ("care-late", "quiet", at("2026-11-27 08:00")),
        ("news", "muted", at("2026-11-30 07:00")),
    ]


def test_no_verdict_depends_on_the_runs(week: Week) -> None:
    now = at("2026-11-30 12:00")
    before = week.case(now).standings
    for when, _ in WEEK:
        week.run(when)
    assert week.case(now).standings == before
    assert [(each.clock, each.position) for each in before] == [
        ("first-reply", Position.MISSED),
        ("customer-update", Position.OVERDUE),
        ("back-office", Position.MISSED),
        ("crisis", Position.MET),
    ]
