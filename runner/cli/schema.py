"""`doleances schema`: the JSON Schema of a kind of file."""

import click

from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.schemas import KINDS, schema_path
from runner.text.wording import did_you_mean, shown


@click.command(short_help="Print the JSON Schema of a kind of file.")
@click.argument("kind", required=False)
@click.option("--json", "as_json", is_flag=True, help="Without KIND: print the list as data.")
@click.pass_obj
def command(desk: Desk, kind: str | None, as_json: bool) -> None:
    """Print the JSON Schema of a kind of file, or list the kinds.

    \b
    Editors read it from a line at the top of the file, such as
    `# yaml-language-server: $schema=../runner/schemas/team.schema.json`.

    \b
    Example:  doleances schema
              doleances schema team > team.schema.json
    """
    if kind is None:
        if as_json:
            desk.print_json(dict(KINDS))
        else:
            desk.terminal.table(("Kind", "File"), tuple(KINDS.items()))
        return
    if kind not in KINDS:
        raise UsageError(f"there is no kind of file {shown(kind)}", did_you_mean(kind, KINDS))
    desk.terminal.document(schema_path(kind).read_text(encoding="utf-8").rstrip("\n"))
