"""A web server on 127.0.0.1 that takes messages as Slack, Mattermost and Teams do."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Post:
    """A message as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    size: int


Answer = tuple[int, bytes, dict[str, str]]


def slack(post: Post) -> Answer:
    blocks = post.body.get("blocks", [])
    fits = isinstance(post.body.get("text"), str) and all(
        0 < len(block["text"]["text"]) <= {"header": 150, "section": 3000}[block["type"]]
        for block in blocks
    )
    return (200, b"ok", {}) if fits else (400, b"invalid_blocks", {})


def mattermost(post: Post) -> Answer:
    fits = isinstance(post.body.get("text"), str) and len(post.body["text"]) <= 16383
    return (200, b"ok", {}) if fits else (400, b'{"status_code":400}', {})


def teams(post: Post) -> Answer:
    try:
        (attachment,) = post.body["attachments"]
        card = attachment["content"]
        fits = (
            post.body["type"] == "message"
            and attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
            and card["type"] == "AdaptiveCard"
            and all(block["type"] == "TextBlock" and block["text"] for block in card["body"])
            and post.size <= 28_000
        )
    except (KeyError, ValueError):
        fits = False
    return (202, b"", {}) if fits else (400, b'{"error":{"code":"BadRequest"}}', {})


def service(_: Post) -> Answer:
    return 201, b'{"taken": true}', {}


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "ChatServer"

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        post = Post(self.path, dict(self.headers.items()), json.loads(data), len(data))
        self.server.posts.append(post)
        self.close_connection = True
        answer = self.server.rooms[self.path](post)
        if answer is None:
            return
        status, body, headers = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class ChatServer(ThreadingHTTPServer):
    """`rooms` maps paths to what answers there, None hanging up; `posts` is all that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.posts: list[Post] = []
        self.over = threading.Event()
        self.rooms: dict[str, Callable[[Post], Answer | None]] = {
            "/services/T0/B0/slack-secret": slack,
            "/hooks/mattermost-secret": mattermost,
            "/workflows/teams-secret": teams,
            "/json-secret": service,
        }
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> "ChatServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: some clients hang up."""
