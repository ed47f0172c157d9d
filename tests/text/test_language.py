"""What the team reads: catalogues complete, words of the trade, dates in the habit of the place."""

import importlib
import pkgutil
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog

import runner.model
from runner.cases.lifecycle import KINDS, ROLES
from runner.locale import (
    catalogue_file,
    check_catalogue,
    extract_messages,
    read_catalogue,
    render_catalogue,
    update_catalogue,
)
from runner.model import Category, ContactAbility, SourceCategory, State
from runner.policies.rules import CRISES
from runner.schemas import schema_of
from runner.text.language import LANGUAGES, Language
from runner.text.terms import TERMS
from runner.text.typography import typeset

ROOT = Path(__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")
ENGLISH = Language("en", PARIS)
FRENCH = Language("fr", PARIS)


@pytest.fixture(scope="module")
def messages() -> Catalog:
    return extract_messages()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_catalogue_holds_every_message_of_the_code_and_no_other(language, messages):
    assert check_catalogue(read_catalogue(catalogue_file(language)), messages) == ()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_updating_a_complete_catalogue_changes_no_byte(language, messages):
    path = catalogue_file(language)
    updated = update_catalogue(read_catalogue(path), messages)
    assert render_catalogue(updated) == path.read_bytes()


def test_the_check_names_what_is_missing_gone_untranslated_or_has_other_placeholders():
    code = Catalog()
    for message in ("kept {a}", "new", "empty"):
        code.add(message)
    french = Catalog(locale="fr")
    french.add("kept {a}", "gardé {b}")
    french.add("old", "vieux")
    french.add("empty", "")
    assert check_catalogue(french, code) == (
        "missing: new",
        "other placeholders: kept {a}",
        "gone from the code: old",
        "not translated: empty",
    )


def test_french_is_set_as_french_is():
    wrong = []
    for message in read_catalogue(catalogue_file("fr")):
        if not message.id:
            continue
        strings = (message.string,) if isinstance(message.string, str) else message.string
        wrong += [string for string in strings if typeset(string, "fr") != string]
    assert wrong == []


def test_updating_sets_what_a_translator_typed():
    code = Catalog()
    code.add("{name}: wait", context=None)
    code.add(("{count} day?", "{count} days?"))
    french = Catalog(locale="fr")
    french.add("{name}: wait", "{name} : attendez l'accord")
    french.add(("{count} day?", "{count} days?"), ("{count} jour ?", "{count} jours ?"))
    updated = update_catalogue(french, code)
    assert updated.get("{name}: wait").string == "{name}\u00a0: attendez l’accord"
    assert updated.get("{count} day?").string == ("{count} jour\u202f?", "{count} jours\u202f?")


def _enumerations() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for module in pkgutil.walk_packages(runner.__path__, "runner."):
        if module.name.endswith("__main__"):
            continue
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum) and thing is not StrEnum:
                found[thing.__name__] = {member.value for member in thing}
    return found


def test_every_term_has_a_word():
    enumerations = _enumerations()
    named = {kind: set(words) for kind, words in TERMS.items() if kind[0].isupper()}
    assert named == {kind: enumerations.get(kind) for kind in named}
    model = {
        name
        for name, thing in vars(runner.model).items()
        if isinstance(thing, type) and issubclass(thing, StrEnum) and thing is not StrEnum
    }
    assert model <= set(named)


def test_every_word_of_the_files_has_a_word():
    clocks = re.findall(r"^- id: (\S+)", (ROOT / "policies/clocks.yaml").read_text(), re.MULTILINE)
    triage = (ROOT / "policies/triage.yaml").read_text()
    assert set(TERMS["topic"]) == set(re.findall(r"topic: ([a-z-]+)", triage))
    assert set(TERMS["entry"]) == set(KINDS)
    assert set(TERMS["crisis"]) == set(CRISES)
    assert set(TERMS["role"]) == set(ROLES)
    assert set(TERMS["clock"]) == set(clocks)
    assert set(TERMS["decided"]) == set(schema_of("case")["$defs"]["decided"]["properties"])


def test_a_word_that_a_team_made_up_stays_as_it_is():
    assert FRENCH.term("clock", "spare-part") == "spare-part"


