"""`doleances fetch`: bring here what `collect --fetched` wants to know."""

import click

from runner.cli.desk import Desk
from runner.cli.reading import read_watched
from runner.errors import UsageError
from runner.forges.fetched import Fetched
from runner.forges.remote_refs import RemoteRefs
from runner.repo.cases_index import open_index
from runner.repo.git import check_top, open_repository
from runner.repo.objects import Signature


@click.command(short_help="Bring here what `collect --fetched` wants to know.")
@click.pass_obj
def command(desk: Desk) -> None:
    """Bring here what `collect --fetched` wants to know, and change nothing on the remote.

    Fetches proposals, receipts and cursors from the desk's remote (origin, unless sources.yaml
    names another) as git is let in there, and in a clone that leaves files out the cases that are
    read. What comes after needs no token.

    \b
    Example:  doleances fetch && doleances collect --fetched --out mentions.jsonl
    """
    instance = desk.configuration().instance
    check_top(desk.root)
    remote = instance.server.remote
    repository = open_repository(desk.root)
    if remote not in repository.text("remote").splitlines():
        raise UsageError(f"no remote is called {remote!r}", "`git remote add NAME URL` adds one")
    bot = Signature(instance.bot.name, instance.bot.email)
    seen = RemoteRefs(desk.root, remote, instance.base, bot, {}).look()
    snapshot = Fetched(desk.root, instance).snapshot()
    index = open_index(desk.root, snapshot.base)
    read_watched(desk, snapshot, index, {source.id for source in desk.configuration().sources})
    received = desk.language.say_n(
        "{count} reference received", "{count} references received", len(seen)
    )
    desk.say(f"{remote}: {received}.")
