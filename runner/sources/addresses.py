"""Which addresses may be visited: the rule against being sent to private machines.

A source's URL, and every place it redirects to, was written by somebody else.  Only
`http` and `https` to the public internet are followed, so that no feed makes the
runner speak to a metadata service, a router or a database beside it.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from runner.sources.problems import Problem, Trouble
from runner.text.links import LENGTH_LIMIT

_PORTS = range(1, 1 << 16)

_CLOSED_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, metadata services of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays from 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# Of IPv6 only the global unicast block is public.  That leaves out loopback, private,
# link-local and multicast addresses, IPv4 in disguise (::ffff:0:0/96) and NAT64 (64:ff9b::/96).
_OPEN_V6 = ip_network("2000::/3")
# RFC 1918 and RFC 4193: a company's own machines, not those that only this one sees.
_PRIVATE = tuple(
    ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
_METADATA_V6 = ip_network("fd00:ec2::/32")
"""A cloud's own services, its metadata among them, in the middle of the private block."""
_CLOSED_V6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # protocols, Teredo among them, which hides an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4: any IPv4 address in disguise
        "3fff::/20",
    )
)
# Not `is_loopback`: from Python 3.13 on, that takes ::ffff:127.0.0.1 for loopback too.
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def may_visit(address: str, *, allow_loopback: bool = False, allow_private: bool = False) -> bool:
    """Tell whether a numeric address is on the public internet.

    The blocks are those of IANA's two special-purpose registries.  `allow_loopback` lets
    127.0.0.0/8 and ::1 through, for tests and the demo, `allow_private` the networks that
    companies give to their own machines; neither lets anything else through.

    Raises:
        ValueError: when `address` is no numeric address.
    """
    ip = ip_address(address)
    if _is_loopback(ip):
        return allow_loopback
    if any(ip in block for block in _PRIVATE):
        return allow_private and ip not in _METADATA_V6
    match ip:
        case IPv4Address():
            return not any(ip in block for block in _CLOSED_V4)
        case IPv6Address():
            return ip in _OPEN_V6 and not any(ip in block for block in _CLOSED_V6)


def is_loopback_host(host: str) -> bool:
    """Tell whether a host of a URL is this machine by its very spelling."""
    if host == "localhost":
        return True
    try:
        return _is_loopback(ip_address(host))
    except ValueError:
        return False


def _is_loopback(ip: IPv4Address | IPv6Address) -> bool:
    return any(ip in block for block in _LOOPBACK)


def check_url(text: str) -> httpx.URL | Problem:
    """Return the URL if it may be asked for at all; where it leads is checked on connecting."""
    if len(text) > LENGTH_LIMIT:
        return Problem(Trouble.NOT_WEB, text)
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        return Problem(Trouble.NOT_WEB, text)
    if url.scheme not in {"http", "https"} or not url.host:
        return Problem(Trouble.NOT_WEB, text)
    if url.port is not None and url.port not in _PORTS:
        return Problem(Trouble.NOT_WEB, text)
    if url.userinfo:
        return Problem(Trouble.CREDENTIALS, url.host)
    return url.copy_with(fragment=None)
