"""Unpacking gzip and deflate bodies piece by piece, never beyond a limit.

A kilobyte of gzip can hold a megabyte, and a megabyte a gigabyte: the limit holds while
unpacking, not after.
"""

import zlib

ACCEPTED = "gzip, deflate"
"""What `Accept-Encoding` asks for.  Brotli would need one more package and saves feeds little."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_BARE_DEFLATE = -zlib.MAX_WBITS


class TooLarge(Exception):
    """A body has more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Damaged(Exception):
    """The body is packed in no known way, or its packing is broken."""


class Unpacker:
    """Takes a body in pieces as they arrive and gives it back unpacked.

    `packing` is the value of `Content-Encoding`; `limit` is in bytes, unpacked.

    Raises:
        Damaged: when the packing is neither gzip nor deflate, or is several layers deep.
    """

    def __init__(self, packing: str, limit: int) -> None:
        self._limit = self._left = limit
        packing = packing.strip().lower()
        if packing not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise Damaged(packing)
        self._plain = packing in {"", "identity"}
        self._may_be_bare = packing == "deflate"
        self._first = b""
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def unpack(self, piece: bytes) -> bytes:
        """Return what the piece adds to the body.

        Raises:
            TooLarge: when the body grows beyond the limit.
            Damaged: when the packing is broken.
        """
        if self._plain:
            self._count(len(piece))
            return piece
        if self._may_be_bare:
            self._first += piece
            if len(self._first) < 2:
                return b""
            self._may_be_bare = False
            piece = self._first
            if not _has_zlib_header(piece):
                self._stream = zlib.decompressobj(_BARE_DEFLATE)
        out = []
        while piece:
            out.append(self._inflate(piece))
            if not self._stream.eof:
                break
            # Several gzip members may follow one another; anything else after the end is padding.
            piece = self._stream.unused_data
            if not piece.startswith(_GZIP_MAGIC):
                break
            self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        return b"".join(out)

    def finish(self) -> None:
        """Say that the body is over.

        Raises:
            Damaged: when the packing is not.
        """
        if not self._plain and not self._stream.eof:
            raise Damaged("it ends too early")

    def _inflate(self, piece: bytes) -> bytes:
        try:
            data = self._stream.decompress(piece, self._left + 1)
        except zlib.error as error:
            raise Damaged(str(error)) from error
        self._count(len(data))
        return data

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TooLarge(self._limit)


def _has_zlib_header(start: bytes) -> bool:
    """Tell whether `deflate` comes as it should, in zlib's frame (RFC 1950), or bare."""
    return start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2], "big") % 31 == 0
