"""A brief: strangers' words in it act nowhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.cases.lifecycle import KINDS
from runner.planning.brief import make_brief, render_markdown, render_text
from runner.policies.team import Person, Team
from runner.text.language import Language
from runner.text.strict_yaml import read_value
from runner.text.terms import TERMS

FILE = "cases/2026/10/05/c-z9dhernv57sj.yaml"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
ODILE = Team((Person("odile", "Odile Roy", ("brand-care",), (), ()),), ())
FRENCH = Language("fr", ZoneInfo("Europe/Paris"))


def shipped() -> Case:
    return parse_case(read_value((Path(__file__).parents[2] / FILE).read_bytes()), FILE)


def test_what_happened_late_stands_where_it_happened() -> None:
    case = shipped()
    late = replace(case.log[1], at=datetime(2026, 10, 4, 8, tzinfo=UTC), facts={"url": "https://x"})
    brief = make_brief(replace(case, log=(*case.log, late)), (), NOW, Team((), ()), ENGLISH)
    assert brief.said[0].facts == (("address", "https://x"),)
    assert [said.at for said in brief.said] == sorted(said.at for said in brief.said)


def test_strangers_words_stay_words() -> None:
    case = shipped()
    hostile = "Eve](http://evil.example.org) @all\n# Done ```"
    place = replace(case.places[0], author=hostile, text=hostile)
    brief = make_brief(replace(case, places=(place,)), (), NOW, Team((), ()), ENGLISH)
    page = render_markdown(brief, ENGLISH)
    outside = re.sub(r"^(`{3,})[^`]*\n.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    headings = [line for line in outside.splitlines() if line.startswith("#")]
    assert not any(line.startswith("# Done") for line in headings)
    assert all("`" in line for line in headings if "Eve" in line)
    bars = [line for line in render_text(brief, ENGLISH).splitlines() if "Done" in line]
    assert any(line.startswith("  │ # Done") for line in bars)


def facts_in(language: Language, kind: str, **facts: object) -> list[str]:
    case = shipped()
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    entry = replace(case.log[1], kind=kind, at=at, facts=facts)
    brief = make_brief(replace(case, places=(), log=(entry,)), (), NOW, ODILE, language)
    lines = render_text(brief, language).splitlines()
    return [line.replace("\u00a0", " ").strip() for line in lines if line.startswith("  ")]


def test_a_fact_and_its_fixed_choices_are_told_in_words() -> None:
    facts = {"outcome": "partial", "decided_by": "odile", "reference": "SAV-1"}
    assert facts_in(FRENCH, "answered", **facts) == [
        "référence : SAV-1",
        "issue : acceptée en partie",
        "décidé par : Odile Roy",
    ]
    assert facts_in(ENGLISH, "handed-off", consent="not-needed") == [
        "consent to pass on contact data: not needed"
    ]
    assert facts_in(ENGLISH, "reopened", reason="over") == ["reason: over"]


def test_a_closing_tells_each_place_and_the_survey() -> None:
    closings = [
        {"place": "p1", "url": "https://forum.example.org/t/1#p9"},
        {"place": "p2", "edited": {"before": "Oui.", "after": "Oui,\nmerci."}},
        {"place": "p3", "impossible": "the thread is locked"},
    ]
    page = facts_in(ENGLISH, "closed", closings=closings, survey={"sent": False, "why": "by phone"})
    assert page == [
        "closing at p1: https://forum.example.org/t/1#p9",
        "closing at p2: our reply was edited: Oui, merci.",
        "closing at p3: impossible: the thread is locked",
        "survey: not sent: by phone",
    ]


def test_a_closing_tells_the_words_of_each_message() -> None:
    at = "https://forum.example.org/t/1#p9"
    one = {"place": "p1", "url": at, "text": "Merci.\nÀ bientôt."}
    said = {"survey": {"sent": True}}
    assert facts_in(ENGLISH, "closed", closings=[one], **said) == [
        f"closing at p1: {at}", "survey: sent", "│ Merci.", "│ À bientôt."
    ]  # fmt: skip
    two = {"place": "p2", "url": "https://reviews.example.org/9", "text": "Thank you."}
    words = facts_in(ENGLISH, "closed", closings=[one, two], **said)[-3:]
    assert words == ["│ p1: Merci.", "│ À bientôt.", "│ p2: Thank you."]


def test_every_fixed_choice_of_a_fact_that_is_told_has_a_word() -> None:
    chosen = [
        (name, value)
        for kind in KINDS.values()
        for name, values in kind.choices.items()
        for value in values
        if name in TERMS["fact"]
    ]
    assert {name for name, _ in chosen} == {"consent", "outcome", "reason", "subject"}
    assert [(name, value) for name, value in chosen if value not in TERMS[name]] == []
