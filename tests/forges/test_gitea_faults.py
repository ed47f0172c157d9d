"""Harmed at any write, to git or to REST: the next runs on Gitea end as an unharmed one."""

from itertools import cycle
from pathlib import Path

import pytest
from contract import CASE, NOW, CaseText, open_of, push_of
from fake_server import Call, Harm
from gitea_trial import TriedGitea, desk_on_gitea, tried
from test_github_faults import Trials, check_harmed, goes_on_fetching, prepare, unharmed

__all__ = ("tried",)
ILL = (Harm.ILL, Harm.ILL_AFTER, Harm.TRUNCATED, Harm.TOO_MANY, Harm.SECONDARY, Harm.CONFLICT)


@pytest.fixture
def trials(tried: TriedGitea, tmp_path: Path, case_text: CaseText) -> Trials:
    prepare(tried, case_text)
    return Trials(tried, tmp_path, desk_on_gitea)


def test_harmed_at_any_write_the_next_run_ends_as_an_unharmed_one(
    trials: Trials, case_text: CaseText
) -> None:
    """Most are done and nobody hears of it; half of those by REST are refused or left in doubt.

    What is asked before and after them is the same on every server: GitHub's tests harm that.
    """
    expected, calls = unharmed(trials, case_text)
    writes = [
        (nth, call)
        for nth, call in enumerate(calls)
        if call.method != "GET" and not goes_on_fetching(call)
    ]
    assert len(writes) > 10
    ills = cycle(ILL)
    for nth, call in writes:
        harm = next(ills) if call.is_api and nth % 2 else Harm.LOST
        check_harmed(trials, case_text, (nth, call, harm), expected)


def test_of_two_labels_that_two_runs_make_at_once_the_older_stays(
    tried: TriedGitea, case_text: CaseText
) -> None:
    fake, other = tried.fake, tried.anew()
    tried.forge.push_branches([push_of(case_text, CASE)], tried.forge.base(), NOW)
    other.snapshot()

    def interrupt(_: int, call: Call) -> None:
        if call.what == "issue_create_label":
            fake.harm = lambda _number, _call: None
            fake.lock.release()
            other.open_pull(open_of(CASE), NOW)
            fake.lock.acquire()

    fake.harm = interrupt
    tried.forge.open_pull(open_of(CASE), NOW)
    assert [label.name for label in fake.hub.labels if label.name] == ["urgency/high"]
    assert fake.hub.pulls[1].labels == ["urgency/high"]
