"""`doleances report`: what stands in the folder, and what never does."""

import html
import json
import os
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from runner.cli.main import run

HOSTILE, PROPOSED, CLOSED = "c-bbbbbbbbbbbb", "c-aaaaaaaaaaaa", "c-z9dhernv57sj"
AWAITING = "c-rhfg7kkddhqq"
Git = Callable[..., str]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'"
)


class Read(HTMLParser):
    """What a page holds: elements with their attributes, ids, headings."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_page_stands_in_both_languages(site: Path) -> None:
    french = {page.relative_to(site / "fr") for page in pages(site / "fr")}
    english = {page.relative_to(site / "en") for page in pages(site / "en")}
    assert french == english
    tabs = {"index", "cases", "clocks", "autonomy", "incidents", "quality", "process", "sources"}
    assert {f"{tab}.html" for tab in tabs} <= set(map(str, french))
    assert Path(f"case/z9/{CLOSED}.html") in french


def test_every_address_within_leads_somewhere(site: Path) -> None:
    known = {page: {e.get("id", "") for _, e in Read(page).elements} for page in pages(site)}
    wrong = []
    for page in pages(site):
        for attributes in Read(page).all("a", "link", "script"):
            address = urlsplit(attributes.get("href") or attributes.get("src") or "")
            if address.scheme:
                continue
            there = Path(os.path.normpath(page.parent / unquote(address.path)))
            target = there if address.path else page
            # A number's address tells the search what to list.
            ids = {""} if "=" in address.fragment else {"", *known.get(target, ())}
            fragment = "" if "=" in address.fragment else address.fragment
            if not target.is_file() or fragment not in ids:
                wrong.append((page, address.geturl()))
    assert wrong == []


def test_nothing_is_inline_and_nothing_comes_from_outside(site: Path) -> None:
    for page in pages(site):
        read = Read(page)
        policies = [
            each["content"]
            for each in read.all("meta")
            if each.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1, page
        if page.parent != site:
            assert policies[0].startswith(POLICY), page
        assert not read.all("style"), page
        for tag, attributes in read.elements:
            assert not {"style", "srcset", "action"} & attributes.keys(), (page, tag)
            assert not any(name.startswith("on") for name in attributes), (page, tag)
            if tag != "a":
                loaded = attributes.get("src", "") + attributes.get("href", "")
                assert "//" not in loaded, (page, tag, loaded)
        for script in read.all("script"):
            assert script["src"].endswith("report.js")


def test_hostile_words_stay_words(site: Path) -> None:
    page = site / "en" / "case" / "bb" / f"{HOSTILE}.html"
    text = page.read_text()
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in text
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in (site / "en" / "index.html").read_text()
    shard = (site / "data" / "cases-0.js").read_text()
    assert "</script" not in shard
    assert shard.isascii()


def test_addresses_of_strangers_are_followed_with_care(site: Path) -> None:
    for page in pages(site):
        for link in Read(page).all("a"):
            scheme = urlsplit(link["href"]).scheme
            assert scheme in {"", "http", "https"}, (page, link)
            if scheme:
                assert link["rel"] == "nofollow noopener noreferrer"
    hostile = Read(site / "en" / "case" / "bb" / f"{HOSTILE}.html")
    assert not any("<b>" in link["href"] for link in hostile.all("a"))


def test_headings_come_in_order(site: Path) -> None:
    for page in pages(site):
        levels = [int(tag[1]) for tag, _ in Read(page).elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1, page
        assert levels.count(1) == 1, page
        steps = pairwise(levels)
        assert all(later - level <= 1 for level, later in steps), page


def test_tables_have_captions_and_scopes(site: Path) -> None:
    for page in pages(site):
        read = Read(page)
        assert len(read.all("table")) == len(read.all("caption")), page
        assert all(each.get("scope") in {"col", "row"} for each in read.all("th")), page
        for picture in read.all("svg"):
            assert picture["role"] == "img", page
            assert picture["aria-label"], page


def test_a_number_leads_to_its_cases(site: Path) -> None:
    figures = json.loads((site / "figures.json").read_text())
    table = next(t for t in figures["tables"] if t["table"] == "first-reply")
    shard = (site / "data" / "cases-0.js").read_text()
    rows = json.loads(shard[len("doleances.cases(0,") : -len(");\n")])
    given = (site / "data" / "set-first-reply.js").read_text()
    places = json.loads(given[len('doleances.sets("first-reply",') : -len(");\n")])
    counted = table["rows"][0]["cases"]
    assert counted
    for column, cases in counted.items():
        assert {rows[n][0] for n in places[f"all.{column}"]} == set(cases)


def test_a_proposed_case_waits_today_and_counts_nowhere(site: Path) -> None:
    assert PROPOSED in (site / "en" / "index.html").read_text()
    assert PROPOSED in (site / "en" / "cases.html").read_text()
    assert PROPOSED not in (site / "figures.json").read_text()


def test_today_names_the_next_step_that_status_names(
    desk: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(desk), "status", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["cases"]
    steps = {each["case"]: each["next_step"] for each in listed}
    text = html.unescape((site / "fr" / "index.html").read_text())
    facts = re.findall(
        r'<p class="facts"><span>(c-[0-9a-z]{12})</span>.*\n *<p class="facts">(.*)</p>', text
    )
    shown = {case: said for case, said in facts if case in steps}
    assert AWAITING in shown
    assert "sans nouvelles" in steps[AWAITING]
    for case, said in shown.items():
        assert said == steps[case]


def test_equal_desks_give_equal_reports(desk: Path, site: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert run(["-C", str(desk), "report", "--out", str(again)]) == 0
    assert files(again) == files(site)


def files(folder: Path) -> dict[str, bytes]:
    found = (each for each in folder.rglob("*") if each.is_file())
    return {str(each.relative_to(folder)): each.read_bytes() for each in found}


def test_public_pages_name_nobody(desk: Path, public_site: Path) -> None:
    told = b"".join(files(public_site).values()).decode()
    cases = [each.read_text() for each in (desk / "cases").rglob("*.yaml")]
    private = {PROPOSED, HOSTILE}
    for text in cases:
        private.update(re.findall(r"^id: (\S+)", text, re.M))
        private.update(re.findall(r"^  author: (.+)", text, re.M))
        private.update(re.findall(r"^  (?:url|title): (.+)", text, re.M))
        private.update(re.findall(r"^  (?:root_cause|procedure|reason): (.{12,})", text, re.M))
    private.update(("Inès", "Carpentier", "Whitlock", "ines", "SAV-1184"))
    private -= {"null"}
    words = set(re.findall(r"[\w-]+", told))
    assert [each for each in private if each in told and (" " in each or each in words)] == []
    assert not list(public_site.rglob("case*"))
    assert not (public_site / "data").exists()


def test_what_a_public_report_prints_counts_no_cases(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site"
    assert run(["-C", str(desk), "report", "--public", "--language", "en", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert str(out / "index.html") in said
    assert not re.search(r"[0-9]", said.replace(str(out), ""))


def test_a_product_that_no_policy_names_is_not_published(
    desk: Path, git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "desk"
    shutil.copytree(desk, written)
    file = written / "cases/2026/10/05/c-z9dhernv57sj.yaml"
    text = file.read_text()
    assert "product: lampe-aube\n" in text
    file.write_text(text.replace("product: lampe-aube\n", "product: lampe de M. Dupont\n", 1))
    git(written, "commit", "-qam", "Say it by hand.")
    for options, shown in ((("--public",), False), ((), True)):
        assert run(["-C", str(written), "report", "--json", *options]) == 0
        assert ("Dupont" in capsys.readouterr().out) is shown


def test_public_figures_hold_no_small_count(public_site: Path) -> None:
    figures = json.loads((public_site / "figures.json").read_text())
    assert figures["tables"]
    for table in figures["tables"]:
        assert "cases" not in json.dumps(table["rows"]) or table["columns"] == ["cases"]
        for row in table["rows"]:
            assert not any(0 < count < 5 for count in row["counts"].values())


def test_one_language_alone(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    assert run(["-C", str(desk), "report", "--out", str(out), "--language", "en"]) == 0
    assert {each.name for each in out.iterdir() if each.is_dir()} == {"en", "data"}
    assert not Read(out / "en" / "index.html").all("a")[0].get("hreflang")


def test_figures_of_a_period_as_data(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(desk), "report", "--json", "--since", "2026-10-05",
                "--until", "2026-10-05"]) == 0  # fmt: skip
    figures = json.loads(capsys.readouterr().out)
    assert (figures["since"], figures["until"], figures["cases"]) == ("2026-10-05",) * 2 + (1,)
    assert run(["-C", str(desk), "report", "--json", "--since", "2026-10-06",
                "--until", "2026-10-05"]) == 2  # fmt: skip


def test_pages_of_figures_name_their_period(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    assert run(["-C", str(desk), "report", "--out", str(out), "--language", "en",
                "--until", "2026-10-31"]) == 0  # fmt: skip
    for page in ("clocks", "autonomy", "quality", "process"):
        text = (out / "en" / f"{page}.html").read_text()
        assert "Counted: cases detected up to Sat 31 Oct 2026." in text
    assert "Counted" not in (out / "en" / "index.html").read_text()


def test_what_is_no_report_is_left_alone(desk: Path, tmp_path: Path) -> None:
    precious = tmp_path / "site"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    assert run(["-C", str(desk), "report", "--out", str(precious)]) == 5
    assert files(precious) == {"thesis.txt": b"years of work"}
    link = tmp_path / "link"
    link.symlink_to(precious)
    assert run(["-C", str(desk), "report", "--out", str(link)]) == 5
    assert run(["-C", str(desk), "report", "--out", str(desk)]) == 5
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "site"]


def test_an_older_report_is_replaced_as_a_whole(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    assert run(["-C", str(desk), "report", "--out", str(out), "--language", "fr"]) == 0
    (out / "fr" / "gone.html").write_text("of a case that was erased")
    assert run(["-C", str(desk), "report", "--out", str(out), "--language", "fr"]) == 0
    assert not (out / "fr" / "gone.html").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_report_that_fails_leaves_the_older_one(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    assert run(["-C", str(desk), "report", "--out", str(out), "--language", "fr"]) == 0
    before = files(out)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runner.report.site.Site.write_pages", full)
    assert run(["-C", str(desk), "report", "--out", str(out)]) == 4
    assert files(out) == before
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_case_that_cannot_be_read_is_named(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], git: Git
) -> None:
    other = tmp_path / "desk"
    shutil.copytree(desk, other)
    broken = next((other / "cases").rglob(f"{CLOSED}.yaml"))
    broken.write_text("state: [")
    git(other, "commit", "-qam", "Break.")
    assert run(["-C", str(other), "report", "--out", str(tmp_path / "site")]) == 1
    assert str(broken.relative_to(other)) in capsys.readouterr().err
    assert HOSTILE in (tmp_path / "site" / "fr" / "cases.html").read_text()
