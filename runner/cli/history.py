"""`doleances history`: a case's life, as git tells it."""

from concurrent.futures import ThreadPoolExecutor

import click

from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk
from runner.cli.record import open_record
from runner.repo.mainline import find_path, walk_line


@click.command(short_help="Tell a case's life from git: each entry, its commit, who decided.")
@case_argument
@click.option("--json", "as_json", is_flag=True, help="Print it as data.")
@click.pass_obj
def command(desk: Desk, case_id: str, *, as_json: bool) -> None:
    """Tell the life of CASE (an id or its file) from git: each entry, its commit, who decided.

    Reads the first-parent history of the base branch, in a bare clone too. For each commit:
    whether it merged a pull request and which, who put it there (by the team of that day),
    the entries that it brought, and how the clocks stood then.

    \b
    Example:  doleances history c-7f3k2m9x4q5t
    """
    record = open_record(desk)
    path = find_path(record.repository, record.tip, case_id)
    with ThreadPoolExecutor(1) as git:
        commits = git.submit(lambda: [*walk_line(record.repository, record.tip, paths=(path,))])
        # While git walks on one core, Python loads on the other what tells of it.
        from runner.cli.pages import print_section
        from runner.planning.history import render_history, version_data
        from runner.repo.history import read_history

        versions, open_times = read_history(record.repository, path, commits.result())
    if as_json:
        told = [version_data(version, open_times) for version in versions]
        desk.print_json({"path": path, "tip": record.tip, "versions": told})
        return
    for number, section in enumerate(render_history(versions, open_times, record.language)):
        if number:
            desk.say()
        print_section(section, desk.terminal)
