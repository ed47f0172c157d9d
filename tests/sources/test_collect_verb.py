"""`doleances collect` on a small desk whose sources are on loopback."""

import json
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Exchange, Site

from runner.cli.main import run

SOURCES = """\
version: 1
name: Trial
language: en
zone: Europe/Paris
suspend: false
base: main
forge: local
contact: mailto:veille@example.org
brands:
- {{id: lumen, name: Lumen, names: [Lumen]}}
sources:
- id: forum
  kind: feed
  category: forum
  site: forum.example.org
  contact: {{public: manual, private: none}}
  url: {site}/feed
- id: gone
  kind: feed
  category: forum
  site: gone.example.org
  contact: {{public: manual, private: none}}
  url: {site}/gone
"""
TEAM = """\
version: 1
people:
- {id: ines, name: Ines, roles: [community-manager], emails: [ines@example.org], logins: [ines]}
routes:
- {owner: ines}
"""
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: broken
  when: {says: [broken]}
  then: {after_sales: yes, category: complaint}
"""
FEED = b"""<rss version="2.0"><channel>
<item><guid>1</guid><title>My lamp is broken</title></item>
<item><guid>2</guid><title>Which bulb fits?</title></item>
</channel></rss>"""


@pytest.fixture
def desk(site: Site, tmp_path: Path, git: Any, own_git_settings: None) -> Path:
    def feed(exchange: Exchange) -> None:
        if exchange.headers.get("If-None-Match") == '"v1"':
            exchange.answer(304)
        else:
            exchange.answer(200, FEED, {"ETag": '"v1"'})

    site.pages["/feed"] = feed
    site.pages["/gone"] = lambda exchange: exchange.answer(404)
    root = tmp_path / "desk"
    (root / "policies").mkdir(parents=True)
    (root / "sources.yaml").write_text(SOURCES.format(site=site.url("")))
    (root / "policies" / "team.yaml").write_text(TEAM)
    (root / "policies" / "triage.yaml").write_text(TRIAGE)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Lay the desk.")
    return root


def doleances(desk: Path, *arguments: str, now: str = "2026-11-21T08:03:12Z") -> int:
    return run(["-C", str(desk), "--now", now, *arguments])


def test_it_says_for_each_source_how_it_was_read(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doleances(desk, "collect", "--allow-loopback") == 0
    header, forum, gone = capsys.readouterr().out.splitlines()
    assert header.split() == ["source", "reading", "messages", "new", "remark"]
    assert forum.split() == ["forum", "read", "2", "2"]
    assert gone.split(maxsplit=3) == [
        "gone",
        "unknown",
        "0",
        "127.0.0.1 no longer has anything at this address (404): look for the new one",
    ]


def test_data_for_machines(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doleances(desk, "collect", "--allow-loopback", "--source", "forum", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "source": "forum",
            "status": "read",
            "items": 2,
            "mentions": 2,
            "new": 2,
            "problem": "",
            "not_before": None,
        }
    ]


def test_when_no_source_could_be_read_the_outside_failed(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doleances(desk, "collect") == 4
    said = capsys.readouterr()
    assert "127.0.0.1 leads to 127.0.0.1, which is not on the public internet" in said.out
    assert "no source could be read" in said.err


def test_an_unknown_source_is_a_question_of_usage(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doleances(desk, "collect", "--source", "forun") == 2
    assert "did you mean `forum`?" in capsys.readouterr().err


def test_what_is_collected_here_is_proposed_there_without_a_network(
    desk: Path, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mentions.jsonl"
    assert doleances(desk, "collect", "--allow-loopback", "--out", str(file)) == 0
    asked = len(site.asked)
    assert doleances(desk, "run", "--mentions", str(file)) == 0
    assert len(site.asked) == asked
    capsys.readouterr()

    later = "2026-11-21T09:03:12Z"
    again = ("collect", "--allow-loopback", "--source", "forum", "--json")
    assert doleances(desk, *again, now=later) == 0
    (read,) = json.loads(capsys.readouterr().out)
    assert (read["status"], read["items"]) == ("unchanged", 2)
    assert doleances(desk, *again, "--full", now=later) == 0
    (read,) = json.loads(capsys.readouterr().out)
    assert (read["status"], read["mentions"], read["new"]) == ("read", 2, 1)
