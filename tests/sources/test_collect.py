"""Reading all sources: each on its own, none in the way of another."""

import asyncio
import gzip
import io
import json
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from importlib import resources
from pathlib import Path

import feedparser
import pytest
from loopback_site import HELD_UP, NOW, PATIENT, Exchange, Site, desk, source

from runner.model import KeyBasis
from runner.planning.observation import Cursor, ReadStatus, SourceRead
from runner.policies.values import Source
from runner.sources import feed
from runner.sources.adapter import KINDS, adapter_of
from runner.sources.bounds import Bounds
from runner.sources.collect import Errand, read_sources, rests_until

RULES = "digest of the rules"


def errand(
    cursors: Sequence[Cursor] = (),
    *,
    now: datetime = NOW,
    in_full: Sequence[str] = (),
    only: Sequence[str] | None = None,
    bounds: Bounds = PATIENT,
    allow_loopback: bool = True,
) -> Errand:
    return Errand(
        now=now,
        judged_by=RULES,
        cursors={cursor.source: cursor for cursor in cursors},
        in_full=frozenset(in_full),
        only=None if only is None else frozenset(only),
        allow_loopback=allow_loopback,
        bounds=bounds,
    )


def cursor(read: SourceRead, **changes: object) -> Cursor:
    """What is remembered of a read."""
    kept = Cursor(read.source, read.etag, read.last_modified, read.read_at, RULES, (), read.items)
    return replace(kept, **changes)  # type: ignore[arg-type]


def rss(*titles: str) -> bytes:
    items = "".join(f"<item><guid>{t}</guid><title>{t}</title></item>" for t in titles)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def test_sources_come_in_the_order_of_the_file_whatever_the_order_of_arrival(
    site: Site, tmp_path: Path
) -> None:
    seen: list[str] = []
    quick_is_read = threading.Event()

    def slow(exchange: Exchange) -> None:
        quick_is_read.wait(HELD_UP)
        exchange.answer(200, rss("slow"))

    def done(read: SourceRead) -> None:
        seen.append(read.source)
        quick_is_read.set()

    site.pages["/slow"] = slow
    watched = desk(
        source("slow", url=site.url("/slow")),
        source("quick", url=site.page("/quick", rss("quick", "other"))),
    )
    reads = read_sources(watched, tmp_path, errand(), done)
    assert [read.source for read in reads] == ["slow", "quick"]
    assert seen == ["quick", "slow"]
    assert [[m.text for m in read.mentions] for read in reads] == [["slow"], ["quick", "other"]]
    assert {read.status for read in reads} == {ReadStatus.READ}
    mention = reads[0].mentions[0]
    assert (mention.source, mention.site) == ("slow", "forum.example.org")
    assert (mention.detected_at, mention.key_basis) == (NOW, KeyBasis.NATIVE_ID)


