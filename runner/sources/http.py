"""The one HTTP client of the program.

A GET that ends in a value: a page, unchanged, or unknown with its problem; and, for messages
to the team, a POST that ends in an answer or none.  Everything about the other side is
bounded: the addresses it may send us to, its time, its bytes on the wire and unpacked, its
redirects.

Proxies named in the environment are not used: through a proxy, the address that is
checked would not be the one that is connected to, and whoever sets a variable in a CI job
would read and change what customers said.  No cookie is kept, no credential is sent but
the headers that an adapter gives, and those only to the origin that they are meant for.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TypeVar

import httpcore
import httpx

from runner import __version__
from runner.sources.adapter import Unchanged, Unknown
from runner.sources.addresses import check_url, is_loopback_host
from runner.sources.bounds import MEGABYTE, Bounds
from runner.sources.network import CheckedTransport, PrivateAddress, UnknownHost
from runner.sources.pacing import Pace, parse_retry_after
from runner.sources.problems import Problem, Trouble
from runner.sources.quota import parse_quota
from runner.sources.robots import SIZE_LIMIT, RobotsFiles
from runner.sources.unpacking import ACCEPTED, Damaged, TooLarge, Unpacker

_VALIDATOR_LIMIT = 512
_REDIRECTS = {301, 302, 303, 307, 308}
_MOVED_FOR_GOOD = {301, 308}
_REST_AFTER = {403: timedelta(hours=1), 429: timedelta(hours=1), 503: timedelta(minutes=15)}
"""How long a source rests that was refused without a time: hourly at most is polite."""

ANSWER_BYTES = 4096
"""Bytes of the answer to a POST that are read; what follows says nothing more."""

Ended = TypeVar("Ended")


@dataclass(frozen=True, slots=True)
class Page:
    """A body that was read whole.

    `url` is where it was found after redirects, `moved_to` the same when the move is for
    good.  `measured` tells whether its length was announced: without, a body that was cut
    short looks like one that is over.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    etag: str | None
    last_modified: str | None
    measured: bool
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to a POST, whatever its status.

    `body` is its beginning.  `retry_at` is when the other side wants to be asked again, None
    where it names no time.
    """

    status: int
    body: bytes
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Hop:
    url: httpx.URL
    for_good: bool


class Client:
    """Asks for pages, many hosts at once, each host gently.

    `contact` tells the owner of a site how to reach the desk.  `allow_loopback` lets
    requests go to this machine, without spacing: for tests and the demo.  `allow_private`
    lets them go to a company's own network, where the team's chat may stand.
    """

    def __init__(
        self,
        *,
        now: datetime,
        contact: str = "",
        allow_loopback: bool = False,
        allow_private: bool = False,
        bounds: Bounds | None = None,
    ) -> None:
        self._now = now
        self._agent = user_agent(contact)
        self._allow_loopback = allow_loopback
        self._allow_private = allow_private
        self._bounds = bounds or Bounds()
        self._pace = Pace(self._bounds.spacing)
        self._slots = asyncio.Semaphore(self._bounds.concurrency)
        self._robots = RobotsFiles(
            partial(self.get, accept="text/plain, */*;q=0.5", cut_at=SIZE_LIMIT)
        )

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close its connections."""
        if "_transport" in vars(self):
            await self._transport.aclose()

    async def get(
        self,
        address: str,
        *,
        accept: str = "*/*",
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
        secret: Mapping[str, str] | None = None,
        body: bytes | None = None,
        obey_robots: bool = False,
        cut_at: int | None = None,
    ) -> Page | Unchanged | Unknown:
        """Ask for a page; with `etag` or `last_modified`, only if it changed.

        `headers` and `secret`, more parameters of the query, go to the origin of `address`
        alone, not to where it redirects; nothing that is returned holds `secret`.  With a
        `body` it asks by POST, and is not redirected.  `obey_robots` asks the robots.txt of each
        site on the way first.  What a page holds beyond `cut_at` bytes is not read.
        """
        url = check_url(address)
        if isinstance(url, Problem):
            return Unknown(url)
        asked = {"Accept": accept}
        if etag:
            asked["If-None-Match"] = etag
        if last_modified:
            asked["If-Modified-Since"] = last_modified
        first, origin, for_good = url, _origin(url), True
        for _ in range(self._bounds.redirects + 1):
            if obey_robots and (refusal := await self._refused_by_robots(url)):
                return refusal
            home = _origin(url) == origin
            private = headers if headers and home else {}
            whole = url.copy_merge_params(secret) if secret and home else url
            sent = partial(self._exchange, url, whole, {**asked, **private}, body, cut_at)
            answer = await self._ask(url, sent)
            if not isinstance(answer, _Hop):
                break
            if body is not None:
                return Unknown(Problem(Trouble.ODD_STATUS, url.host, "POST, 3xx"))
            url = _without(answer.url, secret or {})
            for_good = for_good and answer.for_good
        else:
            count = str(self._bounds.redirects)
            return Unknown(Problem(Trouble.TOO_MANY_REDIRECTS, url.host, count))
        if isinstance(answer, Unchanged) and not (etag or last_modified):
            return Unknown(Problem(Trouble.ODD_STATUS, url.host, "304"))
        if isinstance(answer, Page) and for_good and url != first:
            return replace(answer, moved_to=answer.url)
        return answer

    async def post(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        method: str = "POST",
        most: int = ANSWER_BYTES,
    ) -> Answer | Unknown:
        """Send a body, once; where it would be sent on to, it does not follow.

        Unknown is: no answer came, though the body may have arrived.  Nothing that is returned
        holds more of the address than its host.  `most` bytes of the answer are read.
        """
        url = check_url(address)
        if isinstance(url, Problem):
            return Unknown(Problem(url.trouble))
        return await self._ask(url, partial(self._deliver, url, body, headers, method, most))

    async def _refused_by_robots(self, url: httpx.URL) -> Unknown | None:
        rules = await self._robots.rules_for(url)
        if isinstance(rules, Unknown):
            return rules
        self._pace.slow(url.host, rules.delay)
        return None if rules.allow(str(url)) else Unknown(Problem(Trouble.ROBOTS, str(url)))

    async def _ask(
        self, url: httpx.URL, exchange: Callable[[], Awaitable[Ended]]
    ) -> Ended | Unknown:
        at_home = self._allow_loopback and is_loopback_host(url.host)
        if not at_home or self._pace.is_slowed(url.host):
            await self._pace.wait_for_turn(url.host)
        async with self._slots:
            try:
                async with asyncio.timeout(self._bounds.total_seconds):
                    return await exchange()
            except (TimeoutError, httpcore.TimeoutException):
                return Unknown(Problem(Trouble.TOO_SLOW, url.host))
            except UnknownHost:
                return Unknown(Problem(Trouble.UNKNOWN_HOST, url.host))
            except PrivateAddress as error:
                return Unknown(Problem(Trouble.PRIVATE, url.host, error.address))
            except httpcore.ConnectError as error:
                if doubt := tls_doubt(error):
                    return Unknown(Problem(Trouble.NO_TRUST, url.host, doubt))
                return Unknown(Problem(Trouble.NO_CONNECTION, url.host))
            except (httpcore.NetworkError, httpcore.ProtocolError) as error:
                return Unknown(Problem(Trouble.BROKEN_OFF, url.host, str(error)))
            except TooLarge as error:
                limit = f"{error.limit / MEGABYTE:g}"
                return Unknown(Problem(Trouble.TOO_LARGE, str(url), limit))
            except Damaged as error:
                return Unknown(Problem(Trouble.ODD_PACKING, url.host, str(error)))

    async def _exchange(
        self,
        url: httpx.URL,
        whole: httpx.URL,
        headers: Mapping[str, str],
        body: bytes | None,
        cut_at: int | None,
    ) -> _Hop | Page | Unchanged | Unknown:
        if until := self._pace.closed_until(url.host):
            return Unknown(Problem(Trouble.TOLD_TO_WAIT, url.host, "429"), until)
        method = "GET" if body is None else "POST"
        response = await self._send(method, whole, {"Accept-Encoding": ACCEPTED, **headers}, body)
        async with aclosing(response):
            status = response.status_code
            if status == 304:
                return Unchanged()
            if status in _REDIRECTS and "Location" in response.headers:
                return _follow(url, response.headers["Location"], status)
            if status != 200:
                return self._refusal(url.host, status, response.headers)
            return Page(
                url=str(url),
                body=await self._read(response, cut_at),
                headers=response.headers,
                etag=_validator(response.headers.get("ETag")),
                last_modified=_validator(response.headers.get("Last-Modified")),
                measured="Content-Length" in response.headers
                or "Transfer-Encoding" in response.headers,
                moved_to=None,
            )

    async def _deliver(
        self, url: httpx.URL, body: bytes, headers: Mapping[str, str], method: str, most: int
    ) -> Answer:
        response = await self._send(method, url, {"Accept-Encoding": "identity", **headers}, body)
        async with aclosing(response):
            said = bytearray()
            async for piece in response.aiter_raw():
                said += piece
                if len(said) >= most:
                    break
            named = response.headers.get("Retry-After", "")
            return Answer(
                status=response.status_code,
                body=bytes(said[:most]),
                retry_at=parse_retry_after(named, self._now) if named else None,
            )

    async def _send(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None = None
    ) -> httpx.Response:
        bounds = self._bounds
        limits = httpx.Timeout(bounds.read_seconds, connect=bounds.connect_seconds)
        request = httpx.Request(
            method,
            url,
            headers={"User-Agent": self._agent, **headers},
            content=body,
            extensions={"timeout": limits.as_dict()},
        )
        # Straight through the transport: httpx's client would look after cookies, redirects and
        # authentication on the way, none of which is wanted.
        return await self._transport.handle_async_request(request)

    async def _read(self, response: httpx.Response, cut_at: int | None) -> bytes:
        unpacker = Unpacker(response.headers.get("Content-Encoding", ""), self._bounds.body_bytes)
        body = bytearray()
        wire = 0
        async for piece in response.aiter_raw():
            wire += len(piece)
            if wire > self._bounds.wire_bytes:
                raise TooLarge(self._bounds.wire_bytes)
            body += unpacker.unpack(piece)
            if cut_at is not None and len(body) >= cut_at:
                return bytes(body[:cut_at])
        unpacker.finish()
        return bytes(body)

    def _refusal(self, host: str, status: int, headers: Mapping[str, str]) -> Unknown:
        retry_after, quota = headers.get("Retry-After", ""), parse_quota(headers, self._now)
        match status:
            case 429 | 503:
                trouble = Trouble.TOLD_TO_WAIT
            case 401 | 402 | 403 | 407 | 451:
                trouble = Trouble.REFUSED
            case 404 | 410:
                trouble = Trouble.GONE
            case _ if 500 <= status < 600:
                trouble = Trouble.ILL
            case _:
                trouble = Trouble.ODD_STATUS
        named = parse_retry_after(retry_after, self._now) if retry_after else None
        if named is None and quota is not None and quota.left == 0:
            named = quota.resets_at
        until = named or (self._now + _REST_AFTER[status] if status in _REST_AFTER else None)
        if trouble is Trouble.TOLD_TO_WAIT and until:
            self._pace.close(host, until)
        return Unknown(Problem(trouble, host, str(status)), until)

    @cached_property
    def _transport(self) -> CheckedTransport:
        # `SSL_CERT_FILE` is honoured: it says whom to trust, and proves the host all the same.
        return CheckedTransport(
            httpx.create_ssl_context(),
            self._bounds.concurrency,
            allow_loopback=self._allow_loopback,
            allow_private=self._allow_private,
        )


