"""`doleances impact`: what a change of policies would change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click

from runner.cases.case import Case
from runner.cases.instants import render_instant
from runner.cli.days import Day
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.clocks.escalation import NextStep
from runner.clocks.standings import Standing
from runner.errors import FaultyFiles, Refused, Severity, UsageError
from runner.planning.impact import Compared, Policies, Retargeted, compare, compare_tiers
from runner.planning.impact_page import (
    Counted,
    Impact,
    Table,
    and_more,
    impact_markdown,
    impact_summary,
    impact_tables,
)
from runner.planning.observation import Branch
from runner.planning.waiting import Waiting, find_waiting
from runner.policies.load import load_configuration
from runner.policies.values import Configuration
from runner.repo.case_files import read_case
from runner.repo.cases_index import CasesIndex, open_index
from runner.repo.change import parted_from
from runner.repo.commit_cases import list_case_paths
from runner.repo.configuration import read_configuration_at
from runner.repo.files import CASES_FOLDER
from runner.repo.git import Repository, open_repository
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_open_times

_LOOKS_BACK = timedelta(days=90)
"""How far back verdicts are told again: a quarter, the span of a team's figures."""
_SHOWN = 50
"""Rows of a table that are printed; `--json` prints all."""


@click.command(short_help="Say what a change of policies would change.")
@click.option(
    "--base",
    metavar="REV",
    default="HEAD",
    show_default=True,
    help="What the working tree is compared with: where the branch left this commit.",
)
@click.option(
    "--since",
    type=Day(),
    metavar="DAY",
    help="Tell the verdicts of cases detected since this day; the last 90 days by default.",
)
@click.option("--markdown", is_flag=True, help="Print it as Markdown, for a pull request.")
@click.option("--json", "as_json", is_flag=True, help="Print it as data.")
@click.pass_obj
def command(
    desk: Desk, /, *, base: str, since: datetime | None, markdown: bool, as_json: bool
) -> None:
    """Say what a change of policies would change.

    Each open case, and each that ended lately, is told again under the policies of REV, as
    they were where the branch left it, and under those of the working tree: what would be due
    at another instant, which verdict would have come out otherwise.  Promises that are made
    stay as they were made; `doleances promise` changes one.

    \b
    Example:  doleances impact
              doleances impact --base origin/main --markdown
    """
    if markdown and as_json:
        raise UsageError("--markdown and --json exclude each other", "give one of them")
    repository = open_repository(desk.root)
    parted = parted_from(repository, base)
    before = Policies(_policies_at(repository, parted, base))
    after = Policies(desk.configuration())
    index = open_index(desk.root, parted)
    if index.faults:
        raise FaultyFiles(index.faults)
    start = since.replace(tzinfo=UTC) if since else desk.now() - _LOOKS_BACK
    waiting = find_waiting(index.open_cases, _branches(desk), index.case_of, ())
    counted = Counted()
    files = _files(repository, parted, index, start)
    with desk.terminal.progress(desk.language.say("Telling cases again"), len(files)) as steps:
        for case in _cases(repository, parted, files, waiting):
            counted.add(compare(case, before, after, desk.now()))
            steps.step()
    impact = Impact(
        base=_named(desk, repository, base, parted),
        since=start,
        cases=counted.cases,
        running=tuple(counted.running),
        verdicts=counted.verdicts(),
        turned=tuple(counted.turned),
        retargeted=tuple(_retargeted(desk, waiting, before, after)),
    )
    if as_json:
        desk.print_json(_data(impact))
    elif markdown:
        desk.terminal.document(
            impact_markdown(impact, desk.configuration().team, desk.language, _SHOWN).rstrip()
        )
    else:
        desk.say(impact_summary(impact, desk.language))
        for table in impact_tables(impact, desk.configuration().team, desk.language):
            _print(desk, table)


def _named(desk: Desk, repository: Repository, base: str, parted: str) -> str:
    """Return what the policies are compared with; a base that moved on since is not it."""
    if repository.text("rev-parse", f"{base}^{{commit}}").strip() == parted:
        return base
    return desk.language.say(
        "{commit}, where this branch left {base}", commit=parted[:10], base=base
    )


