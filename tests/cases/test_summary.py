"""What planning needs of a case."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from runner.cases.case import Case, Entry
from runner.cases.file import parse_case
from runner.cases.summary import running_courses, summarise, summary_from_json, summary_to_json
from runner.model import State, Urgency
from runner.text.strict_yaml import read_value

FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"


def life(until: int | None = None, state: State = State.OPEN) -> Case:
    """Return the long life, or its first entries."""
    data = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
    case = parse_case(read_value(data), FILE)
    return replace(case, state=state, log=case.log[:until])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_it_holds_the_facts_of_all_places() -> None:
    summary = summarise(life(), FILE)
    assert summary.id == "c-7f3k2m9x4q5t"
    assert summary.keys == (
        "c-7f3k2m9x4q5t",
        "c-9k8j7h6g5f4d",
        "c-aaaabbbbcccc",
        "c-c0c0c0c0c0c0",
    )
    assert summary.authors == ("Camille_R", "camille r")
    assert summary.urls == (
        "https://forum.example.org/t/812#p3",
        "https://avis.example.org/lumen/77",
    )
    assert summary.threads == ("https://forum.example.org/t/812",)
    assert summary.sources == ("forum-bricolage", "avis-conso", "reseau")
    assert summary.detected_at == at("2026-11-20T21:00:00Z")
    assert summary.urgency is Urgency.HIGH


def test_a_text_that_is_gone_has_no_fingerprint() -> None:
    case = life()
    gone = replace(case, places=(replace(case.places[0], text=None),))
    assert summarise(gone, FILE).fingerprint == ""
    assert summarise(case, FILE).fingerprint != ""


@pytest.mark.parametrize(
    ("entries", "running"),
    [
        (1, ["first-reply"]),
        (5, ["first-reply"]),
        # The public reply ends it.
        (6, []),
        # A promise changed by an entry runs from there.
        (20, ["next-reply"]),
        # What a person approved and the runner published counts as their reply.
        (22, []),
    ],
)
def test_it_holds_the_promises_that_nothing_has_ended(entries: int, running: list[str]) -> None:
    summary = summarise(life(entries), FILE)
    assert [course.clock.clock for course in summary.courses] == running


def test_nothing_is_promised_any_more_once_the_case_is_not_open() -> None:
    case = life(1, State.DISMISSED)
    when = at("2026-11-21T09:00:00Z")
    dismissed = Entry("dismissed", when, when, "ines", State.DISMISSED)
    assert running_courses(replace(case, log=(*case.log, dismissed))) == ()


@pytest.mark.parametrize("entries", [1, 6, 20])
def test_it_survives_json(entries: int) -> None:
    summary = summarise(life(entries), FILE)
    assert summary_from_json(json.loads(json.dumps(summary_to_json(summary)))) == summary


def test_pauses_survive_json() -> None:
    case = life(20)
    paused = Entry(
        "details-asked", case.log[-1].at, case.log[-1].at, "ines", State.AWAITING_CUSTOMER
    )
    clock = replace(running_courses(case)[0].clock, pauses=(State.AWAITING_CUSTOMER,), stops=())
    begun = replace(case.log[0], clocks=(clock,))
    wrote = replace(paused, kind="customer-wrote", to=State.ACKNOWLEDGED)
    summary = summarise(replace(case, log=(begun, paused, wrote, paused)), FILE)
    (course,) = summary.courses
    assert [pause.ended_by for pause in course.pauses] == [None]
    assert summary_from_json(json.loads(json.dumps(summary_to_json(summary)))) == summary


@pytest.mark.parametrize("broken", [{}, {"id": "a"}, {"urgency": "huge"}])
def test_what_another_program_made_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        summary_from_json(broken)
