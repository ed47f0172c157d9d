"""What the verbs that decide on pull requests share."""

import sys
from collections.abc import Callable, Sequence

from runner.cli.desk import Desk
from runner.errors import Fault, FaultyFiles, Refused, UsageError
from runner.forges.decide import Verdict, read_person
from runner.forges.local import LocalForge
from runner.forges.port import Forge
from runner.planning.observation import Pull
from runner.repo.git import check_top, read_worktrees


def open_local_forge(desk: Desk) -> LocalForge:
    """Return the `local` forge of the desk.

    Raises:
        UsageError: when the desk lives on another forge, where people decide on its pages,
            or in a folder of another repository.
    """
    instance = desk.configuration().instance
    if instance.forge != "local":
        raise UsageError(
            f"this desk's pull requests live on {instance.forge}, not in this repository",
            "decide there; this verb is for `forge: local`",
        )
    check_top(desk.root)
    return LocalForge(desk.root, instance.base, instance.bot)


def read_verdict(desk: Desk, forge: Forge, reason: str = "") -> Verdict:
    """Return who decides now: the person of `policies/team.yaml` whose e-mail git uses."""
    person = read_person(forge.repository)
    member = desk.configuration().team.who_goes_by(person.email)
    actor = member.id if member else person.email
    return Verdict(actor, desk.now(), reason, desk.trial)


def warn_of_stranger(desk: Desk, forge: Forge) -> None:
    """Warn when who decides is nobody of the team: what they accept stays unproven."""
    email = read_person(forge.repository).email
    if desk.configuration().team.who_goes_by(email) is None:
        desk.terminal.warn(
            desk.language.say(
                "policies/team.yaml has nobody with the address {email}, which git uses: `audit` "
                "calls unproven what you accept. Add it to your entry there, or be somebody of the "
                "team: git config user.email ADDRESS",
                email=email,
            )
        )


def is_watched(desk: Desk) -> bool:
    """Whether a person sits at the terminal and can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and desk.terminal.is_fancy


def note_kept_branch(desk: Desk, forge: LocalForge, pull: Pull) -> None:
    """Say where the branch of an ended pull request is kept: in whose checkout."""
    folder = read_worktrees(forge.repository).get(f"refs/heads/{pull.branch}")
    if folder is not None:
        desk.terminal.note(
            desk.language.say(
                "The branch {branch} stays while it is checked out in {folder}.",
                branch=pull.branch,
                folder=folder,
            )
        )


def each_in_turn(desk: Desk, pulls: Sequence[Pull], decide: Callable[[Pull], None]) -> None:
    """Decide on pull requests one after the other; one that is refused stops no other.

    Raises:
        FaultyFiles: with the faults of all that have some.
        Refused: when some were left as they are, each told before.
    """
    if len(pulls) == 1:
        decide(pulls[0])
        return
    faults: list[Fault] = []
    left = 0
    for pull in pulls:
        try:
            decide(pull)
        except (FaultyFiles, Refused) as error:
            desk.terminal.error(f"#{pull.number}: {error.message}")
            if error.hint:
                desk.terminal.error(f"    {error.hint}")
            left += 1
            if isinstance(error, FaultyFiles):
                faults += error.faults
    if faults:
        raise FaultyFiles(tuple(faults))
    if left:
        raise Refused(f"{left} of {len(pulls)} pull requests are left as they were", "see above")