def _policies_at(repository: Repository, commit: str, base: str) -> Configuration:
    """Return the policies of a commit.

    Raises:
        UsageError: when they have faults, so that nothing can be told by them.
    """
    files = read_configuration_at(repository, commit)
    configuration, faults = load_configuration(files)
    if configuration is None:
        first = next(fault for fault in faults if fault.severity is Severity.ERROR)
        raise UsageError(
            f"the policies of {base} have faults: {first.file}:{first.line}: {first.message}",
            "name a later commit with --base",
        )
    return configuration


def _branches(desk: Desk) -> tuple[Branch, ...]:
    """Return what is proposed; nothing in a clone that holds no base branch, as in CI."""
    try:
        snapshot = open_forge(desk).snapshot()
    except Refused as error:
        desk.terminal.note(f"proposals are left out: {error.message}")
        return ()
    return (*snapshot.branches, *snapshot.proposed)


def _files(
    repository: Repository, commit: str, index: CasesIndex, since: datetime
) -> tuple[str, ...]:
    """Return the files of the open cases, and of those detected since an instant."""
    first = f"{CASES_FOLDER}/{since:%Y/%m/%d}/"
    lately = {path for path in list_case_paths(repository, commit) if path >= first}
    return tuple(sorted(lately | {case.path for case in index.open_cases}))


def _cases(
    repository: Repository, commit: str, files: tuple[str, ...], waiting: tuple[Waiting, ...]
) -> Iterator[Case]:
    with ObjectReader(repository) as reader:
        names = (f"{commit}:{path}" for path in files)
        for path, stored in zip(files, reader.read_all(names), strict=True):
            case = read_case(stored.data, path) if stored and stored.data else None
            if isinstance(case, Case):
                yield case
    for each in waiting:
        if each.branch is not None and each.branch.case is not None:
            yield each.branch.case


def _retargeted(
    desk: Desk, waiting: tuple[Waiting, ...], before: Policies, after: Policies
) -> Iterator[Retargeted]:
    clocks = (course.clock for each in waiting for course in each.summary.courses)
    open_times = read_open_times(desk.root, clocks, desk.configuration())
    for each in waiting:
        yield from compare_tiers(each, before, after, desk.now(), open_times)


def _print(desk: Desk, table: Table) -> None:
    desk.say()
    desk.say(table.heading)
    desk.terminal.table(table.columns, table.rows[:_SHOWN])
    if len(table.rows) > _SHOWN:
        desk.say(and_more(len(table.rows) - _SHOWN, desk.language))


def _data(impact: Impact) -> dict[str, object]:
    return {
        "base": impact.base,
        "since": render_instant(impact.since),
        "cases": impact.cases,
        "running": [_compared(each) for each in impact.running],
        "turned": [_compared(each) for each in impact.turned],
        "verdicts": [
            {
                "clock": each.clock,
                "before": {"met": each.met[0], "missed": each.missed[0]},
                "after": {"met": each.met[1], "missed": each.missed[1]},
                "turned": each.turned,
            }
            for each in impact.verdicts
        ],
        "told_next": [
            {
                "case": each.case_id,
                "clock": each.clock,
                "started_at": render_instant(each.started_at),
                "reached": {"before": list(each.reached[0]), "after": list(each.reached[1])},
                "before": _step(each.next[0]),
                "after": _step(each.next[1]),
            }
            for each in impact.retargeted
        ],
    }


def _compared(each: Compared) -> dict[str, object]:
    return {
        "case": each.case_id,
        "clock": each.clock,
        "started_at": render_instant(each.started_at),
        "promised_at": render_instant(each.promised_at) if each.promised_at else None,
        "before": _standing(each.before),
        "after": _standing(each.after),
    }


def _standing(standing: Standing | None) -> dict[str, str] | None:
    if standing is None:
        return None
    return {"due_at": render_instant(standing.due_at), "standing": standing.position.value}


def _step(step: NextStep | None) -> dict[str, object] | None:
    if step is None:
        return None
    return {"tier": step.tier.id, "at": render_instant(step.at), "people": list(step.people)}
