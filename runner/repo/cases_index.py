"""What a run needs of the cases on the base, without reading them again.

Kept in `<git dir>/doleances/cases.index`, shared by all worktrees, and good for one
tree of `cases/` and one program: the summaries of the open cases, where those closed of late
stand, and every mention's key with its case, sorted, so that one is found by bisection in the
mapped file.
When the tree moved, only the files that differ are read.  It is a cache: absent,
broken, or made by another program, it is built anew.
"""

import json
import mmap
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from runner.cases.case import Case
from runner.cases.instants import parse_instant
from runner.cases.summary import (
    CaseSummary,
    ClosedCase,
    heard_keys,
    landmarks_of,
    summarise,
    summary_from_json,
    summary_to_json,
)
from runner.errors import Fault, Severity
from runner.model import KEY, State
from runner.repo.case_files import read_case
from runner.repo.case_paths import parse_case_path
from runner.repo.case_trees import compare_trees, find_tree, list_cases, program_digest
from runner.repo.files import write_file
from runner.repo.git import Repository, is_object_name, open_repository
from runner.repo.objects import READ_LIMIT, ObjectReader
from runner.text.strict_yaml import read_value, too_large

_MAGIC = b"doleances 3\n"
_HEAD = len(_MAGIC) + 8
_KEY = re.compile(KEY)
_KEY_WIDTH = 12
_RECORD_WIDTH = 2 * _KEY_WIDTH + 1
_ENDED = frozenset(state.value for state in State if not state.is_open)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_OF_LATE = timedelta(days=100)
"""Cases closed so long before the last that was closed are kept: a desk watches 90 days at most."""
_PROGRAM = ("cases/*.py", "schemas/case.schema.json", "text/*.py", "model.py", "repo/case*.py")
"""The parts of the program that turn a case file into what is kept here."""


@dataclass(frozen=True, slots=True)
class _FileFacts:
    """What the index keeps of one case file."""

    records: tuple[bytes, ...]
    summary: CaseSummary | None
    faults: tuple[Fault, ...]
    closed: ClosedCase | None = None


@dataclass(frozen=True, slots=True)
class CasesIndex:
    """The cases on the base at one commit.

    `tree` is the object name of `cases/`, None when there is no such folder.
    `open_cases` and `closed_cases`, those closed of late, are sorted by path.  `faults` are of
    the files that cannot be read: what they say is missing here, but for their id.
    """

    tree: str | None
    open_cases: tuple[CaseSummary, ...]
    closed_cases: tuple[ClosedCase, ...]
    faults: tuple[Fault, ...]
    _records: bytes | mmap.mmap
    _start: int

    def __len__(self) -> int:
        """Return how many pairs of a mention and its case there are."""
        return (len(self._records) - self._start) // _RECORD_WIDTH

    def case_of(self, key: str) -> str | None:
        """Return the case that holds a mention, open or closed, or None.

        Where a case was merged into another and both hold it, the one that lives on.
        """
        if not _KEY.fullmatch(key):
            return None
        wanted = key[2:].encode()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._record(middle)[:_KEY_WIDTH] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self) or self._record(low)[:_KEY_WIDTH] != wanted:
            return None
        return f"c-{self._record(low)[_KEY_WIDTH + 1 :].decode()}"

    def _record(self, at: int) -> bytes:
        start = self._start + at * _RECORD_WIDTH
        return self._records[start : start + _RECORD_WIDTH]

    def records(self) -> set[bytes]:
        """Return all records: mention, whether its case was merged away, case."""
        return {self._record(at) for at in range(len(self))}


def open_index(root: Path, base: str) -> CasesIndex:
    """Return the index of the cases at a commit, from the cache as far as it goes.

    Raises:
        OutsideFailed: when git cannot read the cases.
    """
    repository = open_repository(root)
    tree = find_tree(repository, base)
    if tree is None:
        return CasesIndex(None, (), (), (), b"", 0)
    file = repository.common_dir / "doleances" / "cases.index"
    program = program_digest(_PROGRAM)
    cached = _read_cache(file, program)
    if cached is not None and cached.tree == tree:
        return cached
    fresh = _updated(repository, cached, tree) if cached is not None else None
    fresh = fresh or _built(repository, tree)
    _write_cache(file, program, fresh)
    return fresh


