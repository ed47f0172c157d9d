"""The shipped desk as a book, and the audit of it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from audit_book import HERE, Audit, Book

from runner.cli.main import run


@pytest.fixture
def book(tmp_path: Path, own_git_settings: None, monkeypatch: pytest.MonkeyPatch) -> Book:
    """The shipped desk, without a baseline, as the first commit of `main`."""
    root = tmp_path / "desk"
    root.mkdir()
    for name in ("policies", "templates", "cases"):
        shutil.copytree(HERE / name, root / name)
    lines = (HERE / "sources.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("audit:")]
    (root / "sources.yaml").write_text("".join(kept), encoding="utf-8")
    made = Book(root)
    made.git("init", "-q", "-b", "main")
    made.commit("Begin.")
    made.later(hours=1)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-12-31T00:00:00Z")
    return made


@pytest.fixture
def audit(book: Book, capsys: pytest.CaptureFixture[str]) -> Audit:
    """Audit the book and return what `--json` says; `code` is how it must end."""

    def prove(*arguments: str, code: int | None = None, root: Path | None = None) -> dict[str, Any]:
        capsys.readouterr()
        ended = run(["-C", str(root or book.root), "audit", "--json", *arguments])
        out, err = capsys.readouterr()
        assert code in {None, ended}, out + err
        found = json.loads(out)
        assert isinstance(found, dict)
        return found

    return prove
