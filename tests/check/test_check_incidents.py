"""`check --base` and incidents: judged by the incident of the base, and only what is new."""

from collections.abc import Callable
from pathlib import Path

import pytest

FILE = "policies/incidents/bouilloire-brume-fuite.yaml"
URL = "https://forum.example.org/t/5001"
Git = Callable[..., str]
Say = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk(now="2026-11-21T08:00:00Z")


@pytest.fixture
def case(desk: Path, git: Git, say: Say) -> Path:
    """A case that `new` found to belong to the incident, on the base and answered."""
    say("new", "--source", "forum-bricolage", "--author", "Zoé", "--url", URL, "--no-propose",
        "--text", "Ma bouilloire Brume fuit, je veux être remboursée !")  # fmt: skip
    (file,) = desk.glob("cases/*/*/*/*.yaml")
    assert "incident: bouilloire-brume-fuite" in file.read_text()
    say("reply", file.stem, "--url", URL, "--wording", "--no-propose")
    say("check", "--base", "main")
    git(desk, "add", ".")
    git(desk, "commit", "-qm", "A case.")
    return file


def resolve(case: Path, *words: str) -> list[str]:
    told = ["--outcome", "accepted", "--reason", "r", "--channel", "public", "--url", URL]
    return ["resolve", case.stem, *told, "--no-propose", *words]


def test_a_gesture_is_not_changed_and_given_in_one_change(
    case: Path, desk: Path, git: Git, say: Say
) -> None:
    incident = desk / FILE
    incident.write_text(incident.read_text().replace("amount: 20", "amount: 25"))
    say(*resolve(case, "--gesture"))
    told = say("check", "--base", "main", code=1)
    assert "this gives une bouilloire neuve et un bon d’achat, 25" in told
    assert f"{case.relative_to(desk).as_posix()}:" in told
    git(desk, "checkout", "-q", "--", FILE)
    git(desk, "commit", "-qam", "By force.")
    # What stands on the base is not judged again; among all cases it is told.
    say("note", case.stem, "--note", "n", "--no-propose")
    say("check", "--base", "main")
    assert "others in its place" in say("check")


def test_a_link_needs_an_incident(case: Path, desk: Path, git: Git, say: Say) -> None:
    text = case.read_text()
    case.write_text(
        text.replace("incident: bouilloire-brume-fuite\n", "incident: nulle-part\n", 1)
        + "- entry: incident-linked\n  at: 2026-11-21T08:00:00Z\n"
        "  recorded_at: 2026-11-21T08:00:00Z\n  by: ines\n  incident: nulle-part\n"
    )
    assert "policies/incidents/nulle-part.yaml holds no incident" in say(
        "check", "--base", "main", code=1
    )


def test_a_faulty_incident_asks_nothing_and_is_a_fault_itself(
    case: Path, desk: Path, git: Git, say: Say
) -> None:
    (desk / FILE).write_text("version: 1\n")
    git(desk, "commit", "-qam", "Broken.")
    case.write_text(
        case.read_text() + "- entry: replied\n  at: 2026-11-21T08:00:00Z\n"
        f"  recorded_at: 2026-11-21T08:00:00Z\n  by: ines\n  place: p1\n  url: {URL}\n"
    )
    say("check", "--base", "main")
    assert FILE in say("check", code=1)


def test_what_fills_in_an_incident_says_what_it_cannot(
    case: Path, desk: Path, git: Git, say: Say
) -> None:
    told = say(*resolve(case, "--gesture", "--remedy", "un avoir"), code=2)
    assert "--gesture says --remedy already" in told
    incident = desk / FILE
    text = incident.read_text()
    incident.write_text(text[: text.index("gesture:")] + "approved_by: odile\n")
    assert "has no gesture" in say(*resolve(case, "--gesture"), code=2)
    incident.write_text(text.replace("  fr: >-", "  de: >-"))
    told = say(*resolve(case, "--wording"), code=2)
    assert "has no wording in the case's language (fr)" in told
    incident.unlink()
    assert "is linked to no incident that the desk has" in say(*resolve(case, "--gesture"), code=2)
