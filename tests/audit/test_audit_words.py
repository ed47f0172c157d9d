"""What `audit` finds is read in the team's language; data and judges keep to English and codes."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from audit_book import HERE, Audit, Book

from runner.cli.main import run
from runner.errors import Fault
from runner.planning.audit import AuditFinding, Weight, check_signature, outside_pull_request
from runner.planning.audit_words import finding_lines, rule_words
from runner.text.hints import HINTS
from runner.text.language import Language
from runner.text.terms import TERMS

FRENCH, ENGLISH = (Language(code, ZoneInfo("Europe/Paris")) for code in ("fr", "en"))
AT = {"Finding": 1, "Fault": 3, "fault": 1}
"""Where a call names its rule."""
JUDGES = (
    "runner/cases/*.py", "runner/clocks/*_checks.py", "runner/planning/audit.py",
    "runner/repo/audit*.py", "runner/repo/case_paths.py",
)  # fmt: skip


def finding(rule: str, weight: Weight = Weight.BROKEN, file: str = "cases/x.yaml") -> AuditFinding:
    fault = Fault(file, 7, 1, rule, "it was so", "put it back")
    return AuditFinding("0123456789abcdef", datetime(2026, 11, 21, tzinfo=UTC), fault, weight)


def test_a_team_reads_what_does_not_hold_in_its_language_and_the_evidence_below() -> None:
    assert finding_lines(finding("log-rewritten"), FRENCH) == (
        "0123456789ab:cases/x.yaml:7: rompu\u00a0: une inscription du journal a été réécrite",
        "it was so",
        "put it back",
    )
    odd = finding_lines(finding("odd-file", Weight.WARNING), FRENCH)
    assert odd[0].startswith("0123456789ab:cases/x.yaml:7: avertissement\u00a0: ")


@pytest.mark.parametrize("language", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_what_the_rule_says_is_not_said_twice(language: Language) -> None:
    one, many = (
        AuditFinding("0123456789abcdef", None, outside_pull_request("a.yaml", count), Weight.BROKEN)
        for count in (1, 3)
    )
    headline, hint = finding_lines(one, language)
    assert headline.endswith(
        rule_words("outside-pull-request", language)
        or "the change came by no pull request that is known"
    )
    assert hint == language.term("hint", outside_pull_request("a.yaml", 1).hint)
    assert "the change of 3 files came by" in "\n".join(finding_lines(many, language))
    (bad,) = check_signature("B")
    lines = finding_lines(AuditFinding("0123456789abcdef", None, bad, Weight.BROKEN), language)
    assert len(lines) == 2


def test_what_can_be_done_is_said_in_the_language_of_the_team() -> None:
    fault = outside_pull_request("a.yaml", 1)
    one = AuditFinding("0123456789abcdef", None, fault, Weight.UNPROVEN)
    assert finding_lines(one, FRENCH)[-1].startswith("ce n’est pas une fusion, aucun reçu n’en")
    assert finding_lines(one, ENGLISH)[-1] == fault.hint


def test_each_hint_is_what_a_judge_says() -> None:
    said = {
        node.value
        for file in (HERE / "runner").rglob("*.py")
        if file.name != "hints.py"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant)
    }
    assert [hint for hint in HINTS if hint not in said] == []


def test_a_team_that_reads_english_has_the_judges_words_alone() -> None:
    assert finding_lines(finding("unproven", Weight.UNPROVEN, ""), ENGLISH) == (
        "0123456789ab: unproven: it was so",
        "put it back",
    )
    assert finding_lines(finding("log-rewritten", Weight.BROKEN, ""), ENGLISH) == (
        "0123456789ab: broken: it was so",
        "put it back",
    )


def test_a_rule_without_words_keeps_its_own() -> None:
    assert rule_words("never-heard-of", FRENCH) == ""
    assert rule_words("schema-required", FRENCH) == "le fichier n’a pas la forme d’un dossier"
    assert finding_lines(finding("never-heard-of"), FRENCH)[1:] == ("put it back",)


def test_every_rule_that_the_judges_name_has_words() -> None:
    assert {rule for rule in named_rules() if rule not in TERMS["rule"]} == set()


def named_rules() -> Iterator[str]:
    for pattern in JUDGES:
        for path in HERE.glob(pattern):
            yield from _named(path)


def _named(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(name) | ast.Attribute(attr=name) if len(node.args) > AT.get(name, 99):
                rule = node.args[AT[name]]
                if isinstance(rule, ast.Constant):
                    yield str(rule.value)


def test_pages_are_in_the_language_of_the_desk_and_data_in_none(
    book: Book, audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    team = book.root / "policies" / "team.yaml"
    team.write_text(team.read_text() + "\n")
    book.commit("Put something there.")
    (found,) = audit()["findings"]
    assert (found["rule"], found["weight"]) == ("outside-pull-request", "unproven")
    assert found["message"] == "the change came by no pull request that is known"
    assert run(["-C", str(book.root), "audit"]) == 0
    first, exact, *_ = capsys.readouterr().out.splitlines()
    assert first.endswith("la modification n’est venue d’aucune pull request connue")
    assert exact == "    " + FRENCH.term("hint", found["hint"])


def test_verdicts_on_signatures_are_told_in_the_language_of_the_team(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    team = book.root / "policies" / "team.yaml"
    team.write_text(team.read_text() + "\n")
    book.commit("Put something there.")
    capsys.readouterr()
    run(["-C", str(book.root), "audit", "--signatures"])
    assert re.search(r"^Signatures\u00a0: absentes \d+\.$", capsys.readouterr().out, re.M)
