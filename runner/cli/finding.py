"""Finding a case by what a person has at hand: a number, an id, a file, an address."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.cases.case import Case
from runner.cases.summary import summarise
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.errors import Fault, FaultyFiles, UsageError
from runner.forges.port import Forge, ForgeSnapshot
from runner.model import KEY
from runner.planning.branches import INTAKE, Outcome, case_of_branch
from runner.planning.case_page import Proposal
from runner.planning.observation import Decision
from runner.planning.proposed_steps import ProposedStep, proposed_steps
from runner.planning.waiting import raised_crises
from runner.repo.case_files import read_case
from runner.repo.case_paths import find_case_files, parse_case_path
from runner.repo.files import read_yaml_file
from runner.repo.git import open_repository
from runner.repo.objects import ObjectReader


@dataclass(frozen=True, slots=True)
class Found:
    """A case, where its file lies, and the pull request it waits in, if it still does.

    `pulls` are the numbers of all open pull requests, by the case that they propose; `snapshot`
    is what the forge showed.
    """

    case: Case
    path: str
    proposal: Proposal | None
    pulls: Mapping[str, int]
    snapshot: ForgeSnapshot

    @property
    def proposed(self) -> tuple[ProposedStep, ...]:
        """What is proposed for the case that is shown as it stands, by people or the runner."""
        if self.proposal is not None:
            return ()
        seen = self.snapshot
        steps = proposed_steps((*seen.pulls, *seen.proposals), (*seen.branches, *seen.proposed))
        return steps.get(self.case.id, ())


def find_case(desk: Desk, wanted: str) -> Found:
    """Find the case that a pull request's number, a case id, a file or an address means.

    Raises:
        UsageError: when there is none.
        FaultyFiles: when its file cannot be read.
    """
    forge = open_forge(desk)
    snapshot = forge.snapshot()
    if wanted.isascii() and wanted.isdecimal():
        pulls = (*snapshot.pulls, *snapshot.proposals)
        branch = next((p.branch for p in pulls if p.number == int(wanted)), None)
        if branch is None:
            raise UsageError(
                f"there is no open pull request {wanted}", "`doleances pulls` lists them"
            )
        found = _proposed(forge, snapshot, lambda name, _: name == branch)
        if found is None:
            raise UsageError(
                f"the branch of pull request {wanted}, {branch}, is gone or cannot be read",
                "the next `doleances run` settles it",
            )
        return found
    if "://" in wanted:
        return _by_address(desk, forge, snapshot, wanted)
    case_id = parse_case_path(_inside(desk, wanted)) or wanted
    if not re.fullmatch(KEY, case_id):
        raise UsageError(
            f"{wanted!r} is no pull request's number, case id, case file or address",
            "such as 3, c-7f3k2m9x4q5t or https://forum.example.org/t/812",
        )
    found = _proposed(forge, snapshot, lambda name, case: case.id == case_id and _is_intake(name))
    if found is None:
        path = next(iter(find_case_files(desk.root, case_id)), None)
        if path is None:
            raise UsageError(*_why_missing(forge, case_id))
        found = _read(desk, path, snapshot)
        found = _in_crisis(forge, snapshot, found) or found
    return found


def _in_crisis(forge: Forge, snapshot: ForgeSnapshot, held: Found) -> Found | None:
    """Return the case as a person proposes it who raises a crisis, None where nobody does."""
    branches = [b for b in snapshot.proposed if b.case_id == held.case.id]
    decided = forge.decided((branch.case_id, branch.change) for branch in branches)
    open_cases = [summarise(held.case, held.path)] if held.case.state.is_open else []
    crisis = raised_crises(open_cases, branches, decided).get(held.case.id)
    if crisis is None or crisis.branch is None:
        return None
    proposing = crisis.branch.name
    return _proposed(forge, snapshot, lambda name, _: name == proposing)


def _why_missing(forge: Forge, case_id: str) -> tuple[str, str]:
    """Return what is said of a case that stands nowhere, and a hint."""
    decision = forge.decided([(case_id, INTAKE)]).get((case_id, INTAKE))
    match decision:
        case None:
            return f"there is no case {case_id}", "`doleances pulls` lists proposals"
        case Decision(outcome=Outcome.REFUSED):
            by = f" by {decision.actor}" if decision.actor else ""
            return (
                f"{case_id} was refused{by}, as pull request {decision.number}: {decision.reason}",
                "`doleances new` takes a message up again by hand",
            )
        case _:
            return (
                f"{case_id} was accepted as pull request {decision.number}, and is not here",
                "fetch the base branch",
            )


def _inside(desk: Desk, wanted: str) -> str:
    path = (Path.cwd() / wanted).resolve()
    return path.relative_to(desk.root).as_posix() if path.is_relative_to(desk.root) else wanted


def _by_address(desk: Desk, forge: Forge, snapshot: ForgeSnapshot, url: str) -> Found:
    found = _proposed(
        forge,
        snapshot,
        lambda name, case: _is_intake(name) and any(place.url == url for place in case.places),
    )
    if found is not None:
        return found
    repository = open_repository(desk.root)
    _, listed = repository.run_status(
        "grep", "-l", "-z", "-F", "-e", url, "--", "cases", accept=(0, 1)
    )
    for path in listed.decode("utf-8", "replace").split("\0"):
        if parse_case_path(path) is None:
            continue
        read = _read(desk, path, snapshot)
        if any(place.url == url for place in read.case.places):
            return read
    raise UsageError(f"no case stands at {url}", "`doleances explain` says how it would be judged")


def _proposed(
    forge: Forge, snapshot: ForgeSnapshot, fits: Callable[[str, Case], bool]
) -> Found | None:
    pulls = (*snapshot.pulls, *snapshot.proposals)
    numbers = {pull.branch: pull.number for pull in pulls}
    for branch in (*snapshot.branches, *snapshot.proposed):
        case = branch.case
        if case is not None and branch.path is not None and fits(branch.name, case):
            is_new = _is_intake(branch.name)
            held = None if is_new else _held(forge, branch.path)
            proposal = Proposal(numbers.get(branch.name), is_new=is_new, held=held)
            return Found(case, branch.path, proposal, _pulls(snapshot), snapshot)
    return None


def _held(forge: Forge, path: str) -> Case | None:
    """Return the case that stands at a path of the base, None where there is none."""
    with ObjectReader(forge.repository) as reader:
        stored = reader.read(f"{forge.base()}:{path}")
    case = read_case(stored.data, path) if stored is not None and stored.data is not None else None
    return case if isinstance(case, Case) else None


def _is_intake(branch: str) -> bool:
    """Whether a branch brings a case in; a verb's branch changes one that stands."""
    return branch.endswith(f"/{INTAKE}")


def _pulls(snapshot: ForgeSnapshot) -> dict[str, int]:
    return {case_of_branch(pull.branch): pull.number for pull in snapshot.pulls}


def _read(desk: Desk, path: str, snapshot: ForgeSnapshot) -> Found:
    data = read_yaml_file(desk.root, path)
    if isinstance(data, Fault):
        raise FaultyFiles((data,))
    case = read_case(data, path)
    if not isinstance(case, Case):
        raise FaultyFiles(case)
    return Found(case, path, None, _pulls(snapshot), snapshot)
