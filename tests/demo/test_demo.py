"""The demo plays a whole day with the real program, in both languages."""

import re
import subprocess
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.demo.stage import desk_folder

MILESTONES = {
    "en": (
        "Maison Lumen sells lamps",
        "09:00 · the first run reads six sites",
        "CRISIS",
        "$ doleances show",
        "Camille_R, forum-bricolage (forum)",
        "First reply: by Tue 24 Nov 2026, 09:00",
        "09:20 · people decide",
        "$ doleances accept",
        "$ doleances reject",
        "10:00 · the same sites again",
        "Nothing to do: everything is already so.",
        "3 sites answered 304",
        "14:00 · a customer writes again, and a site is down",
        "1 pull request opened.",
        "18:00 · the end of the day",
        "Inès Carpentier",
    ),
    "fr": (
        "Maison Lumen vend des lampes",
        "09:00 · la première veille lit six sites",
        "CRISE",
        "$ doleances show",
        "Camille_R, forum-bricolage (forum)",
        "Première réponse\u00a0: avant le mar. 24 nov. 2026 à 09:00",
        "09:20 · l’équipe décide",
        "$ doleances accept",
        "$ doleances reject",
        "10:00 · les mêmes sites, une deuxième fois",
        "Rien à faire\u00a0: tout est déjà en place.",
        "3 sites ont répondu 304",
        "14:00 · une cliente écrit de nouveau, et un site est en panne",
        "1 pull request ouverte.",
        "18:00 · la fin de la journée",
        "Inès Carpentier",
    ),
}


@pytest.fixture(scope="module", params=["en", "fr"])
def day(request, tmp_path_factory) -> "Day":
    folder = tmp_path_factory.mktemp(request.param) / "lumen"
    with redirect_stdout(StringIO()) as said:
        code = run(["demo", "--language", request.param, "--fast", "--keep", str(folder)])
    return Day(request.param, folder, code, said.getvalue())


@dataclass(frozen=True)
class Day:
    language: str
    folder: Path
    code: int
    said: str


def test_the_day_passes_its_milestones_in_order(day):
    assert day.code == 0
    said = day.said.replace("\n", " ")
    at = 0
    for milestone in MILESTONES[day.language]:
        found = said.find(milestone, at)
        assert found >= 0, f"{milestone!r} does not follow after {said[at - 200 : at]!r}"
        at = found + len(milestone)


def test_no_english_is_left_in_the_french_day(day):
    english = re.search(
        r"urgency|by rule|Accept it|First reply|Nothing to do|request opened", day.said
    )
    assert (english is None) == (day.language == "fr")


def test_what_is_kept_is_a_working_desk(day, capsys):
    assert run(["-C", str(day.folder), "check"]) == 0
    assert run(["-C", str(day.folder), "pulls"]) == 0
    assert "forum-bricolage" in capsys.readouterr().out
    merged = subprocess.run(
        ["git", "-C", str(day.folder), "ls-files", "cases"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()
    before = list((desk_folder() / "cases").rglob("c-*.yaml"))
    assert len(merged) == len(before) + 3


def test_without_keep_nothing_is_left(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["demo", "--language", "en", "--fast"]) == 0
    assert "doleances demo --keep DIR" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine").write_text("keep")
    assert run(["demo", "--keep", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
