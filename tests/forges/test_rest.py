"""Asking a forge: recorded answers of the real GitHub, and answers that are hostile or ill."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from runner.errors import UsageError
from runner.forges.address import parse_address
from runner.forges.answers import Fields
from runner.forges.github import api_of
from runner.forges.port import ForgeRests
from runner.forges.remote_refs import git_credentials
from runner.forges.rest import ForgeFailed, RestClient, Tempo
from runner.forges.shown import parse_pull

RECORDED = Path(__file__).parent / "data" / "github-octokit"
Answer = tuple[int, dict[str, str], bytes]


class Site(ThreadingHTTPServer):
    """Answers each path as told; a list of answers is given one after the other."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[tuple[str, str], list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def tell(self, method: str, path: str, *answers: Answer) -> None:
        self.answers[method, path] = list(answers)


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def _take(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, dict(self.headers.items())))
        answers = self.server.answers[self.command, self.path]
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = _take  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    site.shutdown()
    site.server_close()
    thread.join()


def client(site: Site, tempo: Tempo | None = None) -> RestClient:
    headers = {"Authorization": "Bearer s3cret"}
    return RestClient(site.url, headers, "mailto:v@example.org", tempo or Tempo(0, 0))


def replay(site: Site, name: str) -> list[dict[str, Any]]:
    """Serve what GitHub answered once, with its headers; links lead back here."""
    recorded: list[dict[str, Any]] = json.loads((RECORDED / f"{name}.json").read_text())
    for one in recorded:
        kept = ("link", "etag", "content-type", "retry-after")
        headers = {n: str(v) for n, v in one["headers"].items() if n.startswith("x-") or n in kept}
        if "link" in headers:
            headers["link"] = headers["link"].replace("https://api.github.com", site.url)
        key = (one["method"].upper(), one["path"])
        answer = (one["status"], headers, json.dumps(one["response"]).encode())
        site.answers.setdefault(key, []).append(answer)
    return recorded


def test_recorded_pages_are_followed_to_the_last(site: Site) -> None:
    recorded = replay(site, "paginate-issues")
    path = "/repos/octokit-fixture-org/paginate-issues/issues"
    issues = list(client(site).pages(path, per_page=3))
    assert issues == [issue for page in recorded for issue in page["response"]]
    assert len(issues) == 13
    assert len(site.asked) == 5
    assert Fields(issues[0], "issue").fields("user").text("login")


def test_a_recorded_refusal_says_what_is_wrong(site: Site) -> None:
    replay(site, "errors")
    path = "/repos/octokit-fixture-org/errors/labels"
    with pytest.raises(ForgeFailed) as failed:
        client(site).send("POST", path, {"name": "foo", "color": "invalid"})
    assert failed.value.status == 422
    assert failed.value.words == "Validation Failed: Label color invalid"


def test_recorded_statuses_are_posted(site: Site) -> None:
    one = replay(site, "create-status")[0]
    answer = client(site).send("POST", one["path"], one["body"])
    assert Fields(answer, "status").text("state") == "failure"


def test_every_request_says_who_asks(site: Site) -> None:
    site.tell("GET", "/x", (200, {}, b"{}"))
    client(site).get("/x")
    ((_, headers),) = site.asked
    assert re.fullmatch(r"doleances/\S+ \(\+mailto:v@example\.org\)", headers["User-Agent"])
    assert headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (403, {"Retry-After": "60"}, {"message": "no"}, "asks for rest until"),
        (403, {}, {"message": "You have exceeded a secondary rate limit."}, "secondary rate limit"),
        (429, {"Retry-After": "7"}, {}, "asks for rest until"),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {}, "asks for rest until"),
        (
            403,
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795248000"},
            {},
            "until 2026-11-21T08:00:00Z",
        ),
    ],
)
def test_asked_to_rest_nothing_more_is_asked(
    site: Site, status: int, headers: dict[str, str], body: object, words: str
) -> None:
    site.tell("POST", "/x", (status, headers, json.dumps(body).encode()))
    asking = client(site)
    with pytest.raises(ForgeRests, match=words):
        asking.send("POST", "/x", {})
    with pytest.raises(ForgeRests):
        asking.get("/y")
    assert len(site.asked) == 1


def test_a_no_for_good_is_no_limit(site: Site) -> None:
    headers = {"X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": "1795248000"}
    words = b'{"message": "Resource not accessible by integration"}'
    site.tell("POST", "/x", (403, headers, words))
    with pytest.raises(ForgeFailed, match="answered 403: Resource not accessible by integration"):
        client(site).send("POST", "/x", {})


