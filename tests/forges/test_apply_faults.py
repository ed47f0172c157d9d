"""Killed anywhere, or run twice at once: the end is the same, and nothing is there twice."""

import multiprocessing
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from contract import NOW, CaseText, branch_of, cursor_of, open_of, plan_of, push_of

from runner.forges.apply import apply
from runner.forges.local import LocalForge
from runner.forges.port import Done
from runner.planning.actions import DropBranch, Plan, SettlePull
from runner.planning.branches import Outcome
from runner.policies.values import Bot
from runner.repo import git as edge

Git = Callable[..., str]
CASES = ("c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb", "c-cccccccccccc")


class Killed(BaseException):
    """What SIGKILL looks like from inside: nothing else runs."""


@pytest.fixture
def prepared(folder: Path, case_text: CaseText, git: Git) -> tuple[Path, Plan]:
    """A forge, and a plan in which every kind of action has something to do."""
    forge = LocalForge(folder, "main", Bot())
    merged, deleted, new = CASES
    forge.push_branches([push_of(case_text, c) for c in (merged, deleted)], forge.base(), NOW)
    for case_id in (merged, deleted):
        forge.open_pull(open_of(case_id), NOW)
    git(folder, "merge", "-q", "--no-ff", "-m", "Merge.", branch_of(merged))
    git(folder, "branch", "-qD", branch_of(deleted))
    seen = forge.snapshot()
    first, second = seen.pulls
    plan = plan_of(
        forge.base(),
        push_of(case_text, new),
        SettlePull(first.number, first.branch, Outcome.MERGED, "the base holds it"),
        SettlePull(second.number, second.branch, Outcome.REFUSED, "its branch was deleted"),
        DropBranch(first.branch, seen.branches[0].head, "done"),
        open_of(new),
        cursors=(cursor_of("forum"),),
    )
    return folder, plan


def state(folder: Path, git: Git) -> list[str]:
    """Everything that the forge holds, but for numbers, which a kill may skip."""
    held = []
    listed = git(folder, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/doleances")
    for ref in listed.splitlines():
        if ref.startswith("refs/doleances/pulls/"):
            held.append(re.sub(r'"number": \d+', "", git(folder, "show", f"{ref}:pull.json")))
        elif ref != "refs/doleances/counter":
            held.append(f"{ref}\n{git(folder, 'ls-tree', '-r', ref)}")
    return sorted(held)


def stand_in(patch: pytest.MonkeyPatch, spawn: object) -> None:
    """Put something in the place where git processes are run to their end."""
    patch.setattr("runner.repo.git.spawn", spawn)
    patch.setattr("runner.repo.objects.spawn", spawn)


def test_killed_at_any_git_process_the_next_run_ends_as_if_unharmed(
    prepared: tuple[Path, Plan], git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template, plan = prepared
    real = edge.spawn
    verbs: list[str] = []

    def watching(
        line: Sequence[str], stdin: bytes, variables: Mapping[str, str], within: float | None = None
    ) -> object:
        verbs.append(next(word for word in line[3:] if word != "-c" and "=" not in word))
        return real(line, stdin, variables, within)

    shutil.copytree(template, tmp_path / "unharmed")
    with monkeypatch.context() as patch:
        stand_in(patch, watching)
        applied = apply(plan, LocalForge(tmp_path / "unharmed", "main", Bot()), NOW)
    assert applied.failures == ()
    assert {result.done for result in applied.results} == {Done.DONE}
    expected = state(tmp_path / "unharmed", git)
    assert verbs.count("update-ref") == 6

    # What is killed before a process is killed after the one before it.
    for nth in range(len(verbs)):
        folder = tmp_path / f"killed-{nth}"
        shutil.copytree(template, folder)
        spawned = 0

        def killing(
            line: Sequence[str],
            stdin: bytes,
            variables: Mapping[str, str],
            within: float | None = None,
        ) -> object:
            nonlocal spawned
            spawned += 1
            ended = real(line, stdin, variables, within)
            if spawned > nth:  # noqa: B023
                raise Killed
            return ended

        with monkeypatch.context() as patch:
            stand_in(patch, killing)
            with pytest.raises(Killed):
                apply(plan, LocalForge(folder, "main", Bot()), NOW)
        again = apply(plan, LocalForge(folder, "main", Bot()), NOW + timedelta(hours=1))
        assert again.failures == ()
        assert without_instants(state(folder, git)) == without_instants(expected), (nth, verbs[nth])
        shutil.rmtree(folder)


def without_instants(held: list[str]) -> list[str]:
    """Return what is held, but for when a later run recorded it, which commits show too."""
    return [
        re.sub(r'"(?:opened_at|head)": "[^"]*"|(?<=blob )[0-9a-f]+(?=\tsettled)', "", one)
        for one in held
    ]


def run_once(folder: Path, plan: Plan, start: "Barrier", answers: "Queue[list[str]]") -> None:
    forge = LocalForge(folder, "main", Bot())
    start.wait()
    applied = apply(plan, forge, NOW)
    answers.put([*(r.done.value for r in applied.results), *(f.message for f in applied.failures)])


def test_two_runs_at_once_propose_every_case_once(folder: Path, case_text: CaseText) -> None:
    forge = LocalForge(folder, "main", Bot())
    ids = [f"c-{n:012d}" for n in range(20)]
    plan = plan_of(
        forge.base(),
        *(push_of(case_text, case_id) for case_id in ids),
        *(open_of(case_id) for case_id in ids),
        cursors=(cursor_of("forum"),),
    )
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(2), context.Queue()
    runs = [context.Process(target=run_once, args=(folder, plan, start, answers)) for _ in range(2)]
    for run in runs:
        run.start()
    said = [answers.get(timeout=120) for _ in runs]
    for run in runs:
        run.join()
    seen = forge.snapshot()
    assert sorted(pull.branch for pull in seen.pulls) == [branch_of(case_id) for case_id in ids]
    assert sorted(pull.number for pull in seen.pulls) == list(range(1, 21))
    assert len(seen.branches) == 20
    assert dict(seen.cursors) == {"forum": cursor_of("forum")}
    for one, other in zip(*said, strict=True):
        assert {one, other} == {"done", "adopted"}
