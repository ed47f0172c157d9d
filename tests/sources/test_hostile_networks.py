"""Networks, forums, conversations and looks, answered with harm: all end in time and in bounds."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hostile_answers import BOMBS, BOUNDS, DOCUMENTS, ENDLESS, Answer, bounded
from loopback_site import NOW, Exchange, Site, desk, source

from runner.cases.instants import render_instant
from runner.planning.looking import OurMessage, Sighting
from runner.planning.observation import ReadStatus, SourceRead
from runner.planning.watching import WatchedThread
from runner.policies.values import Source
from runner.sources.collect import Errand, read_sources
from runner.sources.conversations import read_conversations
from runner.sources.looks import look_at

NETWORKS = ("mastodon", "bluesky", "discourse")
KINDS = (*NETWORKS, "feed", "html", "json")
WATCHED = {
    "mastodon": {"tag": "lumen"},
    "bluesky": {"search": "lumen"},
    "discourse": {"latest": True},
}
ERRAND = Errand(now=NOW, judged_by="", allow_loopback=True, bounds=BOUNDS)
URI = "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3kabcdefghijk"
TEXTS = ("Bonjour Camille, votre lampe est réparée et repart demain.", "Ma lampe est en panne !")


def watched(kind: str, site: Site) -> Source:
    if kind in NETWORKS:
        return source("hostile", kind, server=site.url("").rstrip("/"), watch=WATCHED[kind])
    settings: dict[str, object] = {"url": site.url()}
    if kind == "json":
        listed = {"items": "items", "map": {"text": "text", "native_id": "id"}}
        settings |= {**listed, "expand": {"url": site.url("/{native_id}")}}
    return source("hostile", kind, **settings)


def answer_all(site: Site, answer: Answer) -> None:
    """Answer every address so; robots.txt allows everything."""
    site.pages = defaultdict(lambda: answer)
    site.pages["/robots.txt"] = lambda exchange: exchange.answer(404)


def read(kind: str, site: Site) -> SourceRead:
    (done,) = read_sources(desk(watched(kind, site)), Path(), ERRAND)
    return done


def place_of(kind: str, site: Site) -> dict[str, Any]:
    """Return where a message is said to stand."""
    page = site.url({"mastodon": "/@camille/109", "discourse": "/t/lampe/812/3"}.get(kind, "/"))
    return {"url": page, "native_id": URI if kind == "bluesky" else "109"}


def read_conversation(kind: str, site: Site) -> str:
    """Return why a conversation could not be read, or what it says."""
    thread = WatchedThread(
        "c-7f3k2m9x4q5t", "p1", "hostile", thread_url=None, **place_of(kind, site)
    )
    (done,) = read_conversations(desk(watched(kind, site)), Path(), [thread], ERRAND)
    assert "bug" not in done.problem
    assert done.problem or done.status is ReadStatus.READ
    return done.problem


def look(kind: str, site: Site) -> str:
    """Return why a message of ours could not be looked for."""
    where = place_of(kind, site)
    ours = OurMessage(
        case_id="c-7f3k2m9x4q5t", place="p1", kind="closing", source="hostile", **where,
        text=TEXTS[0], said_at=NOW, recorded_at=NOW, site="forum.example.org",
        place_url=where["url"], place_native_id=where["native_id"], thread_url=None,
        asked=TEXTS[1], author="Camille",
    )  # fmt: skip
    (seen,) = look_at(desk(watched(kind, site)), Path(), [ours], ERRAND)
    assert "bug" not in seen.detail
    assert seen.sighting is Sighting.UNVERIFIED
    return seen.doubt.value


def reason_to_read(kind: str, site: Site) -> str:
    done = read(kind, site)
    assert done.status is ReadStatus.UNKNOWN
    assert "bug" not in done.problem
    return done.problem


WAYS: dict[str, Callable[[Site], str]] = {
    **{kind: (lambda site, kind=kind: reason_to_read(kind, site)) for kind in NETWORKS},
    **{
        f"{kind} conversation": (lambda site, kind=kind: read_conversation(kind, site))
        for kind in KINDS
    },
    **{f"{kind} look": (lambda site, kind=kind: look(kind, site)) for kind in NETWORKS},
    "page look": lambda site: look("html", site),
}
"""All that asks the web; each gives why nothing can be concluded."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bomb", ["gzip", "bare deflate"])
def test_packed_bombs_are_refused_before_they_unfold(way: str, bomb: str, site: Site) -> None:
    packing, body = BOMBS[bomb]
    answer_all(site, lambda it: it.answer(200, body, {"Content-Encoding": packing}))
    with bounded():
        assert WAYS[way](site)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", ["body", "slow body"])
def test_what_never_ends_is_cut_off(way: str, what: str, site: Site) -> None:
    answer_all(site, ENDLESS[what])
    with bounded():
        assert WAYS[way](site)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/"])
def test_no_redirect_leads_into_a_private_network(way: str, target: str, site: Site) -> None:
    answer_all(site, lambda it: it.answer(302, headers={"Location": target}))
    assert WAYS[way](site)


@pytest.mark.parametrize("way", [way for way in WAYS if "feed" not in way])
@pytest.mark.parametrize("what", ["deep JSON", "a huge number", "half characters", "deep HTML"])
def test_a_document_made_to_blow_up_costs_little(way: str, what: str, site: Site) -> None:
    answer_all(site, lambda it: it.answer(200, DOCUMENTS[what].encode()))
    with bounded(measured=False):
        WAYS[way](site)


# Lists


