"""The desk as it stood before a commit of the main line: policies, people, where cases lie.

Grows with the desk, not with its history: names of blobs, and what was read last.
"""

import marshal
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from mmap import mmap
from typing import Any, NamedTuple

from runner.cases.authority import Authority
from runner.cases.case import PinnedClock
from runner.cases.grown import read_grown
from runner.clocks.business_time import OpenTime
from runner.planning.audit import Rules
from runner.policies.alone import load_clocks, load_delegation, load_incident, load_team
from runner.policies.calendars import calendar_file
from runner.policies.clocks import FILE as CLOCKS
from runner.policies.clocks import ClockPolicy
from runner.policies.delegation import FILE as DELEGATION
from runner.policies.team import FILE as TEAM
from runner.policies.team import Team
from runner.repo.case_paths import parse_case_path
from runner.repo.files import CASES_FOLDER, CONFIGURATION_FOLDERS, SOURCES
from runner.repo.git import FileChange, Repository, is_object_name
from runner.repo.mainline import walk_line
from runner.repo.objects import ObjectReader
from runner.repo.open_times import read_pinned_open_time
from runner.schemas import check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value

_HELD_AT_MOST = 256 << 20
"""Bytes of versions that are held, twice as many as files have; others are read again."""
_POLICIES = 50
"""Versions of a policy that are held as they were parsed."""


class Version(NamedTuple):
    """A version of a case: its blob, the bytes of its file, and what they say."""

    blob: str
    data: bytes
    document: Document


class _LastVersions:
    """What cases said last, packed: the next version may come much later.

    In one ring of bytes, in which what is new takes the place of what is oldest.  As many strings,
    put in and let go at random, would leave memory in pieces that are slow to find.
    """

    def __init__(self) -> None:
        self._ring = mmap(-1, _HELD_AT_MOST)
        self._written = 0
        self._held: dict[str, tuple[str, int, int, int]] = {}
        """By path the blob, where it was written as bytes are counted on, and both lengths."""

    def holds(self, path: str, blob: str) -> bool:
        """Whether the version of a case that was put in last is of this blob, and still there."""
        held = self._held.get(path)
        return held is not None and held[0] == blob and held[1] + _HELD_AT_MOST >= self._written

    def get(self, path: str, blob: str) -> Version | None:
        """Return the version of a case that was put in last, None where it is another or gone."""
        if not self.holds(path, blob):
            return None
        _, written, length, packed = self._held[path]
        start = written % _HELD_AT_MOST
        end = start + length
        # What has been packed here, and never left the process.
        value = marshal.loads(self._ring[end : end + packed])  # noqa: S302
        return Version(blob, self._ring[start:end], Document(path, value, {}, {}))

    def put(self, version: Version) -> None:
        """Hold a version instead of the one before."""
        value: Any = version.document.value
        packed = marshal.dumps(value)
        length, size = len(version.data), len(version.data) + len(packed)
        if size > _HELD_AT_MOST:
            self._held.pop(version.document.file, None)
            return
        start = self._written % _HELD_AT_MOST
        if start + size > _HELD_AT_MOST:
            self._written += _HELD_AT_MOST - start
            start = 0
        self._ring[start : start + size] = version.data + packed
        self._held[version.document.file] = (version.blob, self._written, length, len(packed))
        self._written += size


def is_watched(path: str) -> bool:
    """Whether a file is part of the register: a case, or what decides about cases."""
    return path == SOURCES or path.startswith(_WATCHED)


_WATCHED = tuple(f"{folder}/" for folder in (CASES_FOLDER, *CONFIGURATION_FOLDERS))


