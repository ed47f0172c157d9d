"""Answers that mean harm: whatever asks the web ends in time and in bounds, and says why."""

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from hostile_answers import BOMBS, BOUNDS, DOCUMENTS, ENDLESS, Answer, bounded
from loopback_site import NOW, Site, desk, source

from runner.planning.observation import ReadStatus, SourceRead
from runner.policies.values import Source
from runner.sources.adapter import ITEM_LIMIT
from runner.sources.addresses import check_url
from runner.sources.collect import Errand, read_sources
from runner.sources.network import CheckedBackend, PrivateAddress

KINDS = ("feed", "json", "html")


def watched(kind: str, url: str) -> Source:
    settings: dict[str, object] = {"url": url}
    if kind == "json":
        settings |= {
            "items": "items",
            "map": {"text": "text", "native_id": "id", "posted_at": "at"},
        }
    return source("hostile", kind, **settings)


def read(kind: str, site: Site, answer: Answer, *, measured: bool = False) -> SourceRead:
    """Read a source whose page answers so; robots.txt allows everything."""
    site.pages["/robots.txt"] = lambda exchange: exchange.answer(404)
    site.pages["/"] = answer
    errand = Errand(now=NOW, judged_by="", allow_loopback=True, bounds=BOUNDS)
    with bounded(measured=measured):
        (done,) = read_sources(desk(watched(kind, site.url())), Path(), errand)
    return done


# Bytes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_packed_bomb_is_refused_before_it_unfolds(kind: str, bomb: str, site: Site) -> None:
    packing, body = BOMBS[bomb]
    done = read(
        kind,
        site,
        lambda exchange: exchange.answer(200, body, {"Content-Encoding": packing}),
        measured=True,
    )
    assert done.status is ReadStatus.UNKNOWN
    assert done.problem


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_cut_off(kind: str, what: str, site: Site) -> None:
    done = read(kind, site, ENDLESS[what], measured=True)
    assert done.status is ReadStatus.UNKNOWN
    assert done.problem


# Redirects and names


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://0.0.0.0/", "//10.0.0.1/x",
        "http://167772161/", "http://0xa.0.0.1/", "http://012.0.0.1/", "http://10.1/",
        "http://public.example.org@10.0.0.1/", "http://10.0.0.1\\@public.example.org/",
        "http://10.0.0.1%2f@public.example.org/", "file:///etc/passwd", "gopher://10.0.0.1/",
        "http://\u2488\uff10.0.0.1/",
    ],
)  # fmt: skip
def test_no_redirect_leads_into_a_private_network(kind: str, target: str, site: Site) -> None:
    sent = target.encode("utf-8").decode("latin-1")
    done = read(kind, site, lambda exchange: exchange.answer(302, headers={"Location": sent}))
    assert done.status is ReadStatus.UNKNOWN
    assert done.problem


def test_of_mixed_answers_only_the_allowed_address_is_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[str, int]] = []
    answers = ["10.0.0.1", "fd00::1", "::ffff:10.0.0.1", "169.254.169.254", "127.0.0.1"]

    def mixed(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, site.port)) for a in answers]

    async def connect() -> None:
        loop = asyncio.get_running_loop()
        plain = loop.sock_connect

        async def noted(sock: socket.socket, address: tuple[str, int]) -> None:
            tried.append(address[:2])
            await plain(sock, address)

        monkeypatch.setattr(loop, "sock_connect", noted)
        monkeypatch.setattr(socket, "getaddrinfo", mixed)
        backend = CheckedBackend(allow_loopback=True)
        stream = await backend.connect_tcp("mixed.example.org", site.port, timeout=5)
        monkeypatch.undo()
        peer = stream.get_extra_info("socket").getpeername()
        await stream.aclose()
        assert peer == ("127.0.0.1", site.port)

    asyncio.run(connect())
    assert {host for host, _ in tried} <= {"127.0.0.1"}


def test_mixed_answers_without_a_public_one_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["10.0.0.1", "127.0.0.1", "::1", "100.64.0.1"]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in answers],
    )
    with pytest.raises(PrivateAddress):
        asyncio.run(CheckedBackend(allow_loopback=False).connect_tcp("x.example.org", 80, 5))


@pytest.mark.parametrize("url", ["http://a:b@10.0.0.1/", "http://public.example.org:80@10.0.0.1/"])
def test_user_names_in_addresses_are_refused(url: str) -> None:
    assert not hasattr(check_url(url), "host")


# Documents


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_document_made_to_blow_up_costs_little(kind: str, what: str, site: Site) -> None:
    body = DOCUMENTS[what].encode()
    done = read(kind, site, lambda exchange: exchange.answer(200, body))
    assert all(len(m.text) <= 10_000 and "root:" not in m.text for m in done.mentions)


