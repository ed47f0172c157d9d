"""`sources.yaml` as values: the desk, its brands and the places to watch."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from runner.errors import Fault
from runner.model import ContactAbility, SourceCategory
from runner.policies.document import (
    entries,
    repeated,
    text_at,
    texts,
    unknown,
    value_at,
    words,
)
from runner.policies.networks import NETWORKS, SITES, check_watch
from runner.policies.presets import completed
from runner.policies.publishing_file import build_publishing, check_publishing
from runner.policies.values import Bot, Brand, ConversationWatch, Instance, Limits, Server, Source
from runner.policies.zones import zone_at
from runner.text.document import Document, Path
from runner.text.wording import one_of, shown

_ONE_REPLY: Mapping[str | None, bool | None] = {"one": True, "many": False, None: None}
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_INTERVAL = re.compile(r"[0-9]{1,6}[smhd]")
_LONGEST_INTERVAL = timedelta(days=366)
_COMMON = frozenset(
    (
        "id", "kind", "category", "brand", "site", "language", "contact", "every",
        "ignore_authors", "bots", "may_be_empty", "publish",
    )
)  # fmt: skip


def check_sources(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: repeated ids, unknown brands and zones, odd addresses."""
    yield from _check_zone(document)
    yield from _check_interval(document, ("watch", "every"))
    brands = words(texts(document, ("brands",), "id"))
    yield from repeated(document, texts(document, ("brands",), "id"), "brand")
    yield from repeated(document, texts(document, ("sources",), "id"), "source")
    yield from unknown(
        document, texts(document, ("sources",), "brand"), "brand", brands, "sources.yaml"
    )
    for source in entries(document, ("sources",)):
        yield from _check_source(document, source, brands)


def build_instance(document: Document) -> Instance:
    """Return the desk, from a document without faults."""
    top: Any = document.value
    return Instance(
        name=top["name"],
        language=top["language"],
        zone=ZoneInfo(top["zone"]),
        suspend=top.get("suspend", False),
        base=top.get("base", "main"),
        forge=top.get("forge", "local"),
        contact=top["contact"],
        limits=Limits(**top.get("limits", {})),
        bot=Bot(**top.get("bot", {})),
        server=Server(**top.get("server", {})),
        watch=_watch(top.get("watch", {})),
        baseline=top.get("audit", {}).get("baseline"),
    )


def build_brands(document: Document) -> tuple[Brand, ...]:
    """Return the brands, from a document without faults."""
    top: Any = document.value
    return tuple(
        Brand(brand["id"], brand["name"], tuple(brand.get("names", (brand["name"],))))
        for brand in top["brands"]
    )


def build_sources(document: Document) -> tuple[Source, ...]:
    """Return the sources in the order of the file, from a document without faults."""
    top: Any = document.value
    return tuple(
        _build_source(source, top["brands"][0]["id"], document.line(("sources", index)))
        for index, source in enumerate(top["sources"])
    )


def _build_source(source: Mapping[str, Any], only_brand: str, line: int) -> Source:
    publish, preset = build_publishing(source), source.get("preset")
    source = completed(source)
    own = {key: value for key, value in source.items() if key not in _COMMON}
    return Source(
        id=source["id"],
        kind=source["kind"],
        category=SourceCategory(source["category"]),
        site=source.get("site") or SITES.get(source["kind"]) or _site_of(_address(source)),
        brand=source.get("brand", only_brand),
        public=ContactAbility(source["contact"]["public"]),
        private=ContactAbility(source["contact"]["private"]),
        language=source.get("language"),
        every=_interval(source.get("every", "0s")),
        ignore_authors=tuple(source.get("ignore_authors", ())),
        settings=MappingProxyType(own),
        line=line,
        # Mailboxes are emptied by their owners, and quiet for weeks.
        may_be_empty=source.get("may_be_empty", source["kind"] == "mailbox"),
        bots=tuple(source.get("bots", ())),
        publish=publish,
        preset=preset,
        one_reply=_ONE_REPLY[source["contact"].get("replies")],
    )


def _watch(data: Mapping[str, Any]) -> ConversationWatch:
    given = dict(data)
    if "every" in given:
        given["every"] = _interval(given["every"])
    if "look_days" in given:
        given["look_after"] = tuple(timedelta(days) for days in sorted(given.pop("look_days")))
    return ConversationWatch(**given)


def _interval(text: str) -> timedelta:
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def _address(source: Mapping[str, Any]) -> str:
    address: str = source["url"] if "url" in source else source["server"]
    return address


def _site_of(url: str) -> str:
    """Return the host of a URL, without `www.`; empty when it has none.

    Raises:
        ValueError: when the URL cannot be taken apart.
    """
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _check_zone(document: Document) -> Iterator[Fault]:
    zone = text_at(document, ("zone",))
    found = zone_at(document, ("zone",), zone) if zone is not None else None
    if isinstance(found, Fault):
        yield found


def _check_source(document: Document, source: Path, brands: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(value_at(document, source), dict):
        return
    if len(brands) > 1 and value_at(document, (*source, "brand")) is None:
        yield document.fault(
            source,
            "missing-brand",
            "the key `brand` is missing: there is more than one brand",
            one_of(brands),
        )
    yield from _check_interval(document, (*source, "every"))
    yield from check_publishing(document, source)
    kind = text_at(document, (*source, "kind"))
    # What reads a kind's settings brings JMESPath, CSS or RE2: loaded where a source has them.
    if kind == "json":
        from runner.policies.recipe_checks import check_recipe

        yield from check_recipe(document, source)
    if kind == "html":
        from runner.policies.pages import check_pages

        yield from check_pages(document, source)
    if kind == "mailbox":
        from runner.policies.mailboxes import check_mailbox

        yield from check_mailbox(document, source)
    if kind in NETWORKS:
        yield from check_watch(document, source)
    for name in ("url", "sitemap", "server"):
        if (url := text_at(document, (*source, name))) is not None:
            yield from _check_url(document, (*source, name), url)
    path = text_at(document, (*source, "path"))
    if path is not None and ".." in path.split("/"):
        yield document.fault(
            (*source, "path"),
            "outside",
            f"{shown(path)} leads out of the repository",
            "name files below the repository, such as `inbox/avis-*.csv`",
        )


def _check_interval(document: Document, path: Path) -> Iterator[Fault]:
    every = text_at(document, path)
    if every and _INTERVAL.fullmatch(every) and _interval(every) > _LONGEST_INTERVAL:
        yield document.fault(path, "range", f"{shown(every)} is more than a year", "such as `1d`")


def _check_url(document: Document, path: Path, url: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        yield document.fault(
            path,
            "url",
            f"{shown(url)} is no address on the web",
            "such as `https://example.org/rss`",
        )
