"""Pages, from a server on loopback that behaves well, and badly."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback_site import HURRIED, NOW, PATIENT, Exchange, Site, desk, source

from runner.model import Rating
from runner.planning.observation import Cursor, ReadStatus, SourceRead
from runner.policies.pages import build_pages
from runner.policies.values import Source
from runner.sources.bounds import Bounds
from runner.sources.collect import Errand, read_sources
from runner.sources.html import PageRead, parse
from runner.sources.problems import Problem, Trouble

URL = "https://avis.example.org/lampe"


def reviews(*texts: str, more: str = "") -> bytes:
    listed = [
        {"@type": "Review", "author": f"A{nth}", "reviewBody": text, "datePublished": "2026-11-20"}
        for nth, text in enumerate(texts)
    ]
    data = json.dumps({"@type": "Product", "review": listed})
    return f'<html>{more}<script type="application/ld+json">{data}</script></html>'.encode()


def read(watched: Source, tmp_path: Path, *cursors: Cursor, bounds: Bounds = PATIENT) -> SourceRead:
    errand = Errand(
        now=NOW,
        judged_by="rules",
        cursors={c.source: replace(c, read_at=NOW - timedelta(days=1)) for c in cursors},
        allow_loopback=True,
        bounds=bounds,
    )
    (done,) = read_sources(desk(watched), tmp_path, errand)
    return done


def page(url: str, **settings: object) -> Source:
    return source("avis", "html", site="avis.example.org", url=url, **settings)


def texts(done: SourceRead) -> list[str]:
    return [mention.text for mention in done.mentions]


def test_rows_without_words_where_they_are_looked_for_are_a_problem() -> None:
    row = b"<article class=review><p class=said>Panne</p></article>"
    settings = build_pages({"url": URL, "rows": ".review", "fields": {"text": ".words"}})
    found = parse(row, URL, "", settings=settings, now=NOW, zone=UTC)
    assert found == Problem(Trouble.NOTHING_MAPPED, URL, ".words")


def no_robots(site: Site) -> None:
    site.pages["/robots.txt"] = lambda exchange: exchange.answer(404)


def paths(site: Site) -> list[str]:
    return [path for path, _ in site.asked]


def test_a_page_of_reviews_is_read(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    done = read(page(site.page("/lampe", reviews("Bien", "Mal"))), tmp_path)
    assert (done.status, texts(done), done.problem) == (ReadStatus.READ, ["Bien", "Mal"], "")
    assert done.mentions[0].thread_url == site.url("/lampe")
    assert paths(site) == ["/robots.txt", "/lampe"]


@pytest.mark.parametrize(
    "link", ['<link rel="next" href="/p2">', '<a rel="next nofollow" href=p2>']
)
def test_pages_are_followed_to_the_last(site: Site, tmp_path: Path, link: str) -> None:
    no_robots(site)
    site.page("/p2", reviews("Deux", more='<a rel=next href="/p3#avis">'))
    site.page("/p3", reviews("Trois"))
    done = read(page(site.page("/p1", reviews("Un", more=link))), tmp_path)
    assert texts(done) == ["Un", "Deux", "Trois"]
    assert done.problem == ""


def test_pages_that_lead_in_a_circle_end(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    site.page("/p2", reviews("Deux", more='<link rel=next href="/p1">'))
    first = site.page("/p1", reviews("Un", more='<link rel=next href="/p2">'))
    done = read(page(first), tmp_path)
    assert texts(done) == ["Un", "Deux"]
    assert "the same page again" in done.problem


def test_pages_without_end_are_read_up_to_the_settings(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    for nth in range(6):
        site.page(f"/p{nth}", reviews(f"n{nth}", more=f'<link rel=next href="/p{nth + 1}">'))
    assert texts(read(page(site.url("/p0"), pages=3), tmp_path)) == ["n0", "n1", "n2"]


def test_the_next_page_is_never_another_site(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    elsewhere = f"http://localhost:{site.port}/p2"
    site.page("/p2", reviews("Deux"))
    done = read(
        page(site.page("/p1", reviews("Un", more=f'<a rel=next href="{elsewhere}">'))), tmp_path
    )
    assert texts(done) == ["Un"]
    assert "another site" in done.problem


def test_a_later_page_that_fails_costs_the_others_nothing(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    site.pages["/p2"] = lambda exchange: exchange.answer(429, headers={"Retry-After": "7200"})
    done = read(page(site.page("/p1", reviews("Un", more='<a rel=next href="/p2">'))), tmp_path)
    assert texts(done) == ["Un"]
    assert "asks to be left alone" in done.problem
    assert done.not_before == NOW + timedelta(hours=2)


def test_a_page_alone_is_asked_for_only_if_it_changed(site: Site, tmp_path: Path) -> None:
    no_robots(site)

    def lampe(exchange: Exchange) -> None:
        same = exchange.headers.get("If-None-Match") == '"v1"'
        exchange.answer(304 if same else 200, b"" if same else reviews("Un"), {"ETag": '"v1"'})

    site.pages["/lampe"] = lampe
    first = read(page(site.url("/lampe")), tmp_path)
    assert first.etag == '"v1"'
    kept = Cursor("avis", first.etag, None, NOW, "rules", (), first.items)
    assert read(page(site.url("/lampe")), tmp_path, kept).status is ReadStatus.UNCHANGED


def test_the_first_of_several_pages_does_not_stand_for_the_others(
    site: Site, tmp_path: Path
) -> None:
    no_robots(site)
    site.page("/p2", reviews("Deux"))
    url = site.page("/p1", reviews("Un", more='<a rel=next href="/p2">'), ETag='"v1"')
    assert read(page(url), tmp_path).etag is None


ROBOTS = b"User-agent: *\nDisallow: /prive\n\nUser-agent: doleances\nDisallow: /lampe\nAllow: /"


def test_what_robots_forbids_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    site.page("/robots.txt", ROBOTS)
    site.page("/prive", reviews("Un"))
    done = read(page(site.page("/lampe", reviews("Un"))), tmp_path)
    assert done.status is ReadStatus.UNKNOWN
    assert "robots.txt lets no program read" in done.problem
    assert paths(site) == ["/robots.txt"]
    assert texts(read(page(site.url("/prive")), tmp_path)) == ["Un"]


def test_robots_holds_for_what_a_page_redirects_and_leads_to(site: Site, tmp_path: Path) -> None:
    site.page("/robots.txt", ROBOTS)
    site.page("/lampe", reviews("Deux"))
    site.pages["/old"] = lambda exchange: exchange.answer(301, headers={"Location": "/lampe"})
    assert "robots.txt" in read(page(site.url("/old")), tmp_path).problem
    done = read(page(site.page("/p1", reviews("Un", more='<a rel=next href="/lampe">'))), tmp_path)
    assert (texts(done), "robots.txt" in done.problem) == (["Un"], True)
    assert "/lampe" not in paths(site)


def test_robots_is_read_once_for_all_pages_of_a_run(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    site.page("/p2", reviews("Deux"))
    read(page(site.page("/p1", reviews("Un", more='<a rel=next href="/p2">'))), tmp_path)
    assert paths(site).count("/robots.txt") == 1


def test_robots_may_stand_elsewhere(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = lambda e: e.answer(302, headers={"Location": "/there.txt"})
    site.page("/there.txt", ROBOTS)
    assert "robots.txt" in read(page(site.page("/lampe", reviews("Un"))), tmp_path).problem


def endless(exchange: Exchange) -> None:
    exchange.start(200, {"Content-Length": str(600 * 1024)})
    exchange.wfile.write(b"User-agent: *\nDisallow: /x\n" + b"#" * (599 * 1024))


@pytest.mark.parametrize(
    ("robots", "read_all_the_same"),
    [
        (lambda e: e.answer(404), True),
        (lambda e: e.answer(403), True),
        (endless, True),
        (lambda e: e.answer(500), False),
        (lambda e: e.answer(503), False),
        (lambda e: e.answer(429), False),
        (lambda e: e.answer(302, headers={"Location": "http://10.0.0.1/robots.txt"}), False),
        (lambda e: e.hang_up(), False),
    ],
)
def test_without_robots_all_is_read_and_where_nobody_knows_nothing(
    site: Site, tmp_path: Path, robots: Callable[[Exchange], None], read_all_the_same: bool
) -> None:
    site.pages["/robots.txt"] = robots
    done = read(page(site.page("/lampe", reviews("Un"))), tmp_path)
    assert (done.status is ReadStatus.READ) is read_all_the_same
    if not read_all_the_same:
        assert "nobody knows what may be read" in done.problem
        assert "/lampe" not in paths(site)


def test_a_crawl_delay_is_kept(site: Site, tmp_path: Path) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 0.3")
    site.page("/p2", reviews("Deux"))
    start = time.monotonic()
    done = read(page(site.page("/p1", reviews("Un", more='<a rel=next href="/p2">'))), tmp_path)
    assert texts(done) == ["Un", "Deux"]
    assert time.monotonic() - start >= 0.3


def bomb(exchange: Exchange) -> None:
    exchange.answer(200, gzip.compress(b"<p>" * (8 << 20)), {"Content-Encoding": "gzip"})


def slow(exchange: Exchange) -> None:
    exchange.start(200, {"Content-Length": "1000000"})
    while not exchange.server.over.wait(0.1):
        exchange.wfile.write(b"<p>")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda e: e.answer(403), "refuses to be read"),
        (lambda e: e.answer(429, headers={"Retry-After": "60"}), "asks to be left alone"),
        (lambda e: e.answer(302, headers={"Location": "http://192.168.0.1/"}), "not on the public"),
        (lambda e: e.answer(200, b""), "empty page"),
        (lambda e: e.answer(200, b"<title>Are you a robot?</title>"), "shows no reviews"),
        (bomb, "is larger than"),
        (slow, "too slow"),
    ],
)
def test_answers_of_which_nothing_can_be_concluded(
    site: Site, tmp_path: Path, answer: Callable[[Exchange], None], said: str
) -> None:
    no_robots(site)
    site.pages["/lampe"] = answer
    bounds = HURRIED if answer is slow else PATIENT
    done = read(page(site.url("/lampe")), tmp_path, bounds=bounds)
    assert done.status is ReadStatus.UNKNOWN
    assert said in done.problem


def test_a_charset_that_is_wrong_costs_no_accent(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    body = '<div itemscope itemtype="//schema.org/Review"><p itemprop=reviewBody>Déçu, à 3 €'
    url = site.page("/a", body.encode(), Content_Type="text/html; charset=iso-8859-1")
    assert texts(read(page(url), tmp_path)) == ["Déçu, à 3 €"]
    url = site.page("/b", body.encode("cp1252"), Content_Type="text/html; charset=utf-8")
    assert texts(read(page(url), tmp_path)) == ["Déçu, à 3 €"]


def test_the_pages_of_a_sitemap_are_read_newest_first(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    site.page("/avis/a", reviews("Ancien"))
    site.page("/avis/b", reviews("Nouveau"))
    site.page("/avis/none", b"<p>Rien")
    inner = "".join(
        f"<url><loc><![CDATA[{site.url(path)}]]></loc><lastmod>{day}</lastmod></url>"
        for path, day in [("/avis/a", "2026-01-02"), ("/avis/b", "2026-11-20T10:00:00Z"),
                          ("/avis/none", "2026-11-21"), ("/blog", "2026-11-21")]
    )  # fmt: skip
    site.page("/inner.xml.gz", gzip.compress(f"<urlset>{inner}</urlset>".encode()))
    outer = (
        f"<sitemapindex><sitemap><loc>{site.url('/inner.xml.gz')}</loc></sitemap></sitemapindex>"
    )
    site.page("/sitemap.xml", outer.encode())
    watched = page(
        site.page("/", reviews("Accueil")), sitemap=site.url("/sitemap.xml"), matching="/avis/"
    )
    assert texts(read(watched, tmp_path)) == ["Accueil", "Nouveau", "Ancien"]


ROWS = {
    "rows": "article",
    "fields": {
        "text": ".words", "title": "h3", "author": ".who", "posted_at": "time",
        "rating": "@data-stars", "url": "a.link", "native_id": "@data-id",
    },
}  # fmt: skip
ROW = """<article data-id=r{n} data-stars="{n}"><h3>T{n}</h3><i class=who>Zoé</i>
<time datetime="2026-11-20T10:00">hier</time><a class=link href="/avis/{n}0000">#</a>
<div class=words>Un <b>mot</b> {n}<script>alert(1)</script></div></article>"""


def parsed(body: str, **settings: object) -> PageRead | Problem:
    made = build_pages({"url": URL, **settings})
    return parse(body.encode(), URL, "", settings=made, now=NOW, zone=UTC)


def test_rows_are_found_by_selectors() -> None:
    found = parsed("".join(ROW.format(n=n) for n in (1, 2)), **ROWS, best=10)
    assert isinstance(found, PageRead)
    first, second = found.items
    assert (first.native_id, first.author, first.title) == ("r1", "Zoé", "T1")
    assert first.url == "https://avis.example.org/avis/10000"
    assert first.posted_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (second.rating, second.is_html) == (Rating(2, 10), True)
    assert second.text.startswith("Un <b>mot</b> 2")


def test_a_row_in_a_row_is_a_message_of_its_own() -> None:
    found = parsed(
        "<article><i class=who>A</i><p class=words>x</p><article><p class=words>y", **ROWS
    )
    assert isinstance(found, PageRead)
    assert [(i.author, i.text) for i in found.items] == [("A", "x"), (None, "y")]


def test_rows_count_only_where_schema_org_says_nothing() -> None:
    body = reviews("Dit").decode()
    found = parsed(body + ROW.format(n=1), **ROWS)
    assert isinstance(found, PageRead)
    assert [item.text for item in found.items] == ["Dit"]


def test_rows_that_are_no_longer_there_conclude_nothing(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    url = site.page("/lampe", b"<section class=review>x")
    done = read(page(url, **ROWS), tmp_path)
    assert done.status is ReadStatus.UNKNOWN
    assert "no element fits" in done.problem
    barren = replace(page(url, **ROWS), may_be_empty=True)
    assert read(barren, tmp_path).status is ReadStatus.READ


def test_a_thing_that_nobody_judged_yet_has_no_reviews() -> None:
    found = parsed('<script type="application/ld+json">{"@type": "Product"}</script>')
    assert isinstance(found, PageRead)
    assert found.items == ()


def test_ten_thousand_reviews_are_enough() -> None:
    found = parsed(reviews(*map(str, range(10_100))).decode())
    assert isinstance(found, PageRead)
    assert len(found.items) == 10_000
    assert found.problem is not None
    assert found.problem.trouble is Trouble.TOO_MANY_ITEMS


def test_html_in_every_field_reaches_nobody(site: Site, tmp_path: Path) -> None:
    no_robots(site)
    evil = "<img src=x onerror=alert(1)>Zo&eacute;<script>alert(1)</script>"
    fields = ("name", "reviewBody", "datePublished", "url", "identifier", "inLanguage")
    listed = {"@type": "Review", "author": {"name": evil}, **dict.fromkeys(fields, evil)}
    data = json.dumps(listed).replace("</", r"<\/")
    body = f'<script type="application/ld+json">{data}</script>'
    (mention,) = read(page(site.page("/lampe", body.encode())), tmp_path).mentions
    assert mention.text == "Zoé"
    assert "<" not in f"{mention.author}{mention.title}{mention.url}"


def test_ids_that_change_every_time_do_not_make_reviews_new() -> None:
    def key(nonce: str) -> object:
        listed = {"@type": "Review", "@id": f"urn:uuid:{nonce}", "author": "Z", "reviewBody": "x"}
        found = parsed(f'<script type="application/ld+json">{json.dumps(listed)}</script>')
        assert isinstance(found, PageRead)
        return found.items

    assert key("0d5c9a7e-1111") == key("99999999-2222")


@pytest.mark.parametrize(
    "body",
    ["<div>" * 150_000, '<div itemscope itemtype="x/Review"><i itemprop=name>' * 20_000,
     "<article class=review>" * 40_000, "<table><tr><td>" * 40_000,
     '<script type="application/ld+json">' + "[" * 1_000_000,
     '<script type="application/ld+json">{"a":"' + '"' * 1_000_000,
     '<p itemprop=x itemscope itemref="a b c" id=a>' * 20_000,
     '<p property=review typeof=Review rel=review>' * 20_000,
     '<p class="hreview reviewer rating description">' * 20_000,
     '<p class="h-review p-name p-author e-content">' * 500 + "<b>" * 100_000],
    ids=lambda body: body[:40],
)  # fmt: skip
def test_hostile_pages_cost_little(body: str) -> None:
    start = time.process_time()
    parsed(body, **ROWS)
    assert time.process_time() - start < 8
