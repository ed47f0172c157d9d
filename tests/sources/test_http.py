"""The client against servers that behave well, and badly."""

import asyncio
import gzip
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from loopback_site import HELD_UP, HURRIED, PATIENT, Exchange, Site

from runner import __version__
from runner.sources.adapter import Unchanged, Unknown
from runner.sources.bounds import Bounds
from runner.sources.http import ANSWER_BYTES, Answer, Client, Page, user_agent
from runner.sources.problems import Trouble

BOUNDS = replace(PATIENT, wire_bytes=200_000, body_bytes=1 << 20)


def get(
    url: str,
    now: datetime,
    *,
    allow_loopback: bool = True,
    bounds: Bounds = BOUNDS,
    **asked: Any,
) -> Any:
    async def ask() -> object:
        async with Client(now=now, allow_loopback=allow_loopback, bounds=bounds) as client:
            return await client.get(url, **asked)

    return asyncio.run(ask())


def trouble(answer: object) -> Trouble:
    assert isinstance(answer, Unknown), answer
    return answer.problem.trouble


def test_a_page_comes_with_what_the_next_read_may_quote(site: Site, now: datetime) -> None:
    url = site.page("/feed", b"<rss/>", ETag='"v1"', Last_Modified="Sat, 21 Nov 2026 08:00:00 GMT")
    page = get(url, now)
    assert isinstance(page, Page)
    assert (page.body, page.etag, page.url) == (b"<rss/>", '"v1"', url)
    assert page.last_modified == "Sat, 21 Nov 2026 08:00:00 GMT"
    assert page.measured
    assert page.moved_to is None


@pytest.mark.parametrize(
    ("asked", "header"),
    [({"etag": 'W/"v1"'}, "If-None-Match"), ({"last_modified": "then"}, "If-Modified-Since")],
)
def test_a_conditional_get_may_end_in_304(
    site: Site, now: datetime, asked: dict[str, str], header: str
) -> None:
    def feed(exchange: Exchange) -> None:
        fits = exchange.headers.get(header) == next(iter(asked.values()))
        exchange.answer(304 if fits else 200)

    site.pages["/feed"] = feed
    assert get(site.url("/feed"), now, **asked) == Unchanged()
    assert isinstance(get(site.url("/feed"), now), Page)


def test_a_304_that_nobody_asked_for_concludes_nothing(site: Site, now: datetime) -> None:
    site.pages["/feed"] = lambda exchange: exchange.answer(304)
    assert trouble(get(site.url("/feed"), now)) is Trouble.ODD_STATUS


def test_validators_that_could_not_be_sent_back_are_not_kept(site: Site, now: datetime) -> None:
    page = get(site.page("/a", b"x", ETag='"' + "e" * 600 + '"', Last_Modified="é"), now)
    assert (page.etag, page.last_modified) == (None, None)


def test_requests_name_the_program_and_how_to_reach_the_desk(site: Site, now: datetime) -> None:
    url = site.page("/feed", b"")

    async def ask() -> None:
        contact = "https://example.org/desk"
        async with Client(now=now, contact=contact, allow_loopback=True) as client:
            await client.get(url, accept="text/xml", headers={"X-Key": "k"})

    asyncio.run(ask())
    (_, headers) = site.asked[0]
    assert headers["User-Agent"] == f"doleances/{__version__} (+https://example.org/desk)"
    assert headers["Accept"] == "text/xml"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert headers["X-Key"] == "k"
    assert "Cookie" not in headers


def test_a_contact_cannot_break_the_header() -> None:
    assert user_agent("desk\r\nX-Evil: (1) é") == f"doleances/{__version__} (+deskX-Evil:1)"
    assert user_agent("") == f"doleances/{__version__}"


def test_cookies_are_not_kept(site: Site, now: datetime) -> None:
    url = site.page("/feed", b"", Set_Cookie="who=me; Path=/")

    async def twice() -> None:
        async with Client(now=now, allow_loopback=True) as client:
            await client.get(url)
            await client.get(url)

    asyncio.run(twice())
    assert all("Cookie" not in headers for _, headers in site.asked)


