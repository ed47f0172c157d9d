"""`doleances crisis`: a threat to somebody's life is raised, taken in hand, or over."""

import click

from runner.cases.lifecycle import KINDS
from runner.cli.case_ids import case_argument
from runner.cli.daily import Manner, manner_options, write_entry
from runner.cli.desk import Desk
from runner.errors import UsageError


@click.command(short_help="Raise a crisis, take it in hand, or record its end.")
@case_argument
@click.option(
    "--raise", "raised", type=click.Choice(("suicide", "death-threat")), help="What is threatened."
)
@click.option("--taken", is_flag=True, help="You have it in hand; its clock stops.")
@click.option(
    "--lifted",
    type=click.Choice(KINDS["crisis-lifted"].choices["reason"]),
    help="It is over, or never was one.",
)
@click.option("--note", help="A sentence for those who read the case; needed with --lifted.")
@manner_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    case_id: str,
    raised: str | None,
    taken: bool,
    lifted: str | None,
    note: str | None,
    how: Manner,
) -> None:
    """Raise a crisis, take it in hand, or record its end.

    In a crisis people answer, never a template; two people close the case.

    \b
    Example:  doleances crisis c-7f3k2m9x4q5t --raise suicide
              doleances crisis c-7f3k2m9x4q5t --taken
              doleances crisis c-7f3k2m9x4q5t --lifted over --note "The family is with her."
    """
    if (raised is not None) + taken + (lifted is not None) != 1:
        raise UsageError("say what happened", "one of --raise, --taken, --lifted")
    if lifted is not None and note is None:
        raise UsageError("`crisis --lifted` needs --note", "how do you know?")
    if raised is not None:
        kind, facts = "crisis-raised", {"crisis": raised, "note": note}
    elif taken:
        kind, facts = "crisis-taken", {"note": note}
    else:
        kind, facts = "crisis-lifted", {"reason": lifted, "note": note}
    write_entry(desk, "crisis", kind, case_id, lambda _case, _by: dict(facts), how=how)
