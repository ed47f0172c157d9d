"""Which answers of the catalogue were told, and how those cases ended."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.replies.answer_uses import UsesOfAnswer, count_uses
from runner.repo.case_files import read_case

Git = Callable[..., str]
CaseText = Callable[..., tuple[str, str]]
ASKED, OTHER = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb"


@pytest.fixture
def case(case_text: CaseText) -> Case:
    path, text = case_text(ASKED)
    read = read_case(text.encode(), path)
    assert isinstance(read, Case)
    return read


def lived(case: Case, *steps: tuple[str, str | None, dict[str, object]]) -> Case:
    """A case after entries of these kinds, leading to these states, with these facts."""
    for kind, to, facts in steps:
        state = type(case.state)(to) if to else None
        entry = replace(case.log[0], kind=kind, to=state, facts=facts, clocks=())
        case = replace(case, log=(*case.log, entry), state=state or case.state)
    return case


def test_each_case_counts_once_by_how_it_ended(case: Case) -> None:
    told: tuple[str, str | None, dict[str, object]] = ("replied", "acknowledged", {"answer": "x"})
    again: tuple[str, str | None, dict[str, object]] = ("replied", None, {"answer": "x"})
    settled = ("resolved", "resolved", {"outcome": "accepted"})
    closed: tuple[str, str | None, dict[str, object]] = ("closed", "closed", {})
    cases = (
        lived(case, told, again, settled, closed, ("thanked", None, {})),
        lived(case, told, settled, closed, ("reopened", "open", {"cycle": 2})),
        lived(case, told, closed),
        # Approving words is not telling them.
        lived(case, ("approved", None, {"answer": "y"})),
    )
    assert count_uses(cases) == {
        "x": UsesOfAnswer(3, {"accepted": 1, "closed": 1, "open": 1}, contested=1, thanked=1)
    }


def test_a_recorded_reply_names_its_answer_and_the_list_counts_it(
    shipped_desk: Callable[..., Path], case_text: CaseText, say: Callable[..., str]
) -> None:
    cases = dict(case_text(case_id) for case_id in (ASKED, OTHER))
    asked = {
        path: text.replace("category: complaint", "category: question").replace(
            "Bonjour, toujours rien reçu.", "Bonjour, quel est le délai de livraison ?"
        )
        for path, text in cases.items()
    }
    shipped_desk(files=asked, now="2026-11-21T10:00:00Z")
    drafted = json.loads(say("draft", ASKED, "--json"))["drafts"][0]
    answer = drafted["answer"]
    assert f"--answer {answer}" in drafted["record"]
    where = ("--place", "p1", "--url", "https://forum.example.org/t/1#p2")
    assert "no answer 'dellais'" in say("reply", ASKED, *where, "--answer", "dellais", code=2)
    say("reply", ASKED, *where, "--answer", answer)
    say("accept", ASKED)
    counted = {each["answer"]: each for each in json.loads(say("answers", "--json"))["answers"]}
    assert (counted[answer]["used"], counted[answer]["endings"]) == (1, {"acknowledged": 1})
    assert {each["used"] for name, each in counted.items() if name != answer} == {0}
    assert "1 case: 1 acknowledged" in say("answers")
