"""Reading sources of networks and forums on loopback, as a run would."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from loopback_site import NOW, PATIENT, Exchange, Site, source

from runner.planning.observation import Cursor
from runner.sources.adapter import (
    Fetched,
    Fresh,
    Outside,
    ThreadRequest,
    Unknown,
    adapter_of,
    expand_of,
)
from runner.sources.http import Client
from runner.sources.problems import Trouble

DATA = Path(__file__).parent / "data" / "networks"
SECRET = "s3cret-5e1f"
SECRETS = {"TOKEN": SECRET}


def outside_of(client: Client, secrets: Mapping[str, str] = SECRETS) -> Outside:
    return Outside(Path(), lambda: client, NOW, ZoneInfo("UTC"), secrets)


def fetch(
    kind: str,
    *,
    cursor: Cursor | None = None,
    secrets: Mapping[str, str] = SECRETS,
    **settings: Any,
) -> Fetched:
    """Read a source."""

    async def read() -> Fetched:
        client = Client(now=NOW, allow_loopback=True, bounds=PATIENT)
        async with client:
            watched = source("network", kind, **settings)
            return await adapter_of(kind).fetch(watched, cursor, outside_of(client, secrets))

    return asyncio.run(read())


def expand(
    kind: str, thread: ThreadRequest, *, secrets: Mapping[str, str] = SECRETS, **settings: Any
) -> Fetched:
    """Read a conversation."""
    reads = expand_of(kind)
    assert reads is not None

    async def read() -> Fetched:
        client = Client(now=NOW, allow_loopback=True, bounds=PATIENT)
        async with client:
            watched = source("network", kind, **settings)
            return await reads(watched, thread, outside_of(client, secrets))

    return asyncio.run(read())


def fresh(fetched: Fetched) -> Fresh:
    assert isinstance(fetched, Fresh), fetched
    return fetched


def trouble(fetched: Fetched) -> Trouble:
    assert isinstance(fetched, Unknown), fetched
    return fetched.problem.trouble


def ids(fetched: Fetched) -> list[str | None]:
    return [item.native_id for item in fresh(fetched).items]


def answer(
    value: object, headers: Mapping[str, str] | None = None, status: int = 200
) -> Callable[[Exchange], None]:
    body = json.dumps(value).encode()
    return lambda exchange: exchange.answer(status, body, headers)


def asked(site: Site) -> list[str]:
    return [path for path, _ in site.asked]


def cursor_of(fetched: Fetched, **changes: Any) -> Cursor:
    """The cursor that a run would keep."""
    read = fresh(fetched)
    kept: dict[str, Any] = {"etag": read.etag, "last_modified": read.last_modified, **changes}
    return Cursor("network", read_at=NOW, judged_by="", opened=(), items=len(read.items), **kept)
