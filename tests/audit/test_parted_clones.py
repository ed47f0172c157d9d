"""Clones that lack something: what cannot be known there is said, the rest comes in one go."""

import json
from pathlib import Path

import pytest
from audit_book import INES, Book

from runner.cli.main import run

CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
CASE_ID = "c-d6rn7he0r67d"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def lived(book: Book) -> Book:
    """The book once its case has been noted on six times."""
    for _ in range(6):
        book.later(hours=1)
        book.note(CASE)
        book.merge(by=INES)
    book.git("config", "uploadpack.allowFilter", "true")
    return book


def clone(book: Book, *how: str) -> Path:
    there = book.root.parent / "clone"
    book.git("clone", "-q", "--no-tags", *how, f"file://{book.root}", str(there))
    return there


def packs(there: Path) -> int:
    return len(list(there.rglob("objects/pack/*.pack")))


def told(root: Path, capsys: Capture, *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    ended = run(["-C", str(root), *words])
    out, err = capsys.readouterr()
    assert ended == code, out + err
    return out, err


@pytest.mark.parametrize("bare", [(), ("--bare",)], ids=["worktree", "bare"])
def test_a_shallow_clone_tells_what_it_holds_and_where_it_begins(
    lived: Book, bare: tuple[str, ...], capsys: Capture
) -> None:
    there = clone(lived, "--depth=3", *bare)
    whole = json.loads(told(lived.root, capsys, "history", CASE_ID, "--json")[0])["versions"]
    out, err = told(there, capsys, "history", CASE_ID, "--json")
    cut, *rest = json.loads(out)["versions"]
    assert rest == whole[-2:]
    assert not any(one["cut"] for one in whole)
    assert (cut["commit"], cut["cut"], cut["pull"]) == (whole[-3]["commit"], True, None)
    assert (cut["by"]["person"], cut["by"]["shown"]) == (None, False)
    assert f"ce qui précède {cut['commit'][:12]}" in err
    assert "git fetch --unshallow" in err
    first = told(there, capsys, "history", CASE_ID)[0].splitlines()[0]
    assert first.endswith("on ne sait ni qui a décidé cela, ni quand")


def test_a_shallow_clone_proves_no_case_that_is_older(lived: Book, capsys: Capture) -> None:
    there = clone(lived, "--depth=3")
    out = str(there.parent / "page.html")
    for words in (("bundle", CASE_ID, "--out", out), ("audit",)):
        _, err = told(there, capsys, *words, code=5)
        assert "this shallow clone does not hold" in err
        assert "git fetch --unshallow" in err
    assert not Path(out).exists()
    _, err = told(there, capsys, "history", "c-000000000000", code=2)
    assert "git fetch --unshallow" in err


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0", "combine:blob:none+tree:0"])
def test_what_a_clone_leaves_out_comes_in_one_go(
    lived: Book, left_out: str, capsys: Capture
) -> None:
    there = clone(lived, "--bare", f"--filter={left_out}")
    before = packs(there)
    out, err = told(there, capsys, "history", CASE_ID)
    assert (out, err) == told(lived.root, capsys, "history", CASE_ID)
    # sources.yaml, folders where they are left out, versions and teams, calendars.
    assert packs(there) - before <= 4
    whole = json.loads(told(lived.root, capsys, "audit", "--json")[0])
    before = packs(there)
    assert json.loads(told(there, capsys, "audit", "--json")[0]) == whole
    assert packs(there) - before <= 5


def test_a_remote_that_cannot_be_reached_is_named(lived: Book, capsys: Capture) -> None:
    there = clone(lived, "--filter=blob:none")
    lived.root.rename(lived.root.with_name("gone"))
    _, err = told(there, capsys, "history", CASE_ID, code=4)
    assert "this clone leaves out" in err
    assert "origin" in err
