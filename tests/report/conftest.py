"""A desk with hostile customers, and its report."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.forges.local import LocalForge
from runner.planning.actions import PushBranch
from runner.policies.values import Bot

HERE = Path(__file__).resolve().parents[2]
NOW = "2026-11-25T09:00:00Z"
HOSTILE, PROPOSED = "c-bbbbbbbbbbbb", "c-aaaaaaaaaaaa"
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]
AtWork = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _at_work(at_work: AtWork) -> Iterator[None]:
    with at_work(NOW):
        yield


@pytest.fixture(scope="session")
def desk(
    tmp_path_factory: pytest.TempPathFactory, git: Git, case_text: CaseText, at_work: AtWork
) -> Path:
    """Return the shipped desk with a case whose customer attacks pages, and a proposed one."""
    folder = tmp_path_factory.mktemp("reported") / "desk"
    folder.mkdir()
    for name in ("policies", "templates", "cases"):
        shutil.copytree(HERE / name, folder / name)
    shutil.copy(HERE / "sources.yaml", folder / "sources.yaml")
    path, text = case_text(HOSTILE)
    text = text.replace(
        "title: Colis jamais reçu", "title: '</script><img src=x onerror=alert(1)> \"&amp;'"
    ).replace("Bonjour, toujours rien reçu.", "<script>alert(2)</script> javascript:alert(3)")
    text = text.replace(
        f"url: https://forum.example.org/t/{HOSTILE}", "url: 'https://forum.example.org/\"><b>'"
    )
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    with at_work(NOW):
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "Begin.")
        forge = LocalForge(folder, "main", Bot())
        path, content = case_text(PROPOSED)
        push = PushBranch(f"doleances/{PROPOSED}/open", path, content, "m\n", "")
        forge.push_branches([push], forge.base(), datetime(2026, 11, 21, 9, tzinfo=UTC))
    return folder


@pytest.fixture(scope="session")
def site(desk: Path, tmp_path_factory: pytest.TempPathFactory, at_work: AtWork) -> Path:
    """Return the report of the desk."""
    out = tmp_path_factory.mktemp("report") / "site"
    with at_work(NOW):
        assert run(["-C", str(desk), "report", "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="session")
def public_site(desk: Path, tmp_path_factory: pytest.TempPathFactory, at_work: AtWork) -> Path:
    """Return what of it may be published."""
    out = tmp_path_factory.mktemp("public") / "site"
    with at_work(NOW):
        assert run(["-C", str(desk), "report", "--public", "--out", str(out)]) == 0
    return out
