"""A desk with a customer who attacks whatever reads exports."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
NOW = "2026-11-25T09:00:00Z"
HOSTILE = "c-bbbbbbbbbbbb"
FORMULA = '=HYPERLINK("https://evil.example.org";"prix");+1 \'x\''
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]
AtWork = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _at_work(at_work: AtWork) -> Iterator[None]:
    with at_work(NOW):
        yield


@pytest.fixture(scope="session")
def exported_desk(
    tmp_path_factory: pytest.TempPathFactory, git: Git, case_text: CaseText, at_work: AtWork
) -> Path:
    """Return the shipped desk with a case whose customer writes formulas and markup."""
    folder = tmp_path_factory.mktemp("exported") / "desk"
    folder.mkdir()
    for name in ("policies", "templates", "cases"):
        shutil.copytree(HERE / name, folder / name)
    shutil.copy(HERE / "sources.yaml", folder / "sources.yaml")
    path, text = case_text(HOSTILE)
    quoted = FORMULA.replace("'", "''")
    text = text.replace("title: Colis jamais reçu", f"title: '{quoted}'").replace(
        "Bonjour, toujours rien reçu.",
        "=cmd|' /C calc'!A0\n    <script>alert(2)</script></style><img src=x onerror=alert(1)>",
    )
    text = text.replace(
        f"url: https://forum.example.org/t/{HOSTILE}", "url: 'https://forum.example.org/\"><b>'"
    )
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    with at_work(NOW):
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "Begin.")
    return folder
