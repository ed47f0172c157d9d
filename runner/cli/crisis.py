"""`doleances crisis`: a threat to somebody's life is raised, taken in hand, or over."""

import click

from runner.cases.lifecycle import KINDS
from runner.cli.case_ids import case_argument
from runner.cli.daily import Manner, manner_options, write_entry
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.noticing import notice
from runner.cli.recording import Recorded, read_standing
from runner.errors import UsageError
from runner.planning.words import person_name


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

    In a crisis people answer, never a template; two people close the case. Those on call are
    told by the next `doleances notify`, whether or not it was accepted.

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
    recorded = write_entry(desk, "crisis", kind, case_id, lambda _case, _by: dict(facts), how=how)
    if raised is not None and not how.as_json:
        _tell_who_hears(desk, case_id, recorded)


def _tell_who_hears(desk: Desk, case_id: str, recorded: Recorded) -> None:
    """Say whom the next `notify` tells of a crisis that was raised just now."""
    language, team = desk.language, desk.configuration().team
    if recorded.number is None:
        desk.say(
            language.say("Nobody is told before it is committed to the base: warn people now.")
        )
        return
    if not read_standing(desk, case_id, propose=True).case.state.is_open:
        # Only open cases are watched on the base.
        desk.terminal.warn(
            language.say(
                "The case is not open: once it is accepted nobody is told any more: {command}",
                command=f"doleances crisis {case_id} --taken",
            )
        )
    noticed = notice(desk, open_forge(desk))
    people = dict.fromkeys(each.person for each in noticed.plan.notices if each.case_id == case_id)
    names = ", ".join(person_name(person, team, language) for person in people)
    if names:
        desk.say(
            language.say(
                "The next `doleances notify` tells {names}. To be taken in hand it must be "
                "accepted.",
                names=names,
            )
        )
    else:
        desk.say(
            language.say(
                "`doleances notify` tells nobody now: warn people yourself. To be taken in hand it "
                "must be accepted."
            )
        )