@pytest.mark.parametrize(
    ("code", "english", "french"),
    [
        ("fr", "French", "français"),
        ("en", "English", "anglais"),
        ("pt-BR", "Portuguese (Brazil)", "portugais (Brésil)"),
        (None, "unknown", "inconnu"),
        ("xx-not-one", "unknown", "inconnu"),
        ("../../etc", "unknown", "inconnu"),
    ],
)
def test_a_language_is_called_by_its_name(code, english, french):
    assert (ENGLISH.tongue(code), FRENCH.tongue(code)) == (english, french)


@pytest.mark.parametrize(
    ("term", "english", "french"),
    [
        (State.OPEN, "open", "ouvert"),
        (State.ACKNOWLEDGED, "acknowledged", "pris en charge"),
        (State.AWAITING_CUSTOMER, "awaiting customer", "en attente du client"),
        (State.HANDED_OFF, "handed off to brand care", "transmis au SAV"),
        (State.ANSWERED, "answered by brand care", "réponse du SAV reçue"),
        (State.RESOLVED, "resolved", "résolu"),
        (State.CLOSED, "closed", "clôturé"),
        (State.DISMISSED, "dismissed", "écarté"),
        (State.MERGED, "merged", "fusionné"),
        (State.ERASED, "erased", "anonymisé"),
        (Category.ADVICE, "request for advice", "demande de conseil"),
        (Category.COMPLAINT, "complaint", "réclamation"),
        (SourceCategory.CARE_PLATFORM, "customer-care platform", "plateforme de SAV"),
        (ContactAbility.PAID, "by hand, for a fee", "à la main, service payant"),
    ],
)
def test_a_term_is_said_as_the_trade_says_it(term, english, french):
    assert (ENGLISH.word(term), FRENCH.word(term)) == (english, french)


def test_people_first_is_said_in_one_wording(messages):
    french = read_catalogue(catalogue_file("fr"))
    said = [french[each.id].string for each in messages if "people first" in str(each.id).lower()]
    assert len(said) > 3
    assert all("les personnes d’abord" in words.lower() for words in said)


def test_an_instant_is_told_in_the_zone_and_habit_of_the_place():
    at = datetime(2026, 11, 21, 8, 3, 59, tzinfo=UTC)
    assert ENGLISH.instant(at) == "Sat 21 Nov 2026, 09:03"
    assert FRENCH.instant(at) == "sam. 21 nov. 2026 à 09:03"


def test_a_day_is_told_in_the_habit_of_the_place():
    day = date(2026, 11, 22)
    assert ENGLISH.day(day) == "Sun 22 Nov 2026"
    assert FRENCH.day(day) == "dim. 22 nov. 2026"


def test_open_time_has_no_days():
    length = timedelta(hours=30, minutes=5)
    assert ENGLISH.span(length, in_days=False) == "30 hours 5 minutes"
    assert FRENCH.span(length, in_days=False) == "30 heures 5 minutes"


@pytest.mark.parametrize(
    ("length", "english", "french"),
    [
        (timedelta(0), "less than a minute", "moins d’une minute"),
        (timedelta(seconds=59), "less than a minute", "moins d’une minute"),
        (timedelta(minutes=1), "1 minute", "1 minute"),
        (timedelta(hours=1, minutes=20), "1 hour 20 minutes", "1 heure 20 minutes"),
        (timedelta(days=1, minutes=20), "1 day", "1 jour"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 hours", "2 jours 3 heures"),
        (timedelta(hours=-2), "2 hours", "2 heures"),
    ],
)
def test_a_length_is_told_in_two_units_at_most(length, english, french):
    assert (ENGLISH.span(length), FRENCH.span(length)) == (english, french)


def test_values_of_strangers_are_put_in_as_they_are():
    said = FRENCH.say("less than a minute", name="{0.__class__} {name}")
    assert said == "moins d’une minute"


def test_plural_forms_follow_the_language():
    assert ENGLISH.say_n("{count} thing", "{count} things", 0) == "0 things"
    assert ENGLISH.say_n("{count} thing", "{count} things", 1) == "1 thing"


def test_once_loaded_the_words_load_nothing_more() -> None:
    program = """
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo
from runner.model import State
from runner.text.language import Language

language = Language("fr", ZoneInfo("Europe/Paris"))
language.load()
before = set(sys.modules)
sys.addaudithook(lambda event, args: print(event, args[0]) if event == "open" else None)
language.say("The file was removed."), language.word(State.CLOSED)
language.instant(datetime(2026, 11, 21, 8, tzinfo=UTC)), language.span(timedelta(days=3, hours=2))
print(*set(sys.modules) - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
