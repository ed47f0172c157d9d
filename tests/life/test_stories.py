"""The seeds' stories, end to end: each file in `stories/` is a day at the desk, played as typed.

A line begins with what happens: `now INSTANT`, `as PERSON`, `run VERB...`, `refuse CODE VERB...`
(the verb ends with that exit code), `told WORDS` (the last verb said them), `state STATE` (of the
case), `last KEY VALUE` (of the last entry).  `CASE` is the case that the story is about, `OTHER`
the one that `new` opened last.
"""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run
from runner.text.strict_yaml import read_value

HERE = Path(__file__).resolve().parent
STORIES = sorted((HERE / "stories").glob("*.story"))
PEOPLE = {
    "malo": "malo.kerven@agence.example.org",
    "ines": "ines.carpentier@agence.example.org",
    "sam": "sam.whitlock@agence.example.org",
    "odile": "odile.ferrand@lumen.example.org",
    "yassine": "yassine.belhadj@lumen.example.org",
}
Git = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    """The shipped desk without a case."""
    return shipped_desk()


class Stage:
    """A story while it is played."""

    def __init__(
        self, desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.desk = desk
        self.capsys = capsys
        self.monkeypatch = monkeypatch
        self.names: dict[str, str] = {}
        self.said = ""

    def play(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "now":
                self.monkeypatch.setenv("DOLEANCES_NOW", rest)
            case "as":
                settings = f"[user]\n\tname = {rest}\n\temail = {PEOPLE[rest]}\n"
                (self.desk.parent / "gitconfig").write_text(settings)
            case "run":
                self.type(rest, 0)
            case "refuse":
                code, _, verb = rest.partition(" ")
                self.type(verb, int(code))
            case "told":
                assert rest in self.said
            case "state":
                assert self.case()["state"] == rest
            case "last":
                key, _, value = rest.partition(" ")
                assert str(self.case()["log"][-1][key]) == value
            case _:
                raise AssertionError(f"a story has no {word}")

    def type(self, words: str, code: int) -> None:
        arguments = [self.names.get(word, word) for word in shlex.split(words)]
        before = {path.stem for path in self.desk.glob("cases/*/*/*/*.yaml")}
        writes = arguments[0] not in {"check", "status", "brief", "show"}
        ended = run([*arguments, *(["--no-propose"] if writes else [])])
        out, err = self.capsys.readouterr()
        self.said = out + err
        assert ended == code, self.said
        for path in self.desk.glob("cases/*/*/*/*.yaml"):
            if path.stem not in before:
                self.names["OTHER" if "CASE" in self.names else "CASE"] = path.stem

    def case(self) -> Any:
        (path,) = self.desk.glob(f"cases/*/*/*/{self.names['CASE']}.yaml")
        return read_value(path.read_bytes())


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_is_told_to_its_end(
    story: Path,
    desk: Path,
    git: Git,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage(desk, capsys, monkeypatch)
    for number, line in enumerate(story.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            try:
                stage.play(line)
            except AssertionError as error:
                raise AssertionError(f"{story.name}:{number}: {line}\n{error}") from error
    assert run(["check", "--base", "main"]) == 0, capsys.readouterr().out
