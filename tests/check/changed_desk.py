"""The shipped desk while a branch changes it."""

from collections.abc import Callable
from pathlib import Path

CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
CLOSED = "cases/2026/10/05/c-z9dhernv57sj.yaml"
OPEN = "cases/2026/11/20/c-ksaxnqsx04pf.yaml"
CLOCKS = "policies/clocks.yaml"
POLICY = f"main:{CLOCKS}"
Git = Callable[..., str]
Check = Callable[..., list[str]]

NOTE = """\
- entry: noted
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: {by}
  note: vu
"""


def add(desk: Path, file: str, text: str) -> None:
    with (desk / file).open("a") as opened:
        opened.write(text)


def commit(git: Git, desk: Path) -> None:
    git(desk, "add", "-A")
    git(desk, "commit", "-qm", "Change.")
