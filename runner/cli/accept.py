"""`doleances accept`: what a pull request proposes becomes so."""

from typing import TYPE_CHECKING

import click

from runner.cli.deciding import is_watched, note_kept_branch, open_local_forge, read_verdict
from runner.cli.desk import Desk
from runner.forges.decide import accept_pull, find_pull
from runner.planning.branches import case_of_branch

if TYPE_CHECKING:
    from runner.text.language import Language


@click.command(short_help="Accept a pull request: what it proposes becomes so.")
@click.argument("pull", metavar="N")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(desk: Desk, pull: str, yes: bool, as_json: bool) -> None:
    """Accept pull request N (a number, or the id of its case).

    Its case file is checked, then merged into the base under your name as git
    knows it. Where the base is checked out, the files follow; local changes in
    the way stop it before anything is done.

    \b
    Example:  doleances accept 3
    """
    forge = open_local_forge(desk)
    snapshot = forge.snapshot()
    found = find_pull((*snapshot.pulls, *snapshot.proposals), pull)
    say = desk.language.say
    if not yes and is_watched(desk):
        desk.say(f"#{found.number}  {found.title}")
        if not _confirmed(desk.language):
            return
    accepted = accept_pull(forge, found, read_verdict(desk, forge))
    base = desk.configuration().instance.base
    if as_json:
        desk.print_json(
            {
                "number": found.number,
                "case": case_of_branch(found.branch),
                "base": base,
                "commit": accepted.commit,
                "worktree": str(accepted.worktree) if accepted.worktree else None,
            }
        )
    else:
        desk.say(
            say(
                "Pull request {number} is accepted: case {case} is on {base}.",
                number=found.number,
                case=case_of_branch(found.branch),
                base=base,
            )
        )
    note_kept_branch(desk, forge, found)


def _confirmed(language: "Language") -> bool:
    """Ask whether to accept, in the team's language; anything but yes is no."""
    yes, no = language.say("yes"), language.say("no")
    question = f"{language.say('Accept it?')} [{yes[0]}/{no[0].upper()}]"
    answer = click.prompt(question, default="", show_default=False, prompt_suffix=" ")
    return answer.strip().casefold() in {yes, yes[0], "y", "yes"}