@pytest.mark.parametrize("what", ["entities in RSS", "entities in Atom", "one long entity, often"])
def test_a_feed_that_unfolds_says_so(what: str, site: Site) -> None:
    body = DOCUMENTS[what].encode()
    done = read("feed", site, lambda exchange: exchange.answer(200, body))
    assert done.status is ReadStatus.UNKNOWN
    assert "unfold into far more than is written" in done.problem


def rss(rows: Iterator[tuple[str, str, str]]) -> str:
    items = "".join(
        f"<item><guid>{escape(i)}</guid><description>{escape(t)}</description>"
        f"<pubDate>{escape(at)}</pubDate></item>"
        for i, t, at in rows
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def rows_of_json(rows: Iterator[tuple[str, str, str]]) -> str:
    return json.dumps({"items": [{"id": i, "text": t, "at": at} for i, t, at in rows]})


def reviews(rows: Iterator[tuple[str, str, str]]) -> str:
    listed = [
        {
            "@type": "Review",
            "identifier": i,
            "reviewBody": t,
            "datePublished": at,
            "author": f"A{i}",
        }
        for i, t, at in rows
    ]
    data = json.dumps({"@type": "Product", "review": listed}).replace("</", "<\\/")
    return f'<html><script type="application/ld+json">{data}</script></html>'


WRITERS = {"feed": rss, "json": rows_of_json, "html": reviews}


@pytest.mark.parametrize("kind", KINDS)
def test_of_very_many_messages_so_many_are_read_and_the_rest_is_told(kind: str, site: Site) -> None:
    rows = ((f"m-{n}", f"Message {n}.", "2026-11-20T10:00:00Z") for n in range(ITEM_LIMIT + 5))
    body = WRITERS[kind](rows).encode()
    done = read(kind, site, lambda exchange: exchange.answer(200, body))
    assert done.status is ReadStatus.READ
    assert len(done.mentions) == ITEM_LIMIT
    assert done.problem


HTML = (
    '<script>alert(1)</script><style>x{}</style><img src=x onerror=alert(1) alt="hm">'
    '<a href="javascript:alert(1)">here</a><!-- --><iframe src="//x"></iframe>\x1b[31mred\x07'
    "\u202eevil\u202c"
)


@pytest.mark.parametrize("kind", KINDS)
def test_markup_and_acting_characters_in_any_field_do_nothing(kind: str, site: Site) -> None:
    said = f"Hello {HTML} world" if kind == "html" else f"Hello {HTML} world".replace("\x1b", "")
    rows = iter([(f"1{HTML}".replace("\x1b", "").replace("\x07", ""), said.replace("\x07", ""),
                  "2026-11-20T10:00:00Z")])  # fmt: skip
    body = WRITERS[kind](rows).encode()
    done = read(kind, site, lambda exchange: exchange.answer(200, body))
    (mention,) = done.mentions
    assert "Hello" in mention.text
    for shown in (mention.text, mention.title, mention.author or "", mention.native_id or ""):
        assert not set("\x1b\x07\u202e\u202c") & set(shown)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "date",
    [
        "2999-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
        "0000-00-00T00:00:00Z", "", "yesterday", "Thu, 99 Nov 2026 25:61:61 +9999", "-1", "9" * 400,
        "2026-11-20T10:00:00" + "0" * 5_000, "\u0662\u0660\u0662\u0666-11-20",
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_no_dates(kind: str, date: str, site: Site) -> None:
    body = WRITERS[kind](iter([("1", "The lamp is broken.", date)])).encode()
    done = read(kind, site, lambda exchange: exchange.answer(200, body))
    (mention,) = done.mentions
    assert mention.posted_at is None or (
        datetime(1990, 1, 1, tzinfo=UTC) < mention.posted_at <= NOW + timedelta(days=2)
    )


CHARSETS = ("utf-16", "utf-32", "iso-8859-15", "shift_jis", "utf-7", "no-such-charset", "idna", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_that_is_a_lie_trips_nothing(kind: str, charset: str, site: Site) -> None:
    text = "Lampe cassée, « rien » reçu"
    body = WRITERS[kind](iter([("1", text, "2026-11-20T10:00:00Z")])).encode()
    kinds = {"feed": "application/rss+xml", "json": "application/json", "html": "text/html"}
    told = {"Content-Type": f"{kinds[kind]}; charset={charset}"}
    done = read(kind, site, lambda exchange: exchange.answer(200, body, told))
    assert done.status in {ReadStatus.READ, ReadStatus.UNKNOWN}
    assert "bug" not in done.problem
    if charset in {"no-such-charset", ""}:
        assert [mention.text for mention in done.mentions] == [text]
