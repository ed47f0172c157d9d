"""Asking a forge by REST: JSON in and out, one request at a time, and no more than it wants.

The host is the one that git's remote names, chosen by who runs the program; what it answers is
read with suspicion all the same.
"""

import json
import re
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from runner import __version__
from runner.errors import OutsideFailed
from runner.forges.port import ForgeRests
from runner.text.clean import clean_line
from runner.text.secrets import hide_secrets

_BODY_BYTES = 20_000_000
"""Bytes of an answer: a hundred pull requests with the longest texts are 15 MB."""
_SECONDS = 60.0
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_PAGES = 200
_TRIES = 3
"""How often a question is put that got no answer.  What changes something is sent once."""
_ILL = frozenset((500, 502, 503, 504))
_LIMITED = frozenset((403, 429))
_NEXT = re.compile(r'<([^<>"]{1,2000})>\s*;[^,]*\brel="?next"?')
_WITHOUT_A_TIME = timedelta(minutes=1)
"""GitHub's advice where a secondary limit names no time."""


class ForgeFailed(OutsideFailed):
    """The forge said no, or nothing that can be understood.  `status` is 0 without an answer.

    After a write without an answer nobody knows whether the forge did it.
    """

    def __init__(self, message: str, status: int = 0, words: str = "", hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True)
class Tempo:
    """How gently a forge is asked, in seconds.

    `between_writes` is GitHub's advice against secondary limits; `before_retry` is waited once,
    then twice as long.
    """

    between_writes: float = 1.0
    before_retry: float = 1.0


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    data: Any


