"""The sites of the demo: recorded feeds, served over real HTTP on the loopback address."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_TYPES = {"xml": "application/rss+xml", "atom": "application/atom+xml", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Served:
    """One request and how it was answered."""

    path: str
    status: HTTPStatus


class FeedsServer:
    """Serves `feeds`, file name -> bytes, on a free port while the context lasts.

    Each feed has an `ETag`, and whoever shows it again is told 304.  `show` changes what
    a site shows, `fail` makes it answer 503 from then on.
    """

    def __init__(self, feeds: Mapping[str, bytes]) -> None:
        self._feeds: dict[str, bytes] = dict(feeds)
        self._failing: set[str] = set()
        self._served: list[Served] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "FeedsServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, name: str) -> str:
        """Return where a feed is served."""
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def show(self, name: str, feed: bytes) -> None:
        """Let a site show another feed, and work again if it failed."""
        self._feeds[name] = feed
        self._failing.discard(name)

    def fail(self, name: str) -> None:
        """Let a site be out of order."""
        self._failing.add(name)

    def take_served(self) -> tuple[Served, ...]:
        """Return what was asked and answered since the last call."""
        served = tuple(self._served)
        self._served.clear()
        return served

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                feed = site._feeds.get(name)
                if feed is None:
                    self._answer(HTTPStatus.NOT_FOUND)
                elif name in site._failing:
                    self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
                else:
                    etag = f'"{sha256(feed).hexdigest()[:16]}"'
                    if self.headers.get("If-None-Match") == etag:
                        self._answer(HTTPStatus.NOT_MODIFIED, etag=etag)
                    else:
                        self._answer(HTTPStatus.OK, feed, etag, _TYPES[name.rpartition(".")[2]])

            def _answer(
                self, status: HTTPStatus, body: bytes = b"", etag: str = "", kind: str = ""
            ) -> None:
                site._served.append(Served(self.path, status))
                self.send_response(status)
                if etag:
                    self.send_header("ETag", etag)
                if kind:
                    self.send_header("Content-Type", kind)
                if status is not HTTPStatus.NOT_MODIFIED:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: `take_served` tells."""

        return Handler
