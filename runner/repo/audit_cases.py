"""The cases of a stretch, judged one after the other: each version against the one before.

What a case said last is still at hand when its next version is read.  In the order of the
commits it would come much later, and all that cases say would have to be held, or read again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from typing import NamedTuple

from runner.cases.fields import CaseFields, read_fields
from runner.errors import Fault
from runner.planning.audit import Arrival, NewVersion, Rules, Weight, check_versions, weigh
from runner.repo.git import FileChange
from runner.repo.objects import ObjectReader
from runner.schemas import check_document, check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value, too_large

_AT_ONCE = 150
"""Versions that are read at once, with those before them in one request."""
_BYTES_AT_ONCE = 80_000
"""Bytes of versions that are parsed before they are judged: some 32 as they mostly are.  What
they say then still lies in the processor's cache; of many more it does not."""
_TOLD_AT_MOST = 20
"""Of what does not hold by one rule in one version, so much is told."""
SUBMODULE = "160000"
ODD_MODES = {"120000": "a symbolic link", SUBMODULE: "another repository"}

Stood = tuple[str, str | None]
"""Path and blob of a version of a case, the blob None where there was none."""


class Found(NamedTuple):
    """What does not hold in a commit, which is the `number`th of those that are walked.

    They sort as they are told: by commit, then by place.
    """

    number: int
    fault: Fault
    weight: Weight
    commit: str
    committed: int


class Came(NamedTuple):
    """What a commit did to a case: the `number`th of those that are walked, and its rules."""

    number: int
    commit: str
    case_id: str
    change: FileChange
    arrival: Arrival
    rules: Rules


class Version(NamedTuple):
    """A version of a case: its blob, the bytes of its file, and what they say.

    `fields` is None where they had to be read at once.
    """

    blob: str
    data: bytes
    document: Document
    fields: CaseFields | None


_Parsed = tuple[Came, Version | None, Version | None]


