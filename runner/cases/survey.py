"""Tokens of the satisfaction survey: which case and cycle an answer is about, and that we asked.

`s1-7f3k2m9x4q5t-2-<16 signs>`: version, the case's id without `c-`, the cycle, and the first 80
bits of an HMAC-SHA256 under the desk's secret.  It names nobody; who has no secret can make none,
and a token of another desk does not fit.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from runner.model import KEY

SHORTEST_SECRET = 16
"""Characters."""
_DOMAIN = b"doleances survey 1\0"
_TOKEN = re.compile(r"s1-([0-9a-z]{12})-([1-9][0-9]{0,3})-([a-z2-7]{16})", re.ASCII)
_CASE = re.compile(KEY)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The case and the cycle that a token was made for."""

    case_id: str
    cycle: int


def make_token(surveyed: Surveyed, secret: bytes) -> str:
    """Return the token of a case's cycle.  Equal arguments give equal tokens."""
    named = f"{surveyed.case_id.removeprefix('c-')}-{surveyed.cycle}"
    return f"s1-{named}-{_seal(named, secret)}"


def read_token(token: str, secret: bytes) -> Surveyed | None:
    """Return what a token was made for, None where this desk made no such token."""
    found = _TOKEN.fullmatch(token.strip())
    if found is None or not _CASE.fullmatch(f"c-{found[1]}"):
        return None
    if not hmac.compare_digest(_seal(f"{found[1]}-{found[2]}", secret), found[3]):
        return None
    return Surveyed(f"c-{found[1]}", int(found[2]))


def _seal(named: str, secret: bytes) -> str:
    mac = hmac.new(secret, _DOMAIN + named.encode(), sha256).digest()
    return base64.b32encode(mac[:10]).decode().lower()