class Register:
    """The desk before a commit.

    `cases` are the files of all cases by id, as the last commit left them: of a case in several
    files the first by path, whatever came before.
    """

    def __init__(
        self, repository: Repository, reader: ObjectReader, began: str, start: str
    ) -> None:
        """Take the desk as it stood at `start`, and know its policies since `began`."""
        self._repository = repository
        self._reader = reader
        self._began = began
        self._stood: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        self._copies: dict[str, frozenset[str]] = {}
        """All files of a case, of the few cases that lie in several."""
        self._seen: dict[str, set[str]] = {}
        self._before: dict[str, str] = {}
        self._clocks: list[tuple[int, str]] = []
        self._last = _LastVersions()
        self._team = lru_cache(_POLICIES)(lambda blob: load_team(self.data(blob)))
        self._limits = lru_cache(_POLICIES)(lambda blob: load_delegation(self.data(blob)))
        self._clock_policy = lru_cache(_POLICIES)(lambda blob: load_clocks(self.data(blob)))
        self._open_times: dict[tuple[str, str | None], OpenTime | None] = {}
        self._blobs: dict[str, bytes] = {}
        for path, blob in _listed(repository, began, SOURCES, *CONFIGURATION_FOLDERS):
            self._keep(path, blob, 0)
        if start != began:
            policies = (SOURCES, *CONFIGURATION_FOLDERS)
            for commit in walk_line(repository, start, began, policies):
                for change in commit.changes:
                    self.follow(change, commit.committed)
        for path, _ in _listed(repository, start, CASES_FOLDER):
            if (case_id := parse_case_path(path)) is not None:
                self._hold(case_id, self.files_of(case_id) | {path})

    def prefetch(self, changes: Iterable[FileChange]) -> None:
        """Read what the next commits change at once; a version that is held is not read again."""
        names = tuple(
            dict.fromkeys(
                blob
                for change in changes
                for blob in (change.old, change.new)
                if blob is not None and not self._last.holds(change.path, blob)
            )
        )
        self._blobs = {
            name: stored.data
            for name, stored in zip(names, self._reader.read_all(names), strict=True)
            if stored is not None and stored.data is not None
        }

    def data(self, blob: str | None) -> bytes | None:
        """Return the bytes of a blob, None for none or what is too large."""
        if blob is None:
            return None
        if blob in self._blobs:
            return self._blobs[blob]
        stored = self._reader.read(blob)
        return stored.data if stored is not None else None

    def version(self, path: str, blob: str | None) -> Version | None:
        """Return a version of a case that has passed the schema, None for what is none."""
        if blob is None:
            return None
        held = self._last.get(path, blob)
        data = self.data(blob) if held is None else None
        if data is None:
            return held
        document = parse_case_document(data, path)
        return Version(blob, data, document) if document is not None else None

    def next_version(self, path: str, blob: str, before: Version | None) -> Version | None:
        """Return the version that a case has from now on; `before` is the one that it follows.

        What both say is not read twice.
        """
        data = self.data(blob)
        if data is None:
            return None
        value = read_grown(before.data, before.document.value, data) if before else None
        if value is not None and check_value("case", value):
            document: Document | None = Document(path, value, {}, {})
        else:
            document = parse_case_document(data, path)
        if document is None:
            return None
        version = Version(blob, data, document)
        self._last.put(version)
        return version

    def team(self) -> Team:
        """Return the team before the commit."""
        return self._team(self._stood.get(TEAM))

    def rules(
        self,
        changes: Mapping[str, FileChange],
        actors: frozenset[str],
        *,
        approvals_known: bool,
        find: Callable[[str], Document | None],
    ) -> Rules:
        """Return what holds for a commit with these changes.

        Who decides is judged by what stood before; a policy that is new, by itself.
        """

        def blob(path: str) -> str | None:
            change = changes.get(path)
            return self._stood.get(path) or (change.new if change is not None else None)

        authority = Authority(
            self._team(blob(TEAM)),
            self._limits(blob(DELEGATION)),
            actors,
            lambda incident_id: load_incident(incident_id, lambda path: self.data(blob(path))),
            approvals_known,
        )

        def stood(path: str, name: str) -> bool | None:
            change = changes.get(path)
            return (change is not None and change.new == name) or self._ever_stood(path, name)

        return Rules(authority, self._open_time, self._policy, stood, self._in_force, find)

    def follow(self, change: FileChange, committed: int) -> None:
        """Take in what a commit changed."""
        if (case_id := parse_case_path(change.path)) is not None:
            files = self.files_of(case_id)
            if change.new is None:
                self._hold(case_id, files - {change.path})
            elif change.path not in files:
                self._hold(case_id, files | {change.path})
        elif change.new is None:
            self._stood.pop(change.path, None)
        else:
            self._keep(change.path, change.new, committed)

    def files_of(self, case_id: str) -> frozenset[str]:
        """Return all files in which a case lies: one, but for a case that was copied."""
        if case_id in self._copies:
            return self._copies[case_id]
        return frozenset({self.cases[case_id]} if case_id in self.cases else ())

    def _hold(self, case_id: str, files: frozenset[str]) -> None:
        self._copies.pop(case_id, None)
        self.cases.pop(case_id, None)
        if files:
            self.cases[case_id] = min(files)
        if len(files) > 1:
            self._copies[case_id] = files

    def _keep(self, path: str, blob: str, committed: int) -> None:
        self._stood[path] = blob
        self._seen.setdefault(path, set()).add(blob)
        if path == CLOCKS:
            self._clocks.append((committed, blob))

    def _ever_stood(self, path: str, blob: str) -> bool | None:
        if blob in self._seen.get(path, ()):
            return True
        if path not in self._before:
            self._before[path] = self._repository.text(
                "log", "-m", "--format=", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff",
                self._began, "--", path,
            )  # fmt: skip
        if is_object_name(blob) and blob in self._before[path]:
            return True
        return None if (self._repository.common_dir / "shallow").exists() else False

    def _policy(self, blob: str) -> ClockPolicy | None:
        return self._clock_policy(blob) if is_object_name(blob) else None

    def _in_force(self, at: datetime) -> ClockPolicy | None:
        """Return the clocks' policy of an instant; the first that is known, for all before."""
        if not self._clocks:
            return None
        place = bisect_right(self._clocks, int(at.timestamp()), key=lambda one: one[0])
        return self._clock_policy(self._clocks[max(place - 1, 0)][1])

    def _open_time(self, clock: PinnedClock) -> OpenTime | None:
        if clock.calendar is None:
            return None
        key = (clock.calendar, clock.policies.get(calendar_file(clock.calendar)))
        if key not in self._open_times:
            self._open_times[key] = read_pinned_open_time(self._reader, clock)
        return self._open_times[key]


def _listed(repository: Repository, commit: str, *paths: str) -> Iterator[tuple[str, str]]:
    """Yield path and blob of each file that stood there."""
    listed = repository.text("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    for line in filter(None, listed.split("\0")):
        head, _, path = line.partition("\t")
        yield path, head.split(" ")[2]


def parse_case_document(data: bytes, path: str, *, careful: bool = False) -> Document | None:
    """Return a case's document that has passed the schema; without care it knows no places."""
    if not careful:
        try:
            value = read_value(data)
        except ValueError:
            careful = True
        else:
            return Document(path, value, {}, {}) if check_value("case", value) else None
    document = read_document(data, path)
    if isinstance(document, Document) and check_value("case", document.value):
        return document
    return None
