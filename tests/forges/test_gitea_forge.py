"""Gitea: the contract on the strict fake, and where it is unlike GitHub."""

import pytest
from contract import CASE, NOW, OTHER, CaseText, ForgeContract, branch_of, open_of, push_of
from fake_gitea.deviations import DEVIATIONS
from fake_gitea.pages import MOST
from fake_github.model import BOT, INES, SAM, STRANGER, Account, Label
from gitea_trial import TriedGitea, tried
from trial import TOKEN, configuration

from runner.errors import OutsideFailed
from runner.forges.address import parse_address
from runner.forges.gitea import GiteaServer, api_of, open_gitea
from runner.forges.port import Done
from runner.forges.rest import ForgeFailed
from runner.forges.server import Dress, PullEdit
from runner.planning.actions import OpenPull
from runner.planning.branches import Outcome
from runner.planning.observation import Ending

__all__ = ("tried",)


class TestGiteaForge(ForgeContract):
    pass


def server_of(tried: TriedGitea) -> GiteaServer:
    address = parse_address(tried.fake.url, api_of)
    return GiteaServer(address, "main", TOKEN, "mailto:v@example.org")


def propose(tried: TriedGitea, case_text: CaseText, *cases: str, owner: str = "") -> None:
    forge = tried.forge
    forge.push_branches([push_of(case_text, case) for case in cases], forge.base(), NOW)
    for case in cases:
        said = open_of(case)
        forge.open_pull(
            OpenPull(said.branch, said.title, said.body, said.labels, said.reason, owner), NOW
        )


def test_lists_are_read_to_the_end_whatever_a_page_holds(
    tried: TriedGitea, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    for _ in range(2 * MOST):
        tried.fake.hub.open(branch_of(CASE), "By hand", "Body", INES)
        tried.fake.hub.say(1, STRANGER, "Me, too")
    tried.fake.hub.say(1, INES, "not ours")
    tried.fake.hub.close(1, INES)
    tried.fake.calls.clear()
    server = server_of(tried)
    assert len(server.open_pulls()) == 2 * MOST
    assert [call.what for call in tried.fake.api_calls] == ["repo_list_pull_requests"] * 2
    closed = server.pull(1)
    assert closed is not None
    ending = server.ending(closed)
    assert (ending.outcome, ending.login, ending.words) == (
        Outcome.REFUSED, "ines-martin", "not ours",
    )  # fmt: skip
    assert len(server.comments_since(NOW)) == len(server.comments(1)) == 2 * MOST + 1


def test_the_newest_pull_request_of_a_branch_is_found_behind_the_oldest(
    tried: TriedGitea, case_text: CaseText
) -> None:
    forge, hub = tried.forge, tried.fake.hub
    forge.push_branches([push_of(case_text, CASE)], forge.base(), NOW)
    hub.open(branch_of(CASE), "Taken back", "Body", BOT)
    hub.close(1, BOT)
    again = hub.open(branch_of(CASE), "Again", "Body", INES)
    there = server_of(tried).pulls_of(branch_of(CASE))
    assert [(pull.number, pull.is_open) for pull in there] == [(2, True), (1, False)]
    assert forge.open_pull(open_of(CASE), NOW) is Done.ADOPTED
    assert (len(hub.pulls), again.labels) == (2, ["urgency/high"])


def test_labels_go_by_the_older_of_two_with_one_name(
    tried: TriedGitea, case_text: CaseText
) -> None:
    hub, server = tried.fake.hub, server_of(tried)
    propose(tried, case_text, CASE)
    hub.labels += [Label("board", "d93f0b", ""), Label("board", "ededed", "")]
    server.make_label("board", "000000", "")
    assert [label.name for label in hub.labels] == ["urgency/high", "board", "board"]
    made = server.create_issue("Board", "Words", ("board",))
    assert [issue.number for issue in server.issues_labelled("board")] == [made.number]
    hub.pulls[1].labels.append("of people")
    server.edit_pull(1, PullEdit(labels=("of people", "urgency/low")))
    assert hub.pulls[1].labels == ["of people", "urgency/low"]


def test_who_cannot_be_asked_is_left_out(tried: TriedGitea, case_text: CaseText) -> None:
    propose(tried, case_text, CASE, owner="malo")
    propose(tried, case_text, OTHER, owner="sam")
    first, second = tried.fake.hub.pulls.values()
    assert (first.labels, first.assignees, first.reviewers) == (["urgency/high"], [], [])
    assert (second.assignees, second.reviewers) == (["sam-d"], ["sam-d"])
    server = server_of(tried)
    second_seen = server.pull(2)
    assert second_seen is not None
    server.dress_pull(second_seen, Dress((), ("SAM-D", "ines-martin"), ()))
    assert second.assignees == ["sam-d", "ines-martin"]
    server.edit_pull(2, PullEdit(assignees=("passer-by",)))
    assert second.assignees == []


@pytest.mark.parametrize(
    ("author", "trusted"),
    [(INES, True), (BOT, True), (STRANGER, False), (Account("lumen-runner"), False)],
    ids=["who-may-write", "itself", "stranger", "alike"],
)
def test_whose_word_counts(
    tried: TriedGitea, case_text: CaseText, author: Account, trusted: bool
) -> None:
    propose(tried, case_text, CASE)
    tried.fake.hub.say(1, author, "/dismiss")
    server = server_of(tried)
    (said,) = server.comments(1)
    assert (said.is_trusted, said.is_program) == (trusted, False)
    assert server.may_write(author.login) is trusted


def test_who_merged_is_told_and_a_gone_branch_keeps_its_name(
    tried: TriedGitea, case_text: CaseText
) -> None:
    propose(tried, case_text, CASE)
    tried.fake.hub.merge(1, SAM, "squash")
    tried.person_deletes(branch_of(CASE))
    (pull,) = tried.forge.snapshot().pulls
    assert (pull.branch, pull.ended) == (branch_of(CASE), Ending(Outcome.MERGED, "sam", ""))


def test_a_list_that_lags_behind_ends_no_pull_request(
    tried: TriedGitea, case_text: CaseText
) -> None:
    tried.fake.pages.make_stale()
    propose(tried, case_text, CASE)
    (pull,) = tried.forge.snapshot().pulls
    assert (pull.branch, pull.ended) == (branch_of(CASE), None)


def test_where_people_see_things(tried: TriedGitea) -> None:
    server, there = server_of(tried), f"{tried.fake.site}/desk/lumen"
    assert server.pull_page(3) == f"{there}/pulls/3"
    assert server.file_page("cases/é.yaml") == f"{there}/src/branch/main/cases/%C3%A9.yaml"


def test_a_bad_token_is_said_to_be_one(tried: TriedGitea) -> None:
    forge = open_gitea(tried.folder, configuration("gitea"), "wr0ng")
    with pytest.raises(OutsideFailed, match="git fetch: Authentication failed"):
        forge.snapshot()
    address = parse_address(tried.fake.url, api_of)
    with pytest.raises(ForgeFailed, match="answered 401") as failed:
        GiteaServer(address, "main", "wr0ng", "mailto:v@example.org").open_pulls()
    assert "DOLEANCES_FORGE_TOKEN" in failed.value.hint


def test_every_deviation_has_a_reason() -> None:
    assert all(why for why in DEVIATIONS.values())
