"""`doleances show`: one pull request or case."""

import click

from runner.cases.case import Case
from runner.cases.file import case_data, entry_data
from runner.cli.answering import answer_data, nearest_answers
from runner.cli.desk import Desk
from runner.cli.finding import find_case
from runner.cli.forge import open_forge
from runner.cli.looking import looked_data, looked_section
from runner.cli.next_drafts import draft_at, places_to_speak_at
from runner.cli.noticing import acknowledged_data, read_past, told_data, told_sections
from runner.cli.pages import print_case_page, print_section
from runner.cli.promises import read_all_standings
from runner.planning.case_page import render_case_page
from runner.planning.proposal_page import added_entries, as_it_stands
from runner.replies.drafting import answer_by_itself


@click.command(short_help="Show one pull request or case as a reviewer needs it.")
@click.argument("what", metavar="NUMBER|CASE|FILE|URL")
@click.option("--json", "as_json", is_flag=True, help="Print the case as data.")
@click.pass_obj
def command(desk: Desk, what: str, as_json: bool) -> None:
    """Show one pull request or case as a reviewer needs it.

    Who said what, where and when; what we take it for, by which rule; until when we
    have promised to act; what may be the same matter; the next step; and who was told.

    \b
    Example:  doleances show 3
              doleances show c-7f3k2m9x4q5t
              doleances show https://forum.example.org/t/812
    """
    found = find_case(desk, what)
    receipts, _ = read_past(open_forge(desk), [found.case.id])
    if as_json:
        proposal = found.proposal
        desk.print_json(
            {
                "pull": proposal.number if proposal else None,
                "adds": _added(found.case, proposal.held if proposal else None),
                "proposed_in": [step.number for step in found.proposed],
                "proposed": [
                    {"pull": step.number, "adds": _added(step.case, found.case)}
                    for step in found.proposed
                ],
                "path": found.path,
                "case": case_data(found.case),
                "told": [told_data(each) for each in receipts.told],
                "acknowledged": [acknowledged_data(each) for each in receipts.acknowledged],
                "looked": looked_data(desk, found.case),
                "answers": [answer_data(each) for each in nearest_answers(desk, found)],
            }
        )
        return
    answers = nearest_answers(desk, found) if found.case.state.is_open else ()
    answer = answer_by_itself(found.case, desk.configuration(), answers)
    case = as_it_stands(found.case, found.proposal.held if found.proposal else None)
    # What the runner prepared to close the case with is what is said next.
    is_prepared = case is not found.case
    places = () if is_prepared else places_to_speak_at(case, desk.configuration())
    if any(step.overtakes(found.case.state) for step in found.proposed):
        # What it says was said already, or comes after what waits.
        places = ()
    page = render_case_page(
        found.case,
        desk.configuration(),
        read_all_standings(desk, case),
        desk.now(),
        desk.language,
        proposal=found.proposal,
        proposed=found.proposed,
        pulls=found.pulls,
        drafts=draft_at(desk, found, places, answer=answer),
        answers=answers,
    )
    print_case_page(page, desk.terminal)
    looked = looked_section(desk, found.case)
    for section in (*([looked] if looked else []), *told_sections(desk, receipts)):
        desk.say()
        print_section(section, desk.terminal)


def _added(case: Case, held: Case | None) -> list[dict[str, object]]:
    """Return the entries that a proposal adds to the case as the base has it."""
    return [entry_data(entry) for entry in added_entries(case, held)]
