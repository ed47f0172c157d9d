"""Random legal lives: every step that the life cycle allows passes the check, spliced in."""

import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.cases.authority import Authority
from runner.cases.case import Case
from runner.cases.checks import case_is_sound
from runner.cases.file import parse_case
from runner.cases.lifecycle import KINDS, legal_entries
from runner.cases.splicing import splice_case
from runner.cases.summary import running_courses
from runner.errors import Fault
from runner.model import Category, State
from runner.planning.next_entry import IllegalStep, Step, plan_step
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.amended import judge_amendment
from runner.repo.files import read_configuration_files
from runner.repo.judge import judge_case
from runner.schemas import check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document

ROOT = Path(__file__).parents[2]
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
BEGUN = datetime(2026, 11, 21, 8, tzinfo=UTC)
URL = "https://forum.example.org/t/1#p2"
ON = {"channel": "private", "where": "inbox"}
PEOPLE = {"watcher": "malo", "community-manager": "ines", "brand-care": "odile"}


@functools.cache
def configuration() -> Configuration:
    files, _ = read_configuration_files(ROOT)
    read, faults = load_configuration(files)
    assert read is not None, faults
    return read


def read(data: bytes) -> Document:
    document = read_document(data, FILE)
    assert isinstance(document, Document), document
    return document


@dataclass
class Life:
    """A case on its way, with what a person has to remember to take its next step rightly."""

    data: bytes = field(default_factory=(ROOT / FILE).read_bytes)
    at: datetime = BEGUN

    @property
    def case(self) -> Case:
        return parse_case(read(self.data).value, FILE)

    def faults(self, data: bytes) -> tuple[Fault, ...]:
        judged = judge_case(data, FILE, configuration().privacy)
        authority = Authority(configuration().team)
        return judged or tuple(
            fault
            for fault in judge_amendment(read(self.data), read(data), authority, self.at)
            if fault.severity == "error"
        )

    def take(self, kind: str, facts: dict[str, object], by: str) -> tuple[Fault, ...]:
        self.at += timedelta(hours=5)
        step = Step(kind, facts, by, self.at, self.at)
        document = read(self.data)
        data = splice_case(document, self.data, plan_step(self.case, step, configuration()))
        faults = self.faults(data)
        self.data = data
        return faults


def facts_of(kind: str, case: Case) -> dict[str, object] | None:
    """Return facts that make an entry right, None where the case does not let it be yet."""
    place = {"place": "p1", "url": URL}
    crisis = case.crisis is not None
    match kind:
        case "replied" | "auto-replied":
            return {**place}
        case "messaged":
            return {"where": "inbox"}
        case "details-asked":
            return {**ON, "wants": ["the number"]}
        case "reminded" | "customer-wrote" | "thanked" | "contested":
            return {**ON}
        case "handed-off":
            return {"recipient": "care", "reference": "S-1", "asks": ["a lamp"], "consent": "given"}
        case "answered":
            return {"outcome": "partial", "decision": "d", "decided_by": "o", "decided_at":
                    "2026-11-21T08:00:00Z"}  # fmt: skip
        case "offered":
            return {**ON, "offer": "a lamp"}
        case "resolved":
            return {**ON, "outcome": "accepted", "reason": "r"}
        case "closed" if not crisis and not _was_crisis(case):
            if case.state is State.ACKNOWLEDGED and case.category is not Category.PRAISE:
                return None
            closings = [{"place": one.id, "impossible": "locked"} for one in case.places]
            return {"closings": closings, "survey": {"sent": False, "why": "w"}, "root_cause": "c"}
        case "reopened" | "dismissed" if kind == "reopened" or not (crisis or _was_crisis(case)):
            return {"reason": "spam"}
        case "qualified":
            urgency = "low" if case.urgency != "low" else "high"
            return {"set": {"urgency": urgency, "owner": "sam"}}
        case "merged" if not (crisis or _was_crisis(case)):
            return {"target": "c-000000000000"}
        case "crisis-raised":
            return {"crisis": "suicide"}
        case "crisis-taken" if crisis:
            return {}
        case "crisis-lifted" if crisis:
            return {"reason": "false-alarm", "note": "n"}
        case "approved":
            return {"subject": "remedy"}
        case "clock-changed":
            running = [course.clock.clock for course in running_courses(case)]
            kept = [clock for clock in running if clock != "mediation"]
            facts = {"how": "recompute", "reason": "r"}
            return {"clock": kept[0], **facts} if kept else None
        case "noted":
            return {"note": "Une note : « voilà » #1"}
        case _:
            return None


