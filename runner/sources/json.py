"""JSON of any API: a list of messages somewhere in it, page after page.

Settings: see `runner.policies.recipes`; `doleances sources presets` prints some that are ready.

Pages are read from the first on, until one is empty, names no next one, repeats what was there,
or is older than a week before the last whole read; so the API must be asked for the newest
first.  Whether it gives them so is seen in the dates of the messages: where it does not, all
pages are read each time, up to the source's limit.
"""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runner.planning.observation import Cursor
from runner.policies.recipes import Auth, Recipe, build_recipe
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Outside, Unchanged, Unknown
from runner.sources.credentials import Credential, credential_of
from runner.sources.json_paging import Request, first_request
from runner.sources.json_walk import Answered, Walk, parse_mark
from runner.sources.problems import Problem, Trouble

if TYPE_CHECKING:
    from runner.sources.http import Page

ACCEPT = "application/json, application/*+json;q=0.9, */*;q=0.5"

LONGEST = 300.0
"""Seconds after which no further page of a source is asked for: 100 pages take some 200."""

_PATIENCE = 15.0
"""Seconds waited between two pages; an API that wants more is read on in another run."""


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read the pages of an API, as many as the cursor leaves to read.

    When a later page cannot be read, what the others show is given all the same, with the
    problem as a remark; the next read goes as far back as this one should have.
    """
    recipe = build_recipe(source.settings)
    credential = credential_of(recipe.auth, outside.secrets)
    if isinstance(credential, Problem):
        return Unknown(credential)
    mark = parse_mark(cursor.etag if cursor else None)
    walk = Walk(recipe, mark.since, outside.now, outside.zone)
    first: Page | None = None
    clock = asyncio.get_running_loop().time
    over_at = clock() + LONGEST
    request: Request | None = first_request(recipe)
    while request is not None:
        conditional = first is None and request.body is None
        # Redirected elsewhere, the first page could name a next one there.
        shown = credential if _origin(request.url) == _origin(recipe.url) else Credential()
        page = await outside.connect().get(
            request.url,
            accept=recipe.headers.get("Accept", ACCEPT),
            etag=mark.etag if conditional else None,
            last_modified=cursor.last_modified if cursor and conditional else None,
            headers={**_headers(recipe, request), **shown.headers},
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
                return _in_words_of(step, recipe.auth)
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


def _headers(recipe: Recipe, request: Request) -> dict[str, str]:
    sent = {name: value for name, value in recipe.headers.items() if name != "Accept"}
    return sent if request.body is None else {**sent, "Content-Type": "application/json"}


def _in_words_of(ended: Unknown, auth: Auth | None) -> Unknown:
    """Return how a read ended; where the secret is to blame, with the variable that holds it."""
    problem = ended.problem
    if auth is None or (problem.trouble, problem.detail) != (Trouble.REFUSED, "401"):
        return ended
    return replace(ended, problem=Problem(Trouble.NOT_ACCEPTED, problem.about, auth.variable))
