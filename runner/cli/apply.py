"""`doleances apply`: carry out a plan."""

import json
from typing import BinaryIO

import click

from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.outcome import print_outcome
from runner.cli.reporting import Report
from runner.errors import UsageError
from runner.forges.apply import apply
from runner.planning.plan_file import plan_from_data

_LARGEST = 256 * 2**20
"""Bytes of a plan file that are read; a plan of 10,000 new cases is about 60 MiB."""
_HINT = "write one with `doleances plan --out FILE`"


@click.command(short_help="Carry out a plan that `plan --out` wrote.")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(desk: Desk, file: BinaryIO, as_json: bool) -> None:
    """Carry out a plan that `doleances plan --out FILE` wrote.

    Refuses a plan that was changed, or that was made from another commit than
    the base is at now.  Applying twice does no more than applying once.

    \b
    Example:  doleances plan --out plan.json && doleances apply plan.json
              doleances plan --json | doleances apply -
    """
    text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise UsageError(f"{file.name} is too large to be a plan", _HINT)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file.name} is no JSON: {error}", _HINT) from None
    made = plan_from_data(data)
    forge = open_forge(desk)
    if not Report(desk, "apply", scheduled=False).may_go_on(forge):
        return
    with desk.terminal.progress(desk.language.say("Working"), len(made.actions)) as steps:
        applied = apply(made, forge, desk.now(), steps.step)
    print_outcome(desk, (applied,), as_json)
