"""Pages on which people command, as a run observes them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.model import Category, Urgency
from runner.planning.actions import Action, ObeyCommands, PushBranch
from runner.planning.obeying import obey_comments
from runner.planning.observation import Branch, Ending, Observation, Pull, Remark
from runner.planning.plan import plan
from runner.policies.privacy import PrivacyPolicy
from runner.policies.rules import Otherwise, TriagePolicy
from runner.policies.team import Person, Team
from runner.policies.values import Configuration, Instance
from runner.text.language import Language
from runner.text.strict_yaml import read_value

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
CASE = "c-7f3k2m9x4q5t"
PARIS = ZoneInfo("Europe/Paris")
ENGLISH = Language("en", PARIS)
CaseText = Callable[..., tuple[str, str]]
CONFIGURATION = Configuration(
    Instance("Lumen", "en", PARIS, False, "main", "github", "mailto:v@example.org"), (), (),
    Team(
        (
            Person("ines", "Inès Martin", ("watcher",), (), ("ines-martin",)),
            Person("sam", "Sam Diallo", ("watcher",), (), ("sam-d",)),
        ),
        (),
    ),
    TriagePolicy("t.yaml", "", Otherwise(False, Category.QUESTION, Urgency.NORMAL, 1)),
    PrivacyPolicy(), {},
)  # fmt: skip


def seen(case_text: CaseText, *bodies: str, change: str = "open", **fields: object) -> Observation:
    path, content = case_text(CASE)
    case: Case = parse_case(read_value(content.encode()), path)
    if crisis := fields.pop("crisis", None):
        case = replace(case, crisis=str(crisis))
    branch = Branch(
        name=f"doleances/{CASE}/{change}", case_id=CASE, change=change, head="1" * 40,
        hands_off=bool(fields.pop("hands_off", False)), merged=False, path=path, case=case,
    )  # fmt: skip
    ended = fields.pop("ended", None)
    assert ended is None or isinstance(ended, Ending)
    return Observation(
        now=NOW, base="0" * 40, configuration=CONFIGURATION, reads=(), cursors={},
        case_of=lambda _: None, open_cases=(), branches=(branch,),
        pulls=(Pull(1, branch.name, "T", "B", NOW, branch.head, ended, branch.head),), decided={},
        remarks=tuple(
            Remark(n, 1, branch.name, "ines-martin", True, False, NOW - timedelta(hours=1), body)
            for n, body in enumerate(bodies, 1)
        ),
        heard_until=NOW,
    )  # fmt: skip


def obeyed(case_text: CaseText, *bodies: str, **fields: object) -> ObeyCommands:
    (action,) = obey_comments(seen(case_text, *bodies, **fields), {}, ENGLISH).actions  # type: ignore[arg-type]
    return action


TARGET = "c-000000000002"


def called_the_same(case_text: CaseText, *cases: Case, **fields: object) -> Observation:
    """Cases on pages of their own that Inès calls the same as one of the base."""
    path, content = case_text(TARGET)
    branches = [
        Branch(f"doleances/{case.id}/open", case.id, "open", f"{n}" * 40, hands_off=False,
               merged=False, path=f"cases/{case.id}.yaml", case=case)
        for n, case in enumerate(cases, 1)
    ]  # fmt: skip
    return Observation(
        now=NOW, base="0" * 40, configuration=CONFIGURATION, reads=(), cursors={},
        case_of=lambda key: TARGET if key == TARGET else None, open_cases=(),
        branches=tuple(branches), decided={},
        pulls=tuple(
            Pull(n, branch.name, "T", "B", NOW, branch.head, None, branch.head)
            for n, branch in enumerate(branches, 1)
        ),
        case_files={path: content.encode()},
        remarks=tuple(
            Remark(n, n, branch.name, "ines-martin", True, False, NOW, f"/duplicate {TARGET}")
            for n, branch in enumerate(branches, 1)
        ),
        heard_until=NOW,
    )  # fmt: skip


def said_at(case_text: CaseText, *keys: str) -> Case:
    path, content = case_text(keys[0])
    case: Case = parse_case(read_value(content.encode()), path)
    place = case.places[0]
    places = (replace(place, id=f"p{n}", key=key) for n, key in enumerate(keys, 1))
    return replace(case, places=tuple(places))


def pushed(actions: Iterable[Action]) -> list[PushBranch]:
    return [each for each in actions if isinstance(each, PushBranch)]


def commanded(observation: Observation, *said: tuple[int, str]) -> Observation:
    """The same pages, with other words of Inès on them, one after the other."""
    branches = {pull.number: pull.branch for pull in observation.pulls}
    remarks = tuple(
        Remark(n, page, branches[page], "ines-martin", True, False, NOW, words)
        for n, (page, words) in enumerate(said, 1)
    )
    return replace(observation, remarks=remarks)


A, B = "c-00000000000a", "c-00000000000b"


def two_pages(case_text: CaseText, *said: tuple[int, str]) -> Observation:
    pages = called_the_same(case_text, said_at(case_text, A), said_at(case_text, B))
    return commanded(pages, *said)


def actions_of(observation: Observation) -> list[ObeyCommands]:
    return [each for each in plan(observation).actions if isinstance(each, ObeyCommands)]