def user_agent(contact: str) -> str:
    """Return how the program names itself: `doleances/1.0 (+https://example.org/contact)`."""
    plain = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()\\ ")
    return f"doleances/{__version__} (+{plain})" if plain else f"doleances/{__version__}"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _without(url: httpx.URL, secret: Mapping[str, str]) -> httpx.URL:
    """Return a URL without the parameters that a site may have sent back to us."""
    if not secret.keys() & url.params.keys():
        return url
    return url.copy_with(params=[(k, v) for k, v in url.params.multi_items() if k not in secret])


def _follow(url: httpx.URL, location: str, status: int) -> _Hop | Unknown:
    try:
        target = check_url(str(url.join(location)))
    except (httpx.InvalidURL, ValueError):
        target = Problem(Trouble.NOT_WEB, location)
    if isinstance(target, Problem):
        return Unknown(target)
    return _Hop(target, status in _MOVED_FOR_GOOD)


def tls_doubt(error: BaseException | None) -> str | None:
    """Return what TLS found wrong, where that is why a connection failed."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        if isinstance(error, ssl.SSLError):
            return error.reason or "TLS"
        error = error.__cause__ or error.__context__
    return None


def _validator(value: str | None) -> str | None:
    """Return a validator that may be kept in a file and sent back, or None."""
    if value and len(value) <= _VALIDATOR_LIMIT and value.isascii() and value.isprintable():
        return value
    return None