def _built(repository: Repository, tree: str) -> CasesIndex:
    content = _Content()
    content.add(_read_files(repository, list_cases(repository, tree)))
    return content.index(tree)


def _updated(repository: Repository, cached: CasesIndex, tree: str) -> CasesIndex | None:
    """Return the index for another tree, None when the old files can no longer be read."""
    change = compare_trees(repository, str(cached.tree), tree)
    if change is None:
        return None
    content = _Content(
        cached.records(),
        {summary.path: summary for summary in cached.open_cases},
        {case.path: case for case in cached.closed_cases},
        list(cached.faults),
    )
    try:
        content.remove(_read_files(repository, change.before))
    except FileNotFoundError:
        return None
    content.add(_read_files(repository, change.after))
    return content.index(tree)


@dataclass(slots=True)
class _Content:
    """What an index will hold, file by file."""

    records: set[bytes] = field(default_factory=set)
    open_cases: dict[str, CaseSummary] = field(default_factory=dict)
    closed_cases: dict[str, ClosedCase] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, files: Iterable[tuple[str, _FileFacts]]) -> None:
        for path, facts in files:
            self.records.update(facts.records)
            self.faults.extend(facts.faults)
            if facts.summary is not None:
                self.open_cases[path] = facts.summary
            if facts.closed is not None:
                self.closed_cases[path] = facts.closed

    def remove(self, files: Iterable[tuple[str, _FileFacts]]) -> None:
        gone = set()
        for path, facts in files:
            gone.add(path)
            self.records.difference_update(facts.records)
            self.open_cases.pop(path, None)
            self.closed_cases.pop(path, None)
        self.faults = [fault for fault in self.faults if fault.file not in gone]

    def index(self, tree: str) -> CasesIndex:
        closed = self.closed_cases
        since = max((case.closed_at for case in closed.values()), default=_NEVER) - _OF_LATE
        return CasesIndex(
            tree=tree,
            open_cases=tuple(summary for _, summary in sorted(self.open_cases.items())),
            closed_cases=tuple(c for _, c in sorted(closed.items()) if c.closed_at >= since),
            faults=tuple(sorted(self.faults)),
            _records=b"".join(sorted(self.records)),
            _start=0,
        )


def _read_files(
    repository: Repository, files: Mapping[str, str]
) -> Iterator[tuple[str, _FileFacts]]:
    """Return what is kept of each file.

    Raises:
        FileNotFoundError: when git no longer has one of them.
    """
    with ObjectReader(repository) as reader:
        for path, stored in zip(files, reader.read_all(files.values()), strict=True):
            if stored is None:
                raise FileNotFoundError(path)
            yield path, _facts(stored.data, path)


def _facts(data: bytes | None, path: str) -> _FileFacts:
    case_id = str(parse_case_path(path))
    if data is None:
        return _FileFacts((_record(case_id, case_id),), None, (too_large(path, READ_LIMIT),))
    ended = _ended_case(data, path, case_id)
    if ended is not None:
        return ended
    case = read_case(data, path)
    if not isinstance(case, Case):
        return _FileFacts((_record(case_id, case_id),), None, case)
    keys = {case_id, *(place.key for place in case.places), *heard_keys(case)}
    merged = case.state is State.MERGED
    return _FileFacts(
        tuple(_record(key, case_id, merged) for key in keys if _KEY.fullmatch(key)),
        summarise(case, path) if case.state.is_open else None,
        (),
    )


