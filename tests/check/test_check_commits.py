"""`doleances check --base`: when entries were recorded, as far as a clone tells."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from changed_desk import CASE, CLOSED, NOTE, Check, Git, add, commit

from runner.repo.amended import check_change
from runner.repo.change import read_change


def recorded(at: datetime) -> str:
    return NOTE.format(by="ines").replace("2026-11-21T08:00:00Z", f"{at:%Y-%m-%dT%H:%M:%SZ}")


CommitAt = Callable[..., None]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


@pytest.fixture
def commit_at(desk: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> CommitAt:
    """Commit everything at an instant."""

    def commit_then(at: datetime, *arguments: str, authored: datetime | None = None) -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", at.isoformat())
        monkeypatch.setenv("GIT_AUTHOR_DATE", (authored or at).isoformat())
        git(desk, "add", "-A")
        git(desk, "commit", "-qm", "Change.", *arguments)

    return commit_then


def judged(desk: Path, base: str = "main") -> list[str]:
    """Return the rules that a change breaks, two years later."""
    found = check_change(desk, read_change(desk, base), NOON + 2 * YEAR)
    assert all(fault.file == CASE for fault in found.faults)
    return [fault.rule for fault in found.faults]


def test_an_entry_is_not_recorded_after_the_commit_that_holds_it(
    desk: Path, commit_at: CommitAt
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON - HOUR)
    assert judged(desk) == ["recorded-after-commit"]
    commit_at(NOON, "--amend", "--no-edit", authored=NOON - YEAR)
    assert judged(desk) == []


def test_an_entry_that_waited_long_for_its_commit_is_doubtful(
    desk: Path, commit_at: CommitAt
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON + 8 * DAY)
    assert judged(desk) == ["recorded-long-before"]
    # Rebased, picked or amended long after: the author's date says when it was first written.
    commit_at(NOON + YEAR, "--amend", "--no-edit", "--date", NOON.isoformat())
    assert judged(desk) == []


def test_the_first_commit_counts_also_below_a_merge_and_after_one(
    desk: Path, commit_at: CommitAt, git: Git
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON)
    git(desk, "switch", "-q", "main")
    add(desk, CLOSED, recorded(NOON))
    commit_at(NOON + 9 * DAY)
    git(desk, "switch", "-q", "desk/change")
    git(desk, "merge", "-q", "--no-edit", "main")
    add(desk, CASE, recorded(NOON + 9 * DAY))
    commit_at(NOON + 10 * DAY)
    assert judged(desk) == []
    git(desk, "switch", "-q", "--detach", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    assert judged(desk, "HEAD^1") == []


@pytest.mark.parametrize(
    ("committed_at", "rules"),
    [(NOON - HOUR, ["recorded-after-commit"]), (NOON, []), (NOON + YEAR, [])],
)
def test_a_clone_that_is_cut_off_proves_less(
    desk: Path,
    commit_at: CommitAt,
    git: Git,
    tmp_path: Path,
    committed_at: datetime,
    rules: list[str],
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON)
    add(desk, "sources.yaml", "# Read again.\n")
    commit_at(committed_at)
    git(desk, "switch", "-qc", "queue", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=2", "-b", "queue", f"file://{desk}", str(clone))
    assert judged(clone, "HEAD^1") == rules


def test_with_a_present_made_up_the_times_of_commits_say_nothing(
    desk: Path, check: Check, commit_at: CommitAt
) -> None:
    add(desk, CASE, NOTE.format(by="ines"))
    assert judged(desk) == [], "nothing is committed"
    commit_at(NOON - YEAR)
    assert judged(desk) == ["recorded-after-commit"]
    assert check() == ["1 file, no fault."]


@pytest.mark.skipif(datetime.now(UTC) < NOON, reason="this clock is before the cases of the desk")
def test_a_check_now_looks_at_commits(
    desk: Path, check: Check, commit_at: CommitAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOLEANCES_NOW")
    add(desk, CASE, NOTE.format(by="ines"))
    commit_at(NOON - DAY)
    said, hint, _ = check(code=1)
    assert "the commit that holds it is of 2026-11-20T12:00:00Z" in said
    assert "git commit --amend --no-edit" in hint


def test_a_shallow_clone_refuses_to_judge(
    desk: Path, check: Check, git: Git, tmp_path: Path
) -> None:
    for note in ("ines", "sam"):
        add(desk, CASE, NOTE.format(by=note))
        commit(git, desk)
    git(desk, "switch", "-q", "main")
    add(desk, CLOSED, NOTE.format(by="sam"))
    commit(git, desk)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", "-b", "desk/change", f"file://{desk}", str(shallow))
    lines = check(code=5, folder=shallow)
    assert lines[0].startswith("doleances: this shallow clone does not tell where main and HEAD")
    assert "git fetch --unshallow" in lines[1]
    git(shallow, "fetch", "-q", "--depth=1", "origin", "main:main")
    check(code=5, folder=shallow)
    git(shallow, "fetch", "-q", "--unshallow", "origin")
    assert check(folder=shallow) == ["1 file, no fault."]


def test_a_clone_of_two_commits_is_enough_for_a_merged_pull_request(
    desk: Path, check: Check, git: Git, tmp_path: Path
) -> None:
    add(desk, CASE, NOTE.format(by="zoe"))
    commit(git, desk)
    git(desk, "switch", "-qc", "queue", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=2", "-b", "queue", f"file://{desk}", str(shallow))
    lines = check("--base", "HEAD^1", code=1, folder=shallow)
    assert "there is no zoe in policies/team.yaml" in lines[0]
