"""`doleances dashboard`: everything that goes on, on one page."""

import re
from itertools import groupby

import click

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.reporting import look_offline, pages_of, read_board
from runner.cli.terminal import Terminal
from runner.planning.dashboard import Dashboard, OpenCase
from runner.planning.dashboard_words import render_dashboard
from runner.repo.cases_index import open_index
from runner.text.markdown import unmarked

_UNFOLDED = re.compile(r"</?details>")
_CELLS = re.compile(r"(?<!\\) \| ")


@click.command(short_help="Show on one page all that goes on, as the forge's dashboard does.")
@click.option("--json", "as_json", is_flag=True, help="Print it as data.")
@click.pass_obj
def command(desk: Desk, *, as_json: bool) -> None:
    """Print the page that each run puts on the dashboard, an issue of the forge; write nothing.

    Open cases, the most pressing first; what waits for room; how the sources and channels do;
    what the program could not do; how punctual the schedule is. The page is Markdown. No source
    is read: the cursors tell how the last reads went.

    \b
    Example:  doleances dashboard
              doleances dashboard --json
    """
    forge = open_forge(desk)
    own = forge.own_issues
    observation, left = look_offline(desk, forge)
    board = read_board(forge, observation, left)
    if as_json:
        desk.print_json(_data(board))
        return
    _print(render_dashboard(board, desk.language, pages_of(forge)).body.rstrip(), desk.terminal)
    for fault in open_index(desk.root, observation.base).faults:
        desk.terminal.warn(str(fault))
    if own is None:
        desk.terminal.note(desk.language.say("A desk on the forge local has this page only here."))


def _print(body: str, terminal: Terminal) -> None:
    """Print the page as it is; for people without its Markdown, its tables as tables."""
    if not terminal.is_fancy:
        terminal.document(body)
        return
    kept = (line for line in body.split("\n") if not _UNFOLDED.match(line))
    for is_table, lines in groupby(kept, key=lambda line: line.startswith("|")):
        if is_table:
            head, _, *rows = (tuple(map(unmarked, _CELLS.split(line[2:-2]))) for line in lines)
            terminal.table(head, rows, below=2)
        else:
            for line in lines:
                terminal.say(unmarked(line))


def _data(board: Dashboard) -> dict[str, object]:
    run, pace = board.run, board.pace
    return {
        "now": render_instant(board.now),
        "open": board.open_count,
        "proposed": len(board.cases) - board.open_count,
        "cases": [_case_data(case) for case in board.cases],
        "backlog": list(board.backlog),
        "sources": [
            {
                "source": each.source,
                "ill": each.is_ill,
                "read_at": render_instant(each.good_at) if each.good_at else None,
                "next_at": render_instant(each.next_at) if each.next_at else None,
                "problem": each.problem,
            }
            for each in board.sources
        ],
        "channels": [
            {
                "channel": each.channel,
                "rest_until": render_instant(each.rest_until) if each.rest_until else None,
                "unsent": len(each.failures),
            }
            for each in board.channels
        ],
        "undone": [{"what": what, "why": why} for what, why in board.undone],
        "unseen": [
            {
                "case": one.message.case_id,
                "place": one.message.place,
                "message": one.message.kind,
                "verdict": one.seen.told.value,
                "since": render_instant(one.seen.since),
                "url": one.message.url,
            }
            for one in board.unseen
        ],
        "last_run_at": render_instant(run.at) if run else None,
        "pace": pace
        and {
            "usual_seconds": round(pace.usual.total_seconds()),
            "longest_seconds": round(pace.longest.total_seconds()),
            "runs": pace.count + 1,
        },
        "failing": [{"verb": each.verb, "failed": each.failed} for each in board.failing],
    }


def _case_data(case: OpenCase) -> dict[str, object]:
    summary, first = case.summary, case.foremost
    return {
        "case": summary.id,
        "open": case.is_open,
        "turn": case.turn.value,
        "pull": case.pull,
        "proposed_in": [step.number for step in case.steps],
        "state": summary.state,
        "urgency": summary.urgency.value,
        "crisis": summary.crisis,
        "owner": summary.owner,
        "clock": first.clock if first else None,
        "standing": first.position.value if first else None,
        "due_at": render_instant(first.due_at) if first else None,
    }
