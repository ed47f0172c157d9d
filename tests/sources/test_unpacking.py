"""Packed bodies are unpacked up to a limit, never beyond."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.sources.unpacking import Damaged, TooLarge, Unpacker


def bare(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def unpack(packing: str, data: bytes, limit: int = 1 << 20, piece: int = 7) -> bytes:
    unpacker = Unpacker(packing, limit)
    body = b"".join(unpacker.unpack(data[at : at + piece]) for at in range(0, len(data), piece))
    unpacker.finish()
    return body


PACKINGS = {"": bytes, "identity": bytes, "gzip": gzip.compress, "GZIP": gzip.compress,
            "x-gzip": gzip.compress, "deflate": zlib.compress, " deflate ": bare}  # fmt: skip


@pytest.mark.parametrize("packing", PACKINGS)
@given(data=st.binary(max_size=300), piece=st.integers(1, 400))
def test_what_was_packed_comes_back(packing: str, data: bytes, piece: int) -> None:
    assert unpack(packing, PACKINGS[packing](data), piece=piece) == data


@given(piece=st.integers(1, 60))
def test_gzip_members_that_follow_one_another_are_one_body(piece: int) -> None:
    members = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0"
    assert unpack("gzip", members, piece=piece) == b"one two"


@pytest.mark.parametrize("packing", PACKINGS)
def test_the_limit_is_the_last_byte_allowed(packing: str) -> None:
    assert len(unpack(packing, PACKINGS[packing](b"a" * 1000), limit=1000)) == 1000
    with pytest.raises(TooLarge):
        unpack(packing, PACKINGS[packing](b"a" * 1001), limit=1000)


def test_a_bomb_never_unfolds_in_memory() -> None:
    bomb = gzip.compress(b"\0" * (100 << 20))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        unpack("gzip", bomb, limit=1 << 20, piece=1 << 16)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "identity, gzip", "nonsense"])
def test_a_packing_that_nobody_asked_for_is_refused(packing: str) -> None:
    with pytest.raises(Damaged):
        Unpacker(packing, 1000)


@pytest.mark.parametrize(
    ("packing", "data"),
    [
        ("gzip", b"not packed at all"),
        ("gzip", gzip.compress(b"cut" * 100)[:-9]),
        ("deflate", zlib.compress(b"cut" * 100)[:-5]),
        ("deflate", b"\xff\xff\xff"),
    ],
    ids=["not packed", "gzip cut", "deflate cut", "not deflate"],
)
def test_broken_packing_is_named(packing: str, data: bytes) -> None:
    with pytest.raises(Damaged):
        unpack(packing, data)
