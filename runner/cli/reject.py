"""`doleances reject`: a pull request is refused, and stays refused."""

import click

from runner.cli.deciding import is_watched, note_kept_branch, open_local_forge, read_verdict
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.forges.decide import find_pull, reject_pull
from runner.planning.branches import case_of_branch
from runner.text.clean import clean_line
from runner.text.masking import mask

_LONGEST_REASON = 500


@click.command(short_help="Refuse a pull request, with a reason that is remembered.")
@click.argument("pull", metavar="N")
@click.option("--reason", metavar="TEXT", help="Why, in a sentence. Asked for on a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(desk: Desk, pull: str, reason: str | None, as_json: bool) -> None:
    """Refuse pull request N (a number, or the id of its case).

    The reason is remembered with your name, personal data masked, and the message is
    not proposed again.

    \b
    Example:  doleances reject 4 --reason "about another brand"
    """
    forge = open_local_forge(desk)
    snapshot = forge.snapshot()
    found = find_pull((*snapshot.pulls, *snapshot.proposals), pull)
    why = _reason(desk, reason, f"#{found.number}  {found.title}")
    reject_pull(forge, found, read_verdict(desk, forge, why))
    case_id = case_of_branch(found.branch)
    if as_json:
        desk.print_json({"number": found.number, "case": case_id, "reason": why})
    else:
        language = desk.language
        desk.say(
            language.say("Pull request {number} is refused.", number=found.number)
            if found in snapshot.proposals
            else language.say(
                "Pull request {number} is refused: {case} is not proposed again.",
                number=found.number,
                case=case_id,
            )
        )
    note_kept_branch(desk, forge, found)


def _reason(desk: Desk, given: str | None, title: str) -> str:
    if given is None and is_watched(desk):
        desk.say(title)
        given = click.prompt(
            desk.language.say("Why is it refused?"),
            default="",
            show_default=False,
            prompt_suffix=" ",
        )
    why = mask(clean_line(given or ""), desk.configuration().privacy)
    if not any(sign.isalnum() for sign in why):
        raise UsageError("a refusal needs its reason", 'doleances reject N --reason "..."')
    if len(why) > _LONGEST_REASON:
        raise UsageError(
            f"the reason has {len(why)} characters", f"say it in at most {_LONGEST_REASON}"
        )
    return why
