"""Connections that a time limit cut off: none stays open."""

import asyncio
import gc
import socket
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from runner.sources.network import CheckedBackend

Left = Callable[[CheckedBackend, int], Coroutine[Any, Any, None]]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


async def left_open(backend: CheckedBackend, port: int) -> None:
    await backend.connect_tcp("127.0.0.1", port)


async def left_while_opening(backend: CheckedBackend, port: int) -> None:
    opening = asyncio.ensure_future(backend.connect_tcp("127.0.0.1", port))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    opening.cancel()
    with suppress(asyncio.CancelledError):
        await opening


async def left_while_closing(backend: CheckedBackend, port: int) -> None:
    stream = await backend.connect_tcp("127.0.0.1", port)
    closing = asyncio.ensure_future(stream.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with suppress(asyncio.CancelledError):
        await closing


async def left_while_reading(backend: CheckedBackend, port: int) -> None:
    stream = await backend.connect_tcp("127.0.0.1", port)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await stream.read(10)


@pytest.mark.parametrize(
    "left", [left_open, left_while_opening, left_while_closing, left_while_reading]
)
def test_what_a_time_limit_left_is_closed_with_the_rest(
    left: Left, listening: socket.socket
) -> None:
    async def leave() -> None:
        backend = CheckedBackend(allow_loopback=True)
        await left(backend, listening.getsockname()[1])
        await backend.aclose()

    with warnings.catch_warnings(record=True) as unclosed:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(leave())
        gc.collect()
    assert [str(each.message) for each in unclosed] == []
    with suppress(TimeoutError):
        listening.settimeout(0.2)
        there, _ = listening.accept()
        with there:
            there.settimeout(5)
            # What is cut off ends at once, or with a word of the system.
            with suppress(ConnectionResetError):
                assert there.recv(1) == b""


def test_a_connection_that_fails_when_nobody_waits_is_told_to_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def leave(port: int) -> None:
        backend = CheckedBackend(allow_loopback=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await backend.connect_tcp("127.0.0.1", port, timeout=0.2)
        await asyncio.sleep(0.3)
        opening = asyncio.ensure_future(backend.connect_tcp("127.0.0.1", port, timeout=0.2))
        await asyncio.sleep(0)
        await backend.aclose()
        with suppress(asyncio.CancelledError):
            await opening

    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(3):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        with warnings.catch_warnings(record=True) as left:
            warnings.simplefilter("always")
            asyncio.run(leave(full.getsockname()[1]))
            gc.collect()
    assert [str(each.message) for each in left] == []
    assert caplog.text == ""
