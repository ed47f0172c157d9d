"""Bluesky on loopback, as its servers answer: cursors, sessions, threads, labels, odd dates."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import NOW, Site
from networked import DATA, SECRET, answer, asked, cursor_of, expand, fetch, fresh, ids, trouble

from runner.cases.instants import render_instant
from runner.model import Item
from runner.sources.adapter import ITEM_LIMIT, ThreadRequest
from runner.sources.bluesky import parse, parse_at_uri, web_url
from runner.sources.json_items import Listed
from runner.sources.moments import parse_instant
from runner.sources.problems import Problem, Trouble

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
SEARCH = "/xrpc/app.bsky.feed.searchPosts?q=lumen&sort=latest&limit=100"
THREAD = "/xrpc/app.bsky.feed.getPostThread?uri={}&depth=100&parentHeight=100"
SESSION = "/xrpc/com.atproto.server.createSession"
NOTICES = (
    "/xrpc/app.bsky.notification.listNotifications"
    "?reasons=mention&reasons=reply&reasons=quote&limit=100"
)
MEMBER = {"variable": "TOKEN", "user": "lumen.example.org"}


def uri(number: int) -> str:
    return f"at://{DID}/app.bsky.feed.post/3k{number}"


def post(number: int, record: Mapping[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A post, the higher its number the newer."""
    at = render_instant(NOW - timedelta(days=100 - number))
    return {
        "uri": uri(number),
        "author": {"did": DID, "handle": "camille.example.org"},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": f"message {number}",
            "createdAt": at,
            "langs": ["fr", "en"],
            **(record or {}),
        },
        "indexedAt": at,
        "labels": [],
        **fields,
    }


def listed(document: object, *, member: bool = False) -> Listed:
    found = parse(document, "", NOW, member=member)
    assert isinstance(found, Listed), found
    return found


def one(record: Mapping[str, Any] | None = None, **fields: Any) -> Item:
    (item,) = listed({"posts": [post(1, record, **fields)]}).items
    return item


