"""`doleances channels`: try the ways to reach the team."""

import click

from runner.cases.instants import render_instant
from runner.channels import mail, webhook
from runner.channels.deliver import Carrier
from runner.channels.webhook import Reach
from runner.cli.desk import Desk
from runner.cli.recording import read_actor
from runner.cli.sending import means_of, reach_options
from runner.errors import OutsideFailed, UsageError
from runner.planning.deliveries import Setback, Trouble, render_setback
from runner.planning.notices import Notice
from runner.policies.escalation import Channel, ChannelKind
from runner.text.wording import did_you_mean

_NO_CASE = "c-000000000000"


@click.group(short_help="Try the ways to reach the team.")
def command() -> None:
    """Try the ways to reach the team that policies/escalation.yaml names.

    \b
    Example:  doleances channels test mail --to ines
    """


@command.command("test", short_help="Send one message by a channel, and say what came back.")
@click.argument("channel_id", metavar="ID")
@click.option("--to", "person_name", metavar="PERSON", required=True, help="Who gets it.")
@reach_options
@click.option("--json", "as_json", is_flag=True, help="Print what came back as data.")
@click.pass_obj
def test_channel(
    desk: Desk, channel_id: str, person_name: str, reach: Reach, as_json: bool
) -> None:
    """Send one message by channel ID to a person, and say what the other side answered.

    \b
    Example:  doleances channels test mail --to ines
    """
    language = desk.language
    policy = desk.configuration().escalation
    channel = policy.channel(channel_id)
    if channel is None:
        known = [each.id for each in policy.channels]
        raise UsageError(
            f"policies/escalation.yaml has no channel {channel_id!r}",
            did_you_mean(channel_id, known) if known else "it names none",
        )
    if channel.kind is ChannelKind.FORGE:
        raise UsageError(
            f"{channel_id} makes comments on cases in this repository",
            "there is nothing on the way that could fail; `doleances show CASE` shows them",
        )
    person = read_actor(desk, person_name)
    name = desk.configuration().instance.name
    trial = Notice(
        key="/".join((_NO_CASE, "trial", render_instant(desk.now()), channel.id, person.id)),
        case_id=_NO_CASE,
        cycle=1,
        clock="trial",
        started_at=desk.now(),
        tier="trial",
        repeat=0,
        channel=channel,
        person=person.id,
        branch=None,
        due_at=desk.now(),
        subject=language.say("{desk}: a message to try this channel", desk=name),
        body=language.say(
            "Hello {name},\n\nthis came by the channel {channel}. There is nothing to do.",
            name=person.name,
            channel=channel.id,
        ),
        reason=language.say("somebody tries the channel"),
    )
    with Carrier(means_of(desk, reach)) as carrier:
        said = carrier.send(trial, person)
    if as_json:
        answer = said if isinstance(said, str) else None
        problem = render_setback(said, language) if isinstance(said, Setback) else None
        desk.print_json({"id": trial.digest, "answer": answer, "problem": problem})
    if isinstance(said, Setback):
        raise OutsideFailed(render_setback(said, language), _remedy(said, channel))
    if not as_json:
        desk.say(language.say("Sent. The other side answered: {answer}", answer=said))


def _remedy(failed: Setback, channel: Channel) -> str:
    """Return what to type where the environment lacks the channel's secret, else ""."""
    if failed.trouble not in {Trouble.NO_SETTING, Trouble.ODD_SETTING}:
        return ""
    example = mail.EXAMPLE if channel.kind is ChannelKind.MAIL else webhook.EXAMPLE
    return f"export {failed.about}='{example}'"
