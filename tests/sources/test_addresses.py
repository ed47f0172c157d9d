"""Only the public internet may be visited, however its opposite is spelled."""

import asyncio

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.sources.addresses import check_url, is_loopback_host, may_visit
from runner.sources.network import CheckedBackend, PrivateAddress, UnknownHost
from runner.sources.problems import Problem, Trouble

CLOSED = [
    "0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
OPEN = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2a00:1450::1"]


@pytest.mark.parametrize("address", CLOSED)
def test_addresses_off_the_public_internet_are_closed(address: str) -> None:
    assert not may_visit(address)


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_open(address: str) -> None:
    assert may_visit(address)


@pytest.mark.parametrize("address", CLOSED)
def test_allowing_loopback_opens_nothing_else(address: str) -> None:
    assert may_visit(address, allow_loopback=True) == (
        address == "::1" or address.startswith("127.")
    )


@pytest.mark.parametrize("address", CLOSED)
def test_allowing_private_networks_opens_nothing_else(address: str) -> None:
    networks = ("10.", "172.", "192.168.", "fc00::1")
    assert may_visit(address, allow_private=True) == address.startswith(networks)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_disguise_is_never_visited(address: object) -> None:
    for disguise in (f"::ffff:{address}", f"64:ff9b::{address}", f"::{address}"):
        assert not may_visit(disguise)


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("ftp://files.example.org/feed", Trouble.NOT_WEB),
        ("file:///etc/passwd", Trouble.NOT_WEB),
        ("javascript:alert(1)", Trouble.NOT_WEB),
        ("//forum.example.org/feed", Trouble.NOT_WEB),
        ("/feed", Trouble.NOT_WEB),
        ("", Trouble.NOT_WEB),
        ("http://", Trouble.NOT_WEB),
        ("http://[::1", Trouble.NOT_WEB),
        ("http://a:port/", Trouble.NOT_WEB),
        ("http://a:99999/", Trouble.NOT_WEB),
        ("http://a:0/", Trouble.NOT_WEB),
        ("https://forum.example.org/" + "a" * 5000, Trouble.NOT_WEB),
        ("https://ines:secret@forum.example.org/feed", Trouble.CREDENTIALS),
        ("https://ines@forum.example.org/feed", Trouble.CREDENTIALS),
    ],
)
def test_only_plain_web_addresses_are_asked_for(url: str, trouble: Trouble) -> None:
    refused = check_url(url)
    assert isinstance(refused, Problem)
    assert refused.trouble is trouble
    assert "secret" not in refused.about


def test_a_fragment_is_not_sent() -> None:
    assert str(check_url(" https://forum.example.org/feed?a=1#top ")) == (
        "https://forum.example.org/feed?a=1"
    )


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("forum.example.org", False)],
)
def test_loopback_is_known_by_its_spelling(host: str, is_here: bool) -> None:
    assert is_loopback_host(host) is is_here


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_every_spelling_of_loopback_is_refused_once_resolved(host: str) -> None:
    backend = CheckedBackend(allow_loopback=False)
    with pytest.raises(PrivateAddress):
        asyncio.run(backend.connect_tcp(host, 80, timeout=5))


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70 + ".example.org", "..", "\udcff"])
def test_a_name_that_does_not_resolve_is_unknown(host: str) -> None:
    backend = CheckedBackend(allow_loopback=True)
    with pytest.raises(UnknownHost):
        asyncio.run(backend.connect_tcp(host, 80, timeout=5))


def test_a_socket_of_this_machine_is_refused() -> None:
    backend = CheckedBackend(allow_loopback=True)
    with pytest.raises(PrivateAddress):
        asyncio.run(backend.connect_unix_socket("/run/secret.sock"))


def test_the_first_address_that_answers_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        asked = []

        async def two_addresses(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
            asked.append(host)
            return [(0, 0, 0, "", (a, port)) for a in ("10.0.0.1", "127.0.0.2", "127.0.0.1")]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two_addresses)
        stream = await CheckedBackend(allow_loopback=True).connect_tcp("two.example.org", port)
        # 10.0.0.1 is never tried, 127.0.0.2 does not answer; the name is asked about once.
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        assert asked == ["two.example.org"]
        await stream.aclose()
        with pytest.raises(PrivateAddress, match=r"10\.0\.0\.1"):
            await CheckedBackend(allow_loopback=False).connect_tcp("two.example.org", port)
        server.close()
        await server.wait_closed()
        with pytest.raises(httpcore.ConnectError):
            await CheckedBackend(allow_loopback=True).connect_tcp("two.example.org", port)

    asyncio.run(scenario())
