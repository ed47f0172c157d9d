"""`doleances sources`: how the sources do, trying one, the presets."""

import json
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Site

from runner.cli.main import run

SOURCES = """\
version: 1
name: Trial
language: en
zone: Europe/Paris
base: main
forge: local
contact: mailto:veille@example.org
brands:
- {{id: lumen, name: Lumen, names: [Lumen]}}
sources:
- id: avis
  kind: json
  category: review-site
  site: avis.example.org
  contact: {{public: manual, private: none}}
  every: 1h
  url: {site}/api
  items: rows
  where: "!spam"
  map: {{native_id: id, text: body, author: user.nmae, title: "join(' ', tags)", rating: stars}}
  auth: {{by: header, name: X-Key, variable: AVIS_KEY}}
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
ROWS = [
    {"id": 1, "body": "My lamp is broken", "user": {"name": "Camille"}, "stars": 1, "tags": ["a"]},
    {"id": 2, "body": "Which bulb fits?", "user": {"name": "Noé"}, "tags": ["b"]},
    {"id": 3, "body": "Buy now", "spam": True, "tags": []},
    {"id": 4, "body": " ", "tags": []},
]


@pytest.fixture
def desk(
    site: Site, tmp_path: Path, git: Any, own_git_settings: None, monkeypatch: pytest.MonkeyPatch
) -> Path:
    site.page("/api", json.dumps({"rows": ROWS}).encode(), X_RateLimit_Remaining="41",
              X_RateLimit_Limit="60")  # fmt: skip
    site.pages["/gone"] = lambda exchange: exchange.answer(404)
    monkeypatch.setenv("AVIS_KEY", "k3y-5e1f")
    monkeypatch.setenv("DOLEANCES_ALLOW_LOOPBACK", "1")
    (tmp_path / "policies").mkdir()
    for name, text in (
        ("sources.yaml", SOURCES.format(site=site.url(""))),
        ("policies/team.yaml", TEAM),
        ("policies/triage.yaml", TRIAGE),
    ):
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Set up the desk.")
    return tmp_path


def call(desk: Path, *arguments: str) -> int:
    now = "2026-11-21T08:03:12Z"
    return run(["-C", str(desk), "--now", now, "sources", *arguments])


def health(desk: Path, capsys: pytest.CaptureFixture[str], now: str) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert run(["-C", str(desk), "--now", now, "sources", "--json"]) == 0
    return {one["source"]: one for one in json.loads(capsys.readouterr().out)}


class TestHealth:
    def test_before_the_first_run_nothing_is_known(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = health(desk, capsys, "2026-11-21T08:03:12Z")
        assert found["avis"]["read_at"] is found["avis"]["next_at"] is None
        assert call(desk) == 0
        assert "never" in capsys.readouterr().out

    def test_a_run_leaves_how_each_source_did(
        self, desk: Path, site: Site, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(["-C", str(desk), "--now", "2026-11-21T08:03:12Z", "run"])
        found = health(desk, capsys, "2026-11-21T08:10:00Z")
        assert found["avis"] == {
            "source": "avis", "kind": "json", "read_at": "2026-11-21T08:03:12Z",
            "tried_at": "2026-11-21T08:03:12Z", "items": 2, "new": 1, "problem": "",
            "quota_left": 41, "quota_limit": 60, "next_at": "2026-11-21T09:03:12Z",
        }  # fmt: skip
        assert found["gone"]["read_at"] is None
        assert "no longer has anything at this address (404)" in found["gone"]["problem"]

        site.page("/api", b"<html>maintenance</html>")
        run(["-C", str(desk), "--now", "2026-11-21T10:03:12Z", "run"])
        found = health(desk, capsys, "2026-11-21T10:10:00Z")
        assert found["avis"]["read_at"] == "2026-11-21T08:03:12Z"
        assert found["avis"]["tried_at"] == "2026-11-21T10:03:12Z"
        assert "something else than JSON" in found["avis"]["problem"]
        assert found["avis"]["items"] == 2

        site.page("/api", json.dumps({"rows": ROWS}).encode())
        run(["-C", str(desk), "--now", "2026-11-21T12:03:12Z", "run"])
        assert health(desk, capsys, "2026-11-21T12:10:00Z")["avis"]["problem"] == ""


class TestTrial:
    def test_shows_fields_judgement_and_what_was_left_out(
        self, desk: Path, site: Site, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert call(desk, "test", "avis", "--items", "1") == 0
        printed = capsys.readouterr()
        assert site.asked[0][1]["X-Key"] == "k3y-5e1f"
        assert "k3y-5e1f" not in printed.out + printed.err
        said = printed.out
        assert "My lamp is broken" in said
        assert "1/5" in said
        assert "it would be proposed as a case" in said
        assert "category: complaint, by rule broken (policies/triage.yaml:4: broken)" in said
        assert "Left out by “where”: 1" in said
        assert "author: “user.nmae” finds nothing in any message" in said
        assert "Which bulb fits?" not in said

    def test_as_data(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert call(desk, "test", "avis", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["status"], found["items"], found["left_out"]) == ("read", 2, 2)
        assert found["quota_left"] == 41
        first = found["messages"][0]
        assert (first["native_id"], first["rating"]) == ("1", "1/5")
        assert first["judgement"]["after_sales"]["rule"] == "broken"

    def test_writes_and_remembers_nothing(self, desk: Path, git: Any) -> None:
        before = git(desk, "for-each-ref")
        assert call(desk, "test", "avis", "--full") == 0
        assert git(desk, "for-each-ref") == before
        assert git(desk, "status", "--porcelain") == ""

    def test_says_why_a_source_cannot_be_read(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert call(desk, "test", "gone") == 4
        said = capsys.readouterr().err
        assert "gone: 127.0.0.1 no longer has anything at this address (404)" in said
        assert "line 22 of sources.yaml" in said

    def test_names_the_variable_that_is_not_set(
        self, desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AVIS_KEY")
        assert call(desk, "test", "avis") == 4
        assert "AVIS_KEY is not set" in capsys.readouterr().err

    def test_knows_no_other_source(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert call(desk, "test", "avi") == 2
        assert "did you mean `avis`?" in capsys.readouterr().err


class TestPresets:
    def test_are_listed(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert call(desk, "presets") == 0
        assert "google-play              Google Play" in capsys.readouterr().out
        assert call(desk, "presets", "--json") == 0
        assert len(json.loads(capsys.readouterr().out)) == 13

    def test_one_is_shown_with_what_to_write(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert call(desk, "presets", "hacker-news") == 0
        said = capsys.readouterr().out
        assert '  parameters: {query: "\\"Maison Lumen\\""}' in said
        assert "traps:" in said

    def test_another_is_not_known(self, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert call(desk, "presets", "hackernews") == 2
        assert "did you mean `hacker-news`?" in capsys.readouterr().err