def _ended_case(data: bytes, path: str, case_id: str) -> _FileFacts | None:
    """Return what is kept of a case that has ended, None for one to be read in full.

    Of those, most of the files after a year, only the keys are wanted, and where customers may
    speak again.
    """
    try:
        value = read_value(data)
    except ValueError:
        return None
    match value:
        case {"state": str(state), "places": [*places], "log": [*log]} if state in _ENDED:
            keys = [_key(place) for place in places]
        case _:
            return None
    if None in keys:
        return None
    keys += map(_key, log)
    records = {_record(k, case_id, state == State.MERGED) for k in {case_id, *keys} if k}
    closed = _closed(path, case_id, places, log) if state == State.CLOSED else None
    return _FileFacts(tuple(records), None, (), closed)


def _closed(
    path: str, case_id: str, places: Iterable[Any], log: Sequence[Any]
) -> ClosedCase | None:
    match log[-1:]:
        case [{"recorded_at": str(recorded_at)}]:
            names = ("id", "site", "url", "thread_url", "native_id")
            said = ([p.get(name) for name in names] for p in places if isinstance(p, dict))
            facts = (entry for entry in log if isinstance(entry, dict))
            with suppress(ValueError):
                closed_at = parse_instant(recorded_at)
                sources = (place.get("source") for place in places if isinstance(place, dict))
                known = tuple(dict.fromkeys(s for s in sources if isinstance(s, str)))
                return ClosedCase(case_id, path, closed_at, known, landmarks_of(said, facts))
    return None


def _key(message: object) -> str | None:
    match message:
        case {"key": str(key)} if _KEY.fullmatch(key):
            return key
        case _:
            return None


def _record(key: str, case_id: str, merged: bool = False) -> bytes:
    return f"{key[2:]}{int(merged)}{case_id[2:]}".encode()


def _read_cache(file: Path, program: str) -> CasesIndex | None:
    try:
        with file.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    try:
        return _parse_cache(mapped, program)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        mapped.close()
        return None


def _parse_cache(mapped: mmap.mmap, program: str) -> CasesIndex:
    if mapped[: len(_MAGIC)] != _MAGIC or len(mapped) < _HEAD:
        raise ValueError("not an index of this format")
    checksum = int.from_bytes(mapped[len(_MAGIC) : len(_MAGIC) + 4])
    start = _HEAD + int.from_bytes(mapped[len(_MAGIC) + 4 : _HEAD])
    with memoryview(mapped) as whole, whole[len(_MAGIC) + 4 :] as checked:
        if zlib.crc32(checked) != checksum:
            raise ValueError("the index is broken")
    header = json.loads(mapped[_HEAD:start])
    if header["program"] != program:
        raise ValueError("another program made the index")
    if not is_object_name(header["tree"]):
        # Git would take some other words for an option, such as where to write.
        raise ValueError("the index is of no tree")
    return CasesIndex(
        tree=header["tree"],
        open_cases=tuple(summary_from_json(summary) for summary in header["open"]),
        closed_cases=tuple(
            ClosedCase(
                case_id, path, datetime.fromisoformat(closed_at), tuple(sources), tuple(landmarks)
            )
            for case_id, path, closed_at, sources, landmarks in header["closed"]
        ),
        faults=tuple(
            replace(Fault(**fault), severity=Severity(fault["severity"]))
            for fault in header["faults"]
        ),
        _records=mapped,
        _start=start,
    )


def _write_cache(file: Path, program: str, index: CasesIndex) -> None:
    header = json.dumps(
        {
            "program": program,
            "tree": index.tree,
            "open": [summary_to_json(summary) for summary in index.open_cases],
            "closed": [
                (case.id, case.path, case.closed_at.isoformat(), case.sources, case.landmarks)
                for case in index.closed_cases
            ],
            "faults": [asdict(fault) for fault in index.faults],
        }
    ).encode()
    rest = len(header).to_bytes(4) + header + bytes(index._records)
    # A read-only repository can be planned for all the same.
    with suppress(OSError):
        write_file(file, _MAGIC + zlib.crc32(rest).to_bytes(4) + rest)
