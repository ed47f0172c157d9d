"""Discourse on loopback, as forums answer: `before`, searches, topics, keys, notices."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import NOW, Site
from networked import DATA, SECRET, answer, asked, cursor_of, expand, fetch, fresh, ids, trouble

from runner.cases.instants import render_instant
from runner.model import Item
from runner.sources.adapter import ITEM_LIMIT, ThreadRequest
from runner.sources.discourse import parse
from runner.sources.json_items import Listed
from runner.sources.problems import Problem, Trouble

SERVER = "https://forum.example.org"
KEY = {"variable": "TOKEN", "user": "lumen"}


def post(number: int, **fields: Any) -> dict[str, Any]:
    """A post, the higher its number the newer."""
    return {
        "id": number,
        "username": "Camille_R",
        "user_id": 7,
        "created_at": render_instant(NOW - timedelta(days=100 - number)),
        "cooked": f"<p>message {number}</p>",
        "post_number": number,
        "post_type": 1,
        "reply_to_post_number": None,
        "topic_id": 812,
        "topic_slug": "lampe-aube",
        "topic_title": "Lampe <Aube>",
        "category_id": 3,
        "hidden": False,
        "deleted_at": None,
        "user_deleted": False,
        **fields,
    }


def listed(document: object, **settings: Any) -> Listed:
    found = parse(document, "", SERVER, NOW, **settings)
    assert isinstance(found, Listed), found
    return found


def one(**fields: Any) -> Item:
    (item,) = listed({"latest_posts": [post(1, **fields)]}).items
    return item


def recorded(name: str) -> Any:
    return json.loads((DATA / f"discourse-{name}.json").read_text())


class TestRecordedAnswers:
    @pytest.mark.parametrize(("name", "people"), [("latest", 2), ("before", 1)])
    def test_the_latest_posts_without_those_of_the_forum_itself(
        self, name: str, people: int
    ) -> None:
        document = recorded(name)
        found = listed(document)
        # The recorded posts of `system` carry the number of a person: they stay.
        by_people = [i for i in found.items if i.author == "johndoe"]
        assert len(by_people) == people
        assert found.entries == len(document["latest_posts"])
        assert by_people[-1].url == f"{SERVER}/t/this-is-an-uncategorized-title/11/1"
        assert by_people[-1].title == "This is an uncategorized title"

    def test_a_topic_without_its_notices(self) -> None:
        found = listed(recorded("topic"))
        assert len(found.items) == 3
        assert found.set_aside == 1
        assert {item.title for item in found.items} == {recorded("topic")["title"]}


class TestPosts:
    def test_all_that_it_says_of_itself(self) -> None:
        assert one() == Item(
            native_id="1",
            url=f"{SERVER}/t/lampe-aube/812/1",
            author="Camille_R",
            title="Lampe &lt;Aube&gt;",
            text="<p>message 1</p>",
            posted_at=NOW - timedelta(days=99),
            is_html=True,
            thread_url=f"{SERVER}/t/lampe-aube/812",
        )

    def test_what_is_not_cooked_is_read_raw(self) -> None:
        item = one(cooked=None, raw="J'attends > 3 semaines")
        assert (item.text, item.is_html) == ("J'attends > 3 semaines", False)

    @pytest.mark.parametrize(
        "fields",
        [
            {"post_type": 2}, {"post_type": 3}, {"post_type": 4},
            {"action_code": "closed.enabled"}, {"deleted_at": "2026-11-20T08:00:00Z"},
            {"user_deleted": True}, {"hidden": True}, {"user_id": -1},
        ],
    )  # fmt: skip
    def test_notices_whispers_and_deleted_posts_are_no_messages(
        self, fields: Mapping[str, Any]
    ) -> None:
        found = listed({"latest_posts": [post(1, **fields), post(2)]})
        assert [item.native_id for item in found.items] == ["2"]
        assert found.set_aside == 1

    def test_a_private_conversation_is_never_taken(self) -> None:
        topic = {"archetype": "private_message", "post_stream": {"posts": [post(1)]}}
        assert not listed(topic).items

    def test_whom_a_post_answers(self) -> None:
        found = listed({"post_stream": {"posts": [post(1), post(2, reply_to_post_number=1)]}})
        assert [item.parent_id for item in found.items] == [None, "1"]

    @pytest.mark.parametrize("slug", ["", "../..", None, "a b"])
    def test_an_odd_name_of_a_topic_leads_to_it_all_the_same(self, slug: str | None) -> None:
        assert one(topic_slug=slug).url == f"{SERVER}/t/-/812/1"

    def test_a_post_without_a_topic_has_no_address(self) -> None:
        assert one(topic_id="../9").url is None

    def test_a_list_beyond_all_measure_is_cut(self) -> None:
        found = listed({"latest_posts": [post(n) for n in range(ITEM_LIMIT + 5)]})
        assert len(found.items) == ITEM_LIMIT
        assert found.problem is not None

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from([*post(1), "latest_posts", "post_stream", "posts", "title"])
                    | st.text(),
                    inner,
                )
            ),
        )
    )
    def test_no_answer_trips_it(self, document: object) -> None:
        assert isinstance(parse(document, "", SERVER, NOW), Listed | Problem)
        assert isinstance(listed({"latest_posts": [document, post(1)]}), Listed)

    @given(st.dictionaries(st.sampled_from([*post(1)]), st.none() | st.integers() | st.text()))
    def test_no_post_trips_it(self, fields: Mapping[str, Any]) -> None:
        posts = [post(1), {**post(2), **fields}]
        assert isinstance(listed({"latest_posts": posts}), Listed)


def read(site: Site, watch: Mapping[str, Any] | None = None, **settings: Any) -> Any:
    return fetch(
        "discourse", server=site.url("/forum"), watch=watch or {"latest": True}, **settings
    )


def serve_posts(site: Site, *pages: list[dict[str, Any]], again: bool = True) -> None:
    """Serve the latest posts; `again` with the post that `before` names, as some versions do."""
    path = "/forum/posts.json"
    last: list[dict[str, Any]] = []
    for page in [*pages, []]:
        site.pages[path] = answer({"latest_posts": [*(last if again else []), *page]})
        path = f"/forum/posts.json?before={page[-1]['id']}" if page else ""
        last = page[-1:]


class TestReading:
    @pytest.mark.parametrize("again", [True, False])
    def test_pages_follow_the_oldest_post(self, site: Site, again: bool) -> None:
        serve_posts(site, [post(9), post(8)], [post(7)], again=again)
        outcome = fresh(read(site))
        assert ids(outcome) == ["9", "8", "7"]
        assert outcome.problem is None

    def test_the_second_read_stops_a_day_before_the_first(self, site: Site) -> None:
        serve_posts(site, [post(100)], [post(98)], [post(97)], again=False)
        first = read(site)
        site.asked.clear()
        assert fresh(read(site, cursor=cursor_of(first))).shortened
        assert asked(site) == ["/forum/posts.json", "/forum/posts.json?before=100"]

    def test_a_category_is_chosen_among_the_latest(self, site: Site) -> None:
        serve_posts(site, [post(9), post(8, category_id=4)])
        outcome = fresh(read(site, {"category": 4}))
        assert ids(outcome) == ["8"]
        assert outcome.left_out > 0

    def test_a_key_is_sent_with_the_name_of_its_user(self, site: Site) -> None:
        serve_posts(site, [post(9)])
        read(site, auth=KEY)
        headers = site.asked[0][1]
        assert (headers["Api-Key"], headers["Api-Username"]) == (SECRET, "lumen")

    def test_ids_that_change_every_time_end(self, site: Site) -> None:
        serve_posts(site, *([post(n)] for n in range(99, 9, -1)))
        assert len(ids(read(site))) == 5

    @pytest.mark.parametrize(
        ("code", "auth", "expected"),
        [
            (401, None, Trouble.ACCOUNT_NEEDED), (403, None, Trouble.ACCOUNT_NEEDED),
            (403, KEY, Trouble.FORBIDDEN), (401, KEY, Trouble.NOT_ACCEPTED),
            (404, None, Trouble.NOT_THERE), (410, None, Trouble.NOT_THERE),
            (422, KEY, Trouble.FORBIDDEN), (429, None, Trouble.TOLD_TO_WAIT),
            (500, None, Trouble.ILL), (503, None, Trouble.TOLD_TO_WAIT),
        ],
    )  # fmt: skip
    def test_refusals_have_words_of_their_own(
        self, site: Site, code: int, auth: Mapping[str, str] | None, expected: Trouble
    ) -> None:
        site.pages["/forum/posts.json"] = answer({"errors": ["no"]}, status=code)
        assert trouble(read(site, **({"auth": auth} if auth else {}))) is expected

    def test_a_forum_that_asks_to_wait_is_obeyed(self, site: Site) -> None:
        told = {"Retry-After": "37"}
        site.pages["/forum/posts.json"] = answer({"errors": ["slow"]}, told, 429)
        assert read(site).not_before == NOW + timedelta(seconds=37)

    def test_a_body_that_breaks_off_is_unknown(self, site: Site) -> None:
        site.page("/forum/posts.json", json.dumps({"latest_posts": [post(1)]}).encode()[:-9])
        assert trouble(read(site)) is Trouble.BROKEN_OFF


def hit(number: int, topic: int = 812) -> dict[str, Any]:
    return {"id": number, "topic_id": topic, "created_at": post(number)["created_at"]}


def serve_search(site: Site, query: str, *pages: list[dict[str, Any]]) -> None:
    for number, hits in enumerate(pages, start=1):
        more = True if number < len(pages) else None
        found = {
            "posts": hits,
            "topics": [{"id": 812, "title": "Lampe Aube"}],
            "grouped_search_result": {"more_full_page_results": more},
        }
        site.pages[f"/forum/search.json?q={query}&page={number}"] = answer(found)


def serve_topic_posts(site: Site, topic: int, *numbers: int) -> None:
    asked_for = "&".join(f"post_ids%5B%5D={n}" for n in numbers)
    posts = [post(n, topic_id=topic, topic_title=None) for n in numbers]
    site.pages[f"/forum/t/{topic}/posts.json?{asked_for}"] = answer(
        {"post_stream": {"posts": posts}, "id": topic}
    )


class TestSearches:
    def test_what_is_found_is_read_whole_topic_by_topic(self, site: Site) -> None:
        serve_search(site, "panne+lampe+order%3Alatest", [hit(9), hit(5, 813), hit(8)])
        serve_topic_posts(site, 812, 9, 8)
        serve_topic_posts(site, 813, 5)
        outcome = fresh(read(site, {"search": "panne lampe"}))
        assert ids(outcome) == ["9", "8", "5"]
        assert [item.title for item in outcome.items] == ["Lampe Aube", "Lampe Aube", ""]
        assert outcome.items[0].text == "<p>message 9</p>"

    def test_a_tag_is_a_search(self, site: Site) -> None:
        serve_search(site, "tags%3Alampe+order%3Alatest", [hit(9)], [hit(8)])
        serve_topic_posts(site, 812, 9, 8)
        assert ids(read(site, {"tag": "lampe"})) == ["9", "8"]

    def test_only_what_came_since_the_last_read_is_asked_for(self, site: Site) -> None:
        serve_search(site, "panne+order%3Alatest", [hit(100), hit(3)], [hit(2)])
        serve_topic_posts(site, 812, 100, 3, 2)
        first = read(site, {"search": "panne"})
        serve_search(site, "panne+order%3Alatest", [hit(100), hit(3)], [hit(2)])
        serve_topic_posts(site, 812, 100)
        outcome = fresh(read(site, {"search": "panne"}, cursor=cursor_of(first)))
        assert ids(outcome) == ["100"]
        assert outcome.shortened

    def test_nothing_found_is_read_and_empty(self, site: Site) -> None:
        path = "/forum/search.json?q=panne+order%3Alatest&page=1"
        site.pages[path] = answer({"grouped_search_result": None, "posts": []})
        assert ids(read(site, {"search": "panne"})) == []

    @pytest.mark.parametrize("found", [[], {}, 7])
    def test_an_answer_of_another_shape_is_unknown(self, site: Site, found: object) -> None:
        site.pages["/forum/search.json?q=panne+order%3Alatest&page=1"] = answer(found)
        assert trouble(read(site, {"search": "panne"})) is Trouble.NO_LIST

    def test_a_topic_that_is_closed_to_us_costs_the_others_nothing(self, site: Site) -> None:
        serve_search(site, "panne+order%3Alatest", [hit(9), hit(5, 813)])
        site.pages["/forum/t/812/posts.json?post_ids%5B%5D=9"] = answer({}, status=403)
        serve_topic_posts(site, 813, 5)
        outcome = fresh(read(site, {"search": "panne"}))
        assert ids(outcome) == ["5"]
        assert outcome.left_out == 1

    def test_a_forum_that_falls_ill_halfway_is_read_again_from_there(self, site: Site) -> None:
        serve_search(site, "panne+order%3Alatest", [hit(9), hit(5, 813)])
        serve_topic_posts(site, 812, 9)
        site.pages["/forum/t/813/posts.json?post_ids%5B%5D=5"] = answer({}, status=500)
        outcome = fresh(read(site, {"search": "panne"}))
        assert ids(outcome) == ["9"]
        assert outcome.problem is not None
        assert outcome.etag is None


class TestForumsThatNeverEnd:
    def test_a_search_that_finds_more_than_it_may(self, site: Site) -> None:
        serve_search(site, "panne+order%3Alatest", [hit(n, 1000 + n) for n in range(1, 3000)])
        for number in range(1, 51):
            serve_topic_posts(site, 1000 + number, number)
        assert len(ids(read(site, {"search": "panne"}))) == 50
        assert len(site.asked) == 51

    def test_answers_so_slow_that_they_would_hold_up_the_run(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("runner.sources.page_requests.LONGEST", 0.0)
        serve_search(site, "panne+order%3Alatest", [hit(9)])
        assert trouble(read(site, {"search": "panne"})) is Trouble.TOO_SLOW


class TestTopics:
    def serve(self, site: Site, posts: int) -> None:
        site.pages["/forum/t/812.json"] = answer(
            {
                "id": 812,
                "title": "Lampe Aube",
                "post_stream": {"posts": [post(1)], "stream": list(range(1, posts + 1))},
            }
        )
        rest = list(range(posts, 1, -1))
        for start in range(0, len(rest), 20):
            serve_topic_posts(site, 812, *rest[start : start + 20])

    def expanded(self, site: Site, thread: ThreadRequest) -> Any:
        return expand("discourse", thread, server=site.url("/forum"), watch={"latest": True})

    def test_a_topic_is_read_to_its_newest_post(self, site: Site) -> None:
        self.serve(site, 30)
        outcome = fresh(read(site, {"topic": 812}))
        assert len(outcome.items) == 30
        assert not outcome.shortened

    def test_of_a_long_topic_the_newest_posts_are_read(self, site: Site) -> None:
        self.serve(site, 300)
        outcome = fresh(read(site, {"topic": 812}))
        assert len(outcome.items) == 101
        assert "300" in ids(outcome)
        assert outcome.shortened

    @pytest.mark.parametrize(
        "path", ["/t/lampe-aube/812/3", "/t/lampe-aube/812", "/t/812", "/t/-/812/3"]
    )
    def test_a_conversation_is_its_topic(self, site: Site, path: str) -> None:
        self.serve(site, 3)
        found = fresh(self.expanded(site, ThreadRequest(site.url(f"/forum{path}"), "3")))
        assert sorted(str(i.native_id) for i in found.items) == ["1", "2", "3"]

    def test_a_post_without_an_address_names_its_topic(self, site: Site) -> None:
        self.serve(site, 3)
        site.pages["/forum/posts/3.json"] = answer(post(3))
        assert len(ids(self.expanded(site, ThreadRequest(None, "3")))) == 3

    def test_a_topic_that_was_deleted_is_not_there(self, site: Site) -> None:
        site.pages["/forum/t/812.json"] = answer({}, status=404)
        thread = ThreadRequest(site.url("/forum/t/x/812/3"), None)
        assert trouble(self.expanded(site, thread)) is Trouble.NOT_THERE

    @pytest.mark.parametrize("native_id", [None, "", "../7", "x"])
    def test_what_names_no_post_has_no_conversation(
        self, site: Site, native_id: str | None
    ) -> None:
        thread = ThreadRequest("https://elsewhere.example.org/t/x/812", native_id)
        assert trouble(self.expanded(site, thread)) is Trouble.NO_CONVERSATION
        assert site.asked == []
