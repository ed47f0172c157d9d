"""`doleances pulls`: what waits for a decision."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from runner.cases.instants import render_instant
from runner.cases.summary import CaseSummary, summarise
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.noticing import Marks, print_marks, read_marks
from runner.cli.promises import by_urgency, next_due, read_standings
from runner.clocks.standings import Position, Standing, foremost
from runner.forges.port import Forge, ForgeSnapshot
from runner.model import Urgency
from runner.planning.branches import INTAKE, case_of_branch
from runner.planning.observation import Branch, Pull
from runner.planning.render import about_of_title
from runner.planning.words import category_words, promise_line
from runner.repo.cases_index import open_index
from runner.text.language import Language


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An open pull request with the case that it proposes, None when it cannot be read.

    `foremost` is the promise to look at first.
    """

    pull: Pull
    branch: Branch | None
    case: CaseSummary | None
    foremost: Standing | None

    @property
    def order(self) -> tuple[bool, int, str, int]:
        """Most urgent first; what cannot be read comes last."""
        if self.case is None:
            return (True, 0, "", self.pull.number)
        return (*by_urgency(self.case, self.foremost), self.pull.number)


@click.command(short_help="List the pull requests that wait for a decision.")
@click.option("--json", "as_json", is_flag=True, help="Print them as data.")
@click.pass_obj
def command(desk: Desk, as_json: bool) -> None:
    """List the pull requests that wait for a decision, most urgent first.

    Those that wait for their pull request, because enough are open, are counted.

    \b
    Example:  doleances pulls
              doleances show 3
              doleances accept 3
    """
    forge = open_forge(desk)
    snapshot = forge.snapshot()
    waiting = sorted(_waiting(desk, snapshot), key=lambda one: one.order)
    backlog = _backlog(forge, snapshot)
    marks = read_marks(forge, (case_of_branch(one.pull.branch) for one in waiting))
    if as_json:
        desk.print_json({"pulls": [_data(one, marks) for one in waiting], "backlog": backlog})
        return
    _print(desk, waiting, marks)
    if backlog:
        desk.say(
            desk.language.say_n(
                "{count} more case waits on its branch for a pull request.",
                "{count} more cases wait on their branches for a pull request.",
                backlog,
            )
        )
    print_marks(desk, marks)
    for ignored in snapshot.ignored:
        desk.terminal.warn(ignored)


def _waiting(desk: Desk, snapshot: ForgeSnapshot) -> Iterator[_Waiting]:
    branches = {branch.name: branch for branch in (*snapshot.branches, *snapshot.proposed)}
    pulls = tuple(p for p in (*snapshot.pulls, *snapshot.proposals) if p.ended is None)
    cases = {
        pull.number: summarise(branch.case, branch.path)
        for pull in pulls
        if (branch := branches.get(pull.branch)) and branch.case and branch.path
    }
    standings = read_standings(desk, cases)
    accepted = {case.id: case for case in open_index(desk.root, snapshot.base).open_cases}
    owed = read_standings(desk, accepted)
    for pull in pulls:
        branch, case = branches.get(pull.branch), cases.get(pull.number)
        # What closes a case owes nothing more; until it is accepted, the case as it stands does.
        first = foremost(standings.get(pull.number, ())) or foremost(
            owed.get(case.id, ()) if case else ()
        )
        yield _Waiting(pull, branch, case, first)


def _backlog(forge: Forge, snapshot: ForgeSnapshot) -> int:
    proposed = {pull.branch for pull in snapshot.pulls}
    alone = [b for b in snapshot.branches if b.case and not b.merged and b.name not in proposed]
    decided = forge.decided((branch.case_id, branch.change) for branch in alone)
    return sum((branch.case_id, branch.change) not in decided for branch in alone)


def _print(desk: Desk, waiting: list[_Waiting], marks: Marks) -> None:
    language = desk.language
    say = language.say
    if not waiting:
        desk.say(say("No pull request waits for a decision."))
        return
    rows = []
    for one in waiting:
        case = one.case
        rows.append(
            (
                str(one.pull.number),
                marks.mark(case_of_branch(one.pull.branch)),
                language.word(case.urgency) if case else "?",
                _about(one, language),
                ", ".join(case.sources) if case else "?",
                promise_line(one.foremost, desk.now(), language) if one.foremost else "",
            )
        )
    desk.terminal.table(
        (
            say("No."),
            say("case"),
            say("urgency"),
            say("about"),
            say("source"),
            say("due"),
        ),
        rows,
        [_style(one) for one in waiting],
        below=1,
    )


def _about(one: _Waiting, language: Language) -> str:
    """Return what a new case is about, or what a person proposes, in a few words."""
    case, branch = one.case, one.branch
    if case is None or branch is None or branch.change != INTAKE:
        about = about_of_title(one.pull.title, case_of_branch(one.pull.branch))
        if case is None or case.crisis is None:
            return about
        return f"{category_words(case.category, case.crisis, language)} · {about}"
    said = category_words(case.category, case.crisis, language)
    if case.crisis is not None or case.topic is None:
        return said
    return f"{said} · {language.term('topic', case.topic)}"


def _style(one: _Waiting) -> str | None:
    if one.case is not None and one.case.crisis is not None:
        return "bold red"
    late = one.foremost is not None and one.foremost.position is Position.OVERDUE
    critical = one.case is not None and one.case.urgency is Urgency.CRITICAL
    return "red" if late or critical else None


def _data(one: _Waiting, marks: Marks) -> dict[str, object]:
    case, due_at = one.case, next_due(one.foremost)
    return {
        "number": one.pull.number,
        "branch": one.pull.branch,
        "case": case_of_branch(one.pull.branch),
        "title": one.pull.title,
        "opened_at": render_instant(one.pull.opened_at),
        "head": one.pull.head,
        "touched_by_a_person": one.branch.hands_off if one.branch else None,
        "urgency": case.urgency.value if case else None,
        "category": case.category if case else None,
        "crisis": case.crisis if case else None,
        "sources": list(case.sources) if case else [],
        "clock": one.foremost.clock if one.foremost else None,
        "standing": one.foremost.position.value if one.foremost else None,
        "due_at": render_instant(due_at) if due_at else None,
        "comments": marks.comments.get(case_of_branch(one.pull.branch), 0),
    }
