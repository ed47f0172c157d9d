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
@click.option("--restart", is_flag=True, help="Begin it anew: it counts from --at.")
@click.option(
    "--recompute",
    is_flag=True,
    help="Count it from its start, as if the policies of today had been there.",
)
@click.option(
    "--continue",
    "go_on",
    is_flag=True,
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
    restart: bool,
    recompute: bool,
    go_on: bool,
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
    ways = {"restart": restart, "recompute": recompute, "continue": go_on}
    asked = [way for way, wanted in ways.items() if wanted]
    if len(asked) != 1:
        said = "a promise changes in one way at a time" if asked else "say how it changes"
        raise UsageError(said, "one of --restart, --recompute, --continue")
    facts = {"clock": clock, "how": asked[0], "reason": reason}
    try:
        write_entry(desk, "promise", "clock-changed", case_id, lambda _c, _b: dict(facts), how=how)
    except NoPromise as error:
        raise UsageError(
            f"no clock {shown(clock)} of {case_id} runs that policies/clocks.yaml promises still",
            f"what runs: {', '.join(error.running)}" if error.running else "none runs",
        ) from None
