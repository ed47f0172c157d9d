"""`docs/sources.md` says what is so: its table of presets, and its steps, taken one by one."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from loopback_site import Site

from runner.cli.main import run
from runner.model import Item, Rating
from runner.policies.mailboxes import build_rules
from runner.policies.presets import shipped_presets
from runner.sources.mail_items import parse

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
START, END = "<!-- presets:", "<!-- end of presets -->"
DESK = """\
version: 1
name: Maison Lumen
language: en
zone: Europe/Paris
contact: mailto:veille@example.org
brands: [{id: lumen, name: Lumen}]
sources:
"""
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: low-stars
  when: {rating: {at_most: 2}}
  then: {after_sales: yes, category: complaint}
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.M | re.S)


def table() -> str:
    rows = ["| preset | reads | auth | limits | replies |", "| --- | --- | --- | --- | --- |"]
    for preset in shipped_presets().values():
        cells = (
            f"[`{preset.name}`]({preset.documentation})",
            preset.about,
            preset.auth,
            preset.limits,
            preset.replies,
        )
        rows.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(rows)


def test_the_table_of_presets_is_that_of_the_presets() -> None:
    text = PAGE.read_text()
    before, rest = text.split(START)
    mark, _, rest = rest.partition("\n")
    _, after = rest.split(END)
    written = f"{before}{START}{mark}\n{table()}\n{END}{after}"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(written)
    assert text == written


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "triage.yaml").write_text(TRIAGE)
    return tmp_path


def example(index: int, site: Site) -> str:
    """The source of the page's example, with the test's server in place of the site."""
    (block,) = [b for b in blocks("yaml") if "avis-maison" in b][index : index + 1]
    return block.replace("https://avis.example.org/api", site.url("/api"))


def serve(site: Site) -> None:
    answer = json.loads(blocks("json")[0])
    page = site.url("/api/v2/reviews?brand=lumen&after=r-9000")
    answer["paging"]["next"] = page
    site.page("/api/v2/reviews?brand=lumen", json.dumps(answer).encode())
    site.page(page.removeprefix(site.url("")), b'{"data": {"reviews": []}, "paging": {}}')


def trial(desk: Path, source: str, capsys: pytest.CaptureFixture[str], *more: str) -> Any:
    (desk / "sources.yaml").write_text(DESK + source)
    arguments = ["-C", str(desk), "sources", "test", "avis-maison", "--allow-loopback", "--json"]
    assert run([*arguments, *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_first_step_finds_the_messages(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(site)
    found = trial(desk, example(0, site), capsys)
    assert [message["author"] for message in found["messages"]] == ["Camille_R", "Spam_42"]
    assert found["messages"][0]["posted_at"] == "2026-11-20T08:30:00Z"
    assert found["notes"] == []


def test_the_third_step_finds_all_that_there_is(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(site)
    found = trial(desk, example(1, site), capsys, "--full")
    (message,) = found["messages"]
    assert message["text"] == "Colis jamais reçu, et personne ne répond."
    assert message["url"] == "https://avis.example.org/lumen/jamais-livre"
    assert message["rating"] == "1/5"
    assert message["judgement"]["category"]["rule"] == "low-stars"
    assert found["left_out"] == 1
    assert len(site.asked) == 2


def test_every_source_of_the_page_is_one_without_fault(
    site: Site, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = [block for block in blocks("yaml") if block.startswith("- id:")]
    assert len(sources) >= 3
    for source in sources:
        (desk / "sources.yaml").write_text(DESK + source)
        run(["-C", str(desk), "check"])
        printed = capsys.readouterr().out
        assert "sources.yaml:" not in printed, printed


def test_the_mail_of_the_page_is_read_by_its_source() -> None:
    (block,) = [block for block in blocks("yaml") if "kind: mailbox" in block]
    (settings,) = yaml.safe_load(block)
    (mail,) = [block for block in blocks("text") if "Authentication-Results" in block]
    now = datetime(2026, 11, 21, tzinfo=UTC)
    found = parse(mail.encode(), rules=build_rules(settings), now=now, zone=UTC)
    assert isinstance(found, Item)
    assert (found.author, found.native_id) == ("Camille R.", "9001")
    assert found.text == "Colis jamais reçu, et personne ne répond."
    assert found.url == "https://avis.example.org/lumen/9001"
    assert found.rating == Rating(1)
