"""APIs that nobody here thought of, added with a dozen lines of YAML and tried by the verbs."""

import json
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Site

from runner.cli.main import run

DESK = """\
version: 1
name: Trial
language: en
zone: Europe/Paris
suspend: false
base: main
forge: local
contact: mailto:veille@example.org
brands:
- {id: lumen, name: Lumen, names: [Lumen]}
sources:
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
NESTED = """\
- id: threads
  kind: json
  category: forum
  contact: {public: manual, private: none}
  url: SITE/api/threads
  items: threads[].posts[]
  map:
    native_id: uid
    author: lookup('people', 'key', by).shown_as
    text: words.html
    posted_at: said
    rating: stars
  coerce: {text: html}
  paging: {by: next, at: meta.after.href}
"""
LINES = """\
- id: lines
  kind: json
  category: review-site
  contact: {public: manual, private: none}
  url: SITE/export?brand=lumen
  map: {native_id: id, author: who, text: said, posted_at: at}
  paging: {by: header, name: X-Next-Cursor, parameter: after}
"""


@pytest.fixture
def desk(site: Site, tmp_path: Path, git: Any, own_git_settings: None) -> Path:
    root = tmp_path / "desk"
    (root / "policies").mkdir(parents=True)
    (root / "sources.yaml").write_text(DESK + (NESTED + LINES).replace("SITE", site.url("")))
    (root / "policies" / "team.yaml").write_text(TEAM)
    (root / "policies" / "triage.yaml").write_text(TRIAGE)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Lay the desk.")
    return root


def tried(
    desk: Path, capsys: pytest.CaptureFixture[str], source: str, *options: str, code: int = 0
) -> Any:
    arguments = ["-C", str(desk), "--now", "2026-11-21T08:03:12Z", "sources", "test", source,
                 "--allow-loopback", *options]  # fmt: skip
    ended = run(arguments)
    out, err = capsys.readouterr()
    assert ended == code, f"{out}\n{err}"
    return json.loads(out) if "--json" in options else out + err


def test_lists_in_lists_people_beside_them_and_an_address_for_more(
    desk: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    def page(number: int, more: str | None) -> bytes:
        post = {"uid": f"u{number}", "by": number, "stars": "2/5", "said": "2026-11-20 10:00",
                "words": {"html": f"<p>My lamp is broken, n° {number}</p>"}}  # fmt: skip
        people = [{"key": number, "shown_as": f"Camille {number}"}]
        meta = {"after": {"href": more} if more else None}
        return json.dumps({"threads": [{"posts": [post]}], "people": people, "meta": meta}).encode()

    site.page("/api/threads", page(1, "/api/more?x=2"))
    site.page("/api/more?x=2", page(2, None))
    found = tried(desk, capsys, "threads", "--full", "--json")
    assert [item["author"] for item in found["messages"]] == ["Camille 1", "Camille 2"]
    shown = tried(desk, capsys, "threads", "--full")
    assert "My lamp is broken, n° 2" in shown
    assert "2/5" in shown


def test_a_message_a_line_and_a_cursor_in_a_header(
    desk: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    def page(*numbers: int) -> bytes:
        rows = ({"id": n, "who": "Ali", "said": f"n° {n}", "at": 1795163400 - n} for n in numbers)
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    site.page("/export?brand=lumen", page(1, 2), x_next_cursor="c2")
    site.page("/export?brand=lumen&after=c2", page(3))
    found = tried(desk, capsys, "lines", "--full", "--json")
    assert [item["text"] for item in found["messages"]] == ["n° 1", "n° 2", "n° 3"]


@pytest.mark.parametrize(
    "body",
    [b'{"id": 1, "said": "a"}\n{"id": 2, "sai', b'{"id": 1}\n<html>', b'{"a": 1} {"b": 2}'],
    ids=["cut off", "an error within", "one line"],
)
def test_lines_that_are_not_all_json_are_no_list(
    desk: Path, site: Site, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    site.page("/export?brand=lumen", body)
    assert "something else than JSON" in tried(desk, capsys, "lines", code=4)


def test_a_faulty_header_is_a_fault_of_the_file(desk: Path) -> None:
    file = desk / "sources.yaml"
    file.write_text(file.read_text().replace("{by: header, name: X-Next-Cursor, ", "{by: header, "))
    assert run(["-C", str(desk), "check"]) == 1


def test_a_first_try_with_the_wrong_places_says_where_to_look(
    desk: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk / "sources.yaml"
    whole = file.read_text()
    body = {"threads": [{"posts": [{"uid": "u", "words": {"html": "<p>x</p>"}}]}], "people": []}
    site.page("/api/threads", json.dumps(body).encode())
    file.write_text(whole.replace("items: threads[].posts[]", "items: posts"))
    assert "threads" in tried(desk, capsys, "threads", code=4)
    file.write_text(whole.replace("text: words.html", "text: words.text"))
    assert "words.html" in tried(desk, capsys, "threads", code=4)
