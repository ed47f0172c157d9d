"""robots.txt: what a site lets programs read, by RFC 9309.

Protego judges: the longest rule wins, `*` and `$` are understood, in linear time.  The standard
library's parser takes the first rule that fits and knows no wildcards.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from protego import Protego

from runner.sources.adapter import Unchanged, Unknown
from runner.sources.problems import Problem, Trouble

if TYPE_CHECKING:
    from runner.sources.http import Page

PRODUCT = "doleances"
"""The name by which robots.txt addresses the program, as in its User-Agent."""

SIZE_LIMIT = 500 * 1024
"""Bytes of a robots.txt that are read; the RFC asks for at least as many (2.5)."""

LONGEST_DELAY = 30.0
"""Seconds between two requests that a `Crawl-delay` may ask for; a run must end."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to this program.  `delay` is in seconds."""

    _rules: Protego = field(repr=False)
    delay: float = 0.0

    def allow(self, url: str) -> bool:
        """Tell whether an address may be read."""
        return self._rules.can_fetch(url, PRODUCT)


def parse_robots(body: bytes) -> Rules:
    """Return the rules of a robots.txt; what makes no sense in it is no rule."""
    rules = Protego.parse(body[:SIZE_LIMIT].decode("utf-8-sig", "replace"))
    return Rules(rules, min(rules.crawl_delay(PRODUCT) or 0.0, LONGEST_DELAY))


_NO_WAY = frozenset(
    {Trouble.PRIVATE, Trouble.UNKNOWN_HOST, Trouble.NO_CONNECTION, Trouble.NO_TRUST}
)
"""What is wrong with a site as a whole, and is said as it is."""

EVERYTHING = parse_robots(b"")
"""The rules of a site without robots.txt."""


def judge_answer(answer: "Page | Unchanged | Unknown", host: str) -> Rules | Unknown:
    """Return the rules that an answer for robots.txt stands for (RFC 9309, 2.3.1).

    A site that has none, or refuses it (4xx), lets everything be read.  Where the site is ill or
    out of reach nobody knows, so nothing may be read.
    """
    if isinstance(answer, Unknown):
        problem = answer.problem
        refused = problem.trouble in {Trouble.GONE, Trouble.REFUSED, Trouble.ODD_STATUS}
        if refused and problem.detail.startswith("4"):
            return EVERYTHING
        if problem.trouble in _NO_WAY and problem.about == host:
            return answer
        why = problem.detail or problem.trouble.value
        return Unknown(Problem(Trouble.NO_ROBOTS, host, why), answer.not_before)
    if isinstance(answer, Unchanged):
        return Unknown(Problem(Trouble.NO_ROBOTS, host, "304"))
    return parse_robots(answer.body)


class RobotsFiles:
    """The robots.txt of every site that is asked for pages, each read once in a run."""

    def __init__(self, ask: Callable[[str], Awaitable["Page | Unchanged | Unknown"]]) -> None:
        self._ask = ask
        self._rules: dict[str, asyncio.Task[Rules | Unknown]] = {}

    async def rules_for(self, url: httpx.URL) -> Rules | Unknown:
        """Return what the site of an address says, or why nobody knows."""
        origin = str(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin, url.host))
        return await self._rules[origin]

    async def _read(self, address: str, host: str) -> Rules | Unknown:
        return judge_answer(await self._ask(address), host)
