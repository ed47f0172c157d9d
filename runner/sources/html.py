"""Pages: reviews in schema.org's words (JSON-LD, microdata, RDFa) or as microformats, else rows.

Rows are found by CSS selectors.  Settings: `url`, `rows`, `fields`, `next`, `pages`, `sitemap`,
`matching`, `best`; see `runner.policies.pages`.

robots.txt is obeyed.  A page that shows neither reviews nor a thing that could have some is
unknown, never empty: it may ask for a captcha, or have been rebuilt.
"""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from runner.model import Item
from runner.planning.observation import Cursor
from runner.policies.pages import PageSettings, Rows, build_pages
from runner.policies.values import Source
from runner.sources.adapter import (
    ITEM_LIMIT,
    Fetched,
    Fresh,
    Outside,
    Parsed,
    ThreadRequest,
    Unchanged,
    Unknown,
)
from runner.sources.microformats import read_microformats
from runner.sources.problems import Problem, Trouble
from runner.sources.review_item import Setting
from runner.sources.reviews import read_reviews
from runner.sources.rows import read_rows
from runner.sources.sitemap import parse_sitemap, site_of
from runner.sources.structured_data import (
    Node,
    kinds_of,
    nodes_of,
    read_json_ld,
    read_microdata,
    read_rdfa,
)
from runner.sources.wording import web_address
from runner.text.charset import decode
from runner.text.markup import Tree, parse_markup
from runner.text.selectors import select

if TYPE_CHECKING:
    from runner.sources.http import Client, Page

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_MAP = "application/xml, text/xml, text/plain;q=0.8, */*;q=0.5"

_ROOM = 4
"""Characters of markup read as texts, in times of the page: texts stand in texts, but not often."""

_BARREN = frozenset({Trouble.NO_REVIEWS, Trouble.NO_ROWS})
_WORDLESS = _BARREN | {Trouble.NOTHING_MAPPED}

_MARKUP = (read_microdata, read_rdfa, read_microformats)
"""How a page may mark up its reviews, the next only where the last ones found none: what is
written twice in two ways shall not be two reviews."""

_REVIEWED = frozenset(
    {"aggregaterating", "book", "course", "event", "hotel", "localbusiness", "movie"}
    | {"organization", "product", "recipe", "restaurant", "service", "softwareapplication"}
)
"""Types that say that a page is of the kind that has reviews, even where it has none yet."""


@dataclass(frozen=True, slots=True)
class PageRead(Parsed):
    """What a page says.  `next_url` is the page that goes on, where it names one."""

    next_url: str | None = None


def parse(
    body: bytes,
    url: str,
    content_type: str,
    *,
    settings: PageSettings,
    now: datetime,
    zone: tzinfo,
) -> PageRead | Problem:
    """Return the reviews of a page; a page that cannot have any is a problem.

    `url` is where it was found, `zone` where dates without a zone are from.  Reviews in
    schema.org's words; where there are none, the rows that `settings` describe.
    """
    if not body.strip():
        return Problem(Trouble.EMPTY, url)
    tree = parse_markup(decode(body, content_type))
    setting = Setting(url, now, zone, settings.best)
    room = _ROOM * len(tree.markup)
    scripts = read_json_ld(tree)
    marked: tuple[Node, ...] = ()
    for read in _MARKUP:
        marked += read(tree)
        reviews = read_reviews(scripts.values, marked, setting, room)
        if reviews.found:
            break
    if not reviews.found and settings.rows is not None:
        reviews = read_rows(tree, settings.rows, setting, room)
    if reviews.found and not reviews.items and reviews.whole:
        return Problem(Trouble.NOTHING_MAPPED, url, _sought(settings.rows))
    if not reviews.found and (
        settings.rows is not None
        or not any(kinds_of(n) & _REVIEWED for n in nodes_of([*scripts.values, *marked]))
    ):
        sought = settings.rows.rows.text if settings.rows else ""
        return Problem(Trouble.NO_ROWS if sought else Trouble.NO_REVIEWS, url, sought)
    problem = None
    if len(reviews.items) > ITEM_LIMIT or not (tree.whole and reviews.whole):
        problem = Problem(Trouble.TOO_MANY_ITEMS, url, str(min(len(reviews.items), ITEM_LIMIT)))
    return PageRead(
        reviews.items[:ITEM_LIMIT],
        reviews.found - len(reviews.items),
        problem,
        next_url=_next_url(tree, settings, url),
    )


def _sought(rows: Rows | None) -> str:
    if rows is None:
        return "reviewBody"
    finders = (rows.fields.get(name) for name in ("title", "text"))
    return ", ".join(finder.selector.text for finder in finders if finder and finder.selector)


