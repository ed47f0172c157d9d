"""`doleances sync`: exchange proposals, receipts and cursors with a remote."""

import click

from runner.cli.deciding import open_local_forge
from runner.cli.desk import Desk
from runner.forges.sync import Synced, sync


@click.command(short_help="Exchange proposals, receipts and cursors with a remote.")
@click.argument("remote", default="origin")
@click.option(
    "--scheduled",
    is_flag=True,
    help="Rest where pull requests live on a server, which `run` asks itself.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was exchanged as data.")
@click.pass_obj
def command(desk: Desk, remote: str, scheduled: bool, as_json: bool) -> None:
    """Exchange proposals, receipts and cursors with REMOTE (origin, if not named).

    Afterwards both sides hold the same: what one refused is refused on the other,
    a case proposed on both is proposed once. The base branch is yours to pull and
    push.

    \b
    Example:  git pull && doleances sync && git push
    """
    if scheduled and desk.configuration().instance.forge != "local":
        return
    synced = sync(open_local_forge(desk), remote)
    if as_json:
        desk.print_json(
            {
                "remote": remote,
                "received": list(synced.received),
                "sent": list(synced.sent),
                "renumbered": [{"from": old, "to": new} for old, new in synced.renumbered],
                "conflicts": list(synced.conflicts),
                "kept": list(synced.kept),
                "ignored": list(synced.ignored),
            }
        )
    else:
        _print(desk, remote, synced)


def _print(desk: Desk, remote: str, synced: Synced) -> None:
    say, say_n = desk.language.say, desk.language.say_n
    if synced.received or synced.sent:
        received = say_n(
            "{count} reference received", "{count} references received", len(synced.received)
        )
        sent = say_n("{count} sent", "{count} sent", len(synced.sent))
        desk.say(say("{remote}: {received}, {sent}.", remote=remote, received=received, sent=sent))
    else:
        desk.say(say("{remote}: nothing to exchange, both sides hold the same.", remote=remote))
    for old, new in synced.renumbered:
        desk.say(say("Pull request {old} is now number {new}.", old=old, new=new))
    for branch in synced.conflicts:
        desk.terminal.warn(
            say(
                "{branch}: people changed it here and on {remote}; merge the two with git.",
                branch=branch,
                remote=remote,
            )
        )
    for ref in synced.kept:
        desk.terminal.warn(
            say(
                "{branch} stays as it is while it is checked out; switch away and sync again.",
                branch=ref.removeprefix("refs/heads/"),
            )
        )
    for ignored in synced.ignored:
        desk.terminal.warn(
            say("Passed over on {remote}: {ignored}", remote=remote, ignored=ignored)
        )
