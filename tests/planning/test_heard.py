"""Messages that belong to cases: proposed once, in one case, and never lost."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.cases.case import Case
from runner.cases.file import render_case
from runner.cases.opening import case_path
from runner.cases.summary import ClosedCase, heard_keys, landmarks_of, summarise
from runner.errors import Severity
from runner.model import KeyBasis, Mention, State
from runner.planning.actions import OpenPull, Plan, PushBranch, RenewBranch
from runner.planning.branches import Outcome
from runner.planning.observation import (
    Branch,
    ConversationRead,
    Decision,
    Observation,
    Pull,
    ReadStatus,
    SourceRead,
)
from runner.planning.plan import plan
from runner.planning.plan_file import plan_from_data, plan_to_data
from runner.planning.waiting import customers_waiting
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.case_files import read_case
from runner.repo.judge import judge_case

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PAGE = "https://forum.example.org/t/812"
WORDS = "My lamp is broken and nobody has answered me for three weeks, what a shame."
FILES = {
    "sources.yaml": """\
version: 1
name: Essai
language: en
zone: Europe/Paris
base: main
forge: local
contact: mailto:veille@example.org
limits: {open_pulls: 1000, pulls_per_run: 1000}
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
sources:
- id: forum
  kind: feed
  category: forum
  site: forum.example.org
  contact: {public: manual, private: none}
  url: https://forum.example.org/feed
  ignore_authors: [Lumen SAV]
  bots: [Lumen Bot]
- id: avis
  kind: feed
  category: review-site
  site: avis.example.org
  contact: {public: manual, private: none}
  url: https://avis.example.org/feed
""",
    "policies/team.yaml": """\
