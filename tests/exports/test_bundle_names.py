"""A bundle without names: none is left, and nothing that the program says is touched."""

import html
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

Git = Callable[..., str]
CASE = "c-ze7414h45y49"
FILE = f"cases/2026/11/09/{CASE}.yaml"
DATE = "Échéance : sam. 9 janv. 2027 à 09:03."


def told(desk: Path, *options: str, language: str = "fr") -> str:
    out = desk.parent / "case.html"
    command = ["-C", str(desk), "bundle", CASE, "--language", language, "--out", str(out)]
    assert run([*command, *options, "--force"]) == 0
    page = out.read_text(encoding="utf-8")
    body = html.unescape(re.sub(r"<[^>]+>", "", page.partition("<body>")[2]))
    return body.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def labels_aside(page: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", page)


@pytest.fixture
def desk(exported_desk: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "desk"
    shutil.copytree(exported_desk, copied)
    return copied


def written(desk: Path, git: Git, *changes: tuple[str, str]) -> None:
    """Put other words into the case, before all that the audit looks at."""
    text = (desk / FILE).read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (desk / FILE).write_text(text)
    git(desk, "commit", "-qa", "--amend", "-m", "Begin.")


def test_dates_stay_where_somebody_has_the_name_of_a_day(desk: Path) -> None:
    page = told(desk, "--without-names")
    assert DATE in page
    assert "[personne 2, community manager], pour Lumen" in page
    assert "Responsable[personne 2, community manager]" in page
    assert not re.search(r"(?i)\bin[eè]s\b|carpentier|odile|yassine|malo\b", labels_aside(page))


@pytest.mark.parametrize("handle", ["nov", "Nov_b", "client", "adresse"])
def test_what_the_program_writes_stays_whoever_the_customer_is(
    desk: Path, git: Git, handle: str
) -> None:
    written(desk, git, ("gaetan_b", handle), ("Bonjour Gaëtan,", f"Bonjour {handle},"))
    page = told(desk, "--without-names")
    names, plain = labels_aside(page), labels_aside(told(desk))
    for line in (DATE, "lun. 9 nov. 2026 à 09:03", "le client demande", "Client", "adresse "):
        assert line in names
        assert line in plain
    assert "Bonjour [client]," in page
    assert page.count("nov. 2026") == plain.count("nov. 2026") - plain.partition("schema: 1")[
        2
    ].count("nov. 2026")


@pytest.mark.parametrize("said", ["Gaëtan", "GAETAN", "Gae\u0308tan", "gaetan_b", "d’gaëtan"])
def test_a_name_is_found_with_accents_or_without(desk: Path, git: Git, said: str) -> None:
    written(desk, git, ("Bonjour Gaëtan,", f"Bonjour {said},"))
    page = told(desk, "--without-names")
    assert "[client], le SAV examine encore votre grille-pain" in page
    assert not re.search(r"ga[eë]\u0308?tan", page, re.IGNORECASE)


def test_words_of_others_stay_whole(desk: Path, git: Git) -> None:
    """A day in what somebody said is no name, nor is a part of a longer word."""
    written(
        desk, git,
        ("Bonjour Gaëtan,", "Bonjour Gaëtan, passez sam. avec le gaetanisme ; Sam y sera :"),
    )  # fmt: skip
    page = told(desk, "--without-names")
    assert "passez sam. avec le gaetanisme ; [personne 3, community manager] y sera" in page


def test_who_is_in_no_team_has_a_number_too(desk: Path, git: Git) -> None:
    written(desk, git, ("decided_by: odile", "decided_by: perrine"))
    page = told(desk, "--without-names")
    assert "perrine" not in page
    assert "décidé par [personne 6]" in page


def test_what_a_judge_says_is_told_whole_or_not_at_all(desk: Path, git: Git) -> None:
    file = desk / FILE
    file.write_text(file.read_text().replace("handle: gaetan_b", "handle: gaetan_c"))
    git(desk, "commit", "-qam", "Polish.")
    assert "gaetan_c" in told(desk)
    page = told(desk, "--without-names")
    assert "gaetan" not in page
    assert "rompu" in page


def test_a_rewritten_log_is_told_even_where_names_alone_were_rewritten(
    desk: Path, git: Git
) -> None:
    file = desk / FILE
    file.write_text(file.read_text().replace("Bonjour Gaëtan,", "Bonjour Gaetan,"))
    git(desk, "commit", "-qam", "Polish.")
    assert "Ce qui avait été fusionné a été réécrit." in told(desk, "--without-names")


def test_it_does_not_say_that_a_file_is_printed_which_is_not(desk: Path) -> None:
    assert "the one printed here" in told(desk, language="en")
    page = told(desk, "--without-names", language="en")
    assert "the one printed here" not in page
    assert "schema: 1" not in page
