"""Who is told, by whom the policy means, when a run comes, and what was told before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alarm_desk import PARIS, AlarmDesk, at, policy, runs
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.clocks.escalation import HeldFor
from runner.policies.clocks import parse_target
from runner.policies.escalation import AfterDue, AtShare, BeforeDue, Mute
from runner.policies.escalation_file import parse_conditions

LADDER = """\
routes:
- clock: first-reply
  tiers:
  - {id: half, at: 50%, tell: [owner], by: [mail]}
  - {id: soon, before: 2 hours, tell: [owner], by: [mail]}
  - {id: due, at: due, tell: [owner, {role: watcher}], by: [mail], repeat: 1 hour, times: 3}
  - {id: late, after: 5 hours, tell: [{role: watcher}], by: [mail]}
"""
DETECTED = ("detected", "2026-11-23 08:00")


def desk(text: str = LADDER, **more: object) -> AlarmDesk:
    return replace(AlarmDesk(policy(text)), **more).happens(DETECTED)


class TestTiers:
    """The promise of 2026-11-23 08:00 is due at 18:00."""

    @pytest.mark.parametrize(
        ("now", "told"),
        [
            ("2026-11-23 12:59:59", []),
            ("2026-11-23 13:00", ["half 0 ines mail"]),
            ("2026-11-23 15:59:59", ["half 0 ines mail"]),
            ("2026-11-23 16:00", ["soon 0 ines mail"]),
            ("2026-11-23 17:59:59", ["soon 0 ines mail"]),
            ("2026-11-23 18:00", ["due 0 ines mail", "due 0 malo mail"]),
            ("2026-11-23 18:59:59", ["due 0 ines mail", "due 0 malo mail"]),
            ("2026-11-23 19:00", ["due 1 ines mail", "due 1 malo mail"]),
            ("2026-11-23 20:30", ["due 2 ines mail", "due 2 malo mail"]),
            ("2026-11-23 22:59:59", ["due 2 ines mail", "due 2 malo mail"]),
            ("2026-11-23 23:00", ["late 0 malo mail"]),
            ("2026-12-23 23:00", ["late 0 malo mail"]),
        ],
    )
    def test_the_first_run_tells_the_highest_tier_and_its_latest_repeat(
        self, now: str, told: list[str]
    ) -> None:
        assert desk().run(now) == told

    def test_runs_in_time_tell_every_tier_once(self) -> None:
        assert runs(
            desk(), "2026-11-23 13:00", "2026-11-23 13:00", "2026-11-23 16:10",
            "2026-11-23 18:00", "2026-11-23 18:59:59", "2026-11-23 19:00",
            "2026-11-23 20:00", "2026-11-23 21:00", "2026-11-23 23:00", "2026-11-30 08:00",
        ) == [
            ["half 0 ines mail"], [], ["soon 0 ines mail"],
            ["due 0 ines mail", "due 0 malo mail"], [], ["due 1 ines mail", "due 1 malo mail"],
            ["due 2 ines mail", "due 2 malo mail"], [], ["late 0 malo mail"], [],
        ]  # fmt: skip

    def test_what_a_late_run_passed_over_is_noted_and_never_sent(self) -> None:
        case = desk()
        case.run("2026-11-23 13:00")
        assert case.held("2026-11-23 23:30") == ["soon < late", "due < late"]
        assert runs(case, "2026-11-23 23:30", "2026-11-24 08:00") == [["late 0 malo mail"], []]

    def test_a_run_after_26_hours_sends_one_repeat(self) -> None:
        hourly = LADDER.replace(", times: 3", "").replace("after: 5 hours", "after: 100 hours")
        case = desk(hourly)
        assert runs(
            case, "2026-11-23 18:05", "2026-11-24 20:05", "2026-11-24 20:10", "2026-11-24 21:00"
        ) == [
            ["due 0 ines mail", "due 0 malo mail"],
            ["due 26 ines mail", "due 26 malo mail"],
            [],
            ["due 27 ines mail", "due 27 malo mail"],
        ]

    def test_civil_days_repeat_at_the_same_wall_time_across_the_clock_change(self) -> None:
        daily = (
            "routes: [{tiers: [{id: t, at: due, tell: [owner], by: [mail], repeat: 1 civil day}]}]"
        )
        case = replace(AlarmDesk(policy(daily))).happens(("detected", "2026-10-23 23:00"))
        assert runs(
            case, "2026-10-24 09:00", "2026-10-25 08:59:59", "2026-10-25 09:00", "2026-10-27 09:00"
        ) == [["t 0 ines mail"], [], ["t 1 ines mail"], ["t 3 ines mail"]]

    @pytest.mark.parametrize("ending", ["replied", "closed"])
    def test_nobody_is_told_of_a_clock_that_has_ended(self, ending: str) -> None:
        case = desk().happens((ending, "2026-11-23 19:30"))
        assert runs(case, "2026-11-23 19:00", "2026-11-23 19:30", "2026-11-24 09:00") == [
            ["due 1 ines mail", "due 1 malo mail"],
            [],
            [],
        ]

    def test_the_next_course_of_a_clock_is_told_anew(self) -> None:
        text = "routes: [{clock: update, tiers: [{id: t, at: due, tell: [owner], by: [mail]}]}]"
        case = AlarmDesk(policy(text)).happens(
            DETECTED, ("replied", "2026-11-23 09:00"), ("replied", "2026-11-24 09:00")
        )
        assert runs(
            case, "2026-11-23 19:00", "2026-11-24 08:00", "2026-11-24 18:59", "2026-11-24 19:00"
        ) == [["t 0 ines mail"], [], [], ["t 0 ines mail"]]
        assert len(case.sent) == 2


class TestOwnTime:
    """Tiers are counted as their clock counts."""

    @staticmethod
    def reached(text: str, clock: str, *entries: tuple[str, str]) -> str:
        """Return when the only tier is next reached, as the clocks of Paris show it."""
        tiers = (
            f"routes: [{{clock: {clock}, tiers: [{{id: t, {text}, tell: [owner], by: [mail]}}]}}]"
        )
        case = AlarmDesk(policy(tiers)).happens(DETECTED, *entries)
        for escalation in case.look(at("2026-11-24 11:00")):
            if escalation.standing.clock == clock:
                assert escalation.next is not None
                return f"{escalation.next.at.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"
        raise AssertionError

    @pytest.mark.parametrize(
        ("text", "clock", "instant"),
        [
            # Handed off on Monday 23 November at 16:00; open from 9 to 17, Monday to Friday.
            ("at: 50%", "office-hours", "2026-11-24 13:00:00"),
            ("at: 80%", "office-hours", "2026-11-24 16:00:00"),
            ("at: due", "office-hours", "2026-11-25 10:00:00"),
            ("at: 150%", "office-hours", "2026-11-25 15:00:00"),
            ("before: 2 hours", "office-hours", "2026-11-24 16:00:00"),
            ("after: 8 hours", "office-hours", "2026-11-26 10:00:00"),
            # Five business days: due on the 30th at closing; 41 open hours lie before.
            ("at: due", "back-office", "2026-11-30 17:00:00"),
            ("at: 50%", "back-office", "2026-11-26 12:30:00"),
            ("before: 1 business day", "back-office", "2026-11-27 17:00:00"),
            ("after: 1 business day", "back-office", "2026-12-01 17:00:00"),
            ("before: 3 hours", "back-office", "2026-11-30 14:00:00"),
        ],
    )
    def test_shares_and_lengths_are_of_open_time(self, text: str, clock: str, instant: str) -> None:
        assert self.reached(text, clock, ("handed-off", "2026-11-23 16:00")) == instant

    @pytest.mark.parametrize(
        ("text", "instant"),
        [("at: 50%", "2026-11-24 15:00:00"), ("at: due", "2026-11-25 12:00:00")],
    )
    def test_pauses_put_tiers_off(self, text: str, instant: str) -> None:
        entries = (
            ("handed-off", "2026-11-23 16:00"),
            ("details-asked", "2026-11-23 16:30"),
            ("customer-wrote", "2026-11-24 10:30"),
            ("handed-off", "2026-11-24 11:00"),
        )
        assert self.reached(text, "office-hours", *entries) == instant

    def test_a_clock_that_rests_tells_nobody_and_goes_on_afterwards(self) -> None:
        text = """\
