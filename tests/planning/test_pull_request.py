"""The words of a pull request: ours in titles, labels and commits; strangers' only quoted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runner.cases.case import Case, Entry, PinnedClock, Place
from runner.clocks.standings import standings
from runner.model import (
    Category,
    ContactAbility,
    Known,
    Rating,
    Reason,
    SourceCategory,
    State,
    Urgency,
)
from runner.planning.actions import (
    DropBranch,
    Held,
    HeldBy,
    OpenPull,
    Outcome,
    Plan,
    PushBranch,
    SettlePull,
)
from runner.planning.case_page import Proposal, render_case_page
from runner.planning.page import Tone
from runner.planning.pull_request import render_commit_message, render_pull
from runner.planning.render import render_plan
from runner.policies.privacy import PrivacyPolicy
from runner.policies.rules import Otherwise, TriagePolicy
from runner.policies.team import Person, Team
from runner.policies.values import Brand, Configuration, Instance, Source
from runner.replies.catalogue import Nearest
from runner.replies.past_answers import PastCase
from runner.text.language import Language

PARIS = ZoneInfo("Europe/Paris")
ENGLISH, FRENCH = Language("en", PARIS), Language("fr", PARIS)
DETECTED = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
DUE = DETECTED + timedelta(days=3)
HOSTILE = "IGNORE ME @admin closes #1 ```\n```\n<!-- x --><img src=x> **bold** | `a` \x1b[31m"


def source(private: ContactAbility = ContactAbility.PAID) -> Source:
    return Source(
        id="avis-conso",
        kind="file",
        category=SourceCategory.REVIEW_SITE,
        site="avis.example.org",
        brand="lumen",
        public=ContactAbility.MANUAL,
        private=private,
        language="fr",
        every=timedelta(minutes=15),
        ignore_authors=(),
        settings={},
        line=3,
    )


def configuration(private: ContactAbility = ContactAbility.PAID) -> Configuration:
    return Configuration(
        instance=Instance("Lumen", "en", PARIS, True, "main", "local", "mailto:veille@example.org"),
        brands=(Brand("lumen", "Lumen", ("Lumen",)),),
        sources=(source(private),),
        team=Team((Person("ines", "Inès Carpentier", ("community-manager",), (), ()),), ()),
        triage=TriagePolicy("policies/triage.yaml", "0" * 64, OTHERWISE),
        privacy=PrivacyPolicy(),
        blobs={},
    )


def clock(name: str = "first-reply", due_at: datetime = DUE) -> PinnedClock:
    return PinnedClock(
        clock=name,
        target="3 civil days",
        zone="Europe/Paris",
        calendar=None,
        started_at=DETECTED,
        due_at=due_at,
        pauses=(),
        stops=("replied", "published"),
        policies={},
    )


def case(**changes: object) -> Case:
    place = Place(
        id="p1",
        key="c-7f3k2m9x4q5t",
        source="avis-conso",
        site="avis.example.org",
        url="https://avis.example.org/lumen/a-90412",
        native_id="a-90412",
        author="Camille_R",
        posted_at=datetime(2026, 11, 20, 18, 12, tzinfo=UTC),
        detected_at=DETECTED,
        title="Colis jamais reçu",
        text="Bonjour,\ntoujours rien reçu.",
        rating=Rating(1, 5),
    )
    rule = Reason("late-parcel", "policies/triage.yaml", 58, "toujours rien")
    whole = Case(
        id="c-7f3k2m9x4q5t",
        state=State.OPEN,
        cycle=1,
        brand="lumen",
        language="fr",
        category=Category.COMPLAINT,
        urgency=Urgency.HIGH,
        topic="delivery",
        product=None,
        crisis=None,
        owner="ines",
        handle="Camille_R",
        known=Known.UNKNOWN,
        incident=None,
        why={"category": rule, "urgency": rule},
        duplicates=(),
        asked=(),
        offered=(),
        places=(place,),
        log=(Entry("detected", DETECTED, DETECTED, "runner", State.OPEN, (clock(),)),),
    )
    return replace(whole, **changes)


def said_by(author: str, text: str, title: str = "", url: str | None = None) -> Case:
    place = replace(case().places[0], author=author, text=text, title=title, url=url)
    return replace(case(), places=(place,), handle=author)


OTHERWISE = Otherwise(after_sales=False, category=Category.QUESTION, urgency=Urgency.NORMAL, line=9)


def test_a_title_says_what_is_new_and_how_urgent():
    words = render_pull(case(), configuration(), ENGLISH)
    assert words.title == "New case c-7f3k2m9x4q5t · complaint · high · avis-conso"


def test_a_title_speaks_the_language_of_the_team():
    words = render_pull(case(), configuration(), FRENCH)
    assert words.title == (
        "Nouveau dossier c-7f3k2m9x4q5t · réclamation · urgence haute · avis-conso"
    )


def test_a_crisis_says_so_first():
    crisis = case(crisis="suicide", urgency=Urgency.CRITICAL)
    words = render_pull(crisis, configuration(), ENGLISH)
    assert words.title == "CRISIS · new case c-7f3k2m9x4q5t · fear of suicide · avis-conso"
    assert words.labels[0] == "crisis"
    assert words.body.startswith("> [!CAUTION]\n> **Crisis: fear of suicide.**")


def test_labels_name_state_urgency_category_and_source():
    assert render_pull(case(), configuration(), ENGLISH).labels == (
        "state: to qualify",
        "urgency: high",
        "category: complaint",
        "source: avis-conso",
    )
    assert render_pull(case(), configuration(), FRENCH).labels == (
        "état: à qualifier",
        "urgence: haute",
        "nature: réclamation",
        "source: avis-conso",
    )


def test_a_commit_says_case_nature_source_and_rule():
    assert render_commit_message(case(), ENGLISH) == (
        "Open case c-7f3k2m9x4q5t\n"
        "\n"
        "complaint, urgency: high\n"
        "Source: avis-conso\n"
        "Detected: Sat 21 Nov 2026, 09:03\n"
        "Rule: late-parcel (policies/triage.yaml:58)\n"
    )


def test_a_body_tells_what_a_community_manager_needs():
    body = render_pull(case(duplicates=("c-0a1b2c3d4e5f",)), configuration(), FRENCH).body
    for wanted in (
        "```text\nColis jamais reçu\n\nBonjour,\ntoujours rien reçu.\n```",
        "avis-conso (site d’avis consommateurs)",
        "https://avis.example.org/lumen/a-90412",
        "Publié\u00a0: ven. 20 nov. 2026 à 19:12",
        "Détecté\u00a0: sam. 21 nov. 2026 à 09:03",
        "Note\u00a0: 1 sur 5",
        "**réclamation**, selon la règle `late-parcel` (policies/triage.yaml:58)",
        "Première réponse\u00a0: avant le **mar. 24 nov. 2026 à 09:03**",
        "En public\u00a0: à la main, sur le site",
        "Un contact payant demande d’abord un accord.",
        "`c-0a1b2c3d4e5f`",
        "**Inès Carpentier**",
        "`cases/2026/11/21/c-7f3k2m9x4q5t.yaml`",
        "`doleances accept`",
        "`doleances reject --reason`",
    ):
        assert wanted in body
    assert body.count("- [ ] ") == 5


def test_on_a_forge_people_decide_on_the_page_and_are_told_the_commands():
    there = configuration()
    there = replace(there, instance=replace(there.instance, forge="github"))
    body = render_pull(case(), there, FRENCH).body
    assert "`doleances accept`" not in body
    assert "`doleances reject" not in body
    assert "fusionnez cette pull request" in body
    assert "un commentaire qui commence par `/dismiss`" in body
    for command in ("/dismiss", "/duplicate", "/assign", "/snooze", "/crisis"):
        assert f"\n- `{command} " in body


@pytest.mark.parametrize(
    ("private", "advice"),
    [
        (ContactAbility.PAID, "A paid contact needs an approval first."),
        (ContactAbility.NONE, "Ask in public for a way to write in private, never for details."),
    ],
)
def test_the_body_says_how_private_contact_is_hard(private, advice):
    assert advice in render_pull(case(), configuration(private), ENGLISH).body


strangers = st.text(max_size=60).map(lambda text: f"{text}{HOSTILE}")


@given(author=strangers, text=strangers, title=strangers)
def test_no_stranger_speaks_in_title_labels_or_commit(author, text, title):
    hostile = said_by(author, text, title, url="https://evil.example.org/`x`")
    plain = said_by("Camille_R", "Bonjour", "Titre")
    words, expected = (render_pull(c, configuration(), ENGLISH) for c in (hostile, plain))
    assert (words.title, words.labels) == (expected.title, expected.labels)
    assert render_commit_message(hostile, ENGLISH) == render_commit_message(plain, ENGLISH)


def test_what_was_overdue_when_it_was_proposed_is_said_to_be():
    late = render_pull(case(), configuration(), ENGLISH, DUE + timedelta(seconds=1)).body
    assert "- First reply: OVERDUE since **Tue 24 Nov 2026, 09:03**" in late
    due = render_pull(case(), configuration(), ENGLISH, DUE).body
    assert "- First reply: by **Tue 24 Nov 2026, 09:03**" in due


def plain_parts(body: str) -> tuple[str, set[str], set[str]]:
    """Return what a forge would read as prose, the links, and the kinds of all tokens."""
    prose, links, kinds = [], set(), set()
    for token in MarkdownIt("commonmark").parse(body):
        for part in (token, *(token.children or ())):
            kinds.add(part.type)
            if part.type == "text":
                prose.append(part.content)
            elif part.type == "link_open":
                links.add(part.attrs["href"])
    return "\n".join(prose), links, kinds


@given(author=strangers, text=strangers, title=strangers)
def test_what_a_stranger_writes_is_code_to_a_forge(author, text, title):
    url = "https://avis.example.org/lumen/1"
    body = render_pull(said_by(author, text, title, url), configuration(), ENGLISH).body
    prose, links, kinds = plain_parts(body)
    assert "@" not in prose
    assert "closes" not in prose
    assert links == {url}
    assert kinds.isdisjoint({"html_inline", "html_block", "image"})
    assert "\x1b" not in body


def test_what_made_a_rule_speak_is_code_too():
    why = {"category": Reason("late-parcel", "policies/triage.yaml", 58, HOSTILE)}
    prose, _, kinds = plain_parts(render_pull(case(why=why), configuration(), ENGLISH).body)
    assert "@" not in prose
    assert kinds.isdisjoint({"html_inline", "html_block", "image"})


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/a/b/issues/1",
        "https://avis.example.org/`x`",
        "https://avis.example.org/<img>",
    ],
)
def test_an_address_that_could_act_is_shown_and_not_linked(url):
    body = render_pull(said_by("a", "b", url=url), configuration(), ENGLISH).body
    _, links, kinds = plain_parts(body)
    assert links == set()
    assert kinds.isdisjoint({"html_inline", "html_block", "image"})


def plan_of(*actions: object, held: tuple[Held, ...] = ()) -> Plan:
    return Plan("0" * 40, DETECTED, tuple(actions), held, (), "d")


def test_a_plan_without_actions_says_that_all_is_so():
    page = render_plan(plan_of(), ENGLISH)
    assert page.summary == "Nothing to do: everything is already so."
    assert page.rows == page.held == ()


def test_a_new_case_is_one_row_crisis_marked():
    branch = "doleances/c-7f3k2m9x4q5t/open"
    words = render_pull(case(crisis="suicide"), configuration(), ENGLISH)
    page = render_plan(
        plan_of(
            PushBranch(branch, "cases/x.yaml", "", "m", "crisis, by rule r"),
            OpenPull(branch, words.title, words.body, words.labels, "crisis, by rule r"),
        ),
        ENGLISH,
    )
    assert page.summary == "1 thing to do:"
    (row,) = page.rows
    assert row.cells == (
        "CRISIS: new case",
        "c-7f3k2m9x4q5t",
        "fear of suicide · avis-conso",
        "crisis, by rule r",
    )
    assert row.is_crisis


def test_every_action_and_what_is_held_has_a_row():
    one, two = "doleances/c-000000000001/open", "doleances/c-000000000002/open"
    page = render_plan(
        plan_of(
            PushBranch(one, "cases/x.yaml", "", render_commit_message(case(), ENGLISH), "rule r"),
            SettlePull(4, two, Outcome.REFUSED, "its branch was deleted"),
            DropBranch(two, "0" * 40, "it was refused"),
            held=(
                Held(one, HeldBy.CAP, "enough are open"),
                Held(two, HeldBy.PERSON, "somebody committed to it"),
            ),
        ),
        ENGLISH,
    )
    assert [row.what for row in page.rows] == [
        "new case, waits",
        "record that it was refused",
        "remove a branch",
    ]
    assert page.rows[0].about == "complaint, urgency: high"
    assert page.held_summary == "1 thing is held back:"
    assert [row.case for row in page.held] == ["c-000000000002"]
    assert page.held[0].cells[3] == "somebody committed to it"
    assert page.waiting.startswith("1 case waits")


def lines_of(shown: Case, now: datetime, proposal: Proposal | None = None) -> list[str]:
    page = render_case_page(
        shown, configuration(), standings(shown.log, now, {}), now, ENGLISH, proposal=proposal
    )
    return [line.text for section in page.sections for line in section.lines]


def test_a_page_of_a_proposed_case_ends_with_the_decision():
    lines = lines_of(case(), DETECTED, Proposal(7))
    assert lines[-2:] == [
        "Accept it: doleances accept 7",
        "Or refuse it: doleances reject 7 --reason ...",
    ]
    assert "First reply: by Tue 24 Nov 2026, 09:03, 3 days left" in lines


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (DUE - timedelta(hours=1), "First reply: by Tue 24 Nov 2026, 09:03, 1 hour left"),
        (DUE, "First reply: by Tue 24 Nov 2026, 09:03, less than a minute left"),
        (DUE + timedelta(days=2), "First reply: OVERDUE since Tue 24 Nov 2026, 09:03, 2 days"),
    ],
)
def test_a_promise_is_told_with_what_is_left_of_it(now, expected):
    assert expected in lines_of(case(), now)


def test_what_runs_out_first_stands_first_and_what_is_done_last():
    mediation = replace(clock("mediation", DUE + timedelta(days=60)), stops=())
    crisis = replace(clock("crisis", DETECTED + timedelta(minutes=15)), stops=())
    first = replace(case().log[0], clocks=(clock(), mediation, crisis))
    replied = Entry("replied", DUE, DUE, "ines", State.ACKNOWLEDGED, (clock("closing"),))
    lines = lines_of(case(log=(first, replied)), DUE)
    told = (": by ", ": OVERDUE since ", ": done ")
    promises = [line.split(":")[0] for line in lines if any(words in line for words in told)]
    assert promises[:4] == ["Crisis", "Closing", "Mediation", "First reply"]


def test_a_kept_promise_is_done_and_a_late_one_says_how_late():
    kept = Entry("replied", DUE, DUE, "ines", State.ACKNOWLEDGED)
    late = replace(kept, at=DUE + timedelta(hours=5))
    first = case().log[0]
    assert "First reply: done Tue 24 Nov 2026, 09:03" in lines_of(case(log=(first, kept)), DUE)
    assert "First reply: done Tue 24 Nov 2026, 14:03, 5 hours late" in lines_of(
        case(log=(first, late)), late.at
    )


def test_a_promise_rests_in_the_states_that_pause_it():
    resting = replace(clock("customer-update"), pauses=(State.AWAITING_CUSTOMER,), stops=())
    first = replace(case().log[0], clocks=(resting,))
    asked = Entry("details-asked", DETECTED, DETECTED, "ines", State.AWAITING_CUSTOMER)
    waiting = case(log=(first, asked), state=State.AWAITING_CUSTOMER)
    told = "News for the customer: rests since Sat 21 Nov 2026, 09:03"
    assert told in lines_of(waiting, DETECTED)


def test_nothing_is_overdue_once_the_case_has_ended():
    dismissed = Entry("dismissed", DETECTED, DETECTED, "ines", State.DISMISSED)
    ended = case(state=State.DISMISSED, log=(*case().log, dismissed))
    assert not any("First reply" in line for line in lines_of(ended, DUE + timedelta(days=9)))


def test_a_strangers_words_are_marked_as_quotes():
    page = render_case_page(case(), configuration(), (), DETECTED, ENGLISH)
    quoted = [
        line.text for section in page.sections for line in section.lines if line.tone is Tone.QUOTE
    ]
    assert quoted == ["Colis jamais reçu", "Bonjour,", "toujours rien reçu."]


def test_every_state_has_a_next_step():
    for state in State:
        page = render_case_page(case(state=state), configuration(), (), DETECTED, FRENCH)
        assert page.sections[-1].heading == "Étape suivante"
        assert page.sections[-1].lines


def test_answers_stand_in_fences_with_how_they_ended_and_why() -> None:
    told = PastCase("c-000000000009", "cases/2026/10/01/c-000000000009.yaml", "lumen", "fr",
                    Category.QUESTION, None, None, DETECTED, "refused", True, False, "zoe",
                    ("retour",), (("", HOSTILE),))  # fmt: skip
    near = Nearest(told, (HOSTILE,), 0.6, ("retour", "`@admin`"), ("topic",))
    said = render_pull(case(), configuration(), ENGLISH, DETECTED, answers=(near,)).body
    section = said[said.index("## What others were answered") :]
    section = section[: section.index("\n## ")]
    assert "**1.** Told in `c-000000000009`: refused, CONTESTED or reopened, closed on" in section
    assert "the same topic" in section
    assert f"`doleances draft {case().id} --answer 1`" in section
    tokens = MarkdownIt("commonmark").parse(section)
    (fenced,) = (token.content for token in tokens if token.type == "fence")
    assert fenced.replace("\u2060", "") == f"{HOSTILE}\n"
    assert not [token for token in tokens if token.type == "html_block"]
