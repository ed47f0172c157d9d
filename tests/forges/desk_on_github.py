"""A small desk on the strict fake GitHub, for tests of the verbs as people start them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_github.server import FakeGithub, fake_github
from trial import TOKEN

from runner.cli.main import run

HERE = Path(__file__).resolve().parents[2]
NOW = "2026-11-21T08:00:00Z"
INBOX = """\
id,date,note,pseudo,commentaire,lien
1,2026-11-20T10:00:00Z,1,Camille,"Ma lampe est cassée, remboursez-moi !",https://avis.example.org/1
2,2026-11-20T11:00:00Z,2,Sacha,"Colis jamais reçu, aucune réponse du SAV.",https://avis.example.org/2
3,2026-11-20T12:00:00Z,1,Noa,"La bouilloire fuit, appelez le 06 39 98 12 34",https://avis.example.org/3
"""
SOURCES = """\
version: 1
name: Essai
language: en
zone: Europe/Paris
base: main
forge: github
contact: mailto:veille@example.org
limits: {open_pulls: 2, pulls_per_run: 2}
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
sources:
- id: avis
  kind: file
  category: review-site
  site: avis.example.org
  contact: {public: manual, private: none}
  path: inbox/*.csv
  columns:
    {native_id: id, posted_at: date, rating: note, author: pseudo, text: commentaire, url: lien}
  best: 5
"""
TEAM = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org],
   logins: [ines-martin]}
routes:
- {owner: ines}
"""
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: few-stars
  when: {rating: {at_most: 2}}
  then: {after_sales: yes, category: complaint}
"""
ESCALATION = """\
version: 1
zone: Europe/Paris
channels:
- {id: forge, kind: forge}
routes:
- clock: first-reply
  tiers: [{id: start, at: start, tell: [owner], by: [forge]}]
"""
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]


def make_desk(folder: Path, git: Git, team: str = TEAM) -> None:
    """Write a small desk whose inbox shows three complaints; its caps let two be open."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "inbox" / "avis.csv").write_text(INBOX)
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "policies").mkdir()
    for name in ("privacy", "clocks"):
        shutil.copy(HERE / "policies" / f"{name}.yaml", folder / "policies")
    shutil.copytree(HERE / "policies" / "calendars", folder / "policies" / "calendars")
    (folder / "policies" / "team.yaml").write_text(team)
    (folder / "policies" / "triage.yaml").write_text(TRIAGE)
    (folder / "policies" / "escalation.yaml").write_text(ESCALATION)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")


def work_in(folder: Path, patched: pytest.MonkeyPatch) -> None:
    """Let the verbs that follow be typed in a desk, at the time that its inbox is of."""
    patched.setenv("DOLEANCES_NOW", NOW)
    patched.setenv("DOLEANCES_FORGE_TOKEN", TOKEN)
    patched.chdir(folder)


@pytest.fixture
def desk(tmp_path: Path, git: Git, own_git_settings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of a small desk."""
    folder = tmp_path / "desk"
    make_desk(folder, git)
    work_in(folder, monkeypatch)
    return folder


@pytest.fixture
def fake(desk: Path, git: Git, tmp_path: Path) -> Iterator[FakeGithub]:
    with fake_github(tmp_path / "served") as fake:
        git(desk, "remote", "add", "origin", fake.url)
        git(desk, "push", "-q", str(fake.hub.git_dir), "main")
        yield fake
    remarks = fake.unexpected()
    assert not remarks, "\n".join(remarks)


def done(capsys: Capture, *arguments: str, code: int = 0) -> str:
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, f"{out}\n{err}"
    return out + err
