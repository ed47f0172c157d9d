"""`doleances report`: the desk as a folder of pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.days import Day
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.lives import reading_of
from runner.cli.promises import read_standings
from runner.errors import Fault, FaultyFiles, UsageError
from runner.planning.case_page import Proposal
from runner.planning.dashboard import open_cases
from runner.planning.proposed_steps import proposed_steps
from runner.planning.waiting import find_waiting
from runner.repo.cases_index import open_index
from runner.text.language import LANGUAGES

if TYPE_CHECKING:
    from runner.figures.today import Today
    from runner.figures.watched import Watched
    from runner.report.gathering import CaseRead, Gathered


@click.command(short_help="Write the desk as a folder of pages that need no server.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write; an older report there is replaced as a whole.",
)
@click.option("--public", is_flag=True, help="Only figures, without anybody's names and words.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Only in this language; without it in all, the desk's own first.",
)
@click.option("--since", type=Day(), metavar="DAY", help="Count cases detected from this day on.")
@click.option("--until", type=Day(), metavar="DAY", help="Count cases detected up to this day.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as data.")
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    out: Path | None,
    public: bool,
    language: str | None,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Write the desk as a folder of pages: what is due, every case, and the figures.

    The pages need no server and ask nobody for anything. With --public there are figures
    alone, and counts below five are withheld. The period narrows the figures, not the list
    of cases. A case file that cannot be read is named, and ends it with 1 after all others
    are written.

    \b
    Example:  doleances report --out site/
              doleances report --out site/ --public
              doleances report --json --since 2026-10-01 --until 2026-10-31
    """
    if out is None and not as_json:
        raise UsageError("where should the report go?", "doleances report --out site/")
    from contextlib import nullcontext

    from runner.figures.figures import Period, count_figures, figures_data
    from runner.figures.public import public_data, public_lives
    from runner.report.charts import check_drawable
    from runner.report.folder import new_folder
    from runner.report.site import Site

    period = Period(since.date() if since else None, until.date() if until else None)
    _check_period(period.since, period.until)
    if out is not None:
        check_drawable()
    desk_code = desk.configuration().instance.language
    codes = (language,) if language else (desk_code, *(c for c in LANGUAGES if c != desk_code))
    with new_folder(out) if out is not None else nullcontext() as folder:
        found = _Looked(desk, by_case=folder is not None and not public)
        site = (
            Site(
                folder, desk.configuration(), codes, desk.now(),
                public=public, pulls=found.pull_page,
            )
            if folder is not None
            else None
        )  # fmt: skip
        gathered = found.gather(site.write_case if site is not None else lambda _: None)
        lives = gathered.lives
        if public:
            products = frozenset(product.id for product in desk.configuration().products)
            lives = public_lives(lives, products)
        figures = count_figures(lives, desk.now(), period)
        if site is not None:
            site.write_pages(gathered, figures, found.today(), found.watched(gathered))
    if as_json:
        desk.print_json(public_data(figures) if public else figures_data(figures))
    elif out is not None and public:
        # How many cases there are tells, beside the published sums, how many are withheld; and
        # what a workflow of a public repository prints is public.
        desk.say(
            desk.language.say(
                "The report is in {folder}: open {page}.", folder=out, page=out / "index.html"
            )
        )
    elif out is not None:
        count = len(gathered.listed)
        desk.say(
            desk.language.say_n(
                "{count} case in {folder}: open {page}.",
                "{count} cases in {folder}: open {page}.",
                count,
                folder=out,
                page=out / "index.html",
            )
        )
    if found.faults:
        raise FaultyFiles(found.faults)


def _check_period(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and since > until:
        raise UsageError(
            f"the period ends on {until} before it begins on {since}",
            "exchange --since and --until",
        )


class _Looked:
    """What a report needs of the desk, looked at once; `by_case` where cases have pages."""

    def __init__(self, desk: Desk, *, by_case: bool) -> None:
        from runner.repo.entry_commits import CaseVersions
        from runner.report.reading import CaseReader

        self._desk = desk
        forge = open_forge(desk)
        self.pull_page = forge.own_issues.pull_page if forge.own_issues is not None else None
        self._snapshot = forge.snapshot()
        self._index = open_index(desk.root, self._snapshot.base)
        branches = (*self._snapshot.branches, *self._snapshot.proposed)
        decided = forge.decided((branch.case_id, branch.change) for branch in branches)
        waiting = find_waiting(self._index.open_cases, branches, self._index.case_of, decided)
        summaries = {each.summary.id: each.summary for each in waiting}
        pulls = (*self._snapshot.pulls, *self._snapshot.proposals)
        self._waiting = {
            each.summary.id: each
            for each in open_cases(waiting, read_standings(desk, summaries), pulls, branches)
        }
        self._steps = proposed_steps(pulls, branches)
        base = self._snapshot.base
        versions = CaseVersions(forge.repository, base) if by_case else None
        if versions is not None and versions.cut:
            desk.terminal.note(
                desk.language.say_n(
                    "This clone is shallow: the page of {count} case that is older names no "
                    "commits. For those: git fetch --unshallow",
                    "This clone is shallow: the pages of {count} cases that are older name no "
                    "commits. For those: git fetch --unshallow",
                    len(versions.cut),
                )
            )
        self._reader = CaseReader(desk.root, base, desk.configuration(), desk.now(), versions)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the cases that could not be read."""
        return tuple(self._reader.faults)

    def gather(self, seen: "Callable[[CaseRead], None]") -> "Gathered":
        """Return what is to be kept of all cases; `seen` is told each in full."""
        from runner.report.gathering import gather

        desk = self._desk
        configuration = desk.configuration()
        with desk.terminal.progress(
            desk.language.say("Writing the report"), len(self._reader.paths)
        ) as steps:

            def told(read: "CaseRead") -> None:
                seen(read)
                steps.step()

            reading = reading_of(configuration, desk.now(), self._reader.open_times)
            return gather(self._cases(), reading, configuration.incidents, told)

    def _cases(self) -> "Iterator[CaseRead]":
        """Yield the cases of the base, then those that are only proposed."""
        for known in self._reader.read():
            yield replace(known, proposed=self._steps.get(known.case.id, ()))
        for case_id, waiting in self._waiting.items():
            branch = waiting.branch
            if branch is None or branch.case is None or self._index.case_of(case_id) is not None:
                continue
            read = self._reader.judge(waiting.summary.path, branch.case)
            yield replace(read, proposal=Proposal(waiting.pull))

    def today(self) -> "Today":
        """Return what is owed now."""
        from runner.figures.today import count_today

        return count_today(self._waiting.values(), self._desk.now())

    def watched(self, gathered: "Gathered") -> "tuple[Watched, ...]":
        """Return how the sources do."""
        from runner.figures.watched import watch_sources

        return watch_sources(
            self._desk.configuration().sources,
            self._snapshot.cursors,
            lambda key: self._index.case_of(key) is not None,
            (life for life in gathered.lives if life.counts),
        )