routes:
- clock: update
  tiers:
  - {id: half, at: 50%, tell: [owner], by: [mail]}
  - {id: most, at: 80%, tell: [owner], by: [mail]}
"""
        case = AlarmDesk(policy(text)).happens(
            DETECTED, ("replied", "2026-11-23 09:00"), ("details-asked", "2026-11-23 15:00"),
            ("customer-wrote", "2026-11-24 15:00"),
        )  # fmt: skip
        assert case.held("2026-11-23 17:30") == ["half paused"]
        assert runs(
            case, "2026-11-23 17:30", "2026-11-24 15:00", "2026-11-24 16:59:59", "2026-11-24 17:00"
        ) == [[], ["half 0 ines mail"], [], ["most 0 ines mail"]]

    def test_a_tier_that_was_reached_before_a_pause_stays_reached(self) -> None:
        case = AlarmDesk(policy(LADDER.replace("first-reply", "update"))).happens(
            DETECTED, ("replied", "2026-11-23 09:00"), ("details-asked", "2026-11-23 14:00"),
            ("customer-wrote", "2026-11-23 18:00"),
        )  # fmt: skip
        assert runs(case, "2026-11-23 14:00", "2026-11-23 18:00", "2026-11-23 21:00") == [
            [],
            ["half 0 ines mail"],
            ["soon 0 ines mail"],
        ]


class TestRoutes:
    ROUTES = """\
