"""`doleances merge`: two cases turn out to be one."""

from dataclasses import replace

import click

from runner.cli.case_ids import case_argument, complete_case_ids
from runner.cli.daily import Manner, manner_options, refuse_illegal, said_so
from runner.cli.desk import Desk
from runner.cli.recording import (
    amended,
    keep,
    parse_moment,
    read_actor,
    read_standing,
    tell,
)
from runner.errors import UsageError
from runner.planning.next_entry import Step, plan_arrival, plan_step


@click.command(short_help="Merge a case into another that is the same matter.")
@case_argument
@click.argument("target", metavar="TARGET", shell_complete=complete_case_ids)
@click.option("--reason", help="Why they are one matter.")
@manner_options
@click.pass_obj
def command(desk: Desk, case_id: str, target: str, reason: str | None, how: Manner) -> None:
    """Merge CASE into TARGET, which gets all its places with their detection.

    Both files change in one pull request.

    \b
    Example:  doleances merge c-76xj11xav7kx c-7f3k2m9x4q5t --reason "same parcel"
    """
    at, by = parse_moment(desk, how.at), read_actor(desk, how.by)
    leaving = read_standing(desk, case_id, propose=how.propose)
    staying = read_standing(desk, target, propose=how.propose)
    if case_id == target:
        raise UsageError("a case cannot be merged with itself", "name another case")
    refuse_illegal(desk, "merged", leaving)
    refuse_illegal(desk, "place-added", staying)
    configuration, now = desk.configuration(), desk.now()
    step = Step("merged", {"target": target, "reason": reason}, by.id, at, now)
    left = plan_step(leaving.case, step, configuration)
    known = {place.key for place in staying.case.places}
    moving = [place for place in leaving.case.places if place.key not in known]
    places = tuple(
        replace(place, id=f"p{number}")
        for number, place in enumerate(moving, len(staying.case.places) + 1)
    )
    files = {leaving.path: amended(desk, leaving, left)}
    if places:
        facts = {"places": [place.id for place in places], "from": case_id, "reason": reason}
        step = Step("place-added", facts, by.id, at, now)
        joined = plan_arrival(staying.case, step, places, configuration)
        files[staying.path] = amended(desk, staying, joined)
    recorded = keep(desk, leaving, "merge", files, propose=how.propose)
    tell(desk, recorded, said_so(desk.language, "merged", leaving.case), as_json=how.as_json, by=by)
