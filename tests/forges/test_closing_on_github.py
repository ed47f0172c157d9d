"""The closing of a resolved case on the strict fake GitHub: prepared, filled in, merged."""

from collections.abc import Callable
from pathlib import Path

from desk_on_github import Capture, Git, done
from fake_github.model import INES
from fake_github.server import FakeGithub

CASE = "c-aaaaaaaaaaaa"
RESOLVED = """\
- entry: replied
  at: 2026-11-20T09:00:00Z
  recorded_at: 2026-11-20T09:00:00Z
  by: ines
  to: acknowledged
  place: p1
  url: https://forum.example.org/t/1#p2
- entry: resolved
  at: 2026-11-20T10:00:00Z
  recorded_at: 2026-11-20T10:00:00Z
  by: ines
  to: resolved
  outcome: accepted
  reason: Lost by the carrier.
  channel: public
  place: p1
  url: https://forum.example.org/t/1#p3
"""
CaseText = Callable[..., tuple[str, str]]


def resolved(desk: Path, case_text: CaseText) -> Path:
    """Put a resolved case into the desk's folder, and return where."""
    path, text = case_text(CASE)
    file = desk / path
    file.parent.mkdir(parents=True)
    text = text.replace("2026-11-21T08:03:12Z", "2026-11-20T08:03:12Z")
    text = text.replace("2026-11-24T08:03:12Z", "2026-11-23T08:03:12Z")
    file.write_text(text.replace("state: open", "state: resolved") + RESOLVED)
    return file


def test_its_page_follows_who_fills_it_in_and_its_status_says_what_is_missing(
    fake: FakeGithub, capsys: Capture, desk: Path, git: Git, case_text: CaseText, tmp_path: Path
) -> None:
    file = resolved(desk, case_text)
    git(desk, "add", "--all")
    git(desk, "commit", "-qm", "A resolved case.")
    git(desk, "push", "-q", str(fake.hub.git_dir), "main")
    assert "1 pull request opened." in done(capsys, "run", "--offline")
    hub = fake.hub
    (pull,) = hub.pulls.values()
    assert pull.title == f"{CASE} · closing messages"
    assert "- [ ] p1: the message is posted" in pull.body or "your own words" in pull.body
    assert [status.state for status in hub.statuses[pull.head]] == ["failure"]
    assert "Nothing to do" in done(capsys, "run", "--offline")

    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", "--branch", pull.branch, str(hub.git_dir), str(other))
    mine = other / file.relative_to(desk)
    mine.write_text(
        mine.read_text()
        .replace("by: runner\n  to: closed", "by: ines\n  to: closed")
        .replace("  - place: p1\n", "  - place: p1\n    url: https://forum.example.org/t/1#p4\n")
        .replace("- {place: p1}", "- {place: p1, url: https://forum.example.org/t/1#p4}")
        .replace("{sent: false}", "{sent: false, why: asked on the phone}")
        .replace("root_cause: null", "root_cause: lost by the carrier")
    )
    git(other, "commit", "-qam", "Close it.")
    git(other, "push", "-q", "origin", pull.branch)
    hub.notice_push(INES)
    done(capsys, "run", "--offline")
    assert "- [x] p1: the message is posted" in pull.body
    hub.merge(pull.number, INES)
    done(capsys, "run", "--offline")
    assert pull.branch not in hub.heads()
    assert "Nothing to do" in done(capsys, "run", "--offline")
