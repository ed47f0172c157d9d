"""Connecting: the address that was checked is the address that is connected to.

Checking a name first and connecting to it afterwards asks the name server twice, and a
hostile one answers differently the second time.  Here a name is resolved once, what came
back is checked, and the connection goes to that very address.  TLS still verifies the
host's name, which httpcore passes on separately.
"""

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address
from ssl import SSLContext

import httpcore
import httpx

from runner.sources.addresses import may_visit

_Origin = tuple[bytes, bytes, int | None]

_KEPT_SECONDS = 5.0
_TRIES = 4
"""Addresses of one name that are tried in turn before its host counts as out of reach."""


class PrivateAddress(Exception):
    """A host leads nowhere but to addresses that may not be visited."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class UnknownHost(Exception):
    """A host's name does not resolve."""


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that is among the open ones until it is closed."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, open_ones: set["_Stream"]) -> None:
        self._inner = inner
        self._open_ones = open_ones
        open_ones.add(self)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        # Cut off at once, then a step of waiting, in which a time limit may strike.
        await self._inner.aclose()
        self._open_ones.discard(self)

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        self._inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return self

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore, to addresses that may be visited.

    A time limit that strikes while a connection opens or is put away would leave it to the
    garbage collector: connecting goes on by itself until its own time is over, and `aclose` ends
    whatever is open still.
    """

    def __init__(self, *, allow_loopback: bool, allow_private: bool = False) -> None:
        self._allow_loopback = allow_loopback
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()
        self._opening: set[asyncio.Task[_Stream]] = set()
        self._open_ones: set[_Stream] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that may be visited and answers.

        Raises:
            UnknownHost: when the name does not resolve.
            PrivateAddress: when no address may be visited.
            httpcore.ConnectError, httpcore.ConnectTimeout: when none answers.
        """
        addresses = await self._resolve(host, port, timeout)
        fit = [
            address
            for address in addresses
            if may_visit(
                address, allow_loopback=self._allow_loopback, allow_private=self._allow_private
            )
        ]
        if not fit:
            raise PrivateAddress(addresses[0])
        failure: Exception | None = None
        for address in fit[:_TRIES]:
            try:
                opening = asyncio.ensure_future(
                    self._opened(address, port, timeout, local_address, socket_options)
                )
                self._opening.add(opening)
                opening.add_done_callback(self._over)
                return await asyncio.shield(opening)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or UnknownHost(host)

    async def _opened(
        self,
        address: str,
        port: int,
        timeout: float | None,  # noqa: ASYNC109 - httpcore's
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> _Stream:
        inner = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return _Stream(inner, self._open_ones)

    def _over(self, opening: asyncio.Task[_Stream]) -> None:
        self._opening.discard(opening)
        if not opening.cancelled():
            # Whoever waited may be gone: that it failed is not to be told to nobody.
            opening.exception()

    async def aclose(self) -> None:
        """Close every connection that is open or opening."""
        for opening in self._opening:
            opening.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        for stream in tuple(self._open_ones):
            with suppress(httpcore.NetworkError):
                await stream.aclose()

    async def _resolve(self, host: str, port: int, seconds: float | None) -> list[str]:
        # No name server, and none of the threads that wait for one.
        with suppress(ValueError):
            return [str(IPv4Address(host))]
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no answer about {host}") from error
        except (OSError, UnicodeError) as error:
            raise UnknownHost(host) from error
        if not found:
            raise UnknownHost(host)
        return list(dict.fromkeys(str(place[0]) for *_, place in found))

    async def connect_unix_socket(
        self, path: str, *_: object, **__: object
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no source is on a socket of this machine."""
        raise PrivateAddress(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response, is_over: Callable[[], Awaitable[None]]) -> None:
        self._response = response
        self._is_over = is_over

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._response.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._response.aclose()
        await self._is_over()


class CheckedTransport(httpx.AsyncBaseTransport):
    """httpx on checked connections; one that is done serves the next request to its origin.

    httpx's own transport takes no network backend, and httpcore's pool looks through all its
    connections at each request and each answer, which costs most where many hosts are asked
    once.  How many requests are under way is the caller's affair; at most `idle` connections
    wait for more.  Errors of httpcore pass through as they are.
    """

    def __init__(
        self, trust: SSLContext, idle: int, *, allow_loopback: bool, allow_private: bool = False
    ) -> None:
        self._trust = trust
        self._most_idle = idle
        self._backend = CheckedBackend(allow_loopback=allow_loopback, allow_private=allow_private)
        self._waiting: defaultdict[_Origin, list[httpcore.AsyncHTTPConnection]] = defaultdict(list)
        self._longest_first: dict[httpcore.AsyncHTTPConnection, _Origin] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, the body still to be read."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = await self._connection_to(url)
        # Where it fails, the connection closes itself.
        response = await connection.handle_async_request(
            httpcore.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, partial(self._keep, _origin(url), connection)),
            extensions=response.extensions,
            request=request,
        )

    async def aclose(self) -> None:
        """Close the connections that wait for more requests, and those a time limit cut off."""
        self._waiting.clear()
        self._longest_first.clear()
        await self._backend.aclose()

    async def _connection_to(self, url: httpcore.URL) -> httpcore.AsyncHTTPConnection:
        waiting = self._waiting[_origin(url)]
        while waiting:
            connection = waiting.pop()
            del self._longest_first[connection]
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore.AsyncHTTPConnection(
            url.origin,
            ssl_context=self._trust,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=self._backend,
        )

    async def _keep(self, origin: _Origin, connection: httpcore.AsyncHTTPConnection) -> None:
        if not connection.is_idle():
            return
        self._waiting[origin].append(connection)
        self._longest_first[connection] = origin
        if len(self._longest_first) > self._most_idle:
            await self._drop_one()

    async def _drop_one(self) -> None:
        connection, origin = next(iter(self._longest_first.items()))
        del self._longest_first[connection]
        self._waiting[origin].remove(connection)
        await connection.aclose()


def _origin(url: httpcore.URL) -> _Origin:
    return url.scheme, url.host, url.port
