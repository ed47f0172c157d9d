"""`doleances proofread`, and what `check --base`, `draft` and `template test` say of words."""

import io
import json
import sys
from pathlib import Path

import pytest

from runner.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
CASE = "c-ksaxnqsx04pf"
FINE = "Bonjour lili54, votre question est entre mes mains. Je vous réponds ici.\n"


def test_a_fine_text_ends_with_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "reply.txt"
    file.write_text(FINE, encoding="utf-8")
    assert run(["-C", str(ROOT), "proofread", str(file)]) == 0
    assert capsys.readouterr().out == "0 faute, 0 avertissement.\n"


def test_faults_and_warnings_as_data_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Bonjour Camille !! Envoyez-nous votre numéro de commande ici."
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["-C", str(ROOT), "proofread", "-", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["spelling_checked"] is True
    assert [(each["rule"], each["severity"]) for each in said["findings"]] == [
        ("exclamations", "warning"),
        ("personal-data-asked", "fault"),
    ]
    assert said["findings"][1]["column"] == 20
    assert said["findings"][1]["suggestion"].startswith("Demandez-les en privé")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the text is empty"),
        (b"\xff\xfe\x00", "the text is not in UTF-8"),
        (b"a" * 100_001, "the text has more than 100,000 bytes"),
    ],
    ids=["empty", "not-utf-8", "too-much"],
)
def test_what_is_no_text_is_misuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    file = tmp_path / "reply.txt"
    file.write_bytes(content)
    assert run(["-C", str(ROOT), "proofread", str(file)]) == 2
    assert message in capsys.readouterr().err


def test_a_place_needs_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(ROOT), "proofread", "--by", "ines"]) == 2
    assert "go with --case" in capsys.readouterr().err
