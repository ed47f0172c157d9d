"""`doleances notify`: tell the team what is due."""

import click

from runner.channels.deliver import (
    Delivery,
    Known,
    Resting,
    Sent,
    Stopped,
    Waiting,
    deliver,
    states_after,
)
from runner.channels.webhook import Reach
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.noticing import notice, print_problems
from runner.cli.reporting import Report, reported
from runner.cli.scheduled import rests, scheduled_option
from runner.cli.sending import means_of, reach_options
from runner.errors import FaultyFiles, OutsideFailed
from runner.forges.port import Forge
from runner.planning.deliveries import Setback, render_setback
from runner.planning.words import clock_name, person_name


@click.command(short_help="Tell the team what is due, each as the policy says.")
@scheduled_option
@reach_options
@click.option("--json", "as_json", is_flag=True, help="Print what was sent as data.")
@click.pass_obj
def command(desk: Desk, scheduled: bool, reach: Reach, as_json: bool) -> None:
    """Tell the team of promises that run out, as policies/escalation.yaml says.

    A comment on the forge is made once. A mail or a webhook is sent at least once, under an id
    that stays the same: a run that was killed, or two at once, may send it again. What could
    not be sent is tried again by the next run. Mail goes by the server in DOLEANCES_SMTP_URL,
    a webhook to the address in the variable that its channel names.

    \b
    Example:  doleances notices      what is due, and what is held
              doleances notify
    """
    with reported(desk, "notify", scheduled=scheduled, as_json=as_json) as report:
        if rests(desk, scheduled=scheduled):
            return
        forge = open_forge(desk)
        if report.may_go_on(forge):
            _notify(desk, forge, reach, report, as_json=as_json)


def _notify(desk: Desk, forge: Forge, reach: Reach, report: Report, *, as_json: bool) -> None:
    configuration = desk.configuration()
    noticed = notice(desk, forge)
    due = noticed.plan.notices
    deliveries: list[Delivery] = []
    with desk.terminal.progress(desk.language.say("Telling the team"), len(due)) as steps:
        for delivery in deliver(
            due,
            forge,
            team=configuration.team,
            states=noticed.states,
            means=means_of(desk, reach),
            may_act=report.may_act,
        ):
            deliveries.append(delivery)
            steps.step()
    states = states_after(deliveries, noticed.states, desk.now())
    if states:
        forge.note_channels(states)
    if as_json:
        desk.print_json({"messages": [_data(each, desk) for each in deliveries]})
    else:
        _print(desk, deliveries)
    failed = [each for each in deliveries if isinstance(each.outcome, Setback)]
    if noticed.faults and not failed:
        raise FaultyFiles(noticed.faults)
    for fault in noticed.faults:
        desk.terminal.warn(str(fault))
    if failed:
        raise OutsideFailed(
            f"{len(failed)} of {len(deliveries)} messages could not be sent",
            "the next run tries them again; `doleances channels test ID --to PERSON` tries a "
            "channel",
        )


def _print(desk: Desk, deliveries: list[Delivery]) -> None:
    language, team = desk.language, desk.configuration().team
    say = language.say
    if not deliveries:
        desk.say(say("Nobody is to be told anything now."))
        return
    desk.terminal.table(
        (say("case"), say("promise"), say("to"), say("by"), say("outcome")),
        [
            (
                each.notice.case_id,
                clock_name(each.notice.clock, language),
                person_name(each.notice.person, team, language),
                each.notice.channel.id,
                language.say("failed")
                if isinstance(each.outcome, Setback)
                else _outcome(each, desk),
            )
            for each in deliveries
        ],
        ["red" if isinstance(each.outcome, Setback) else None for each in deliveries],
    )
    print_problems(
        desk,
        (
            (each.notice.channel.id, each.outcome)
            for each in deliveries
            if isinstance(each.outcome, Setback)
        ),
    )
    sent = sum(isinstance(each.outcome, Sent) for each in deliveries)
    desk.say(language.say_n("{count} message sent.", "{count} messages sent.", sent))


def _outcome(delivery: Delivery, desk: Desk) -> str:
    language = desk.language
    match delivery.outcome:
        case Sent():
            return language.say("sent")
        case Known():
            return language.say("sent by another run")
        case Waiting():
            return language.say("waits: the case has no pull request yet")
        case Stopped():
            return language.say("waits: the program was stopped")
        case Resting(until):
            return language.say(
                "waits: the channel asked for rest until {instant}", instant=language.instant(until)
            )
        case Setback() as setback:
            return render_setback(setback, language)


def _data(delivery: Delivery, desk: Desk) -> dict[str, object]:
    notice = delivery.notice
    outcome = delivery.outcome
    return {
        "key": notice.key,
        "id": notice.digest,
        "case": notice.case_id,
        "clock": notice.clock,
        "tier": notice.tier,
        "repeat": notice.repeat,
        "channel": notice.channel.id,
        "person": notice.person,
        "outcome": _OUTCOMES[type(outcome)],
        "detail": "" if isinstance(outcome, Sent | Known) else _outcome(delivery, desk),
        "answer": outcome.answer if isinstance(outcome, Sent) else None,
    }


_OUTCOMES: dict[type[object], str] = {
    Sent: "sent",
    Known: "known",
    Resting: "resting",
    Waiting: "waiting",
    Stopped: "stopped",
    Setback: "failed",
}