version: 1
people:
- {id: ines, name: Ines, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
routes:
- {owner: ines}
""",
    "policies/triage.yaml": """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: danger
  when: {says: [to kill]}
  then: {after_sales: yes, crisis: death-threat, category: complaint, urgency: critical}
- id: broken
  when: {says: [broken]}
  then: {after_sales: yes, category: complaint}
""",
    "policies/clocks.yaml": """\
version: 1
zone: Europe/Paris
clocks:
- id: first-reply
  starts: [detected, reopened]
  stops: [replied]
  targets: [{within: 3 civil days}]
- id: next-reply
  starts: [customer-wrote, contested]
  stops: [replied]
  targets: [{within: 1 civil day}]
""",
}


def _desk() -> Configuration:
    loaded, faults = load_configuration({file: text.encode() for file, text in FILES.items()})
    assert loaded is not None, faults
    return loaded


DESK = _desk()


def message(number: int, text: str = WORDS, **changes: Any) -> Mention:
    """A message of Camille in the thread, posted so many minutes after the first."""
    at = NOW - timedelta(hours=1) + timedelta(minutes=number)
    made = Mention(
        key=f"c-{number:012d}",
        key_basis=KeyBasis.NATIVE_ID,
        source="forum",
        site="forum.example.org",
        native_id=str(number),
        url=f"{PAGE}#p{number}",
        author="Camille",
        title="",
        text=text,
        posted_at=at,
        detected_at=NOW,
        thread_url=PAGE,
    )
    return replace(made, **changes)


@dataclass
class World:
    """A desk over several runs: what its base, its forge and its receipts hold."""

    base: dict[str, Case] = field(default_factory=dict)
    branches: dict[str, Branch] = field(default_factory=dict)
    decided: dict[tuple[str, str], Decision] = field(default_factory=dict)
    now: datetime = NOW

    def see(self, *mentions: Mention, **changes: Any) -> Observation:
        known = {key: case.id for case in self.base.values() for key in keys_of(case)}
        cases = self.base.values()
        observation = Observation(
            now=self.now,
            base="0" * 40,
            configuration=DESK,
            reads=(SourceRead("forum", ReadStatus.READ, self.now, mentions, len(mentions)),),
            cursors={},
            case_of=known.get,
            open_cases=tuple(summarise(c, case_path(c)) for c in cases if c.state.is_open),
            closed_cases=tuple(closed(c) for c in cases if c.state is State.CLOSED),
            branches=tuple(self.branches.values()),
            pulls=tuple(
                Pull(number, name, "t", "b", NOW, branch.head)
                for number, (name, branch) in enumerate(self.branches.items(), 1)
            ),
            decided=self.decided,
            case_files={case_path(c): render_case(c).encode() for c in cases},
        )
        return replace(observation, **changes)

    def run(self, *mentions: Mention, **changes: Any) -> Plan:
        """Plan, carry out, and see that nothing is left to do."""
        made = plan(self.see(*mentions, **changes))
        assert plan_from_data(plan_to_data(made)) == made
        for action in made.actions:
            if isinstance(action, PushBranch | RenewBranch):
                judged = judge_case(action.content.encode(), action.path, DESK.privacy)
                assert not [fault for fault in judged if fault.severity is Severity.ERROR], judged
                case = read_case(action.content.encode(), action.path)
                assert isinstance(case, Case)
                change = action.branch.rpartition("/")[2]
                self.branches[action.branch] = Branch(
                    action.branch, case.id, change, "1" * 40, hands_off=False, merged=False,
                    path=action.path, case=case,
                )  # fmt: skip
        assert plan(self.see(*mentions, **changes)).actions == ()
        self.now += timedelta(minutes=1)
        return made

    def decide(self, name: str, outcome: Outcome) -> None:
        branch = self.branches.pop(name)
        self.decided[branch.case_id, branch.change] = Decision(outcome, 1, "ines", "so")
        if outcome is Outcome.MERGED:
            assert branch.case is not None
            self.base[branch.case_id] = branch.case

    def accept_all(self) -> None:
        for name in tuple(self.branches):
            self.decide(name, Outcome.MERGED)

    def only(self) -> Branch:
        (branch,) = self.branches.values()
        return branch

    def put(self, case_id: str, kind: str, to: State | None = None, **facts: object) -> None:
        """Let people write an entry into a case."""
        case = self.base[case_id]
        entry = replace(case.log[0], kind=kind, to=to, by="ines", facts=facts, clocks=(),
                        at=self.now, recorded_at=self.now)  # fmt: skip
        self.base[case_id] = replace(case, state=to or case.state, log=(*case.log, entry))
        self.now += timedelta(minutes=1)


def keys_of(case: Case) -> set[str]:
    return {*(place.key for place in case.places), *heard_keys(case)}


def closed(case: Case) -> ClosedCase:
    marks = landmarks_of(
        ((p.id, p.site, p.url, p.thread_url, p.native_id) for p in case.places),
        (entry.facts for entry in case.log),
    )
    sources = tuple(place.source for place in case.places)
    return ClosedCase(case.id, case_path(case), case.log[-1].recorded_at, sources, marks)


@pytest.fixture
def world() -> World:
    """A world whose base holds the case of the first message."""
    made = World()
    made.run(message(1))
    made.accept_all()
    return made


CASE = message(1).key


def later(number: int, text: str, **changes: Any) -> Mention:
    return message(60 + number, text, **changes)


def kinds(world: World) -> list[str]:
    branch = world.only()
    assert branch.case is not None
    return [entry.kind for entry in branch.case.log[len(world.base[CASE].log) :]]


class TestVoices:
    def test_the_customer_who_writes_again_opens_no_case(self, world: World) -> None:
        made = world.run(later(1, "It is still broken."))
        branch = world.only()
        assert branch.change == "heard-" + later(1, "").key[2:]
        assert kinds(world) == ["customer-wrote"]
        assert branch.case is not None
        entry = branch.case.log[-1]
        assert (entry.by, entry.to, entry.facts["place"]) == ("runner", None, "p1")
        assert entry.facts["channel"] == "public"
        why = entry.facts["why"]
        assert isinstance(why, dict)
        assert (why["rule"], why["file"]) == ("still-wrong", "runner/policies/follow_ups.yaml")
        assert why["detail"] == "still broken"
        assert [clock.clock for clock in entry.clocks] == ["next-reply"]
        opened = made.actions[-1]
        assert isinstance(opened, OpenPull)
        assert "It is still broken." in opened.body
        assert "Next reply" in opened.body

    def test_several_messages_are_one_proposal_in_their_order(self, world: World) -> None:
        world.run(later(3, "Thanks, all good now."), later(1, "Any news?"), later(2, "Hello?"))
        assert kinds(world) == ["customer-wrote", "customer-wrote", "thanked"]

    def test_our_own_reply_is_proposed_with_its_address_and_instant(self, world: World) -> None:
        reply = later(1, "We look into it.", author="lumen sav")
        world.run(reply)
        assert kinds(world) == ["replied"]
        case = world.only().case
        assert case is not None
        entry = case.log[-1]
        assert entry.to is State.ACKNOWLEDGED
        assert (entry.at, entry.facts["url"]) == (min(reply.posted_at or NOW, NOW), reply.url)

    @pytest.mark.parametrize("author", ["Lumen  SAV.", "Lumén SAV", "Lumen", "LumenSAV", None])
    def test_who_only_looks_like_us_replies_to_nobody(
        self, world: World, author: str | None
    ) -> None:
        assert world.run(later(1, "We look into it.", author=author)).actions == ()

    def test_a_bots_answer_stops_nothing(self, world: World) -> None:
        world.run(later(1, "Have you tried to turn it off?", author="@Lumen Bot"))
        assert kinds(world) == ["auto-replied"]

    def test_what_people_recorded_by_hand_is_not_proposed(self, world: World) -> None:
        world.put(CASE, "replied", State.ACKNOWLEDGED, place="p1", url=PAGE)
        reply = later(1, "We look into it.", author="Lumen SAV")
        assert world.run(reply).actions == ()

    def test_a_stranger_with_a_complaint_of_their_own_opens_a_case(self, world: World) -> None:
        world.run(
            later(1, "Mine is broken too!", author="Sacha"), later(2, "Poor you.", author="Noa")
        )
        assert world.only().name == f"doleances/{later(1, '').key}/open"

    def test_what_was_said_before_the_case_is_no_news(self, world: World) -> None:
        early = message(0, "We look into it.", author="Lumen SAV")
        assert world.run(early).actions == ()

    def test_a_crisis_opens_a_case_of_its_own(self, world: World) -> None:
        world.run(later(1, "I am going to kill you."))
        branch = world.only()
        assert branch.change == "open"
        assert branch.case is not None
        assert branch.case.duplicates == (CASE,)

    def test_reviews_share_a_page_and_are_no_conversation(self) -> None:
        world = World()
        review = {"source": "avis", "site": "avis.example.org"}
        world.run(message(1, **review))
        world.accept_all()
        world.run(later(1, "The switch is broken as well now.", **review))
        assert world.only().change == "open"

    def test_an_answer_to_a_message_of_the_case_needs_no_page(self, world: World) -> None:
        alone: dict[str, Any] = {"thread_url": None, "url": None}
        world.run(later(1, "Any news?", parent_id="1", **alone))
        assert kinds(world) == ["customer-wrote"]
        world.accept_all()
        world.run(later(2, "Hello?", parent_id="61", **alone))
        assert kinds(world) == ["customer-wrote"]

    def test_reading_a_conversation_again_tells_whose_it_is(self, world: World) -> None:
        alone = later(1, "Any news?", thread_url=None, url=None)
        read = ConversationRead(CASE, "p1", "forum", ReadStatus.READ, NOW, (alone,))
        made = world.run(conversations=(read,))
        assert kinds(world) == ["customer-wrote"]
        assert [cursor.source for cursor in made.cursors if "." in cursor.source] == [f"{CASE}.p1"]


class TestStates:
    @pytest.mark.parametrize(
        ("state", "text", "expected"),
        [
            (State.RESOLVED, "I do not accept this.", ["contested"]),
            (State.RESOLVED, "Any news?", ["customer-wrote"]),
            (State.RESOLVED, "Thank you, all good now.", ["thanked"]),
            (State.CLOSED, "It broke again.", ["reopened", "customer-wrote"]),
            (State.CLOSED, "How do I clean it?", ["reopened", "customer-wrote"]),
            (State.CLOSED, "Thank you, all good now.", ["thanked"]),
            (State.CLOSED, "Ok.", ["customer-wrote"]),
            (State.AWAITING_CUSTOMER, "Here is my number: 123456789", ["customer-wrote"]),
        ],
    )
    def test_what_a_message_does_depends_on_where_the_case_stands(
        self, world: World, state: State, text: str, expected: list[str]
    ) -> None:
        case = replace(world.base[CASE], category=world.base[CASE].category)
        at = NOW - timedelta(minutes=30)
        steps = {
            State.RESOLVED: ["acknowledged", "resolved"],
            State.CLOSED: ["acknowledged", "resolved", "closed"],
            State.AWAITING_CUSTOMER: ["acknowledged", "awaiting"],
        }[state]
        entries: dict[str, tuple[str, State, dict[str, object]]] = {
            "acknowledged": ("replied", State.ACKNOWLEDGED, {"place": "p1", "url": PAGE}),
            "awaiting": ("details-asked", State.AWAITING_CUSTOMER, {"channel": "private",
                         "where": "inbox", "wants": ["n"]}),
            "resolved": ("resolved", State.RESOLVED, {"outcome": "accepted", "reason": "r",
                         "channel": "private", "where": "inbox"}),
            "closed": ("closed", State.CLOSED, {"closings": [{"place": "p1", "url": PAGE}],
                       "survey": {"sent": False, "why": "w"}, "root_cause": "c"}),
        }  # fmt: skip
        for name in steps:
            kind, to, facts = entries[name]
            entry = replace(case.log[0], kind=kind, to=to, by="ines", facts=facts, clocks=(),
                            at=at, recorded_at=NOW)  # fmt: skip
            case = replace(case, state=to, log=(*case.log, entry))
        world.base[CASE] = case
        world.run(later(1, text, posted_at=NOW - timedelta(minutes=5)))
        assert kinds(world) == expected
        branch = world.only()
        assert branch.case is not None
        after = {"contested": State.ACKNOWLEDGED, "reopened": State.OPEN}.get(expected[0], state)
        if state is State.AWAITING_CUSTOMER:
            after = State.ACKNOWLEDGED
        assert branch.case.state is after
        if expected == ["customer-wrote"] and state is State.CLOSED:
            assert branch.case.log[-1].clocks == ()


class TestDecisions:
    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_what_was_decided_is_not_proposed_again(self, world: World, outcome: Outcome) -> None:
        news = (later(1, "It is still broken."), later(2, "Hello?"))
        world.run(*news)
        world.decide(world.only().name, outcome)
        assert world.run(*news).actions == ()

    def test_what_was_refused_as_a_case_is_no_news_of_another(self, world: World) -> None:
        news = later(1, "It is still broken.")
        world.decided[news.key, "open"] = Decision(Outcome.REFUSED, 9, "ines", "not ours")
        assert world.run(news).actions == ()

    def test_a_source_is_not_done_with_until_the_message_is_safe(self, world: World) -> None:
        world.run(later(1, "Hello?"))
        made = world.run(later(1, "Hello?"), later(2, "Any news?"))
        (held,) = made.held
        assert "one at a time" in held.reason
        (cursor,) = made.cursors
        assert later(2, "").key in cursor.opened
        world.decide(world.only().name, Outcome.REFUSED)
        world.run(later(1, "Hello?"), later(2, "Any news?"))
        assert world.only().change == "heard-" + later(2, "").key[2:]

    def test_a_proposal_follows_its_case_though_no_source_shows_the_message(
        self, world: World
    ) -> None:
        world.run(later(1, "I do not accept this."))
        world.put(CASE, "noted", note="Called back.")
        made = world.run()
        assert [type(action) for action in made.actions] == [RenewBranch]
        assert kinds(world) == ["customer-wrote"]


class TestWhoWaits:
    def test_a_message_has_its_clock_before_anybody_has_merged_it(self, world: World) -> None:
        world.run(later(1, "Any news?"))
        (waiting,) = customers_waiting(world.see())
        clocks = [course.clock.clock for course in waiting.summary.courses]
        assert clocks == ["first-reply", "next-reply"]
        assert waiting.branch is None
        world.decide(world.only().name, Outcome.REFUSED)
        (waiting,) = customers_waiting(world.see())
        assert [course.clock.clock for course in waiting.summary.courses] == ["first-reply"]

    def test_a_reply_that_is_only_proposed_stops_nothing(self, world: World) -> None:
        world.run(later(1, "We look into it.", author="Lumen SAV"))
        (waiting,) = customers_waiting(world.see())
        assert [course.clock.clock for course in waiting.summary.courses] == ["first-reply"]


class TestPlaces:
    def test_a_copy_elsewhere_is_proposed_as_a_place(self, world: World) -> None:
        world.run(later(1, WORDS + " Really.", site="avis.example.org", source="avis",
                        thread_url=None, url="https://avis.example.org/9"))  # fmt: skip
        branch = world.only()
        assert branch.change.startswith("place-")
        assert branch.case is not None
        assert [place.id for place in branch.case.places] == ["p1", "p2"]
        entry = branch.case.log[-1]
        assert (entry.kind, entry.facts["places"]) == ("place-added", ["p2"])
        assert entry.facts["reason"] == "the same words by an author of the same name"

    def test_a_place_that_people_refuse_becomes_a_case(self, world: World) -> None:
        copy = later(1, WORDS, site="avis.example.org", source="avis", thread_url=None, url=None)
        world.run(copy)
        world.decide(world.only().name, Outcome.REFUSED)
        world.run(copy)
        assert world.only().name == f"doleances/{copy.key}/open"

    @pytest.mark.parametrize(
        "changes",
        [{"author": "Noa"}, {"author": None}, {"text": "It is broken, Camille says."}],
        ids=["another author", "no author", "other words"],
    )
    def test_weaker_signs_are_listed_on_a_case_of_its_own(
        self, world: World, changes: dict[str, Any]
    ) -> None:
        elsewhere = {"site": "avis.example.org", "source": "avis", "thread_url": None, "url": None}
        world.run(later(1, **{"text": WORDS, **elsewhere, **changes}))
        branch = world.only()
        assert branch.change == "open"
        assert branch.case is not None
        assert branch.case.duplicates == (CASE,)

    def test_one_message_read_by_two_sources_is_one_case(self) -> None:
        world = World()
        twice = later(1, WORDS, source="avis", site="avis.example.org", url=message(1).url)
        world.run(message(1), twice)
        case = world.only().case
        assert case is not None
        assert [place.key for place in case.places] == [message(1).key, twice.key]
        world.run(message(1), twice)

    def test_what_follows_joins_the_proposal_until_somebody_touches_it(self) -> None:
        world = World()
        world.run(message(1))
        world.run(message(1), later(1, "Still broken, hello?"))
        case = world.only().case
        assert case is not None
        assert [entry.kind for entry in case.log] == ["detected", "customer-wrote"]
        touched = replace(world.only(), hands_off=True)
        world.branches[touched.name] = touched
        made = world.run(message(1), later(1, "Still broken, hello?"), later(2, "broken!!"))
        (held,) = made.held
        assert held.key == touched.name
        (cursor,) = made.cursors
        assert later(2, "").key in cursor.opened

    def test_the_first_message_opens_the_case_whatever_the_feed_shows_first(self) -> None:
        world = World()
        world.run(later(1, "Still broken, hello?"), message(1))
        assert world.only().case_id == CASE

    def test_the_first_message_need_not_name_its_own_page(self) -> None:
        world = World()
        answer = later(1, "Still broken, hello?", url=f"{PAGE}/2")
        world.run(answer, message(1, url=PAGE, thread_url=None))
        assert world.only().case_id == CASE


TEXTS = (WORDS, "Still broken, hello?", "Thank you, all good now.", "I read along.", "Any news?")


@st.composite
def messages(draw: st.DrawFn) -> list[Mention]:
    made = []
    for number in range(1, draw(st.integers(2, 7))):
        page = draw(st.sampled_from([PAGE, "https://forum.example.org/t/9", None]))
        site = draw(st.sampled_from(["forum", "avis"]))
        made.append(
            message(
                number,
                draw(st.sampled_from(TEXTS)),
                author=draw(st.sampled_from(["Camille", "Noa", "Lumen SAV", None])),
                thread_url=page,
                source=site,
                site=f"{site}.example.org",
            )
        )
    return made


@given(
    messages(),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.lists(st.sampled_from(["accept", "refuse", "wait"]), min_size=8, max_size=8),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_message_is_lost_and_none_is_in_two_cases(
    shown: list[Mention], cuts: list[int], choices: list[str]
) -> None:
    world = World()
    for cut in (*cuts, len(shown)):
        made = world.run(*shown[:cut])
        held = {case.id: keys_of(case) for case in world.base.values()}
        for branch in world.branches.values():
            assert branch.case is not None
            held.setdefault(branch.case_id, set()).update(keys_of(branch.case))
        keys = [key for found in held.values() for key in found]
        assert len(keys) == len(set(keys))
        refused = {
            key
            for (case_id, change), decision in world.decided.items()
            if decision.outcome is Outcome.REFUSED
            for key in (case_id, *(f"c-{part}" for part in change.split("-")[1:]))
        }
        waiting = {key for cursor in made.cursors for key in cursor.opened}
        for mention in shown[:cut]:
            if "broken" in mention.text and mention.author != "Lumen SAV":
                assert mention.key in {*keys, *refused, *waiting}
        for name, choice in zip(tuple(world.branches), choices, strict=False):
            if choice != "wait":
                world.decide(name, Outcome.MERGED if choice == "accept" else Outcome.REFUSED)
