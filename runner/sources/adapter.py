"""How a kind of source is read: the small interface that every adapter fills.

An adapter is a module of this package named as the word that stands after `kind:` in
`sources.yaml`.  It holds a thin `fetch` that gets bytes, and pure functions that make
items of them; a kind whose conversations can be read again has an `expand` beside it.  It is
imported only when a source of its kind is read.
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from runner.errors import UsageError
from runner.model import Item
from runner.planning.observation import Cursor
from runner.policies.values import Source
from runner.sources.bounds import Bounds
from runner.sources.problems import Problem
from runner.sources.quota import Quota
from runner.sources.workers import NoWorker, Workers
from runner.text.wording import did_you_mean, shown

if TYPE_CHECKING:
    from runner.sources.http import Client

Made = TypeVar("Made")

KINDS = ("bluesky", "discourse", "feed", "file", "html", "json", "mailbox", "mastodon")
"""The kinds of sources, each the name of its module."""

ITEM_LIMIT = 10_000
"""Items of one source that are taken from one read; a forum's feed has 10 to 100."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a body says.

    `skipped` counts entries without a word in them.  `cut_short` when the end is missing.
    """

    items: tuple[Item, ...]
    skipped: int = 0
    problem: Problem | None = None
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """The source was read.

    `etag` and `last_modified` are what the next read may quote to be told that nothing
    changed; what `etag` means is the kind's own affair.  `problem` is a remark: what could
    be read was read.  `left_out` counts what stood there and makes no item.  `shortened`
    when, thanks to the cursor, what is older was not asked for.  `notes` are for whoever
    writes the source's settings.  `not_before` and `quota` are what the other side says of
    the next reads.
    """

    items: tuple[Item, ...]
    etag: str | None = None
    last_modified: str | None = None
    problem: Problem | None = None
    left_out: int = 0
    shortened: bool = False
    notes: tuple[Problem, ...] = ()
    not_before: datetime | None = None
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source shows what it showed when the cursor was made."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing can be concluded.  `not_before` is when the other side allows the next try."""

    problem: Problem
    not_before: datetime | None = None


Fetched = Fresh | Unchanged | Unknown
"""How fetching ended."""


@dataclass(frozen=True, slots=True)
class ThreadRequest:
    """The message whose conversation is wanted, as a place of a case keeps it."""

    url: str | None
    native_id: str | None
    thread_url: str | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """What an adapter may use of the world.

    `root` is the repository.  `connect` gives the one HTTP client, made when first asked for:
    files need none.  `secrets` are the environment variables that the verb lets
    adapters see.  `zone` is where dates without a zone are from.  What does not speak HTTP keeps
    to `bounds` itself, and goes to this machine or the company's own network only where it may.
    """

    root: Path
    connect: Callable[[], "Client"]
    now: datetime
    zone: ZoneInfo
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    bounds: Bounds = field(default_factory=Bounds)
    allow_loopback: bool = False
    allow_private: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _workers: Workers = field(init=False, repr=False)
    _asked: dict[Hashable, asyncio.Future[Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_workers", Workers(self.bounds.computing_seconds))

    async def aside(self, make: Callable[[], Made]) -> Made:
        """Compute something long beside the event loop, one at a time.

        On the loop it would use up the deadlines of the requests that are under way.
        """
        async with self._turn:
            return await asyncio.to_thread(make)

    async def apart(self, weight: int, function: Callable[..., Made], *given: object) -> Made:
        """Compute something long in another process, where the run has enough to do for that.

        `function` belongs to a module, and it, what it is given and what it makes can be pickled.
        `weight` is the size of a page that is read so, in bytes; 0 for what follows from one.

        Raises:
            TookTooLong: when another process was at it for too long.
            WorkerLost: when other processes ended in the middle of it.
            Stumbled: when it raised an error in another process; here it is the error itself.
        """
        if self._workers.are_worth_it(weight):
            with suppress(NoWorker):
                return await self._workers.compute(function, *given)
        return await self.aside(partial(function, *given))

    def close(self) -> None:
        """End the other processes."""
        self._workers.close()

    async def once(self, name: Hashable, ask: Callable[[], Awaitable[Made]]) -> Made:
        """Ask for what a run needs several times, such as a session or a shared page, only once."""
        if name not in self._asked:
            self._asked[name] = asyncio.ensure_future(ask())
        made: Made = await asyncio.shield(self._asked[name])
        return made


class Adapter(Protocol):
    """A kind of source: a module of this package that is named as its word in `sources.yaml`."""

    async def fetch(self, source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
        """Read a source; without a cursor, in full.  Every foreseeable failure is `Unknown`."""


class Expand(Protocol):
    """The second function of a kind that can show conversations."""

    async def __call__(self, source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
        """Read the conversation that a message stands in: that message and all others.

        `Fresh` gives every message that can be read now, in any order, each with its author and
        native id, and with `parent_id` where the other side tells it; the message asked for is
        among them where the other side lists it with the rest.  `shortened` when there were
        more.  `Unknown` concludes nothing; with `Trouble.NO_CONVERSATION` this message's
        conversation cannot be read from here at all, which is no illness of the source.
        Nothing is quoted of an earlier read, so the answer is never `Unchanged`.
        """


def expand_of(kind: str) -> Expand | None:
    """Return what reads the conversations of a kind, None where it cannot.

    Raises:
        UsageError: when there is no such kind.
    """
    found: Expand | None = getattr(adapter_of(kind), "expand", None)
    return found


def adapter_of(kind: str) -> Adapter:
    """Return the adapter of a kind.

    Raises:
        UsageError: when there is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(
            f"sources.yaml: there is no kind {shown(kind)} of source", did_you_mean(kind, KINDS)
        )
    return cast("Adapter", importlib.import_module(f"runner.sources.{kind}"))
