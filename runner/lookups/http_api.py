"""An HTTP API that answers in JSON as a look-up, by the program's one HTTP client.

Stricter than for sources: no redirect is followed, since a customer's name would follow it and
an API on a private address could be made to send us elsewhere in there; answers are small.
"""

import json
import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import httpx

from runner.cases.customer import Absent, Came, Found, Key
from runner.lookups.registers import FIELDS, Ask, Unusable, Vicinity
from runner.policies.customers import HttpApi
from runner.policies.expressions import Expression, Failed, Page, Wrong, parse_expression
from runner.sources.adapter import Unchanged
from runner.sources.bounds import MEGABYTE, Bounds
from runner.sources.http import Client
from runner.sources.http import Page as Body
from runner.sources.problem_words import render_problem
from runner.sources.problems import Problem, Trouble

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_BODY_LIMIT = MEGABYTE
_CONCURRENCY = 4
_STATUS = frozenset((Trouble.GONE, Trouble.ODD_STATUS))
_QUOTING = frozenset((Trouble.BROKEN_OFF, Trouble.ODD_PACKING, Trouble.NO_TRUST))
"""Troubles whose detail may quote what the other side sent."""


async def open_api(
    register: HttpApi, seconds: float, vicinity: Vicinity, stack: AsyncExitStack
) -> Ask:
    """Return how to ask the API.

    Raises:
        Unusable: when an environment variable is not set or makes no header.
    """
    headers = {name: _header(var, vicinity) for name, var in register.headers.items()}
    finders = _finders(register)
    bounds = Bounds(
        connect_seconds=seconds,
        read_seconds=seconds,
        total_seconds=seconds,
        wire_bytes=_BODY_LIMIT,
        body_bytes=_BODY_LIMIT,
        redirects=0,
        concurrency=_CONCURRENCY,
        spacing=timedelta(0),
    )
    client = Client(
        now=vicinity.now,
        contact=vicinity.contact,
        bounds=bounds,
        allow_loopback=register.private_addresses,
        allow_private=register.private_addresses,
    )
    await stack.enter_async_context(client)

    async def ask(key: Key) -> Came:
        url = render_url(register.urls[key.by], key)
        came = await client.get(url, accept="application/json", headers=headers)
        match came:
            case Body():
                return parse_answer(came.body, finders, key, vicinity)
            case Unchanged():
                raise Unusable(vicinity.language.say("it answers with nothing new"))
        problem = came.problem
        if problem.trouble in _STATUS and problem.detail in map(str, register.absent_status):
            return Absent()
        raise Unusable(_said(problem, url, vicinity))

    return ask


def render_url(template: str, key: Key) -> str:
    """Return the address to ask, every value quoted so that it stays one value."""
    values = {key.by: key.value, "brand": key.brand, "site": key.site}
    # In one pass: a value that reads like a placeholder is none.
    return _PLACEHOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)


def parse_answer(
    body: bytes, finders: Mapping[str, Expression], key: Key, vicinity: Vicinity
) -> Found | Absent:
    """Return what an answer says.

    Raises:
        Unusable: when it is no JSON, or an expression cannot be asked of it.
    """
    say = vicinity.language.say
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Unusable(say("its answer is no JSON")) from None
    page = Page(data)
    record: dict[str, object] = {}
    for name, finder in finders.items():
        value = finder.find(data, page)
        if isinstance(value, Failed):
            raise Unusable(say("`answer: {name}` does not fit what it says", name=name))
        record[name] = value
    return Absent() if record["known"] is None else Found(key.by, (record,))


def _finders(register: HttpApi) -> dict[str, Expression]:
    parsed = {
        name: parse_expression(register.answer[name]) for name in FIELDS if name in register.answer
    }
    return {name: finder for name, finder in parsed.items() if not isinstance(finder, Wrong)}


def _header(variable: str, vicinity: Vicinity) -> str:
    value = vicinity.variable(variable)
    if not (value.isascii() and value.isprintable()):
        say = vicinity.language.say
        raise Unusable(say("the environment variable {name} is no header", name=variable))
    return value


def _said(problem: Problem, url: str, vicinity: Vicinity) -> str:
    """Return what went wrong, without what was asked and without what came."""
    host = httpx.URL(url).host
    detail = "…" if problem.trouble in _QUOTING else problem.detail
    return render_problem(replace(problem, about=host, detail=detail), vicinity.language)