def lines(name: str) -> list[str]:
    text = (DATA / f"bluesky-{name}.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class TestRecordedAnswers:
    def test_a_thread_whose_pictures_have_no_words(self) -> None:
        found = listed(json.loads((DATA / "bluesky-thread.json").read_text()))
        assert found.entries == 1
        assert found.wordless == 1
        assert found.items == ()

    @pytest.mark.parametrize("text", lines("dates-valid"))
    def test_every_date_that_is_one_is_understood(self, text: str) -> None:
        assert parse_instant(text) is not None

    @pytest.mark.parametrize("text", lines("dates-invalid"))
    def test_no_date_that_is_none_trips_it(self, text: str) -> None:
        item = one({"createdAt": text}, indexedAt="2026-11-20T08:00:00Z")
        assert item.posted_at is None or item.posted_at <= datetime(2026, 11, 20, 8, tzinfo=UTC)

    @pytest.mark.parametrize("text", lines("uris-valid"))
    def test_every_address_that_is_one_is_understood(self, text: str) -> None:
        assert parse_at_uri(text) is not None

    @pytest.mark.parametrize("text", lines("uris-invalid"))
    def test_no_address_that_is_none_becomes_a_link(self, text: str) -> None:
        assert web_url(text) is None


class TestPosts:
    def test_all_that_it_says_of_itself(self) -> None:
        root = {"root": {"uri": uri(7)}, "parent": {"uri": uri(8)}}
        assert one({"reply": root}) == Item(
            native_id=uri(1),
            url=f"https://bsky.app/profile/{DID}/post/3k1",
            author="camille.example.org",
            title="",
            text="message 1",
            posted_at=NOW - timedelta(days=99),
            language="fr",
            thread_url=f"https://bsky.app/profile/{DID}/post/3k7",
            parent_id=uri(8),
        )

    def test_what_pictures_and_films_show_are_words(self) -> None:
        pictures = {"images": [{"alt": "La lampe fendue"}, {"alt": ""}]}
        assert one({"text": "", "embed": pictures}).text == "La lampe fendue"
        film = {"media": {"alt": "Elle clignote"}, "record": {"record": {"uri": uri(2)}}}
        assert one({"embed": film}).text == "message 1\n\nElle clignote"

    def test_a_quoted_post_is_no_word_of_who_quotes(self) -> None:
        quoted = {"record": {"value": {"text": "Nul !"}, "author": {"handle": "x.example.org"}}}
        item = one(embed={"$type": "app.bsky.embed.record#view", "record": quoted})
        assert item.text == "message 1"

    def test_a_link_cut_short_for_the_eye_is_whole(self) -> None:
        text = "Écrit ici\N{NO-BREAK SPACE}: example.org/suivi… merci"
        start = len(text.partition("example")[0].encode())
        facet = {
            "index": {"byteStart": start, "byteEnd": start + len("example.org/suivi…".encode())},
            "features": [{"uri": "https://example.org/suivi/42"}],
        }
        words = one({"text": text, "facets": [facet, facet]}).text
        assert words == "Écrit ici\N{NO-BREAK SPACE}: https://example.org/suivi/42 merci"

    def test_links_without_number_take_no_time(self) -> None:
        links = [
            {
                "index": {"byteStart": at, "byteEnd": at + length},
                "features": [{"uri": "https://example.org"}],
            }
            for at in range(0, 200_000, 4)
            for length in (4, 200_000)
        ]
        words = one({"text": "a…" * 50_000, "facets": links}).text
        assert words == "https://example.org" * 50_000

    @pytest.mark.parametrize(
        "index", [None, {}, {"byteStart": -5, "byteEnd": 4}, {"byteStart": 1, "byteEnd": 9**9}]
    )
    def test_links_that_lead_nowhere_change_nothing(self, index: object) -> None:
        facet = {"index": index, "features": [{"uri": "https://example.org"}]}
        assert one({"text": "voir ici…", "facets": [facet]}).text == "voir ici…"

    def test_a_handle_that_is_not_proved_is_no_name(self) -> None:
        assert one(author={"did": DID, "handle": "handle.invalid"}).author == DID

    def test_a_date_before_it_was_seen_is_the_writers(self) -> None:
        assert one(
            {"createdAt": "2026-11-19T08:00:00Z"}, indexedAt="2026-11-20T08:00:00Z"
        ).posted_at == datetime(2026, 11, 19, 8, tzinfo=UTC)

    def test_a_date_after_it_was_seen_is_not(self) -> None:
        assert one(
            {"createdAt": "2031-01-01T00:00:00Z"}, indexedAt="2026-11-20T08:00:00Z"
        ).posted_at == datetime(2026, 11, 20, 8, tzinfo=UTC)

    @pytest.mark.parametrize("label", ["!hide", "!takedown"])
    def test_what_is_withdrawn_is_never_taken(self, label: str) -> None:
        assert listed({"posts": [post(1, labels=[{"val": label}])]}, member=True).set_aside == 1

    def test_who_wants_members_alone_is_shown_to_members_alone(self) -> None:
        author = {"did": DID, "handle": "x.example.org", "labels": [{"val": "!no-unauthenticated"}]}
        answered = {"posts": [post(1, author=author)]}
        assert listed(answered).set_aside == 1
        assert len(listed(answered, member=True).items) == 1

    def test_reposts_likes_and_strangers_are_left_out(self) -> None:
        feed = [
            {"post": post(1), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}},
            {"post": post(2)},
        ]
        assert [i.native_id for i in listed({"feed": feed}).items] == [uri(2)]
        told = [post(1, reason="like"), post(2, reason="mention"), post(3, reason="quote")]
        assert len(listed({"notifications": told}).items) == 2
        assert listed({"posts": [post(1, {"$type": "app.bsky.graph.follow"})]}).set_aside == 1

    def test_a_list_beyond_all_measure_is_cut(self) -> None:
        found = listed({"posts": [post(n) for n in range(ITEM_LIMIT + 5)]})
        assert len(found.items) == ITEM_LIMIT
        assert found.problem is not None

    def test_a_thread_deeper_than_any_stack(self) -> None:
        thread: dict[str, Any] = {"post": post(0)}
        for number in range(1, 5000):
            thread = {"post": post(number % 90), "replies": [thread]}
        assert listed({"thread": thread}).entries == 5000

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [*post(1), "posts", "feed", "notifications", "thread", "replies", "parent",
                     "post", "facets", "embed", "images", "index", "features", "langs", "text"]
                )
                | st.text(),
                inner,
            ),
        )
    )  # fmt: skip
    def test_no_answer_trips_it(self, document: object) -> None:
        assert isinstance(parse(document, "", NOW), Listed | Problem)
        wrapped = {"posts": [post(1), {**post(2), "record": document}, document]}
        assert isinstance(parse(wrapped, "", NOW), Listed)