ILL = (502, {}, b"<html>")


def test_a_question_is_put_again_a_write_is_not(site: Site) -> None:
    site.tell("GET", "/x", ILL, (200, {"Content-Length": "9"}, b'{"a"'), (200, {}, b'{"a": "b"}'))
    assert client(site).get("/x") == {"a": "b"}
    site.tell("POST", "/x", ILL)
    with pytest.raises(ForgeFailed, match="answered 502"):
        client(site).send("POST", "/x", {})
    assert len(site.asked) == 4


def test_what_is_not_there_is_asked_for_once(site: Site) -> None:
    site.tell("GET", "/x", (404, {}, b"{}"))
    with pytest.raises(ForgeFailed, match="answered 404"):
        client(site).get("/x")
    assert len(site.asked) == 1


def test_the_token_follows_no_link_to_another_host(site: Site) -> None:
    site.tell("GET", "/x", (200, {"Link": '<http://127.0.0.2:1/x>; rel="next"'}, b"[]"))
    with pytest.raises(ForgeFailed, match="another host"):
        list(client(site).pages("/x"))


def test_a_link_that_is_no_address_is_a_failure(site: Site) -> None:
    site.tell("GET", "/x", (200, {"Link": '<http://[::1/x>; rel="next"'}, b"[]"))
    with pytest.raises(ForgeFailed, match="no address"):
        list(client(site).pages("/x"))


def test_a_redirect_is_not_followed(site: Site) -> None:
    site.tell("GET", "/x", (301, {"Location": "http://127.0.0.2:1/x"}, b"{}"))
    with pytest.raises(ForgeFailed, match="answered 301"):
        client(site).get("/x")
    assert len(site.asked) == 1


def test_a_list_without_end_has_one(site: Site) -> None:
    site.tell("GET", "/x", (200, {"Link": f'<{site.url}/x>; rel="next"'}, b"[]"))
    with pytest.raises(ForgeFailed, match="more than 200 pages"):
        list(client(site).pages("/x"))


def test_a_list_that_comes_at_once_is_one(site: Site) -> None:
    site.tell("GET", "/x", (200, {}, b"null"), (200, {}, b"[1]"), (200, {}, b"5"))
    asking = client(site)
    assert asking.whole_list("/x") == ()
    assert asking.whole_list("/x") == [1]
    with pytest.raises(ForgeFailed, match="with no list"):
        asking.whole_list("/x")


def test_a_clock_that_was_never_set_tells_no_instant() -> None:
    fields = Fields({"a": "0001-01-01T00:00:00Z", "b": "1970-01-01T00:00:00Z"}, "pull request")
    assert (fields.instant("a"), fields.instant("b")) == (None, None)


def test_an_answer_has_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.forges.rest._BODY_BYTES", 1000)
    site.tell("GET", "/x", (200, {}, b'"' + b"x" * 5000 + b'"'))
    with pytest.raises(ForgeFailed, match="more than"):
        client(site).get("/x")


def test_writes_keep_their_distance(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("runner.forges.rest.time.sleep", waited.append)
    site.tell("POST", "/x", (201, {}, b"{}"))
    site.tell("GET", "/x", (200, {}, b"{}"))
    asking = client(site, Tempo(1.0, 1.0))
    asking.send("POST", "/x", {})
    asking.get("/x")
    assert waited == []
    asking.send("POST", "/x", {})
    (pause,) = waited
    assert 0.5 < pause <= 1.0


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"number": 1}, {"number": True, "created_at": "2026-11-21T08:00:00Z"},
        {"number": 1, "created_at": "yesterday"},
        {"number": 1, "created_at": "2026-11-21T08:00:00"},
        {"number": 1, "created_at": "2026-11-21T08:00:00Z", "head": "x"},
        {"number": 1, "created_at": "2026-11-21T08:00:00Z", "title": 3},
        {"number": 1, "created_at": "2026-11-21T08:00:00Z", "labels": ["x"]},
        {"number": 1, "created_at": "2026-11-21T08:00:00Z", "labels": 5},
        {"number": 1, "created_at": "2026-11-21T08:00:00Z", "labels": {"name": "x"}},
        {"number": 1, "created_at": "0001-01-01T00:00:00+14:00"},
        {"number": 1, "created_at": "9999-12-31T23:59:59Z"},
        {"number": 1, "created_at": "0001-01-01T00:00:00Z"},
        {"number": 10**12, "created_at": "2026-11-21T08:00:00Z"},
    ],
)  # fmt: skip
def test_an_odd_pull_request_is_named_as_such(data: object) -> None:
    with pytest.raises(ForgeFailed, match="not what it should be"):
        parse_pull(data, "desk/lumen")


