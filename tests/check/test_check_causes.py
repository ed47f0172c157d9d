"""One broken file is one fault: who names what it holds is not blamed for it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

SHAPES = {"not-yaml": "a: [\n", "of-no-form": "a: b\n", "no-text": "\x00"}
FILES = ("sources.yaml", "policies/team.yaml", "policies/brand.yaml", "policies/clocks.yaml")


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk()


def faults(desk: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert run(["-C", str(desk), "check", "--json"]) == 1
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["faults"]
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("file", FILES)
def test_a_file_that_cannot_be_read_is_the_only_one_with_faults(
    file: str, shape: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / file).write_text(SHAPES[shape])
    assert {fault["file"] for fault in faults(desk, capsys)} == {file}


def test_a_link_that_is_not_read_is_not_missing_as_well(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk / "policies/team.yaml"
    file.rename(desk / "team.txt")
    file.symlink_to(desk / "team.txt")
    (fault,) = faults(desk, capsys)
    assert (fault["file"], fault["rule"]) == ("policies/team.yaml", "odd-file")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("team", "policies/answers/delai-de-livraison.yaml names people"),
        ("brand", "templates/first-contact-bricoleurs-fr.yaml names a persona"),
    ],
    ids=["team", "brand"],
)
def test_what_is_missing_is_said_first_and_once(
    file: str, said: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "policies" / f"{file}.yaml").unlink()
    (desk / "policies/answers/aaa.yaml").write_text("version: 1\n")
    first, *others = faults(desk, capsys)
    assert (first["file"], first["message"]) == (
        f"policies/{file}.yaml",
        f"the file is missing, and {said} of it",
    )
    assert first["hint"] == f"`doleances schema {file}` says what it holds"
    assert {fault["file"] for fault in others} == {"policies/answers/aaa.yaml"}


def test_a_sound_file_without_such_names_blames_who_names_one(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "policies/brand.yaml").write_text("version: 1\n")
    named = [str(fault["message"]) for fault in faults(desk, capsys)]
    assert "there is no persona `bricoleurs` in policies/brand.yaml" in named
