"""The catalogue of answers: what comes near, in which order, and what becomes of it in a draft."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.case import Case, Entry
from runner.model import Category, State
from runner.policies.answers import CuratedAnswer
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.replies.catalogue import Asked, Catalogue, Nearest, asked_in, propose_answer
from runner.replies.drafting import Draft, answer_by_itself, draft
from runner.replies.likeness import Questions, spoken_terms, terms_of
from runner.replies.past_answers import PastCase, answer_told, past_case
from runner.replies.proofreading.check import proofread
from runner.replies.proofreading.readings import read_at_desk, read_for_purpose
from runner.repo.dictionaries import read_speller

MakeCase = Callable[..., Case]
NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 12, 2)
FILE = Path(__file__).parent / "data" / "answers.csv"
RETURN = "Comment faire pour renvoyer un article qui ne me plaît pas ?"


def closed(case: Case, *entries: Entry, text: str, **fields: object) -> Case:
    """Return the case as it was closed after some entries; `text` is what the customer wrote."""
    end = Entry("closed", NOW, NOW, "ines", State.CLOSED, (), {"closings": []})
    place = replace(case.places[0], text=text)
    return replace(
        case, state=State.CLOSED, places=(place,), log=(*case.log, *entries, end), **fields
    )


def told(text: str, template: str = "", kind: str = "replied") -> Entry:
    facts = {"text": text} | ({"template": template} if template else {})
    return Entry(kind, NOW, NOW, "ines", None, (), facts)


def past(case: Case) -> PastCase:
    found = past_case(case, f"cases/2026/11/01/{case.id}.yaml")
    assert found is not None
    return found


def question(make_case: MakeCase, text: str, **fields: object) -> Case:
    case = make_case(900, category=Category.QUESTION, topic=None, product=None, **fields)
    return replace(case, places=(replace(case.places[0], text=text),))


@pytest.mark.parametrize(
    ("written", "other", "locale"),
    [
        ("délai", "délais", "fr"),
        ("Garantie ?", "c’est garanti", "fr"),
        ("j’ai renvoyé", "renvoyer", "fr"),
        ("returned", "returning", "en"),
        ("deliveries", "delivery", "en"),
    ],
)
def test_inflections_are_one_word(written: str, other: str, locale: str) -> None:
    assert terms_of(written, locale) & terms_of(other, locale)


def test_words_that_every_message_has_do_not_count() -> None:
    assert not terms_of("Bonjour, pouvez-vous me dire comment faire, merci", "fr")
    assert not terms_of("Hi, could you please tell me how, thanks", "en") - {"tell"}
    assert not terms_of("Guten Tag, wie geht das", "de")


@given(st.text(max_size=200), st.sampled_from(["fr", "en"]))
def test_a_question_is_nearest_to_itself(text: str, locale: str) -> None:
    terms = terms_of(text, locale)
    questions = Questions([(terms, 0), (terms_of("horaires d’ouverture", locale), 1)])
    found = {owner: likeness for likeness, owner, _ in questions.nearest(terms)}
    assert set(spoken_terms(text, locale)) == terms
    assert all(0 <= likeness <= 1.0000001 for likeness in found.values())
    if terms:
        assert found[0] == pytest.approx(1)


def test_the_right_answer_is_among_three(shipped: Configuration) -> None:
    answered, asked = [], []
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = (Category(row["category"]), row["topic"] or None, row["product"] or None)
            if row["kind"] == "asked":
                asked.append((row["id"], Asked(row["text"], row["language"], "lumen", *known)))
                continue
            terms = tuple(sorted(terms_of(row["text"], row["language"])))
            answered.append(
                PastCase(row["id"], "", "lumen", row["language"], *known, NOW, None, False,
                         False, "", terms, (("", f"Answer {row['id']}."),))
            )  # fmt: skip
    catalogue = Catalogue(shipped, answered, DAY)
    hits = [wanted in {each.id for each in catalogue.nearest(one)} for wanted, one in asked]
    assert sum(hits) / len(hits) >= 0.95


def test_the_language_must_be_the_customer_s(shipped: Configuration) -> None:
    catalogue = Catalogue(shipped, (), DAY)
    assert catalogue.nearest(Asked(RETURN, "fr"))[0].id == "retourner-un-article"
    assert catalogue.nearest(Asked(RETURN, "en")) == ()
    assert catalogue.nearest(Asked(RETURN, "de")) == ()


def test_what_somebody_approved_is_shown_typeset(shipped: Configuration) -> None:
    (first, *_) = Catalogue(shipped, (), DAY).nearest(Asked(RETURN, "fr"))
    assert "rubrique «\N{NO-BREAK SPACE}Mes commandes\N{NO-BREAK SPACE}»" in first.words[0]


def test_what_was_contested_comes_last_however_near(
    shipped: Configuration, make_case: MakeCase
) -> None:
    one, two = make_case(1, category=Category.QUESTION), make_case(2, category=Category.QUESTION)
    contest = Entry("contested", NOW, NOW, "ines", None, (), {})
    text = "Le variateur mural fait clignoter la suspension"
    bad = past(closed(one, told("Changez le variateur."), contest, text=text))
    good = past(closed(two, told("Prenez un variateur pour LED."), text="Un variateur mural ?"))
    found = Catalogue(shipped, (bad, good), DAY).nearest(Asked(text, "fr"))
    assert [each.id for each in found] == [two.id, one.id]
    assert [each.is_contested for each in found] == [False, True]
    assert found[0].common == ("variateur", "mural")


def test_an_answer_says_what_it_has_in_common(shipped: Configuration, make_case: MakeCase) -> None:
    case = make_case(1, category=Category.QUESTION, topic="installation", product="suspension-halo")
    known = past(closed(case, told("Oui."), text="Quel variateur ?"))
    asked = Asked("Variateur conseillé ?", "fr", "lumen", None, "installation", "suspension-halo")
    (found,) = Catalogue(shipped, (known,), DAY).nearest(asked)
    assert (found.common, found.same) == (("variateur",), ("topic", "product"))


def test_a_case_is_no_answer_to_itself(shipped: Configuration, make_case: MakeCase) -> None:
    case = closed(make_case(1), told("Oui, tout à fait."), text="Quel variateur mural ?")
    asked = asked_in(case, shipped)
    assert asked is not None
    assert Catalogue(shipped, (past(case),), DAY).nearest(asked) == ()


def test_what_must_not_be_told_again_is_not_kept(make_case: MakeCase) -> None:
    words = told("Prenez un variateur pour LED.")
    sound = closed(make_case(1), words, text="Quel variateur ?")
    assert past(sound).told == (("", "Prenez un variateur pour LED."),)
    erased = replace(sound, places=(replace(sound.places[0], text=None),))
    others = [
        replace(sound, state=State.ERASED),
        replace(sound, state=State.DISMISSED),
        replace(sound, crisis="suicide"),
        erased,
        closed(make_case(2), text="Personne n’a noté les mots"),
        closed(make_case(3), words, text="Bonjour, merci"),
    ]
    assert [past_case(each, "cases/2026/11/01/x.yaml") for each in others] == [None] * len(others)


def test_only_the_answer_itself_is_told_again(shipped: Configuration, make_case: MakeCase) -> None:
    case = question(make_case, "Quel variateur ?")
    catalogue = Catalogue(shipped, (), DAY)
    (nearest, *_) = catalogue.nearest(Asked(RETURN, "fr"))
    made = draft(case, shipped, (), NOW, answer=nearest)
    assert isinstance(made, Draft)
    again = past(closed(case, told(made.text, made.recorded), text="Quel variateur ?"))
    core = answer_told(again, shipped.templates)
    assert isinstance(nearest.source, CuratedAnswer)
    assert core in nearest.source.words["fr"]


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Bonjour Camille, oui, avec un autre. Inès, pour Lumen", "Oui, avec un autre."),
        ("Camille, bonjour. Non. Sam, for Lumen", "Non."),
        ("Hi Ken, yes it does! Sam, for Lumen", "Yes it does!"),
        ("Oui.", "Oui."),
    ],
    ids=["comma", "name-first", "english", "bare"],
)  # fmt: skip
def test_salutation_and_signature_are_left_out(
    shipped: Configuration, make_case: MakeCase, text: str, core: str
) -> None:
    known = past(closed(make_case(1), told(text), text="Quel variateur ?"))
    assert answer_told(known, shipped.templates) == core


def test_a_first_contact_is_no_answer(shipped: Configuration, make_case: MakeCase) -> None:
    known = past(
        closed(make_case(1), told("Je m’en occupe.", "first-contact-fr/1-1"), text="Un variateur ?")
    )
    assert answer_told(known, shipped.templates) == ""
    assert Catalogue(shipped, (known,), DAY).nearest(Asked("variateur", "fr")) == ()


def test_an_answer_that_is_over_is_not_proposed(shipped: Configuration) -> None:
    asked = Asked("Quels sont les horaires des boutiques ?", "fr")
    assert Catalogue(shipped, (), date(2027, 12, 31)).nearest(asked)
    assert not Catalogue(shipped, (), date(2028, 1, 1)).nearest(asked)


def test_an_answer_for_products_fits_no_other_product(shipped: Configuration) -> None:
    catalogue = Catalogue(shipped, (), DAY)
    text = "Comment détartrer ?"
    wanted = {None: 1, "bouilloire-brume": 1, "lampe-aube": 0}
    for product, count in wanted.items():
        asked = Asked(text, "fr", "lumen", Category.QUESTION, None, product)
        assert len(catalogue.nearest(asked)) == count, product
    complaint = Asked(text, "fr", "lumen", Category.COMPLAINT)
    assert catalogue.nearest(complaint) == ()


def test_a_frequent_question_is_drafted_with_its_answer(
    shipped: Configuration, make_case: MakeCase
) -> None:
    case = question(make_case, RETURN)
    asked = asked_in(case, shipped)
    assert asked is not None
    answer = answer_by_itself(case, shipped, Catalogue(shipped, (), DAY).nearest(asked))
    made = draft(case, shipped, (), NOW, answer=answer)
    assert isinstance(made, Draft)
    assert made.answer is answer is not None
    assert made.purpose is Purpose.ADVICE
    assert made.text.startswith("Bonjour")
    assert "trente jours" in made.text
    assert made.gaps == ()


def test_a_complaint_is_never_answered_by_itself(
    shipped: Configuration, make_case: MakeCase
) -> None:
    asked = question(make_case, RETURN)
    near = Catalogue(shipped, (), DAY).nearest(Asked(RETURN, "fr"))
    assert propose_answer(near, asked) is not None
    assert propose_answer(near, replace(asked, category=Category.COMPLAINT)) is None
    assert propose_answer((*near[:1], replace(near[0], likeness=0.99)), asked) is None
    assert propose_answer((), asked) is None


@pytest.mark.parametrize("category", list(Category))
def test_praise_and_crises_have_no_answers(
    shipped: Configuration, make_case: MakeCase, category: Category
) -> None:
    case = replace(question(make_case, RETURN), category=category)
    assert (asked_in(case, shipped) is None) is (category is Category.PRAISE)
    assert asked_in(replace(case, crisis="suicide"), shipped) is None


def test_a_chosen_answer_is_adapted_to_a_complaint(
    shipped: Configuration, make_case: MakeCase
) -> None:
    case = make_case(7, topic="refund", product="suspension-halo")
    near = Catalogue(shipped, (), DAY).nearest(Asked(RETURN, "fr"))
    made = draft(case, shipped, (), NOW, answer=near[0])
    assert isinstance(made, Draft)
    assert made.template == "advice-matter-fr"
    assert "Camille" in made.text
    assert "remboursement de votre suspension Halo" in made.text


def test_shipped_answers_pass_the_project_s_own_reading(
    shipped: Configuration, make_case: MakeCase
) -> None:
    sources = {"fr": "avis-conso", "en": "reviews-uk"}
    findings = []
    for nth, answer in enumerate(shipped.answers):
        for locale, source in sources.items():
            for way in range(len(answer.words[locale])):
                case = make_case(
                    10 * nth + way, source=source, language=locale, category=Category.QUESTION
                )
                one = replace(answer, words={locale: answer.words[locale][way : way + 1]})
                made = draft(case, shipped, (), NOW, answer=_near(one))
                assert isinstance(made, Draft)
                reading = read_for_purpose(
                    read_at_desk(shipped, read_speller), Purpose.ADVICE, locale
                )
                named = replace(reading, called=("Camille_R", "Camille"))
                findings += [(made.text, each) for each in proofread(made.text, named)]
    assert findings == []


def _near(answer: CuratedAnswer) -> Nearest:
    return Nearest(answer, next(iter(answer.words.values())), 1.0, (), ())