def test_a_source_that_fails_in_any_way_stops_no_other(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.start(200, {"Connection": "close"})
        while not site.over.wait(0.05):
            exchange.wfile.write(b" ")

    def cut(exchange: Exchange) -> None:
        exchange.answer(200, rss("a")[:40], {"Content-Length": "900"})
        exchange.hang_up()

    site.pages["/drip"] = drip
    site.pages["/cut"] = cut
    site.pages["/500"] = lambda exchange: exchange.answer(500)
    bomb = gzip.compress(b" " * (20 << 20))
    parse = feed.parse

    def tripping(body: bytes, *rest: object) -> object:
        if b"trip" in body:
            raise RecursionError("deep")
        return parse(body, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(feed, "parse", tripping)
    addresses = {
        "drip": site.url("/drip"),
        "cut": site.url("/cut"),
        "500": site.url("/500"),
        "bomb": site.page("/bomb", bomb, Content_Encoding="gzip"),
        "page": site.page("/page", b"<html></html>"),
        "empty": site.page("/empty", b""),
        "trip": site.page("/trip", rss("trip")),
        "closed": "http://127.0.0.1:1/",
        "nowhere": "http://nowhere.invalid/",
        "private": "http://10.1.2.3/",
        "odd": "gopher://forum.example.org/",
    }
    watched = desk(
        *(source(name, url=url) for name, url in addresses.items()),
        source("setting"),
        source("inbox", "file", path="inbox/*.csv"),
        source("good", url=site.page("/good", rss("good"))),
    )
    # Long enough for all the others on a busy machine: only what drips takes longer.
    bounds = replace(PATIENT, total_seconds=4)
    reads = {read.source: read for read in read_sources(watched, tmp_path, errand(bounds=bounds))}
    good = reads.pop("good")
    assert [m.text for m in good.mentions] == ["good"]
    for read in reads.values():
        assert read.status is ReadStatus.UNKNOWN, read
        assert read.mentions == ()
    here = "127.0.0.1"
    assert {name: read.problem for name, read in reads.items()} == {
        "drip": f"{here} is too slow: try later",
        "cut": f"{here} broke off in the middle of its answer (peer closed connection without "
        "sending complete message body (received 40 bytes, expected 900)): try later",
        "500": f"{here} has trouble of its own (500): try later",
        "bomb": f"{addresses['bomb']} is larger than 10 MB: ask for fewer entries",
        "page": f"{addresses['page']} is no feed (it starts with “<html></html>”): look for the "
        "address of the feed on the site",
        "empty": f"{addresses['empty']} answers with an empty page: try later",
        "trip": reads["trip"].problem,
        "closed": f"{here} cannot be reached: try later",
        "nowhere": "The name nowhere.invalid is not known: check the address, or try later",
        "private": "10.1.2.3 leads to 10.1.2.3, which is not on the public internet: it was not "
        "visited, check the address",
        "odd": "gopher://forum.example.org/ is no address that can be read: write one that starts "
        "with https:// or http://",
        "setting": "The source needs the setting “url”",
        "inbox": "No file fits inbox/*.csv: put an export there, or correct the path",
    }
    assert reads["trip"].problem.startswith(
        "The program stumbled over this source (RecursionError in test_collect.py:"
    )


def test_what_did_not_change_is_unchanged(site: Site, tmp_path: Path) -> None:
    def conditional(exchange: Exchange) -> None:
        known = exchange.headers.get("If-None-Match") == '"v1"'
        exchange.answer(304 if known else 200, b"" if known else rss("a"), {"ETag": '"v1"'})

    site.pages["/feed"] = conditional
    watched = desk(source("forum", url=site.url("/feed")))
    (first,) = read_sources(watched, tmp_path, errand())
    later = NOW + timedelta(hours=1)
    (second,) = read_sources(watched, tmp_path, errand([cursor(first)], now=later))
    assert (second.status, second.items, second.etag) == (ReadStatus.UNCHANGED, 1, '"v1"')
    assert second.read_at == later


def test_the_same_bytes_are_unchanged_where_a_server_tells_no_version(
    site: Site, tmp_path: Path
) -> None:
    watched = desk(source("forum", url=site.page("/feed", rss("a"))))
    (first,) = read_sources(watched, tmp_path, errand())
    later = NOW + timedelta(hours=1)
    (second,) = read_sources(watched, tmp_path, errand([cursor(first)], now=later))
    assert (second.status, second.items, second.etag) == (ReadStatus.UNCHANGED, 1, first.etag)
    assert "If-None-Match" not in site.asked[-1][1]
    site.page("/feed", rss("a", "b"))
    (third,) = read_sources(
        watched, tmp_path, errand([cursor(second)], now=NOW + timedelta(hours=2))
    )
    assert (third.status, third.items) == (ReadStatus.READ, 2)


@pytest.mark.parametrize("why", ["other rules", "asked in full", "no cursor"])
def test_a_source_is_read_whole_when_its_cursor_is_worthless(
    site: Site, tmp_path: Path, why: str
) -> None:
    watched = desk(source("forum", url=site.page("/feed", rss("a"), ETag='"v1"')))
    (first,) = read_sources(watched, tmp_path, errand())
    kept = cursor(first, judged_by="other rules" if why == "other rules" else RULES)
    asked = errand(
        [] if why == "no cursor" else [kept], in_full=["forum"] if why == "asked in full" else []
    )
    (second,) = read_sources(watched, tmp_path, asked)
    assert second.status is ReadStatus.READ
    assert "If-None-Match" not in site.asked[-1][1]


def test_only_the_sources_asked_for_are_read(site: Site, tmp_path: Path) -> None:
    watched = desk(
        source("a", url=site.page("/a", rss("a"))), source("b", url=site.page("/b", rss("b")))
    )
    assert [r.source for r in read_sources(watched, tmp_path, errand(only=["b"]))] == ["b"]
    assert [path for path, _ in site.asked] == ["/b"]


def test_loopback_must_be_allowed(site: Site, tmp_path: Path) -> None:
    watched = desk(source("forum", url=site.page("/feed", rss("a"))))
    (read,) = read_sources(watched, tmp_path, errand(allow_loopback=False))
    assert read.status is ReadStatus.UNKNOWN
    assert site.asked == []


@pytest.mark.parametrize(
    ("since", "changes", "in_full", "rests"),
    [
        (timedelta(minutes=13, seconds=59), {}, False, True),
        (timedelta(minutes=14), {}, False, False),
        (timedelta(minutes=15), {}, False, False),
        (timedelta(minutes=1), {}, True, False),
        (timedelta(minutes=1), {"judged_by": "others"}, False, False),
        (timedelta(hours=5), {"not_before": NOW + timedelta(seconds=1)}, False, True),
        (timedelta(hours=5), {"not_before": NOW + timedelta(seconds=1)}, True, True),
        (
            timedelta(hours=5),
            {"not_before": NOW + timedelta(seconds=1), "judged_by": "others"},
            False,
            True,
        ),
        (timedelta(hours=5), {"not_before": NOW}, False, False),
    ],
)
def test_a_source_rests_between_reads_and_when_told_to(
    since: timedelta, changes: dict[str, object], in_full: bool, rests: bool
) -> None:
    kept = Cursor("forum", None, None, NOW - since, RULES, (), 7)
    asked = errand([replace(kept, **changes)], in_full=["forum"] if in_full else [])
    assert (rests_until(source("forum"), asked) is not None) is rests


def test_a_resting_source_is_not_asked(site: Site, tmp_path: Path) -> None:
    watched = desk(source("forum", url=site.page("/feed", rss("a"))))
    kept = Cursor("forum", None, None, NOW - timedelta(minutes=5), RULES, (), 7)
    (read,) = read_sources(watched, tmp_path, errand([kept]))
    assert (read.status, read.items) == (ReadStatus.RESTED, 7)
    assert read.not_before == NOW + timedelta(minutes=10)
    assert site.asked == []


def test_retry_after_reaches_the_cursor(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = lambda exchange: exchange.answer(429, headers={"Retry-After": "7200"})
    (read,) = read_sources(desk(source("forum", url=site.url("/feed"))), tmp_path, errand())
    assert read.status is ReadStatus.UNKNOWN
    assert read.not_before == NOW + timedelta(hours=2)


def test_of_doubles_the_first_stays(site: Site, tmp_path: Path) -> None:
    body = rss("a", "b", "a").replace(b"<title>a</title></item></channel>", b"<title>c</title>"
                                      b"</item></channel>")  # fmt: skip
    (read,) = read_sources(desk(source("forum", url=site.page("/feed", body))), tmp_path, errand())
    assert [m.text for m in read.mentions] == ["a", "b"]
    assert read.items == 3


def test_a_move_for_good_is_told_and_read(site: Site, tmp_path: Path) -> None:
    new = site.page("/new", rss("a"))
    site.pages["/old"] = lambda exchange: exchange.answer(301, headers={"Location": new})
    (read,) = read_sources(desk(source("forum", url=site.url("/old"))), tmp_path, errand())
    assert read.status is ReadStatus.READ
    assert read.problem == f"Moved for good: change the address to {new}"


def test_a_body_cut_on_the_way_is_asked_for_again_in_full(site: Site, tmp_path: Path) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.start(200, {"Connection": "close", "ETag": '"v1"'})
        exchange.wfile.write(rss("a", "b")[:-30])
        exchange.hang_up()

    site.pages["/feed"] = cut
    (read,) = read_sources(desk(source("forum", url=site.url("/feed"))), tmp_path, errand())
    assert read.status is ReadStatus.READ
    assert [m.text for m in read.mentions][:1] == ["a"]
    assert read.etag is None


def test_kinds_are_modules_with_a_fetch_and_known_to_the_schema() -> None:
    schema = json.loads((resources.files("runner.schemas") / "sources.schema.json").read_bytes())
    assert tuple(schema["$defs"]["source"]["properties"]["kind"]["enum"]) == KINDS
    for kind in KINDS:
        assert asyncio.iscoroutinefunction(adapter_of(kind).fetch)


# Every feed that was recorded


def shared_feeds() -> list[Path]:
    folder = os.environ.get("DOLEANCES_SHARED_DATA")
    shared = Path(folder) if folder else Path(__file__).parents[3] / "shared" / "data"
    return sorted(
        file for ext in ("xml", "json") for file in (shared / "feeds").glob(f"**/*.{ext}")
    )


FEEDS = Path(__file__).parent / "data" / "feeds"
NO_FEEDS = {
    "AmazonWebServicesBlogFirstEntryContent.xml",
    "HREFConsideredHarmfulFirstEntry.xml",
    "PaulDixExplainsNothingFirstEntryContent.xml",
    "TechCrunchFirstEntry.xml",
    "TechCrunchFirstEntryDescription.xml",
    "TenderLovemakingFirstEntry.xml",
    "rss_empty_document.xml",
}
"""Recorded contents of entries, kept beside their feeds, and a file of one comment."""


@pytest.mark.parametrize("which", ["here", "shared"])
def test_all_recorded_feeds_served_give_a_mention_for_every_entry_with_a_word(
    site: Site, tmp_path: Path, which: str
) -> None:
    if which == "here":
        files = sorted([*FEEDS.glob("*/*.xml"), *FEEDS.glob("*/*.json")])
    elif not (files := shared_feeds()):
        pytest.skip("no shared data; set DOLEANCES_SHARED_DATA to the folder that holds feeds/")
    watched: list[Source] = []
    expected: dict[str, int] = {}
    for number, file in enumerate(files):
        body = file.read_bytes()
        name = f"s{number}"
        watched.append(source(name, site=f"{name}.example.org", url=serve(site, f"/{name}", body)))
        expected[name] = entries_with_a_word(body)
    first = read_sources(desk(*watched), tmp_path, errand())
    by_name = dict(zip((read.source for read in first), files, strict=True))
    unread = {r.source for r in first if r.status is ReadStatus.UNKNOWN}
    assert not any(expected[name] for name in unread)
    assert {by_name[name].name for name in unread} >= {f.name for f in files} & NO_FEEDS
    wrong = {
        by_name[read.source].name: (read.items, expected[read.source], read.problem)
        for read in first
        if read.items != expected[read.source]
    }
    assert wrong == {}
    assert sum(len(read.mentions) for read in first) >= sum(expected.values()) * 0.98
    assert all(m.key.startswith("c-") and m.text for read in first for m in read.mentions)

    kept = [cursor(read) for read in first if read.status is ReadStatus.READ]
    later = errand(kept, now=NOW + timedelta(hours=1))
    second = read_sources(desk(*watched), tmp_path, later)
    assert {r.source for r in second if r.status is ReadStatus.UNCHANGED} == {
        c.source for c in kept
    }


def serve(site: Site, path: str, body: bytes) -> str:
    def conditional(exchange: Exchange) -> None:
        if exchange.headers.get("If-None-Match") == '"v1"':
            exchange.answer(304)
        else:
            exchange.answer(200, body, {"ETag": '"v1"', "Content-Type": "application/xml"})

    site.pages[path] = conditional
    return site.url(path)


def entries_with_a_word(body: bytes) -> int:
    """Count, by feedparser and the standard library alone, what has any text."""
    if body.lstrip().startswith(b"{"):
        entries = json.loads(body)["items"]
        names = ("title", "summary", "content_text", "content_html")
        texts = [[str(entry.get(name) or "") for name in names] for entry in entries]
    else:
        entries = feedparser.parse(
            io.BytesIO(body), response_headers={"content-type": "application/xml"}
        ).entries
        texts = [
            [
                *(str(entry.get(name, "")) for name in ("title", "summary")),
                *(part.get("value", "") for part in entry.get("content", ())),
            ]
            for entry in entries
        ]
    return sum(
        any(unescape(re.sub(r"<[^<>]*>", "", text)).split() for text in words) for words in texts
    )
