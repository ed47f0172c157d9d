"""Messages to the team: which cases they are about, what they say, and what they never say."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.cases.case import Case, Entry
from runner.cases.opening import case_path, open_case
from runner.cases.summary import CaseSummary, summarise
from runner.cli.daily import VERBS as DAILY
from runner.clocks.escalation import Acknowledged, HeldFor, History
from runner.clocks.pinning import first_clocks, pin_clocks, terms_of
from runner.model import Category, Mention, State, Urgency
from runner.planning.notice_words import VERBS
from runner.planning.notices import (
    Notice,
    NoticePlan,
    WatchedCase,
    facts_of,
    plan_notices,
    watch,
    watched_cases,
)
from runner.planning.observation import Branch, Observation
from runner.planning.waiting import Waiting
from runner.policies.clocks import Matter
from runner.policies.escalation import PROPOSED
from runner.policies.values import Configuration
from runner.triage.judge import judge

DETECTED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATE = DETECTED + timedelta(days=3, hours=2)

FILES = {
    "policies/clocks.yaml": """\
version: 1
zone: Europe/Paris
clocks:
- {id: first-reply, starts: [detected], stops: [replied], targets: [{within: 3 civil days}]}
- {id: next-reply, starts: [customer-wrote], stops: [messaged, replied],
   targets: [{within: 1 civil day}]}
- {id: crisis, starts: [crisis-raised], stops: [crisis-taken], targets: [{within: 15 minutes}]}
""",
    "policies/escalation.yaml": """\
version: 1
zone: Europe/Paris
channels:
- {id: mail, kind: mail, from: desk@example.org}
- {id: forge, kind: forge}
routes:
- clock: crisis
  tiers:
  - {id: crisis-now, at: start, tell: [{role: watcher}], by: [mail], repeat: 5 minutes}
- tiers:
  - {id: soon, at: 80%, tell: [owner], by: [mail]}
  - {id: late, at: due, tell: [owner], by: [mail, forge], repeat: 1 hour}
  - {id: later, after: 1 civil day, tell: [{person: malo}], by: [mail]}
otherwise: [{role: watcher}]
""",
    "policies/team.yaml": """\
version: 1
people:
- {id: ines, name: Inès Carpentier, roles: [community-manager], emails: [ines@example.org],
   logins: [ines-c]}
- {id: malo, name: Malo Kerven, roles: [watcher], emails: [malo@example.org]}
routes:
- {owner: ines}
""",
}

BRAND_CARE = {
    "policies/clocks.yaml": FILES["policies/clocks.yaml"]
    + """\
- {id: back-office, starts: [handed-off], stops: [answered], calendar: six-days,
   targets: [{within: 7 business days}]}
""",
    "policies/calendars/six-days.yaml": """\
