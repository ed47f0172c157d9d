"""`doleances explain` and `doleances evaluate`, on a desk of four rules."""

import json
import re
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.errors import ExitCode

SOURCES = """\
version: 1
name: Desk
language: en
zone: Europe/Paris
contact: mailto:watch@example.org
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
sources:
- id: reviews
  kind: file
  category: review-site
  site: reviews.example.org
  contact: {public: manual, private: none}
  ignore_authors: [Lumen Care]
  path: inbox/*.csv
  columns: {text: text}
"""

TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: own-posts
  when: {author: own}
  then: {after_sales: no, crisis: none}
- id: threat
  when: {says: [kill you]}
  then: {after_sales: yes, urgency: critical, crisis: death-threat}
- id: low-stars
  when: {rating: {at_most: 2}}
  then: {after_sales: yes, category: complaint}
- id: lost-parcel
  when: {says: [parcel ... lost]}
  then: {after_sales: yes, category: complaint, topic: delivery}
"""

LABELLED = """\
text,rating,author,category,after_sales,crisis
My parcel is lost,,,complaint,yes,no
Where is it,,,question,no,no
Never came,,,complaint,,
Bad,1,,complaint,yes,
I lost my parcel,,Lumen Care,,no,no
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "triage.yaml").write_text(TRIAGE)
    (tmp_path / "labelled.csv").write_text(LABELLED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("desk")
def test_a_text_is_explained_field_by_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "My parcel is lost"]) == ExitCode.DONE
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "This is after-sales: it would be proposed as a case."
    fields = [line.split() for line in said[2:]]
    assert [line[:4] for line in fields] == [
        ["after_sales", "yes", "lost-parcel", "policies/triage.yaml:13"],
        ["category", "complaint", "lost-parcel", "policies/triage.yaml:13"],
        ["urgency", "normal", "otherwise", "policies/triage.yaml:2"],
        ["topic", "delivery", "lost-parcel", "policies/triage.yaml:13"],
    ]
    assert fields[0][4:] == ["parcel", "is", "lost"]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "field", "value", "rule"),
    [
        (["fine", "--rating", "2"], "category", "complaint", "low-stars"),
        (["fine", "--rating", "3/10"], "category", "complaint", "low-stars"),
        (["fine", "--rating", "9/10"], "after_sales", False, "otherwise"),
        (["I will kill you"], "crisis", "death-threat", "threat"),
        (["parcel lost", "--author", "lumen"], "after_sales", False, "own-posts"),
        (
            ["parcel lost", "--source", "reviews", "--author", "Lumen Care"],
            "after_sales", False, "own-posts",
        ),
    ],
)  # fmt: skip
def test_what_is_known_of_a_text_counts(
    capsys: pytest.CaptureFixture[str], arguments: list[str], field: str, value: object, rule: str
) -> None:
    assert run(["explain", "--json", *arguments]) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)[field]
    assert (found["value"], found["rule"]) == (value, rule)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fine", "--rating", "six"], "`six` is no rating"),
        (["fine", "--rating", "9"], "`9` is no rating"),
        (["fine", "--source", "review"], "there is no source `review`"),
        (["c-7f3k2m9x4q5t", "--author", "me"], "options describe a text"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(["explain", *arguments]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_a_topic_is_said_in_the_language_of_the_team(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "sources.yaml").write_text(SOURCES.replace("language: en", "language: fr"))
    assert run(["explain", "My parcel is lost"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert re.search("^topic +livraison +lost-parcel ", said, re.M)


@pytest.mark.usefixtures("desk")
def test_labelled_messages_give_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "labelled.csv", "--own", "Lumen Care"]) == ExitCode.DONE
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert said[0] == ["5", "messages"]
    assert said[2:] == [
        ["after_sales", "yes", "2", "2", "0", "0", "1.000", "1.000", "1.000"],
        ["after_sales", "no", "2", "2", "0", "0", "1.000", "1.000", "1.000"],
        ["category", "question", "1", "1", "0", "1", "0.500", "1.000", "0.667"],
        ["category", "complaint", "3", "2", "1", "0", "1.000", "0.667", "0.800"],
        ["crisis", "no", "3", "3", "0", "0", "1.000", "1.000", "1.000"],
    ]


@pytest.mark.usefixtures("desk")
def test_the_misjudged_are_listed_with_the_rule_that_spoke(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["evaluate", "labelled.csv", "--own", "Lumen Care", "--wrong", "--json"]) == 0
    (wrong,) = json.loads(capsys.readouterr().out)["wrong"]
    assert wrong == {
        "line": 4,
        "field": "category",
        "truth": "complaint",
        "judged": "question",
        "rule": "otherwise",
        "file": "policies/triage.yaml",
        "rule_line": 2,
        "detail": "",
        "text": "Never came",
    }
    assert run(["evaluate", "labelled.csv", "--own", "Lumen Care", "--wrong"]) == 0
    last = capsys.readouterr().out.splitlines()[-1].split()
    assert last[:6] == [
        "4",
        "category",
        "complaint",
        "question",
        "otherwise",
        "policies/triage.yaml:2",
    ]


def test_faults_in_labels_are_told_with_their_line(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "labelled.csv").write_text("text,category\na,complain\n")
    assert run(["evaluate", "labelled.csv"]) == ExitCode.FAULTS
    assert "labelled.csv:2:1: category cannot be `complain`" in capsys.readouterr().err


def test_labels_in_another_encoding_are_a_fault(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "labelled.csv").write_bytes("text,category\nun,praise\nété,praise\n".encode("latin-1"))
    assert run(["evaluate", "labelled.csv"]) == ExitCode.FAULTS
    assert "labelled.csv:3:1: this is not UTF-8" in capsys.readouterr().err
