"""The ledger: cursors of the sources, on `refs/doleances/ledger`.

An optimisation: losing it costs repeated reading, nothing else.  So every write
is a commit without parents: its past is worth nothing and must not grow.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from runner.cases.instants import render_instant
from runner.planning.observation import Cursor
from runner.repo.git import Repository, read_refs
from runner.repo.objects import NewCommit, ObjectReader, Signature, parse_tree, write_commits
from runner.repo.records import Record, render_record
from runner.repo.refs import RefChange, RefsMoved, update_refs

LEDGER = "refs/doleances/ledger"
_FOLDER = "cursors"
_VERSION = 1
_TRIES = 10


def render_cursor(cursor: Cursor) -> bytes:
    """Return a cursor's file."""
    return render_record(
        {
            "version": _VERSION,
            "source": cursor.source,
            "etag": cursor.etag,
            "last_modified": cursor.last_modified,
            "read_at": render_instant(cursor.read_at),
            "judged_by": cursor.judged_by,
            "opened": list(cursor.opened),
            "items": cursor.items,
            "not_before": render_instant(cursor.not_before) if cursor.not_before else None,
        }
    )


def parse_cursor(data: bytes | None, source: str) -> Cursor:
    """Return the cursor of a source.

    Raises:
        ValueError: when the file holds none of that source.
    """
    record = Record(data)
    if record.text("source") != source:
        raise ValueError("it is the cursor of another source")
    return Cursor(
        source=source,
        etag=record.text_or_none("etag"),
        last_modified=record.text_or_none("last_modified"),
        read_at=record.instant("read_at"),
        judged_by=record.text("judged_by"),
        opened=record.texts("opened"),
        items=record.number("items"),
        not_before=record.instant_or_none("not_before"),
    )


def read_cursors(reader: ObjectReader, commit: str | None) -> Mapping[str, Cursor]:
    """Return the cursors that a commit of the ledger holds; what is no cursor is left out."""
    if commit is None:
        return {}
    names = sorted(parse_tree(reader.read(f"{commit}:{_FOLDER}")).items())
    files = [(name.removesuffix(".json"), oid) for name, oid in names if name.endswith(".json")]
    found: dict[str, Cursor] = {}
    for (source, _), stored in zip(files, reader.read_all(oid for _, oid in files), strict=True):
        if stored is None or stored.kind != "blob":
            continue
        try:
            found[source] = parse_cursor(stored.data, source)
        except ValueError:
            continue
    return found


def ledger_commit(cursors: Mapping[str, Cursor], bot: Signature) -> NewCommit:
    """Return the commit that holds these cursors; equal cursors give the same commit."""
    return NewCommit(
        message="ledger: Remember how far the sources were read.\n",
        by=bot,
        at=_latest(cursors),
        files={
            f"{_FOLDER}/{source}.json": render_cursor(cursor) for source, cursor in cursors.items()
        },
    )


def write_cursors(repository: Repository, cursors: Sequence[Cursor], bot: Signature) -> bool:
    """Put cursors into the ledger by compare-and-swap; False when it held them already.

    Of two cursors of one source the one read later stays.

    Raises:
        RefsMoved: when others write without pause.
    """
    if not cursors:
        return False
    for _ in range(_TRIES):
        with suppress(RefsMoved):
            return _write_once(repository, cursors, bot)
    return _write_once(repository, cursors, bot)


def newest(held: Mapping[str, Cursor], more: Iterable[Cursor]) -> dict[str, Cursor]:
    """Return the cursors of all sources; of two of one source the one read later."""
    merged = dict(held)
    for cursor in more:
        there = merged.get(cursor.source)
        if there is None or there.read_at <= cursor.read_at:
            merged[cursor.source] = cursor
    return merged


def _write_once(repository: Repository, cursors: Sequence[Cursor], bot: Signature) -> bool:
    old = read_refs(repository, LEDGER).get(LEDGER)
    with ObjectReader(repository) as reader:
        held = read_cursors(reader, old)
    merged = newest(held, cursors)
    if merged == held:
        return False
    (new,) = write_commits(repository, (ledger_commit(merged, bot),))
    update_refs(repository, (RefChange(LEDGER, old, new),))
    return True


def _latest(cursors: Mapping[str, Cursor]) -> datetime:
    return max(cursor.read_at for cursor in cursors.values())
