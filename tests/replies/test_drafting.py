"""Drafts: which template, which words, and never the same for two customers of one site."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cases.case import Asked, Case, Entry
from runner.cases.incident_terms import tells_wording
from runner.model import Category, State
from runner.planning.draft_words import record_command
from runner.policies.instance import build_sources
from runner.policies.templates import Purpose, Template, Wording
from runner.policies.values import Configuration
from runner.policies.voice import Persona
from runner.replies.drafting import Draft, Missing, NoDraft, draft, reserve, use_of
from runner.replies.facts import said_as_theirs
from runner.replies.setting import Setting
from runner.replies.steps import next_purposes
from runner.replies.uses import Use, recent_uses, skeleton
from runner.text.document import Document
from runner.text.language import Language
from runner.text.strict_yaml import read_document
from runner.text.typography import typeset

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
MakeCase = Callable[..., Case]


def drafted(case: Case, desk: Configuration, **how: object) -> Draft:
    made = draft(case, desk, how.pop("used", ()), NOW, **how)  # type: ignore[arg-type]
    assert isinstance(made, Draft), made
    return made


def entry(kind: str, to: State | None = None, **facts: object) -> Entry:
    return Entry(kind, NOW, NOW, "ines", to, (), facts)


class TestWhatIsSaidNext:
    @pytest.mark.parametrize(
        ("category", "source", "purpose"),
        [
            (Category.COMPLAINT, "avis-conso", Purpose.FIRST_CONTACT),
            (Category.PRAISE, "avis-conso", Purpose.THANKS),
            (Category.QUESTION, "entraide", Purpose.ADVICE),
            (Category.ADVICE, "agora", Purpose.ADVICE),
        ],
    )
    def test_to_an_open_case_by_its_nature(
        self, make_case: MakeCase, shipped: Configuration, category: Category, source: str,
        purpose: Purpose,
    ) -> None:  # fmt: skip
        assert next_purposes(make_case(category=category, source=source), shipped)[0] == purpose

    @pytest.mark.parametrize(
        ("source", "purposes"),
        [
            ("agora", (Purpose.ASK_DETAILS_PRIVATE, Purpose.ASK_DETAILS_PUBLIC)),
            ("avis-conso", (Purpose.ASK_DETAILS_PUBLIC, Purpose.ASK_DETAILS_PRIVATE)),
            ("forum-bricolage", (Purpose.ASK_DETAILS_PUBLIC,)),
        ],
    )
    def test_details_are_asked_where_the_site_lets_us(
        self, make_case: MakeCase, shipped: Configuration, source: str, purposes: object
    ) -> None:
        case = make_case(source=source, state=State.ACKNOWLEDGED)
        assert next_purposes(case, shipped) == purposes

    @pytest.mark.parametrize(
        ("category", "said", "purposes"),
        [
            (Category.QUESTION, [("replied", "first-contact-question-fr")], ["advice"]),
            (Category.QUESTION, [("replied", "advice-fr/1-2")], []),
            (Category.QUESTION, [("replied", "advice-fr"), ("customer-wrote", "")], ["advice"]),
            (Category.COMPLAINT, [("replied", "incident-fr/1-1")], []),
            (Category.COMPLAINT, [("replied", "advice-matter-fr")], []),
            (Category.COMPLAINT, [("replied", "first-contact-fr"), ("thanked", "")], ["closing"]),
            (Category.COMPLAINT, [("replied", "first-contact-fr")], ["ask-details-public"]),
            (Category.COMPLAINT, [("details-asked", "")], ["hand-off"]),
            (Category.PRAISE, [("replied", "thanks-fr")], []),
        ],
        ids=["question-looked-into", "question-answered", "question-again", "incident", "answered",
             "thanked", "complaint", "details", "praise"],
    )  # fmt: skip
    def test_what_follows_the_first_reply(
        self, make_case: MakeCase, shipped: Configuration, category: Category,
        said: list[tuple[str, str]], purposes: list[str],
    ) -> None:  # fmt: skip
        case = make_case(category=category, state=State.ACKNOWLEDGED)
        log = [entry(kind, **({"template": name} if name else {})) for kind, name in said]
        found = next_purposes(replace(case, log=(*case.log, *log)), shipped)
        assert [each.value for each in found[:1]] == purposes

    @pytest.mark.parametrize(
        ("survey", "purposes"),
        [
            ({"sent": True}, ()),
            ({"sent": False}, (Purpose.SURVEY,)),
            ({"sent": False, "why": "asked on the phone"}, ()),
        ],
        ids=["sent", "undecided", "decided against"],
    )
    def test_a_survey_is_sent_once_or_not_at_all(
        self, make_case: MakeCase, shipped: Configuration, survey: object, purposes: object
    ) -> None:
        case = make_case(state=State.CLOSED)
        closed = entry("closed", survey=survey)
        assert next_purposes(replace(case, log=(*case.log, closed)), shipped) == purposes

    def test_reminders_and_then_the_end(self, make_case: MakeCase, shipped: Configuration) -> None:
        case = make_case(state=State.AWAITING_CUSTOMER)
        said = []
        for sent in range(3):
            log = (*case.log, entry("details-asked"), *[entry("reminded")] * sent)
            made = drafted(replace(case, log=log), shipped)
            said.append((made.purpose, made.number, made.template))
        assert said == [
            (Purpose.REMINDER, 1, "reminder-fr"),
            (Purpose.REMINDER, 2, "reminder-2-fr"),
            (Purpose.CLOSING_WITHOUT_NEWS, None, "closing-without-news-fr"),
        ]

    def test_a_refusal_by_brand_care_is_told_as_one(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        answered = entry("answered", outcome="refused", decision="Hors garantie.")
        case = make_case(state=State.ANSWERED, topic="breakdown")
        made = drafted(replace(case, log=(*case.log, answered)), shipped)
        assert made.purpose is Purpose.REFUSAL
        assert made.gaps == ("[… le motif, sans jargon\u00a0: Hors garantie]",)
        assert "médiateur" in made.text
        assert "mediation.example.org" in made.text

    def test_what_brand_care_decided_is_not_asked_for_again(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        case = make_case(state=State.ANSWERED)
        refused = entry("answered", outcome="refused", decision="Hors garantie.",
                        recourse="l'atelier, sinon le médiateur")  # fmt: skip
        given = entry("answered", outcome="accepted", decision="Oui.", remedy="lampe")
        for answered, recorded in (
            (refused, """--outcome refused --recourse 'l'"'"'atelier, sinon le médiateur'"""),
            (given, "--outcome accepted --remedy lampe"),
        ):
            told = replace(case, log=(*case.log, answered))
            typed = record_command(drafted(told, shipped), told, shipped, ENGLISH)
            assert recorded in typed
            assert not re.search(r"OUTCOME|RECOURSE|REMEDY", typed)
            assert typed.endswith(" --text -")

    def test_nothing_where_brand_care_works(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        case = make_case(state=State.HANDED_OFF)
        log = (*case.log, entry("handed-off"), entry("messaged"))
        made = draft(replace(case, log=log), shipped, (), NOW)
        assert made == NoDraft(Missing.NOTHING_DUE, None, "fr")


class TestACrisis:
    def test_gets_a_note_for_the_team_and_nothing_else(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        case = make_case(crisis="suicide", language="en", source="reviews-uk")
        note = drafted(case, shipped)
        assert (note.purpose, note.locale) == (Purpose.CRISIS_NOTE, "fr")
        for purpose in Purpose:
            made = draft(case, shipped, (), NOW, purpose=purpose)
            if purpose is not Purpose.CRISIS_NOTE:
                assert made == NoDraft(Missing.CRISIS, purpose, "en")

    @pytest.mark.parametrize("locale", ["fr", "en"])
    @pytest.mark.parametrize(
        ("language", "named", "foreign"),
        [
            ("fr", ("15", "112", "3114", "France"), ("999", "116")),
            ("fr-FR", ("15", "112", "3114", "France"), ("999", "116")),
            ("en", ("999", "112", "116 123", "Samaritans"), ("15", "3114")),
            ("en-US", ("112",), ("15", "999", "116", "3114")),
            ("de", ("112",), ("15", "999", "116", "3114")),
        ],
    )
    def test_names_the_numbers_of_where_the_customer_is(
        self,
        make_case: MakeCase,
        shipped: Configuration,
        locale: str,
        language: str,
        named: tuple[str, ...],
        foreign: tuple[str, ...],
    ) -> None:
        team = replace(shipped, instance=replace(shipped.instance, language=locale))
        numbered = "c-00000000000{}"
        for nth in range(9):
            case = make_case(crisis="suicide", language=language)
            note = drafted(replace(case, id=numbered.format(nth)), team)
            assert note.locale == locale
            text = note.text.replace("\u00a0", " ").replace("\u202f", " ")
            words = re.findall(r"\w+", text)
            assert all(each in text for each in named)
            assert not set(foreign) & set(words)
            if len(named) == 1:
                assert ("pays du client" if locale == "fr" else "customer’s country") in text

    def test_reserves_no_words(self, make_case: MakeCase, shipped: Configuration) -> None:
        assert reserve([make_case(crisis="suicide")], shipped, (), NOW) == ()


class TestTheTemplate:
    def test_the_most_conditions_decide(self, make_case: MakeCase, shipped: Configuration) -> None:
        handy = make_case(source="forum-bricolage", topic="breakdown")
        made = drafted(handy, shipped)
        assert (made.template, made.persona) == ("first-contact-bricoleurs-fr", "bricoleurs")
        assert drafted(replace(handy, topic="delivery"), shipped).template == "first-contact-fr"

    def test_a_familiar_persona_is_spoken_to_with_tu(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        young = Persona("young", ("agora",), (), (), (), "familiar", 1)
        matter = replace(shipped.speech.matters[-1], alone={"fr": "x", "fr-familiar": "ton souci"})
        familiar = Template(
            "salut-fr", "first-contact", None, "fr", "familiar", (), (), (),
            ("name", "matter"), 500, (Wording("Salut {{ name }}, je regarde {{ matter }}.", 1),),
            "templates/salut-fr.yaml",
        )  # fmt: skip
        speech = replace(
            shipped.speech, personas=(young, *shipped.speech.personas), matters=(matter,)
        )
        formal = [each for each in shipped.templates if each.register == "formal"]
        desk = replace(shipped, speech=speech, templates=(*formal, familiar))
        made = drafted(make_case(source="agora", product=None), desk)
        assert (made.register, made.text) == ("familiar", "Salut Camille, je regarde ton souci.")
        assert drafted(make_case(source="avis-conso"), desk).register == "formal"

    @pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.CRISIS_NOTE])
    def test_who_says_tu_is_told_no_vous(
        self, make_case: MakeCase, shipped: Configuration, purpose: Purpose
    ) -> None:
        case = replace(
            make_case(
                source="agora",
                incident=shipped.incidents[0].id,
                category=Category.PRAISE if purpose is Purpose.THANKS else Category.COMPLAINT,
            ),
            asked=(Asked("son remboursement"),),
            log=(entry("details-asked", channel="public", wants=["votre numéro de commande"]),),
        )
        made = drafted(case, shipped, purpose=purpose)
        # What an incident's customers are told is approved word for word, and told to all.
        assert made.register == ("formal" if purpose is Purpose.INCIDENT else "familiar")
        if made.register == "familiar":
            assert made.template.endswith("-familiar-fr")
            assert not re.search(r"\b(?:vous|votre|vos)\b", made.text, re.IGNORECASE)

    def test_nobody_goes_from_vous_to_tu(self, make_case: MakeCase, shipped: Configuration) -> None:
        case = make_case(source="agora")
        for text, register in (
            ("Bonjour Camille, je regarde votre colis.", "formal"),
            ("Salut Camille, je regarde ton colis.", "familiar"),
        ):
            told = replace(case, log=(*case.log, entry("replied", place="p1", text=text)))
            assert drafted(told, shipped, purpose=Purpose.CLOSING).register == register
        wrote = replace(case, log=(*case.log, entry("customer-wrote", text="Et votre garantie ?")))
        assert drafted(wrote, shipped, purpose=Purpose.ANSWER).register == "familiar"

    @pytest.mark.parametrize(
        ("asked", "is_said"),
        [("son remboursement", False), ("le remboursement de 49 €", True), ("un échange", True)],
    )
    def test_what_the_matter_says_already_is_not_said_again(
        self, make_case: MakeCase, shipped: Configuration, asked: str, is_said: bool
    ) -> None:
        case = replace(make_case(topic="refund"), asked=(Asked(asked),))
        assert ("vous demandez" in drafted(case, shipped).text) is is_said

    def test_what_was_asked_with_vous_is_for_people_to_say_with_tu(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        asked = entry("details-asked", channel="public", wants=["la photo de votre facture"])
        case = replace(make_case(source="agora"), log=(asked,))
        made = drafted(case, shipped, purpose=Purpose.REMINDER)
        assert made.gaps == (
            "[… ce qu’il faut pour retrouver le dossier\u00a0: la photo de votre facture]",
        )

    def test_a_language_without_templates_gets_none(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        made = draft(make_case(language="de"), shipped, (), NOW)
        assert made == NoDraft(Missing.NO_LANGUAGE, Purpose.FIRST_CONTACT, "de")

    def test_the_language_is_the_customers_else_the_sites(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        assert drafted(make_case(language="en-GB"), shipped).locale == "en"
        assert drafted(make_case(language=None, source="reviews-uk"), shipped).locale == "en"

    def test_a_paid_contact_says_so(self, make_case: MakeCase, shipped: Configuration) -> None:
        case = make_case(source="avis-conso")
        assert drafted(case, shipped, purpose=Purpose.ASK_DETAILS_PRIVATE).costs
        assert not drafted(case, shipped, purpose=Purpose.ASK_DETAILS_PUBLIC).costs


class TestTheWords:
    def test_points_of_the_complaint_are_taken_up(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        text = drafted(make_case(asked=(Asked("Une lampe neuve."),)), shipped).text
        assert "votre lampe Aube" in text
        assert "vous demandez une lampe neuve" in text

    def test_words_of_the_desk_are_for_those_who_speak_its_language(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        case = make_case(asked=(Asked("une lampe neuve"),), language="en", source="reviews-uk")
        assert "lampe" not in drafted(case, shipped).text

    def test_who_has_no_name_is_greeted_without(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        assert drafted(make_case(author=None), shipped).text.startswith("Bonjour, ")
        assert drafted(make_case(), shipped).text.startswith("Bonjour Camille, ")

    def test_what_nobody_knows_is_a_gap(self, make_case: MakeCase, shipped: Configuration) -> None:
        made = drafted(make_case(owner=None), shipped)
        assert made.gaps == ("[… la signature]",)
        assert made.text.endswith("[… la signature]")

    def test_an_incident_is_told_word_for_word(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        incident = shipped.incidents[0]
        for language, source in (("fr", "avis-conso"), ("en", "reviews-uk")):
            for nth in range(40):
                case = make_case(nth, incident=incident.id, language=language, source=source,
                                 author=f"Jean-Baptiste-{nth} D")  # fmt: skip
                made = drafted(case, shipped)
                assert made.purpose is Purpose.INCIDENT
                told = {"entry": "replied", "text": made.text}
                assert tells_wording(told, incident, language), made.text
                assert record_command(made, case, shipped, ENGLISH).endswith(
                    f"{made.recorded} --url ADDRESS --wording"
                )

    @pytest.mark.parametrize(
        ("source", "recorded"),
        [
            ("agora", "message {id} --place p1 --template {template} --where WHERE --text -"),
            (
                "forum-bricolage",
                "reply {id} --place p1 --template {template} --url ADDRESS --text -",
            ),
        ],
        ids=["in private", "in public alone"],
    )
    def test_news_of_a_hand_off_is_recorded_where_it_can_be_said(
        self, make_case: MakeCase, shipped: Configuration, source: str, recorded: str
    ) -> None:
        case = make_case(state=State.HANDED_OFF, source=source)
        made = drafted(case, shipped)
        assert made.purpose is Purpose.HAND_OFF
        assert record_command(made, case, shipped, ENGLISH) == "doleances " + recorded.format(
            id=case.id, template=made.recorded
        )


class TestNoTwoCustomers:
    def test_two_hundred_on_one_site_read_two_hundred_texts(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        used: list[Use] = []
        texts = set()
        for nth in range(200):
            case = make_case(nth, author=f"client{nth}")
            made = drafted(case, shipped, used=used)
            assert not made.is_repeated
            texts.add(skeleton(made.text, f"client{nth}"))
            used.append(use_of(made, case, shipped, NOW))
        assert len(texts) == 200

    def test_neighbours_share_little(self, make_case: MakeCase, shipped: Configuration) -> None:
        used: list[Use] = []
        for nth in range(5):
            case = make_case(nth)
            made = drafted(case, shipped, used=used)
            own = made.wording.split("-")
            for use in used:
                other = use.wording.split("-")
                same = sum(a == b for a, b in zip(own[2:], other[2:], strict=True))
                assert same <= 1, (made.wording, use.wording)
            used.append(use_of(made, case, shipped, NOW))

    def test_what_the_log_holds_is_passed_over(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        new = make_case(1)
        first = drafted(new, shipped)
        told = make_case(2, author="Dominique_T")
        by_template = entry("replied", place="p1", template=first.recorded)
        words = first.text.replace("Camille", "Dominique").replace("Inès", "Sam")
        by_text = entry("replied", place="p1", text=words.upper())
        for said in (by_template, by_text):
            other = replace(told, log=(*told.log, said))
            again = drafted(new, shipped, used=recent_uses([other], shipped, NOW))
            assert again.text != first.text
        elsewhere = replace(told.places[0], site="forum.example.org")
        other = replace(told, places=(elsewhere,), log=(*told.log, by_template))
        assert drafted(new, shipped, used=recent_uses([other], shipped, NOW)) == first
        old = replace(by_template, at=NOW - shipped.speech.apart - timedelta(seconds=1))
        other = replace(told, log=(*told.log, old))
        assert drafted(new, shipped, used=recent_uses([other], shipped, NOW)) == first

    def test_when_all_was_read_it_says_so_and_takes_the_oldest(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        template = Template(
            "two-fr", "first-contact", None, "fr", "formal", (), (), (), (), 100,
            (Wording("Bonjour.", 1), Wording("Bonsoir.", 2)), "templates/two-fr.yaml",
        )  # fmt: skip
        desk = replace(shipped, templates=(template,))
        used: list[Use] = []
        said = []
        for nth in range(4):
            case = make_case(nth)
            made = drafted(case, desk, used=used)
            said.append((made.wording, made.is_repeated))
            used.append(use_of(made, case, desk, NOW + timedelta(minutes=nth)))
        assert [repeated for _, repeated in said] == [False, False, True, True]
        assert said[2][0] == said[0][0]
        assert said[3][0] == said[1][0]

    def test_equal_arguments_give_an_equal_draft(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        cases = [make_case(nth) for nth in range(30)]
        assert reserve(cases, shipped, (), NOW) == reserve(reversed(cases), shipped, (), NOW)

    def test_newer_cases_move_no_older_draft(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        cases = [make_case(nth) for nth in range(30)]
        few, many = (reserve(some, shipped, (), NOW) for some in (cases[:20], cases))
        assert many[:20] == few


class TestLimits:
    def test_a_site_takes_only_so_much(self, make_case: MakeCase, shipped: Configuration) -> None:
        speech = replace(shipped.speech, lengths={"avis-conso": 210})
        desk = replace(shipped, speech=speech)
        for nth in range(20):
            made = drafted(make_case(nth), desk)
            assert (made.limit, made.is_too_long) == (210, False)
            assert len(made.text) <= 210

    def test_what_cannot_be_short_enough_is_told(
        self, make_case: MakeCase, shipped: Configuration
    ) -> None:
        desk = replace(shipped, speech=replace(shipped.speech, lengths={"avis-conso": 60}))
        made = drafted(make_case(), desk)
        assert made.is_too_long
        assert len(made.text) > made.limit == 60

    @pytest.mark.parametrize(
        ("preset", "parameters", "limit"),
        [
            ("google-play", "{package: org.example.lumen}", 350),
            ("app-store-connect", '{app: "123456789"}', 5970),
        ],
        ids=["google-play", "app-store-connect"],
    )
    def test_presets_know_their_limits(
        self,
        make_case: MakeCase,
        shipped: Configuration,
        preset: str,
        parameters: str,
        limit: int,
    ) -> None:
        written = (
            "brands: [{id: lumen, name: Lumen}]\nsources:\n- id: avis-conso\n  kind: json\n"
            "  category: review-site\n  contact: {public: api, private: none}\n"
            f"  preset: {preset}\n  parameters: {parameters}\n"
        )
        document = read_document(written.encode(), "sources.yaml")
        assert isinstance(document, Document)
        desk = replace(shipped, sources=build_sources(document))
        case = make_case()
        (source,) = desk.sources
        setting = Setting(case, case.places[0], source, Purpose.FIRST_CONTACT, desk)
        assert setting.length == limit
        assert drafted(case, desk).limit <= limit


WILD = st.text(max_size=300) | st.sampled_from(
    [
        "{{ 7*7 }}", "{% raw %}", "@admin", "a\n\nb", "<img src=x>", "[x](http://e.example)",
        "``` #1", "javascript:alert(1)", "\u202eevil", "www.evil.example", "evil.com", "Bob]",
        "[… votre conseil]", "a: b; c! d? « e »", "l'été", "1 000 €", "...",
    ]
)  # fmt: skip


def test_whatever_strangers_write_stays_plain_words(
    make_case: MakeCase, shipped: Configuration
) -> None:
    @settings(max_examples=200, deadline=None)
    @given(author=WILD, title=WILD, asked=WILD, purpose=st.sampled_from(list(Purpose)))
    def stays_plain(author: str, title: str, asked: str, purpose: Purpose) -> None:
        case = make_case(author=author, asked=(Asked(asked),))
        case = replace(case, places=(replace(case.places[0], title=title, text=title),))
        made = draft(case, shipped, (), NOW, purpose=purpose)
        if purpose is Purpose.THANKS:
            return
        assert isinstance(made, Draft), (purpose, made)
        assert len(made.text) <= made.limit or made.is_too_long
        assert not set("\n\r\t\x1b\u202e@#<>*`{}|\\") & set(made.text)
        assert typeset(made.text, made.locale) == made.text
        words = made.text
        for gap in made.gaps:
            words = words.replace(gap, "")
        assert not set("[]") & set(words)
        addresses = {Purpose.SURVEY: 1, Purpose.CRISIS_NOTE: 1}
        assert made.text.count("://") == addresses.get(purpose, 0)

    stays_plain()


@pytest.mark.parametrize(
    ("noted", "tongue", "said"),
    [
        ("le remplacement de la lampe", "fr", "le remplacement de la lampe"),
        ("son remboursement", "fr", "votre remboursement"),
        ("ses 20 €", "fr", "vos 20 €"),
        ("sa lampe", "fr-familiar", "ta lampe"),
        ("un geste de votre part", "fr-familiar", ""),
        ("l’échange du globe", "fr", "l’échange du globe"),
        ("être remboursé", "fr", ""),
        ("her money back", "en", "your money back"),
        ("a new kettle", "en", "a new kettle"),
        ("to be refunded", "en", ""),
        ("", "en", ""),
    ],
)
def test_what_is_asked_is_said_as_the_customer_s_own(noted: str, tongue: str, said: str) -> None:
    assert said_as_theirs(noted, tongue) == said
