"""Other processes, for what would keep one core busy while the others rest, or would never end.

Threads of Python share one core, and nothing ends a thread.  A small desk never starts a process:
only a run that has more than a megabyte to read does.
"""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar, cast

from runner.sources.bounds import MEGABYTE
from runner.sources.worker import HEAD_BYTES, READY

Made = TypeVar("Made")

WORTH_IT = MEGABYTE
"""Bytes of pages from which on a run has them read by other processes: some 40 feeds."""

_PATIENCE = 3
"""How many times its processor time a computation may last by the clock on the wall."""

_MOST = 8
"""Processes at most: one core goes on asking, and feeds keep no more than these busy."""

_START_SECONDS = 30.0
_KEPT_VARIABLES = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "TZ")
"""Of the environment; the secrets of the sources stay where strangers' pages are not read."""


class NoWorker(Exception):
    """No process can be started here."""


class TookTooLong(Exception):
    """A computation took more processor time than one may."""


class WorkerLost(Exception):
    """The process ended in the middle of it, and another one too."""


class Stumbled(Exception):
    """The computation raised an error; its words are its kind and place."""


class Workers:
    """Processes that wait for something to do; started when they are needed, ended together.

    A computation may take so many `seconds` of processor time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._free = asyncio.Semaphore(min(_cores(), _MOST))
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._weight = 0
        self._is_possible = True

    def are_worth_it(self, weight: int) -> bool:
        """Tell whether what is to be read is to be read by them; `weight` are its bytes."""
        self._weight += weight
        return self._is_possible and self._weight > WORTH_IT

    async def compute(self, function: Callable[..., Made], *given: object) -> Made:
        """Return what a function of a module makes of its arguments, made by one of them.

        Where a process is ended from outside, another one tries again.

        Raises:
            NoWorker: when no process can be started.
            TookTooLong: when it takes too long.
            WorkerLost: when it ends two processes.
            Stumbled: when the function raises an error.
        """
        task = pickle.dumps((self._seconds, function, given), pickle.HIGHEST_PROTOCOL)
        async with self._free:
            for _ in range(2):
                worker = self._idle.pop() if self._idle else await self._start()
                try:
                    is_made, answer = await worker.ask(task, self._seconds * _PATIENCE)
                except (ConnectionError, asyncio.IncompleteReadError):
                    if self._end(worker) == -signal.SIGPROF:
                        raise TookTooLong from None
                    continue
                except BaseException as error:
                    self._end(worker)
                    if isinstance(error, TimeoutError):
                        raise TookTooLong from None
                    raise
                self._idle.append(worker)
                if not is_made:
                    raise Stumbled(answer)
                return cast("Made", answer)
        raise WorkerLost

    def close(self) -> None:
        """End all processes, whatever they do."""
        while self._all:
            self._end(next(iter(self._all)))

    async def _start(self) -> "_Worker":
        try:
            worker = _Worker()
        except OSError as error:
            self._is_possible = False
            raise NoWorker from error
        self._all.add(worker)
        try:
            await worker.wait_until_ready()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError) as error:
            self._end(worker)
            self._is_possible = False
            raise NoWorker from error
        return worker

    def _end(self, worker: "_Worker") -> int:
        self._all.discard(worker)
        return worker.end()


class _Worker:
    """One process, and the socket to speak with it."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        self._line.setblocking(False)
        with theirs:
            try:
                self._process = subprocess.Popen(
                    # Without -P a folder `runner` where the command was given would be taken.
                    (sys.executable, "-P", "-m", "runner.sources.worker"),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                )
            except OSError:
                self._line.close()
                raise

    async def wait_until_ready(self) -> None:
        async with asyncio.timeout(_START_SECONDS):
            await self._receive(len(READY))

    async def ask(self, task: bytes, seconds: float) -> tuple[bool, object]:
        async with asyncio.timeout(seconds):
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(self._line, len(task).to_bytes(HEAD_BYTES) + task)
            size = int.from_bytes(await self._receive(HEAD_BYTES))
            # From a process of our own, through a socket that nobody else holds.
            answer: tuple[bool, object] = pickle.loads(await self._receive(size))  # noqa: S301
            return answer

    async def _receive(self, size: int) -> bytearray:
        loop = asyncio.get_running_loop()
        received = bytearray(size)
        with memoryview(received) as room:
            at = 0
            while at < size:
                count = await loop.sock_recv_into(self._line, room[at:])
                if not count:
                    raise asyncio.IncompleteReadError(bytes(received[:at]), size)
                at += count
        return received

    def end(self) -> int:
        """End the process and return how it ended."""
        self._line.close()
        # One that ended by itself keeps its own status.
        self._process.kill()
        return self._process.wait()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
