"""`doleances collect`: read the sources, without judging what they show."""

from collections.abc import Sequence
from pathlib import Path

import click

from runner.cases.instants import render_instant
from runner.cli.desk import Desk
from runner.cli.observing import Reading, open_forge, read_now, read_threads_now
from runner.errors import OutsideFailed, UsageError
from runner.planning.branches import INTAKE
from runner.planning.observation import ReadStatus, SourceRead
from runner.repo.cases_index import open_index
from runner.text.wording import did_you_mean, shown


@click.command(short_help="Read the sources and write what they show to a file.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the mentions to this file, for `doleances plan --mentions FILE` and the like.",
)
@click.option("--source", "ids", metavar="ID", multiple=True, help="Read this source; repeatable.")
@click.option("--full", is_flag=True, help="Read every source from the start, due or not.")
@click.option(
    "--allow-loopback",
    is_flag=True,
    envvar="DOLEANCES_ALLOW_LOOPBACK",
    help="Let sources be on this very machine, for trials.",
)
@click.option(
    "--allow-private",
    is_flag=True,
    envvar="DOLEANCES_ALLOW_PRIVATE",
    help="Let mailboxes be in the company's own network.",
)
@click.option("--json", "as_json", is_flag=True, help="Print how each source was read, as data.")
@click.pass_obj
def command(
    desk: Desk,
    *,
    out: Path | None,
    ids: tuple[str, ...],
    full: bool,
    allow_loopback: bool,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Read the sources and write what they show to a file.

    Says for each source how it was read.  Proposes nothing and remembers nothing: the cursors
    move when `doleances run --mentions FILE` has everything safe on a branch.

    \b
    Example:  doleances collect --out mentions.jsonl
              doleances collect --source forum-bricolage --full
    """
    known = [source.id for source in desk.configuration().sources]
    for name in ids:
        if name not in known:
            raise UsageError(
                f"sources.yaml names no source {shown(name)}", did_you_mean(name, known)
            )
    forge = open_forge(desk)
    snapshot = forge.snapshot()
    index = open_index(desk.root, snapshot.base)
    reading = Reading(
        full=full,
        allow_loopback=allow_loopback,
        allow_private=allow_private,
        only=frozenset(ids) if ids else None,
    )
    reads = read_now(desk, forge, snapshot, index, reading)
    conversations = read_threads_now(desk, snapshot, index, reading)
    if out is not None:
        from runner.sources.mentions_file import write_mentions

        write_mentions(out, reads, conversations)
    keys = {mention.key for read in reads for mention in read.mentions}
    held = {branch.case_id for branch in snapshot.branches}
    held.update(case for case, _ in forge.decided((key, INTAKE) for key in keys))
    new = {key for key in keys - held if index.case_of(key) is None}
    if as_json:
        desk.print_json([_data(read, new) for read in reads])
    else:
        _print_table(desk, reads, new)
    if reads and all(read.status is ReadStatus.UNKNOWN for read in reads):
        raise OutsideFailed("no source could be read", "the table says why for each")


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
