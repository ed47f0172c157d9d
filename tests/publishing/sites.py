"""A loopback server that is a Mastodon, a PDS of Bluesky, a forum and four sites of reviews.

What it does with the next posts, `then` says: take them or not, and answer or not.
"""

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

AT = "2026-11-23T10:00:05.000Z"
DID = "did:plc:lumen0123456789abcdefghi"
PARENT = "at://did:plc:camille/app.bsky.feed.post/3lbcdefghij2k"
FAULTS = ("lost", "taken-lost", "ill", "taken-ill", "taken-odd", "busy")
"""Ways in which a post goes wrong; those that begin with `taken` leave the message there."""


class Sites(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.lock = threading.Lock()
        self.then: list[str] = []
        self.victim = 0
        self.forgets = False
        self.statuses: list[dict[str, Any]] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.posts: list[dict[str, Any]] = []
        self.answers: dict[str, list[str]] = {}
        self.sent: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []
        self.written: list[str] = []
        """Every message that came into being, or was overwritten, in turn."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "Sites":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def texts(self) -> list[str]:
        return list(self.written)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that are gone."""


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Sites

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.server.lock:
            answer = self.shown(parts.path, parse_qs(parts.query))
        self.reply(*answer)

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = json.loads(self.rfile.read(length) or b"{}")
        path = urlsplit(self.path).path
        if path.endswith("createSession"):
            known = body.get("password") == "s3cret"
            self.reply(200 if known else 401, {"accessJwt": "jwt", "did": DID})
            return
        with self.server.lock:
            self.server.sent.append((self.command, path, dict(self.headers.items()), body))
            fault = self.server.then.pop(0) if self.server.then else "ok"
            if fault.endswith("killed"):
                if fault == "taken-killed":
                    self.take(path, body)
                os.kill(self.server.victim, signal.SIGKILL)
                self.close_connection = True
                return
            if fault == "busy":
                self.reply(429, {"error": "slowly"}, {"Retry-After": "60"})
                return
            if fault == "no":
                self.reply(422, {"error": "no"})
                return
            answer = self.take(path, body) if fault in {"ok"} or "taken" in fault else (500, {})
            if fault.endswith("lost"):
                self.close_connection = True
                return
            if fault.endswith("ill"):
                answer = (502, {})
            if fault == "taken-odd":
                self.reply_raw(200, b"<html>")
                return
        self.reply(*answer)

    def shown(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        server = self.server
        if path == "/api/v1/statuses/100":
            return 200, self.customer()
        if path == "/api/v1/statuses/100/context":
            return 200, {"ancestors": [], "descendants": server.statuses}
        if path.endswith("getRecord"):
            record = server.records.get(query["rkey"][0])
            if record is None:
                return 400, {"error": "RecordNotFound"}
            uri = f"at://{DID}/app.bsky.feed.post/{query['rkey'][0]}"
            return 200, {"uri": uri, "cid": "c", "value": record}
        if path.endswith("getPosts"):
            return 200, {"posts": [{"uri": PARENT, "cid": "bafyparent", "record": {}}]}
        if path == "/t/812.json":
            return 200, {"title": "Colis", "post_stream": {"posts": server.posts, "stream": []}}
        review = unquote(
            path.rsplit("/reviews/", maxsplit=1)[-1].rsplit("/customerReviews/", maxsplit=1)[-1]
        )
        review = review.removesuffix("/response")
        said = (server.answers.get(review) or [""])[-1]
        if path.endswith("/response"):
            if not said:
                return 404, {"errors": []}
            return 200, {"data": {"id": "r1", "attributes": {"responseBody": said}}}
        return 200, {
            "reviewReply": {"comment": said},
            "companyReply": {"text": said} if said else None,
            "comments": [{"userComment": {"text": "?"}}]
            + ([{"developerComment": {"text": said}}] if said else []),
        }

    def customer(self) -> dict[str, Any]:
        return {
            "id": "100", "uri": f"{self.server.url}/users/camille/statuses/100",
            "url": f"{self.server.url}/@camille/100", "created_at": "2026-11-23T08:00:00.000Z",
            "visibility": "public", "content": "<p>Toujours rien.</p>",
            "account": {"acct": "camille", "url": f"{self.server.url}/@camille"},
        }  # fmt: skip

    def take(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        server = self.server
        if path == "/api/v1/statuses":
            key = self.headers["Idempotency-Key"]
            if key in server.keys and not server.forgets:
                return 200, server.keys[key]
            number = str(200 + len(server.statuses))
            status = {
                **self.customer(), "id": number, "content": f"<p>{body['status']}</p>",
                "uri": f"{server.url}/users/lumen/statuses/{number}", "created_at": AT,
                "url": f"{server.url}/@lumen/{number}", "visibility": body["visibility"],
                "in_reply_to_id": body["in_reply_to_id"],
                "account": {"acct": "lumen", "url": f"{server.url}/@lumen"},
            }  # fmt: skip
            server.statuses.append(status)
            server.keys[key] = status
            server.written.append(body["status"])
            return 200, status
        if path.endswith("putRecord"):
            rkey = body["rkey"]
            if rkey in server.records:
                return 400, {"error": "InvalidSwap"}
            server.records[rkey] = body["record"]
            server.written.append(body["record"]["text"])
            return 200, {"uri": f"at://{DID}/app.bsky.feed.post/{rkey}", "cid": "c"}
        if path == "/posts.json":
            number = len(server.posts) + 2
            post = {
                "id": 900 + number, "topic_id": 812, "topic_slug": "colis", "created_at": AT,
                "post_number": number, "username": "lumen", "cooked": f"<p>{body['raw']}</p>",
                "reply_to_post_number": body.get("reply_to_post_number"),
            }  # fmt: skip
            server.posts.append(post)
            server.written.append(body["raw"])
            return 200, post
        review, text = _review(path, body)
        answers = server.answers.setdefault(review, [])
        if answers[-1:] != [text]:
            server.written.append(text)
        answers.append(text)
        return 200, {"data": {"id": "r1"}}

    def reply(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        self.reply_raw(status, json.dumps(answer).encode(), headers)

    def reply_raw(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _review(path: str, body: dict[str, Any]) -> tuple[str, str]:
    texts = list(_texts(body))
    if path.endswith("customerReviewResponses"):
        review = body["data"]["relationships"]["review"]["data"]["id"]
        return review, body["data"]["attributes"]["responseBody"]
    found = re.search(r"/reviews/([^/]+?)(?:/reply|:reply)$", path)
    assert found is not None, path
    return unquote(found[1]), texts[-1]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else ():
        yield from _texts(each)
