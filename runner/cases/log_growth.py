"""What became of the entries of a log from one version to the next, wherever they stand.

Entries are known by all that they say, never by their index: an index is another's once
something was inserted above it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from runner.cases.case import Entry
from runner.cases.file import entry_data

EntryName = tuple[str, int]


@dataclass(frozen=True, slots=True)
class LogGrowth:
    """Indexes of entries, in the order of their log.

    `kept` maps those of now to those of before, of entries that say what they said.  So does
    `altered`, of entries of one kind, person and instants that say something else.  `added` are
    of now, `gone` of before.
    """

    kept: Mapping[int, int]
    altered: Mapping[int, int]
    added: tuple[int, ...]
    gone: tuple[int, ...]

    @property
    def inserted(self) -> tuple[int, ...]:
        """The added ones that stand above an entry of before."""
        last = max((*self.kept, *self.altered), default=-1)
        return tuple(index for index in self.added if index < last)

    @property
    def is_reordered(self) -> bool:
        """Whether entries of before stand in another order."""
        known = {**self.kept, **self.altered}
        order = [known[index] for index in sorted(known)]
        return order != sorted(order)


def compare_logs(before: tuple[Entry, ...], now: tuple[Entry, ...]) -> LogGrowth:
    """Return what became of a log, in time linear in its length."""
    known = len(before)
    if now[:known] == before:
        same = {index: index for index in range(known)}
        return LogGrowth(same, {}, tuple(range(known, len(now))), ())
    held = {name: index for index, name in enumerate(name_entries(before))}
    kept: dict[int, int] = {}
    rest: list[int] = []
    for index, name in enumerate(name_entries(now)):
        if name in held:
            kept[index] = held.pop(name)
        else:
            rest.append(index)
    alike: dict[object, list[int]] = defaultdict(list)
    for index in sorted(held.values(), reverse=True):
        alike[_outline(before[index])].append(index)
    altered: dict[int, int] = {}
    for index in rest:
        if found := alike[_outline(now[index])]:
            altered[index] = found.pop()
    added = tuple(index for index in rest if index not in altered)
    gone = tuple(sorted(index for indexes in alike.values() for index in indexes))
    return LogGrowth(kept, altered, added, gone)


def name_entries(log: tuple[Entry, ...]) -> tuple[EntryName, ...]:
    """Return a name for each entry: all that it says, and the how manyth is that says so."""
    seen: dict[str, int] = defaultdict(int)
    names: list[EntryName] = []
    for entry in log:
        content = json.dumps(entry_data(entry), sort_keys=True, default=str)
        names.append((content, seen[content]))
        seen[content] += 1
    return tuple(names)


def _outline(entry: Entry) -> object:
    return entry.kind, entry.at, entry.recorded_at, entry.by
