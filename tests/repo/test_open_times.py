"""Calendars as they were when a promise was made, read from git by their blob ids."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.cases.case import PinnedClock
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.files import read_configuration_files
from runner.repo.open_times import read_open_times

ROOT = Path(__file__).resolve().parents[2]
FILE = "policies/calendars/brand-care.yaml"
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
Git = Callable[..., str]


@pytest.fixture
def desk(tmp_path: Path, git: Git, own_git_settings: None) -> Path:
    """A repository whose only commit holds a calendar that is closed on Tuesdays."""
    (tmp_path / FILE).parent.mkdir(parents=True)
    text = (ROOT / FILE).read_text().replace("  tuesday: [09:00-12:30, 13:30-18:00]\n", "")
    (tmp_path / FILE).write_text(text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin.")
    return tmp_path


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    loaded, faults = load_configuration(read_configuration_files(ROOT)[0])
    assert loaded is not None, faults
    return loaded


def pinned(blob: str, calendar: str | None = "brand-care") -> PinnedClock:
    policies = {FILE: blob}
    return PinnedClock(
        "back-office", "7 business days", "Europe/Paris", calendar, MORNING, MORNING, (), (),
        policies,
    )  # fmt: skip


def test_the_calendars_of_the_desk_are_there_by_id_and_by_blob(
    tmp_path: Path, configuration: Configuration
) -> None:
    # Nothing is read: there is no repository here.
    blob = configuration.blobs[FILE]
    found = read_open_times(tmp_path, [pinned(blob), pinned("0" * 40, None)], configuration)
    assert found.keys() == {"brand-care", blob}
    assert found["brand-care"] is found[blob]
    assert found[blob].is_open(MORNING)


def test_one_that_has_changed_since_is_read_from_git(
    desk: Path, git: Git, configuration: Configuration
) -> None:
    blob = git(desk, "rev-parse", f"HEAD:{FILE}")
    found = read_open_times(desk, [pinned(blob), pinned(blob)], configuration)
    assert not found[blob].is_open(MORNING)
    assert found["brand-care"].is_open(MORNING)


@pytest.mark.parametrize("what", ["lost", "no calendar", "a tree", "no name"])
def test_one_that_cannot_be_read_is_left_out(
    desk: Path, git: Git, configuration: Configuration, what: str
) -> None:
    (desk / "other").write_text("version: 1\nzone: Nowhere\n")
    blob = {
        "lost": "1" * 40,
        "no calendar": git(desk, "hash-object", "-w", "other"),
        "a tree": git(desk, "rev-parse", "HEAD:policies"),
        "no name": "--help",
    }[what]
    found = read_open_times(desk, [pinned(blob)], configuration)
    assert blob not in found
    assert "brand-care" in found
