"""Looking whether our messages stand where we recorded them: politely, and doubting.

API kinds are asked by id, feeds and pages are read for the words.  Whatever cannot be read says
nothing about the message.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runner.planning.looking import Doubt, Look, OurMessage, Sighting
from runner.planning.shown_page import ShownPage
from runner.planning.sightings import (
    Asked,
    Names,
    Sight,
    reaches_back,
    sight_in_items,
    sight_on_pages,
    unverified,
)
from runner.policies.values import Configuration, Source
from runner.sources.adapter import (
    Fetched,
    Fresh,
    Outside,
    ThreadRequest,
    Unchanged,
    Unknown,
    adapter_of,
    expand_of,
)
from runner.sources.collect import Errand, open_outside
from runner.sources.problem_words import printable, render_problem
from runner.sources.problems import Problem, Trouble
from runner.sources.sitemap import site_of
from runner.sources.wording import web_address
from runner.text.language import Language
from runner.text.masking import mask

if TYPE_CHECKING:
    from runner.sources.http import Page

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
PAGES = 5
"""Pages of one conversation that are followed from the one that was recorded."""
_BY_ID = frozenset({"mastodon", "bluesky", "discourse"})
"""Kinds that show a message of ours by its own address."""
_ASKED = frozenset({*_BY_ID, "json", "feed"})
_PASSING = frozenset(
    {Trouble.TOLD_TO_WAIT, Trouble.TOO_SLOW, Trouble.BROKEN_OFF, Trouble.NO_CONNECTION}
    | {Trouble.ILL, Trouble.NO_ROBOTS, Trouble.UNKNOWN_HOST}
)
_GONE = frozenset({Trouble.GONE, Trouble.NOT_THERE})


def look_at(
    configuration: Configuration, root: Path, messages: Iterable[OurMessage], errand: Errand
) -> tuple[Look, ...]:
    """Look for messages of ours, those of one source one after the other.

    A source that asks to be left alone is, from then on: what was not looked for stays due.
    """
    wanted: dict[str, list[OurMessage]] = {}
    for message in messages:
        wanted.setdefault(message.source, []).append(message)
    return asyncio.run(_look_at_all(configuration, root, wanted, errand)) if wanted else ()


async def _look_at_all(
    configuration: Configuration,
    root: Path,
    wanted: Mapping[str, list[OurMessage]],
    errand: Errand,
) -> tuple[Look, ...]:
    known = {source.id: source for source in configuration.sources}
    async with open_outside(configuration, root, errand) as outside:
        looks = await asyncio.gather(
            *(
                _Looker(known.get(source_id), configuration, errand, outside).look_at(messages)
                for source_id, messages in wanted.items()
            )
        )
    return tuple(look for of_source in looks for look in of_source)


class _Looker:
    """Looks at the places of one source.  `source` is None where the desk has it no more."""

    def __init__(
        self,
        source: Source | None,
        configuration: Configuration,
        errand: Errand,
        outside: Outside,
    ) -> None:
        self.source = source
        self.configuration = configuration
        self.errand = errand
        self.outside = outside
        self.language = Language(configuration.instance.language, configuration.instance.zone)

    async def look_at(self, messages: Iterable[OurMessage]) -> list[Look]:
        """Look at one message after the other, until the site wants to be left alone."""
        cursor = self.errand.cursors.get(self.source.id) if self.source else None
        not_before = cursor.not_before if cursor is not None else None
        looks: list[Look] = []
        for message in messages:
            if not_before is not None and self.errand.now < not_before:
                break
            try:
                seen = await self._look(message)
            except Exception as error:  # one place that trips the program must not cost the others
                seen = Unknown(Problem(Trouble.STUMBLED, message.source, type(error).__name__))
            looks.append(self._told(message, seen))
            if isinstance(seen, Unknown) and seen.problem.trouble is Trouble.TOLD_TO_WAIT:
                not_before = seen.not_before
        return looks

    def _told(self, message: OurMessage, seen: Sight | Unknown) -> Look:
        look = Look(
            case_id=message.case_id,
            place=message.place,
            message=message.key,
            kind=message.kind,
            url=message.url,
            at=self.errand.now,
            sighting=Sighting.UNVERIFIED,
        )
        if isinstance(seen, Sight):
            return replace(look, sighting=seen.sighting, doubt=seen.doubt, share=seen.share)
        said = mask(render_problem(seen.problem, self.language), self.configuration.privacy)
        return replace(
            look,
            doubt=Doubt.REFUSED,
            detail=printable(said, 500),
            passing=seen.problem.trouble in _PASSING,
            not_before=seen.not_before,
        )

    async def _look(self, message: OurMessage) -> Sight | Unknown:
        source = self.source
        if source is None or source.kind not in _ASKED:
            return await self._on_pages(message)
        seen = await self._in_conversation(source, message)
        if isinstance(seen, Sight) and seen.sighting is not Sighting.UNVERIFIED:
            return seen
        if source.kind == "feed":
            in_feed = await self._in_feed(source, message)
            if in_feed.sighting in {Sighting.PRESENT, Sighting.CHANGED}:
                return in_feed
            on_pages = await self._on_pages(message)
            is_told = isinstance(on_pages, Sight) and on_pages.sighting is not Sighting.UNVERIFIED
            return on_pages if is_told or in_feed.sighting is Sighting.UNVERIFIED else in_feed
        if seen is None or (source.kind == "json" and isinstance(seen, Sight)):
            return await self._on_pages(message)
        return seen

    async def _in_conversation(self, source: Source, message: OurMessage) -> Sight | Unknown | None:
        """Return what a conversation shows, None where none can be read from here."""
        expand = expand_of(source.kind)
        if expand is None:
            return None
        place = ThreadRequest(message.place_url, message.place_native_id, message.thread_url)
        requests = [(place, False)]
        if source.kind in _BY_ID and (message.url != message.place_url or message.native_id):
            own = ThreadRequest(message.url, message.native_id, message.url)
            requests.insert(0, (own, True))
        seen: Sight | Unknown | None = None
        for request, by_id in requests:
            outcome: Fetched = await expand(source, request, self.outside)
            if isinstance(outcome, Fresh):
                whole = not outcome.shortened and outcome.problem is None
                return self._sight(source, message, outcome, whole=whole)
            if isinstance(outcome, Unchanged):
                continue
            if outcome.problem.trouble is Trouble.NO_CONVERSATION:
                continue
            if outcome.problem.trouble in _GONE and by_id:
                return Sight(Sighting.MISSING, Doubt.GONE)
            seen = outcome
            break
        return seen

    async def _in_feed(self, source: Source, message: OurMessage) -> Sight:
        fetch = adapter_of(source.kind).fetch
        read = await self.outside.once(
            (source.id, "looks"), lambda: fetch(source, None, self.outside)
        )
        if not isinstance(read, Fresh):
            return unverified(Doubt.NOT_WHOLE)
        # A feed of topics never held our answer: only one that did can say that it is gone.
        held_it = message.native_id is not None and reaches_back(read.items, message.said_at)
        return self._sight(source, message, read, whole=held_it and read.problem is None)

    def _sight(self, source: Source, message: OurMessage, read: Fresh, *, whole: bool) -> Sight:
        names = Names(source.ignore_authors, _customer(message))
        return sight_in_items(
            message, read.items, names, whole=whole, cleaned=self._cleaned(message)
        )

    async def _on_pages(self, message: OurMessage) -> Sight | Unknown:
        address = web_address(message.url or message.place_url or "", "")
        if address is None:
            return unverified(Doubt.NO_ADDRESS)
        first = await self._page(address)
        if isinstance(first, Unknown):
            if first.problem.trouble is Trouble.GONE:
                return Sight(Sighting.MISSING, Doubt.GONE)
            return first
        cleaned = self._cleaned(message)
        pages = [_shown(first, cleaned)]
        seen = {address.partition("#")[0], first.url}
        from_the_start = not pages[0].neighbour("prev")
        following, page = pages[0].neighbour("next"), first
        while following is not None and len(pages) < PAGES:
            url = (web_address(following, page.url) or "").partition("#")[0]
            if not url or url in seen or site_of(url) != site_of(first.url):
                break
            seen.add(url)
            answer = await self._page(url)
            if isinstance(answer, Unknown):
                break
            page = answer
            pages.append(_shown(page, cleaned))
            following = pages[-1].neighbour("next")
        asked = Asked(
            message=message,
            asked_for=address,
            found_at=first.url,
            pages=tuple(pages),
            names=self._names(message),
            whole=from_the_start and following is None and len(pages) > 1,
            cleaned=cleaned,
        )
        return await self.outside.aside(partial(sight_on_pages, asked))

    async def _page(self, url: str) -> "Page | Unknown":
        bare = url.partition("#")[0]
        client = self.outside.connect()
        page = await self.outside.once(
            ("looks", bare), lambda: client.get(bare, accept=ACCEPT, obey_robots=True)
        )
        if isinstance(page, Unchanged):
            return Unknown(Problem(Trouble.ODD_STATUS, site_of(bare), "304"))
        if not isinstance(page, Unknown) and not page.body.strip():
            return Unknown(Problem(Trouble.EMPTY, page.url))
        return page

    def _names(self, message: OurMessage) -> Names:
        source = self.source
        if source is None:
            return Names((), _customer(message))
        brands = [brand for brand in self.configuration.brands if brand.id == source.brand]
        ours = (*source.ignore_authors, *(name for brand in brands for name in brand.names))
        return Names(ours, _customer(message))

    def _cleaned(self, message: OurMessage) -> Callable[[str], str]:
        """Return what both sides go through: masking, where the recorded words hold masks."""
        if "[" not in f"{message.text}{message.before}":
            return str
        return partial(mask, rules=self.configuration.privacy)


def _shown(page: "Page", cleaned: Callable[[str], str]) -> ShownPage:
    return ShownPage(page.body, page.headers.get("Content-Type", ""), cleaned)


def _customer(message: OurMessage) -> tuple[str, ...]:
    return (message.author,) if message.author else ()