def statuses(numbers: range, **fields: object) -> object:
    return [
        {
            "id": f"{10_000_000 - n}",
            "uri": f"https://a.example.org/{n}",
            "created_at": render_instant(NOW - timedelta(minutes=n)),
            "visibility": "public",
            "content": f"<p>Message {n}</p>",
            "account": {"acct": "camille"},
            **fields,
        }
        for n in numbers
    ]


def posts(numbers: range, **fields: object) -> object:
    return {
        "cursor": f"{numbers.stop}",
        "posts": [
            {
                "uri": f"at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/{n}",
                "author": {"did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "a.example.org"},
                "record": {
                    "text": f"Message {n}",
                    "createdAt": render_instant(NOW - timedelta(minutes=n)),
                },
                "indexedAt": render_instant(NOW - timedelta(minutes=n)),
                **fields,
            }
            for n in numbers
        ],
    }


def latest(numbers: range, **fields: object) -> object:
    return {
        "latest_posts": [
            {
                "id": 10_000_000 - n,
                "username": "camille",
                "created_at": render_instant(NOW - timedelta(minutes=n)),
                "cooked": f"<p>Message {n}</p>",
                "post_number": 1,
                "post_type": 1,
                "topic_id": 12,
                "topic_slug": "lampe",
                **fields,
            }
            for n in numbers
        ]
    }


WRITERS: dict[str, Callable[..., object]] = {
    "mastodon": statuses,
    "bluesky": posts,
    "discourse": latest,
}


def pages_without_end(kind: str, size: int) -> tuple[Answer, list[str]]:
    """Answer each request with messages that nobody has seen, and a page after it."""
    asked: list[str] = []

    def answer(exchange: Exchange) -> None:
        asked.append(exchange.path)
        start = len(asked) * size
        body = json.dumps(WRITERS[kind](range(start, start + size))).encode()
        link = f'<{exchange.server.url(f"/next/{start}")}>; rel="next"'
        exchange.answer(200, body, {"Link": link})

    return answer, asked


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_timeline_of_which_each_page_leads_to_another_ends(kind: str, site: Site) -> None:
    answer, asked = pages_without_end(kind, 40)
    answer_all(site, answer)
    done = read(kind, site)
    assert done.status is ReadStatus.READ
    assert len(asked) == 5
    assert len(done.mentions) == 5 * 40


HTML = '<script>x</script><img src=x onerror=y><a href="javascript:z">here</a>\x1b[31m\x07\u202ee'


@pytest.mark.parametrize("kind", NETWORKS)
def test_markup_and_acting_characters_in_any_field_do_nothing(kind: str, site: Site) -> None:
    fields: dict[str, dict[str, object]] = {
        "mastodon": {
            "content": f"Hello {HTML}", "spoiler_text": HTML, "uri": HTML, "url": HTML,
            "language": HTML, "account": {"acct": HTML, "url": HTML},
        },
        "bluesky": {
            "author": {"handle": HTML, "displayName": HTML},
            "record": {"text": f"Hello {HTML}", "createdAt": HTML, "langs": [HTML]},
        },
        "discourse": {
            "cooked": f"Hello {HTML}", "username": HTML, "topic_slug": HTML, "topic_title": HTML,
        },
    }  # fmt: skip
    body = json.dumps(WRITERS[kind](range(1), **fields[kind])).encode()
    answer_all(site, lambda it: it.answer(200, body))
    (mention,) = read(kind, site).mentions
    assert "Hello" in mention.text
    for shown in (mention.text, mention.title, mention.author or "", mention.url or ""):
        assert not set("\x1b\x07\u202e") & set(shown)
    assert not (mention.url or "").startswith("javascript")


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("at", ["2999-01-01T00:00:00Z", "", "yesterday", "9" * 400, None, [], True])
def test_dates_that_cannot_be_are_no_dates(kind: str, at: object, site: Site) -> None:
    record = {"record": {"text": "Message", "createdAt": at}, "indexedAt": at}
    fields = record if kind == "bluesky" else {"created_at": at}
    body = json.dumps(WRITERS[kind](range(1), **fields)).encode()
    answer_all(site, lambda it: it.answer(200, body))
    assert [mention.posted_at for mention in read(kind, site).mentions] == [None]


@pytest.mark.parametrize("charset", ["utf-16", "shift_jis", "utf-7", "no-such-charset", ""])
@pytest.mark.parametrize("kind", NETWORKS)
def test_a_charset_that_is_a_lie_trips_nothing(kind: str, charset: str, site: Site) -> None:
    body = json.dumps(WRITERS[kind](range(3)), ensure_ascii=False).encode()
    told = {"Content-Type": f"application/json; charset={charset}"}
    answer_all(site, lambda it: it.answer(200, body, told))
    assert len(read(kind, site).mentions) == 3


def test_a_topic_that_names_a_million_posts_is_asked_for_some(site: Site) -> None:
    stream = {"posts": [], "stream": list(range(400_000))}
    body = json.dumps({"id": 812, "title": "x", "post_stream": stream}).encode()
    answer_all(site, lambda it: it.answer(200, body))
    with bounded(measured=False):
        read_conversation("discourse", site)
    assert len(site.asked) < 10


@pytest.mark.parametrize("kind", NETWORKS)
def test_what_is_asked_with_a_token_is_asked_of_nobody_else(kind: str, site: Site) -> None:
    elsewhere = f"http://localhost:{site.port}/next"
    body = json.dumps(WRITERS[kind](range(40))).encode()
    answer_all(site, lambda it: it.answer(200, body, {"Link": f'<{elsewhere}>; rel="next"'}))
    read(kind, site)
    assert {headers["Host"] for _, headers in site.asked} == {f"127.0.0.1:{site.port}"}
