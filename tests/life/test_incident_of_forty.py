"""The incident with forty cases: found, linked, treated alike, and the one that was not.

Played as typed, on the shipped desk; the forge is the repository itself.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runner.repo.git
from runner.text.strict_yaml import read_value

INCIDENT = "bouilloire-brume-fuite"
GESTURE = "une bouilloire neuve et un bon d’achat"
Git = Callable[..., str]
Say = Callable[..., str]


def row(number: int, text: str) -> str:
    return (
        f'a-{number},2026-11-20T10:00:00+01:00,Client{number},1,Kettle,"{text}",'
        f"https://avis.example.org/lumen/a-{number}"
    )


@pytest.fixture
def desk(shipped_desk: Callable[..., Path], tmp_path: Path, git: Git) -> Path:
    """The shipped desk before anybody knows of the incident."""
    folder = shipped_desk(now="2026-11-21T08:00:00Z")
    sources = (
        (folder / "sources.yaml")
        .read_text()
        .replace("{open_pulls: 40, pulls_per_run: 40}", "{open_pulls: 60, pulls_per_run: 60}")
    )
    (folder / "sources.yaml").write_text(sources[: sources.index("- id: reviews-uk")])
    (folder / "policies/incidents").rename(tmp_path / "incidents")
    team = folder / "policies/team.yaml"
    routes = (
        "- {language: en, owner: sam}\n- {source: sav-en-ligne, category: question, owner: malo}"
    )
    team.write_text(team.read_text().replace(routes, "- {language: en, owner: sam}"))
    brand = folder / "policies/brand.yaml"
    words = brand.read_text()
    for elsewhere in (
        "lengths: {agora: 500}\n",
        "  sources: [forum-bricolage]\n",
        "- id: abonnes\n  sources: [agora]\n  register: familiar\n",
    ):
        words = words.replace(elsewhere, "")
    brand.write_text(words)
    (folder / "inbox").mkdir()
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Before the incident.")
    return folder


def pulls(say: Say) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(say("pulls", "--json"))["pulls"]
    return found


def merge_all(say: Say, git: Git, desk: Path) -> list[str]:
    """Accept what waits: the first by the verb, the rest as whoever knows git would."""
    first, *rest = pulls(say)
    say("accept", str(first["number"]), "--yes")
    git(desk, "merge", "-q", "--no-edit", *(pull["branch"] for pull in rest))
    return [pull["case"] for pull in (first, *rest)]


def commit(git: Git, desk: Path, message: str) -> None:
    git(desk, "add", ".")
    git(desk, "commit", "-qm", message)


def case(desk: Path, case_id: str) -> Any:
    (path,) = desk.glob(f"cases/*/*/*/{case_id}.yaml")
    return read_value(path.read_bytes())


def url_of(desk: Path, case_id: str) -> str:
    return f"{case(desk, case_id)['places'][0]['url']}/reply"


def test_the_incident_with_forty_cases(
    desk: Path, git: Git, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaks = [row(n, f"Ma bouilloire Brume fuit, no {n} : remboursez-moi !") for n in range(40)]
    others = [row(90 + n, f"Colis no {n} jamais reçu, remboursez !") for n in range(3)]
    inbox = desk / "inbox/avis-1.csv"
    head = "id,date,pseudo,note,titre,commentaire,lien"
    inbox.write_text("\n".join([head, *leaks, *others]) + "\n")
    say("run")
    accepted = merge_all(say, git, desk)
    assert len(accepted) == 43

    # One customer is settled before anybody knows that there is an incident.
    early = next(c for c in accepted if "Brume" in case(desk, c)["places"][0]["text"])
    say("reply", early, "--url", url_of(desk, early), "--no-propose")
    say(
        "resolve", early, "--outcome", "accepted", "--reason", "cassée", "--remedy", "un avoir",
        "--amount", "10", "--currency", "EUR", "--channel", "public",
        "--url", url_of(desk, early), "--no-propose",
    )  # fmt: skip
    commit(git, desk, "Settle one.")

    # Brand care understands; the runner finds the cases, however many, in one go.
    shutil.copytree(desk.parent / "incidents", desk / "policies/incidents")
    commit(git, desk, "policies: A known fault of the kettles.")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    inbox.write_text(inbox.read_text() + row(77, "Ma Brume fuit aussi, scandaleux !") + "\n")
    started = []
    spawn = runner.repo.git.spawn
    with monkeypatch.context() as counting:
        counting.setattr(
            "runner.repo.git.spawn", lambda *given: started.append(given) or spawn(*given)
        )
        assert say("plan").count("change of a case") == 40
    assert len(started) < 20
    assert "40 changes of cases recorded" in say("run")
    assert "Nothing to do" in say("plan")
    waiting = pulls(say)
    assert len(waiting) == 41
    assert sum(pull["branch"].endswith(f"/incident-{INCIDENT}") for pull in waiting) == 40

    # A new case comes with its link; people take one of the old links for wrong.
    (fresh,) = (pull for pull in waiting if pull["branch"].endswith("/open"))
    assert "Incident" in say("show", str(fresh["number"]))
    wrong = next(pull for pull in waiting if pull["case"] not in (early, fresh["case"]))
    say("reject", str(wrong["number"]), "--reason", "un autre défaut")
    assert len(merge_all(say, git, desk)) == 40
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
    assert "40 decisions" not in say("run")
    assert "Nothing to do" in say("plan")
    told = json.loads(say("incident", INCIDENT, "--json"))
    assert (told["linked"], told["proposed"], told["unequal"]) == (40, 0, 1)
    linked = [one["case"] for one in told["cases"]]
    assert wrong["case"] not in linked

    # Who works on a case sees what holds for all.
    assert say("status", "--incident", INCIDENT).count(f"({INCIDENT})") == 40
    for page in ("show", "brief"):
        assert f"To be given: {GESTURE}, 20 EUR" in say(page, linked[0])

    # Those who are answered today are told and given the same: nothing else passes, but for a
    # reason.
    last = linked.pop()
    linked.remove(early)
    for case_id in linked[:12]:
        say("reply", case_id, "--url", url_of(desk, case_id), "--wording", "--no-propose")
        say(
            "resolve", case_id, "--outcome", "accepted", "--reason", "incident", "--gesture",
            "--channel", "public", "--url", url_of(desk, case_id), "--no-propose",
        )  # fmt: skip
    settled = case(desk, linked[0])["log"][-1]
    assert (settled["remedy"], settled["currency"], float(settled["amount"])) == (
        GESTURE,
        "EUR",
        20,
    )
    reply = ("reply", last, "--url", url_of(desk, last), "--no-propose")
    assert "told the wording" in say(*reply, "--text", "Nous sommes désolés.", code=1)
    say(*reply, "--wording")
    resolve = (
        "resolve", last, "--outcome", "accepted", "--reason", "incident", "--channel", "public",
        "--url", url_of(desk, last), "--no-propose", "--remedy", "un bon d’achat", "--amount", "25",
        "--currency", "EUR",
    )  # fmt: skip
    assert f"every case of {INCIDENT} is given: {GESTURE}, 20 EUR" in say(*resolve, code=1)
    say(*resolve, "--departs", "Elle a déjà racheté une bouilloire.")
    say("check", "--base", "main")
    commit(git, desk, "Settle some.")

    # How each was treated; the early one stands out until somebody says why.
    page = say("incident", INCIDENT)
    assert "1 case was treated otherwise, and nothing says why." in page
    checked = say("check")
    (line,) = (line for line in checked.splitlines() if "warning" in line and INCIDENT in line)
    assert line.startswith(f"cases/2026/11/21/{early}.yaml:")
    assert "was given un avoir, 10 EUR" in line
    say(
        "note", early, "--note", "Vu avec la marque.", "--departs", "Réglé avant l’incident.",
        "--no-propose",
    )  # fmt: skip
    commit(git, desk, "Say why.")
    told = json.loads(say("incident", INCIDENT, "--json"))
    assert (told["linked"], told["unequal"]) == (40, 0)
    assert sorted({one["departs"] for one in told["cases"] if one["departs"]}) == [
        "Elle a déjà racheté une bouilloire.",
        "Réglé avant l’incident.",
    ]
    assert "warning" not in say("check")
    assert "40" in say("incident")