def _was_crisis(case: Case) -> bool:
    return any(entry.kind == "crisis-raised" for entry in case.log)


def _decider(kind: str) -> str:
    return next(PEOPLE[role] for role in KINDS[kind].deciders if role in PEOPLE)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_legal_step_passes_and_every_change_of_the_past_does_not(data: st.DataObject) -> None:
    life = Life()
    for _ in range(data.draw(st.integers(1, 9))):
        case = life.case
        kinds = {
            kind.name: facts
            for kind, _ in legal_entries(case.state)
            if (facts := facts_of(kind.name, case)) is not None
        }
        if not kinds:
            break
        kind = data.draw(st.sampled_from(sorted(kinds)))

        assert life.take(kind, kinds[kind], _decider(kind)) == (), kind
        assert life.case.state == life.case.log[-1].to or life.case.log[-1].to is None
    for _ in range(data.draw(st.integers(1, 12))):
        check_a_change_of_the_past(life, data)


def check_a_change_of_the_past(life: Life, data: st.DataObject) -> None:
    """Change one thing of what is merged, in any way, below it perhaps a note more."""
    was: Any = read(life.data).value
    case: Any = copy.deepcopy(was)
    holder, last = data.draw(st.sampled_from(list(_spots(case))))
    way = data.draw(st.sampled_from(["remove", "change", "swap", "repeat"]))
    value = holder[last]
    if way == "remove":
        del holder[last]
    elif way == "change":
        holder[last] = _another(value)
    elif isinstance(holder, list) and way == "swap":
        holder[last - 1], holder[last] = value, holder[last - 1]
    elif isinstance(holder, list):
        holder.insert(last, copy.deepcopy(value))
    kept = case | {"log": (case.get("log") or [])[: len(was["log"])]}
    if kept == was or not check_value("case", case):
        return
    if data.draw(st.booleans()):
        at = was["log"][-1]["recorded_at"]
        note = {"entry": "noted", "at": at, "recorded_at": at, "by": "ines", "note": "n"}
        case["log"].append(note)
    after = Document(FILE, case, {}, {})
    authority = Authority(configuration().team)
    refused = judge_amendment(read(life.data), after, authority, life.at)
    assert refused or not case_is_sound(case, FILE), (way, last, value)


def _spots(case: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where something stands that is never rewritten, as a holder and a key in it."""
    yield case, "id"
    left = [(case, name) for name in ("log", "places", "why")]
    while left:
        holder, last = left.pop()
        yield holder, last
        inner = holder[last]
        if isinstance(inner, dict | list):
            left += [
                (inner, key) for key in (inner if isinstance(inner, dict) else range(len(inner)))
            ]


def _another(value: Any) -> Any:
    match value:
        case str() if value[:2] == "20" and value.endswith("Z"):
            return f"{value[:3]}{'5' if value[3] != '5' else '4'}{value[4:]}"
        case str():
            return "odile" if value != "odile" else "malo"
        case bool():
            return not value
        case int() | float():
            return value + 1
        case dict():
            return value | {"note": "x"}
        case list():
            return [*value, "x"]
        case _:
            return "x"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("kind", [name for name in KINDS if name != "detected"])
def test_what_the_table_does_not_allow_is_refused(state: State, kind: str) -> None:
    from dataclasses import replace

    case = replace(Life().case, state=state)
    step = Step(kind, facts_of(kind, case) or {}, "ines", BEGUN, BEGUN)
    if state in KINDS[kind].moves:
        assert plan_step(case, step, configuration()).entries[0].to == KINDS[kind].moves[state][0]
    else:
        with pytest.raises(IllegalStep) as refused:
            plan_step(case, step, configuration())
        assert refused.value.legal == tuple(
            dict.fromkeys(entry.name for entry, _ in legal_entries(state))
        )


def test_a_promise_that_runs_is_not_begun_again() -> None:
    life = Life()
    at = {"channel": "private", "where": "inbox"}
    if life.case.state is State.OPEN:
        assert life.take("replied", {"place": "p1", "url": URL}, "ines") == ()
    assert life.take("customer-wrote", dict(at), "ines") == ()
    first: Any = life.case.log[-1].clocks
    assert [clock.clock for clock in first] == ["next-reply"]
    assert life.take("customer-wrote", dict(at), "ines") == ()
    assert life.case.log[-1].clocks == ()
    assert life.take("messaged", {"where": "inbox"}, "ines") == ()
    assert life.take("customer-wrote", dict(at), "ines") == ()
    assert [clock.clock for clock in life.case.log[-1].clocks] == ["next-reply"]