def read(site: Site, watch: Mapping[str, Any] | None = None, **settings: Any) -> Any:
    return fetch("bluesky", server=site.url(""), watch=watch or {"search": "lumen"}, **settings)


class TestReading:
    def test_pages_follow_the_cursor(self, site: Site) -> None:
        site.pages[SEARCH] = answer({"posts": [post(9)], "cursor": "a/b=="})
        site.pages[f"{SEARCH}&cursor=a%2Fb%3D%3D"] = answer({"posts": [post(8)]})
        assert ids(read(site)) == [uri(9), uri(8)]

    def test_the_second_read_stops_a_day_before_the_first(self, site: Site) -> None:
        site.pages[SEARCH] = answer({"posts": [post(100)], "cursor": "1"})
        site.pages[f"{SEARCH}&cursor=1"] = answer({"posts": [post(98)], "cursor": "2"})
        site.pages[f"{SEARCH}&cursor=2"] = answer({"posts": []})
        first = read(site)
        site.asked.clear()
        assert fresh(read(site, cursor=cursor_of(first))).shortened
        assert asked(site) == [SEARCH, f"{SEARCH}&cursor=1"]

    def test_a_cursor_that_stays_the_same_ends(self, site: Site) -> None:
        site.pages[SEARCH] = answer({"posts": [post(9)], "cursor": "1"})
        site.pages[f"{SEARCH}&cursor=1"] = answer({"posts": [post(8)], "cursor": "1"})
        assert len(ids(read(site, pages=50))) == 2
        assert len(site.asked) == 2

    def test_an_app_password_opens_one_session(self, site: Site) -> None:
        site.pages[SESSION] = answer({"accessJwt": "jwt-1", "did": DID})
        site.pages[NOTICES] = answer({"notifications": [post(1, reason="mention")]})
        assert ids(read(site, {"mentions": True}, auth=MEMBER)) == [uri(1)]
        ((_, headers, body),) = site.posted
        assert json.loads(body) == {"identifier": "lumen.example.org", "password": SECRET}
        assert "Authorization" not in headers
        assert site.asked[0][1]["Authorization"] == "Bearer jwt-1"

    def test_a_token_is_sent_as_it_is(self, site: Site) -> None:
        site.pages[NOTICES] = answer({"notifications": []})
        read(site, {"mentions": True}, auth={"variable": "TOKEN"})
        assert site.asked[0][1]["Authorization"] == f"Bearer {SECRET}"
        assert site.posted == []

    @pytest.mark.parametrize("opened", [{}, {"accessJwt": ""}, {"accessJwt": "a\nb"}, []])
    def test_a_session_without_a_token_is_no_session(self, site: Site, opened: object) -> None:
        site.pages[SESSION] = answer(opened)
        assert trouble(read(site, auth=MEMBER)) is Trouble.NOT_ACCEPTED

    def test_a_password_that_is_not_accepted_is_named(self, site: Site) -> None:
        site.pages[SESSION] = answer({"error": "AuthenticationRequired"}, status=401)
        assert trouble(read(site, auth=MEMBER)) is Trouble.NOT_ACCEPTED
        assert site.asked == []

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            (400, Trouble.ODD_STATUS), (401, Trouble.ACCOUNT_NEEDED), (403, Trouble.ACCOUNT_NEEDED),
            (404, Trouble.NOT_THERE), (410, Trouble.NOT_THERE), (422, Trouble.ACCOUNT_NEEDED),
            (429, Trouble.TOLD_TO_WAIT), (500, Trouble.ILL), (502, Trouble.ILL),
        ],
    )  # fmt: skip
    def test_refusals_have_words_of_their_own(
        self, site: Site, code: int, expected: Trouble
    ) -> None:
        site.pages[SEARCH] = answer({"error": "no"}, status=code)
        assert trouble(read(site)) is expected

    def test_when_to_come_again_is_read_from_its_headers(self, site: Site) -> None:
        reset = int((NOW + timedelta(minutes=3)).timestamp())
        told = {"RateLimit-Remaining": "0", "RateLimit-Limit": "30", "RateLimit-Reset": str(reset)}
        site.pages[SEARCH] = answer({"error": "RateLimitExceeded"}, told, 429)
        assert read(site).not_before == NOW + timedelta(minutes=3)

    def test_an_account_that_nobody_has_is_not_there(self, site: Site) -> None:
        asked_for = "actor=x.example.org&filter=posts_with_replies&limit=100"
        path = f"/xrpc/app.bsky.feed.getAuthorFeed?{asked_for}"
        site.pages[path] = answer({"error": "InvalidRequest"}, status=400)
        assert trouble(read(site, {"account": "@x.example.org"})) is Trouble.NOT_THERE

    def test_a_body_that_breaks_off_is_unknown(self, site: Site) -> None:
        site.page(SEARCH, json.dumps({"posts": [post(1)]}).encode()[:-20])
        assert trouble(read(site)) is Trouble.BROKEN_OFF


