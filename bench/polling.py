"""A poll of 1,000 feeds beside what curl needs for the same requests.

    python bench/polling.py [--feeds 1000] [--runs 3] [--concurrency 50] [--json]

A server of its own process on loopback answers each request after 50 ms.  `bench/README.md`
says what each row is.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path

from generate import NAMES, ROOT, WORDS

from runner.planning.observation import Cursor
from runner.policies.load import load_configuration
from runner.policies.values import Source
from runner.sources import feed
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged
from runner.sources.http import Client

DOLEANCES = str(Path(sysconfig.get_path("scripts")) / "doleances")
LATENCY = 0.05
"""Seconds from a request to its answer."""
ENTRIES = 30
AT_MOST = {"304": 1.2, "200": 3}
"""What a poll may take, as times what curl needs: what the project asks of itself."""
ETAG = '"as-it-was"'
SEEN_AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATER = "2026-11-21T09:00:00Z"
"""When the polls that are measured happen: every source is due again."""

# Nothing that these feeds say opens a case: a poll ends before messages are judged.
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- {id: none, when: {says: xyzzy}, then: {after_sales: yes}}
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: wall-clock seconds over the runs, and how many times what curl needs (medians).

    `processor` is the least of user and system seconds, children included.
    """

    hosts: str
    answers: str
    what: str
    least: float
    median: float
    processor: float
    times_curl: float
    runs: int


class CannotMeasure(Exception):
    """Something that should have worked did not; its figure would mean nothing."""


def make_feed(number: int) -> bytes:
    """Return a feed of 30 messages: RSS, or Atom for every second one."""
    chance = random.Random(number)
    return (_atom if number % 2 else _rss)(number, chance).encode()


def _messages(number: int, chance: random.Random) -> Iterator[tuple[str, str, str, str, datetime]]:
    """Yield id, author, title, text and instant of each message of a feed."""
    for nth in range(ENTRIES):
        lines = chance.sample(WORDS[chance.choice(("fr", "en"))], k=chance.randrange(3, 8))
        at = SEEN_AT - timedelta(minutes=37 * nth + number % 30)
        author = f"{chance.choice(NAMES)}_{chance.randrange(10, 100)}"
        yield f"{number}-{nth}", author, lines[0], "".join(f"<p>{line}</p>" for line in lines), at


def _rss(number: int, chance: random.Random) -> str:
    items = "".join(
        f"""
  <item>
    <title>{escape(title)}</title>
    <link>https://forum-{number}.example.org/t/{name}</link>
    <guid isPermaLink="false">{name}</guid>
    <dc:creator><![CDATA[{author}]]></dc:creator>
    <pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>
    <description><![CDATA[{text}]]></description>
  </item>"""
        for name, author, title, text, at in _messages(number, chance)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
  <title>Forum {number}</title>
  <link>https://forum-{number}.example.org/</link>
  <description>Messages</description>{items}
</channel>
</rss>
"""


def _atom(number: int, chance: random.Random) -> str:
    entries = "".join(
        f"""
  <entry>
    <id>tag:forum-{number}.example.org,2026:{name}</id>
    <title>{escape(title)}</title>
    <link rel="alternate" href="https://forum-{number}.example.org/t/{name}"/>
    <author><name>{author}</name></author>
    <published>{at:%Y-%m-%dT%H:%M:%SZ}</published>
    <updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated>
    <content type="html">{escape(text)}</content>
  </entry>"""
        for name, author, title, text, at in _messages(number, chance)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>Forum {number}</title>
  <id>tag:forum-{number}.example.org,2026:feed</id>
  <link href="https://forum-{number}.example.org/"/>
  <updated>{SEEN_AT:%Y-%m-%dT%H:%M:%SZ}</updated>{entries}
</feed>
"""


class Answering(asyncio.Protocol):
    """Answers `GET /<number>` after `LATENCY`: 304 to whoever shows the tag, else the feed.

    Under `/new/<number>` it always gives the feed.
    """

    def __init__(self) -> None:
        self._said = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._said += data
        while b"\r\n\r\n" in self._said:
            head, _, self._said = self._said.partition(b"\r\n\r\n")
            answer = _answer(head)
            asyncio.get_running_loop().call_later(LATENCY, self._send, answer)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _answer(head: bytes) -> bytes:
    path = head.split(b" ", 2)[1]
    *fresh, number = path.strip(b"/").split(b"/")
    if not fresh and ETAG.encode() in head:
        return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % ETAG.encode()
    return _page(int(number))


@cache
def _page(number: int) -> bytes:
    body = make_feed(number)
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: %s\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (ETAG.encode(), len(body), body)
    )


