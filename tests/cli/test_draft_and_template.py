"""`draft`, `template` and what `show`, `status` and pull requests say of replies."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-22T08:00:00Z"
AWAITING, OPEN, CLOSED = "c-rhfg7kkddhqq", "c-ksaxnqsx04pf", "c-z9dhernv57sj"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's own desk, in a repository of its own, its team reading English."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("policies", "templates", "cases", "inbox"):
        shutil.copytree(ROOT / name, folder / name)
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8")
    text = text.replace("language: fr                 #", "language: en                 #")
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["config", "user.name", "Inès Carpentier"],
        ["config", "user.email", "ines.carpentier@agence.example.org"],
        ["add", "."],
        ["commit", "--quiet", "--message=Desk"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


def said(desk: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["-C", str(desk), "--now", NOW, *arguments]) == code
    return capsys.readouterr().out


def test_a_draft_says_how_it_was_chosen_and_how_it_is_recorded(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(desk, capsys, "draft", OPEN)
    title, _, text, _, *lines = out.splitlines()
    assert title == "Advice, in French, for p1 (entraide)"
    assert text.startswith("Bonjour lili54, ")
    assert lines[0].startswith("Template advice-fr, wording 1-1-")
    assert lines[1] == "To be filled in: [… le conseil]"
    assert lines[2].startswith(f"Once it stands, record it: doleances reply {OPEN} --place p1 --te")


def test_each_place_gets_words_of_its_own(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(desk, capsys, "draft", CLOSED, "--purpose", "closing", "--json")
    first, second = json.loads(out)["drafts"]
    assert (first["place"], second["place"]) == ("p1", "p2")
    assert first["text"] != second["text"]
    assert not first["too_long"]


def test_what_proofreading_finds_in_a_draft_stands_beside_it(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = json.loads(said(desk, capsys, "draft", OPEN, "--json"))["drafts"][0]
    assert clean["findings"] == []
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    with (copy / "policies/brand.yaml").open("a", encoding="utf-8") as voice:
        voice.write("\navoid: [bonjour lili54]\n")
    (found,) = json.loads(said(copy, capsys, "draft", OPEN, "--json"))["drafts"]
    assert found["text"] == clean["text"]
    assert found["findings"] == [
        {"rule": "avoided", "line": 1, "column": 1, "words": "Bonjour lili54"}
    ]
    assert "1:1: the brand does not want these words" in said(copy, capsys, "draft", OPEN)


def test_a_place_that_is_none_is_named(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(desk), "draft", OPEN, "--place", "p7"]) == 2
    assert "has no place 'p7'" in capsys.readouterr().err


def test_after_the_last_reminder_the_end_is_drafted_and_proposed(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Closing without news, in French" in said(desk, capsys, "draft", AWAITING)
    listed = json.loads(said(desk, capsys, "status", "--json"))["cases"]
    (step,) = [each["next_step"] for each in listed if each["case"] == AWAITING]
    assert step == "Resolve it without news: the last reminder has had no answer."
    page = said(desk, capsys, "show", AWAITING)
    assert "A drafted reply" in page
    assert step in page


def test_what_was_recorded_is_not_drafted_again(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    drafted = json.loads(said(copy, capsys, "draft", OPEN, "--json"))["drafts"][0]
    said(
        copy, capsys, "reply", OPEN, "--by", "ines", "--no-propose",
        "--url", "https://entraide.example.org/q/44790#a1", "--template", drafted["template"],
        "--text", drafted["text"],
    )  # fmt: skip
    again = json.loads(said(copy, capsys, "draft", OPEN, "--purpose", "advice", "--json"))
    assert again["drafts"][0]["template"] != drafted["template"]
    assert again["drafts"][0]["text"] != drafted["text"]


@pytest.mark.parametrize("case_id", [OPEN, AWAITING])
def test_the_command_that_a_draft_prints_runs_once_its_capitals_are_replaced(
    desk: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    case_id: str,
) -> None:
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    printed = json.loads(said(copy, capsys, "draft", case_id, "--json"))["drafts"][0]["record"]
    typed = printed.replace("ADDRESS", "https://entraide.example.org/q/44790#a1")
    program, *words = typed.replace("WHY", "silence").split()
    assert program == "doleances"
    assert not any(word.isupper() for word in words)
    pasted = io.BytesIO(b"Bonjour, essayez une autre prise.\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pasted, encoding="utf-8"))
    said(copy, capsys, *words, "--by", "ines", "--no-propose")


def test_pull_requests_hold_drafts_and_no_two_are_alike(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(desk, tmp_path / "desk"))
    said(copy, capsys, "run")
    pulls = json.loads(said(copy, capsys, "pulls", "--json"))["pulls"]
    texts, notes = [], 0
    for pull in pulls:
        drafted = json.loads(said(copy, capsys, "draft", pull["case"], "--json"))["drafts"][0]
        stored = f"refs/doleances/pulls/{pull['number']}:pull.json"
        body = subprocess.run(
            ["git", "-C", str(copy), "cat-file", "-p", stored],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        body = json.loads(body)["body"]
        if drafted["text"] is None:
            assert drafted["why"] == "no-language"
            continue
        assert drafted["text"] in body, pull["case"]
        if drafted["purpose"] == "crisis-note":
            notes += 1
            assert "A note for the team" in body
        else:
            texts.append(drafted["text"])
            assert f"doleances draft {pull['case']}" in body
    assert notes >= 1
    assert len(texts) > 10
    assert len(set(texts)) == len(texts)
    assert said(copy, capsys, "run", "--offline").startswith("Nothing to do")


class TestTemplates:
    def test_are_listed(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        listed = json.loads(said(desk, capsys, "template", "list", "--json"))["templates"]
        by_id = {each["template"]: each for each in listed}
        assert by_id["reminder-2-fr"]["number"] == 2
        assert by_id["first-contact-bricoleurs-fr"]["for"]["personas"] == ["bricoleurs"]
        assert all(each["texts"] > 1 for each in listed)
        assert "first-contact-fr" in said(desk, capsys, "template", "list")

    def test_are_shown_as_customers_read_them(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = said(desk, capsys, "template", "show", "thanks-en")
        assert out.startswith("thanks-en · thanks · templates/thanks-en.yaml\nFor: praise\n")
        assert "Alexandrine" in out
        assert run(["-C", str(desk), "template", "show", "thank-en"]) == 2
        assert "did you mean `thanks-en`?" in capsys.readouterr().err

    def test_are_tried(
        self, desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "0 faults" in said(desk, capsys, "template", "test")
        copy = Path(shutil.copytree(desk, tmp_path / "desk"))
        (copy / "templates/answer-en.yaml").unlink()
        short = copy / "templates/survey-fr.yaml"
        short.write_text(short.read_text(encoding="utf-8").replace("length: 350", "length: 90"))
        out = said(copy, capsys, "template", "test", code=1)
        assert "templates/survey-fr.yaml:" in out
        assert "no template for `answer` in `en`" in out


def test_a_template_that_is_not_there_is_not_recorded(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["reply", OPEN, "--url", "https://entraide.example.org/q/44790#a1", "--template"]
    assert run(["-C", str(desk), "--now", NOW, *arguments, "advise-fr/1-1"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "doleances: there is no template 'advise-fr'",
        "    did you mean `advice-fr`?",
    ]


def test_answers_are_searched_and_taken_up(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(said(desk, capsys, "answers", "--json"))["answers"]
    assert "retourner-un-article" in [each["answer"] for each in listed]
    out = said(desk, capsys, "answers", "comment", "renvoyer", "un", "article")
    first, words, why = out.splitlines()[:3]
    assert first == "1. Retourner un article (retourner-un-article), approved by Odile Ferrand"
    assert words.startswith("   Vous avez trente jours")
    assert why == "   Why: words in common: renvoyer, article"
    found = json.loads(said(desk, capsys, "answers", "how to send it back", "--json"))["answers"]
    assert found[0]["words"][0].startswith("You have thirty days")
    assert said(desk, capsys, "answers", "quokka") == "No answer comes near.\n"
    assert said(desk, capsys, "answers", "--case", OPEN) == "No answer comes near.\n"


def test_an_answer_that_is_not_near_is_not_taken_up(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(desk), "--now", NOW, "draft", OPEN, "--answer", "garantie"]) == 2
    assert f"no answer 'garantie' comes near to {OPEN}" in capsys.readouterr().err
