"""An API on loopback: what it answers, and how a run reads it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from loopback_site import NOW, PATIENT, Exchange, Site, source

from runner.cases.instants import render_instant
from runner.planning.observation import Cursor
from runner.sources.adapter import Fetched, Fresh, Outside, Unknown, adapter_of
from runner.sources.http import Client

MAP = {"native_id": "id", "text": "text", "posted_at": "at"}
SECRET = "s3cret-5e1f"


def fetch(
    site: Site,
    path: str = "/api",
    *,
    cursor: Cursor | None = None,
    secrets: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
    **settings: Any,
) -> Fetched:
    """Read an API of the site as a run would."""

    async def read() -> Fetched:
        client = Client(now=NOW, allow_loopback=True, bounds=PATIENT)
        async with client:
            outside = Outside(Path(), lambda: client, NOW, ZoneInfo("UTC"), secrets or {})
            made = {"url": site.url(path, host), "map": MAP, **settings}
            return await adapter_of("json").fetch(source("api", "json", **made), cursor, outside)

    return asyncio.run(read())


def fresh(*arguments: Any, **settings: Any) -> Fresh:
    outcome = fetch(*arguments, **settings)
    assert isinstance(outcome, Fresh), outcome
    return outcome


def unknown(*arguments: Any, **settings: Any) -> Unknown:
    outcome = fetch(*arguments, **settings)
    assert isinstance(outcome, Unknown), outcome
    return outcome


def ids(outcome: Fresh) -> list[str | None]:
    return [item.native_id for item in outcome.items]


def row(number: int, days_ago: float | None = None) -> dict[str, object]:
    """A message, the higher its number the newer."""
    at = NOW - timedelta(days=100 - number if days_ago is None else days_ago)
    return {"id": number, "text": f"message {number}", "at": render_instant(at)}


def answer(value: object, headers: Mapping[str, str] | None = None) -> Callable[[Exchange], None]:
    body = json.dumps(value).encode()
    return lambda exchange: exchange.answer(200, body, headers)


def refuse(status: int, **headers: str) -> Callable[[Exchange], None]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.answer(status, b"{}", told)


def asked(site: Site) -> list[str]:
    return [path for path, _ in site.asked]


def cursor(outcome: Fresh, **changes: Any) -> Cursor:
    kept: dict[str, Any] = {"etag": outcome.etag, "last_modified": outcome.last_modified, **changes}
    return Cursor("api", read_at=NOW, judged_by="", opened=(), items=len(outcome.items), **kept)
