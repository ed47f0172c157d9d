"""The contract on a Gitea (Forgejo, Codeberg) that is real, when somebody names one.

    DOLEANCES_TEST_GITEA_URL=https://git.example.org DOLEANCES_TEST_GITEA_TOKEN=… \\
        pytest tests/forges/test_gitea_live.py

The URL is the server's; what follows its host is left aside.  Each test makes a private
repository `doleances-test-…` under the token's account, and all are removed at the end; nothing
else is touched.  The token needs `write:repository`, `write:issue` and `write:user`.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from contract import CASE, NOW, CaseText, ForgeContract, branch_of, comment_of, open_of, push_of
from online import TriedOnline
from trial import configuration

from runner.forges.address import parse_address
from runner.forges.gitea import GiteaServer, api_of, open_gitea
from runner.forges.port import Done
from runner.forges.rest import ForgeFailed, RestClient, Tempo
from runner.forges.server import Dress, PullEdit, ServerPull
from runner.planning.branches import Outcome
from runner.planning.observation import Ending

Git = Callable[..., str]
URL = os.environ.get("DOLEANCES_TEST_GITEA_URL", "")
TOKEN = os.environ.get("DOLEANCES_TEST_GITEA_TOKEN", "")
SITE = "://".join(urlsplit(URL)[:2])
API = api_of(SITE)
HEADERS = {"Authorization": f"token {TOKEN}"}
CONTACT = "mailto:tests@example.org"
_SECONDS = 30.0
"""How long a server may take to notice a push; a small one takes less than one."""
_SETTLED = 3.0
online_only = pytest.mark.skipif(
    not (URL and TOKEN), reason="no DOLEANCES_TEST_GITEA_URL and _TOKEN"
)


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < until, "the server is slow to notice a push"
        time.sleep(0.2)


def merge_pull(client: RestClient, path: str) -> None:
    """Merge as soon as the server has looked whether it can."""
    until = time.monotonic() + _SECONDS
    while True:
        try:
            client.send("POST", path, {"Do": "merge"})
        except ForgeFailed as failed:
            if failed.status not in {405, 409} or time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


@pytest.fixture(scope="module")
def made() -> Iterator[list[str]]:
    """Names of the repositories that tests have made; they are removed after the last test.

    Not sooner: a Gitea whose repository goes while it still works at a push does so for ever
    (seen on 1.26), and sees no further push.
    """
    names: list[str] = []
    yield names
    time.sleep(_SETTLED)
    for name in names:
        gone = httpx.delete(f"{API}/repos/{name}", headers=HEADERS, timeout=_SECONDS)
        gone.raise_for_status()


@pytest.fixture
def tried(folder: Path, git: Git, made: list[str]) -> TriedOnline:
    client = RestClient(API, HEADERS, CONTACT, Tempo(0.0, 0.5))
    name = f"doleances-test-{uuid.uuid4().hex[:12]}"
    said = {"name": name, "private": True, "auto_init": False, "default_branch": "main"}
    made.append(client.send("POST", "/user/repos", said)["full_name"])
    path = f"/repos/{made[-1]}"
    git(folder, "remote", "add", "origin", f"{SITE}/{made[-1]}.git")
    forge = open_gitea(folder, configuration("gitea"), TOKEN)
    tried = TriedOnline(forge, folder, git, client, path, SITE, TOKEN, merge_pull)
    tried.begin()
    # A moment after its first push a repository still counts as empty, and has no pages.
    wait_until(lambda: not client.get(path)["empty"])
    return tried


def server_of(tried: TriedOnline) -> GiteaServer:
    name = tried.path.removeprefix("/repos/")
    address = parse_address(f"{tried.site}/{name}", api_of)
    return GiteaServer(address, "main", TOKEN, CONTACT, Tempo(0.0, 0.5))


def opened(tried: TriedOnline, case_text: CaseText) -> ServerPull:
    forge = tried.forge
    forge.push_branches([push_of(case_text, CASE)], forge.base(), NOW)
    assert forge.open_pull(open_of(CASE), NOW) is Done.DONE
    (pull,) = server_of(tried).open_pulls()
    return pull


@online_only
class TestGiteaOnline(ForgeContract):
    pass


@online_only
def test_a_real_server_is_understood_in_what_people_see(
    tried: TriedOnline, case_text: CaseText
) -> None:
    pull, server = opened(tried, case_text), server_of(tried)
    me = pull.author
    assert (pull.branch, pull.labels, pull.is_ours) == (branch_of(CASE), ("urgency/high",), True)
    server.dress_pull(pull, Dress(("urgency/high", "new"), (me, "n0body-there"), ("n0body-there",)))
    server.dress_pull(pull, Dress(("new",), (me.upper(),), (me,)))
    dressed = server.pull(pull.number)
    assert dressed is not None
    assert (set(dressed.labels), dressed.assignees) == ({"urgency/high", "new"}, (me,))
    edit = PullEdit("Another title", "Words", ("new", "newer"), ())
    server.edit_pull(pull.number, edit)
    edited = server.pull(pull.number)
    assert edited is not None
    assert (edited.title, edited.body, set(edited.labels), edited.assignees) == (
        "Another title", "Words", {"new", "newer"}, (),
    )  # fmt: skip
    assert server.label_names() == {"urgency/high", "new", "newer"}
    assert (server.may_write(me), server.may_write("n0body-there")) == (True, False)
    server.post_status(pull.head, passed=True, words="w" * 200)
    assert tried.forge.comment([comment_of(CASE, "ines")], NOW) == [Done.DONE]
    (said,) = server.comments(pull.number)
    assert (said.author, said.is_trusted, said.number) == (me, True, pull.number)
    assert list(server.comments_since(said.said_at)) == [said]
    server.delete_comment(said.id)
    server.delete_comment(said.id)
    assert server.comments(pull.number) == ()
    assert server.create_pull(branch_of(CASE), "Once more", "") is None
    assert server.pull(99) is None


@online_only
def test_a_real_servers_pull_requests_of_one_branch_are_all_found(
    tried: TriedOnline, case_text: CaseText
) -> None:
    first, server = opened(tried, case_text), server_of(tried)
    server.write_comment(first.number, "not ours")
    server.close_pull(first.number)
    (closed,) = server.pulls_of(branch_of(CASE))
    assert server.ending(closed).words == "not ours"
    second = server.create_pull(branch_of(CASE), "Again", "Body")
    assert second is not None
    assert [pull.number for pull in server.pulls_of(branch_of(CASE))] == [
        second.number,
        first.number,
    ]
    assert server.pulls_of("doleances/c-000000000000/open") == ()
    tried.person_deletes(branch_of(CASE))
    wait_until(lambda: server.open_pulls() == ())
    gone = server.pull(second.number)
    assert gone is not None
    assert (gone.is_open, gone.is_merged, gone.branch) == (False, False, branch_of(CASE))


@online_only
def test_a_real_merge_is_told_with_who_did_it(tried: TriedOnline, case_text: CaseText) -> None:
    pull = opened(tried, case_text)
    tried.person_merges(branch_of(CASE))
    (seen,) = tried.forge.snapshot().pulls
    assert seen.ended == Ending(Outcome.MERGED, pull.author, "")


@online_only
def test_a_real_servers_issues_are_kept_apart_from_pull_requests(
    tried: TriedOnline, case_text: CaseText
) -> None:
    opened(tried, case_text)
    server = server_of(tried)
    other = server_of(tried)
    assert "board" not in other.label_names()
    server.make_label("board", "d93f0b", "What the runner says of itself")
    server.make_label("board", "d93f0b", "What the runner says of itself")
    other.make_label("board", "d93f0b", "What the runner says of itself")
    names = [label["name"] for label in tried.client.get(f"{tried.path}/labels")]
    assert names.count("board") == 1
    made = server.create_issue("Board", "Words", ("board",))
    assert list(server.issues_labelled("board")) == [made]
    assert (server.issues_labelled("urgency/high"), server.issue(1)) == ([], None)
    server.edit_issue(made.number, title="Board", body="Other words", is_open=False)
    assert server.issues_labelled("board") == []
    (found,) = server.issues_labelled("board", also_closed=True)
    assert (found.body, found.is_open, found.is_trusted) == ("Other words", False, True)
    assert server.issue(made.number) == found