def test_a_pull_request_whose_author_and_fork_are_gone_is_none_of_ours() -> None:
    pull = parse_pull(
        {
            "number": 3, "state": "open", "created_at": "2026-11-21T08:00:00+00:00", "user": None,
            "head": {"ref": "doleances/c-7f3k2m9x4q5t/open", "sha": "0" * 40, "repo": None},
        },
        "desk/lumen",
    )  # fmt: skip
    assert (pull.is_ours, pull.author, pull.body, pull.is_merged) == (False, "", "", False)


HUB, HUB_API = "https://github.com", "https://api.github.com"
GHE = "https://ghe.example.org"


@pytest.mark.parametrize(
    ("remote", "site", "api"),
    [
        (f"{HUB}/desk/lumen.git", HUB, HUB_API),
        (f"{HUB}/desk/lumen/", HUB, HUB_API),
        ("git@github.com:desk/lumen.git", HUB, HUB_API),
        ("ssh://git@github.com:22/desk/lumen", HUB, HUB_API),
        (f"{GHE}:8443/desk/lumen.git", f"{GHE}:8443", f"{GHE}:8443/api/v3"),
        ("https://lumen.ghe.com/desk/lumen", "https://lumen.ghe.com", "https://api.lumen.ghe.com"),
        ("http://ghe.example.org/desk/lumen", GHE, f"{GHE}/api/v3"),
        ("http://forge:3000/desk/lumen", "http://forge:3000", "http://forge:3000/api/v3"),
        ("http://10.0.0.8/desk/lumen", "http://10.0.0.8", "http://10.0.0.8/api/v3"),
        ("http://[::1]:3000/desk/lumen", "http://[::1]:3000", "http://[::1]:3000/api/v3"),
        ("http://8.8.8.8/desk/lumen", "https://8.8.8.8", "https://8.8.8.8/api/v3"),
        ("http://127.0.0.1:80/desk/lumen", "http://127.0.0.1:80", "http://127.0.0.1:80/api/v3"),
    ],
)
def test_where_the_remote_leads(remote: str, site: str, api: str) -> None:
    address = parse_address(remote, api_of)
    assert (address.site, address.api, address.name) == (site, api, "desk/lumen")


def test_the_settings_say_what_the_remote_does_not() -> None:
    address = parse_address(f"{HUB}/x", api_of, "desk/lumen", f"{HUB_API}/")
    assert (address.api, address.name) == (HUB_API, "desk/lumen")


@pytest.mark.parametrize(
    ("remote", "api", "words"),
    [
        ("/srv/desk.git", "", "is on no server"),
        ("https://github.com/lumen", "", "ends in no owner/name"),
        ("https://user:passw0rd@github.com:99999/a/b", "", "github.com:99999/a/b' names no host"),
        ("https://user:half/passw0rd@github.com/a/b", "", "github.com/a/b' names no host"),
        ("https://[::1/a/b", "", "names no host"),
        ("https://user:passw0rd@github.com/lumen", "", "github.com/lumen' ends"),
        ("https://github.com/a/b/c", "", "ends in no owner/name"),
        (
            "https://github.com/desk/lumen",
            "https://api.example.org",
            "the git remote on github.com",
        ),
        ("https://github.com/desk/lumen", "https://github.com.example.org", "the git remote on"),
        ("https://github.com/desk/lumen", "http://github.com/api", "no https address"),
    ],
)
def test_where_no_token_goes(remote: str, api: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as refused:
        parse_address(remote, api_of, api=api)
    assert "passw0rd" not in refused.value.message


def test_git_gets_the_token_beside_what_is_set_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    given = git_credentials("https://github.com", "s3cret")
    assert given["GIT_CONFIG_COUNT"] == "3"
    assert given["GIT_CONFIG_KEY_1"] == "credential.https://github.com.helper"
    assert given["GIT_CONFIG_VALUE_1"] == ""
    assert [name for name, value in given.items() if "s3cret" in value] == ["DOLEANCES_FORGE_TOKEN"]
