"""A web server on loopback that behaves as each test tells it to, and desks that watch it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

from runner.model import Category, ContactAbility, SourceCategory, Urgency
from runner.policies.privacy import PrivacyPolicy
from runner.policies.rules import Otherwise, TriagePolicy
from runner.policies.team import Team
from runner.policies.values import Brand, Configuration, Instance, Source
from runner.sources.bounds import Bounds

NO_RULES = TriagePolicy(
    "policies/triage.yaml", "", Otherwise(False, Category.QUESTION, Urgency.NORMAL, 1)
)
NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
PATIENT = Bounds(spacing=timedelta(0))
"""For whatever answers: a machine that does other work takes its time."""
HURRIED = replace(PATIENT, connect_seconds=1, read_seconds=0.5, total_seconds=1)
"""For what never answers or never ends."""
HELD_UP = 30
"""Seconds after which what is held up counts as waiting for ever, on the busiest machine."""


class Exchange(BaseHTTPRequestHandler):
    """One request, with small ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: "Site"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        self.server.pages[self.path](self)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.posted.append((self.path, dict(self.headers.items()), self.rfile.read(length)))
        self.server.pages[self.path](self)

    def answer(
        self, status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer in one piece, its length announced."""
        self.start(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head alone."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def hang_up(self) -> None:
        """Close the connection after this answer."""
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


Page = Callable[[Exchange], None]


class Site(ThreadingHTTPServer):
    """A web server on a free port of 127.0.0.1.

    `pages` maps each path to what answers it, `asked` holds every GET with its headers,
    `posted` every POST with its body too.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.over = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: bytes, **headers: str) -> str:
        """Serve a body, and return its address; `_` in header names stands for `-`."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = lambda exchange: exchange.answer(200, body, told)
        return self.url(path)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that refuse the rest of a body hang up."""


def desk(*sources: Source, contact: str = "mailto:veille@example.org") -> Configuration:
    """A desk that watches these sources."""
    instance = Instance(
        "Maison Lumen", "en", ZoneInfo("Europe/Paris"), False, "main", "local", contact
    )
    brands = (Brand("lumen", "Lumen", ("Lumen",)),)
    team = Team((), ())
    return Configuration(instance, brands, sources, team, NO_RULES, PrivacyPolicy(), {})


def source(
    id: str, kind: str = "feed", *, site: str = "forum.example.org", **settings: object
) -> Source:
    return Source(
        id=id, kind=kind, category=SourceCategory.FORUM, site=site, brand="lumen",
        public=ContactAbility.MANUAL, private=ContactAbility.NONE, language=None,
        every=timedelta(minutes=15), ignore_authors=(), settings=settings, line=1,
    )  # fmt: skip
