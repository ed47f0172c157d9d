"""Answers that mean harm, for tests of whatever asks the web, and what they may cost."""

import contextlib
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta

from loopback_site import Exchange

from runner.sources.bounds import MEGABYTE, Bounds

BOUNDS = Bounds(
    connect_seconds=1, read_seconds=0.5, total_seconds=1.5, wire_bytes=2 * MEGABYTE,
    body_bytes=4 * MEGABYTE, spacing=timedelta(0),
)  # fmt: skip
SECONDS = 20
"""Of a processor, for the hardest of these."""
LONGEST = 120
"""Seconds, on the busiest machine; without bounds most never end."""
MEMORY = 60 * MEGABYTE
"""Of Python's own objects; a body of 4 MB is there three times while it is decoded and read."""

Answer = Callable[[Exchange], None]


@contextlib.contextmanager
def bounded(*, measured: bool = True) -> Iterator[None]:
    """Hold what is done in it to these times, and where it is `measured` to `MEMORY`."""
    began, spent = time.monotonic(), time.process_time()
    if measured:
        tracemalloc.start()
    try:
        yield
        if measured:
            assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert time.process_time() - spent < SECONDS
    assert time.monotonic() - began < LONGEST


BLANKS = b" " * (64 * MEGABYTE)
BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
BOMBS = {
    "gzip": ("gzip", gzip.compress(BLANKS)),
    "gzip, many members": ("gzip", gzip.compress(b" " * MEGABYTE) * 64),
    "deflate": ("deflate", zlib.compress(BLANKS)),
    "bare deflate": ("deflate", BARE.compress(BLANKS) + BARE.flush()),
    "gzip in gzip": ("gzip, gzip", gzip.compress(gzip.compress(BLANKS))),
    "brotli": ("br", b"\x1b\xff\xff\xff"),
    "zstandard": ("zstd", b"\x28\xb5\x2f\xfd"),
    "no such packing": ("compress", b"\x1f\x9d"),
}


def drip(exchange: Exchange, head: bytes, piece: bytes, pause: float = 0.0) -> None:
    """Send the head, then the piece for ever."""
    exchange.hang_up()
    with contextlib.suppress(OSError):
        exchange.wfile.write(head)
        while not exchange.server.over.wait(pause):
            exchange.wfile.write(piece)


ENDLESS: dict[str, Answer] = {
    "body": lambda it: drip(it, b"HTTP/1.1 200 OK\r\n\r\n", b"<rss>" * 2000),
    "chunks": lambda it: drip(
        it, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\n[[[[[\r\n" * 500
    ),
    "headers": lambda it: drip(it, b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 100),
    "one header": lambda it: drip(it, b"HTTP/1.1 200 OK\r\nX-More: ", b"more" * 1000),
    "interim answers": lambda it: drip(it, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50),
    "slow status line": lambda it: drip(it, b"HTTP/1.1 ", b"2", 0.05),
    "slow headers": lambda it: drip(it, b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.05),
    "slow body": lambda it: drip(it, b"HTTP/1.1 200 OK\r\n\r\n", b" ", 0.05),
}


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>'
DOCUMENTS = {
    "entities in RSS": f"{LAUGHS}<rss version='2.0'><channel><item><title>&e29;</title>"
    "</item></channel></rss>",
    "entities in Atom": f"{LAUGHS}<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
    "<title>&e29;</title></entry></feed>",
    "one long entity, often": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><rss version="2.0">'
    f"<channel><item><title>{'&a;' * 50_000}</title></item></channel></rss>",
    "an outside entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss version="2.0">'
    "<channel><item><title>a &a; b</title></item></channel></rss>",
    "deep XML": "<rss version='2.0'><channel><item>" + "<a>" * 200_000,
    "deep JSON": '{"items": ' + "[" * 200_000,
    "deep HTML": "<div>" * 200_000,
    "a tree of empty elements": "<rss version='2.0'><channel>" + "<ttl/>" * 400_000,
    "attributes": "<rss " + " ".join(f"a{n}='b'" for n in range(100_000)) + "/>",
    "a huge number": '{"items": [{"id": ' + "9" * 100_000 + ', "text": "a"}]}',
    "half characters": '{"items": [{"id": "\\ud800", "text": "\\udfff a"}]}',
    "scripts": "<script type='application/ld+json'>{" * 20_000,
}
