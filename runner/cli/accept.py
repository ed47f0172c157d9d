"""`doleances accept`: what a pull request proposes becomes so."""

from typing import TYPE_CHECKING

import click

from runner.cases.case import Case
from runner.cases.closings import closings_of, prepared_closing
from runner.cli.deciding import (
    each_in_turn,
    is_watched,
    note_kept_branch,
    open_local_forge,
    read_verdict,
    warn_of_stranger,
)
from runner.cli.desk import Desk
from runner.errors import FaultyFiles
from runner.forges.decide import accept_pull, find_pull
from runner.forges.local import LocalForge
from runner.forges.port import ForgeSnapshot
from runner.planning.branches import case_of_branch
from runner.planning.observation import Pull

if TYPE_CHECKING:
    from runner.text.language import Language


@click.command(short_help="Accept pull requests: what they propose becomes so.")
@click.argument("pulls", metavar="N...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as data.")
@click.pass_obj
def command(desk: Desk, pulls: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Accept pull request N (a number, or the id of its case), or several one by one.

    The case file is checked, then merged into the base under your name as git
    knows it. Where the base is checked out, the files follow; local changes in
    the way stop it before anything is done.  Be somebody of policies/team.yaml:
    what others accept is unproven to `audit`.  Of several, one that cannot be
    accepted stops no other.

    \b
    Example:  doleances accept 3
              doleances accept 3 4 7
    """
    forge = open_local_forge(desk)
    snapshot = forge.snapshot()
    found = _named(snapshot, pulls)
    warn_of_stranger(desk, forge)
    if not yes and is_watched(desk):
        for pull in found:
            desk.say(f"#{pull.number}  {pull.title}")
        if not _confirmed(desk.language, len(found)):
            return
    done: list[dict[str, object]] = []

    proposed = {each.name: each.case for each in (*snapshot.branches, *snapshot.proposed)}

    def accept(pull: Pull) -> None:
        try:
            done.append(_accept(desk, forge, pull, as_json=as_json))
        except FaultyFiles as error:
            raise FaultyFiles(
                error.faults, _how_to_mend(desk, pull, proposed.get(pull.branch))
            ) from None

    each_in_turn(desk, found, accept)
    if as_json:
        desk.print_json(done[0] if len(pulls) == 1 else done)


def _named(snapshot: ForgeSnapshot, words: tuple[str, ...]) -> tuple[Pull, ...]:
    """Return the pull requests that words name, each once.

    By its id a case means what can be accepted: not the closing messages that the runner prepared
    and nobody signed, which go by themselves once people have closed the case.
    """
    every = (*snapshot.pulls, *snapshot.proposals)
    unsigned = {
        each.name for each in snapshot.branches if each.case and prepared_closing(each.case)
    }
    ready = tuple(pull for pull in every if pull.branch not in unsigned)
    cases = {case_of_branch(pull.branch) for pull in ready}
    found = (find_pull(ready if word in cases else every, word) for word in words)
    return tuple(dict.fromkeys(found))


def _accept(desk: Desk, forge: LocalForge, pull: Pull, *, as_json: bool) -> dict[str, object]:
    accepted = accept_pull(forge, pull, read_verdict(desk, forge))
    case_id, base = case_of_branch(pull.branch), desk.configuration().instance.base
    if not as_json:
        desk.say(
            desk.language.say(
                "Pull request {number} is accepted: case {case} is on {base}.",
                number=pull.number,
                case=case_id,
                base=base,
            )
        )
    note_kept_branch(desk, forge, pull)
    return {
        "number": pull.number,
        "case": case_id,
        "base": base,
        "commit": accepted.commit,
        "worktree": str(accepted.worktree) if accepted.worktree else None,
    }


def _how_to_mend(desk: Desk, pull: Pull, case: Case | None) -> str:
    """Return where the faults of a pull request are mended, and what does without that."""
    there = f"mend them on its branch, {pull.branch}, and commit; then accept it again"
    prepared = prepared_closing(case) if case is not None else None
    if case is None or prepared is None:
        return there
    # What writes pull requests is loaded where it is needed alone.
    from runner.planning.closing_words import close_command

    command = close_command(case, closings_of(prepared), desk.language)
    return f"post the messages, then: {command}\n    or {there}"


def _confirmed(language: "Language", count: int) -> bool:
    """Ask whether to accept, in the team's language; anything but yes is no."""
    yes, no = language.say("yes"), language.say("no")
    asked = language.say("Accept it?") if count == 1 else language.say("Accept them all?")
    question = f"{asked} [{yes[0]}/{no[0].upper()}]"
    answer = click.prompt(question, default="", show_default=False, prompt_suffix=" ")
    return answer.strip().casefold() in {yes, yes[0], "y", "yes"}
