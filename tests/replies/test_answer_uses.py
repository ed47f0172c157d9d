"""Which answers of the catalogue were told, and how those cases ended."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.cli.main import run
from runner.replies.answer_uses import UsesOfAnswer, count_uses
from runner.repo.case_files import read_case

HERE = Path(__file__).resolve().parents[2]
Git = Callable[..., str]
CaseText = Callable[..., tuple[str, str]]
ASKED, OTHER = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb"


@pytest.fixture
def case(case_text: CaseText) -> Case:
    path, text = case_text(ASKED)
    read = read_case(text.encode(), path)
    assert isinstance(read, Case)
    return read


def lived(case: Case, *steps: tuple[str, str | None, dict[str, object]]) -> Case:
    """A case after entries of these kinds, leading to these states, with these facts."""
    for kind, to, facts in steps:
        state = type(case.state)(to) if to else None
        entry = replace(case.log[0], kind=kind, to=state, facts=facts, clocks=())
        case = replace(case, log=(*case.log, entry), state=state or case.state)
    return case


def test_each_case_counts_once_by_how_it_ended(case: Case) -> None:
    told: tuple[str, str | None, dict[str, object]] = ("replied", "acknowledged", {"answer": "x"})
    again: tuple[str, str | None, dict[str, object]] = ("replied", None, {"answer": "x"})
    settled = ("resolved", "resolved", {"outcome": "accepted"})
    closed: tuple[str, str | None, dict[str, object]] = ("closed", "closed", {})
    cases = (
        lived(case, told, again, settled, closed, ("thanked", None, {})),
        lived(case, told, settled, closed, ("reopened", "open", {"cycle": 2})),
        lived(case, told, closed),
        # Approving words is not telling them.
        lived(case, ("approved", None, {"answer": "y"})),
    )
    assert count_uses(cases) == {
        "x": UsesOfAnswer(3, {"accepted": 1, "closed": 1, "open": 1}, contested=1, thanked=1)
    }


def test_a_recorded_reply_names_its_answer_and_the_list_counts_it(
    tmp_path: Path,
    git: Git,
    case_text: CaseText,
    own_git_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (tmp_path / "gitconfig").write_text(
        "[user]\n\tname = Ines\n\temail = ines.carpentier@agence.example.org\n"
    )
    for name in ("policies", "templates"):
        shutil.copytree(HERE / name, folder / name)
    sources = (HERE / "sources.yaml").read_text().replace("language: fr", "language: en", 1)
    (folder / "sources.yaml").write_text(sources)
    for case_id in (ASKED, OTHER):
        path, text = case_text(case_id)
        text = text.replace("category: complaint", "category: question").replace(
            "Bonjour, toujours rien reçu.", "Bonjour, quel est le délai de livraison ?"
        )
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
    monkeypatch.chdir(folder)

    def say(*arguments: str, code: int = 0) -> str:
        ended = run(arguments)
        out, err = capsys.readouterr()
        assert ended == code, out + err
        return out + err

    drafted = json.loads(say("draft", ASKED, "--json"))["drafts"][0]
    answer = drafted["answer"]
    assert f"--answer {answer}" in drafted["record"]
    where = ("--place", "p1", "--url", "https://forum.example.org/t/1#p2")
    assert "no answer 'dellais'" in say("reply", ASKED, *where, "--answer", "dellais", code=2)
    say("reply", ASKED, *where, "--answer", answer)
    say("accept", ASKED)
    counted = {each["answer"]: each for each in json.loads(say("answers", "--json"))["answers"]}
    assert (counted[answer]["used"], counted[answer]["endings"]) == (1, {"acknowledged": 1})
    assert {each["used"] for name, each in counted.items() if name != answer} == {0}
    assert "1 case: 1 acknowledged" in say("answers")
