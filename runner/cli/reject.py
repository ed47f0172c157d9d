"""`doleances reject`: a pull request is refused, and stays refused."""

import click

from runner.cli.deciding import (
    each_in_turn,
    is_watched,
    note_kept_branch,
    open_local_forge,
    read_verdict,
)
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.forges.decide import find_pulls, reject_pull
from runner.planning.branches import LONGEST_REASON, case_of_branch
from runner.planning.observation import Pull
from runner.text.clean import clean_line
from runner.text.masking import mask


@click.command(short_help="Refuse pull requests, with a reason that is remembered.")
@click.argument("pulls", metavar="N...", nargs=-1, required=True)
@click.option("--reason", metavar="TEXT", help="Why, in a sentence. Asked for on a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(desk: Desk, pulls: tuple[str, ...], reason: str | None, as_json: bool) -> None:
    """Refuse pull request N (a number, or the id of its case), or several for one reason.

    The reason is remembered with your name, personal data masked, and the message is
    not proposed again.

    \b
    Example:  doleances reject 4 --reason "about another brand"
              doleances reject 4 5 --reason "a game of the same name"
    """
    forge = open_local_forge(desk)
    snapshot = forge.snapshot()
    found = find_pulls((*snapshot.pulls, *snapshot.proposals), pulls)
    why = _reason(desk, reason, [f"#{pull.number}  {pull.title}" for pull in found])
    done: list[dict[str, object]] = []

    def reject(pull: Pull) -> None:
        reject_pull(forge, pull, read_verdict(desk, forge, why))
        case_id = case_of_branch(pull.branch)
        done.append({"number": pull.number, "case": case_id, "reason": why})
        if not as_json:
            _tell(desk, pull, case_id, by_person=pull in snapshot.proposals)
        note_kept_branch(desk, forge, pull)

    each_in_turn(desk, found, reject)
    if as_json:
        desk.print_json(done[0] if len(pulls) == 1 else done)


def _tell(desk: Desk, pull: Pull, case_id: str, *, by_person: bool) -> None:
    language = desk.language
    desk.say(
        language.say("Pull request {number} is refused.", number=pull.number)
        if by_person
        else language.say(
            "Pull request {number} is refused: {case} is not proposed again.",
            number=pull.number,
            case=case_id,
        )
    )


def _reason(desk: Desk, given: str | None, titles: list[str]) -> str:
    if given is None and is_watched(desk):
        for title in titles:
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
    if len(why) > LONGEST_REASON:
        raise UsageError(
            f"the reason has {len(why)} characters", f"say it in at most {LONGEST_REASON}"
        )
    return why
