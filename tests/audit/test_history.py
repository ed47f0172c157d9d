"""`doleances history`: a case's life as git tells it, however it was merged."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit_book import BOT, FORGE, INES, MALO, Book

from runner.cli.main import run
from runner.repo.case_walk import CaseWalk
from runner.repo.commit_graph import keep_commit_graph
from runner.repo.git import Repository, open_repository
from runner.repo.mainline import find_path

CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
CASE_ID = "c-d6rn7he0r67d"
History = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def history(book: Book, capsys: pytest.CaptureFixture[str]) -> History:
    def tell(wanted: str = CASE_ID, root: Any = None) -> list[dict[str, Any]]:
        capsys.readouterr()
        ended = run(["-C", str(root or book.root), "history", "--json", wanted])
        out, err = capsys.readouterr()
        assert ended == 0, err
        versions = json.loads(out)["versions"]
        assert isinstance(versions, list)
        return versions

    return tell


def test_each_version_says_who_what_and_how_the_clocks_stood(book: Book, history: History) -> None:
    book.later(hours=1)
    book.note(CASE)
    merged = book.merge(by=INES, proposer=MALO)
    first, second = history()
    assert [entry["entry"] for entry in first["entries"]] == ["detected", "replied", "qualified"]
    assert (second["commit"], second["merge"], second["pull"]) == (merged, True, 1)
    assert second["by"]["person"] == "ines"
    assert [entry["entry"] for entry in second["entries"]] == ["noted"]
    assert {clock["clock"]: clock["standing"] for clock in second["clocks"]} == {
        "mediation": "running", "customer-update": "running",
    }  # fmt: skip
    assert "first-reply" in {clock["clock"] for clock in first["clocks"]}


def test_squash_rebase_and_merge_commits_tell_alike(book: Book, history: History) -> None:
    book.note(CASE)
    book.commit("Take note (#7)", by=MALO, committer=FORGE)
    book.note(CASE)
    book.commit("Take note", by=BOT, committer=INES)
    book.note(CASE)
    book.merge(message="Merge pull request #9 from maison/desk")
    squashed, rebased, merged = history()[1:]
    assert (squashed["pull"], squashed["by"]["person"], squashed["by"]["shown"]) == (
        7, "malo", False,
    )  # fmt: skip
    assert (rebased["merge"], rebased["by"]["person"]) == (False, None)
    assert (merged["pull"], merged["by"]["shown"]) == (9, True)
    assert all(len(one["entries"]) == 1 for one in (squashed, rebased, merged))


def test_people_keep_the_names_of_their_day(
    book: Book, history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    book.note(CASE, by="malo")
    book.merge(by=MALO)
    text = book.read("policies/team.yaml").replace("id: malo", "id: mk")
    book.write("policies/team.yaml", text.replace("owner: malo", "owner: mk"))
    book.merge()
    book.note(CASE, by="mk")
    book.merge(by=MALO)
    assert [one["by"]["person"] for one in history()[1:]] == ["malo", "mk"]
    assert run(["-C", str(book.root), "history", CASE_ID]) == 0
    said = capsys.readouterr().out
    assert said.count("Malo Kerven") == 4
    assert said.count("fusionné par Malo Kerven") == 2


def test_in_a_bare_clone_with_and_without_a_graph(book: Book, history: History) -> None:
    book.note(CASE)
    book.merge()
    bare = book.root.parent / "bare.git"
    book.git("clone", "-q", "--bare", str(book.root), str(bare))
    told = history()
    assert history(root=bare) == told
    keep_commit_graph(open_repository(bare))
    keep_commit_graph(open_repository(bare))
    assert (bare / "objects/info/commit-graphs/commit-graph-chain").exists()
    assert history(root=bare) == told
    assert history(CASE) == told


def test_a_machine_without_threads_tells_alike(
    book: Book, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    told = history()
    monkeypatch.setattr(threading.Thread, "start", start)
    assert history() == told
    assert run(["-C", str(book.root), "history", "c-000000000000"]) == 2


def test_who_stops_it_does_not_wait_for_git(book: Book, tmp_path: Path) -> None:
    slow, walks = tmp_path / "bin" / "git", tmp_path / "walks"
    slow.parent.mkdir()
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *" log "*) : >{walks}; exec sleep 60 ;; esac\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    slow.chmod(0o755)
    environment = {**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"}
    # Who runs the tests may ignore the signal, and all processes below would.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heard}; from runner.cli.main import main; main()"
    line = [sys.executable, "-c", program, "-C", str(book.root), "history", CASE_ID]
    with subprocess.Popen(line, env=environment, process_group=0, stderr=subprocess.PIPE) as told:
        try:
            while not walks.exists() and told.poll() is None:
                time.sleep(0.02)
            told.send_signal(signal.SIGINT)
            _, said = told.communicate(timeout=30)
        finally:
            os.killpg(told.pid, signal.SIGKILL)
    assert (told.returncode, said.strip()) == (130, b"doleances: stopped")


def test_what_is_out_need_not_be_the_base(book: Book, history: History) -> None:
    told = history()
    book.git("switch", "-q", "-c", "side")
    book.note(CASE)
    book.commit("Only proposed.")
    assert history() == told
    book.git("switch", "-q", "--orphan", "empty")
    book.git("checkout", "main", "--", "sources.yaml")
    assert history() == told


def test_what_was_rewritten_or_removed_is_said(
    book: Book, history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    book.change(CASE, "template: first-contact-fr", "template: first-contact-en")
    book.merge()
    (book.root / CASE).unlink()
    book.merge()
    _, rewritten, removed = history()
    assert (rewritten["rewritten"], removed["removed"]) == (True, True)
    assert run(["-C", str(book.root), "history", CASE_ID]) == 0
    said = capsys.readouterr().out
    assert "Ce qui avait été fusionné a été réécrit." in said
    assert "Le fichier a été supprimé." in said


def test_who_accepted_is_told_by_the_receipt(
    book: Book, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = book.root.parent / "person"
    settings.write_text(f"[user]\n\tname = {INES[0]}\n\temail = {INES[1]}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    now = f"{book.later(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    desk = ["-C", str(book.root), "--now", now]
    assert run([*desk, "note", CASE_ID, "--note", "vu", "--propose"]) == 0
    assert run([*desk, "accept", "1"]) == 0
    last = history()[-1]
    assert (last["pull"], last["by"]["person"], last["merge"]) == (1, "ines", True)


def test_what_is_no_case_is_said(book: Book) -> None:
    for odd in ("c-000000000000", "nothing", "cases/../x.yaml"):
        assert run(["-C", str(book.root), "history", odd]) == 2
    assert run(["-C", str(book.root / ".git"), "history", CASE_ID]) == 0


def test_a_long_search_for_a_case_that_no_file_holds_is_explained(
    book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, really = threading.Event(), CaseWalk.finds_within

    def finds_within(walk: CaseWalk, seconds: float) -> bool:
        found = really(walk, seconds)
        looked.set()
        return found

    def find_late(repository: Repository, tip: str, case_id: str) -> str:
        assert looked.wait(60)
        return find_path(repository, tip, case_id)

    monkeypatch.setattr("runner.cli.history._PATIENCE", 0.0)
    monkeypatch.setattr(CaseWalk, "finds_within", finds_within)
    monkeypatch.setattr("runner.repo.case_walk.find_path", find_late)
    assert run(["-C", str(book.root), "history", "c-000000000000"]) == 2
    waits, fails, *_ = capsys.readouterr().err.splitlines()
    assert waits.startswith("Aucun dossier n’a cet identifiant aujourd’hui")
    assert fails == "doleances: no commit on the main line holds c-000000000000"
