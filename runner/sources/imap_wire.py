"""The lines of a connection to an IMAP server, and the literals between them (RFC 3501, 4.3).

Bounded are each line, each literal, and what one command may answer in all.
"""

import re

import httpcore

from runner.sources.bounds import MEGABYTE
from runner.sources.imap_answers import Answer

COMMAND_BYTES = 16 * MEGABYTE
"""What one command may answer; a hundred mails' headers have 1 MB."""

LINE_BYTES = MEGABYTE
"""One line; the numbers of 100,000 mails have 0.7 MB."""

LITERAL_BYTES = MEGABYTE
"""One literal; none that is asked for is larger."""

_LITERAL = re.compile(rb"\{(\d{1,20})\+?\}\r?\n\Z")


class TooMuch(Exception):
    """The server says more than it may."""


class Wire:
    """What is written and read over one connection; each step takes `step_seconds` at most."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, step_seconds: float) -> None:
        self.stream = stream
        self._step_seconds = step_seconds
        self._buffer = bytearray()
        self._allowed = COMMAND_BYTES

    @property
    def has_more(self) -> bool:
        """Whether the server has said more than was asked for so far."""
        return bool(self._buffer)

    def begin(self) -> None:
        """Let the server say as much again as one command may answer."""
        self._allowed = COMMAND_BYTES

    async def say(self, line: bytes) -> None:
        """Write a line."""
        await self.stream.write(line + b"\r\n", self._step_seconds)

    async def answer(self) -> Answer:
        """Read the next answer.

        Raises:
            TooMuch: when it is longer than one may be.
        """
        pieces: list[bytes] = []
        while True:
            line = await self._line()
            literal = _LITERAL.search(line)
            if literal is None:
                return (*pieces, line)
            size = int(literal[1])
            if size > LITERAL_BYTES:
                raise TooMuch
            pieces += [line[: literal.start()], await self._exactly(size)]

    async def _line(self) -> bytes:
        looked = 0
        while (end := self._buffer.find(b"\n", looked)) < 0:
            looked = len(self._buffer)
            if looked > LINE_BYTES:
                raise TooMuch
            await self._more()
        return self._take(end + 1)

    async def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more()
        return self._take(size)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def _more(self) -> None:
        piece = await self.stream.read(64 * 1024, self._step_seconds)
        if not piece:
            raise httpcore.ReadError("EOF")
        self._allowed -= len(piece)
        if self._allowed < 0:
            raise TooMuch
        self._buffer += piece
