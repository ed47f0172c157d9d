"""`doleances check --base`: what new entries promise, by the policies that they name."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from changed_desk import CASE, CLOCKS, Check, Git, commit

from runner.cli.main import run
from runner.repo.git import open_repository

HANDED_OFF = """\
- entry: handed-off
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: ines
  to: handed-off
  recipient: care
  reference: S-1
  asks: [a lamp]
  consent: given
  clocks:
  - clock: back-office
    target: 7 business days
    zone: Europe/Paris
    calendar: brand-care
    started_at: 2026-11-21T08:00:00Z
    due_at: {due}
    pauses: [awaiting-customer]
    stops: [answered]
    policies: {{policies/clocks.yaml: {clocks}, policies/calendars/brand-care.yaml: {blob}}}
"""
CALENDAR = "policies/calendars/brand-care.yaml"
DUE = "2026-12-01T17:00:00Z"


@pytest.fixture
def hand_off(desk: Path, git: Git) -> Callable[..., None]:
    """Hands the case off, with a promise that may be changed."""
    text = (desk / CASE).read_text()
    state = next(line for line in text.splitlines() if line.startswith("state: "))
    blobs = {
        name: git(desk, "rev-parse", f"main:{file}")
        for name, file in (("blob", CALENDAR), ("clocks", CLOCKS))
    }

    def write(old: str = "", new: str = "", **facts: str) -> None:
        entry = HANDED_OFF.format(**{"due": DUE, **blobs, **facts})
        assert old in entry
        changed = text.replace(state, "state: handed-off", 1)
        (desk / CASE).write_text(changed + entry.replace(old, new))

    return write


def test_a_promise_is_counted_by_the_calendar_that_it_names(
    desk: Path, check: Check, git: Git, hand_off: Callable[..., None]
) -> None:
    (desk / CALENDAR).write_text("# Gone.\n")
    git(desk, "commit", "-qam", "Lose the calendar.")
    git(desk, "branch", "-qf", "main")
    hand_off()
    assert check() == ["1 file, no fault."]
    hand_off(due="2026-12-31T17:00:00Z")
    assert "run out at 2026-12-01T17:00:00Z, not 2026-12-31T17:00:00Z" in check(code=1)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # One of the policy's own targets is right: which of them fits may have changed since.
        ("7 business days", "1 business day", "run out at 2026-11-23T17:00:00Z"),
        ("7 business days", "8 business days", "had 1 business day or 7 business days as"),
        ("stops: [answered]", "stops: [answered, noted]", "`stops` of back-office, not answered, "),
        ("pauses: [awaiting-customer]", "pauses: []", "had awaiting-customer as `pauses`"),
        ("zone: Europe/Paris", "zone: Europe/London", "`zone` of back-office, not Europe/London"),
        ("clock: back-office", "clock: closing", "no clock closing starts with `handed-off`"),
    ],
)
def test_a_promise_is_one_of_the_policy_that_it_names(
    check: Check, hand_off: Callable[..., None], old: str, new: str, said: str
) -> None:
    hand_off(old, new)
    assert any(said in line for line in check(code=1))


def test_a_promise_names_policies_that_the_desk_has_had(
    desk: Path, check: Check, git: Git, hand_off: Callable[..., None]
) -> None:
    hand_off(blob="0" * 40, due="2026-12-31T17:00:00Z")
    assert f"{CALENDAR} never was 0000000000, which back-office comes from" in check(code=1)[0]
    hand_off(f"{CLOCKS}: ", "policies/other.yaml: ")
    assert f"back-office does not say which {CLOCKS} it comes from" in check(code=1)[0]
    # A policy that the branch brings and takes back again was never the desk's.
    shipped = (desk / CLOCKS).read_text()
    (desk / CLOCKS).write_text(shipped.replace("7 business days", "9 business days"))
    git(desk, "commit", "-qam", "Promise less.")
    invented = git(desk, "rev-parse", f"HEAD:{CLOCKS}")
    (desk / CLOCKS).write_text(shipped)
    git(desk, "commit", "-qam", "Promise it again.")
    hand_off("7 business", "9 business", clocks=invented, due="2026-12-03T17:00:00Z")
    assert f"{CLOCKS} never was {invented[:10]}" in check(code=1)[0]


def test_a_policy_that_has_changed_since_is_still_the_one_that_was_promised_by(
    desk: Path, check: Check, git: Git, hand_off: Callable[..., None], tmp_path: Path
) -> None:
    shipped = (desk / CLOCKS).read_text()
    git(desk, "switch", "-q", "main")
    (desk / CLOCKS).write_text(shipped.replace("7 business days", "9 business days"))
    git(desk, "commit", "-qam", "Promise less.")
    git(desk, "switch", "-qC", "desk/change")
    hand_off()
    assert check() == ["1 file, no fault."]
    commit(git, desk)
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{desk}", "cut")
    git(tmp_path / "cut", "fetch", "-q", "--depth", "1", "origin", "main:main")
    said = check(folder=tmp_path / "cut")
    assert "is not known in this clone" in said[0]
    assert said[-1] == "1 file, no fault. 1 warning."


@pytest.mark.parametrize(
    ("replaced", "refused"), [("2026-11-13", True), ("2026-11-15", False)], ids=["long ago", "late"]
)
def test_a_policy_that_was_replaced_long_ago_is_no_longer_promised_by(
    desk: Path,
    check: Check,
    git: Git,
    hand_off: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    replaced: str,
    refused: bool,
) -> None:
    git(desk, "switch", "-q", "main")
    (desk / CLOCKS).write_text((desk / CLOCKS).read_text() + "# More.\n")
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"{replaced}T00:00:00Z")
    git(desk, "commit", "-qam", "Say more.")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    git(desk, "switch", "-qC", "desk/change")
    hand_off()
    said = check(code=int(refused))
    expected = f"which back-office comes from, only until {replaced}T00:00:00Z"
    assert (expected in said[0]) is refused


def test_a_target_for_other_cases_is_doubtful(
    check: Check, hand_off: Callable[..., None], desk: Path
) -> None:
    hand_off("7 business days", "1 business day", due="2026-11-23T17:00:00Z")
    said = check()
    assert "had 7 business days as `target` of back-office for such a case" in said[0]
    assert said[-1] == "1 file, no fault. 1 warning."


def test_an_entry_that_promises_nothing_is_doubtful_where_the_policy_does(
    check: Check, hand_off: Callable[..., None], desk: Path
) -> None:
    hand_off()
    text = (desk / CASE).read_text()
    (desk / CASE).write_text(text[: text.rindex("  clocks:\n")])
    said = check()
    assert "warning: `handed-off` starts the clock back-office" in said[0]
    assert said[-1] == "1 file, no fault. 1 warning."


def test_where_objects_are_named_by_sha256_older_policies_cannot_be_looked_up(
    desk: Path, git: Git, check: Check, hand_off: Callable[..., None]
) -> None:
    shutil.rmtree(desk / ".git")
    git(desk, "init", "-q", "--object-format=sha256")
    open_repository.cache_clear()
    git(desk, "add", ".")
    git(desk, "commit", "-qm", "Begin.")
    hand_off(clocks="0" * 40)
    said, hint, *_ = check()
    assert f"warning: whether {CLOCKS} ever was 0000000000 is not known in this clone" in said
    assert "SHA-256 never tells" in hint
    assert run(["-C", str(desk), "explain", "c-d6rn7he0r67d"]) == 0