def test_proxies_of_the_environment_are_not_used(
    site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(get(site.page("/feed", b"x"), now), Page)


# Addresses


def test_loopback_is_not_visited_unless_allowed(site: Site, now: datetime) -> None:
    site.page("/feed", b"secret")
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433"):
        answer = get(site.url("/feed", host), now, allow_loopback=False)
        assert trouble(answer) is Trouble.PRIVATE
    assert site.asked == []


def test_a_name_that_leads_to_loopback_is_not_visited(
    site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.page("/feed", b"secret")
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    url = site.url("/feed", "feeds.example.org")
    assert trouble(get(url, now, allow_loopback=False)) is Trouble.PRIVATE
    assert site.asked == []
    assert isinstance(get(url, now), Page)


def test_a_name_that_changes_its_mind_is_asked_once(
    site: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second answer of a rebinding name server, which would pass the check, is never used."""
    site.page("/feed", b"secret")
    answers = ["10.0.0.1", "127.0.0.1", "127.0.0.1"]

    def rebinding(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), site.port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    answer = get(site.url("/feed", "rebind.example.org"), now)
    assert trouble(answer) is Trouble.PRIVATE
    assert answer.problem.detail == "10.0.0.1"
    assert len(answers) == 2
    assert site.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fd00:ec2::254]/",
        "http://100.64.0.1/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(site: Site, now: datetime, target: str) -> None:
    site.pages["/feed"] = lambda exchange: exchange.answer(302, headers={"Location": target})
    assert trouble(get(site.url("/feed"), now)) is Trouble.PRIVATE


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("file:///etc/passwd", Trouble.NOT_WEB),
        ("ftp://files.example.org/", Trouble.NOT_WEB),
        ("http://forum.example.org:port/", Trouble.NOT_WEB),
        ("http://me:secret@forum.example.org/", Trouble.CREDENTIALS),
    ],
)
def test_a_redirect_is_checked_like_any_address(
    site: Site, now: datetime, target: str, expected: Trouble
) -> None:
    site.pages["/feed"] = lambda exchange: exchange.answer(301, headers={"Location": target})
    assert trouble(get(site.url("/feed"), now)) is expected


def test_redirects_are_followed_and_moves_for_good_told(site: Site, now: datetime) -> None:
    new = site.page("/new", b"here")
    site.pages["/old"] = lambda exchange: exchange.answer(301, headers={"Location": "/new"})
    site.pages["/while"] = lambda exchange: exchange.answer(302, headers={"Location": "new"})
    moved = get(site.url("/old"), now)
    assert (moved.body, moved.url, moved.moved_to) == (b"here", new, new)
    assert get(site.url("/while"), now).moved_to is None


def test_redirects_in_a_circle_end(site: Site, now: datetime) -> None:
    site.pages["/a"] = lambda exchange: exchange.answer(302, headers={"Location": "/b"})
    site.pages["/b"] = lambda exchange: exchange.answer(302, headers={"Location": "/a"})
    assert trouble(get(site.url("/a"), now)) is Trouble.TOO_MANY_REDIRECTS
    assert len(site.asked) == BOUNDS.redirects + 1


def test_keys_are_not_carried_to_another_origin(site: Site, now: datetime) -> None:
    site.page("/there", b"x")
    there = site.url("/there", "localhost")
    site.pages["/feed"] = lambda exchange: exchange.answer(307, headers={"Location": there})
    answer = get(site.url("/feed"), now, headers={"Authorization": "Bearer k"})
    assert isinstance(answer, Page)
    assert [headers.get("Authorization") for _, headers in site.asked] == ["Bearer k", None]


# Sizes and times


def test_a_packed_page_is_unpacked(site: Site, now: datetime) -> None:
    url = site.page("/feed", gzip.compress(b"<rss/>"), Content_Encoding="gzip")
    assert get(url, now).body == b"<rss/>"


def test_a_gzip_bomb_is_too_large(site: Site, now: datetime) -> None:
    bomb = gzip.compress(b"\0" * (50 << 20))
    assert len(bomb) < BOUNDS.wire_bytes
    url = site.page("/feed", bomb, Content_Encoding="gzip")
    assert trouble(get(url, now)) is Trouble.TOO_LARGE


@pytest.mark.parametrize("packing", ["br", "gzip"])
def test_a_packing_that_is_no_good_is_named(site: Site, now: datetime, packing: str) -> None:
    url = site.page("/feed", b"plain", Content_Encoding=packing)
    assert trouble(get(url, now)) is Trouble.ODD_PACKING


def test_an_endless_body_is_cut_at_the_limit(site: Site, now: datetime) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.start(200, {"Connection": "close"})
        while not site.over.is_set():
            exchange.wfile.write(b"<item>" * 1000)

    site.pages["/feed"] = endless
    assert trouble(get(site.url("/feed"), now)) is Trouble.TOO_LARGE


def test_an_announced_length_beyond_the_limit_is_not_waited_for(site: Site, now: datetime) -> None:
    url = site.page("/feed", b"x" * 300_000)
    assert trouble(get(url, now)) is Trouble.TOO_LARGE


def test_a_body_that_drips_ends_at_the_deadline(site: Site, now: datetime) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.start(200, {"Connection": "close"})
        while not site.over.wait(0.1):
            exchange.wfile.write(b"x")

    site.pages["/feed"] = drip
    started = time.monotonic()
    assert trouble(get(site.url("/feed"), now, bounds=HURRIED)) is Trouble.TOO_SLOW
    assert time.monotonic() - started < HELD_UP


def test_a_silent_server_is_too_slow(site: Site, now: datetime) -> None:
    site.pages["/feed"] = lambda exchange: (site.over.wait(), exchange.hang_up())[1]
    started = time.monotonic()
    assert trouble(get(site.url("/feed"), now, bounds=HURRIED)) is Trouble.TOO_SLOW
    assert time.monotonic() - started < HELD_UP


def test_a_body_shorter_than_announced_is_broken_off(site: Site, now: datetime) -> None:
    def short(exchange: Exchange) -> None:
        exchange.answer(200, b"<rss>", {"Content-Length": "500"})
        exchange.hang_up()

    def short_chunk(exchange: Exchange) -> None:
        exchange.start(200, {"Transfer-Encoding": "chunked"})
        exchange.wfile.write(b"5\r\n<rss>\r\n")
        exchange.hang_up()

    site.pages.update({"/a": short, "/b": short_chunk})
    assert trouble(get(site.url("/a"), now)) is Trouble.BROKEN_OFF
    assert trouble(get(site.url("/b"), now)) is Trouble.BROKEN_OFF


def test_a_body_without_announced_length_is_not_measured(site: Site, now: datetime) -> None:
    def plain(exchange: Exchange) -> None:
        exchange.start(200, {"Connection": "close"})
        exchange.wfile.write(b"<rss>")
        exchange.hang_up()

    site.pages["/feed"] = plain
    assert not get(site.url("/feed"), now).measured


@pytest.mark.parametrize(
    "reply", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"a" * 300_000]
)
def test_what_is_no_http_is_broken_off(now: datetime, reply: bytes) -> None:
    with RawServer(reply) as port:
        assert trouble(get(f"http://127.0.0.1:{port}/", now)) is Trouble.BROKEN_OFF


def test_a_closed_port_is_no_connection(now: datetime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert trouble(get(f"http://127.0.0.1:{port}/", now)) is Trouble.NO_CONNECTION


def test_an_unknown_name_is_told(now: datetime) -> None:
    assert trouble(get("http://nowhere.invalid/", now)) is Trouble.UNKNOWN_HOST


# Refusals


@pytest.mark.parametrize(
    ("status", "expected", "rest"),
    [
        (401, Trouble.REFUSED, None),
        (403, Trouble.REFUSED, timedelta(hours=1)),
        (404, Trouble.GONE, None),
        (410, Trouble.GONE, None),
        (429, Trouble.TOLD_TO_WAIT, timedelta(hours=1)),
        (451, Trouble.REFUSED, None),
        (500, Trouble.ILL, None),
        (503, Trouble.TOLD_TO_WAIT, timedelta(minutes=15)),
        (599, Trouble.ILL, None),
        (204, Trouble.ODD_STATUS, None),
        (206, Trouble.ODD_STATUS, None),
        (302, Trouble.ODD_STATUS, None),
        (418, Trouble.ODD_STATUS, None),
    ],
)
def test_a_refusal_is_unknown_with_its_rest(
    site: Site, now: datetime, status: int, expected: Trouble, rest: timedelta | None
) -> None:
    site.pages["/feed"] = lambda exchange: exchange.answer(status)
    answer = get(site.url("/feed"), now)
    assert trouble(answer) is expected
    assert answer.problem.detail == str(status)
    assert answer.not_before == (now + rest if rest else None)


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("value", ["90", "Sat, 21 Nov 2026 08:04:42 GMT"])
def test_retry_after_is_obeyed(site: Site, now: datetime, status: int, value: str) -> None:
    site.pages["/feed"] = lambda exchange: exchange.answer(status, headers={"Retry-After": value})
    assert get(site.url("/feed"), now).not_before == now + timedelta(seconds=90)


def test_a_host_that_asked_to_wait_is_not_asked_again_in_this_run(
    site: Site, now: datetime
) -> None:
    site.pages["/a"] = lambda exchange: exchange.answer(429, headers={"Retry-After": "90"})
    site.page("/b", b"x")

    async def both() -> list[Any]:
        async with Client(now=now, allow_loopback=True, bounds=BOUNDS) as client:
            return [await client.get(site.url("/a")), await client.get(site.url("/b"))]

    answers = asyncio.run(both())
    assert [trouble(answer) for answer in answers] == [Trouble.TOLD_TO_WAIT] * 2
    assert {answer.not_before for answer in answers} == {now + timedelta(seconds=90)}
    assert len(site.asked) == 1


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for feeds.example.org that signs itself."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "30", "-subj", "/CN=feeds.example.org",
         "-addext", "subjectAltName=DNS:feeds.example.org",
         "-keyout", file, "-out", file.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


def test_tls_proves_the_name_and_not_the_address(
    certificate: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    site.page("/feed", b"x")
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    try:
        right = f"https://feeds.example.org:{site.port}/feed"
        wrong = f"https://forum.example.org:{site.port}/feed"
        doubted = get(right, now)
        assert trouble(doubted) is Trouble.NO_TRUST
        assert "certificate" in doubted.problem.detail
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert isinstance(get(right, now), Page)
        assert trouble(get(wrong, now)) is Trouble.NO_TRUST
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


class RawServer:
    """A server that says one thing to the first who connects, and hangs up."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply

    def __enter__(self) -> int:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._speak)
        self.thread.start()
        return int(self.listening.getsockname()[1])

    def _speak(self) -> None:
        connection, _ = self.listening.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(self.reply)
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self.thread.join()
        self.listening.close()


def post(url: str, now: datetime, *, allow_loopback: bool = True, bounds: Bounds = BOUNDS) -> Any:
    async def send() -> object:
        async with Client(now=now, allow_loopback=allow_loopback, bounds=bounds) as client:
            return await client.post(url, b'{"a": 1}', {"Content-Type": "application/json"})

    return asyncio.run(send())


def test_a_post_brings_its_body_and_headers_and_returns_the_answer(
    site: Site, now: datetime
) -> None:
    assert post(site.page("/hook", b"ok"), now) == Answer(200, b"ok", None)
    ((path, headers, body),) = site.posted
    assert (path, headers["Content-Type"], body) == ("/hook", "application/json", b'{"a": 1}')
    assert headers["User-Agent"].startswith("doleances/")


def test_a_post_that_is_refused_is_an_answer_too(site: Site, now: datetime) -> None:
    site.pages["/hook"] = lambda exchange: exchange.answer(429, b"slowly", {"Retry-After": "90"})
    assert post(site.url("/hook"), now) == Answer(429, b"slowly", now + timedelta(seconds=90))


def test_a_post_follows_no_redirect(site: Site, now: datetime) -> None:
    site.pages["/hook"] = lambda e: e.answer(307, b"", {"Location": site.url("/other")})
    assert post(site.url("/hook"), now).status == 307
    assert [path for path, _, _ in site.posted] == ["/hook"]


def test_of_an_endless_answer_to_a_post_the_beginning_is_read(site: Site, now: datetime) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.hang_up()
        exchange.start(200, {})
        while not site.over.is_set():
            exchange.wfile.write(b"o" * 65536)

    site.pages["/hook"] = endless
    assert post(site.url("/hook"), now) == Answer(200, b"o" * ANSWER_BYTES, None)


def test_a_post_without_an_answer_in_time_ends_unknown(site: Site, now: datetime) -> None:
    site.pages["/hook"] = lambda _: site.over.wait() and None
    assert trouble(post(site.url("/hook"), now, bounds=HURRIED)) is Trouble.TOO_SLOW
    assert len(site.posted) == 1


def test_what_a_post_returns_tells_no_more_of_the_address_than_its_host(now: datetime) -> None:
    for address in ("https://hooks.example.org:0/secret", "gopher://hooks.example.org/secret"):
        assert "secret" not in repr(post(address, now))
