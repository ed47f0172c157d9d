"""Writes the report: case pages while the cases are read, the rest when all are counted."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path

from runner.figures.figures import Figures, figures_data
from runner.figures.public import public_data, release
from runner.figures.today import Today
from runner.figures.watched import Watched
from runner.policies.values import Configuration
from runner.report.blocks import Page
from runner.report.case_lists import case_lists
from runner.report.case_view import view_case
from runner.report.figure_pages import (
    autonomy_page,
    process_page,
    public_page,
    quality_page,
    sources_page,
)
from runner.report.gathering import CaseRead, Gathered
from runner.report.incident_pages import incidents_page
from runner.report.listed import Listed, case_address, render_set, render_shards
from runner.report.presenting import Presenting, Sets
from runner.report.promise_pages import clock_pages
from runner.report.render import (
    Frame,
    frame_of,
    render_case,
    render_case_list,
    render_page,
    render_start,
)
from runner.report.today_pages import today_page
from runner.report.wording import Wording
from runner.text.language import Language

_STATIC = ("report.css", "report.js", "report.svg")


class Site:
    """The pages of a report below a folder, in some languages, the first being the desk's.

    With `public` it has no case, no name and no word of a customer.  `pulls` says where people
    see a pull request by its number, None where the forge has no pages.
    """

    def __init__(
        self,
        folder: Path,
        configuration: Configuration,
        codes: tuple[str, ...],
        now: datetime,
        *,
        public: bool,
        pulls: Callable[[int], str] | None = None,
    ) -> None:
        self._folder = folder
        self._pulls = pulls
        self._configuration = configuration
        self._codes = codes
        self._now = now
        self._public = public
        zone = configuration.instance.zone
        wordings = [
            Wording(Language(code, zone), configuration.team, _products(configuration, code))
            for code in codes
        ]
        name = configuration.instance.name
        self._tongues: list[tuple[Wording, Frame]] = [
            (wording, frame_of(wording, name, codes, public=public)) for wording in wordings
        ]

    def write_case(self, read: CaseRead) -> None:
        """Write the page of a case; none in public."""
        if self._public:
            return
        path = case_address(read.case.id)
        for wording, frame in self._tongues:
            view = view_case(
                read.case,
                self._configuration,
                read.standings,
                self._now,
                wording.language,
                proposal=read.proposal,
                proposed=read.proposed,
                pulls=self._pulls,
                commits=read.commits,
            )
            self._write(f"{frame.code}/{path}", render_case(view, frame, wording, path))

    def write_pages(
        self, gathered: Gathered, figures: Figures, today: Today, watched: tuple[Watched, ...]
    ) -> None:
        """Write all other pages, the files of the search, and the figures as data."""
        sets: Sets = {}
        found = release(figures) if self._public else None
        for wording, frame in self._tongues:
            show = Presenting(wording, self._public, sets, figures.period, self._pulls, found)
            pages = (
                self._public_pages(figures, show)
                if self._public
                else self._pages(gathered, figures, today, watched, show)
            )
            for page in pages:
                self._write(f"{frame.code}/{page.path}", render_page(page, frame))
            if not self._public:
                for listed in case_lists(gathered.listed, wording):
                    html = render_case_list(listed, frame, wording)
                    self._write(f"{frame.code}/{listed.page.path}", html)
        if not self._public:
            self._write_search(gathered, sets)
        data = public_data(figures, found) if self._public else figures_data(figures)
        self._write("figures.json", json.dumps(data, indent=1) + "\n")
        self._write("index.html", render_start(self._configuration.instance.name, self._codes))
        static = resources.files("runner.report") / "static"
        for name in _STATIC:
            (self._folder / name).write_bytes((static / name).read_bytes())

    def _pages(
        self,
        gathered: Gathered,
        figures: Figures,
        today: Today,
        watched: tuple[Watched, ...],
        show: Presenting,
    ) -> Iterator[Page]:
        owed = {each.id for each in today.owed}
        listed: Mapping[str, Listed] = {
            each.id: each for each in gathered.listed if each.id in owed
        }
        yield today_page(today, listed, self._configuration, self._now, show)
        yield from clock_pages(figures, show)
        yield autonomy_page(figures, show)
        yield incidents_page(gathered.incidents, show)
        yield quality_page(figures, show)
        yield process_page(figures, show)
        yield sources_page(watched, self._now, show)

    def _public_pages(self, figures: Figures, show: Presenting) -> Iterator[Page]:
        yield public_page(figures, show)
        yield from clock_pages(figures, show)
        yield autonomy_page(figures, show)
        yield quality_page(figures, show)
        yield process_page(figures, show)

    def _write_search(self, gathered: Gathered, sets: Sets) -> None:
        for number, shard in enumerate(render_shards(gathered.listed)):
            self._write(f"data/cases-{number}.js", shard)
        numbers = {each.id: number for number, each in enumerate(gathered.listed)}
        for name, places in sets.items():
            self._write(f"data/set-{name}.js", render_set(name, places, numbers))

    def _write(self, path: str, text: str) -> None:
        file = self._folder / path
        try:
            file.write_text(text, encoding="utf-8")
        except FileNotFoundError:
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")


def _products(configuration: Configuration, code: str) -> dict[str, str]:
    """Return how the products are called in a language, by id."""
    speech = configuration.speech.products
    return {
        product.id: (speech[product.id].called.get(code) if product.id in speech else None)
        or next(iter(product.names), product.id)
        for product in configuration.products
    }
