"""`doleances history`: a case's life, as git tells it."""

import gc
from contextlib import ExitStack

import click

from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk

_PATIENCE = 1.0
"""Seconds in which people wait without being told what for."""


@click.command(short_help="Tell a case's life from git: each entry, its commit, who decided.")
@case_argument
@click.option("--json", "as_json", is_flag=True, help="Print it as data.")
@click.pass_obj
def command(desk: Desk, case_id: str, *, as_json: bool) -> None:
    """Tell the life of CASE (an id or its file) from git: each entry, its commit, who decided.

    Reads the first-parent history of the base branch, in a bare clone too. For each commit:
    whether it merged a pull request and which, who put it there (by the team of that day),
    the entries that it brought, and how the clocks stood then. Where a shallow clone begins,
    who decided is not known, and it is said.

    \b
    Example:  doleances history c-7f3k2m9x4q5t
    """
    from runner.repo.case_walk import CaseWalk
    from runner.repo.git import open_repository
    from runner.repo.mainline import find_head

    repository = open_repository(desk.start.resolve())
    head = find_head(repository)
    # What is loaded is there to stay: looking for what to let go takes a tenth of the time.
    gc.disable()
    with ExitStack() as stack:
        stack.callback(gc.enable)
        # Git walks on one core from where the base branch most likely is, Python loads on another.
        walk = CaseWalk(repository, head, case_id) if head is not None else None
        from runner.cli.pages import print_section
        from runner.cli.record import open_record
        from runner.planning.history import render_history, version_data
        from runner.repo.history import read_history

        record = open_record(desk)
        if walk is None or walk.tip != record.tip:
            walk = CaseWalk(record.repository, record.tip, case_id)
        # While git walks there is time for it.
        record.language.load()
        if not walk.finds_within(_PATIENCE):
            desk.terminal.note(
                record.language.say(
                    "No case has this id today: all commits are searched for one that is gone."
                )
            )
        versions, open_times = read_history(record.repository, walk.path, walk)
    if versions and versions[0].cut:
        desk.terminal.note(
            record.language.say(
                "This clone is shallow: what came before {commit} is not known here. "
                "To see it: git fetch --unshallow",
                commit=versions[0].commit[:12],
            )
        )
    if as_json:
        told = [version_data(version, open_times) for version in versions]
        desk.print_json({"path": walk.path, "tip": record.tip, "versions": told})
        return
    for number, section in enumerate(render_history(versions, open_times, record.language)):
        if number:
            desk.say()
        print_section(section, desk.terminal)
