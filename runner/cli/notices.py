"""`doleances notices`: who is due to be told, what is held and why, who was told."""

import click

from runner.cases.instants import render_instant
from runner.cli.case_ids import complete_case_ids
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.noticing import (
    Noticed,
    acknowledged_data,
    acknowledged_line,
    notice,
    print_problems,
    read_past,
    told_data,
)
from runner.planning.deliveries import Failure, failures_by_key, render_setback
from runner.planning.notices import HeldNotice, Notice
from runner.planning.words import clock_name, person_name
from runner.repo.told import TeamReceipts

_SHOWN = 20
"""Messages that were sent, of all cases, newest first; those of one case are all shown."""


@click.command(short_help="Say who is due to be told, what is held and why, who was told.")
@click.argument("case_id", metavar="[CASE]", required=False, shell_complete=complete_case_ids)
@click.option("--json", "as_json", is_flag=True, help="Print them as data.")
@click.pass_obj
def command(desk: Desk, case_id: str | None, as_json: bool) -> None:
    """Say who is due to be told, what is held and why, and who was told; nothing is sent.

    Of all cases whose customers wait, or of CASE alone, be it closed; then also the tiers that
    a higher one has overtaken.

    \b
    Example:  doleances notices
              doleances notices c-7f3k2m9x4q5t
    """
    forge = open_forge(desk)
    noticed = notice(desk, forge)
    receipts = noticed.receipts
    due = [each for each in noticed.plan.notices if case_id in {None, each.case_id}]
    held = [each for each in noticed.plan.held if case_id in {None, each.case_id}]
    if case_id is not None:
        receipts, _ = read_past(forge, [case_id])
    failures = failures_by_key(noticed.states)
    if as_json:
        desk.print_json(
            {
                "due": [_due_data(each, failures.get(each.key), desk) for each in due],
                "held": [_held_data(each) for each in held],
                "sent": [told_data(each) for each in receipts.told],
                "acknowledged": [acknowledged_data(each) for each in receipts.acknowledged],
                "resting": {
                    channel: render_instant(state.rest_until)
                    for channel, state in noticed.states.items()
                    if state.rest_until is not None and state.rests(desk.now())
                },
            }
        )
        return
    for fault in noticed.faults:
        desk.terminal.warn(str(fault))
    _print_due(desk, due, failures)
    _print_resting(desk, noticed)
    _print_held(desk, [each for each in held if case_id or each.why])
    _print_past(desk, receipts, None if case_id else _SHOWN)


def _print_due(desk: Desk, due: list[Notice], failures: dict[str, Failure]) -> None:
    language, team = desk.language, desk.configuration().team
    say = language.say
    if not due:
        desk.say(say("Nobody is to be told anything now."))
        return
    desk.say(say("To be told now"))
    desk.terminal.table(
        (say("case"), say("promise"), say("to"), say("by"), say("last try"), say("why")),
        [
            (
                each.case_id,
                clock_name(each.clock, language),
                person_name(each.person, team, language),
                each.channel.id,
                say("failed") if each.key in failures else "",
                each.reason,
            )
            for each in due
        ],
        ["red" if each.key in failures else None for each in due],
        below=1,
    )
    print_problems(
        desk, ((each.channel.id, failures[each.key]) for each in due if each.key in failures)
    )


def _print_resting(desk: Desk, noticed: Noticed) -> None:
    for channel, state in noticed.states.items():
        if state.rest_until is not None and state.rests(desk.now()):
            desk.say(
                desk.language.say(
                    "{channel} asked for rest until {instant}.",
                    channel=channel,
                    instant=desk.language.instant(state.rest_until),
                )
            )


def _print_held(desk: Desk, held: list[HeldNotice]) -> None:
    language = desk.language
    say = language.say
    if not held:
        return
    desk.say()
    desk.say(say("Not told now"))
    desk.terminal.table(
        (say("case"), say("promise"), say("tier"), say("why")),
        [(each.case_id, clock_name(each.clock, language), each.tier, each.reason) for each in held],
        below=1,
    )


def _print_past(desk: Desk, receipts: TeamReceipts, limit: int | None) -> None:
    language, team = desk.language, desk.configuration().team
    say = language.say
    told = receipts.told[::-1][:limit]
    if told:
        desk.say()
        desk.say(say("Told"))
        desk.terminal.table(
            (say("when"), say("case"), say("promise"), say("tier"), say("to"), say("by")),
            [
                (
                    language.instant(each.at),
                    each.case_id,
                    clock_name(each.clock, language),
                    each.tier,
                    person_name(each.person, team, language),
                    each.channel,
                )
                for each in told
            ],
        )
    more = len(receipts.told) - len(told)
    if more:
        desk.say(language.say_n("{count} earlier one.", "{count} earlier ones.", more))
    if receipts.acknowledged:
        desk.say()
        desk.say(say("In hand"))
        for each in receipts.acknowledged:
            desk.say(f"  {each.case_id}: {acknowledged_line(desk, each)}")


def _due_data(notice: Notice, failure: Failure | None, desk: Desk) -> dict[str, object]:
    return {
        "key": notice.key,
        "id": notice.digest,
        "case": notice.case_id,
        "cycle": notice.cycle,
        "clock": notice.clock,
        "tier": notice.tier,
        "repeat": notice.repeat,
        "channel": notice.channel.id,
        "person": notice.person,
        "due_at": render_instant(notice.due_at),
        "subject": notice.subject,
        "reason": notice.reason,
        "last_failure": render_setback(failure, desk.language) if failure else None,
    }


def _held_data(held: HeldNotice) -> dict[str, object]:
    return {
        "case": held.case_id,
        "clock": held.clock,
        "started_at": render_instant(held.started_at),
        "tier": held.tier,
        "why": held.why.value if held.why else "overtaken",
        "until": render_instant(held.until) if held.until else None,
        "reason": held.reason,
    }