routes:
- state: proposed
  continue: true
  tiers: [{id: proposed, at: start, tell: [{role: watcher}], by: [mail]}]
- clock: first-reply
  urgency: [high, critical]
  routes:
  - {source_category: review-site, tiers: [{id: review, at: start, tell: [owner], by: [mail]}]}
  - {language: none, tiers: [{id: mute-language, at: start, tell: [owner], by: [mail]}]}
  tiers: [{id: urgent, at: start, tell: [owner], by: [mail]}]
- {owner: none, tiers: [{id: ownerless, at: start, tell: [{role: watcher}], by: [mail]}]}
- {incident: any, tiers: []}
- {brand: lumen, category: complaint, tiers: [{id: plain, at: start, tell: [owner], by: [mail]}]}
- tiers: [{id: rest, at: start, tell: [owner], by: [mail]}]
"""

    @pytest.mark.parametrize(
        ("facts", "tiers"),
        [
            ({}, ["plain"]),
            ({"category": "praise"}, ["rest"]),
            ({"brand": "other"}, ["rest"]),
            ({"urgency": "high"}, ["urgent"]),
            ({"urgency": "critical", "source_categories": ("forum", "review-site")}, ["review"]),
            ({"urgency": "high", "language": None}, ["mute-language"]),
            ({"state": "proposed"}, ["proposed", "plain"]),
            ({"state": "proposed", "urgency": "high"}, ["proposed", "urgent"]),
            ({"owner": None}, ["ownerless"]),
            ({"incident": "boiling-kettles"}, []),
            ({"incident": "boiling-kettles", "state": "proposed"}, ["proposed"]),
        ],
    )
    def test_the_first_that_fits_speaks(self, facts: dict[str, object], tiers: list[str]) -> None:
        told = desk(self.ROUTES).run("2026-11-23 08:00", **facts)
        assert [each.split()[0] for each in told] == tiers

    def test_routes_ask_for_clocks(self) -> None:
        case = desk(self.ROUTES).happens(("replied", "2026-11-23 09:00"))
        told = case.run("2026-11-23 09:00", urgency="high")
        assert told == ["plain 0 ines mail"]


class TestPeople:
    TELL = "routes: [{{tiers: [{{id: t, at: start, tell: [{tell}], by: [{by}]}}]}}]\n{more}"

    @pytest.mark.parametrize(
        ("tell", "by", "more", "told"),
        [
            ("owner", "mail", "", ["ines mail"]),
            ("owner", "mail, forge, chat", "", ["ines mail", "ines forge", "ines chat"]),
            ("{role: community-manager}", "mail", "", ["ines mail", "sam mail"]),
            # Each once, by whatever part.
            ("owner, {role: community-manager}, {person: sam}", "mail", "",
             ["ines mail", "sam mail"]),
            # A channel is left out that does not reach a person.
            ("{person: malo}", "forge, mail", "", ["malo mail"]),
            ("{person: odile}", "mail, chat", "", ["odile chat"]),
            # Nobody is reached: the first of `otherwise` who can be.
            ("{person: odile}", "mail", "otherwise: [{person: odile}, {role: community-manager}]",
             ["ines mail"]),
            ("{role: quality}", "mail", "otherwise: [{role: watcher}]", ["malo mail"]),
            ("{role: quality}", "mail", "", []),
            # Somebody is reached, though not everybody.
            ("{person: odile}, {person: sam}", "mail", "otherwise: [{role: watcher}]",
             ["sam mail"]),
        ],
    )  # fmt: skip
    def test_whom_a_tier_tells(self, tell: str, by: str, more: str, told: list[str]) -> None:
        case = desk(self.TELL.format(tell=tell, by=by, more=more))
        assert [each.removeprefix("t 0 ") for each in case.run("2026-11-23 08:00")] == told

    def test_who_cannot_be_reached_is_said(self) -> None:
        case = desk(self.TELL.format(tell="{person: odile}, owner", by="mail", more=""))
        (found,) = case.look(at("2026-11-23 08:00"), owner=None)
        assert [(each.why, each.by) for each in found.held] == [
            (HeldFor.UNREACHABLE, "odile"),
            (HeldFor.UNREACHABLE, ""),
        ]

    def test_a_new_owner_is_told_what_the_old_one_was(self) -> None:
        case = desk(self.TELL.format(tell="owner", by="mail", more=""))
        assert case.run("2026-11-23 09:00") == ["t 0 ines mail"]
        assert case.run("2026-11-23 10:00", owner="sam") == ["t 0 sam mail"]
        assert case.run("2026-11-23 11:00", owner="sam") == []

    ROTA = """\
