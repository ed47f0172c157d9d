"""The cache of what customers were told: never other than what a clean read gives."""

import re
import subprocess
from pathlib import Path

import pytest

from runner.repo.git import Repository
from runner.repo.past_answers import read_past_answers

ROOT = Path(__file__).resolve().parents[2]
CLOSED = "cases/2026/10/05/c-z9dhernv57sj.yaml"
WORDS = "Votre lampe neuve part demain. Inès, pour Lumen"


@pytest.fixture
def desk(repository: Repository, folder: Path) -> Path:
    """A repository with one closed case, whose reply was recorded in words."""
    text = (ROOT / CLOSED).read_text(encoding="utf-8")
    said = f"  template: answer-fr\n  text: {WORDS}\n"
    write(folder, CLOSED, text.replace("  template: answer-fr\n", said, 1))
    commit(folder)
    assert repository.common_dir
    return folder


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def commit(folder: Path) -> None:
    for command in (["add", "-A"], ["commit", "-q", "-m", "Cases"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


def cache(folder: Path) -> Path:
    return folder / ".git" / "doleances" / "answers.index"


def test_a_closed_case_is_kept_with_what_was_told(desk: Path) -> None:
    (case,) = read_past_answers(desk, "HEAD")
    assert (case.case_id, case.path) == ("c-z9dhernv57sj", CLOSED)
    assert case.told == (("answer-fr", WORDS),)
    assert (case.outcome, case.thanked, case.contested) == ("accepted", True, False)
    assert read_past_answers(desk, "HEAD") == (case,)


def test_only_what_changed_is_read_again_and_what_went_is_gone(desk: Path) -> None:
    (case,) = read_past_answers(desk, "HEAD")
    text = (desk / CLOSED).read_text(encoding="utf-8")
    other = CLOSED.replace("c-z9dhernv57sj", "c-000000000001")
    write(desk, other, text.replace("id: c-z9dhernv57sj", "id: c-000000000001", 1))
    commit(desk)
    assert {each.path for each in read_past_answers(desk, "HEAD")} == {CLOSED, other}
    (desk / CLOSED).unlink()
    commit(desk)
    (left,) = read_past_answers(desk, "HEAD")
    assert left.path == other
    cache(desk).unlink()
    assert read_past_answers(desk, "HEAD") == (left,)
    assert case not in {left}


def test_an_erased_case_leaves_the_catalogue(desk: Path) -> None:
    assert read_past_answers(desk, "HEAD")
    text = (desk / CLOSED).read_text(encoding="utf-8")
    write(desk, CLOSED, re.sub(r"^state: closed", "state: erased", text, flags=re.M))
    commit(desk)
    assert read_past_answers(desk, "HEAD") == ()


def test_cases_of_two_years_before_the_newest_answer_nobody(desk: Path) -> None:
    text = (desk / CLOSED).read_text(encoding="utf-8")
    newer = "cases/2028/10/05/c-000000000001.yaml"
    write(desk, newer, text.replace("id: c-z9dhernv57sj", "id: c-000000000001", 1))
    commit(desk)
    assert [each.path for each in read_past_answers(desk, "HEAD")] == [newer]


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b'{"program": 1}', b"\xff", b"[" * 100_000],
    ids=["empty", "cut", "list", "other", "bytes", "deep"],
)  # fmt: skip
def test_a_broken_cache_is_built_anew(desk: Path, broken: bytes) -> None:
    known = read_past_answers(desk, "HEAD")
    cache(desk).write_bytes(broken)
    assert read_past_answers(desk, "HEAD") == known
    assert cache(desk).read_bytes() != broken


def test_a_case_that_cannot_be_read_is_left_out(desk: Path) -> None:
    bad = CLOSED.replace("c-z9dhernv57sj", "c-000000000001")
    write(desk, bad, "state: closed\nlog:\n- text: [\n")
    commit(desk)
    assert [each.path for each in read_past_answers(desk, "HEAD")] == [CLOSED]


def test_without_cases_there_is_no_answer(repository: Repository, folder: Path) -> None:
    assert repository.common_dir
    write(folder, "README.md", "Nothing yet.")
    commit(folder)
    assert read_past_answers(folder, "HEAD") == ()
