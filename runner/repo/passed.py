"""Which files passed `check` already, so that they need not be parsed again.

A file is known by its path and its git blob id, a verdict by the program that gave
it.  What is kept are 16-byte digests of the three in `<git dir>/doleances/check.cache`:
another program, another path or another byte, and the file is simply judged again.
It is a cache: absent or broken, everything is.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from runner import __version__
from runner.errors import DoleancesError
from runner.repo.files import write_file
from runner.repo.git import open_repository

_MAGIC = b"doleances check 1\n"
_WIDTH = 16
_PROGRAM = ("schemas/*", "text/*.py", "cases/*.py", "policies/*.py", "repo/judge.py", "model.py")
"""The parts of the package that decide whether a case passes."""


def cache_file(root: Path) -> Path | None:
    """Return where the cache of a repository stands, None outside git."""
    try:
        return open_repository(root).common_dir / "doleances" / "check.cache"
    except DoleancesError:
        return None


@lru_cache(maxsize=4)
def program_key(rules: bytes) -> bytes:
    """Return what changes when a case might be judged otherwise.

    That is the program, by version and sources, and the bytes of the masking `rules`.
    """
    package = Path(__file__).parents[1]
    whole = hashlib.blake2b(__version__.encode(), digest_size=32)
    for pattern in _PROGRAM:
        for file in sorted(package.glob(pattern)):
            if file.is_file():
                facts = file.stat()
                whole.update(f"{file.name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    whole.update(rules)
    return whole.digest()


def passed_key(program: bytes, path: str, blob: str) -> bytes:
    """Return the digest under which a file's good verdict is kept."""
    said = f"{path}\0{blob}".encode("utf-8", "surrogateescape")
    return hashlib.blake2b(said, digest_size=_WIDTH, key=program).digest()


def read_passed(file: Path | None) -> frozenset[bytes]:
    """Return the digests kept, none when the cache is absent or broken."""
    if file is None:
        return frozenset()
    try:
        data = file.read_bytes()
    except OSError:
        return frozenset()
    head, body = data[: len(_MAGIC)], data[len(_MAGIC) + _WIDTH :]
    if head != _MAGIC or data[len(_MAGIC) :][:_WIDTH] != _sum(body) or len(body) % _WIDTH:
        return frozenset()
    return frozenset(body[at : at + _WIDTH] for at in range(0, len(body), _WIDTH))


def write_passed(file: Path | None, digests: Iterable[bytes]) -> None:
    """Keep digests; a cache that cannot be written is none."""
    if file is None:
        return
    body = b"".join(sorted(digests))
    try:
        write_file(file, _MAGIC + _sum(body) + body)
    except OSError:
        return


def _sum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_WIDTH).digest()
