"""`doleances status`: what is going on, and what each case waits for."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from runner.cases.instants import render_instant
from runner.cli.deciding import read_verdict
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.noticing import Marks, print_marks, read_marks
from runner.cli.promises import by_urgency, next_due, read_standings
from runner.errors import FaultyFiles
from runner.model import Category, State, Urgency
from runner.planning.branches import INTAKE
from runner.planning.dashboard import OpenCase, open_cases
from runner.planning.next_step import case_steps, raised_crisis_step
from runner.planning.waiting import find_waiting
from runner.planning.words import category_words, counted_cases, person_name, promise_line
from runner.repo.cases_index import open_index


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which cases are listed; None is: all."""

    owner: str | None
    state: str | None
    urgency: str | None
    category: str | None
    source: str | None
    incident: str | None
    overdue: bool

    def fits(self, each: OpenCase) -> bool:
        case = each.summary
        return (
            self.owner in {None, case.owner}
            and self.state in {None, case.state}
            and self.urgency in {None, case.urgency.value}
            and self.category in {None, case.category}
            and (self.source is None or self.source in case.sources)
            and self.incident in {None, case.incident}
            and (not self.overdue or each.is_overdue)
        )


@click.command(short_help="List the open cases: state, owner, next step.")
@click.option("--owner", metavar="NAME", help="Only those of this person.")
@click.option("--mine", is_flag=True, help="Only yours, as git knows you.")
@click.option(
    "--state",
    type=click.Choice([one.value for one in State if one.is_open]),
    help="Only those in this state.",
)
@click.option(
    "--urgency", type=click.Choice([one.value for one in Urgency]), help="Only those so urgent."
)
@click.option(
    "--category",
    type=click.Choice([one.value for one in Category]),
    help="Only those of this category.",
)
@click.option("--source", metavar="ID", help="Only those with a place on this source.")
@click.option("--incident", metavar="ID", help="Only those linked to this incident.")
@click.option("--overdue", is_flag=True, help="Only those with a promise that ran out.")
@click.option("--json", "as_json", is_flag=True, help="Print them as data.")
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    owner: str | None,
    mine: bool,
    state: str | None,
    urgency: str | None,
    category: str | None,
    source: str | None,
    incident: str | None,
    overdue: bool,
    as_json: bool,
) -> None:
    """List the open cases, most urgent first: state, owner, until when, next step.

    What waits to be accepted is listed by `doleances pulls`; a step or a crisis that is proposed
    for a case stands here too. A case file that cannot be read is named, and ends it with 1 after
    the others are listed.

    \b
    Example:  doleances status
              doleances status --mine --overdue
    """
    forge = open_forge(desk)
    if mine:
        owner = read_verdict(desk, forge).actor
    index = open_index(desk.root, forge.base())
    snapshot = forge.snapshot()
    branches = (*snapshot.branches, *snapshot.proposed)
    decided = forge.decided((branch.case_id, branch.change) for branch in branches)
    waiting = find_waiting(index.open_cases, branches, index.case_of, decided)
    standings = read_standings(desk, {each.summary.id: each.summary for each in waiting})
    wanted = _Wanted(owner, state, urgency, category, source, incident, overdue)
    pulls = (*snapshot.pulls, *snapshot.proposals)
    found = [each for each in open_cases(waiting, standings, pulls, branches) if wanted.fits(each)]
    is_open = sum(each.is_open for each in found)
    cases = sorted((each for each in found if _is_listed(each)), key=_order)
    marks = read_marks(forge, (each.summary.id for each in cases))
    if as_json:
        desk.print_json(
            {
                "open": is_open,
                "proposed": len(found) - is_open,
                "cases": [_data(each, desk, marks) for each in cases],
                "unsent": [failure.key for failure in marks.unsent],
            }
        )
    else:
        _print(desk, cases, marks)
        desk.say(counted_cases(is_open, len(found) - is_open, desk.language) + ".")
        print_marks(desk, marks)
    if index.faults:
        raise FaultyFiles(index.faults)


def _order(each: OpenCase) -> tuple[bool, int, str, str]:
    return (*by_urgency(each.summary, each.foremost), each.summary.id)


def _is_listed(each: OpenCase) -> bool:
    """Whether a case stands here, not among the proposals: it is open, or in a crisis."""
    return each.is_open or (
        each.branch is not None and each.branch.change != INTAKE and each.summary.crisis is not None
    )


def _print(desk: Desk, cases: list[OpenCase], marks: Marks) -> None:
    if not cases:
        return
    say = desk.language.say
    desk.terminal.table(
        (
            say("case"),
            say("state"),
            say("urgency"),
            say("category"),
            say("owner"),
            say("due"),
            say("next step"),
        ),
        tuple(_rows(desk, cases, marks)),
        [
            "bold red" if each.summary.crisis else "red" if each.is_overdue else None
            for each in cases
        ],
        below=2,
    )


def _rows(desk: Desk, cases: list[OpenCase], marks: Marks) -> Iterator[tuple[str, ...]]:
    language, team = desk.language, desk.configuration().team
    for each in cases:
        case = each.summary
        yield (
            marks.mark(case.id),
            language.word(State(case.state)),
            language.word(case.urgency),
            category_words(case.category, case.crisis, language),
            person_name(case.owner, team, language) if case.owner else language.say("nobody yet"),
            promise_line(each.foremost, desk.now(), language) if each.foremost else "",
            _step(each, desk),
        )


def _step(each: OpenCase, desk: Desk) -> str:
    case = each.summary
    step = _next_step(each, desk)
    return step if case.incident is None else f"{step} ({case.incident})"


def _next_step(each: OpenCase, desk: Desk) -> str:
    language = desk.language
    if each.branch is not None:
        return raised_crisis_step(each.pull, language)
    return " ".join(
        case_steps(each.summary, each.standings, each.steps, desk.configuration(), language)
    )


def _data(each: OpenCase, desk: Desk, marks: Marks) -> dict[str, object]:
    case, due_at = each.summary, next_due(each.foremost)
    return {
        "case": case.id,
        "path": case.path,
        "state": case.state,
        "urgency": case.urgency.value,
        "category": case.category,
        "topic": case.topic,
        "crisis": case.crisis,
        "crisis_proposed_in": each.pull,
        "incident": case.incident,
        "owner": case.owner,
        "sources": list(case.sources),
        "detected_at": render_instant(case.detected_at),
        "clock": each.foremost.clock if each.foremost else None,
        "standing": each.foremost.position.value if each.foremost else None,
        "due_at": render_instant(due_at) if due_at else None,
        "next_step": _next_step(each, desk),
        "proposed_in": [step.number for step in each.steps],
        "comments": marks.comments.get(case.id, 0),
    }
