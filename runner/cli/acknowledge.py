"""`doleances acknowledge`: "I have it"."""

import click

from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.lengths import parse_length
from runner.cli.noticing import acknowledged_data, notice
from runner.cli.recording import read_actor
from runner.clocks.escalation import is_crisis
from runner.clocks.standings import Standing
from runner.errors import Refused, UsageError
from runner.planning.words import clock_name
from runner.repo.told import Acknowledgement
from runner.text.clean import clean_line
from runner.text.masking import mask
from runner.text.wording import one_of

_LONGEST_NOTE = 500


@click.command(short_help="Say that you have a case in hand: its messages fall silent.")
@case_argument
@click.option("--clock", metavar="NAME", help="Only for this promise, such as first-reply.")
@click.option("--for", "length", metavar="LENGTH", help="Silent no longer than this, such as 4h.")
@click.option("--note", help="A sentence for colleagues.")
@click.option("--by", metavar="NAME", help="Who you are, if git does not say so.")
@click.option("--json", "as_json", is_flag=True, help="Print what was kept as data.")
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    case_id: str,
    clock: str | None,
    length: str | None,
    note: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Say that you have a case in hand: messages about its promises fall silent.

    For how long, policies/escalation.yaml says; then the next tier speaks. The promise runs on.
    The note is kept with your name, personal data masked. A crisis never falls silent so: take
    it in hand by `doleances crisis CASE --taken`.

    \b
    Example:  doleances acknowledge c-7f3k2m9x4q5t --for 4h --note "Calling her at two."
    """
    forge = open_forge(desk)
    person = read_actor(desk, by)
    until = desk.now() + parse_length(length) if length else None
    said = mask(clean_line(note or ""), desk.configuration().privacy)
    if len(said) > _LONGEST_NOTE:
        raise UsageError(f"the note has {len(said)} characters", f"at most {_LONGEST_NOTE}")
    cases = notice(desk, forge).cases
    standings = next((case.standings for case in cases if case.facts.id == case_id), ())
    chosen = _chosen(case_id, standings, clock)
    kept = [
        Acknowledgement(
            case_id=case_id,
            clock=each.clock,
            started_at=each.course.clock.started_at,
            by=person.id,
            at=desk.now(),
            until=until,
            note=said,
        )
        for each in chosen
    ]
    forge.keep(kept, desk.now())
    if as_json:
        desk.print_json({"acknowledged": [acknowledged_data(each) for each in kept]})
        return
    language = desk.language
    desk.say(
        language.say(
            "{case}: {name} has it in hand: {clocks}.",
            case=case_id,
            name=person.name,
            clocks=", ".join(clock_name(each.clock, language) for each in kept),
        )
    )
    for each in notice(desk, forge).plan.held:
        if each.case_id == case_id and each.why is not None:
            desk.say(f"  {clock_name(each.clock, language)}: {each.reason}")


def _chosen(
    case_id: str, standings: tuple[Standing, ...], clock: str | None
) -> tuple[Standing, ...]:
    """Return the running promises of a case that are meant: that of `clock`, or all.

    Raises:
        UsageError: when none of them runs.
        Refused: for a crisis, which nothing but taking it in hand silences.
    """
    running = tuple(each for each in standings if each.course.ending is None)
    if not running:
        raise UsageError(
            f"no promise of {case_id} runs", "`doleances due --within 52w` lists those that do"
        )
    chosen = tuple(each for each in running if clock in {None, each.clock})
    if not chosen:
        names = sorted({each.clock for each in running})
        raise UsageError(f"{case_id} has no running promise {clock!r}", one_of(names))
    if any(is_crisis(each) for each in chosen):
        raise Refused(
            f"{case_id} is a crisis: its messages go on until a person has taken it in hand",
            f"doleances crisis {case_id} --taken; other promises by --clock NAME",
        )
    return chosen