rotas:
- {id: standby, since: 2026-11-16, hands_over: monday 09:00, people: [ines, odile, sam]}
"""

    def test_who_is_on_call_is_told_when_the_run_comes(self) -> None:
        text = self.TELL.format(tell="{on_call: standby}", by="mail", more=self.ROTA)
        before, late = desk(text), desk(text)
        # Odile, whose week begins on the 23rd at 09:00, has no address: Sam is next.
        assert runs(before, "2026-11-23 08:59:59", "2026-11-23 09:00") == [["t 0 ines mail"], []]
        assert runs(late, "2026-11-23 09:00") == [["t 0 sam mail"]]


class TestSilence:
    def test_a_crisis_silences_the_case_until_it_is_in_hand(self) -> None:
        case = desk("""\
routes:
- {clock: crisis, tiers: [{id: now, at: start, tell: [owner], by: [mail], repeat: 5 minutes}]}
- tiers: [{id: other, at: due, tell: [owner], by: [mail]}]
""").happens(("crisis-raised", "2026-11-23 17:59"), ("crisis-taken", "2026-11-23 18:11"))
        assert case.held("2026-11-23 18:00") == ["other inhibited"]
        assert runs(case, "2026-11-23 18:00", "2026-11-23 18:10", "2026-11-23 18:11") == [
            ["now 0 ines mail"],
            ["now 2 ines mail"],
            ["other 0 ines mail"],
        ]

    def test_a_clock_that_other_things_stop_too_is_no_crisis(self) -> None:
        case = desk("routes: [{tiers: [{id: t, at: due, tell: [owner], by: [mail]}]}]")
        mixed = replace(
            case.clocks,
            promises=tuple(
                replace(each, starts=("detected",), stops=("crisis-taken", "replied"))
                if each.id == "crisis"
                else each
                for each in case.clocks.promises
            ),
        )
        case = AlarmDesk(case.policy, clocks=mixed).happens(DETECTED)
        assert case.run("2026-11-23 18:00") == ["t 0 ines mail", "t 0 ines mail"]

    def test_a_crisis_is_held_by_nothing(self) -> None:
        case = desk("""\
