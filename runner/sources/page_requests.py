"""Asking an API for one page after the other, as a walk through them leads."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runner.planning.observation import Cursor
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged, Unknown
from runner.sources.credentials import Credential
from runner.sources.json_document import parse_json
from runner.sources.json_paging import Request
from runner.sources.json_walk import Answered, Reading, Walk, parse_mark
from runner.sources.problems import Problem, Trouble

if TYPE_CHECKING:
    from runner.sources.http import Page

ACCEPT = "application/json, application/*+json;q=0.9, */*;q=0.5"

LONGEST = 300.0
"""Seconds after which no further page of a source is asked for: 100 pages take some 200."""

_PATIENCE = 15.0
"""Seconds waited between two pages; an API that wants more is read on in another run."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for first, and what goes with each request to the same origin."""

    first: Request
    credential: Credential = field(default_factory=Credential)
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = ACCEPT


async def read_pages(
    asking: Asking, reading: Reading, cursor: Cursor | None, outside: Outside
) -> Fetched:
    """Read as many pages as the cursor leaves to read.

    When a later page cannot be read, what the others show is given all the same, with the
    problem as a remark; the next read goes as far back as this one should have.  Whatever the
    other side repeats of the secret, no problem shows it.
    """
    fetched = await _walk_through(asking, reading, cursor, outside)

    def hidden(problem: Problem) -> Problem:
        return _hidden(problem, asking.credential)

    match fetched:
        case Fresh(problem=problem, notes=notes):
            kept = hidden(problem) if problem else None
            return replace(fetched, problem=kept, notes=tuple(map(hidden, notes)))
        case Unknown(problem=problem):
            return replace(fetched, problem=hidden(problem))
        case _:
            return fetched


def _hidden(problem: Problem, credential: Credential) -> Problem:
    return replace(
        problem,
        about=credential.hidden(problem.about),
        detail=credential.hidden(problem.detail),
        places=credential.hidden(problem.places),
    )


async def _walk_through(
    asking: Asking, reading: Reading, cursor: Cursor | None, outside: Outside
) -> Fetched:
    mark = parse_mark(cursor.etag if cursor else None)
    walk = Walk(reading, mark.since, outside.now)
    first: Page | None = None
    clock = asyncio.get_running_loop().time
    over_at = clock() + LONGEST
    request: Request | None = asking.first
    while request is not None:
        conditional = first is None and request.body is None
        # Redirected elsewhere, the first page could name a next one there.
        at_home = _origin(request.url) == _origin(asking.first.url)
        shown = asking.credential if at_home else Credential()
        page = await outside.connect().get(
            request.url,
            accept=asking.accept,
            etag=mark.etag if conditional else None,
            last_modified=cursor.last_modified if cursor and conditional else None,
            headers={**asking.headers, **_headers(request), **shown.headers},
            secret=shown.query,
            body=None if request.body is None else json.dumps(request.body).encode(),
        )
        if isinstance(page, Unchanged):
            return page
        if isinstance(page, Unknown):
            step: Request | Unknown | None = None if walk.is_past_the_end(page) else page
        else:
            first = first or page
            step = await _take(walk, request, page, outside)
        if isinstance(step, Unknown):
            if first is None or walk.pages == 0:
                return step
            walk.break_off(step)
            break
        request = step
        if request is not None and clock() >= over_at:
            slow = Problem(Trouble.TOO_SLOW, urlsplit(request.url).hostname or "")
            walk.break_off(Unknown(slow))
            break
    if first is None:
        raise AssertionError("a walk that ended well has a first page")
    moved = Problem(Trouble.MOVED, first.moved_to) if first.moved_to else None
    fresh = walk.outcome(mark, first.etag, first.last_modified)
    return replace(fresh, problem=fresh.problem or moved)


async def ask_for(
    url: str, credential: Credential, outside: Outside, body: Mapping[str, object] | None = None
) -> object:
    """Return the JSON at an address, `Unknown` where there is none; with a `body`, by POST."""
    page = await outside.connect().get(
        url,
        accept=ACCEPT,
        headers={**_headers(Request(url, body)), **credential.headers},
        body=None if body is None else json.dumps(body).encode(),
    )
    if isinstance(page, Unchanged | Unknown):
        return page
    document = await outside.aside(lambda: parse_json(page.body, page.url))
    return Unknown(_hidden(document, credential)) if isinstance(document, Problem) else document


async def _take(
    walk: Walk, request: Request, page: "Page", outside: Outside
) -> Request | Unknown | None:
    answered = Answered(page.url, page.body, page.headers)
    step = await outside.aside(lambda: walk.take(request, answered))
    if isinstance(step, Problem):
        return Unknown(step)
    if step is not None and walk.wait > _PATIENCE:
        asks = Problem(Trouble.TOLD_TO_WAIT, urlsplit(page.url).hostname or "", "backoff")
        return Unknown(asks, outside.now + timedelta(seconds=walk.wait))
    if step is not None:
        await asyncio.sleep(walk.wait)
    return step


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _headers(request: Request) -> dict[str, str]:
    return {} if request.body is None else {"Content-Type": "application/json"}
