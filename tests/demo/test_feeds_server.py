"""The demo's sites speak real HTTP."""

import httpx
import pytest

from runner.demo.feeds_server import FeedsServer, Served


@pytest.fixture
def server():
    with FeedsServer({"a.xml": b"<rss/>", "b.json": b"{}"}) as running:
        yield running


def test_a_feed_is_served_with_its_type_and_etag(server):
    answer = httpx.get(server.url("b.json"))
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"]


def test_who_has_it_already_is_told_304_until_the_site_shows_something_else(server):
    etag = httpx.get(server.url("a.xml")).headers["etag"]
    again = httpx.get(server.url("a.xml"), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    server.show("a.xml", b"<rss></rss>")
    assert httpx.get(server.url("a.xml"), headers={"If-None-Match": etag}).status_code == 200


def test_a_failing_site_says_503_until_it_shows_something(server):
    server.fail("a.xml")
    assert httpx.get(server.url("a.xml")).status_code == 503
    server.show("a.xml", b"<rss/>")
    assert httpx.get(server.url("a.xml")).status_code == 200


def test_what_is_not_there_is_404_and_everything_is_told_once(server):
    assert httpx.get(server.url("none.xml")).status_code == 404
    assert server.take_served() == (Served("/none.xml", 404),)
    assert server.take_served() == ()
