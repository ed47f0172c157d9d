"""`doleances brief`: everything said so far on a case, on one page."""

import click

from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk
from runner.cli.finding import find_case
from runner.cli.pages import print_text
from runner.cli.promises import read_all_standings
from runner.planning.brief import make_brief, render_markdown, render_text
from runner.planning.incident_words import incident_lines


@click.command(short_help="Everything said so far on a case, on one page.")
@case_argument
@click.option("--markdown", is_flag=True, help="Print it as Markdown instead of plain text.")
@click.pass_obj
def command(desk: Desk, case_id: str, markdown: bool) -> None:
    """Print everything said so far on all places of a case, in order.

    For brand care at the hand-off, and for whoever answers next.

    \b
    Example:  doleances brief c-7f3k2m9x4q5t
              doleances brief c-7f3k2m9x4q5t --markdown > brief.md
    """
    case = find_case(desk, case_id).case
    standings = read_all_standings(desk, case)
    configuration, language = desk.configuration(), desk.language
    brief = make_brief(
        case,
        standings,
        desk.now(),
        configuration.team,
        language,
        incident=incident_lines(case, configuration, language),
    )
    if markdown:
        desk.terminal.document(render_markdown(brief, language).rstrip("\n"))
    else:
        print_text(desk.terminal, render_text(brief, language).rstrip("\n"))