routes:
- {clock: crisis, tiers: [{id: now, at: start, tell: [owner], by: [mail], silent: 1 hour}]}
- tiers: [{id: other, at: start, tell: [owner], by: [mail]}]
inhibit: [{while: first-reply, silent: [crisis]}]
""").happens(("crisis-raised", "2026-11-23 09:00"))
        started = at("2026-11-23 09:00")
        everything = Mute(
            "all", "policies/mutes/all.yaml", parse_conditions({"brand": "lumen"}), "Tests.",
            "ines", at("2026-11-01"), at("2027-01-01"), 1,
        )  # fmt: skip
        case.policy = replace(case.policy, mutes=(everything,))
        case.answering = frozenset({("crisis", started)})
        case.acknowledges("crisis", "2026-11-23 09:00")
        assert case.run("2026-11-23 09:01") == ["now 0 ines mail"]

    def test_declared_inhibitions_hold_while_the_louder_clock_has_reached_a_tier(self) -> None:
        case = desk("""\
routes: [{clock: update, tiers: [{id: loud, at: 50%, tell: [owner], by: [mail]}]},
         {tiers: [{id: low, at: start, tell: [owner], by: [mail], repeat: 1 hour}]}]
inhibit: [{while: update, silent: [office-hours]}]
""").happens(("replied", "2026-11-23 09:00"), ("handed-off", "2026-11-23 10:00"))
        told = runs(case, "2026-11-23 13:30", "2026-11-23 14:30")
        assert [each for each in told[0] if each.startswith("low")] == ["low 3 ines mail"] * 2
        assert told[1] == ["loud 0 ines mail", "low 4 ines mail"]
        assert case.held("2026-11-23 15:30") == ["low inhibited"]

    @pytest.mark.parametrize(
        ("now", "told"),
        [
            ("2026-11-23 08:59:59", ["half 0 ines mail"]),
            ("2026-11-23 09:00", []),
            ("2026-11-23 11:59:59", []),
            ("2026-11-23 12:00", ["half 0 ines mail"]),
        ],
    )
    def test_a_mute_holds_from_its_start_until_before_its_end(
        self, now: str, told: list[str]
    ) -> None:
        case = desk("routes: [{tiers: [{id: half, at: start, tell: [owner], by: [mail]}]}]")
        mute = Mute(
            "m", "policies/mutes/m.yaml", parse_conditions({"clock": "first-reply"}), "Why.",
            "ines", at("2026-11-23 09:00"), at("2026-11-23 12:00"), 1,
        )  # fmt: skip
        case.policy = replace(case.policy, mutes=(mute,))
        assert case.run(now) == told
        if not told:
            assert case.held(now) == ["half muted"]

    def test_a_mute_holds_what_it_matches_alone(self) -> None:
        case = desk("routes: [{tiers: [{id: half, at: start, tell: [owner], by: [mail]}]}]")
        mute = Mute(
            "m", "policies/mutes/m.yaml", parse_conditions({"incident": "leak", "owner": "any"}),
            "Why.", "ines", at("2026-11-01"), at("2026-12-01"), 1,
        )  # fmt: skip
        case.policy = replace(case.policy, mutes=(mute,))
        assert case.held("2026-11-23 09:00", incident="leak") == ["half muted"]
        assert case.held("2026-11-23 09:00", incident="other") == []
        assert case.held("2026-11-23 09:00") == []

    def test_a_proposed_reply_holds_the_clock_that_it_would_stop(self) -> None:
        case = desk()
        case.answering = frozenset({("first-reply", at("2026-11-23 08:00"))})
        assert case.held("2026-11-23 18:00") == ["due reply-proposed", "half < due", "soon < due"]
        assert case.look(at("2026-11-23 18:00:01"))[0].standing.position == "overdue"
        case.answering = frozenset({("first-reply", at("2026-11-22 08:00"))})
        assert len(case.run("2026-11-23 18:00")) == 2


class TestAcknowledging:
    LADDER = """\