class RestClient:
    """Asks one forge.  After the forge asked for rest, every further request fails at once.

    `root` is the address that paths are put behind, `headers` go with each request.
    """

    def __init__(
        self, root: str, headers: Mapping[str, str], contact: str, tempo: Tempo | None = None
    ) -> None:
        self.root = root.rstrip("/")
        self.requests = 0
        self._host = urlsplit(root).netloc
        self._headers = {"User-Agent": _user_agent(contact), **headers}
        self._token = headers.get("Authorization", "").rpartition(" ")[2]
        self._tempo = tempo or Tempo()
        self._written_at: float | None = None
        self._rests: ForgeRests | None = None
        # No settings from the environment: a .netrc would put its own password over the token.
        self._client = httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT)
        weakref.finalize(self, self._client.close)

    def get(self, path: str, **query: str | int) -> Any:
        """Return what a path shows.

        Raises:
            ForgeFailed: with the status, when there is no such thing or no answer.
            ForgeRests: when the forge wants no more requests now.
        """
        return self._ask(self._address(path, query)).data

    def whole_list(self, path: str) -> Sequence[Any]:
        """Return the entries of a list that comes at once; none where it is null.

        Raises:
            ForgeFailed: as `get`, and for what is no list.
        """
        entries = self.get(path)
        if not isinstance(entries, list | None):
            raise self._no_list(path)
        return entries or ()

    def get_with_headers(self, path: str) -> tuple[Any, Mapping[str, str]]:
        """Return what a path shows, and the headers above it; raises as `get` does."""
        reply = self._ask(self._address(path, {}))
        return reply.data, reply.headers

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """Yield the entries of a list, page by page as the forge links them.

        Raises:
            ForgeFailed: as `get`, and for a link that leads elsewhere.
        """
        address: str | None = self._address(path, query)
        for _ in range(_PAGES):
            if address is None:
                return
            reply = self._ask(address)
            if not isinstance(reply.data, list):
                raise self._no_list(path)
            yield from reply.data
            address = self._next(reply.headers)
        raise self._endless(path)

    def numbered_pages(
        self, path: str, *, counted: bool = True, **query: str | int
    ) -> Iterator[Any]:
        """Yield the entries of a list, page by page by number, as Gitea has them.

        Links are not followed: Gitea makes them of the address in its settings, which need not
        be the one that it is asked at.  A list ends where `X-Total-Count` says; one that is not
        `counted` as a whole ends with an empty page.

        Raises:
            ForgeFailed: as `get`.
        """
        seen = 0
        for page in range(1, _PAGES + 1):
            reply = self._ask(self._address(path, {**query, "page": page}))
            entries = reply.data or []
            if not isinstance(entries, list):
                raise self._no_list(path)
            yield from entries
            seen += len(entries)
            total = reply.headers.get("X-Total-Count", "") if counted else ""
            if not entries or (total.isdecimal() and len(total) < 10 and seen >= int(total)):
                return
        raise self._endless(path)

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Change something, once, and return what the forge says; no sooner than it likes.

        Raises:
            ForgeFailed: with the status when it said no; without one nobody knows.
            ForgeRests: when the forge wants no more requests now.
        """
        if self._written_at is not None:
            waited = time.monotonic() - self._written_at
            time.sleep(max(0.0, self._tempo.between_writes - waited))
        try:
            return self._checked(self._exchange(method, self._address(path, {}), body)).data
        finally:
            self._written_at = time.monotonic()

    def _ask(self, address: str) -> _Reply:
        for nth in range(1, _TRIES):
            try:
                return self._checked(self._exchange("GET", address, None))
            except ForgeFailed as failed:
                if failed.status and failed.status not in _ILL:
                    raise
                time.sleep(self._tempo.before_retry * nth)
        return self._checked(self._exchange("GET", address, None))

    def _exchange(self, method: str, address: str, body: Mapping[str, object] | None) -> _Reply:
        if self._rests is not None:
            raise self._rests
        self.requests += 1
        headers = dict(self._headers)
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        deadline = time.monotonic() + _SECONDS
        try:
            with self._client.stream(method, address, headers=headers, content=content) as answer:
                said = bytearray()
                for piece in answer.iter_bytes():
                    said += piece
                    if len(said) > _BODY_BYTES:
                        raise ForgeFailed(f"{self._host} answered with more than 20 MB")
                    if time.monotonic() > deadline:
                        raise ForgeFailed(f"{self._host} took longer than a minute to answer")
                status, got = answer.status_code, answer.headers
        except httpx.TimeoutException:
            raise ForgeFailed(f"{self._host} did not answer in time", hint="try later") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = clean_line(str(error), 200) or type(error).__name__
            raise ForgeFailed(f"{self._host} cannot be asked: {why}", hint="try later") from None
        try:
            data = json.loads(bytes(said)) if said else None
        except (ValueError, RecursionError):
            if status < 300:
                raise ForgeFailed(f"{self._host} answered with no JSON", hint="try later") from None
            data = None
        return _Reply(status, got, data)

    def _checked(self, reply: _Reply) -> _Reply:
        """Return a reply that is no refusal.

        Raises:
            ForgeFailed: for one that is.
            ForgeRests: for one that asks for rest.
        """
        if reply.status < 300:
            return reply
        said = clean_line(hide_secrets(_words(reply.data), (self._token,)), 300)
        if reply.status in _LIMITED and (until := _rest_until(reply, said)):
            self._rests = ForgeRests(
                f"{self._host} asks for rest until {until:%Y-%m-%dT%H:%M:%SZ}: {said}",
                "what is done is done; the next run goes on",
            )
            raise self._rests
        raise ForgeFailed(
            f"{self._host} answered {reply.status}: {said or 'nothing'}",
            reply.status,
            said,
            _HINTS.get(reply.status, ""),
        )

    def _address(self, path: str, query: Mapping[str, str | int]) -> str:
        return f"{self.root}{path}" + (f"?{urlencode(query)}" if query else "")

    def _no_list(self, path: str) -> ForgeFailed:
        return ForgeFailed(f"{self._host} answered {path} with no list")

    def _endless(self, path: str) -> ForgeFailed:
        return ForgeFailed(f"{self._host} has more than {_PAGES} pages of {path}")

    def _next(self, headers: Mapping[str, str]) -> str | None:
        found = _NEXT.search(headers.get("Link", ""))
        if found is None:
            return None
        try:
            here, there = urlsplit(self.root), urlsplit(found[1])
        except ValueError:
            raise ForgeFailed(f"{self._host} links to its next page by no address") from None
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            # The token goes to no other host, whoever links there.
            raise ForgeFailed(f"{self._host} links to its next page on another host")
        return found[1]


_HINTS = {
    301: "the repository has moved: `git remote set-url` to where it is now",
    401: "the token in DOLEANCES_FORGE_TOKEN is not valid, or no longer",
    403: "the token may not do that: README, On GitHub or On Gitea, names what it needs",
    404: "there is no such thing, or the token may not see it: README, On GitHub or On Gitea",
}


def _words(data: object) -> str:
    """Return what an answer says is wrong."""
    if not isinstance(data, dict):
        return ""
    parts = [data.get("message"), *_reasons(data.get("errors"))]
    return ": ".join(part for part in parts if isinstance(part, str) and part)


def _reasons(errors: object) -> Iterator[object]:
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict):
            yield error.get("message") or " ".join(
                str(error[name]) for name in ("resource", "field", "code") if name in error
            )
        else:
            yield error


def _rest_until(reply: _Reply, said: str) -> datetime | None:
    """Return until when the forge wants to be left alone, None where it said no for good."""
    headers = reply.headers
    now = datetime.now(UTC).replace(microsecond=0)
    after = headers.get("Retry-After", "")
    if after.isdecimal() and len(after) < 7:
        return now + timedelta(seconds=int(after))
    reset = headers.get("X-RateLimit-Reset", "")
    if headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal() and len(reset) < 12:
        return datetime.fromtimestamp(int(reset), UTC)
    limited = after or reply.status == 429 or "rate limit" in said.casefold()
    return now + _WITHOUT_A_TIME if limited else None


def _user_agent(contact: str) -> str:
    plain = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()\\ ")
    return f"doleances/{__version__} (+{plain})"