version: 1
zone: Europe/Paris
hours: {monday: [09:00-18:00]}
business_days: ouvrables
holidays: {until: 2027-12-31, days: []}
""",
}
"""A back office that works on six days of the week."""

PLAIN = str.maketrans("\u00a0\u202f", "  ")
HOSTILE = "Broken, smoke! @everyone ](https://evil.example.org) <!-- c --> `rm -rf` LUM-12345"


@pytest.fixture(scope="module")
def told_desk(configured: Callable[[Mapping[str, str]], Configuration]) -> Configuration:
    return configured(FILES)


@pytest.fixture
def opened(mention: Callable[..., Mention], told_desk: Configuration) -> Callable[..., Case]:
    """Return a maker of cases as the runner opens them."""

    def make(number: int, text: str = HOSTILE) -> Case:
        message = mention(
            number, text, detected_at=DETECTED, author="@attacker", title="# Title [x](y)"
        )
        judgement = judge(message, told_desk)
        clocks = first_clocks(message, judgement, told_desk)
        return open_case(message, judgement, told_desk, (), clocks=clocks)

    return make


def summary(case: Case) -> CaseSummary:
    return summarise(case, case_path(case))


def goes_on(case: Case, kind: str, at: datetime, to: State | None, desk: Configuration) -> Case:
    """Return the case with one entry more."""
    matter = Matter(Urgency.NORMAL, Category.COMPLAINT, "forum")
    clocks = pin_clocks(terms_of(desk), kind, at, matter)
    entry = Entry(kind, at, at, "ines", to, clocks)
    return replace(case, state=to or case.state, log=(*case.log, entry))


def branch(case: Case, change: str = "open", owner: str = "doleances") -> Branch:
    path = case_path(case)
    return Branch(
        f"{owner}/{case.id}/{change}", case.id, change, "1" * 40, False, False, path, case
    )


def plan(
    desk: Configuration, observation: Observation, history: History | None = None
) -> NoticePlan:
    return plan_notices(
        watched_cases(observation), observation.now, desk, observation.open_times,
        history or History(),
    )  # fmt: skip


@pytest.fixture
def look(seen: Callable[..., Observation], told_desk: Configuration) -> Callable[..., Observation]:
    """Return a maker of what a run sees."""

    def make(now: datetime = LATE, **seen_besides: object) -> Observation:
        return seen(configuration=told_desk, now=now, **seen_besides)

    return make


def said(notices: tuple[Notice, ...]) -> list[tuple[str, str, int, str, str]]:
    return [(n.case_id, n.tier, n.repeat, n.person, n.channel.id) for n in notices]


class TestCases:
    def test_open_cases_and_intakes_that_nobody_accepted_are_told(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        told_desk: Configuration,
    ) -> None:  # fmt: skip
        on_base, waits = opened(1), opened(2)
        found = plan(
            told_desk, look(open_cases=(summary(on_base),), branches=(branch(waits),))
        ).notices
        assert said(found) == [
            (on_base.id, "late", 2, "ines", "forge"),
            (on_base.id, "late", 2, "ines", "mail"),
            (waits.id, "late", 2, "ines", "forge"),
            (waits.id, "late", 2, "ines", "mail"),
        ]
        assert [n.branch for n in found] == [None, None] + [f"doleances/{waits.id}/open"] * 2

    def test_their_state_is_proposed(
        self, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        case = opened(1)
        assert facts_of(summary(case), told_desk, "doleances/x/open").state == PROPOSED
        assert facts_of(summary(case), told_desk, None).state == "open"
        assert facts_of(summary(case), told_desk, None).source_categories == ("forum",)

    @pytest.mark.parametrize(
        ("kind", "held"),
        [("replied", True), ("noted", False)],
    )
    def test_a_proposed_reply_holds_the_messages_and_not_the_verdict(
        self, kind: str, held: bool, opened: Callable[..., Case],
        look: Callable[..., Observation], told_desk: Configuration,
    ) -> None:  # fmt: skip
        case = opened(1)
        to = State.ACKNOWLEDGED if kind == "replied" else None
        proposal = branch(goes_on(case, kind, LATE, to, told_desk), f"{kind}-2", "desk")
        observation = look(open_cases=(summary(case),), proposed=(proposal,))
        found = plan(told_desk, observation)
        assert bool(found.notices) != held
        assert [each.why for each in found.held if each.why] == [HeldFor.REPLY_PROPOSED] * held
        (watched,) = watched_cases(observation)
        assert watched.standings[0].position == "overdue"

    def test_another_clock_goes_on_telling(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        told_desk: Configuration,
    ) -> None:  # fmt: skip
        case = goes_on(opened(1), "replied", DETECTED, State.ACKNOWLEDGED, told_desk)
        wrote = DETECTED + timedelta(hours=1)
        case = goes_on(case, "customer-wrote", wrote, None, told_desk)
        # A reply that somebody proposes for what was asked before that message.
        proposal = branch(goes_on(opened(1), "replied", LATE, None, told_desk), "reply-2", "desk")
        found = plan(told_desk, look(open_cases=(summary(case),), proposed=(proposal,)))
        assert {(n.clock, n.tier) for n in found.notices} == {("next-reply", "later")}

    def test_the_most_urgent_comes_first(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        told_desk: Configuration,
    ) -> None:  # fmt: skip
        calm = opened(1, "My lamp is broken.")
        urgent = opened(2, "My lamp is broken, there is smoke.")
        crisis = goes_on(opened(3), "crisis-raised", LATE, None, told_desk)
        crisis = replace(crisis, crisis="suicide")
        found = plan(
            told_desk, look(open_cases=(summary(calm), summary(urgent), summary(crisis)))
        ).notices
        assert list(dict.fromkeys(n.case_id for n in found)) == [crisis.id, urgent.id, calm.id]
        assert {n.clock for n in found if n.case_id == crisis.id} == {"crisis"}


class TestPlan:
    def test_equal_arguments_give_equal_plans(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        told_desk: Configuration,
    ) -> None:  # fmt: skip
        observation = look(open_cases=(summary(opened(1)), summary(opened(2))))
        assert plan(told_desk, observation) == plan(told_desk, observation)

    def test_what_was_sent_is_not_told_again_and_a_failed_one_keeps_its_key(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        told_desk: Configuration,
    ) -> None:  # fmt: skip
        observation = look(open_cases=(summary(opened(1)),))
        forge, mail = plan(told_desk, observation).notices
        history = History({forge.key: LATE})
        assert plan(told_desk, observation, history).notices == (mail,)
        later = look(LATE + timedelta(minutes=50), open_cases=observation.open_cases)
        (again,) = plan(told_desk, later, history).notices
        assert (again.key, again.digest) == (mail.key, mail.digest)
        assert mail.key == "c-000000000001/1/first-reply/2026-11-23T08:00:00Z/late/2/mail/ines"

    def test_who_has_it_in_hand_is_named(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        told_desk: Configuration,
    ) -> None:  # fmt: skip
        observation = look(open_cases=(summary(opened(1)),))
        told = Acknowledged("c-000000000001", "first-reply", DETECTED, "malo", LATE)
        found = plan(told_desk, observation, History({}, (told,)))
        assert found.notices == ()
        assert [(each.tier, each.reason) for each in found.held] == [
            ("late", "Malo Kerven has it in hand"),
            ("soon", "overtaken by the tier late"),
        ]

    def test_without_a_policy_nobody_is_told(
        self, opened: Callable[..., Case], look: Callable[..., Observation],
        configuration: Configuration,
    ) -> None:  # fmt: skip
        observation = look(open_cases=(summary(opened(1)),))
        assert plan(configuration, observation) == NoticePlan((), ())


def in_language(desk: Configuration, language: str) -> Configuration:
    return replace(desk, instance=replace(desk.instance, language=language))


def one(desk: Configuration, case: Case, now: datetime, branch_of: Branch | None = None) -> Notice:
    waiting = Waiting(summary(case), branch_of)
    watched: WatchedCase = watch(waiting, now, desk, {})
    return plan_notices([watched], now, desk, {}, History()).notices[0]


class TestWords:
    def test_a_message_in_english(
        self, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        notice = one(told_desk, opened(1), LATE)
        assert notice.subject == (
            "c-000000000001 · First reply: 2 hours late · complaint, urgency: high"
        )
        assert (
            notice.body
            == """\