class CaseJudge:
    """Judges what came of cases.

    `versions` counts what was judged.  `left` are the cases whose file cannot be read, or is
    gone: as they stood when they could.
    """

    def __init__(
        self,
        reader: ObjectReader,
        versions: ObjectReader,
        left: Mapping[str, Stood],
        find: Callable[[str, str], str | None],
    ) -> None:
        """Judge what `reader` has; `find` tells by commit and id in which file a case lies.

        `versions` is for this alone: git looks up the next versions while some are judged.
        """
        self.versions = 0
        self.left = dict(left)
        self._reader = reader
        self._ahead = versions
        self._find = find
        self._blobs: Mapping[str, bytes] = {}
        self._last: Version | None = None

    def judge(self, came: Sequence[Came], step: Callable[[int], None]) -> Iterator[Found]:
        """Yield what does not hold in the versions of cases; `step` is told of how many.

        They are given in the order of the commits.  The cases go in the order in which they come
        first, since git packs nearby what was written at one time.
        """
        firsts: dict[str, int] = {}
        for one in came:
            firsts.setdefault(one.case_id, len(firsts))
        by_case = sorted(came, key=lambda one: firsts[one.case_id])
        parts = [by_case[at : at + _AT_ONCE] for at in range(0, len(by_case), _AT_ONCE)]
        asked = self._begin(parts[0]) if parts else None
        for some, following in zip_longest(parts, parts[1:]):
            self._blobs = dict(asked or ())
            asked = self._begin(following) if following is not None else None
            for few in self._parted(some):
                # Many are parsed before many are judged: either goes faster without the other
                # between.
                yield from self._judge([self._parse(one) for one in few])
                step(len(few))

    def _parted(self, came: Iterable[Came]) -> Iterator[list[Came]]:
        """Part what was read, so that little of it need be held parsed."""
        few: list[Came] = []
        size = 0
        for one in came:
            few.append(one)
            size += len(self._blobs.get(one.change.new or "", b""))
            if size >= _BYTES_AT_ONCE:
                yield few
                few, size = [], 0
        if few:
            yield few

    def _begin(self, came: Iterable[Came]) -> Iterator[tuple[str, bytes]]:
        """Begin to read what files were and are: the bytes by blob, of those not too large."""
        names = tuple(
            dict.fromkeys(
                blob
                for one in came
                if one.change.mode != SUBMODULE
                for blob in (one.change.old, one.change.new)
                if blob is not None
            )
        )
        found = zip(names, self._ahead.begin(names), strict=True)
        return (
            (name, stored.data)
            for name, stored in found
            if stored is not None and stored.data is not None
        )

    def _data(self, blob: str) -> bytes | None:
        if blob in self._blobs:
            return self._blobs[blob]
        stored = self._reader.read(blob)
        return stored.data if stored is not None else None

    def _parse(self, came: Came) -> _Parsed:
        """Return a change, what its case said before and says after it, None if unreadable."""
        change = came.change
        stood = self.left.pop(came.case_id, (change.path, change.old))
        was = after = None
        if change.new is not None and change.mode not in ODD_MODES:
            was = self._version(*stood)
            after = self._read_version(change.path, change.new, was)
        if after is None:
            self.left[came.case_id] = stood
        else:
            self._last = after
        return came, was, after

    def _version(self, path: str, blob: str | None) -> Version | None:
        """Return a version of a case that has passed the schema, None for what is none."""
        last = self._last
        if last is not None and (last.document.file, last.blob) == (path, blob):
            return last
        return self._read_version(path, blob, None) if blob is not None else None

    def _read_version(self, path: str, blob: str, before: Version | None) -> Version | None:
        """Return a version that follows `before`; what both say is not read twice."""
        data = self._data(blob)
        if data is None:
            return None
        fields = read_fields(data, before.fields if before is not None else None)
        if fields is not None:
            return Version(blob, data, Document(path, fields.value, {}, {}), fields)
        document = parse_case_document(data, path)
        return Version(blob, data, document, None) if document is not None else None

    def _judge(self, parsed: Iterable[_Parsed]) -> Iterator[Found]:
        judged: list[tuple[Came, Version, NewVersion]] = []
        for came, was, after in parsed:
            blob = came.change.new
            if blob is None or came.change.mode in ODD_MODES:
                continue
            self.versions += 1
            if after is None:
                yield from _found(came, self._unreadable(came.change.path, blob))
                continue
            before = was.document if was is not None else None
            find = partial(self._case_in, came.commit)
            new = NewVersion(before, after.document, came.arrival, came.rules, find)
            judged.append((came, after, new))
        for (came, after, new), faults in zip(
            judged, check_versions(new for _, _, new in judged), strict=True
        ):
            if faults:
                # Once more with care, to name the places.
                placed = parse_case_document(after.data, came.change.path, careful=True)
                again = new._replace(after=placed or after.document)
                yield from _found(came, *check_versions([again]))

    def _unreadable(self, path: str, blob: str) -> tuple[Fault, ...]:
        data = self._data(blob)
        if data is None:
            stored = self._reader.read(blob)
            return (too_large(path, stored.size) if stored else _object_missing(path, blob),)
        document = read_document(data, path)
        return check_document("case", document) if isinstance(document, Document) else document

    def _case_in(self, commit: str, case_id: str) -> Document | None:
        """Return another case as a commit has it."""
        path = self._find(commit, case_id)
        stored = self._reader.read(f"{commit}:{path}") if path is not None else None
        if path is None or stored is None or stored.data is None:
            return None
        return parse_case_document(stored.data, path)


def _object_missing(path: str, blob: str) -> Fault:
    said = f"git does not have the object {blob[:12]}, which stands there"
    hint = "`git fsck` says what else is missing; fetch it, or audit a fresh clone"
    return Fault(path, 1, 1, "object-missing", said, hint)


def _found(came: Came, faults: Iterable[Fault]) -> Iterator[Found]:
    told: Counter[str] = Counter()
    for fault in faults:
        told[fault.rule] += 1
        if told[fault.rule] <= _TOLD_AT_MOST:
            yield Found(came.number, fault, weigh(fault), came.commit, came.arrival.committed)


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
