"""An API of customers, as a real server that behaves well, badly and worse."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runner.cases.customer import Absent, Came, Failed, Found, Key
from runner.lookups.http_api import render_url
from runner.policies.customers import HttpApi

AskOne = Callable[..., Came]
ANSWER = {
    "known": "length(results) > `0`",
    "distributor": "results[0].dealer.name",
    "reference": "results[0].id",
}
PERSON = {
    "results": [
        {
            "id": "K-4711",
            "dealer": {"name": "Bricoplus Nantes"},
            "name": "Camille Roux",
            "phone": "06 12 34 56 78",
        }
    ]
}


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Api"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        self.server.page(self)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Api(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.page: Callable[[Exchange], None] = says(PERSON)
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that refuse the rest of a body hang up."""


def says(data: object) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.answer(200, json.dumps(data).encode())


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def register(api: Api, **more: Any) -> HttpApi:
    return HttpApi(
        **{
            "urls": {"handle": api.url("/customers?handle={handle}&site={site}")},
            "answer": ANSWER,
            "private_addresses": True,
            **more,
        }
    )


def test_an_answer_is_mapped_and_the_rest_of_it_dropped(ask: AskOne, api: Api) -> None:
    came = ask(register(api, headers={"Authorization": "TOKEN"}), handle="Camille R&d")
    assert came == Found(
        "handle",
        ({"known": True, "distributor": "Bricoplus Nantes", "reference": "K-4711"},),
    )
    ((path, headers),) = api.asked
    assert path == "/customers?handle=Camille%20R%26d&site=forum.example.org"
    assert headers["Authorization"] == "Bearer s3cret"
    assert headers["Accept"] == "application/json"


def test_nobody_found_is_told_by_the_mapping_or_by_the_status(ask: AskOne, api: Api) -> None:
    api.page = says({"results": []})
    came = ask(register(api), handle="x")
    assert came == Found("handle", ({"known": False, "distributor": None, "reference": None},))
    api.page = says({})
    assert ask(register(api, answer={"known": "found"}), handle="x") == Absent()
    api.page = lambda exchange: exchange.answer(404)
    assert ask(register(api, absent_status=(404,)), handle="x") == Absent()
    assert isinstance(ask(register(api), handle="x"), Failed)


def test_the_order_is_asked_by_first_and_the_next_only_when_nobody_is_found(
    ask: AskOne, api: Api
) -> None:
    api.page = lambda exchange: exchange.answer(404)
    urls = {"order": api.url("/orders/{order}"), "handle": api.url("/people/{handle}")}
    asked = register(api, urls=urls, absent_status=(404,))
    assert ask(asked, handle="a/../b", orders=("A 1", "B?2")) == Absent()
    assert [path for path, _ in api.asked] == [
        "/orders/A%201",
        "/orders/B%3F2",
        "/people/a%2F..%2Fb",
    ]


@pytest.mark.parametrize("handle", [".", "..", " . "])
def test_dots_alone_are_not_asked_by(vicinity: Any, api: Api, handle: str) -> None:
    from runner.cases.customer import Question, keys_of
    from runner.policies.customers import LookUp

    look_up = LookUp("crm", register(api))
    assert keys_of(look_up, Question("lumen", "forum.example.org", handle)) == ()


def test_a_value_that_reads_like_a_placeholder_is_none() -> None:
    key = Key("handle", "{site}{handle}", "lumen", "forum.example.org")
    url = render_url("https://crm.example.org/{handle}/{brand}", key)
    assert url == "https://crm.example.org/%7Bsite%7D%7Bhandle%7D/lumen"


def test_a_redirect_is_not_followed(ask: AskOne, api: Api) -> None:
    target = api.url("/elsewhere")
    api.page = lambda exchange: exchange.answer(302, Location=target)
    came = ask(register(api, headers={"Authorization": "TOKEN"}), handle="x")
    assert isinstance(came, Failed)
    assert "127.0.0.1 redirects" in came.problem
    assert len(api.asked) == 1


def test_a_private_address_needs_a_word_of_the_desk(ask: AskOne, api: Api) -> None:
    came = ask(register(api, private_addresses=False), handle="x")
    assert isinstance(came, Failed)
    assert "not on the public internet" in came.problem
    assert api.asked == []


@pytest.mark.parametrize(
    ("variable", "problem"),
    [
        ("UNSET", "the environment variable UNSET is not set"),
        ("BROKEN", "the environment variable BROKEN is no header"),
    ],
)
def test_a_secret_that_is_none_is_named_and_nothing_asked(
    ask: AskOne, api: Api, vicinity: Any, variable: str, problem: str
) -> None:
    vicinity.environment["BROKEN"] = "a\r\nX-Injected: b"
    came = ask(register(api, headers={"Authorization": variable}), handle="x")
    assert came == Failed(problem)
    assert api.asked == []


def slow(exchange: Exchange) -> None:
    time.sleep(3)


def drips(exchange: Exchange) -> None:
    exchange.send_response(200)
    exchange.send_header("Content-Length", "1000")
    exchange.end_headers()
    for _ in range(30):
        exchange.wfile.write(b" ")
        exchange.wfile.flush()
        time.sleep(0.1)


def no_http(exchange: Exchange) -> None:
    exchange.wfile.write(b"Camille Roux 0612345678\r\n\r\n")
    exchange.close_connection = True


HOSTILE: dict[str, tuple[Callable[[Exchange], None], str]] = {
    "huge": (lambda e: e.answer(200, b'"' + b"x" * 2_000_000 + b'"'), "larger than 1 MB"),
    "slow": (slow, "no answer within 1 s"),
    "drips": (drips, "no answer within 1 s"),
    "403": (lambda e: e.answer(403, b"Camille Roux"), "127.0.0.1 refuses to be read (403)"),
    "500": (lambda e: e.answer(500, b"Camille Roux"), "trouble of its own (500)"),
    "429": (lambda e: e.answer(429, **{"Retry-After": "9"}), "left alone for a while"),
    "304": (lambda e: e.answer(304), "makes no sense here (304)"),
    "no HTTP": (no_http, "broke off"),
    "no JSON": (lambda e: e.answer(200, b"<p>Camille Roux"), "its answer is no JSON"),
    "deep": (lambda e: e.answer(200, b"[" * 200_000), "its answer is no JSON"),
    "bad gzip": (
        lambda e: e.answer(200, b"Camille Roux", **{"Content-Encoding": "gzip"}),
        "packs its answer",
    ),
    "half a word": (lambda e: e.answer(200, b'{"results": "\xff\xfe"}'), "is no JSON"),
    "not a list": (lambda e: e.answer(200, b'{"results": 12}'), "`answer: known` does not fit"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_a_failure_that_quotes_nothing(
    ask: AskOne, api: Api, name: str
) -> None:
    api.page, said = HOSTILE[name]
    seconds = 1 if said == "no answer within 1 s" else 20
    came = ask(register(api), seconds=seconds, handle="Secret-Handle")
    assert isinstance(came, Failed)
    assert said in came.problem
    for word in ("Camille", "Roux", "0612345678", "Secret-Handle", "s3cret"):
        assert word not in came.problem
