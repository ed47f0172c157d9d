"""The ledger, on `refs/doleances/ledger`: cursors of the sources, how channels and runs fare.

An optimisation: losing it costs repeated reading, a message tried again too early, and what is
said of the schedule's pace, nothing else.  So every write is a commit without parents: its past
is worth nothing and must not grow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from runner.cases.instants import render_instant
from runner.errors import ExitCode
from runner.planning.deliveries import ChannelState, Failure, Trouble
from runner.planning.observation import Cursor
from runner.planning.run_record import RunRecord
from runner.repo.git import Repository, read_refs
from runner.repo.objects import NewCommit, ObjectReader, Signature, parse_tree, write_commits
from runner.repo.records import Record, render_record
from runner.repo.refs import RefChange, RefsMoved, update_refs

LEDGER = "refs/doleances/ledger"
_CURSORS, _CHANNELS, _RUNS = "cursors", "channels", "runs"
_VERSION = 1
_TRIES = 10
_KEPT = timedelta(days=7)
"""Conversations rest for two days at most; the cursor of an older read says nothing."""
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger holds: cursors by source, states by channel, records of runs by verb."""

    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    channels: Mapping[str, ChannelState] = field(default_factory=dict)
    runs: Mapping[str, RunRecord] = field(default_factory=dict)


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
            "contents": list(cursor.contents),
            "items": cursor.items,
            "not_before": render_instant(cursor.not_before) if cursor.not_before else None,
            "problem": cursor.problem,
            "tried_at": render_instant(cursor.tried_at) if cursor.tried_at else None,
            "quota_left": cursor.quota_left,
            "quota_limit": cursor.quota_limit,
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
        problem=record.text_or_none("problem") or "",
        tried_at=record.instant_or_none("tried_at"),
        quota_left=record.number_or_none("quota_left"),
        quota_limit=record.number_or_none("quota_limit"),
        contents=record.texts("contents"),
    )


def render_channel(state: ChannelState) -> bytes:
    """Return a channel's file."""
    return render_record(
        {
            "version": _VERSION,
            "channel": state.channel,
            "at": render_instant(state.at),
            "rest_until": render_instant(state.rest_until) if state.rest_until else None,
            "failures": {
                failed.key: [failed.trouble.value, failed.about, failed.detail]
                for failed in state.failures
            },
        }
    )


def parse_channel(data: bytes | None, channel: str) -> ChannelState:
    """Return the state of a channel.

    Raises:
        ValueError: when the file holds none of that channel.
    """
    record = Record(data)
    if record.text("channel") != channel:
        raise ValueError("it is the state of another channel")
    return ChannelState(
        channel=channel,
        at=record.instant("at"),
        rest_until=record.instant_or_none("rest_until"),
        failures=tuple(
            Failure(key, Trouble(trouble), about, detail)
            for key, (trouble, about, detail) in record.rows("failures", 3).items()
        ),
    )


def render_run(record: RunRecord) -> bytes:
    """Return the file of a verb's runs."""
    since = record.failing_since
    return render_record(
        {
            "version": _VERSION,
            "verb": record.verb,
            "at": render_instant(record.at),
            "scheduled": [render_instant(at) for at in record.scheduled],
            "exit_code": record.exit_code.value,
            "failed": record.failed,
            "failing_since": render_instant(since) if since else None,
            "troubles": {
                f"{number:02}": [what, why] for number, (what, why) in enumerate(record.troubles)
            },
            "dashboard": record.dashboard,
        }
    )


def parse_run(data: bytes | None, verb: str) -> RunRecord:
    """Return the record of a verb's runs.

    Raises:
        ValueError: when the file holds none of that verb.
    """
    record = Record(data)
    if record.text("verb") != verb:
        raise ValueError("it is the record of another verb")
    return RunRecord(
        verb=verb,
        at=record.instant("at"),
        scheduled=record.instants("scheduled"),
        exit_code=ExitCode(record.number("exit_code")),
        failed=record.number("failed"),
        failing_since=record.instant_or_none("failing_since"),
        troubles=tuple((what, why) for what, why in record.rows("troubles", 2).values()),
        dashboard=record.number_or_none("dashboard"),
    )