def address(number: int) -> str:
    """Return the loopback address that stands for the host of a feed."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


async def serve(feeds: int) -> None:
    """Listen on a port of 127.0.0.1, the same of every feed's own address, and say which."""
    for number in range(feeds):
        _page(number)
    loop = asyncio.get_running_loop()
    first = await loop.create_server(Answering, "127.0.0.1", 0, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    for number in range(feeds):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address(number), port))
        await loop.create_server(Answering, sock=listening, backlog=64)
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def server(feeds: int) -> Iterator[int]:
    """Run a server and give its port; it ends when its standard input does."""
    with subprocess.Popen(
        (sys.executable, __file__, "--serve", "--feeds", str(feeds)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def write_desk(folder: Path, urls: Sequence[str]) -> None:
    """Write a repository whose sources are these feeds, with this desk's masking."""
    folder.mkdir(parents=True)
    (folder / "policies").mkdir()
    for name in ("privacy.yaml", "clocks.yaml"):
        shutil.copy(ROOT / "policies" / name, folder / "policies" / name)
    shutil.copytree(ROOT / "policies/calendars", folder / "policies/calendars")
    (folder / "policies/triage.yaml").write_text(TRIAGE)
    sources = "".join(
        f"- id: forum-{number}\n  kind: feed\n  category: forum\n"
        f"  site: forum-{number}.example.org\n"
        f"  contact: {{public: manual, private: none}}\n  every: 15m\n  url: {url}\n"
        for number, url in enumerate(urls)
    )
    head, *_ = (ROOT / "sources.yaml").read_text().partition("\nsources:\n")
    (folder / "sources.yaml").write_text(f"{head}\nsources:\n{sources}")
    git = ("git", "-C", str(folder), "-c", "user.name=Ines", "-c", "user.email=ines@example.org")
    for command in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-qm", "Set up.")):
        subprocess.run((*git, *command), check=True)


def run_once(command: Sequence[str], folder: Path) -> tuple[float, float, str]:
    """Return wall-clock and processor seconds of a process, and what it said."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read().decode(errors="replace")
        if child.returncode != 0:
            raise CannotMeasure(f"{' '.join(command[:4])}: {child.returncode}\n{words[-2000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, words


def curl(folder: Path, urls: Sequence[str], answers: str, concurrency: int) -> tuple[str, ...]:
    """Return a command that asks for every URL as the program does, its answers thrown away."""
    lines = "".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls)
    (folder / "urls").write_text(lines)
    tag = ("--header", f"If-None-Match: {ETAG}") if answers == "304" else ()
    return (
        "curl", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max",
        str(concurrency), *tag, "--config", str(folder / "urls"),
    )  # fmt: skip


def poll(answers: str) -> tuple[str, ...]:
    full = ("--full",) if answers == "200" else ()
    return (DOLEANCES, "--now", LATER, "collect", "--allow-loopback", "--json", *full)


def processor_seconds() -> float:
    """Return what this process and its children that are over have spent."""
    return sum(os.times()[:4])


def read_feeds(folder: Path, answers: str) -> None:
    """Ask for the feeds of a desk and parse them, as a run that is under way does; say how long."""
    files = {
        "sources.yaml",
        *(str(f.relative_to(folder)) for f in folder.glob("policies/**/*.yaml")),
    }
    configuration, _ = load_configuration({name: (folder / name).read_bytes() for name in files})
    assert configuration
    now = datetime.now(UTC)
    seen = {
        source.id: Cursor(source.id, ETAG, None, now, "", (), ENTRIES) if answers == "304" else None
        for source in configuration.sources
    }

    async def read_all() -> list[Fetched]:
        at_once = asyncio.Semaphore(64)
        async with Client(now=now, allow_loopback=True) as client:
            outside = Outside(folder, lambda: client, now, configuration.instance.zone)

            async def read(source: Source) -> Fetched:
                async with at_once:
                    return await feed.fetch(source, seen[source.id], outside)

            with contextlib.closing(outside):
                return await asyncio.gather(*map(read, configuration.sources))

    began, spent = time.perf_counter(), processor_seconds()
    reads = asyncio.run(read_all())
    took = time.perf_counter() - began, processor_seconds() - spent
    wanted = Unchanged if answers == "304" else Fresh
    if not all(isinstance(read, wanted) for read in reads):
        raise CannotMeasure(f"not all are {wanted.__name__}")
    print(json.dumps(took))


def check_reads(said: str, answers: str, feeds: int) -> None:
    """Raise unless every source was read as it should have been."""
    wanted = ("unchanged", 0) if answers == "304" else ("read", ENTRIES)
    reads = json.loads(said)
    odd = [read for read in reads if (read["status"], read["mentions"]) != wanted]
    if odd or len(reads) != feeds:
        raise CannotMeasure(f"{len(reads)} sources read; the odd ones: {odd[:1]}")


def measure(folder: Path, port: int, arguments: argparse.Namespace) -> Iterator[Figure]:
    feeds, runs = arguments.feeds, arguments.runs
    for hosts, places in (
        (f"{feeds} hosts", [address(number) for number in range(feeds)]),
        ("one host", ["127.0.0.1"] * feeds),
    ):
        home = folder / hosts.replace(" ", "-")
        urls = [f"http://{place}:{port}/{number}" for number, place in enumerate(places)]
        write_desk(home, urls)
        remember = (DOLEANCES, "--now", SEEN_AT.isoformat(), "run", "--allow-loopback")
        run_once(remember, home)
        for answers in ("304", "200"):
            commands = {
                "curl": curl(folder, urls, answers, arguments.concurrency),
                "asking and parsing": (
                    sys.executable, __file__, "--read", answers, "--desk", str(home)
                ),
                "doleances collect": poll(answers),
            }  # fmt: skip
            taken: dict[str, list[tuple[float, float]]] = {what: [] for what in commands}
            for _ in range(runs + 1):
                for what, command in commands.items():
                    seconds, processor, said = run_once(command, home)
                    if what == "doleances collect":
                        check_reads(said, answers, feeds)
                    elif what != "curl":
                        seconds, processor = json.loads(said)
                    taken[what].append((seconds, processor))
            needed = statistics.median(seconds for seconds, _ in taken["curl"][1:])
            for what, samples in taken.items():
                wall, processor = zip(*samples[1:], strict=True)
                middle = statistics.median(wall)
                yield Figure(
                    hosts, answers, what, min(wall), middle, min(processor), middle / needed, runs
                )


def print_ratios(figures: Sequence[Figure]) -> None:
    """Print how many times what curl needs everything takes, and what it may take."""
    hosts = list(dict.fromkeys(figure.hosts for figure in figures))
    ratios = {(f.answers, f.what, f.hosts): f.times_curl for f in figures}
    print(f"\n| times curl | {' | '.join(hosts)} | may be |\n| --- |{' --- |' * (len(hosts) + 1)}")
    for answers, what in dict.fromkeys((f.answers, f.what) for f in figures if f.what != "curl"):
        cells = [f"{ratios[answers, what, each]:.2f}" for each in hosts]
        print(f"| {answers}, {what} | {' | '.join(cells)} | {AT_MOST[answers]} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=50, help="of curl")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    parser.add_argument("--desk", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read_feeds(arguments.desk, arguments.read)
        return
    if arguments.serve:
        asyncio.run(serve(arguments.feeds))
        return
    if not arguments.as_json:
        print("| hosts | answers | what | least s | median s | processor s | times curl |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, server(arguments.feeds) as port:
        for figure in measure(Path(folder), port, arguments):
            figures.append(figure)
            if arguments.as_json:
                print(json.dumps(asdict(figure)), flush=True)
            else:
                print(
                    f"| {figure.hosts} | {figure.answers} | {figure.what} | {figure.least:.2f} "
                    f"| {figure.median:.2f} | {figure.processor:.2f} | {figure.times_curl:.2f} |",
                    flush=True,
                )
    if not arguments.as_json:
        print_ratios(figures)


if __name__ == "__main__":
    main()
