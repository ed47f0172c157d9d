"""Webhooks: a chat or a service of the team's own, by the program's one HTTP client.

The address comes from the variable of the environment that the channel names, and is a
secret: it appears in no message.  It must be https, or http on this very machine where that is
allowed; private networks are closed unless they are allowed.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import httpx

from runner.channels.bodies import render_body
from runner.planning.deliveries import Setback, Trouble
from runner.planning.notices import Notice
from runner.policies.escalation import BodyStyle, Channel
from runner.policies.team import Person
from runner.sources.adapter import Unknown
from runner.sources.addresses import check_url, is_loopback_host
from runner.sources.bounds import Bounds
from runner.sources.http import Answer, Client
from runner.sources.problems import Problem
from runner.sources.problems import Trouble as Way
from runner.text.clean import clean_line

EXAMPLE = "https://chat.example.org/hooks/…"
BOUNDS = Bounds(connect_seconds=10.0, read_seconds=15.0, total_seconds=30.0, concurrency=1)
REST = timedelta(minutes=15)
"""How long a channel rests that asked for it without a time."""
_ANSWER = 100
_SECRET = 6
"""Characters from which on a part of an address is taken for secret."""
_SAYING = re.compile(r"[\w .,:;()'’-]+")
"""What an answer may say to be shown: words, no markup, no address."""

_WAYS = {
    Way.PRIVATE: Trouble.PRIVATE,
    Way.UNKNOWN_HOST: Trouble.UNREACHABLE,
    Way.NO_CONNECTION: Trouble.UNREACHABLE,
    Way.NO_TRUST: Trouble.NO_TRUST,
    Way.TOO_SLOW: Trouble.TOO_SLOW,
    Way.BROKEN_OFF: Trouble.BROKEN_OFF,
}
_WHOLE_CHANNEL = {Trouble.PRIVATE, Trouble.UNREACHABLE, Trouble.NO_TRUST}


@dataclass(frozen=True, slots=True)
class Reach:
    """Where webhooks may lead beside the public internet."""

    loopback: bool = False
    private: bool = False


def parse_address(channel: Channel, environment: Mapping[str, str], reach: Reach) -> str | Setback:
    """Return the address that the channel's variable holds."""
    variable = channel.variable or ""
    text = environment.get(variable, "").strip()
    if not text:
        return Setback(Trouble.NO_SETTING, variable, whole_channel=True)
    url = check_url(text)
    if isinstance(url, Problem) or not (url.scheme == "https" or _may_be_plain(url, reach)):
        return Setback(Trouble.ODD_SETTING, variable, EXAMPLE, whole_channel=True)
    return text


def _may_be_plain(url: httpx.URL, reach: Reach) -> bool:
    return reach.loopback and is_loopback_host(url.host)


def judge_answer(answer: Answer, style: BodyStyle, address: str, now: datetime) -> str | Setback:
    """Return what the other side said, or why it is no yes.

    Any 2xx is one, but Slack's is `200` with the body `ok`.
    """
    host, said = httpx.URL(address).host, _said(answer, address)
    match answer.status:
        case 429 | 503:
            rest_until = answer.retry_at or now + REST
            return Setback(Trouble.TOLD_TO_WAIT, host, said, rest_until, whole_channel=True)
        case status if 200 <= status < 300:
            if style is BodyStyle.SLACK and answer.body.strip() != b"ok":
                return Setback(Trouble.ODD_ANSWER, host, said)
            return said
        case status if 300 <= status < 400:
            return Setback(Trouble.ODD_ANSWER, host, said, whole_channel=True)
        case _:
            return Setback(Trouble.REFUSED, host, said)


def _said(answer: Answer, address: str) -> str:
    """Return status and words of an answer; what could repeat the address is left out."""
    text = clean_line(answer.body.decode("utf-8", "replace"))
    secrets = [part for part in re.split(r"[/?&=]+", address)[2:] if len(part) >= _SECRET]
    shown = len(text) <= _ANSWER and _SAYING.fullmatch(text)
    if not shown or any(secret in text for secret in secrets):
        return str(answer.status)
    return f"{answer.status} {text}".strip()


class WebhookDesk:
    """Posts messages, to each host in turn and gently."""

    def __init__(
        self,
        now: datetime,
        contact: str,
        environment: Mapping[str, str],
        reach: Reach,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self._now = now
        self._environment = environment
        self._runner = asyncio.Runner()
        self._client = Client(
            now=now,
            contact=contact,
            allow_loopback=reach.loopback,
            allow_private=reach.private,
            bounds=bounds,
        )
        self._reach = reach

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._runner:
            self._runner.run(self._client.aclose())

    def send(self, notice: Notice, person: Person) -> str | Setback:
        """Post a message; return what the other side said to it."""
        style = notice.channel.style or BodyStyle.JSON
        address = parse_address(notice.channel, self._environment, self._reach)
        if isinstance(address, Setback):
            return address
        headers = {"Content-Type": "application/json", "Idempotency-Key": notice.digest}
        body = render_body(notice, person, style)
        answer = self._runner.run(self._client.post(address, body, headers))
        if isinstance(answer, Unknown):
            trouble = _WAYS.get(answer.problem.trouble, Trouble.BROKEN_OFF)
            host, detail = httpx.URL(address).host, answer.problem.detail
            return Setback(trouble, host, detail, whole_channel=trouble in _WHOLE_CHANNEL)
        return judge_answer(answer, style, address, self._now)
