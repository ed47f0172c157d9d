"""The argument that names a case, with its completion in the shell."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

_SHOWN = 200


def complete_case_ids(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> list[CompletionItem]:
    """Return the open cases whose id begins so, with what they are about."""
    from runner.cli.desk import Desk
    from runner.cli.terminal import Terminal
    from runner.errors import DoleancesError
    from runner.repo.cases_index import open_index

    folder = ctx.find_root().params.get("directory") or Path()
    try:
        desk = Desk(Path(folder), Terminal())
        cases = open_index(desk.root, desk.configuration().instance.base).open_cases
    except DoleancesError:
        return []
    return [
        CompletionItem(case.id, help=f"{case.state}, {case.category}, {case.owner or '-'}")
        for case in cases
        if case.id.startswith(incomplete)
    ][:_SHOWN]


CASE_ID = click.Argument(("case_id",), metavar="CASE", shell_complete=complete_case_ids)
case_argument = click.argument("case_id", metavar="CASE", shell_complete=complete_case_ids)
"""The same as a decorator, for verbs that are written out."""
