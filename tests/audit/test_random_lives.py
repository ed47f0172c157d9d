"""A register that people kept as they may, with the functions of the verbs, has no finding."""

import functools
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from audit_book import BOT, HERE, INES, MALO, ODILE, Person

from runner.cases.case import Case, Entry
from runner.cases.erasure import KEPT, erase_case
from runner.cases.file import parse_case, render_case
from runner.cases.lifecycle import KINDS, legal_entries
from runner.cases.opening import case_path, open_case
from runner.cases.splicing import splice_case
from runner.clocks.pinning import first_clocks
from runner.model import (
    Category,
    Judgement,
    KeyBasis,
    Mention,
    Reason,
    Ruling,
    State,
    Urgency,
)
from runner.planning.next_entry import Step, plan_step
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.audit import Audited, audit_register
from runner.repo.files import read_configuration_files
from runner.repo.git import open_repository
from runner.text.document import Document
from runner.text.strict_yaml import read_document

LIVES = int(os.environ.get("DOLEANCES_LIVES", "1000"))
BEGUN = datetime(2026, 11, 21, 8, tzinfo=UTC)
DESK = ("sources.yaml", "policies", "templates")
WHO = {
    "watcher": ("malo", MALO),
    "community-manager": ("ines", INES),
    "brand-care": ("odile", ODILE),
}
ON = {"channel": "private", "where": "inbox"}


@functools.cache
def configuration() -> Configuration:
    files, _ = read_configuration_files(HERE)
    read, faults = load_configuration(files)
    assert read is not None, faults
    return read


@dataclass
class Stream:
    """What git is told to import: each change on a branch of its own, then merged.

    A branch begins at most `behind` merges before its own, and at the last one of its files.
    """

    behind: int = 0
    out: bytearray = field(default_factory=bytearray)
    marks: int = 0
    tip: int = 0
    tips: list[int] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)
    """By file the merge that changed it last."""

    def commit(
        self, by: Person, at: datetime, files: dict[str, bytes], parents: list[int], said: str
    ) -> int:
        self.marks += 1
        who = f"{by[0]} <{by[1]}> {int(at.timestamp())} +0000"
        head = f"commit refs/scratch\nmark :{self.marks}\nauthor {who}\ncommitter {who}\n"
        self.out += head.encode() + b"data %d\n%b\n" % (len(said), said.encode())
        for nth, parent in enumerate(parents):
            self.out += b"%b :%d\n" % (b"merge" if nth else b"from", parent)
        for path, data in files.items():
            self.out += b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data)
        return self.marks

    def merge(self, proposer: Person, by: Person, at: datetime, files: dict[str, bytes]) -> None:
        changed = max(self.changed.get(path, 0) for path in files)
        base = next((tip for tip in self.tips if tip >= changed), self.tip)
        head = self.commit(proposer, at, files, [base], "Change.")
        done = at + timedelta(seconds=20)
        self.tip = self.commit(by, done, files, [self.tip, head], "cases: Accept.")
        self.tips = [*self.tips, self.tip][-self.behind - 1 :]
        self.changed |= dict.fromkeys(files, self.tip)


def begin(number: int, at: datetime, chance: random.Random) -> Case:
    reason = Reason("low-stars", "policies/triage.yaml", 31)
    judgement = Judgement(
        after_sales=Ruling(True, reason),
        category=Ruling(chance.choice(list(Category)), reason),
        urgency=Ruling(chance.choice(list(Urgency)), reason),
    )
    key = f"c-{number:012d}"
    mention = Mention(
        key, KeyBasis.NATIVE_ID, "forum-bricolage", "forum.example.org", f"t{number}",
        f"https://forum.example.org/t/{number}", "Camille_R", "Colis", "Toujours rien.", at, at,
    )  # fmt: skip
    desk = configuration()
    clocks = first_clocks(mention, judgement, desk)
    return open_case(mention, judgement, desk, (), clocks)


def facts_of(kind: str, case: Case) -> dict[str, object] | None:
    """Return facts that make an entry right, None where the case does not let it be."""
    place = {"place": "p1", "url": f"{case.places[0].url}#2"}
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
            decided_at = "2026-11-21T08:00:00Z"
            return {"outcome": "partial", "decision": "d", "decided_by": "o",
                    "decided_at": decided_at}  # fmt: skip
        case "resolved":
            return {**ON, "outcome": "accepted", "reason": "r"}
        case "closed" if case.state is State.RESOLVED or case.category is Category.PRAISE:
            closings = [{"place": "p1", "impossible": "locked"}]
            return {"closings": closings, "survey": {"sent": False, "why": "w"}, "root_cause": "c"}
        case "reopened" | "dismissed":
            return {"reason": "spam"}
        case "qualified":
            return {"set": {"urgency": "low" if case.urgency != "low" else "high", "owner": "sam"}}
        case "noted":
            return {"note": "Une note : « voilà » #1"}
        case _:
            return None


