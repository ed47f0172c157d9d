"""What people write in a week, and a site on loopback that shows it in feeds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from xml.sax.saxutils import escape, quoteattr

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
SHOWN = timedelta(days=14)
"""How long a feed shows a message."""
SITES = ("forum", "agora", "entraide")
_THINGS = ("lampe", "bouilloire", "radio", "pendule", "cafetière", "balance", "veilleuse")
_TROUBLES = (
    "ne marche plus depuis hier",
    "est arrivée cassée",
    "fait un bruit terrible",
    "s'éteint sans cesse",
    "sent le brûlé",
)


class Kind(Enum):
    """What a message is; of those from `COPY` on `of` names the message they follow."""

    COMPLAINT = auto()
    CRISIS = auto()
    SPAM = auto()
    OWN = auto()
    COPY = auto()
    """The same words by the same author on another site."""
    REPLY = auto()
    """Its author writes again in the same conversation."""
    OTHER_REPLY = auto()
    """Somebody else talks in that conversation."""


@dataclass(frozen=True)
class Message:
    nth: int
    kind: Kind
    site: str
    author: str
    text: str
    posted_at: datetime
    of: int | None = None
    edited: bool = False

    @property
    def url(self) -> str:
        return address_of(self.site, self.nth)

    @property
    def is_after_sales(self) -> bool:
        return self.kind in {Kind.COMPLAINT, Kind.CRISIS, Kind.COPY, Kind.REPLY}


def address_of(site: str, nth: int) -> str:
    return f"https://{site}.example.org/m/{nth}"


def week_of_messages(random: Random, count: int = 200) -> tuple[Message, ...]:
    """Return what is written in a week, in the order of its being posted."""
    at = sorted(MONDAY + WEEK * random.random() * 0.93 for _ in range(count))
    said: list[Message] = []
    for nth, posted_at in enumerate(at):
        openers = [m for m in said if m.kind in {Kind.COMPLAINT, Kind.CRISIS}]
        kind = random.choices(list(Kind), (100, 4, 30, 8, 20, 30, 8))[0]
        if not openers and kind in {Kind.COPY, Kind.REPLY, Kind.OTHER_REPLY}:
            kind = Kind.COMPLAINT
        said.append(_message(random, nth, kind, openers, posted_at.replace(microsecond=0)))
    return tuple(said)


def _message(
    random: Random, nth: int, kind: Kind, openers: list[Message], posted_at: datetime
) -> Message:
    site, author = random.choice(SITES), f"Camille {nth}"
    trouble = f"Ma {random.choice(_THINGS)} {random.choice(_TROUBLES)}, c'est le souci {nth * 7919}"
    of = random.choice(openers[-25:]) if openers else None
    match kind:
        case Kind.COMPLAINT:
            text = f"{trouble} et personne ne répond."
        case Kind.CRISIS:
            text = f"{trouble} et je veux mourir."
        case Kind.SPAM:
            text = f"Belles montres {nth} à petit prix, venez voir."
        case Kind.OWN:
            author, text = "Lumen SAV", f"Nos ateliers {nth} ferment lundi."
        case Kind.COPY:
            assert of is not None
            site = random.choice([each for each in SITES if each != of.site])
            author, text = of.author, of.text
        case Kind.REPLY:
            assert of is not None
            site, author = of.site, of.author
            text = f"Toujours le même souci, relance {nth}, que faites-vous ?"
        case Kind.OTHER_REPLY:
            assert of is not None
            site, text = of.site, f"Moi j'ai changé de marque, avis {nth}."
    return Message(
        nth, kind, site, author, text, posted_at,
        of.nth if of and kind in {Kind.COPY, Kind.REPLY, Kind.OTHER_REPLY} else None,
    )  # fmt: skip


@dataclass
class Feeds:
    """The feeds of the sites; people edit what they wrote, `ill` sites do not answer."""

    messages: list[Message]
    now: datetime = MONDAY
    ill: set[str] = field(default_factory=set)

    def edit(self, nth: int) -> None:
        message = self.messages[nth]
        self.messages[nth] = replace(message, text=message.text + " Merci.", edited=True)

    def render(self, site: str) -> bytes:
        shown = [
            m
            for m in self.messages
            if m.site == site and self.now - SHOWN < m.posted_at <= self.now
        ]
        entries = "".join(map(self._entry, sorted(shown, key=lambda m: -m.nth)))
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<feed xmlns="http://www.w3.org/2005/Atom" '
            'xmlns:thr="http://purl.org/syndication/thread/1.0">'
            f"<title>{site}</title><id>urn:{site}</id>"
            f"<updated>{self.now:%Y-%m-%dT%H:%M:%SZ}</updated>{entries}</feed>"
        ).encode()

    def _entry(self, message: Message) -> str:
        thread = ""
        if message.of is not None and message.kind is not Kind.COPY:
            page = quoteattr(address_of(message.site, message.of))
            thread = f"<thr:in-reply-to ref={page} href={page}/>"
        return (
            f"<entry><id>urn:{message.site}:{message.nth}</id>"
            f"<title>Avis {message.nth}</title><link href={quoteattr(message.url)}/>"
            f"<author><name>{escape(message.author)}</name></author>"
            f"<published>{message.posted_at:%Y-%m-%dT%H:%M:%SZ}</published>"
            f"<updated>{message.posted_at:%Y-%m-%dT%H:%M:%SZ}</updated>{thread}"
            f'<content type="text">{escape(message.text)}</content></entry>'
        )


@contextmanager
def serving_feeds(feeds: Feeds) -> Iterator[str]:
    """Serve them on loopback, and return the address that a site's name is put behind."""

    class Exchange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site = self.path.strip("/")
            body = b"" if site in feeds.ill else feeds.render(site)
            self.send_response(503 if site in feeds.ill else 200)
            self.send_header("Content-Type", "application/atom+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
