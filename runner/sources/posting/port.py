"""What the kinds of sites have in common that take posts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from runner.cases.identity import folded
from runner.planning.postings import Order
from runner.policies.publishing import Publishing
from runner.policies.recipes import Auth
from runner.policies.values import Source
from runner.sources.adapter import Outside, Unknown
from runner.sources.credentials import Credential, credential_of
from runner.sources.problems import Problem, Trouble

ANSWER_LIMIT = 262_144
"""Bytes of the answer to a post: a status of Mastodon with its author takes 10 KB."""
_NEVER_SENT = frozenset(
    {Trouble.NO_CONNECTION, Trouble.UNKNOWN_HOST, Trouble.PRIVATE, Trouble.NO_TRUST}
    | {Trouble.NOT_WEB, Trouble.CREDENTIALS}
)
_MAYBE = frozenset({408, 409, 425})
"""Refusals that do not say that nothing was done."""


@dataclass(frozen=True, slots=True)
class Found:
    """The text stands there, as a message of ours."""

    url: str | None
    native_id: str | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """All was seen where it would stand, and it does not."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The site told another answer of ours that it has already, with other words."""

    words: str


Seen = Found | Absent | Taken | Unknown
"""What a look shows; `Unknown` concludes nothing."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It was surely not posted.  `not_before` is when the site may be asked again."""

    problem: Problem
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It may have been posted."""

    problem: Problem


Sent = Found | Refused | Doubtful
"""What became of a post."""


class Poster(Protocol):
    """A site where one account writes."""

    async def look(self, order: Order) -> Seen:
        """Look whether the text of an order stands there already."""

    async def post(self, order: Order) -> Sent:
        """Post the text of an order, once."""

    def repeats_safely(self, order: Order, now: datetime) -> bool:
        """Whether a second post of an order cannot become a second message."""


def publishing_of(source: Source) -> Publishing:
    """Return how a source is posted to.

    Raises:
        ValueError: when nothing is posted there.
    """
    if source.publish is None:
        raise ValueError(f"nothing is posted at {source.id}")
    return source.publish


def bearer(source: Source, outside: Outside) -> Credential | Problem:
    """Return the secret of the account that writes, as a request carries it."""
    return credential_of(Auth("bearer", publishing_of(source).variable), outside.secrets)


async def send(
    address: str,
    body: Mapping[str, object],
    credential: Credential,
    outside: Outside,
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> Mapping[str, object] | Refused | Doubtful:
    """Send a body as JSON and return what came back; an answer that is no object is empty."""
    answer = await outside.connect().post(
        address,
        json.dumps(body, ensure_ascii=False).encode(),
        {
            "Content-Type": "application/json",
            "Accept": "application/json",
            **credential.headers,
            **(headers or {}),
        },
        method=method,
        most=ANSWER_LIMIT,
    )
    if isinstance(answer, Unknown):
        problem = answer.problem
        if problem.trouble in _NEVER_SENT:
            return Refused(problem, answer.not_before)
        return Doubtful(problem)
    host, status = urlsplit(address).hostname or "", str(answer.status)
    match answer.status:
        case 200 | 201 | 204:
            return _object(answer.body)
        case 429:
            until = answer.retry_at or outside.now + timedelta(hours=1)
            return Refused(Problem(Trouble.TOLD_TO_WAIT, host, status), until)
        case 401 | 402 | 403:
            return Refused(Problem(Trouble.REFUSED, host, status), answer.retry_at)
        case 404 | 410:
            return Refused(Problem(Trouble.GONE, host, status))
        case code if 400 <= code < 500 and code not in _MAYBE:
            return Refused(Problem(Trouble.ODD_STATUS, host, status), answer.retry_at)
        case code if 500 <= code < 600:
            return Doubtful(Problem(Trouble.ILL, host, status))
        case _:
            return Doubtful(Problem(Trouble.ODD_STATUS, host, status))


def same_words(one: str, other: str) -> bool:
    """Whether two texts are one but for signs, case and how a site shows them."""
    return folded(one) == folded(other)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
