"""`doleances collect`: read the sources, without judging what they show."""

import re
from collections.abc import Sequence
from pathlib import Path

import click

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.reach import loopback_option, private_option
from runner.cli.reading import Reading, read_world
from runner.cli.scheduled import rests, scheduled_option
from runner.errors import OutsideFailed, UsageError
from runner.forges.fetched import Fetched
from runner.planning.branches import INTAKE
from runner.planning.looking import Look, Sighting
from runner.planning.observation import ConversationRead, ReadStatus, SourceRead
from runner.policies.values import Source
from runner.repo.cases_index import open_index
from runner.text.wording import did_you_mean, shown

_SHARD = re.compile(r"([0-9]{1,2})/([0-9]{1,2})", re.ASCII)


@click.command(short_help="Read the sources and write what they show to a file.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the mentions to this file, for `doleances plan --mentions FILE` and the like.",
)
@click.option("--source", "ids", metavar="ID", multiple=True, help="Read this source; repeatable.")
@click.option(
    "--shard",
    metavar="N/COUNT",
    help="Read the Nth of COUNT shares of the sources, so that several machines read all.",
)
@click.option("--full", is_flag=True, help="Read every source from the start, due or not.")
@click.option(
    "--fetched", is_flag=True, help="Ask no forge: what `doleances fetch` brought is enough."
)
@scheduled_option
@loopback_option("sources")
@private_option("mailboxes")
@click.option("--json", "as_json", is_flag=True, help="Print how each source was read, as data.")
@click.pass_obj
def command(
    desk: Desk,
    *,
    out: Path | None,
    ids: tuple[str, ...],
    shard: str | None,
    full: bool,
    fetched: bool,
    scheduled: bool,
    allow_loopback: bool,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Read the sources and write what they show to a file.

    Says for each source how it was read, and of known cases which conversations were read again
    and whether messages of ours were seen where they were posted.  Proposes nothing and
    remembers nothing: the cursors move when `doleances run --mentions FILE` has everything safe
    on a branch.

    \b
    Example:  doleances collect --out mentions.jsonl
              doleances collect --source forum-bricolage --full
    """
    if rests(desk, scheduled=scheduled):
        return
    configuration = desk.configuration()
    only = _only(configuration.sources, ids, shard)
    forge = Fetched(desk.root, configuration.instance) if fetched else open_forge(desk)
    snapshot = forge.snapshot()
    index = open_index(desk.root, snapshot.base)
    reading = Reading(
        full=full,
        allow_loopback=allow_loopback,
        allow_private=allow_private,
        only=only,
    )
    world = read_world(desk, forge, snapshot, index, reading)
    reads = world.reads
    if out is not None:
        from runner.sources.mentions_file import write_mentions

        write_mentions(out, reads, world.conversations, world.looks)
    keys = {mention.key for read in reads for mention in read.mentions}
    held = {branch.case_id for branch in snapshot.branches}
    held.update(case for case, _ in forge.decided((key, INTAKE) for key in keys))
    new = {key for key in keys - held if index.case_of(key) is None}
    if as_json:
        desk.print_json([_data(read, new) for read in reads])
    else:
        _print_table(desk, reads, new)
        _print_known(desk, world.conversations, world.looks)
    # Whoever joins the shares sees whether any source could be read.
    if shard is None and reads and all(read.status is ReadStatus.UNKNOWN for read in reads):
        raise OutsideFailed("no source could be read", "the table says why for each")


def _only(
    sources: Sequence[Source], ids: Sequence[str], shard: str | None
) -> frozenset[str] | None:
    """Return the ids of the sources that are to be read, None for all.

    All sources of a site stand in one share: the pace at which a site is asked is kept there.

    Raises:
        UsageError: when there is no such source or no such share.
    """
    known = [source.id for source in sources]
    for name in ids:
        if name not in known:
            raise UsageError(
                f"sources.yaml names no source {shown(name)}", did_you_mean(name, known)
            )
    if shard is None:
        return frozenset(ids) if ids else None
    found = _SHARD.fullmatch(shard)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise UsageError(f"--shard {shown(shard)} is none", "such as 2/4: the second of four")
    nth, count = int(found[1]), int(found[2])
    sites = list(dict.fromkeys(source.site for source in sources))
    return frozenset(
        source.id
        for source in sources
        if sites.index(source.site) % count == nth - 1 and (not ids or source.id in ids)
    )


def _print_table(desk: Desk, reads: Sequence[SourceRead], new: set[str]) -> None:
    say = desk.language.say
    columns = (say("source"), say("reading"), say("messages"), say("new"), say("remark"))
    desk.terminal.table(
        columns,
        [
            (
                read.source,
                desk.language.word(read.status),
                str(read.items),
                str(_new(read, new)) if read.status is ReadStatus.READ else "",
                _remark(desk, read),
            )
            for read in reads
        ],
        ["yellow" if read.status is ReadStatus.UNKNOWN else None for read in reads],
    )


def _print_known(
    desk: Desk, conversations: Sequence[ConversationRead], looks: Sequence[Look]
) -> None:
    """Say what was read of known cases: their conversations, and messages of ours."""
    say = desk.language.say
    tried = [read for read in conversations if read.status is not ReadStatus.RESTED]
    failed = [read for read in tried if read.status is ReadStatus.UNKNOWN]
    if tried:
        desk.say(
            say(
                "conversations read again: {count}, could not be read: {failed}",
                count=len(tried) - len(failed),
                failed=len(failed),
            )
        )
    for read in failed:
        desk.say(f"- {read.case_id}, {read.source}: {read.problem}")
    if looks:
        seen = sum(look.sighting is Sighting.PRESENT for look in looks)
        desk.say(
            say("messages of ours looked for: {count}, seen: {seen}", count=len(looks), seen=seen)
        )


def _remark(desk: Desk, read: SourceRead) -> str:
    if read.not_before is None:
        return read.problem
    again = desk.language.say(
        "next read from {instant}", instant=desk.language.instant(read.not_before)
    )
    return f"{read.problem}; {again}" if read.problem else again


def _new(read: SourceRead, new: set[str]) -> int:
    return sum(mention.key in new for mention in read.mentions)


def _data(read: SourceRead, new: set[str]) -> dict[str, object]:
    return {
        "source": read.source,
        "status": read.status,
        "items": read.items,
        "mentions": len(read.mentions),
        "new": _new(read, new),
        "problem": read.problem,
        "not_before": render_instant(read.not_before) if read.not_before else None,
    }