Hello Inès Carpentier,

First reply, case `c-000000000001`: was due Thu 26 Nov 2026, 09:00, 2 hours ago.

- Promised: 3 civil days, counted from Mon 23 Nov 2026, 09:00
- About: complaint, urgency: high
- Found at: forum
- Owner: Inès Carpentier
- State: open

Read it: `doleances show c-000000000001`.
When it is done: `doleances reply c-000000000001 --url ADDRESS`.
You have it in hand, and want no more of these messages: \
`doleances acknowledge c-000000000001 --clock first-reply`.

Why you: you own this case. Tier late: once it is due \
(policies/escalation.yaml:12, in the route on line 10). Repeated at intervals of 1 hour.
"""
        )

    def test_the_last_repeat_of_a_tier_promises_no_other(
        self, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        policy = told_desk.escalation
        route = next(route for route in policy.routes if len(route.tiers) > 1)
        tiers = tuple(replace(tier, times=3 if tier.repeat else None) for tier in route.tiers)
        routes = tuple(replace(r, tiers=tiers) if r is route else r for r in policy.routes)
        desk = replace(told_desk, escalation=replace(policy, routes=routes))
        assert one(desk, opened(1), LATE).body.endswith("on line 10).\n")

    @pytest.mark.parametrize(
        ("language", "promised"),
        [("en", "7 business days, Saturdays included"), ("fr", "7 jours ouvrables")],
    )
    def test_business_days_of_a_week_of_six_are_called_so(
        self, opened: Callable[..., Case], configured: Callable[[Mapping[str, str]], Configuration],
        language: str, promised: str,
    ) -> None:  # fmt: skip
        desk = in_language(configured(FILES | BRAND_CARE), language)
        case = goes_on(opened(1), "replied", DETECTED, State.ACKNOWLEDGED, desk)
        case = goes_on(case, "handed-off", DETECTED, State.HANDED_OFF, desk)
        notice = one(desk, case, DETECTED + timedelta(days=30))
        assert notice.clock == "back-office"
        assert promised in notice.body

    def test_a_message_in_french(
        self, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        case = opened(1)
        notice = one(in_language(told_desk, "fr"), case, LATE, branch(case))
        assert notice.subject.translate(PLAIN) == (
            "c-000000000001 · Première réponse : retard de 2 heures · réclamation, urgence haute"
        )
        assert (
            notice.body.translate(PLAIN)
            == """\
