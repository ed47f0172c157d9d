"""The main job as people start it: once, again, killed anywhere, twice at once."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from forked_verbs import Verb
from killing_git import WRITING, kill_at

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
suspend: true
base: main
forge: local
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
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
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
Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, git: Git, own_git_settings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small desk whose inbox shows three complaints; its caps let two be open."""
    folder = tmp_path / "desk"
    (folder / "inbox").mkdir(parents=True)
    (folder / "inbox" / "avis.csv").write_text(INBOX)
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "policies").mkdir()
    for name in ("privacy", "clocks"):
        shutil.copy(HERE / "policies" / f"{name}.yaml", folder / "policies")
    shutil.copytree(HERE / "policies" / "calendars", folder / "policies" / "calendars")
    (folder / "policies" / "team.yaml").write_text(TEAM)
    (folder / "policies" / "triage.yaml").write_text(TRIAGE)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    monkeypatch.setenv("DOLEANCES_NOW", NOW)
    monkeypatch.chdir(folder)
    return folder


def done(capsys: Capture, *arguments: str, code: int = 0) -> str:
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, f"{out}\n{err}"
    return out


def state(folder: Path, git: Git) -> dict[str, str]:
    """What branches, pull requests and receipts hold; numbers may skip after a kill."""
    held = {}
    listed = git(folder, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/doleances")
    for ref in listed.splitlines():
        if ref.startswith("refs/doleances/pulls/"):
            record = json.loads(git(folder, "show", f"{ref}:pull.json"))
            held[f"pull of {record['branch']}"] = record["title"]
        elif ref != "refs/doleances/counter":
            held[ref] = git(folder, "rev-parse", f"{ref}^{{tree}}")
    return held


def test_a_run_proposes_each_complaint_once_and_the_next_has_nothing_to_do(
    desk: Path, git: Git, capsys: Capture
) -> None:
    out = done(capsys, "run")
    assert "3 new cases recorded." in out
    assert "2 pull requests opened." in out
    first = state(desk, git)
    assert len([ref for ref in first if ref.startswith("refs/heads/doleances/")]) == 3
    assert len([ref for ref in first if ref.startswith("pull of ")]) == 2

    assert "Nothing to do" in done(capsys, "run")
    assert json.loads(done(capsys, "plan", "--json"))["actions"] == []
    assert state(desk, git) == first


def test_personal_data_never_enters_git(desk: Path, git: Git, capsys: Capture) -> None:
    done(capsys, "run")
    assert "bouilloire" in git(desk, "grep", "-h", "bouilloire", *branches(desk, git))
    for digits in ("39 98 12 34", "39981234"):
        with pytest.raises(subprocess.CalledProcessError):
            git(desk, "grep", digits, *branches(desk, git), "--", "cases")


def branches(folder: Path, git: Git) -> list[str]:
    listed = git(folder, "for-each-ref", "--format=%(refname)", "refs/heads/doleances")
    return listed.splitlines()


def test_where_no_source_can_be_read_nobody_is_told_that_all_is_well(
    desk: Path, capsys: Capture
) -> None:
    (desk / "inbox" / "avis.csv").unlink()
    assert run(["run"]) == 4
    said = capsys.readouterr()
    assert said.out == "No source was read: what there is to do is not known.\n"
    assert "none of the sources could be read" in said.err


def test_when_one_is_decided_the_waiting_one_takes_its_place(
    desk: Path, git: Git, capsys: Capture
) -> None:
    done(capsys, "run")
    done(capsys, "accept", "1", "--yes")
    done(capsys, "reject", "2", "--reason", "not ours")
    assert "1 pull request opened." in done(capsys, "run")
    pulls = [name for name in state(desk, git) if name.startswith("pull of ")]
    assert len(pulls) == 1
    assert len(list((desk / "cases").rglob("*.yaml"))) == 1


def test_a_branch_that_somebody_reads_makes_no_later_run_fail(
    desk: Path, git: Git, capsys: Capture
) -> None:
    done(capsys, "run")
    read = branches(desk, git)[0].removeprefix("refs/heads/")
    number = next(
        pull["number"]
        for pull in json.loads(done(capsys, "pulls", "--json"))["pulls"]
        if pull["branch"] == read
    )
    git(desk, "switch", "-q", read)
    done(capsys, "accept", str(number))
    done(capsys, "run")
    assert f"refs/heads/{read}" in branches(desk, git)
    git(desk, "switch", "-q", "main")
    done(capsys, "run")
    assert f"refs/heads/{read}" not in branches(desk, git)


def test_a_branch_put_back_on_the_base_is_no_accepted_case(
    desk: Path, git: Git, capsys: Capture
) -> None:
    done(capsys, "run")
    emptied = json.loads(done(capsys, "pulls", "--json"))["pulls"][0]
    git(desk, "branch", "-f", emptied["branch"], "main")
    assert "the case file on this branch cannot be read" in done(capsys, "run")
    assert f"refs/heads/{emptied['branch']}" in branches(desk, git)
    done(capsys, "reject", str(emptied["number"]), "--reason", "ours")
    assert emptied["branch"] not in done(capsys, "run")


def test_a_lost_ledger_costs_nothing_but_reading(desk: Path, git: Git, capsys: Capture) -> None:
    done(capsys, "run")
    before = state(desk, git)
    git(desk, "update-ref", "-d", "refs/doleances/ledger")
    assert "Nothing to do" in done(capsys, "run")
    assert state(desk, git) == before


def test_a_branch_lost_by_mischance_comes_back_though_the_source_is_unchanged(
    desk: Path, git: Git, capsys: Capture
) -> None:
    done(capsys, "run")
    before = state(desk, git)
    waiting = next(
        b for b in branches(desk, git) if f"pull of {b.removeprefix('refs/heads/')}" not in before
    )
    git(desk, "update-ref", "-d", waiting)
    assert "1 new case recorded." in done(capsys, "run")
    assert state(desk, git) == before


def test_an_accepted_case_that_the_base_lost_is_told_until_it_is_back(
    desk: Path, git: Git, capsys: Capture
) -> None:
    done(capsys, "run")
    done(capsys, "accept", "1", "--yes")
    accepted = git(desk, "rev-parse", "HEAD")
    git(desk, "reset", "-q", "--hard", "HEAD~1")
    for _ in range(2):
        assert "accepted as pull request 1" in done(capsys, "run")
    git(desk, "reset", "-q", "--hard", accepted)
    assert "accepted as" not in done(capsys, "run")


def test_a_schedule_rests_while_the_desk_is_suspended(
    desk: Path, git: Git, capsys: Capture
) -> None:
    assert "Suspended" in done(capsys, "run", "--scheduled")
    assert branches(desk, git) == []


def test_a_plan_can_be_written_reviewed_and_applied(
    desk: Path, git: Git, capsys: Capture, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    done(capsys, "plan", "--out", str(file))
    assert branches(desk, git) == []
    done(capsys, "apply", str(file))
    applied = state(desk, git)
    assert len(branches(desk, git)) == 3
    done(capsys, "apply", str(file))
    assert state(desk, git) == applied


def test_a_refused_case_says_who_refused_it_and_why(desk: Path, git: Git, capsys: Capture) -> None:
    done(capsys, "run")
    case_id = branches(desk, git)[0].split("/")[3]
    done(capsys, "reject", case_id, "--reason", "about another brand")
    assert run(["show", case_id]) == 2
    said = capsys.readouterr().err
    assert "was refused by" in said
    assert "about another brand" in said


def test_a_plan_that_was_changed_or_is_stale_is_refused(
    desk: Path, git: Git, capsys: Capture, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    done(capsys, "plan", "--out", str(file))
    changed = tmp_path / "changed.json"
    changed.write_text(file.read_text().replace("Camille", "Camilla"))
    done(capsys, "apply", str(changed), code=2)
    git(desk, "commit", "-q", "--allow-empty", "-m", "The base moves.")
    done(capsys, "apply", str(file), code=5)
    assert branches(desk, git) == []


def test_what_collect_found_is_proposed_without_reading_the_sources(
    desk: Path, git: Git, capsys: Capture, tmp_path: Path
) -> None:
    found = tmp_path / "mentions.jsonl"
    done(capsys, "collect", "--out", str(found))
    (desk / "inbox" / "avis.csv").unlink()
    assert "3 new cases recorded." in done(capsys, "run", "--mentions", str(found))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_git_process_the_next_run_ends_as_an_unharmed_one(
    desk: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    untouched = tmp_path / "untouched"
    shutil.copytree(desk, untouched)
    in_a_process()
    unharmed = state(desk, git)
    # What only reads leaves all as it was: killed after it is killed before it.
    counted = WRITING if moment == "after" else ()
    for nth in range(1, 200):
        shutil.rmtree(desk)
        shutil.copytree(untouched, desk)
        monkeypatch.chdir(desk)
        with monkeypatch.context() as patch:
            for name, value in kill_at(nth, moment, tmp_path, os.environ["PATH"], counted).items():
                patch.setenv(name, value)
            ended = in_a_process()
        if ended == 0:
            assert nth > 5
            return
        assert ended == -signal.SIGKILL
        assert in_a_process() == 0
        assert state(desk, git) == unharmed, f"killed {moment} git process {nth}"
    raise AssertionError("the run never got through")


def in_a_process() -> int | None:
    """Run the main job in a process of its own and return how it ended."""
    verb = Verb(["run"], os.environ)
    verb.communicate()
    return verb.returncode


def test_two_runs_at_once_end_as_one(desk: Path, git: Git, tmp_path: Path) -> None:
    runs = [Verb(["run"], os.environ) for _ in range(3)]
    for verb in runs:
        verb.communicate()
    assert [verb.returncode for verb in runs] == [0, 0, 0]
    ended = state(desk, git)
    assert len([ref for ref in ended if ref.startswith("refs/heads/doleances/")]) == 3
    assert len([ref for ref in ended if ref.startswith("pull of ")]) == 2
    numbers = git(desk, "for-each-ref", "--format=%(refname)", "refs/doleances/pulls")
    assert len(set(re.findall(r"\d+", numbers))) == 2
