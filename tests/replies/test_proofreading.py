"""Texts proofread: what must be found in them, and what must not, in both languages."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.cases.case import Case, Entry
from runner.errors import Severity
from runner.planning.proofread_words import finding_lines
from runner.policies.delegation import Grant
from runner.policies.privacy import PrivacyPolicy
from runner.policies.values import Configuration
from runner.replies.proofreading.check import RULES, Reading, is_spelling_checked, proofread
from runner.replies.proofreading.features import digest_of_classes
from runner.replies.proofreading.reader import Reader, parse_reader, read_head, render_reader
from runner.replies.proofreading.readings import read_in_case
from runner.replies.proofreading.sentences import read_sentences
from runner.replies.proofreading.templates import proofread_answer, proofread_template
from runner.replies.uses import Use, skeleton
from runner.repo.dictionaries import read_speller
from runner.text.language import Language

ROOT = Path(__file__).resolve().parents[2]
OTHERS: Any = yaml.safe_load((ROOT / "tests/replies/proofreading/others.yaml").read_text("utf-8"))
MakeCase = Callable[..., Case]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("proofreading", ROOT / "bench/proofreading.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["proofreading"] = module
    spec.loader.exec_module(module)
    return module


def found(text: str, **reading: Any) -> set[str]:
    return {each.rule for each in proofread(text, Reading(**reading))}


def test_precision_and_recall_of_the_gravest_rules(bench: ModuleType) -> None:
    judged = list(bench.rows())
    for kind in ("promises", "personal", "unlawful"):
        own = [row for row in judged if row.kind == kind]
        precision, recall = bench.measure(own)
        assert len(own) > 3000
        assert precision >= 0.95, [row.text for row in own if row.found and not row.wanted]
        assert recall >= 0.95, [row.text for row in own if row.wanted and not row.found]
        for batch in {row.batch for row in own if row.wanted}:
            precision, recall = bench.measure([row for row in own if row.batch == batch])
            assert min(precision, recall) >= 0.9, (kind, batch)


@pytest.mark.parametrize("rule", sorted(OTHERS))
def test_how_a_text_sounds(rule: str) -> None:
    for text in OTHERS[rule]["must_flag"].splitlines():
        assert rule in found(text), text
    for text in OTHERS[rule]["must_not_flag"].splitlines():
        assert rule not in found(text), text


def test_nothing_is_found_in_the_shipped_templates(shipped: Configuration) -> None:
    amiss = [
        (each.text, each.finding)
        for template in shipped.templates
        for each in proofread_template(template, shipped, read_speller)
    ]
    assert amiss == []


def test_the_shipped_answers_are_clean(shipped: Configuration) -> None:
    assert len(shipped.answers) > 5
    assert [
        (each.text, each.finding)
        for answer in shipped.answers
        for each in proofread_answer(answer, shipped, read_speller)
    ] == []


@pytest.mark.parametrize(
    ("tongue", "words", "rule"),
    [
        ("fr", "Nous vous rembourserons sous huit jours.", "promise"),
        ("fr", "Ton colis arrive sous huit jours.", "mixed-register"),
        ("fr-familiar", "Votre colis arrive sous huit jours.", "mixed-register"),
        ("fr", "The link in the e-mail tells you where it is. " * 3, "wrong-language"),
        ("en", "Leave a good review and get 10 EUR off.", "unlawful-offer"),
    ],
)
def test_an_answer_is_read_as_its_customers_will(
    shipped: Configuration, tongue: str, words: str, rule: str
) -> None:
    answer = replace(shipped.answers[0], words={tongue: (words,)})
    amiss = list(proofread_answer(answer, shipped))
    assert rule in {each.finding.rule for each in amiss}
    assert {(each.file, each.line) for each in amiss} == {(answer.file, answer.line)}


def test_the_reader_was_trained_on_these_texts(bench: ModuleType) -> None:
    file = ROOT / "runner/replies/proofreading/reader.txt"
    facts = read_head(file.read_text("utf-8"))
    again = "run bench/train_proofreading.py"
    assert facts["texts"] == bench.digest_of_texts(), again
    assert facts["classes"] == digest_of_classes(), again
    assert file.stat().st_size < 4_000_000


def test_a_reader_is_written_as_it_is_read() -> None:
    reader = Reader({"1:a": (1, -2, 3), "2:a b": (0, 5, 0)}, (1, 2, 3), (4, 5, 6), (7, 8, 9))
    written = render_reader(reader, {"texts": "0f"})
    assert parse_reader(written) == reader
    assert read_head(written)["texts"] == "0f"


def test_what_is_only_like_a_promise_is_said_to_be() -> None:
    text = "Thank you, Sam. You deserve a refund, and we'll see that you get one."
    (finding,) = proofread(text, Reading())
    assert (finding.rule, finding.severity, finding.column) == ("promise", Severity.ERROR, 17)
    assert finding.telling in finding.words == text[16:-1]
    (line,) = finding_lines([finding], Language("en", ZoneInfo("UTC")))
    assert "this reads like a promise, above all “" in line
    assert proofread(text, Reading(may_promise=True)) == ()


def test_a_finding_has_its_place_and_its_words() -> None:
    text = "Bonjour Paul,\nnous vous rembourserons votre lampe. Merci !"
    (finding,) = proofread(text, Reading(locale="fr"))
    assert (finding.rule, finding.severity) == ("promise", Severity.ERROR)
    assert (finding.line, finding.column) == (2, 1)
    assert finding.words == "nous vous rembourserons"


def test_in_private_personal_data_may_be_asked_for_and_told() -> None:
    text = "Bonjour, donnez-nous votre numéro de commande. Est-ce le 06 12 34 56 78 ?"
    assert {"personal-data-asked", "personal-data-shown"} <= found(text)
    assert not {"personal-data-asked", "personal-data-shown"} & found(text, public=False)


def test_the_brands_own_number_may_be_shown() -> None:
    text = "Bonjour, le 01 99 00 12 34 est à vous, je suis là."
    own = PrivacyPolicy(allowed=("01 99 00 12 34",))
    assert "personal-data-shown" in found(text)
    assert "personal-data-shown" not in found(text, masking=own)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Le colis part au 12 rue des Lilas.", True),
        ("Notre boutique du 12 rue des Lilas vous attend.", False),
        ("The parcel goes to 12 Lilac Road.", True),
        ("Our shop at 12 Lilac Road is open.", False),
        ("J’ai écrit à maya.brooks (at) example.org.", True),
        ("Écrivez à sav@lumen.example.org.", False),
        ("Votre AB-123-CD est prête.", True),
        ("Your car, AB12 CDE, is ready.", True),
        ("Rappelez le zéro six douze trente-quatre cinquante-six soixante-dix-huit.", True),
        ("I have oh seven seven double zero nine zero zero one two three.", True),
        ("Call us on 01632 960123.", False),
        ("We called you on 01632 960123.", True),
    ],
)
def test_whose_number_or_address_it_is(text: str, shown: bool) -> None:
    assert ("personal-data-shown" in found(text)) == shown


@pytest.mark.parametrize(
    ("text", "amount", "promised"),
    [
        ("Nous vous offrons un geste commercial de 20 €.", "30", False),
        ("Nous vous offrons un geste commercial de 40 €.", "30", True),
        ("Nous vous offrons un bon d’achat.", "30", True),
        ("We would like to offer you a voucher of 20 euros.", "30", False),
        ("We would like to offer you a £20 voucher.", "30", True),
    ],
)
def test_what_may_be_given_may_be_promised(text: str, amount: str, promised: bool) -> None:
    assert ("promise" in found(text, grant=Grant(Decimal(amount), "EUR"))) == promised
    assert "promise" not in found(text, grant=Grant(None))


def test_a_decision_on_file_lets_promise(shipped: Configuration, make_case: MakeCase) -> None:
    case = make_case()
    text = "Bonjour Camille, nous vous rembourserons votre lampe. À bientôt."
    assert "promise" in {each.rule for each in proofread(text, read_in_case(case, shipped))}
    at = case.log[0].at
    answered = Entry("answered", at, at, "ines", None, (), {"outcome": "accepted"})
    reopened = Entry("reopened", at, at, "ines", None, (), {})
    decided = replace(case, log=(*case.log, answered))
    again = replace(case, log=(*case.log, answered, reopened))
    assert proofread(text, read_in_case(decided, shipped)) == ()
    assert "promise" in {each.rule for each in proofread(text, read_in_case(again, shipped))}


def test_the_case_tells_language_length_and_what_others_read(
    shipped: Configuration, make_case: MakeCase
) -> None:
    case = make_case(source="agora")
    place = case.places[0]
    other = Use("c-other", place.site, place.detected_at, "", "", skeleton("Bonjour, je suis là."))
    reading = read_in_case(case, shipped, told=(other,))
    assert "repeated" in {each.rule for each in proofread("Bonjour, je suis là !", reading)}
    english = "Hello, thank you for your message. We are looking into it and will write here."
    assert "wrong-language" in {each.rule for each in proofread(english, reading)}
    long = "Bonjour, votre message est entre mes mains. " * 12
    assert "too-long" in {each.rule for each in proofread(long, reading)}


def test_phrases_that_the_brand_avoids() -> None:
    text = "Bonjour, n'hésitez pas à nous écrire."
    assert "avoided" in found(text, avoided=("n’hésitez pas",))
    assert "avoided" not in found(text, avoided=("hésite",))


def test_spelling_in_both_languages_and_names_left_alone() -> None:
    text = "Bonjour Zébulon, votre remboursment pour Wuxtra est là, j’ai vérifié l’avis. Merci !"
    (finding,) = proofread(text, Reading(locale="fr", speller=read_speller, may_promise=True))
    assert (finding.rule, finding.words) == ("spelling", "remboursment")
    assert "remboursement" in finding.instead
    text = "Hello Sam, we recieved your message and won’t forget the colour or the color. Thanks!"
    assert [each.words for each in proofread(text, Reading(speller=read_speller))] == ["recieved"]
    known = Reading(speller=read_speller, names=("recieved",))
    assert proofread(text, known) == ()


def test_without_a_dictionary_spelling_is_not_called_checked() -> None:
    assert is_spelling_checked("Bonjour, je suis là.", Reading(speller=read_speller))
    assert not is_spelling_checked("Bonjour, je suis là.", Reading())
    assert read_speller("de") is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_every_place_is_in_it(text: str) -> None:
    for finding in proofread(text, Reading()):
        assert finding.rule in RULES
        assert text[finding.start : finding.end] == finding.words
        assert finding.line >= 1 <= finding.column
    for sentence in read_sentences(text):
        assert len(sentence.starts) == len(sentence.text) + 1
