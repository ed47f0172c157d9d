"""Sitemaps: the pages of a site, newest first (https://www.sitemaps.org/protocol.html)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from runner.sources.moments import parse_instant
from runner.sources.unpacking import Damaged, TooLarge, Unpacker
from runner.sources.wording import web_address
from runner.text.charset import decode
from runner.text.html import text_of_html
from runner.text.markup import Element, Tree, parse_markup

MAPS = 5
"""Sitemaps of one index that are read."""

_GZIP = b"\x1f\x8b"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses of pages, and of further sitemaps; those that changed last come first."""

    pages: tuple[str, ...]
    maps: tuple[str, ...] = ()


def parse_sitemap(body: bytes, url: str, matching: str = "", limit: int = 10 << 20) -> Sitemap:
    """Return what a sitemap names, at the same site, whether XML, gzipped XML or plain lines.

    Of pages, those whose address holds `matching`.  Unpacked it may have `limit` bytes; what
    cannot be unpacked names nothing.
    """
    if body.startswith(_GZIP):
        try:
            body = Unpacker("gzip", limit).unpack(body)
        except (Damaged, TooLarge):
            return Sitemap(())
    text = decode(body)
    if "<" not in text[:1000]:
        return Sitemap(_at_home(text.split(), url, matching))
    tree = parse_markup(text)
    entries: dict[str, list[tuple[datetime, str]]] = {"url": [], "sitemap": []}
    for element in tree.root:
        if element.name in entries and (address := _said(tree, element, "loc")):
            at = parse_instant(_said(tree, element, "lastmod")) or _LONG_AGO
            entries[element.name].append((at, address))
    for listed in entries.values():
        listed.sort(key=lambda entry: entry[0], reverse=True)
    return Sitemap(
        _at_home([address for _, address in entries["url"]], url, matching),
        _at_home([address for _, address in entries["sitemap"]], url)[:MAPS],
    )


def _said(tree: Tree, entry: Element, name: str) -> str:
    element = next((child for child in entry.children if child.name == name), None)
    return text_of_html(tree.inside(element)).strip() if element else ""


def _at_home(addresses: list[str], url: str, matching: str = "") -> tuple[str, ...]:
    found = (web_address(address, url) for address in addresses)
    home = site_of(url)
    return tuple(
        dict.fromkeys(
            address
            for address in found
            if address and site_of(address) == home and matching in address
        )
    )


def site_of(url: str) -> str:
    """Return the host of an address, without `www.` and port."""
    host = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return host.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
