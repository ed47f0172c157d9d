"""`doleances due`: what comes due soon, and what is overdue."""

from dataclasses import dataclass
from datetime import timedelta

import click

from runner.cases.instants import render_instant
from runner.cases.summary import CaseSummary
from runner.cli.deciding import read_verdict
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.lengths import parse_length
from runner.cli.promises import read_standings
from runner.clocks.standings import Position, Standing
from runner.errors import FaultyFiles
from runner.model import State
from runner.planning.waiting import Waiting, find_waiting
from runner.planning.words import clock_name, person_name, standing_words
from runner.repo.cases_index import open_index

_COUNTED = frozenset({Position.RUNNING, Position.DUE_SOON, Position.OVERDUE})


@dataclass(frozen=True, slots=True)
class _Due:
    """A promise of a case whose customer waits.  `pull` is the number of an intake's request."""

    waiting: Waiting
    standing: Standing
    pull: int | None

    @property
    def summary(self) -> CaseSummary:
        return self.waiting.summary

    @property
    def order(self) -> tuple[str, str, str]:
        return (render_instant(self.standing.due_at), self.summary.id, self.standing.clock)


@click.command(short_help="List the promises that run out soon, and those that ran out.")
@click.option(
    "--within",
    metavar="LENGTH",
    default="24h",
    show_default=True,
    help="How far ahead to look, such as 90m, 24h, 7d, 2w.",
)
@click.option("--owner", metavar="NAME", help="Only those of this person.")
@click.option("--mine", is_flag=True, help="Only yours, as git knows you.")
@click.option("--json", "as_json", is_flag=True, help="Print them as data.")
@click.pass_obj
def command(desk: Desk, within: str, owner: str | None, mine: bool, as_json: bool) -> None:
    """List the promises that run out within 24 hours, and those that ran out, the first on top.

    Cases that wait to be accepted are among them: their customers wait too. A promise that
    rests is not; `doleances explain CASE` tells of it. A case file that cannot be read is
    named, and ends it with 1 after the others are listed.

    \b
    Example:  doleances due
              doleances due --within 7d --mine
    """
    until = desk.now() + parse_length(within)
    forge = open_forge(desk)
    if mine:
        owner = read_verdict(desk, forge).actor
    snapshot = forge.snapshot()
    index = open_index(desk.root, snapshot.base)
    branches = (*snapshot.branches, *snapshot.proposed)
    decided = forge.decided((branch.case_id, branch.change) for branch in branches)
    waiting = {
        each.summary.id: each
        for each in find_waiting(index.open_cases, branches, index.case_of, decided)
        if owner in {None, each.summary.owner}
    }
    standings = read_standings(desk, {case_id: each.summary for case_id, each in waiting.items()})
    pulls = {pull.branch: pull.number for pull in (*snapshot.pulls, *snapshot.proposals)}
    found = sorted(
        (
            _Due(waiting[case_id], standing, pulls.get(branch.name) if branch else None)
            for case_id, each in standings.items()
            for standing in each
            for branch in (waiting[case_id].branch,)
            if standing.position in _COUNTED and standing.due_at <= until
        ),
        key=lambda each: each.order,
    )
    if as_json:
        desk.print_json(
            {"now": render_instant(desk.now()), "until": render_instant(until),
             "due": [_data(each) for each in found]}
        )  # fmt: skip
    else:
        _print(desk, found, until - desk.now())
    if index.faults:
        raise FaultyFiles(index.faults)


def _print(desk: Desk, found: list[_Due], within: timedelta) -> None:
    language, team = desk.language, desk.configuration().team
    say = language.say
    if not found:
        desk.say(say("No promise runs out within {span}.", span=language.span(within)))
        return
    rows = [
        (
            each.summary.id,
            _where(each, desk),
            language.word(each.summary.urgency),
            person_name(each.summary.owner, team, language)
            if each.summary.owner
            else say("nobody yet"),
            clock_name(each.standing.clock, language),
            standing_words(each.standing, desk.now(), language),
        )
        for each in found
    ]
    headings = (say("case"), say("state"), say("urgency"), say("owner"), say("clock"), say("due"))
    desk.terminal.table(headings, rows, [_style(each) for each in found], below=1)
    late = sum(each.standing.position is Position.OVERDUE for each in found)
    count = language.say_n("{count} promise", "{count} promises", len(found))
    desk.say(say("{count}, {late} overdue.", count=count, late=late))


def _where(each: _Due, desk: Desk) -> str:
    """Return the state of a case that was accepted, else the request in which it waits."""
    language = desk.language
    if each.waiting.branch is None:
        return language.word(State(each.summary.state))
    if each.pull is None:
        return language.say("to qualify")
    return language.say("to qualify (no. {pull})", pull=each.pull)


def _style(each: _Due) -> str | None:
    if each.summary.crisis is not None:
        return "bold red"
    return "red" if each.standing.position is Position.OVERDUE else None


def _data(each: _Due) -> dict[str, object]:
    summary, standing = each.summary, each.standing
    return {
        "case": summary.id,
        "state": summary.state,
        "accepted": each.waiting.branch is None,
        "pull": each.pull,
        "urgency": summary.urgency.value,
        "category": summary.category,
        "crisis": summary.crisis,
        "owner": summary.owner,
        "sources": list(summary.sources),
        "clock": standing.clock,
        "standing": standing.position.value,
        "started_at": render_instant(standing.course.clock.started_at),
        "due_at": render_instant(standing.due_at),
    }
