"""`doleances sources test` on networks and forums, and the same mention from two of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Site
from networked import answer
from test_discourse import post as forum_post
from test_mastodon import status

from runner.cli.main import run

DESK = """\
version: 1
name: Maison Lumen
language: en
zone: Europe/Paris
contact: mailto:veille@example.org
brands: [{{id: lumen, name: Lumen}}]
sources:
- id: fediverse
  kind: mastodon
  category: social-network
  contact: {{public: api, private: api}}
  server: {site}
  watch: {{tag: lumen}}
- id: elsewhere
  kind: mastodon
  category: social-network
  contact: {{public: api, private: api}}
  server: {site}
  watch: {{tag: lampe}}
- id: bluesky
  kind: bluesky
  category: social-network
  contact: {{public: api, private: manual}}
  server: {site}
  watch: {{mentions: true}}
  auth: {{user: lumen.example.org, variable: BLUESKY_APP_PASSWORD}}
- id: forum
  kind: discourse
  category: forum
  contact: {{public: api, private: none}}
  server: {site}
  watch: {{latest: true}}
"""
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: broken
  when: {says: [message]}
  then: {after_sales: yes, category: complaint}
"""


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "triage.yaml").write_text(TRIAGE)
    (tmp_path / "sources.yaml").write_text(DESK.format(site=site.url("")))
    return tmp_path


def tried(desk: Path, source: str, capsys: pytest.CaptureFixture[str]) -> Any:
    arguments = ["-C", str(desk), "sources", "test", source, "--allow-loopback", "--json"]
    assert run(arguments) == 0
    return json.loads(capsys.readouterr().out)


def test_what_is_left_out_is_told(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [status(9), status(8, reblog=status(1))]
    link = {"Link": f'<{site.url("/next")}>; rel="next"'}
    site.pages["/api/v1/timelines/tag/lumen?limit=40"] = answer(shown, link)
    found = tried(desk, "fediverse", capsys)
    (message,) = found["messages"]
    assert message["author"] == "@camille@piaille.example.org"
    assert message["judgement"]["category"]["rule"] == "broken"
    assert any("Left out as no public message" in note for note in found["notes"])
    assert len(site.asked) == 1


def test_two_servers_show_one_message(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, tag in enumerate(("lumen", "lampe")):
        shown = [status(9, id=str(number))]
        site.pages[f"/api/v1/timelines/tag/{tag}?limit=40"] = answer(shown)
    (first,) = tried(desk, "fediverse", capsys)["messages"]
    (second,) = tried(desk, "elsewhere", capsys)["messages"]
    assert first["native_id"] == second["native_id"]


def test_a_forum(site: Site, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages["/posts.json"] = answer({"latest_posts": [forum_post(9)]})
    (message,) = tried(desk, "forum", capsys)["messages"]
    assert message["title"] == "Lampe <Aube>"
    assert message["text"] == "message 9"


def test_a_password_that_is_missing_is_named(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BLUESKY_APP_PASSWORD", raising=False)
    assert run(["-C", str(desk), "sources", "test", "bluesky", "--allow-loopback"]) == 4
    assert "BLUESKY_APP_PASSWORD is not set" in capsys.readouterr().err
