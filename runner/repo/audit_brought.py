"""What a merge brought and does not hold, and what it wrote itself.

Whoever merges the main line into a branch of before, and pushes that as the main line, needs no
force: all that came since stands on the second parent alone, and no change against the first
parent shows that it went.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from runner.cases.joined_logs import find_lost, find_written
from runner.errors import Fault
from runner.planning.audit import Rules, Weight, check_hands, weigh
from runner.repo.audit_cases import parse_case_document
from runner.repo.case_diffs import CaseFiles, Pair
from runner.repo.case_paths import parse_case_path
from runner.repo.mainline import BranchCommit, MainCommit
from runner.repo.objects import ObjectReader
from runner.text.document import Document


class Side(NamedTuple):
    """A commit that was merged, and one near it that tells what it brought.

    What `is_direct` was merged into the main line; anything else into the branch that was.
    """

    head: str
    near: str
    is_direct: bool


def find_sides(
    commit: MainCommit, branch: Sequence[BranchCommit], line: frozenset[str]
) -> tuple[Side, ...]:
    """Return the sides of a merge, but for those whose files it took as they are.

    What a branch itself went through before does not count, what was merged into it does, but
    for what lies too far back, or is not there in a shallow clone.
    """
    trees = {one.name: one.tree for one in branch}
    forks = (name for one in branch for name in one.parents if name in line)
    near = next(forks, commit.parents[0])
    sides = [Side(name, near, is_direct=True) for name in commit.parents[1:]]
    for one in branch:
        sides += (Side(name, one.parents[0], is_direct=False) for name in one.parents[1:])
    return tuple(
        side
        for side in sides
        if trees.get(side.head, commit.tree) != commit.tree
        and (side.near in line or side.near in trees)
    )


def check_brought(
    reader: ObjectReader,
    commit: MainCommit,
    sides: Sequence[Side],
    brought: Mapping[Pair, CaseFiles],
    rules: Callable[[], Rules],
) -> Iterator[tuple[Fault, Weight]]:
    """Yield what cases said on the sides of a merge and do not say in it.

    And the entries that it wrote itself in the name of others.  `brought` are the case files of
    each side that differ from what is near it, and `rules` returns those of who made the merge.
    What was merged into a branch need never have been on the main line: it is unproven.
    """
    made = {change.path: change.new for change in commit.changes}
    files = [brought[side.head, side.near] for side in sides]
    if files == [made]:
        return
    told: set[str] = set()
    for side, its in zip(sides, files, strict=True):
        for path, blob in sorted(its.items()):
            # What is gone from the main line, too, is told as removed.
            if path in told or parse_case_path(path) is None or made.get(path, "") in (blob, None):
                continue
            if (lost := _find_lost(reader, commit.name, path, blob)) is not None:
                told.add(path)
                hint = f"`git diff {side.head[:12]} {commit.name[:12]} -- {path}` shows what went"
                said = f"{lost} in the merge that brought it"
                fault = Fault(path, 1, 1, "merge-dropped", said, hint)
                yield fault, Weight.BROKEN if side.is_direct else Weight.UNPROVEN
    for path, new in made.items():
        if new is None or parse_case_path(path) is None:
            continue
        if not any(its.get(path) == new for its in files):
            for fault in _check_written(reader, commit, path, rules()):
                yield fault, weigh(fault)


def _find_lost(reader: ObjectReader, commit: str, path: str, blob: str) -> str | None:
    was, now = _read(reader, blob, path), _read(reader, f"{commit}:{path}", path)
    if was is None:
        return None
    return find_lost(was, now) if now is not None else "the case is gone"


def _check_written(
    reader: ObjectReader, commit: MainCommit, path: str, rules: Rules
) -> tuple[Fault, ...]:
    now = _read(reader, f"{commit.name}:{path}", path)
    if now is None:
        return ()
    stood = (_read(reader, f"{parent}:{path}", path) for parent in commit.parents)
    return check_hands(now, find_written(filter(None, stood), now), rules)


def _read(reader: ObjectReader, name: str, path: str) -> Document | None:
    stored = reader.read(name)
    if stored is None or stored.data is None:
        return None
    return parse_case_document(stored.data, path, careful=True)
