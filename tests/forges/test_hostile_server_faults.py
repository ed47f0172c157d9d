"""A server that holds garbage, repeats what it was sent, or whose clock is ahead."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from desk_on_github import Capture, Git, done
from fake_github.model import INES, STRANGER
from fake_github.server import FakeGithub
from fake_server import Handler
from trial import TOKEN

from runner.cli.main import run

RECEIPTS = "refs/doleances/receipts"
FAR = b"999999999999"
"""Seconds of a year that no calendar has."""


def write_object(repository: Path, kind: str, content: bytes) -> str:
    ended = subprocess.run(
        ["git", "-C", str(repository), "hash-object", "-t", kind, "-w", "--stdin"],
        input=content,
        stdout=subprocess.PIPE,
        check=True,
    )
    return ended.stdout.decode().strip()


def commit_of(tree: str, email: bytes = b"a@b.example.org", at: bytes = b"1795248000") -> bytes:
    by = b" A <" + email + b"> " + at + b" +0000\n"
    return b"tree " + tree.encode() + b"\nauthor" + by + b"committer" + by + b"\nOdd.\n"


def a_blob(repository: Path, _tree: str) -> str:
    return write_object(repository, "blob", b"no chain")


def a_tree(_repository: Path, tree: str) -> str:
    return tree


def a_far_commit(repository: Path, tree: str) -> str:
    return write_object(repository, "commit", commit_of(tree, at=FAR))


@pytest.mark.parametrize("make", [a_blob, a_tree, a_far_commit])
def test_receipts_that_are_none_are_left_out_and_replaced(
    desk: Path, fake: FakeGithub, git: Git, capsys: Capture, make: Callable[[Path, str], str]
) -> None:
    """Somebody who may push wrote over them; what this clone knows stands."""
    done(capsys, "run")
    fake.hub.close(1, INES, "about another brand")
    done(capsys, "run")
    kept = git(desk, "ls-tree", "-r", RECEIPTS)
    git_dir = fake.hub.git_dir
    odd = make(git_dir, git(git_dir, "rev-parse", "refs/heads/main^{tree}"))
    git(git_dir, "update-ref", RECEIPTS, odd)
    done(capsys, "run")
    fake.hub.close(2, INES, "about another brand")
    done(capsys, "run")
    assert set(kept.splitlines()) < set(git(git_dir, "ls-tree", "-r", RECEIPTS).splitlines())


def test_an_author_of_a_branch_may_be_called_anything(
    desk: Path, fake: FakeGithub, git: Git, capsys: Capture
) -> None:
    done(capsys, "run")
    branch = fake.hub.pulls[1].branch
    git_dir = fake.hub.git_dir
    tree = git(git_dir, "rev-parse", f"{branch}^{{tree}}")
    odd = commit_of(tree, b"a\x01b@c.example.org").replace(
        b"\nauthor", f"\nparent {git(git_dir, 'rev-parse', branch)}\nauthor".encode()
    )
    git(git_dir, "update-ref", f"refs/heads/{branch}", write_object(git_dir, "commit", odd))
    done(capsys, "run")
    assert not fake.hub.pulls[1].comments


def test_a_comment_from_the_future_silences_nobody(
    desk: Path, fake: FakeGithub, capsys: Capture
) -> None:
    done(capsys, "run")
    ahead = fake.hub.say(1, STRANGER, "hello")
    ahead.at = ahead.at.replace(year=2060)
    done(capsys, "run")
    fake.hub.say(1, INES, "/snooze 1d")
    done(capsys, "run")
    assert len(fake.hub.pulls[1].comments) == 3


def echo_to_rest(handler: Handler, _body: bytes) -> None:
    """Answer as a gateway does that shows what it was asked."""
    sent = handler.headers.get("Authorization", "")
    said = {"message": f"bad request: {sent}", "errors": [{"message": "x" * 240 + sent}]}
    handler._say(400, {}, said)


def echo_to_git(handler: Handler, _body: bytes) -> None:
    sent = handler.headers.get("Authorization", "")
    if not sent:
        return handler._say(401, {"WWW-Authenticate": 'Basic realm="forge"'}, None)
    plain = base64.b64decode(sent.split()[1])
    said = b"you sent " + sent.encode() + b" " + plain + b" " + b"x" * 400 + plain
    return handler._send(500, {"Content-Type": "text/plain"}, said)


@pytest.mark.parametrize(
    ("part", "echo"), [("_rest", echo_to_rest), ("_git", echo_to_git)], ids=["rest", "git"]
)
def test_a_token_that_the_server_repeats_is_not_told(
    desk: Path,
    fake: FakeGithub,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    echo: Callable[[Handler, bytes], None],
) -> None:
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    monkeypatch.setattr(Handler, part, echo)
    for verb in ("run", "notify"):
        assert run((verb,)) == 4
        said = "".join(capsys.readouterr())
        assert "***" in said
        assert TOKEN[:6] not in said
        assert basic[:6] not in said