class TestConversations:
    def expanded(self, site: Site, thread: ThreadRequest) -> Any:
        return expand("bluesky", thread, server=site.url(""), watch={"search": "lumen"})

    def serve(self, site: Site, thread: object, status: int = 200) -> None:
        encoded = uri(1).replace(":", "%3A").replace("/", "%2F")
        site.pages[THREAD.format(encoded)] = answer({"thread": thread}, status=status)

    @pytest.mark.parametrize(
        "thread",
        [
            ThreadRequest(None, uri(2), f"https://bsky.app/profile/{DID}/post/3k1"),
            ThreadRequest(None, uri(1)),
            ThreadRequest(f"https://bsky.app/profile/{DID}/post/3k1", None),
        ],
    )
    def test_from_the_first_post_on(self, site: Site, thread: ThreadRequest) -> None:
        reply = {"parent": {"uri": uri(1)}, "root": {"uri": uri(1)}}
        self.serve(
            site,
            {
                "post": post(1),
                "replies": [
                    {"post": post(2, {"reply": reply}), "replies": []},
                    {"$type": "app.bsky.feed.defs#blockedPost", "blocked": True},
                ],
            },
        )
        found = fresh(self.expanded(site, thread))
        assert {i.native_id: i.parent_id for i in found.items} == {uri(1): None, uri(2): uri(1)}
        assert not found.shortened

    def test_answers_that_are_not_shown_are_said(self, site: Site) -> None:
        self.serve(site, {"post": post(1, replyCount=3), "replies": []})
        assert fresh(self.expanded(site, ThreadRequest(None, uri(1)))).shortened

    def test_a_post_that_was_deleted_is_not_there(self, site: Site) -> None:
        self.serve(site, None, status=400)
        assert trouble(self.expanded(site, ThreadRequest(None, uri(1)))) is Trouble.NOT_THERE

    @pytest.mark.parametrize(
        "native_id", [None, "", "7", "at://x", f"at://{DID}/app.bsky.feed.like/1"]
    )
    def test_what_is_no_post_has_no_conversation(self, site: Site, native_id: str | None) -> None:
        thread = ThreadRequest("https://elsewhere.example.org/profile/x/post/1", native_id)
        assert trouble(self.expanded(site, thread)) is Trouble.NO_CONVERSATION
        assert site.asked == []
