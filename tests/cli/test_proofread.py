"""`doleances proofread`, and what `check --base`, `draft` and `template test` say of words."""

import io
import json
import shutil
import sys
from collections.abc import Callable
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
        (b"a" * 40_001, "the text has more than 40,000 bytes"),
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


def test_what_a_case_does_not_bear_out_is_a_warning_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reply.txt"
    file.write_text(FINE.replace("votre question", "votre remboursement a été effectué, et elle"))
    arguments = ["-C", str(ROOT), "proofread", str(file), "--json"]
    assert run([*arguments, "--case", CASE]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["rule"], found["severity"]) == ("told-as-given", "warning")
    assert found["words"] == "remboursement a été effectué"
    # Without a case nobody knows what was decided.
    assert run(arguments) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    file.write_text("Bonjour lili54, we refunded you yesterday. Merci de votre patience.")
    run([*arguments, "--case", CASE])
    rules = [each["rule"] for each in json.loads(capsys.readouterr().out)["findings"]]
    assert rules.count("told-as-given") + rules.count("promise") == 1


def test_what_others_read_and_who_writes_come_from_the_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reply.txt"
    file.write_text("Bonjour lili54, voici un bon d’achat de 10 € pour votre question.\n", "utf-8")
    arguments = ["-C", str(ROOT), "proofread", str(file), "--case", CASE, "--json"]
    rules = []
    for by in ("ines", "nadia-is-nobody"):
        code = run([*arguments, "--by", by])
        out, err = capsys.readouterr()
        rules.append((code, [each["rule"] for each in json.loads(out)["findings"]] if out else err))
    assert rules[0] == (0, ["no-reassurance"])
    assert rules[1][0] == 2


def test_check_warns_of_what_new_entries_say_the_customer_was_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    git: Callable[..., str],
    own_git_settings: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(ROOT / "sources.yaml", folder)
    for name in ("policies", "templates", "cases"):
        shutil.copytree(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    case = folder / "cases/2026/11/20" / f"{CASE}.yaml"
    was = case.read_text("utf-8").replace("state: open", "state: acknowledged")
    with case.open("w", encoding="utf-8") as opened:
        opened.write(
            f"{was}- entry: replied\n  at: 2026-11-21T08:00:00Z\n"
            "  recorded_at: 2026-11-21T08:00:00Z\n"
            "  by: ines\n  to: acknowledged\n  place: p1\n  url: https://entraide.example.org/t/1#2\n"
            "  text: Bonjour lili54, nous vous rembourserons votre lampe. À bientôt.\n"
        )
    run(["-C", str(folder), "check", "--base", "HEAD"])
    out = capsys.readouterr().out
    assert "warning: promise in what the customer was told: `nous vous rembourserons`" in out