def step(case: Case, data: bytes, at: datetime, chance: random.Random) -> tuple[bytes, Person]:
    """Let something happen that may; return the file then and who recorded it."""
    kinds = {
        kind.name: facts
        for kind, _ in legal_entries(case.state)
        if (facts := facts_of(kind.name, case)) is not None
    }
    if not kinds or (not case.state.is_open and chance.random() < 0.3):
        erased = Entry("erased", at, at, "odile", State.ERASED, (),
                       {"ground": "retention", "kept": list(KEPT)})  # fmt: skip
        return render_case(erase_case(case, erased)).encode(), ODILE
    kind = chance.choice(sorted(kinds))
    by, person = next(WHO[role] for role in KINDS[kind].deciders if role in WHO)
    planned = plan_step(case, Step(kind, kinds[kind], by, at, at), configuration())
    return splice_case(read(data, case), data, planned), person


def read(data: bytes, case: Case) -> Document:
    document = read_document(data, case_path(case))
    assert isinstance(document, Document), document
    return document


def keep(lives: int, chance: random.Random, behind: int = 0) -> Iterator[bytes]:
    """Yield the stream of a register in which so many cases live, one thing at a time."""
    stream, at = Stream(behind), BEGUN
    desk = {
        path.relative_to(HERE).as_posix(): path.read_bytes()
        for name in DESK
        for path in ([HERE / name] if (HERE / name).is_file() else sorted((HERE / name).rglob("*")))
        if path.is_file()
    }
    lines = desk["sources.yaml"].splitlines(keepends=True)
    desk["sources.yaml"] = b"".join(one for one in lines if not one.startswith(b"audit:"))
    stream.tip = stream.commit(INES, at, desk, [], "Begin.")
    living: list[tuple[Case, bytes, int]] = []
    number = 0
    while number < lives or living:
        at += timedelta(minutes=chance.randrange(1, 9))
        if number < lives and (not living or chance.random() < 0.4):
            case = begin(number, at, chance)
            data = render_case(case).encode()
            stream.merge(BOT, MALO, at, {case_path(case): data})
            living.append((case, data, chance.randrange(1, 4)))
            number += 1
            continue
        case, data, left = living.pop(chance.randrange(len(living)))
        data, person = step(case, data, at, chance)
        stream.merge(person, person, at, {case_path(case): data})
        case = parse_case(read(data, case).value, case_path(case))
        if left > 1 and case.state is not State.ERASED:
            living.append((case, data, left - 1))
    stream.out += b"reset refs/heads/main\nfrom :%d\n\ndone\n" % stream.tip
    yield bytes(stream.out)


@pytest.mark.parametrize("seed", [1])
def test_a_thousand_legal_lives_have_no_finding(
    tmp_path: Path, own_git_settings: None, seed: int
) -> None:
    audited = audit(tmp_path, LIVES, seed)
    told = [f"{one.fault.rule}: {one.fault}" for one in audited.findings[:5]]
    assert (len(audited.findings), told) == (0, [])
    assert audited.versions == audited.commits > 2 * LIVES


@pytest.mark.parametrize("waiting", [1, 50])
def test_cases_that_are_judged_in_several_turns_have_no_finding(
    tmp_path: Path, own_git_settings: None, monkeypatch: pytest.MonkeyPatch, waiting: int
) -> None:
    monkeypatch.setattr("runner.repo.audit_walk._WAITING_AT_MOST", waiting)
    monkeypatch.setattr("runner.repo.audit_walk._AT_ONCE", waiting)
    audited = audit(tmp_path, 40, 2)
    assert audited.findings == ()
    assert audited.versions == audited.commits > 80


def test_branches_that_are_behind_have_no_finding(tmp_path: Path, own_git_settings: None) -> None:
    audited = audit(tmp_path, 60, 3, behind=15)
    assert audited.findings == ()
    assert audited.versions == audited.commits > 120


def audit(folder: Path, lives: int, seed: int, behind: int = 0) -> Audited:
    git = ["git", "-C", str(folder), "-c", "core.fsync=none"]
    subprocess.run([*git, "init", "-q", "-b", "main", "--bare"], check=True)
    (stream,) = keep(lives, random.Random(seed), behind)  # noqa: S311 - repeatable, no secret
    subprocess.run([*git, "fast-import", "--quiet", "--done"], input=stream, check=True)
    repository = open_repository(folder)
    tip = repository.text("rev-parse", "main")
    now = datetime(2027, 6, 1, tzinfo=UTC)
    instance = replace(configuration().instance, baseline=None)
    return audit_register(repository, tip, instance, now)
