"""Walking through the pages of an API: what they show, and where to stop.  Pure."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from runner.cases.instants import parse_instant, render_instant
from runner.model import Item
from runner.sources.adapter import ITEM_LIMIT, Fresh, Unknown
from runner.sources.json_document import parse_json
from runner.sources.json_items import Listed
from runner.sources.json_paging import Request
from runner.sources.pacing import LONGEST_WAIT
from runner.sources.problems import Problem, Trouble
from runner.sources.quota import Quota, parse_quota

_NOTED = (Trouble.MORE_PAGES, Trouble.PAGES_REPEATED)
"""Why a walk may end without anything being wrong; some sites give their last page for ever."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cursor keeps of the last whole read.

    `since` is when it was, where the newest messages came first, which is what lets the next
    one stop early; `etag` is the first page's, where that page stands for all.
    """

    since: datetime | None = None
    etag: str | None = None


def parse_mark(text: str | None) -> Mark:
    """Return the mark that a cursor keeps; an empty one where it keeps something else."""
    since, parted, etag = (text or "").partition(" ")
    if not parted:
        return Mark()
    try:
        return Mark(parse_instant(since) if since != "-" else None, etag or None)
    except ValueError:
        return Mark()


def render_mark(mark: Mark) -> str | None:
    """Return a mark as a cursor keeps it."""
    if mark == Mark():
        return None
    return f"{render_instant(mark.since) if mark.since else '-'} {mark.etag or ''}"


class Reading(Protocol):
    """How the pages of one API are understood.

    At most `pages` are read at once.  They are `counted` when a page is asked for by its number,
    so that the last is not known before it was asked for.  `newest_first` is None where only
    the dates tell.  What is older than `overlap` before the last read needs no second one.
    """

    @property
    def pages(self) -> int:
        """Return how many pages are read at most."""

    @property
    def counted(self) -> bool:
        """Tell whether pages are asked for by number."""

    @property
    def newest_first(self) -> bool | None:
        """Tell whether the API promises the newest first."""

    @property
    def overlap(self) -> timedelta:
        """Return how far before the last read is read again."""

    def list(self, document: object, url: str) -> Listed | Problem:
        """Return the messages of a page that was found at `url`."""

    def next(
        self, page: int, url: str, document: object, headers: Mapping[str, str]
    ) -> Request | Problem | None:
        """Return what to ask for after so many pages, None after the last."""

    def backoff(self, document: object) -> float:
        """Return the seconds for which a page asks to be left alone."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One page as it came: where it was found, what it holds, and its headers."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class Walk:
    """The pages that were read so far.

    `since` is when all was last read, None when it never was.  `wait` holds the seconds that
    the API asks to be left alone for.
    """

    reading: Reading
    since: datetime | None
    now: datetime
    pages: int = 0
    wait: float = 0.0
    _items: dict[object, Item] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _left_out: Counter[Trouble] = field(default_factory=Counter)
    _notes: Counter[Problem] = field(default_factory=Counter)
    _problem: Problem | None = None
    _quota: Quota | None = None
    _latest: datetime | None = None
    _rises: bool = False
    _falls: bool = False
    _shortened: bool = False
    _alone: bool = False
    _broken_off: Unknown | None = None

    def take(self, request: Request, page: Answered) -> Request | Problem | None:
        """Take in a page and return what to ask for next, None when nothing is left to read.

        A page that cannot be understood is a problem.
        """
        document = parse_json(page.body, page.url)
        if isinstance(document, Problem):
            return document
        listed = self.reading.list(document, page.url)
        if isinstance(listed, Problem):
            return listed
        self._asked.add(_name(request))
        self.pages += 1
        self._quota = parse_quota(page.headers, self.now) or self._quota
        self.wait = min(self.reading.backoff(document), LONGEST_WAIT.total_seconds())
        brought = self._add(listed)
        if not listed.entries:
            # Not at a page that is merely shorter: some sites hide messages after counting them.
            return None
        if self._all_known(listed):
            self._shortened = True
            return None
        following = self.reading.next(self.pages, page.url, document, page.headers)
        if following is None:
            self._alone = self.pages == 1
            return None
        return self._stop_before(following, page.url, stale=bool(listed.items) and not brought)

    def break_off(self, ended: Unknown) -> None:
        """End before a page that cannot be read; what the others show holds."""
        self._broken_off = ended

    def is_past_the_end(self, ended: Unknown) -> bool:
        """Tell whether a site only says that there is no page of such a number."""
        over = (Trouble.GONE, Trouble.ODD_STATUS)
        return self.pages > 0 and self.reading.counted and ended.problem.trouble in over

    def outcome(self, mark: Mark, etag: str | None, last_modified: str | None) -> Fresh:
        """Return what the walk brought.

        `mark` is that of the read before; `etag` and `last_modified` are those of the first
        page, which stands for the others only where it shows the newest messages, or where
        there are no others.
        """
        ended = self._broken_off
        falling = self._is_falling
        first_tells = ended is None and (falling or self._alone)
        kept = Mark(self.now if falling else None, etag if first_tells else None)
        left_out = [Problem(trouble, str(n)) for trouble, n in self._left_out.items() if n]
        return Fresh(
            tuple(self._items.values())[:ITEM_LIMIT],
            render_mark(Mark(mark.since) if ended else kept),
            last_modified if first_tells else None,
            ended.problem if ended else self._problem,
            left_out=self._left_out.total(),
            shortened=self._shortened or (ended is not None and mark.since is not None),
            # What is missing on one page may well be there on another.
            notes=(*left_out, *(note for note, n in self._notes.items() if n >= self.pages)),
            not_before=(ended.not_before if ended else None) or self._rest(),
            quota=self._quota,
        )

    @property
    def _may_fall(self) -> bool:
        promised = self.reading.newest_first
        return not self._rises if promised is None else promised

    @property
    def _is_falling(self) -> bool:
        if self.reading.newest_first is not None:
            return self.reading.newest_first
        return self._falls and not self._rises

    def _add(self, listed: Listed) -> bool:
        before = len(self._items)
        for item in listed.items:
            self._items.setdefault(_identity(item), item)
            before_it, self._latest = self._latest, item.posted_at
            if item.posted_at is None:
                self._rises = True
            elif before_it is not None:
                self._rises = self._rises or item.posted_at > before_it
                self._falls = self._falls or item.posted_at < before_it
        self._left_out[Trouble.NOT_CHOSEN] += listed.not_chosen
        self._left_out[Trouble.WITHOUT_WORDS] += listed.wordless
        self._left_out[Trouble.SET_ASIDE] += listed.set_aside
        self._notes.update(listed.notes)
        self._problem = self._problem or listed.problem
        return len(self._items) > before

    def _all_known(self, listed: Listed) -> bool:
        if self.since is None or not listed.items or not self._may_fall:
            return False
        limit = self.since - self.reading.overlap
        return all(item.posted_at and item.posted_at < limit for item in listed.items)

    def _stop_before(
        self, following: Request | Problem, url: str, *, stale: bool
    ) -> Request | None:
        if isinstance(following, Problem):
            why = following
        elif stale or _name(following) in self._asked:
            why = Problem(Trouble.PAGES_REPEATED, url)
        elif self.pages >= self.reading.pages or len(self._items) >= ITEM_LIMIT:
            enough = Trouble.MORE_PAGES if self._may_fall else Trouble.NOT_NEWEST_FIRST
            why = Problem(enough, str(self.pages))
        else:
            return following
        if why.trouble in _NOTED:
            self._notes[why] = self.pages
        else:
            self._problem = self._problem or why
        return None

    def _rest(self) -> datetime | None:
        spent = self._quota is not None and self._quota.left == 0
        over_at = self._quota.resets_at if self._quota and spent else None
        asked = self.now + timedelta(seconds=self.wait) if self.wait else None
        return max(filter(None, (over_at, asked)), default=None)


def _name(request: Request) -> str:
    return f"{request.url} {json.dumps(request.body)}"


def _identity(item: Item) -> object:
    return item.native_id or item.url or item