def read_ledger(reader: ObjectReader, commit: str | None) -> Ledger:
    """Return what a commit of the ledger holds; files that are none of it are left out."""
    if commit is None:
        return Ledger()
    return Ledger(
        dict(_read(reader, commit, _CURSORS, parse_cursor)),
        dict(_read(reader, commit, _CHANNELS, parse_channel)),
        dict(_read(reader, commit, _RUNS, parse_run)),
    )


def _read(
    reader: ObjectReader, commit: str, folder: str, parse: Callable[[bytes | None, str], Kept]
) -> Iterator[tuple[str, Kept]]:
    names = sorted(parse_tree(reader.read(f"{commit}:{folder}")).items())
    files = [(name.removesuffix(".json"), oid) for name, oid in names if name.endswith(".json")]
    for (name, _), stored in zip(files, reader.read_all(oid for _, oid in files), strict=True):
        if stored is not None and stored.kind == "blob":
            with suppress(ValueError):
                yield name, parse(stored.data, name)


def ledger_commit(ledger: Ledger, bot: Signature) -> NewCommit:
    """Return the commit that holds the ledger; equal ones give the same commit."""
    cursors = {f"{_CURSORS}/{name}.json": render_cursor(c) for name, c in ledger.cursors.items()}
    channels = {
        f"{_CHANNELS}/{name}.json": render_channel(c) for name, c in ledger.channels.items()
    }
    runs = {f"{_RUNS}/{name}.json": render_run(record) for name, record in ledger.runs.items()}
    return NewCommit(
        message="ledger: Remember how far the sources were read.\n",
        by=bot,
        at=max(
            *(cursor.read_at for cursor in ledger.cursors.values()),
            *(state.at for state in ledger.channels.values()),
            *(record.at for record in ledger.runs.values()),
            _EARLIEST,
        ),
        files=cursors | channels | runs,
    )


def write_ledger(
    repository: Repository,
    bot: Signature,
    cursors: Sequence[Cursor] = (),
    channels: Sequence[ChannelState] = (),
    runs: Sequence[RunRecord] = (),
) -> bool:
    """Put cursors, states and records into the ledger by compare-and-swap; False for nothing new.

    Of two of one source, channel or verb the later stays.

    Raises:
        RefsMoved: when others write without pause.
    """
    more = Ledger(
        {cursor.source: cursor for cursor in cursors},
        {each.channel: each for each in channels},
        {each.verb: each for each in runs},
    )
    if more == Ledger():
        return False
    for _ in range(_TRIES):
        with suppress(RefsMoved):
            return _write_once(repository, more, bot)
    return _write_once(repository, more, bot)


def newest(held: Ledger, more: Ledger) -> Ledger:
    """Return both ledgers in one; of two entries for one thing the later.

    Cursors of conversations that nobody reads any more are left out.
    """
    cursors = _later(held.cursors, more.cursors, lambda cursor: cursor.read_at)
    since = max((each.read_at for each in cursors.values()), default=_EARLIEST + _KEPT) - _KEPT
    return Ledger(
        {
            name: cursor
            for name, cursor in cursors.items()
            if "." not in name or cursor.read_at >= since
        },
        _later(held.channels, more.channels, lambda state: state.at),
        _later(held.runs, more.runs, lambda record: record.at),
    )


def _later(
    held: Mapping[str, Kept], more: Mapping[str, Kept], at: Callable[[Kept], datetime]
) -> dict[str, Kept]:
    newer = {name: e for name, e in more.items() if name not in held or at(held[name]) <= at(e)}
    return {**held, **newer}


def _write_once(repository: Repository, more: Ledger, bot: Signature) -> bool:
    old = read_refs(repository, LEDGER).get(LEDGER)
    with ObjectReader(repository) as reader:
        held = read_ledger(reader, old)
    merged = newest(held, more)
    if merged == held:
        return False
    (new,) = write_commits(repository, (ledger_commit(merged, bot),))
    update_refs(repository, (RefChange(LEDGER, old, new),))
    return True