routes:
- clock: first-reply
  tiers:
  - {id: half, at: 50%, tell: [owner], by: [mail], repeat: 1 hour}
  - {id: due, at: due, tell: [owner], by: [mail], repeat: 1 hour, silent: 3 hours}
  - {id: late, after: 5 hours, tell: [{role: watcher}], by: [mail]}
"""

    def test_without_a_length_it_ends_its_tier_and_the_next_one_speaks(self) -> None:
        case = desk(self.LADDER).acknowledges("first-reply", "2026-11-23 14:30")
        assert runs(
            case, "2026-11-23 13:30", "2026-11-23 14:15", "2026-11-23 14:30", "2026-11-23 17:30",
            "2026-11-23 18:00",
        ) == [["half 0 ines mail"], ["half 1 ines mail"], [], [], ["due 0 ines mail"]]  # fmt: skip

    def test_with_a_length_it_holds_higher_tiers_too_and_then_goes_on(self) -> None:
        case = desk(self.LADDER).acknowledges("first-reply", "2026-11-23 20:30")
        assert case.held("2026-11-23 21:00") == ["due acknowledged", "half < due"]
        assert runs(
            case, "2026-11-23 19:00", "2026-11-23 21:00", "2026-11-23 23:29:59", "2026-11-23 23:30"
        ) == [["due 1 ines mail"], [], [], ["late 0 malo mail"]]

    def test_a_person_may_want_less_silence_than_the_policy_gives_and_not_more(self) -> None:
        short = desk(self.LADDER).acknowledges(
            "first-reply", "2026-11-23 18:30", "2026-11-23 19:00"
        )
        long = desk(self.LADDER).acknowledges("first-reply", "2026-11-23 18:30", "2026-11-24 19:00")
        assert short.run("2026-11-23 19:00") == ["due 1 ines mail"]
        assert runs(long, "2026-11-23 21:29:59", "2026-11-23 21:30") == [[], ["due 3 ines mail"]]

    def test_what_was_acknowledged_before_any_tier_counts_for_the_lowest(self) -> None:
        case = desk(self.LADDER).acknowledges("first-reply", "2026-11-23 09:00")
        assert runs(case, "2026-11-23 14:00", "2026-11-23 18:00") == [[], ["due 0 ines mail"]]

    def test_it_is_of_one_course_and_one_clock(self) -> None:
        case = desk(self.LADDER.replace("first-reply", "update"))
        case.happens(("replied", "2026-11-23 09:00")).acknowledges("update", "2026-11-23 19:30")
        case.happens(("replied", "2026-11-23 20:00"))
        assert case.run("2026-11-23 19:45") == []
        assert case.run("2026-11-24 06:00") == ["due 0 ines mail"]

    def test_it_counts_from_its_own_instant(self) -> None:
        case = desk(self.LADDER).acknowledges("first-reply", "2026-11-23 18:30")
        assert case.run("2026-11-23 18:29:59") == ["due 0 ines mail"]


class TestNext:
    @pytest.mark.parametrize(
        ("now", "step"),
        [
            ("2026-11-23 09:00", ("half", 0, "2026-11-23 13:00", ("ines",))),
            ("2026-11-23 13:00", ("soon", 0, "2026-11-23 16:00", ("ines",))),
            ("2026-11-23 18:30", ("due", 1, "2026-11-23 19:00", ("ines", "malo"))),
            ("2026-11-23 21:00", ("late", 0, "2026-11-23 23:00", ("malo",))),
        ],
    )
    def test_what_comes_next(self, now: str, step: tuple[str, int, str, tuple[str, ...]]) -> None:
        (found,) = desk().look(at(now))
        assert found.next is not None
        tier, repeat, instant, people = step
        assert (found.next.tier.id, found.next.repeat, found.next.people) == (tier, repeat, people)
        assert found.next.at == at(instant)

    def test_nothing_comes_after_the_last(self) -> None:
        assert desk().look(at("2026-11-24 09:00"))[0].next is None


START = at("2026-11-23 08:00")
MINUTES = st.integers(0, 5 * 24 * 60)


class TestProperties:
    """Runs come when they like."""

    TEXT = """\
