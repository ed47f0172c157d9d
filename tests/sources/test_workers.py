"""Other processes that read pages: used where it pays, bounded, and never left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from loopback_site import HELD_UP, NOW, Site, desk, source

from runner.planning.observation import ReadStatus
from runner.sources import workers
from runner.sources.adapter import Outside
from runner.sources.bounds import Bounds
from runner.sources.collect import Errand, read_sources
from runner.sources.http import Client
from runner.sources.workers import NoWorker, Stumbled, TookTooLong, WorkerLost, Workers

Made = TypeVar("Made")
MUCH = workers.WORTH_IT + 1


def with_workers(use: Callable[[Workers], Awaitable[Made]], seconds: float = 20) -> Made:
    """Return what is made with workers, which are ended then."""

    async def made() -> Made:
        some = Workers(seconds)
        try:
            return await use(some)
        finally:
            some.close()

    return asyncio.run(made())


def outside(seconds: float = 20) -> Outside:
    def connect() -> Client:
        raise AssertionError("nobody is to be asked")

    return Outside(Path(), connect, NOW, ZoneInfo("UTC"), bounds=Bounds(computing_seconds=seconds))


def is_gone(process: int) -> bool:
    """Tell whether a process ends within some seconds; one that nobody waited for has ended."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_run_with_much_to_read_has_it_read_by_other_processes() -> None:
    async def who() -> list[int]:
        with contextlib.closing(outside()) as run:
            weights = (MUCH // 2, MUCH, 0)
            return [await run.apart(weight, os.getpid) for weight in weights]

    first, second, third = asyncio.run(who())
    assert first == os.getpid()
    assert second != os.getpid()
    assert second == third
    assert is_gone(second)


def test_where_none_can_be_started_the_run_reads_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async def who() -> list[int]:
        with contextlib.closing(outside()) as run:
            return [await run.apart(MUCH, os.getpid) for _ in range(2)]

    for executable in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(NoWorker):
            with_workers(lambda some: some.compute(os.getpid))
        assert asyncio.run(who()) == [os.getpid()] * 2


def test_what_takes_too_long_is_ended_and_the_next_is_done() -> None:
    async def both(some: Workers) -> int:
        with pytest.raises(TookTooLong):
            # One call that no other thread and no signal handler of Python would interrupt.
            await some.compute(sum, range(10**12))
        return await some.compute(sum, range(10))

    assert with_workers(both, seconds=0.3) == 45


def test_an_error_is_told_by_its_kind_and_place_alone() -> None:
    with pytest.raises(Stumbled, match=r"^ValueError in worker\.py:\d+$"):
        with_workers(lambda some: some.compute(int, "secret"))


def test_what_ends_its_process_is_given_up_and_the_next_is_done() -> None:
    async def both(some: Workers) -> int:
        with pytest.raises(WorkerLost):
            await some.compute(os.abort)
        return await some.compute(sum, range(10))

    assert with_workers(both) == 45


def test_the_work_of_a_process_killed_from_outside_is_done_by_another() -> None:
    async def killed(some: Workers) -> tuple[int, int]:
        first = await some.compute(os.getpid)
        os.kill(first, signal.SIGKILL)
        second = await some.compute(os.getpid)
        nap = asyncio.ensure_future(some.compute(time.sleep, 0.3))
        await asyncio.sleep(0.1)
        os.kill(second, signal.SIGKILL)
        await nap
        return first, await some.compute(os.getpid)

    first, last = with_workers(killed)
    assert first != last


def test_they_see_nothing_of_the_environment_but_where_the_program_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRUSTPILOT_KEY", "k-123")
    seen = with_workers(lambda some: some.compute(subprocess.getoutput, "env"))
    assert "PYTHONPATH=" in seen
    assert "TRUSTPILOT_KEY" not in seen


PARENT = """
import asyncio, os, sys, time
from runner.sources.workers import Workers

async def run():
    some = Workers(float(sys.argv[1]))
    print(await some.compute(os.getpid), flush=True)
    await some.compute(sum, range(10**12))

asyncio.run(run())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for processes")
@pytest.mark.parametrize(
    "how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name
)
def test_none_outlives_its_killed_parent_for_long(how: signal.Signals) -> None:
    with subprocess.Popen(
        (sys.executable, "-c", PARENT, "1"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.wait(10)
    assert is_gone(worker)


FEED = """\
<rss version="2.0"><channel><title>f</title>{items}</channel></rss>
"""
ITEM = """\
<item><guid isPermaLink="false">{id}</guid><title>Colis</title>
<description>Rien reçu, appelez le 06 12 34 56 78 : {text}</description>
<author>Camille {id}</author></item>
"""


def test_a_source_reads_the_same_whoever_reads_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [ITEM.format(id=number, text="lampe " * 700) for number in range(30)]
    for number in range(12):
        body = FEED.format(items="".join(items[number:])).encode()
        site.page(f"/{number}", body)
    site.page("/html", b"<html><p>nothing</p></html>")
    watched = [source(f"forum-{number}", url=site.url(f"/{number}")) for number in range(12)]
    watched.append(source("moved", url=site.url("/html")))
    errand = Errand(now=NOW, judged_by="", allow_loopback=True)
    apart = read_sources(desk(*watched), tmp_path, errand)
    monkeypatch.setattr(workers, "WORTH_IT", 10**12)
    assert apart == read_sources(desk(*watched), tmp_path, errand)
    assert sum(len(read.mentions) for read in apart) == sum(range(19, 31))
    assert all("[tel]" in mention.text for read in apart for mention in read.mentions)


def test_hostile_bare_tags_cost_no_more_than_they_may(site: Site, tmp_path: Path) -> None:
    site.page("/tags", b"<rss version='2.0'><channel><item>" + b"<a>" * 1_000_000)
    site.page("/feed", FEED.format(items=ITEM.format(id=1, text="")).encode())
    errand = Errand(now=NOW, judged_by="", allow_loopback=True, bounds=Bounds(computing_seconds=1))
    watched = (source("tags", url=site.url("/tags")), source("forum", url=site.url("/feed")))
    began = time.monotonic()
    tags, forum = read_sources(desk(*watched), tmp_path, errand)
    assert time.monotonic() - began < HELD_UP
    assert tags.status is ReadStatus.UNKNOWN
    assert "takes more than 1 s of computing" in tags.problem
    assert forum.status is ReadStatus.READ
