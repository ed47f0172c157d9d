"""A comment of the runner's stands once, whatever two runs at once, or a kill, have made of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from contract import CASE, NOW, OTHER, CaseText, comment_of, open_of, push_of
from fake_github.model import BOT, INES
from fake_server import Call, Harm
from gitea_trial import desk_on_gitea
from test_commands_faults import run_once
from trial import TEAM, Tried, desk_on_github

from runner.errors import OutsideFailed
from runner.forges.apply import Applied
from runner.forges.conversation import find_doubles
from runner.forges.hosted import HostedForge
from runner.forges.port import Done
from runner.forges.server import ServerComment
from runner.repo.told import Comment

Git = Callable[..., str]
MARKER = f"<!-- doleances:said:{'a' * 32} -->"
github_alone = pytest.mark.parametrize("tried", ["github"], indirect=True)
WRITES = {"issues/create-comment", "issue_create_comment"}


@pytest.fixture(params=["github", "gitea"])
def tried(
    request: pytest.FixtureRequest, folder: Path, git: Git, tmp_path: Path, case_text: CaseText
) -> Iterator[Tried[Any]]:
    """A desk with one open pull request, on which a person commands."""
    desk_on = {"github": desk_on_github, "gitea": desk_on_gitea}[request.param]
    with desk_on(folder, git, tmp_path / "served") as tried:
        forge = tried.forge
        forge.push_branches([push_of(case_text, CASE)], forge.base(), NOW)
        forge.open_pull(open_of(CASE), NOW)
        tried.fake.hub.say(1, INES, "/assign sam")
        yield tried


def another_clone(tried: Tried[Any], tmp_path: Path, git: Git) -> HostedForge:
    there = tmp_path / "another"
    git(tmp_path, "clone", "-q", str(tried.fake.hub.git_dir), str(there))
    git(there, "remote", "set-url", "origin", tried.fake.url)
    return tried.opening(there)


def while_writing(tried: Tried[Any], other: Callable[[], object], harm: Harm | None = None) -> None:
    """Let another run do all that it does while a comment is on its way, then harm that request."""
    is_first = [True]

    def interrupt(_: int, call: Call) -> Harm | None:
        if call.method != "POST" or call.what not in WRITES or not is_first:
            return None
        is_first.clear()
        tried.fake.lock.release()
        try:
            other()
        finally:
            tried.fake.lock.acquire()
        return harm

    tried.fake.harm = interrupt


def answers(tried: Tried[Any]) -> list[str]:
    return [said.body for said in tried.fake.hub.pulls[1].comments if said.author == BOT]


def test_of_two_runs_that_answer_at_once_one_answer_stands(
    tried: Tried[Any], tmp_path: Path, git: Git
) -> None:
    other = another_clone(tried, tmp_path, git)
    ends: list[Applied] = []
    while_writing(tried, lambda: ends.append(run_once(other)))
    ends.append(run_once(tried.anew()))
    assert [end.failures for end in ends] == [(), ()]
    assert len(answers(tried)) == 1
    assert [said.author for said in tried.fake.hub.pulls[1].comments] == [INES, BOT]


def test_what_a_run_that_was_killed_has_said_again_the_next_run_deletes(
    tried: Tried[Any], tmp_path: Path, git: Git
) -> None:
    other = another_clone(tried, tmp_path, git)
    while_writing(tried, lambda: run_once(other), Harm.LOST)
    assert run_once(tried.anew()).failures
    first, second = answers(tried)
    assert first == second
    assert run_once(tried.anew()).failures == ()
    assert answers(tried) == [first]
    asked = len(tried.fake.api_calls)
    assert run_once(tried.anew()).failures == ()
    assert {call.method for call in tried.fake.api_calls[asked:]} == {"GET"}


@github_alone
def test_a_delete_whose_answer_was_lost_is_tried_again_and_harms_nothing(
    tried: Tried[Any], tmp_path: Path, git: Git
) -> None:
    assert run_once(tried.anew()).failures == ()
    tried.another_run_says_it_again()
    tried.fake.hub.pass_time(1)
    tried.fake.hub.say(1, INES, "Thanks!")
    tried.fake.harm = lambda _, call: Harm.REFUSED if call.method == "DELETE" else None
    assert run_once(tried.anew()).failures
    tried.fake.harm = lambda _, call: Harm.LOST if call.method == "DELETE" else None
    assert run_once(tried.anew()).failures
    tried.fake.harm = lambda _number, _call: None
    assert run_once(tried.anew()).failures == ()
    assert len(answers(tried)) == 1
    assert tried.fake.hub.pulls[1].comments[-1].body == "Thanks!"


@github_alone
def test_of_two_runs_that_tell_the_team_at_once_each_is_told_once(
    tried: Tried[Any], tmp_path: Path, git: Git
) -> None:
    other = another_clone(tried, tmp_path, git)
    later = NOW + timedelta(hours=1)
    words = Comment("An hour less is left", "**Reply.**")
    again = replace(comment_of(CASE, "ines", later), comment=words)
    while_writing(tried, lambda: other.comment([again], later))
    tried.forge.snapshot()
    tried.forge.comment([comment_of(CASE, "ines"), comment_of(CASE, "sam")], NOW)
    assert [body.partition(" ")[0] for body in answers(tried)] == ["@ines-martin", "@sam-d"]
    assert "An hour less is left" in answers(tried)[0]


def said(id_: int, author: str = "runner", body: str = "Done.", **more: Any) -> ServerComment:
    words = f"{body}\n\n{MARKER}"
    comment = ServerComment(author, True, words, id_, 1, False, NOW, NOW)
    return replace(comment, **more)


@pytest.mark.parametrize(
    ("comment", "goes"),
    [
        (said(2), True),
        (said(2, body="Done, later."), True),
        (said(2, number=2), True),
        (said(2, changed_at=NOW + timedelta(seconds=1)), False),
        (said(2, author="somebody"), False),
        (said(2, is_trusted=False), False),
        (replace(said(2), body=f"> Done.\n>\n> {MARKER}\n\nReally?"), False),
    ],
    ids=[
        "the same", "other words", "another page", "edited", "somebody else's", "a stranger's",
        "quoted",
    ],
)  # fmt: skip
def test_what_says_again_what_an_older_comment_says_is_a_double(
    comment: ServerComment, goes: bool
) -> None:
    assert find_doubles([comment, said(1)], TEAM) == ((comment,) if goes else ())


def test_what_a_person_of_the_team_wrote_is_a_double_only_in_every_word() -> None:
    first, same = said(1, "ines-martin"), said(2, "ines-martin")
    other = said(3, "ines-martin", "Done, and thank you.")
    assert find_doubles([first, same, other], TEAM) == (same,)


@github_alone
def test_what_was_commanded_on_pages_that_ended_costs_no_run_a_request(
    tried: Tried[Any], case_text: CaseText
) -> None:
    run_once(tried.anew())
    asked = len(tried.fake.api_calls)
    run_once(tried.anew())
    before = len(tried.fake.api_calls) - asked
    tried.fake.hub.say(1, INES, "/dismiss not ours")
    run_once(tried.anew())
    assert not tried.fake.hub.pulls[1].is_open
    asked = len(tried.fake.api_calls)
    run_once(tried.anew())
    assert len(tried.fake.api_calls) - asked <= before


@github_alone
def test_a_label_that_people_took_off_a_page_that_was_not_complete_stays_off(
    tried: Tried[Any], case_text: CaseText
) -> None:
    forge, fake = tried.anew(), tried.fake
    forge.push_branches([push_of(case_text, OTHER)], forge.base(), NOW)
    action = replace(open_of(OTHER), labels=("urgency/high", "state/new"))
    statuses = {"repos/create-commit-status", "repo_create_status"}
    fake.harm = lambda _, call: Harm.LOST if call.what in statuses else None
    with pytest.raises(OutsideFailed):
        forge.open_pull(action, NOW)
    fake.harm = lambda _number, _call: None
    assert set(fake.hub.pulls[2].labels) == {"urgency/high", "state/new"}
    fake.hub.pulls[2].labels.remove("urgency/high")
    forge = tried.anew()
    forge.snapshot()
    assert forge.open_pull(action, NOW) is Done.ADOPTED
    assert fake.hub.pulls[2].labels == ["state/new"]
