"""Reading a conversation again: what feeds and pages can show of it, asked for once in a run."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from loopback_site import NOW, PATIENT, Site, source

from runner.policies.presets import Preset, shipped_presets
from runner.policies.recipes import build_recipe
from runner.policies.values import Source
from runner.sources.adapter import (
    KINDS,
    Fetched,
    Fresh,
    Outside,
    ThreadRequest,
    Unknown,
    expand_of,
)
from runner.sources.http import Client
from runner.sources.problems import Trouble

COMMENTS = """<rss version="2.0"><channel><title>Replies</title>
<item><guid>r1</guid><author>Lumen SAV</author><description>Écrivez-nous</description></item>
</channel></rss>"""
FEED = """<rss version="2.0" xmlns:wfw="http://wellformedweb.org/CommentAPI/"><channel>
<title>Avis</title>
<item><guid isPermaLink="false">m1</guid><link>{site}/m1</link><author>Camille</author>
<description>En panne</description><wfw:commentRss>{site}/m1/feed</wfw:commentRss></item>
<item><guid isPermaLink="false">m2</guid><link>{site}/m2</link>
<description>Toujours rien</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Avis</title><entry><id>m1</id>
<title>En panne</title><link rel="replies" type="text/html" href="/m1#replies"/>
<link rel="replies" type="application/atom+xml" href="/m1/feed"/></entry></feed>"""
PAGE = """<html><head><link rel="canonical" href="/lampe"></head><body>
<article id="a"><p>En panne</p><b>Camille</b></article>
<article id="b"><p>Écrivez-nous</p><b>Lumen SAV</b></article></body></html>"""
ROWS = {"rows": "article", "fields": {"text": "p", "author": "b", "native_id": "@id"}}


def expand_all(watched: Source, threads: Sequence[ThreadRequest]) -> list[Fetched]:
    """Read conversations in one run."""
    expand = expand_of(watched.kind)
    assert expand is not None

    async def read() -> list[Fetched]:
        client = Client(now=NOW, allow_loopback=True, bounds=PATIENT)
        async with client:
            outside = Outside(Path(), lambda: client, NOW, ZoneInfo("UTC"))
            return await asyncio.gather(*(expand(watched, t, outside) for t in threads))

    return asyncio.run(read())


def words(fetched: Fetched) -> list[tuple[str | None, str | None]]:
    assert isinstance(fetched, Fresh), fetched
    return [(item.native_id, item.author) for item in fetched.items]


def trouble(fetched: Fetched) -> Trouble:
    assert isinstance(fetched, Unknown), fetched
    return fetched.problem.trouble


def test_which_kinds_can_show_a_conversation() -> None:
    able = [kind for kind in KINDS if expand_of(kind) is not None]
    assert able == ["bluesky", "discourse", "feed", "html", "json", "mastodon"]


class TestFeeds:
    def test_the_replies_have_a_feed_that_the_entry_names(self, site: Site) -> None:
        url = site.page("/feed", FEED.format(site=site.url("")).encode())
        site.page("/m1/feed", COMMENTS.encode())
        (fetched,) = expand_all(source("avis", url=url), [ThreadRequest(None, "m1")])
        assert words(fetched) == [("m1", "Camille"), ("r1", "Lumen SAV")]

    def test_in_atom_it_is_a_link_to_a_feed(self, site: Site) -> None:
        url = site.page("/feed", ATOM.encode())
        site.page("/m1/feed", COMMENTS.encode())
        (fetched,) = expand_all(source("avis", url=url), [ThreadRequest(None, "m1")])
        assert words(fetched) == [("m1", None), ("r1", "Lumen SAV")]

    def test_the_entry_is_found_by_its_address_where_it_has_no_id(self, site: Site) -> None:
        url = site.page("/feed", FEED.format(site=site.url("")).encode())
        site.page("/m1/feed", COMMENTS.encode())
        asked = ThreadRequest(site.url("/m1?utm_source=x"), None)
        (fetched,) = expand_all(source("avis", url=url), [asked])
        assert len(words(fetched)) == 2

    @pytest.mark.parametrize("native_id", ["m2", "m9"])
    def test_without_a_feed_of_replies_there_is_no_conversation(
        self, site: Site, native_id: str
    ) -> None:
        url = site.page("/feed", FEED.format(site=site.url("")).encode())
        (fetched,) = expand_all(source("avis", url=url), [ThreadRequest(None, native_id)])
        assert trouble(fetched) is Trouble.NO_CONVERSATION

    def test_many_messages_cost_one_read_of_the_source(self, site: Site) -> None:
        url = site.page("/feed", FEED.format(site=site.url("")).encode())
        site.page("/m1/feed", COMMENTS.encode())
        asked = [ThreadRequest(None, native_id) for native_id in ("m1", "m2", "m9")]
        expand_all(source("avis", url=url), asked)
        assert sorted(path for path, _ in site.asked) == ["/feed", "/m1/feed"]

    def test_a_feed_of_replies_that_is_gone_concludes_nothing(self, site: Site) -> None:
        url = site.page("/feed", FEED.format(site=site.url("")).encode())
        site.pages["/m1/feed"] = lambda exchange: exchange.answer(410)
        (fetched,) = expand_all(source("avis", url=url), [ThreadRequest(None, "m1")])
        assert trouble(fetched) is Trouble.GONE


class TestPages:
    def settings(self, site: Site) -> dict[str, Any]:
        site.pages["/robots.txt"] = lambda exchange: exchange.answer(404)
        return {"url": site.page("/lampe", PAGE.encode()), **ROWS}

    def test_the_page_is_read_again_once_for_all_its_messages(self, site: Site) -> None:
        watched = source("avis", "html", **self.settings(site))
        asked = [ThreadRequest(site.url(f"/lampe#{name}"), name) for name in "ab"]
        for fetched in expand_all(watched, asked):
            assert words(fetched) == [("a", "Camille"), ("b", "Lumen SAV")]
        assert [path for path, _ in site.asked].count("/lampe") == 1

    @pytest.mark.parametrize("url", [None, "https://elsewhere.example.org/lampe"])
    def test_a_page_at_another_site_is_not_asked_for(self, site: Site, url: str | None) -> None:
        watched = source("avis", "html", **self.settings(site))
        (fetched,) = expand_all(watched, [ThreadRequest(url, "a")])
        assert trouble(fetched) is Trouble.NO_CONVERSATION
        assert site.asked == []


SETTINGS: dict[str, Any] = {
    "items": "list",
    "where": "topic",
    "map": {"native_id": "id", "text": "said", "author": "who"},
}


class TestApis:
    def watched(self, site: Site, **expand: Any) -> Source:
        own = {"url": site.url("/replies/{native_id}.json?page={page}"), **expand}
        return source("avis", "json", url=site.url("/api"), **SETTINGS, expand=own)

    def test_a_recipe_of_its_own_that_starts_from_the_sources(self, site: Site) -> None:
        pages = [[{"id": 2, "said": "Écrivez-nous", "who": "Lumen SAV"}], []]
        for number, page in enumerate(pages, start=1):
            path = f"/replies/a%2Fb%3F.json?page={number}"
            site.page(path, json.dumps({"list": page}).encode())
        watched = self.watched(site, paging={"by": "page"})
        (fetched,) = expand_all(watched, [ThreadRequest(None, "a/b?")])
        assert words(fetched) == [("2", "Lumen SAV")]
        assert isinstance(fetched, Fresh)
        assert not fetched.shortened

    def test_more_than_the_pages_that_are_read_is_said(self, site: Site) -> None:
        site.page("/replies/7.json?page=1", b'{"list": [{"id": 2, "said": "x"}]}')
        watched = self.watched(site, paging={"by": "page", "pages": 1})
        (fetched,) = expand_all(watched, [ThreadRequest(None, "7")])
        assert isinstance(fetched, Fresh)
        assert fetched.shortened

    @pytest.mark.parametrize("native_id", [None, "", ".", ".."])
    def test_an_id_that_names_nothing_is_not_asked_for(
        self, site: Site, native_id: str | None
    ) -> None:
        (fetched,) = expand_all(self.watched(site), [ThreadRequest(None, native_id)])
        assert trouble(fetched) is Trouble.NO_CONVERSATION
        assert site.asked == []

    def test_without_the_setting_there_is_no_conversation(self, site: Site) -> None:
        watched = source("avis", "json", url=site.url("/api"), **SETTINGS)
        (fetched,) = expand_all(watched, [ThreadRequest(None, "7")])
        assert trouble(fetched) is Trouble.NO_CONVERSATION

    @pytest.mark.parametrize(
        "preset", [p for p in shipped_presets().values() if "expand" in p.settings]
    )
    def test_what_presets_say_makes_a_recipe(self, preset: Preset) -> None:
        recipe = build_recipe({**preset.settings, **preset.settings["expand"]})
        assert "{native_id}" in recipe.url
        assert {"native_id", "author", "text", "posted_at"} <= recipe.fields.keys()