Bonjour Inès Carpentier,

Première réponse, dossier `c-000000000001` : échéance passée depuis 2 heures, \
le jeu. 26 nov. 2026 à 09:00.

- Promis : 3 jours civils, à compter du lun. 23 nov. 2026 à 09:00
- Objet : réclamation, urgence haute
- Relevé sur : forum
- Responsable : Inès Carpentier
- État : à qualifier

Personne ne l’a encore accepté. Pour le lire et décider : `doleances show c-000000000001`.
Vous vous en occupez et ne voulez plus de ces messages : \
`doleances acknowledge c-000000000001 --clock first-reply`.

Pourquoi vous : ce dossier est le vôtre. Palier late : à l’échéance \
(policies/escalation.yaml:12, dans la route de la ligne 10). Message répété à 1 heure d’intervalle.
"""
        )

    def test_a_crisis_says_what_to_do_and_no_template(
        self, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        case = replace(
            goes_on(opened(1), "crisis-raised", DETECTED, None, told_desk), crisis="suicide"
        )
        notice = one(told_desk, case, DETECTED + timedelta(minutes=1))
        assert notice.subject == (
            "CRISIS · c-000000000001 · fear of suicide · nobody has it in hand yet"
        )
        assert "due Mon 23 Nov 2026, 09:15, 14 minutes left." in notice.body
        assert "You have it in hand: `doleances crisis c-000000000001 --taken`." in notice.body
        assert "acknowledge" not in notice.body
        assert notice.reason.startswith("your role is watcher. Tier crisis-now: from the start (")

    @pytest.mark.parametrize(
        ("hours", "words"),
        [
            (58, "due Thu 26 Nov 2026, 09:00, 14 hours left."),
            (72, "due now, Thu 26 Nov 2026, 09:00."),
            (97, "was due Thu 26 Nov 2026, 09:00, 1 day 1 hour ago."),
        ],
    )
    def test_how_late_it_is(
        self, hours: int, words: str, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        assert words in one(told_desk, opened(1), DETECTED + timedelta(hours=hours)).body

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_no_word_of_the_customer_stands_in_it(
        self, language: str, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        case = opened(1)
        notice = one(in_language(told_desk, language), case, LATE)
        texts = (notice.subject, notice.body, notice.reason)
        for word in (*re.findall(r"\w{4,}", HOSTILE), "attacker", "Title", "customer-1"):
            assert not any(word in text for text in texts), word
        assert "\n" not in notice.subject

    def test_who_stands_in_for_others_is_told_so(
        self, opened: Callable[..., Case], told_desk: Configuration
    ) -> None:
        case = replace(opened(1), owner=None)
        notice = one(told_desk, case, LATE)
        assert notice.person == "malo"
        assert notice.reason.startswith(
            "nobody whom the tier names can be reached, and your role is watcher. Tier late:"
        )
        assert "- Owner: nobody yet" in notice.body

    def test_the_commands_are_those_of_the_daily_verbs(self) -> None:
        daily = {verb.kind: verb.name for verb in DAILY.values()}
        assert {kind: daily.get(kind, "close") for kind in VERBS} == dict(VERBS)