def _next_url(tree: Tree, settings: PageSettings, url: str) -> str | None:
    for element in select(tree.root, settings.next):
        if address := web_address(element.attributes.get("href", ""), url):
            return address.partition("#")[0]
    return None


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read the pages of a source: its own, those that follow, those that its sitemap names.

    When the first cannot be read nothing is concluded; when a later one cannot, what the others
    show is given all the same, with the problem as a remark.
    """
    settings = build_pages(source.settings)
    walk = _Walk(source, settings, outside.connect(), outside)
    alone = settings.sitemap is None
    first = await walk.read(
        settings.url,
        etag=cursor.etag if cursor and alone else None,
        last_modified=cursor.last_modified if cursor and alone else None,
    )
    if isinstance(first, Unchanged | Unknown):
        return first
    await walk.follow(first)
    if settings.sitemap is not None:
        await walk.follow_map(settings.sitemap)
    # A page that others follow may stay as it is while they change.
    quotable = walk.pages == 1 and alone and first.page.measured
    moved = Problem(Trouble.MOVED, first.page.moved_to) if first.page.moved_to else None
    return Fresh(
        tuple(walk.items),
        first.page.etag if quotable else None,
        first.page.last_modified if quotable else None,
        walk.problem or moved,
        left_out=walk.left_out,
        not_before=walk.not_before,
        notes=tuple(walk.notes),
    )


async def expand(source: Source, thread: ThreadRequest, outside: Outside) -> Fetched:
    """Read the page that a message stands on again, and those that follow it.

    A message whose page is at another site than the source's cannot be read again.
    """
    settings = build_pages(source.settings)
    address = thread.thread_url or thread.url
    if address is None or site_of(address) != site_of(settings.url):
        return Unknown(Problem(Trouble.NO_CONVERSATION, address or settings.url))
    page_url = address.partition("#")[0]

    async def read() -> Fetched:
        walk = _Walk(source, settings, outside.connect(), outside)
        first = await walk.read(page_url)
        if isinstance(first, Unchanged | Unknown):
            return first
        await walk.follow(first)
        return Fresh(
            tuple(walk.items),
            problem=walk.problem,
            left_out=walk.left_out,
            shortened=bool(walk.notes) or walk.problem is not None,
            not_before=walk.not_before,
            notes=tuple(walk.notes),
        )

    return await outside.once((source.id, page_url), read)


@dataclass(frozen=True, slots=True)
class _Got:
    page: "Page"
    read: PageRead


@dataclass(slots=True)
class _Walk:
    """The pages of a source, one after the other."""

    source: Source
    settings: PageSettings
    client: "Client"
    outside: Outside
    items: list[Item] = field(default_factory=list)
    left_out: int = 0
    pages: int = 0
    problem: Problem | None = None
    not_before: datetime | None = None
    notes: list[Problem] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    async def read(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> _Got | Unchanged | Unknown:
        """Read one page, and take what it shows."""
        page = await self.client.get(
            url, accept=ACCEPT, etag=etag, last_modified=last_modified, obey_robots=True
        )
        if isinstance(page, Unchanged | Unknown):
            return page
        self._seen.update((url, page.url))
        settings, now, zone = self.settings, self.outside.now, self.outside.zone
        kind = page.headers.get("Content-Type", "")
        read = await self.outside.aside(
            lambda: parse(page.body, page.url, kind, settings=settings, now=now, zone=zone)
        )
        if isinstance(read, Problem):
            if not (self.source.may_be_empty and read.trouble in _BARREN):
                return Unknown(read)
            read = PageRead(())
        self.pages += 1
        self.items.extend(read.items)
        self.left_out += read.skipped
        self.problem = self.problem or read.problem
        return _Got(page, read)

    async def follow(self, got: _Got) -> None:
        """Read the pages that follow one, as long as each names the next."""
        while (url := got.read.next_url) is not None and self.problem is None:
            if site_of(url) != site_of(got.page.url):
                host = site_of(url)
                self.problem = Problem(Trouble.PAGES_ELSEWHERE, host)
            elif url in self._seen:
                self.problem = Problem(Trouble.PAGES_REPEATED, site_of(url))
            elif self._is_enough():
                return
            else:
                ended = await self.read(url)
                if not isinstance(ended, _Got):
                    self._break_off(ended)
                    return
                got = ended

    async def follow_map(self, url: str) -> None:
        """Read the pages that a sitemap names, and those that the sitemaps in it name."""
        maps = [url]
        for nth, address in enumerate(maps):
            answer = await self.client.get(address, accept=_MAP, obey_robots=True)
            if isinstance(answer, Unchanged | Unknown):
                self._break_off(answer)
                return
            make = partial(parse_sitemap, answer.body, answer.url, self.settings.matching)
            found = await self.outside.aside(make)
            if nth == 0:
                maps.extend(found.maps)
            for page in found.pages:
                if page in self._seen:
                    continue
                if self._is_enough():
                    return
                ended = await self.read(page)
                # One page of a thing that nobody has judged yet costs the others nothing.
                if isinstance(ended, Unknown) and ended.problem.trouble in _WORDLESS:
                    continue
                if not isinstance(ended, _Got):
                    self._break_off(ended)
                    return

    def _is_enough(self) -> bool:
        if self.pages >= self.settings.pages or len(self.items) >= ITEM_LIMIT:
            self.notes.append(Problem(Trouble.MORE_PAGES, str(self.pages)))
            return True
        return False

    def _break_off(self, ended: Unchanged | Unknown) -> None:
        if isinstance(ended, Unknown):
            self.problem, self.not_before = ended.problem, ended.not_before