routes:
- clock: first-reply
  tiers:
  - {id: half, at: 50%, tell: [owner], by: [mail], repeat: 90 minutes}
  - {id: due, at: due, tell: [owner, {role: watcher}], by: [mail, chat], repeat: 2 hours, times: 20}
  - {id: late, after: 2 civil days, tell: [{role: watcher}], by: [mail]}
"""

    @settings(deadline=None, max_examples=60)
    @given(st.lists(MINUTES, max_size=25), MINUTES)
    def test_a_message_depends_on_the_instant_alone_and_comes_once(
        self, minutes: list[int], answered: int
    ) -> None:
        answered_at = START + timedelta(minutes=answered)
        case = desk(self.TEXT)
        case.happens(("replied", answered_at.isoformat()))
        expected: set[str] = set()
        for minute in sorted(minutes):
            now = START + timedelta(minutes=minute)
            (*alone,) = (
                each
                for each in replace(case, sent={}).look(now)
                if each.standing.clock == "first-reply"
            )
            assert bool(alone) == (now < answered_at)
            told = case.run(now)
            fresh = {
                f"{t.tier.id} {t.repeat} {t.person} {t.channel.id}"
                for each in alone
                for t in each.tellings
            } - expected
            assert fresh <= set(told)
            expected |= fresh
            for each in alone:
                # One tier, one repeat: never several of them at once.
                assert len({(t.tier.id, t.repeat) for t in each.tellings}) <= 1

    @settings(deadline=None, max_examples=40)
    @given(st.lists(MINUTES, max_size=20), st.lists(MINUTES, max_size=20))
    def test_more_runs_never_change_what_a_run_alone_would_say(
        self, some: list[int], others: list[int]
    ) -> None:
        few, many = desk(self.TEXT), desk(self.TEXT)
        for minute in sorted(some):
            few.run(START + timedelta(minutes=minute))
        for minute in sorted((*some, *others)):
            many.run(START + timedelta(minutes=minute))
        assert few.sent.keys() <= many.sent.keys()
        for key, told_at in few.sent.items():
            assert many.sent[key] <= told_at


def test_every_form_of_a_tier_says_itself() -> None:
    assert [str(each) for each in (AtShare(0), AtShare(80), AtShare(100))] == [
        "start",
        "80%",
        "due",
    ]
    hours = parse_target("2 hours")
    assert (str(BeforeDue(hours)), str(AfterDue(hours))) == ("2 hours before", "2 hours after")
