"""`doleances run`: the main job."""

from collections.abc import Sequence

import click

from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.forms import AskedCase, answer_forms, read_forms
from runner.cli.observing import observe
from runner.cli.outcome import all_failed, print_outcome, print_troubles
from runner.cli.plan_table import print_held, print_rows
from runner.cli.reading import Reading, World, reading_options
from runner.cli.reporting import Report, look_offline, reported
from runner.cli.scheduled import rests, scheduled_option
from runner.errors import OutsideFailed, Refused
from runner.forges.apply import Applied, apply
from runner.forges.port import Done, Forge
from runner.planning.actions import OpenPull, Plan, UpdatePull
from runner.planning.observation import Observation, SourceRead
from runner.planning.plan import plan

_TRIES = 5
"""Plans made in one run while people keep moving the base; the next run goes on."""

_SHOWN = 50
"""Rows of a plan that a run prints; `doleances plan` prints all."""


@click.command(short_help="Read the sources and propose a case for each new message.")
@reading_options
@scheduled_option
@click.option("--json", "as_json", is_flag=True, help="Print what was read and done as data.")
@click.pass_obj
def command(desk: Desk, reading: Reading, scheduled: bool, as_json: bool) -> None:
    """Read the sources and propose a case for each new message.

    Reads every source that is due, judges what is after-sales, and opens one pull
    request per new case, most urgent first.  Running again does nothing, because
    everything is already so.

    \b
    Example:  doleances run
              doleances pulls
    """
    with reported(desk, "run", scheduled=scheduled, as_json=as_json) as report:
        if rests(desk, scheduled=scheduled):
            return
        forge = open_forge(desk)
        if not report.may_go_on(forge):
            report.final = look_offline(desk, forge)
            return
        _run(desk, forge, reading, as_json, report)


def _run(desk: Desk, forge: Forge, reading: Reading, as_json: bool, report: Report) -> None:
    asked = read_forms(desk, forge.own_issues, report.seen)
    reads, applied, left = _settle(desk, forge, reading, as_json, report, asked=asked)
    report.note_failures(applied)
    if report.stopped:
        return
    if report.final is not None:
        answer_forms(desk, forge.own_issues, asked, report.final[0])
    if not as_json:
        print_troubles(desk, reads)
    print_outcome(desk, applied, as_json, reads)
    if not as_json:
        print_held(left, desk.language, desk.terminal)
    if left.actions and not as_json:
        print_rows(left, desk.language, desk.terminal, _SHOWN)
    held = {result.key for one in applied for result in one.results if result.done is Done.HELD}
    undone = [action for action in left.actions if action.key not in held]
    if undone:
        raise OutsideFailed(f"{len(undone)} actions are still to be done", "run again in a moment")
    if all_failed(reads):
        raise OutsideFailed("none of the sources could be read", "see above, and try later")


def _settle(
    desk: Desk,
    forge: Forge,
    reading: Reading,
    as_json: bool,
    report: Report,
    *,
    asked: Sequence[AskedCase],
) -> tuple[tuple[SourceRead, ...], list[Applied], Plan]:
    """Plan and apply, anew when the base moved; return also the plan that is left after that."""
    world: World | None = None
    forms = tuple(each.mention for each in asked)
    applied: list[Applied] = []
    opened = rewritten = 0

    def look() -> Observation:
        return observe(
            desk, forge, reading, world,
            forms=forms, opened_already=opened, rewritten_already=rewritten,
        )  # fmt: skip

    for _ in range(_TRIES):
        observation = look()
        world = World(observation.reads, observation.conversations, observation.looks)
        made = plan(observation)
        if made.actions and not applied and not as_json:
            print_rows(made, desk.language, desk.terminal, _SHOWN)
            desk.say()
        if made.actions and not report.may_go_on(forge):
            report.final = observation, made
            return observation.reads, applied, made
        with desk.terminal.progress(desk.language.say("Working"), len(made.actions)) as steps:
            try:
                done = apply(made, forge, desk.now(), steps.step)
            except Refused:
                if forge.base() == made.base:
                    raise
                continue
        applied.append(done)
        opened += _count(done, made, OpenPull)
        rewritten += _count(done, made, UpdatePull)
        if not made.actions:
            report.final = observation, made
            return observation.reads, applied, made
        if done.rests:
            # To look again would be one more request to a forge that wants none.
            return observation.reads, applied, made
        if done.failures or all(result.done is Done.HELD for result in done.results):
            break
    observation = look()
    left = plan(observation)
    report.final = observation, left
    return observation.reads, applied, left


def _count(done: Applied, made: Plan, kind: type[OpenPull | UpdatePull]) -> int:
    """Return how many actions of a kind were done."""
    keys = {action.key for action in made.actions if isinstance(action, kind)}
    return sum(result.key in keys and result.done is Done.DONE for result in done.results)
