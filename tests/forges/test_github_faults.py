"""Harmed at any request, to git or to REST, in any way: the next runs end as an unharmed one."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from contract import NOW, CaseText, branch_of, comment_of, cursor_of, open_of, plan_of, push_of
from fake_github.model import INES
from fake_github.server import Call, Harm
from trial import Tried, TriedGithub, desk_on_github, tried

from runner.errors import DoleancesError
from runner.forges.apply import Applied, apply
from runner.forges.hosted import HostedForge
from runner.planning.actions import Action, DropBranch, OpenPull, SettlePull, WithdrawPull

__all__ = ("tried",)
DeskOn = Callable[..., AbstractContextManager[Tried[Any]]]
ILL = (
    Harm.ILL, Harm.ILL_AFTER, Harm.TRUNCATED, Harm.SECONDARY, Harm.EXHAUSTED, Harm.CONFLICT,
    Harm.TOO_MANY,
)  # fmt: skip
MERGED, REFUSED, NEW, GONE = (f"c-{letter * 12}" for letter in "abcd")


def prepare(tried: Tried[Any], case_text: CaseText) -> None:
    """Have something for every kind of write: people decided, a new case waits, one is gone."""
    forge, hub = tried.forge, tried.fake.hub
    forge.push_branches(
        [push_of(case_text, case) for case in (MERGED, REFUSED, GONE)], forge.base(), NOW
    )
    for case in (MERGED, REFUSED, GONE):
        forge.open_pull(open_of(case), NOW)
    hub.merge(1, INES, "squash")
    hub.close(2, INES, "about another brand")
    tried.fake.calls.clear()


def play(forge: HostedForge, case_text: CaseText) -> Applied:
    """Look, plan as the runner would, and apply; then say something on a case."""
    seen = forge.snapshot()
    actions: list[Action] = []
    branches = {branch.name: branch.head for branch in seen.branches}
    pulls = {pull.branch: pull for pull in seen.pulls}
    decided = forge.decided([(case, "open") for case in (MERGED, REFUSED, NEW)])
    if branch_of(NEW) not in branches:
        actions.append(push_of(case_text, NEW))
    for pull in pulls.values():
        if pull.ended is not None:
            actions.append(SettlePull(pull.number, pull.branch, pull.ended.outcome, "as it ended"))
    for case in (MERGED, REFUSED):
        name = branch_of(case)
        if name in branches and (name in pulls or (case, "open") in decided):
            actions.append(DropBranch(name, branches[name], "decided"))
    gone = pulls.get(branch_of(GONE))
    if gone is not None and gone.head is not None:
        actions.append(WithdrawPull(gone.number, gone.branch, gone.head, "not wanted"))
    if branch_of(NEW) not in pulls:
        actions.append(
            OpenPull(branch_of(NEW), f"Complaint {NEW}", "Body", ("urgency/high",), "why", "ines")
        )
    applied = apply(plan_of(seen.base, *actions, cursors=(cursor_of("forum"),)), forge, NOW)
    forge.comment([comment_of(NEW, "ines")], NOW + timedelta(hours=1))
    return applied


def end_of(tried: Tried[Any]) -> object:
    """What people see and what is kept, but for when it was."""
    hub = tried.fake.hub
    files = hub.git("for-each-ref", "--format=%(refname) %(tree)", "refs/heads", "refs/doleances")
    return sorted(map(str, hub.marks())), files.splitlines()


class Trials:
    """Desks all alike, in which nothing was done yet about what waits."""

    def __init__(
        self, template: Tried[Any], tmp_path: Path, desk_on: DeskOn = desk_on_github
    ) -> None:
        self._template, self._tmp_path, self._count = template, tmp_path, 0
        self._desk_on = desk_on

    @contextmanager
    def next(self) -> Iterator[Tried[Any]]:
        self._count += 1
        here, served = (self._tmp_path / f"{name}-{self._count}" for name in ("clone", "served"))
        shutil.copytree(self._template.folder, here)
        hub = self._template.fake.hub.copy(served)
        with self._desk_on(here, self._template.git, served, hub) as tried:
            yield tried
        shutil.rmtree(here)
        shutil.rmtree(served)


@pytest.fixture
def trials(tried: TriedGithub, tmp_path: Path, case_text: CaseText) -> Trials:
    prepare(tried, case_text)
    return Trials(tried, tmp_path)


def unharmed(trials: Trials, case_text: CaseText) -> tuple[object, list[Call]]:
    with trials.next() as tried:
        applied = play(tried.anew(), case_text)
        assert applied.failures == ()
        calls = list(tried.fake.calls)
        assert_quiet(tried, case_text)
        return end_of(tried), calls


def assert_quiet(tried: Tried[Any], case_text: CaseText) -> None:
    """One more run writes nothing."""
    before = len(tried.fake.calls)
    play(tried.anew(), case_text)
    later = tried.fake.calls[before:]
    assert {call.method for call in later if call.is_api} <= {"GET"}
    assert "git-receive-pack" not in {call.what for call in later}


def test_broken_off_at_any_request_the_next_run_ends_as_an_unharmed_one(
    trials: Trials, case_text: CaseText
) -> None:
    """A read that breaks off is as one not asked; a write was done, and nobody heard of it.

    A write that was not even begun is as the read before it that broke off.
    """
    expected, calls = unharmed(trials, case_text)
    assert len(calls) > 30
    for nth, call in enumerate(calls):
        if goes_on_fetching(call):
            continue
        harm = Harm.REFUSED if call.method == "GET" else Harm.LOST
        check_harmed(trials, case_text, (nth, call, harm), expected)


def goes_on_fetching(call: Call) -> bool:
    """Tell whether git has asked before, as it fetches: it keeps all that it asks for or none."""
    return call.what == "git-upload-pack" and call.method == "POST"


def test_refused_or_left_in_doubt_by_any_page_the_next_run_goes_on(
    trials: Trials, case_text: CaseText
) -> None:
    expected, calls = unharmed(trials, case_text)
    pages = [(nth, call) for nth, call in enumerate(calls) if call.is_api]
    assert len(pages) > 10
    for (nth, call), harm in zip(pages, cycle(ILL), strict=False):
        check_harmed(trials, case_text, (nth, call, harm), expected)


def check_harmed(
    trials: Trials, case_text: CaseText, where: tuple[int, Call, Harm], expected: object
) -> None:
    nth, _, harm = where
    with trials.next() as tried:
        tried.fake.harm = lambda number, _: harm if number == nth else None
        with suppress(DoleancesError):
            play(tried.anew(), case_text)
        tried.fake.harm = lambda _number, _call: None
        applied = play(tried.anew(), case_text)
        assert applied.failures == (), where
        assert end_of(tried) == expected, where
        if nth % 5 == 0:
            assert_quiet(tried, case_text)
