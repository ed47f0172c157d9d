"""What a pull request proposes for a case that stands is shown with its own words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from runner.cases.case import Case
from runner.cases.closings import Closing
from runner.cases.file import parse_case
from runner.model import State
from runner.planning.closing_page import closing_sections
from runner.planning.proposal_page import added_entries, as_it_stands, state_words
from runner.policies.load import load_configuration
from runner.repo.files import read_configuration_files
from runner.text.language import Language
from runner.text.strict_yaml import read_value

HERE = Path(__file__).resolve().parents[2]
RESOLVED = "c-ze7414h45y49"
FILE = f"cases/2026/11/09/{RESOLVED}.yaml"
HANDED_OFF = "c-pxkw4mrety4h"
COMMAND = (
    f"doleances close {RESOLVED} --as-drafted --url p1=ADDRESS --no-survey WHY --root-cause CAUSE"
)
ENGLISH = Language("en", ZoneInfo("Europe/Paris"))
Git = Callable[..., str]
Say = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    """The shipped desk with a case that is resolved and one at brand care."""
    cases = (FILE, f"cases/2026/11/14/{HANDED_OFF}.yaml")
    return shipped_desk(files={path: (HERE / path).read_text() for path in cases})


def section(page: str, heading: str) -> str:
    return page.partition(f"\n{heading}\n")[2].partition("\n\n")[0]


def test_prepared_closings_are_shown_to_be_posted_while_the_promise_runs(
    desk: Path, say: Say
) -> None:
    say("run", "--offline")
    page = say("show", "1")
    assert page.splitlines()[0].startswith(f"{RESOLVED} · resolved · complaint")
    assert "Closing: by Mon 23 Nov 2026, 10:05, 2 days left" in section(page, "Until when")
    assert "closed" not in section(page, "So far")
    assert "Inès, pour Lumen" in section(page, "Closing message for p1 (agora)")
    assert section(page, "What is missing").splitlines() == [
        "  p1: the address of the message in --url, or in --impossible why there can be none",
        "  What caused it: --root-cause",
        "  The survey: its address in --survey, or in --no-survey why none was sent",
    ]
    assert "A drafted reply" not in page
    assert section(page, "Next step").splitlines() == [
        f"  Post the messages, then record them: {COMMAND}",
        "  Or refuse it: doleances reject 1 --reason ...",
    ]


def test_accepting_what_is_only_prepared_says_all_that_is_missing_and_how(
    desk: Path, git: Git, say: Say
) -> None:
    say("run", "--offline")
    refused = say("accept", "1", "--yes", code=1)
    for fault in ("is when the runner prepared this entry", "`closed` is for people to decide",
                  "needs one of `url`", "a survey not sent needs `why`",
                  "closes with its root cause", "5 faults in the files"):  # fmt: skip
        assert fault in refused
    branch = git(desk, "for-each-ref", "--format=%(refname:short)", "refs/heads/doleances").strip()
    assert refused.splitlines()[-2:] == [
        f"    post the messages, then: {COMMAND}",
        f"    or mend them on its branch, {branch}, and commit; then accept it again",
    ]


def test_what_a_verb_proposes_is_shown_with_what_its_entry_says(desk: Path, say: Say) -> None:
    say("answer", HANDED_OFF, "--by", "odile", "--outcome", "partial", "--decision",
        "A repair at half the price.", "--remedy", "a repair", "--amount", "20", "--currency",
        "EUR", "--reference", "SAV-7", "--decided-by", "odile")  # fmt: skip
    page = say("show", "1")
    assert "handed off to brand care → answered by brand care" in page.splitlines()[0]
    assert "brand care answered" not in section(page, "So far")
    told = section(page, "What is proposed")
    for words in ("brand care answered, Odile Ferrand", "outcome: accepted in part",
                  "decision: A repair at half the price.", "amount: 20"):  # fmt: skip
        assert words in told
    assert "Accept it: doleances accept 1" in page

    at = "https://agora.example.org/@MaisonLumen/9"
    say("close", RESOLVED, "--url", at, "--text", "Merci.\nÀ bientôt.", "--no-survey", "asked",
        "--root-cause", "age")  # fmt: skip
    told = section(say("show", "2"), "What is proposed").splitlines()
    assert told[1:] == [
        "  root cause: age", f"  closing at p1: {at}", "  survey: not sent: asked",
        "  │ Merci.", "  │ À bientôt.",
    ]  # fmt: skip

    say("qualify", RESOLVED, "--urgency", "high")
    assert "  urgency: normal → high" in section(say("show", "3"), "What is proposed").splitlines()


def shipped() -> Case:
    return parse_case(read_value((HERE / FILE).read_bytes()), FILE)


def test_each_place_says_what_is_to_be_posted_there_or_why_not() -> None:
    case = shipped()
    first = case.places[0]
    places = (first, replace(first, id="p2"), replace(first, id="p3"), replace(first, id="p4"))
    closings = (
        Closing("p1", url="https://agora.example.org/9", text="Merci gaetan_b.\nÀ bientôt."),
        Closing("p2", text="Bonjour gaetan_b, c’est réglé.", before="Nous regardons."),
        Closing("p3", impossible="the thread is locked"),
        Closing("p4"),
        Closing("p9", text="of a place that is gone"),
    )
    configuration, _ = load_configuration(read_configuration_files(HERE)[0])
    assert configuration is not None
    sections = tuple(
        closing_sections(replace(case, places=places), closings, configuration, ENGLISH)
    )
    told: Any = {each.heading: [line.text for line in each.lines] for each in sections}
    assert list(told) == [*(f"Closing message for p{n} (agora)" for n in range(1, 5)),
                          "What is missing"]  # fmt: skip
    stands, edited, locked, bare, missing = told.values()
    assert stands[2:5] == [
        "It stands here: https://agora.example.org/9", "Merci gaetan_b.", "À bientôt."
    ]  # fmt: skip
    assert edited[2:6] == [
        "The site takes one reply, which is edited. Now it reads:", "Nous regardons.",
        "It is to read:", "Bonjour gaetan_b, c’est réglé.",
    ]  # fmt: skip
    assert locked[-1] == "No message can stand there: the thread is locked."
    assert bare[-1].startswith("There is no template for a message there")
    assert [line[:3] for line in missing] == ["p4:", "Wha", "The"]


def test_only_what_the_runner_prepared_is_not_told_as_done() -> None:
    held = shipped()
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    closed = replace(held.log[-1], kind="closed", at=at, by="runner", to=State.CLOSED)
    prepared = replace(held, state=State.CLOSED, log=(*held.log, closed))
    signed = replace(prepared, log=(*held.log, replace(closed, by="ines")))
    assert as_it_stands(prepared, held) is held
    assert as_it_stands(signed, held) is signed
    assert as_it_stands(prepared, None) is prepared
    assert added_entries(signed, held) == signed.log[-1:]
    assert added_entries(signed, None) == ()
    assert state_words(signed, held, ENGLISH) == "resolved → closed"
    assert state_words(as_it_stands(prepared, held), held, ENGLISH) == "resolved"
