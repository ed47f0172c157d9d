"""Mastodon on loopback, as its servers answer: pages, tokens, refusals, boosts, other servers."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import NOW, Site, source
from networked import (
    DATA,
    SECRET,
    answer,
    asked,
    cursor_of,
    expand,
    fetch,
    fresh,
    ids,
    trouble,
)

from runner.cases.instants import render_instant
from runner.cases.mention import prepare_mention
from runner.model import Item
from runner.policies.privacy import PrivacyPolicy
from runner.sources.adapter import ITEM_LIMIT, ThreadRequest, Unchanged
from runner.sources.json_items import Listed
from runner.sources.mastodon import parse
from runner.sources.problems import Problem, Trouble

SERVER = "https://mastodon.example.org"
TAG = "/api/v1/timelines/tag/lumen?limit=40"
TOKEN = {"variable": "TOKEN"}


def status(number: int, **fields: Any) -> dict[str, Any]:
    """A status of another server, the higher its number the newer."""
    uri = f"https://piaille.example.org/users/camille/statuses/{number}"
    return {
        "id": str(1000 + number),
        "uri": uri,
        "url": f"https://piaille.example.org/@camille/{number}",
        "created_at": render_instant(NOW - timedelta(days=100 - number)),
        "visibility": "public",
        "language": "fr",
        "spoiler_text": "",
        "content": f"<p>message {number}</p>",
        "reblog": None,
        "in_reply_to_id": None,
        "account": {"acct": "camille@piaille.example.org", "username": "camille"},
        **fields,
    }


def recorded(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((DATA / f"mastodon-{name}.json").read_text())
    return value


def listed(document: object) -> Listed:
    found = parse(document, "", SERVER, NOW)
    assert isinstance(found, Listed), found
    return found


def one(**fields: Any) -> Item:
    (item,) = listed([status(1, **fields)]).items
    return item


class TestRecordedAnswers:
    def test_a_tag(self) -> None:
        (item,) = listed(recorded("tag")["body"]).items
        number = "117020593741189701"
        assert (
            item.native_id == f"http://localhost:3000/ap/users/117020566092212359/statuses/{number}"
        )
        assert item.url == f"http://localhost:3000/@mastodonpy_test_2/{number}"
        assert item.author == "@mastodonpy_test_2@localhost"
        assert item.posted_at == datetime(2026, 8, 1, 13, 55, 55, tzinfo=UTC)
        assert item.language == "ja"
        assert item.thread_url == f"{SERVER}/@mastodonpy_test_2/{number}"
        assert "(hashtag toot)" in item.text

    def test_mentions_are_the_statuses_of_notifications(self) -> None:
        (item,) = listed(recorded("mentions")["body"]).items
        assert item.native_id is not None
        assert "/statuses/" in item.native_id

    def test_a_search_that_finds_nothing_is_read_and_empty(self) -> None:
        found = recorded("search")["body"]
        assert len(listed(found).items) == len(found["statuses"])

    def test_a_status_that_is_not_there_is_no_list(self) -> None:
        found = parse(recorded("missing")["body"], "", SERVER, NOW)
        assert isinstance(found, Problem)
        assert found.trouble is Trouble.NO_LIST

    def test_their_headers_tell_what_is_left(self, site: Site) -> None:
        said = recorded("tag")
        headers = {**said["headers"], "x-ratelimit-reset": "2026-11-21T08:05:00.070144Z"}
        headers.pop("link")
        site.pages[TAG] = answer(said["body"], headers)
        quota = fresh(read(site)).quota
        assert quota is not None
        assert (quota.left, quota.limit) == (299, 300)
        assert quota.resets_at == datetime(2026, 11, 21, 8, 5, 0, 70144, tzinfo=UTC)


class TestStatuses:
    def test_a_warning_belongs_to_the_text(self) -> None:
        text = one(spoiler_text="Panne <lampe>").text
        assert text == "<p>Panne &lt;lampe&gt;</p>\n<p>message 1</p>"

    def test_what_pictures_show_and_choices_say_are_words(self) -> None:
        item = one(
            content="",
            media_attachments=[{"description": "La lampe fendue"}, {"description": None}],
            poll={"options": [{"title": "Réparer"}, {"title": "Rendre"}]},
        )
        assert item.text == "\n<p>Réparer</p>\n<p>Rendre</p>\n<p>La lampe fendue</p>"

    def test_a_boost_is_no_message_of_who_boosts(self) -> None:
        found = listed([status(2, reblog=status(1), content=""), status(1)])
        assert len(found.items) == 1
        assert found.set_aside == 1

    @pytest.mark.parametrize("visibility", ["private", "direct", "limited", None, 7])
    def test_what_not_everybody_may_read_is_never_taken(self, visibility: object) -> None:
        found = listed([status(1, visibility=visibility), status(2, visibility="unlisted")])
        assert [item.native_id for item in found.items] == [status(2)["uri"]]
        assert found.set_aside == 1

    def test_notifications_of_another_type_are_left_out(self) -> None:
        boost = {"type": "reblog", "status": status(1)}
        found = listed([boost, {"type": "mention", "status": status(2)}, {"type": "follow"}])
        assert [item.native_id for item in found.items] == [status(2)["uri"]]
        assert found.set_aside == 2

    def test_a_direct_mention_is_never_taken(self) -> None:
        assert not listed([{"type": "mention", "status": status(1, visibility="direct")}]).items

    def test_a_status_without_an_address_for_people_has_its_uri(self) -> None:
        assert one(url=None).url == status(1)["uri"]

    def test_the_same_status_on_two_servers_is_one_mention(self) -> None:
        at_home = status(
            1, id="1", account={"acct": "camille", "url": "https://piaille.example.org/@camille"}
        )
        keys = set()
        for server, said in ((SERVER, status(1)), ("https://piaille.example.org", at_home)):
            found = parse([said], "", server, NOW)
            assert isinstance(found, Listed)
            watched = source("network", "mastodon", site=server.removeprefix("https://"))
            mention = prepare_mention(found.items[0], watched, PrivacyPolicy(), NOW)
            assert mention is not None
            assert mention.author == "@camille@piaille.example.org"
            assert mention.site == "piaille.example.org"
            keys.add(mention.key)
        assert len(keys) == 1

    def test_an_edit_changes_the_words_and_not_the_message(self) -> None:
        edited = one(content="<p>message corrigé</p>", edited_at=render_instant(NOW))
        assert edited.native_id == one().native_id
        assert edited.posted_at == one().posted_at

    def test_a_list_beyond_all_measure_is_cut(self) -> None:
        found = listed([status(n) for n in range(ITEM_LIMIT + 5)])
        assert len(found.items) == ITEM_LIMIT
        assert found.problem is not None
        assert found.problem.trouble is Trouble.TOO_MANY_ITEMS

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.floats()
            | st.text()
            | st.sampled_from(["public", "mention"]),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(
                        [*status(1), "statuses", "descendants", "status", "type", "acct"]
                    )
                    | st.text(),
                    inner,
                )
            ),
        )
    )
    def test_no_answer_trips_it(self, document: object) -> None:
        assert isinstance(parse(document, "", SERVER, NOW), Listed | Problem)

    @given(st.dictionaries(st.sampled_from([*status(1)]), st.none() | st.integers() | st.text()))
    def test_no_status_trips_it(self, fields: Mapping[str, Any]) -> None:
        # Beside a whole one, since a list of which none has the usual shape is no list.
        assert isinstance(listed([status(1), {**status(2), **fields}]), Listed)


def read(site: Site, watch: Mapping[str, Any] | None = None, **settings: Any) -> Any:
    server = site.url("")
    return fetch("mastodon", server=server, watch=watch or {"tag": "lumen"}, **settings)


def serve_pages(site: Site, pages: Sequence[Sequence[Mapping[str, Any]]]) -> None:
    """Serve a timeline as Mastodon does: even the last page names a next one, which is empty."""
    path = TAG
    for page in [*pages, []]:
        following = f"{TAG}&max_id={page[-1]['id']}" if page else ""
        link = f'<{site.url(following)}>; rel="next", <{site.url(TAG)}&min_id=9>; rel="prev"'
        site.pages[path] = answer(page, {"Link": link} if page else None)
        path = following


class TestReading:
    def test_pages_follow_the_header_link(self, site: Site) -> None:
        serve_pages(site, [[status(9), status(8)], [status(7)]])
        assert len(ids(read(site))) == 3
        assert asked(site) == [TAG, f"{TAG}&max_id=1008", f"{TAG}&max_id=1007"]

    def test_no_more_pages_than_the_source_says(self, site: Site) -> None:
        serve_pages(site, [[status(9)], [status(8)], [status(7)]])
        outcome = fresh(read(site, pages=2))
        assert len(outcome.items) == 2
        assert [note.trouble for note in outcome.notes] == [Trouble.MORE_PAGES]

    def test_the_second_read_stops_a_day_before_the_first(self, site: Site) -> None:
        serve_pages(site, [[status(100), status(99)], [status(98), status(97)], [status(96)]])
        first = read(site)
        site.asked.clear()
        outcome = fresh(read(site, cursor=cursor_of(first)))
        assert asked(site) == [TAG, f"{TAG}&max_id=1099"]
        assert outcome.shortened

    def test_nothing_new_costs_one_request(self, site: Site) -> None:
        serve_pages(site, [[status(9)]])
        site.pages[TAG] = answer([status(9)], {"ETag": 'W/"1"'})
        cursor = cursor_of(read(site))
        site.pages[TAG] = lambda exchange: exchange.start(304, {})
        assert isinstance(read(site, cursor=cursor), Unchanged)
        assert site.asked[-1][1]["If-None-Match"] == 'W/"1"'

    def test_pages_in_a_ring_end(self, site: Site) -> None:
        site.pages[TAG] = answer([status(9)], {"Link": f'<{site.url(TAG)}>; rel="next"'})
        outcome = fresh(read(site, pages=50))
        assert len(outcome.items) == 1
        assert len(site.asked) == 1

    def test_ids_that_change_every_time_end(self, site: Site) -> None:
        path = TAG
        for number in range(60):
            following = f"{TAG}&max_id={number}"
            link = {"Link": f'<{site.url(following)}>; rel="next"'}
            site.pages[path] = answer([status(number)], link)
            path = following
        assert len(ids(read(site))) == 5

    def test_the_next_page_at_another_site_is_not_read(self, site: Site) -> None:
        elsewhere = {"Link": '<https://elsewhere.example.org/x>; rel="next"'}
        site.pages[TAG] = answer([status(9)], elsewhere)
        problem = fresh(read(site)).problem
        assert problem is not None
        assert problem.trouble is Trouble.PAGES_ELSEWHERE

    def test_a_search_counts_what_was_shown(self, site: Site) -> None:
        path = "/api/v2/search?q=Maison+Lumen&type=statuses&limit=40"
        pages = {0: [status(9), status(8)], 40: [status(7)]}
        for offset, page in pages.items():
            site.pages[f"{path}&offset={offset}" if offset else path] = answer({"statuses": page})
        outcome = read(site, {"search": "Maison Lumen"}, auth=TOKEN)
        assert len(ids(outcome)) == 3
        assert all(headers["Authorization"] == f"Bearer {SECRET}" for _, headers in site.asked)

    def test_mentions(self, site: Site) -> None:
        site.pages["/api/v1/notifications?types%5B%5D=mention&limit=40"] = answer(
            [{"type": "mention", "status": status(1)}]
        )
        assert len(ids(read(site, {"mentions": True}, auth=TOKEN))) == 1

    def test_an_account_is_looked_up_first(self, site: Site) -> None:
        site.pages["/api/v1/accounts/lookup?acct=camille%40piaille.example.org"] = answer(
            {"id": "7"}
        )
        site.pages["/api/v1/accounts/7/statuses?limit=40"] = answer([status(1)])
        assert len(ids(read(site, {"account": "@camille@piaille.example.org"}))) == 1

    @pytest.mark.parametrize("number", ["../7", "", None, {"a": 1}])
    def test_an_account_without_an_id_is_not_there(self, site: Site, number: object) -> None:
        site.pages["/api/v1/accounts/lookup?acct=camille"] = answer({"id": number})
        assert trouble(read(site, {"account": "camille"})) is Trouble.NOT_THERE

    @pytest.mark.parametrize(
        ("code", "auth", "expected"),
        [
            (401, None, Trouble.ACCOUNT_NEEDED),
            (422, None, Trouble.ACCOUNT_NEEDED),
            (401, TOKEN, Trouble.NOT_ACCEPTED),
            (403, TOKEN, Trouble.FORBIDDEN),
            (404, None, Trouble.NOT_THERE),
            (410, None, Trouble.NOT_THERE),
            (429, None, Trouble.TOLD_TO_WAIT),
            (500, None, Trouble.ILL),
            (503, None, Trouble.TOLD_TO_WAIT),
        ],
    )
    def test_refusals_have_words_of_their_own(
        self, site: Site, code: int, auth: Mapping[str, str] | None, expected: Trouble
    ) -> None:
        site.pages[TAG] = answer({"error": "no"}, status=code)
        assert trouble(read(site, **({"auth": auth} if auth else {}))) is expected

    def test_when_to_come_again_is_read_from_its_headers(self, site: Site) -> None:
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-21T08:05:00.000000Z"}
        site.pages[TAG] = answer({"error": "Too many requests"}, headers, 429)
        assert read(site).not_before == datetime(2026, 11, 21, 8, 5, tzinfo=UTC)

    def test_a_body_that_breaks_off_is_unknown(self, site: Site) -> None:
        site.page(TAG, json.dumps([status(1)]).encode()[:-20])
        assert trouble(read(site)) is Trouble.BROKEN_OFF

    def test_a_secret_that_is_not_there_is_named(self, site: Site) -> None:
        assert trouble(read(site, auth=TOKEN, secrets={})) is Trouble.UNSET
        assert site.asked == []


class TestConversations:
    def serve(self, site: Site, number: str = "1002", **context: Any) -> None:
        site.pages[f"/api/v1/statuses/{number}"] = answer(status(2, in_reply_to_id="1001"))
        around = {"ancestors": [status(1)], "descendants": [], **context}
        site.pages[f"/api/v1/statuses/{number}/context"] = answer(around)

    def expanded(self, site: Site, thread: ThreadRequest) -> Any:
        return expand("mastodon", thread, server=site.url(""), watch={"tag": "lumen"})

    def test_a_status_with_all_before_and_after_it(self, site: Site) -> None:
        reply = status(
            3, in_reply_to_id="1002", account={"acct": "lumen", "url": f"{SERVER}/@lumen"}
        )
        self.serve(site, descendants=[reply, status(4, visibility="private")])
        thread = ThreadRequest(
            status(2)["url"], status(2)["uri"], site.url("/@camille@piaille/1002")
        )
        found = fresh(self.expanded(site, thread))
        assert {i.native_id: i.parent_id for i in found.items} == {
            status(1)["uri"]: None,
            status(2)["uri"]: status(1)["uri"],
            status(3)["uri"]: status(2)["uri"],
        }
        assert "@lumen@mastodon.example.org" in {i.author for i in found.items}
        assert found.left_out == 1
        assert not found.shortened

    def test_what_strangers_do_not_see_is_said(self, site: Site) -> None:
        self.serve(site, descendants=[status(n) for n in range(3, 63)])
        assert fresh(self.expanded(site, ThreadRequest(site.url("/@camille/1002"), None))).shortened

    @pytest.mark.parametrize("url", [None, "https://elsewhere.example.org/@camille/1002", "x:y"])
    def test_a_status_that_the_server_does_not_name_cannot_be_read(
        self, site: Site, url: str | None
    ) -> None:
        assert trouble(self.expanded(site, ThreadRequest(url, "7"))) is Trouble.NO_CONVERSATION
        assert site.asked == []

    def test_a_status_that_was_deleted_is_not_there(self, site: Site) -> None:
        site.pages["/api/v1/statuses/1002"] = answer({"error": "Record not found"}, status=404)
        thread = ThreadRequest(None, None, site.url("/@camille/1002"))
        assert trouble(self.expanded(site, thread)) is Trouble.NOT_THERE

    @pytest.mark.parametrize("body", [[], None, 7, {"ancestors": 7}])
    def test_a_context_that_is_none_concludes_nothing(self, site: Site, body: object) -> None:
        self.serve(site)
        site.pages["/api/v1/statuses/1002/context"] = answer(body)
        outcome = self.expanded(site, ThreadRequest(site.url("/@camille/1002"), None))
        assert trouble(outcome) is Trouble.NO_LIST
