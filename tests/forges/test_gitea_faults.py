"""Harmed at any write, to git or to REST: the next runs on Gitea end as an unharmed one."""

from itertools import cycle
from pathlib import Path

import pytest
from contract import CaseText
from fake_server import Harm
from gitea_trial import TriedGitea, desk_on_gitea, tried
from test_github_faults import Trials, check_harmed, prepare, unharmed

__all__ = ("tried",)
ILL = (Harm.ILL, Harm.ILL_AFTER, Harm.TRUNCATED, Harm.TOO_MANY, Harm.SECONDARY, Harm.CONFLICT)


@pytest.fixture
def trials(tried: TriedGitea, tmp_path: Path, case_text: CaseText) -> Trials:
    prepare(tried, case_text)
    return Trials(tried, tmp_path, desk_on_gitea)


def test_after_any_write_that_nobody_heard_of_the_next_run_ends_as_an_unharmed_one(
    trials: Trials, case_text: CaseText
) -> None:
    expected, calls = unharmed(trials, case_text)
    writes = [(nth, call) for nth, call in enumerate(calls) if call.method != "GET"]
    assert len(writes) > 10
    for nth, call in writes:
        check_harmed(trials, case_text, (nth, call, Harm.LOST), expected)


def test_refused_or_left_in_doubt_by_any_page_the_next_run_goes_on(
    trials: Trials, case_text: CaseText
) -> None:
    expected, calls = unharmed(trials, case_text)
    pages = [(nth, call) for nth, call in enumerate(calls) if call.is_api]
    assert len(pages) > 10
    for (nth, call), harm in zip(pages, cycle(ILL), strict=False):
        check_harmed(trials, case_text, (nth, call, harm), expected)
