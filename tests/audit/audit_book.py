"""A desk with a merged history, made by real git."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from runner.cli.main import run

HERE = Path(__file__).resolve().parents[2]
INES = ("Inès Carpentier", "ines.carpentier@agence.example.org")
MALO = ("Malo Kerven", "malo.kerven@agence.example.org")
ODILE = ("Odile Ferrand", "odile.ferrand@lumen.example.org")
BOT = ("Doléances", "runner@doleances.invalid")
FORGE = ("GitHub", "noreply@github.com")
CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
OPEN = "cases/2026/11/20/c-ksaxnqsx04pf.yaml"
TWO_PLACES = "cases/2026/10/05/c-z9dhernv57sj.yaml"
STRANGER = ("Zoé", "zoe@elsewhere.example.org")
Person = tuple[str, str]


@dataclass
class Book:
    """A repository whose commits have the instants and people that a test gives them."""

    root: Path
    at: datetime = datetime(2026, 11, 21, 7, tzinfo=UTC)
    merged: int = 0
    heads: list[str] = field(default_factory=list)

    def git(self, *arguments: str, by: Person = INES, committer: Person | None = None,
            at: datetime | None = None, authored: datetime | None = None) -> str:  # fmt: skip
        who, done = committer or by, at or self.at
        variables = os.environ | {
            "GIT_AUTHOR_NAME": by[0],
            "GIT_AUTHOR_EMAIL": by[1],
            "GIT_AUTHOR_DATE": f"@{int((authored or done).timestamp())} +0000",
            "GIT_COMMITTER_NAME": who[0],
            "GIT_COMMITTER_EMAIL": who[1],
            "GIT_COMMITTER_DATE": f"@{int(done.timestamp())} +0000",
        }
        ended = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            capture_output=True, check=True, text=True, env=variables,
        )  # fmt: skip
        return ended.stdout.strip()

    def later(self, **length: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**length)
        return self.at

    def commit(self, message: str = "Change.", **how: Any) -> str:
        """Commit the working tree where it is."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, **how)
        return self.git("rev-parse", "HEAD")

    def merge(self, by: Person = INES, proposer: Person | None = None, message: str = "",
              at: datetime | None = None) -> str:  # fmt: skip
        """Commit the working tree on a branch and merge that into `main`."""
        self.merged += 1
        self.git("switch", "-q", "-c", f"change-{self.merged}")
        head = self.commit(by=proposer or by, at=at)
        self.heads.append(head)
        self.git("switch", "-q", "main")
        done = (at or self.at) + timedelta(minutes=1)
        said = message or f"cases: Accept a case (#{self.merged})."
        self.git("merge", "-q", "--no-ff", "-m", said, head, by=by, at=done)
        self.git("branch", "-q", "-D", f"change-{self.merged}")
        return self.git("rev-parse", "HEAD")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, (path, old)
        self.write(path, text.replace(old, new, 1))

    def note(self, path: str, by: str = "ines", recorded: datetime | None = None) -> None:
        """Add an entry that is fine."""
        at = f"{recorded or self.at:%Y-%m-%dT%H:%M:%SZ}"
        text = self.read(path)
        entry = f"- entry: noted\n  at: {at}\n  recorded_at: {at}\n  by: {by}\n  note: vu\n"
        self.write(path, text + entry)


Audit = Callable[..., dict[str, Any]]
"""Audits the book and returns what `--json` says."""


def clean(book: Book) -> None:
    """Merge three notes, so that what is merged can be tampered with."""
    for path in (CASE, TWO_PLACES, CASE):
        book.later(hours=1)
        book.note(path)
        book.merge()
    book.later(hours=1)


def verb(book: Book, *words: str) -> None:
    """Let a verb write into the working tree."""
    now = f"{book.at:%Y-%m-%dT%H:%M:%SZ}"
    assert run(["-C", str(book.root), "--now", now, *words, "--no-propose"]) == 0


def entry(book: Book, path: str, kind: str, by: str = "ines", **facts: str) -> None:
    """Write an entry by hand."""
    at = f"{book.at:%Y-%m-%dT%H:%M:%SZ}"
    lines = [f"- entry: {kind}", f"at: {at}", f"recorded_at: {at}", f"by: {by}"]
    lines += [f"{name}: {value}" for name, value in facts.items()]
    book.write(path, book.read(path) + "\n  ".join(lines) + "\n")
