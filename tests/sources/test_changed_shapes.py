"""What showed messages and now shows something else is ill, never empty, whatever its kind."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from loopback_site import NOW, PATIENT, Site, desk, source

from runner.planning.observation import Cursor, ReadStatus, SourceRead
from runner.policies.values import Source
from runner.sources.collect import Errand, read_sources

STATUS = {
    "id": "109", "uri": "https://a.example.org/109", "visibility": "public",
    "created_at": "2026-11-20T10:00:00Z", "content": "<p>Broken</p>", "account": {"acct": "zoe"},
}  # fmt: skip
POST = {
    "uri": "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3kabcdefghijk",
    "author": {"did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "zoe.example.org"},
    "record": {"text": "Broken", "createdAt": "2026-11-20T10:00:00Z"},
    "indexedAt": "2026-11-20T10:00:00Z",
}
FORUM_POST = {
    "id": 9, "username": "zoe", "created_at": "2026-11-20T10:00:00Z", "cooked": "<p>Broken</p>",
    "post_number": 1, "post_type": 1, "topic_id": 12, "topic_slug": "lamp",
}  # fmt: skip
REVIEW = {"@type": "Review", "author": "Zoé", "reviewBody": "Broken"}
ROW = {"id": 1, "body": "Broken"}


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>a</title>{''.join(items)}</channel></rss>"


def script(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def without(entry: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in entry.items() if name not in names}


CAPTCHA = "<html><title>One moment</title><body>Are you a robot?</body></html>"
GOOD: dict[str, object] = {
    "feed": rss("<item><guid>1</guid><title>Broken</title></item>"),
    "json": {"rows": [ROW]},
    "html": script({"@type": "Product", "review": [REVIEW]}),
    "rows": "<article><p class=words>Broken</p></article>",
    "mastodon": [STATUS],
    "bluesky": {"posts": [POST]},
    "discourse": {"latest_posts": [FORUM_POST]},
}
CHANGED: list[tuple[str, str, object]] = [
    ("feed", "no items", rss()),
    ("feed", "a page", CAPTCHA),
    ("feed", "items without a word", rss("<item><guid>1</guid></item>")),
    ("feed", "JSON", {"items": []}),
    ("feed", "cut off", rss("<item><guid>1</guid>")[:60]),
    ("json", "no rows", {"rows": []}),
    ("json", "another list", {"data": [ROW]}),
    ("json", "null", {"rows": None}),
    ("json", "a text", {"rows": "none"}),
    ("json", "texts elsewhere", {"rows": [{"id": 1, "words": "Broken"}]}),
    ("json", "ids elsewhere", {"rows": [{"uuid": 1, "body": "Broken"}]}),
    ("json", "an error", {"error": {"message": "quota"}}),
    ("json", "a page", CAPTCHA),
    ("html", "a captcha", CAPTCHA),
    ("html", "no reviews any more", script({"@type": "Product", "name": "Lamp"})),
    ("html", "reviews without a word", script([{"@type": "Review", "author": "Zoé"}])),
    ("html", "reviews by script", "<div id=reviews></div><script src=x></script>"),
    ("rows", "a captcha", CAPTCHA),
    ("rows", "other rows", "<section><p class=words>Broken</p></section>"),
    ("rows", "words elsewhere", "<article><p class=text>Broken</p></article>"),
    ("mastodon", "an error", {"error": "This API requires an authenticated user"}),
    ("mastodon", "none", []),
    ("mastodon", "no words", [without(STATUS, "content")]),
    ("mastodon", "no visibility", [without(STATUS, "visibility")]),
    ("mastodon", "texts", ["Broken"]),
    ("mastodon", "a page", CAPTCHA),
    ("bluesky", "another list", {"results": [POST]}),
    ("bluesky", "none", {"posts": []}),
    ("bluesky", "no record", {"posts": [without(POST, "record")]}),
    ("bluesky", "an error", {"error": "InvalidRequest", "message": "x"}),
    ("discourse", "another list", {"posts": {"latest": [FORUM_POST]}}),
    ("discourse", "none", {"latest_posts": []}),
    ("discourse", "no words", {"latest_posts": [without(FORUM_POST, "cooked")]}),
    ("discourse", "a login page", CAPTCHA),
]


def watched(kind: str, site: Site) -> Source:
    server = site.url("").rstrip("/")
    match kind:
        case "rows":
            fields = {"text": ".words"}
            return source("s", "html", url=site.url(), rows="article", fields=fields)
        case "json":
            found = {"native_id": "id", "text": "body"}
            return source("s", "json", url=site.url(), items="rows", map=found)
        case "mastodon":
            return source("s", kind, server=server, watch={"tag": "lumen"})
        case "bluesky":
            return source("s", kind, server=server, watch={"search": "lumen"})
        case "discourse":
            return source("s", kind, server=server, watch={"latest": True})
        case _:
            return source("s", kind, url=site.url())


def read(one: Source, site: Site, value: object, cursor: Cursor | None = None) -> SourceRead:
    body = (value if isinstance(value, str) else json.dumps(value)).encode()
    site.pages = defaultdict(lambda: lambda exchange: exchange.answer(200, body))
    site.pages["/robots.txt"] = lambda exchange: exchange.answer(404)
    cursors = {one.id: cursor} if cursor else {}
    errand = Errand(
        now=NOW, judged_by="rules", cursors=cursors, allow_loopback=True, bounds=PATIENT
    )  # fmt: skip
    (done,) = read_sources(desk(one), Path(), errand)
    return done


@pytest.mark.parametrize(
    ("kind", "value"),
    [(kind, value) for kind, _, value in CHANGED],
    ids=[f"{kind}: {what}" for kind, what, _ in CHANGED],
)
def test_a_source_whose_shape_changed_is_ill(site: Site, kind: str, value: object) -> None:
    one = watched(kind, site)
    before = read(one, site, GOOD[kind])
    assert (before.status, len(before.mentions)) == (ReadStatus.READ, 1)
    day_ago = NOW - timedelta(days=1)
    cursor = Cursor("s", before.etag, before.last_modified, day_ago, "rules", (), before.items)
    after = read(one, site, value, cursor)
    assert after.status is ReadStatus.UNKNOWN
    assert after.problem
    assert "bug" not in after.problem


def test_an_export_whose_columns_were_renamed_is_ill(tmp_path: Path) -> None:
    columns = {"native_id": "id", "text": "avis"}
    one = source("s", "file", path="inbox/*.csv", columns=columns)
    (tmp_path / "inbox").mkdir()
    file = tmp_path / "inbox" / "avis.csv"
    errand = Errand(now=NOW, judged_by="rules")
    file.write_text("id,avis\n1,Broken\n")
    (before,) = read_sources(desk(one), tmp_path, errand)
    assert (before.status, len(before.mentions)) == (ReadStatus.READ, 1)
    kept = Cursor("s", before.etag, None, NOW - timedelta(days=1), "rules", (), before.items)
    file.write_text("numero,texte\n1,Broken\n")
    (after,) = read_sources(desk(one), tmp_path, replace(errand, cursors={"s": kept}))
    assert after.status is ReadStatus.UNKNOWN
    assert "avis" in after.problem
