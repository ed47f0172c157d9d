"""`doleances plan`: what a run would do."""

from pathlib import Path

import click

from runner.cli.desk import Desk, json_text
from runner.cli.forge import open_forge
from runner.cli.observing import observe
from runner.cli.plan_table import print_plan
from runner.cli.reading import Reading, reading_options
from runner.planning.plan import plan
from runner.planning.plan_file import plan_to_data


@click.command(short_help="Say what a run would do, and why.")
@reading_options
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan to this file, for `doleances apply`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as data.")
@click.pass_obj
def command(desk: Desk, reading: Reading, out: Path | None, as_json: bool) -> None:
    """Say what a run would do, and why.

    Reads the sources, the proposals and the cases, and changes nothing.

    \b
    Example:  doleances plan
              doleances plan --out plan.json && doleances apply plan.json
    """
    made = plan(observe(desk, open_forge(desk), reading))
    data = plan_to_data(made)
    if out is not None:
        from runner.repo.files import write_file

        write_file(out, json_text(data).encode())
    if as_json:
        desk.print_json(data)
        return
    print_plan(made, desk.language, desk.terminal)
