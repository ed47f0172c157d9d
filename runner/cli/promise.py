"""`doleances promise`: a promise that runs is begun or counted anew, for a reason."""

import click

from runner.cli.case_ids import case_argument
from runner.cli.daily import Manner, manner_options, write_entry
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.planning.next_entry import NoPromise
from runner.text.wording import shown


@click.command(short_help="Begin or count a running promise anew, for a reason.")
@case_argument
@click.argument("clock", metavar="CLOCK")
@click.option(
    "--restart", "how_changed", flag_value="restart", help="Begin it anew: it counts from --at."
)
@click.option(
    "--recompute",
    "how_changed",
    flag_value="recompute",
    help="Count it from its start, as if the policies of today had been there.",
)
@click.option(
    "--continue",
    "how_changed",
    flag_value="continue",
    help="The same, and the pauses so far stay as they were counted.",
)
@click.option("--reason", required=True, help="Why.")
@manner_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    case_id: str,
    clock: str,
    how_changed: str | None,
    reason: str,
    how: Manner,
) -> None:
    """Begin or count a running promise anew, for a reason.

    A promise that was made stays as it was made when policies, urgency or calendar change.
    This is the one way to change it; the log keeps who did, and why.  `doleances impact`
    says which promises would come out otherwise by a change of policies.

    \b
    Example:  doleances promise c-7f3k2m9x4q5t first-reply --recompute --reason "Now critical."
    """
    if how_changed is None:
        raise UsageError("say how it changes", "one of --restart, --recompute, --continue")
    facts = {"clock": clock, "how": how_changed, "reason": reason}
    try:
        write_entry(desk, "promise", "clock-changed", case_id, lambda _c, _b: dict(facts), how=how)
    except NoPromise as error:
        raise UsageError(
            f"no clock {shown(clock)} of {case_id} runs that policies/clocks.yaml promises still",
            f"what runs: {', '.join(error.running)}" if error.running else "none runs",
        ) from None
