"""References changed together or not at all, each only from where it was seen."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from runner.errors import OutsideFailed
from runner.repo.git import GitFailed, Repository, chunked, read_refs

_TRIES_AT_A_LOCK = 4
_PATTERNS_AT_ONCE = 500


class RefsMoved(OutsideFailed):
    """A reference was not where it was seen; nothing was changed.  Read again and decide anew."""

    def __init__(self, refs: Sequence[str]) -> None:
        super().__init__(f"meanwhile somebody moved {', '.join(refs[:3])}", "run it again")
        self.refs = tuple(refs)


@dataclass(frozen=True, slots=True)
class RefChange:
    """A reference goes from `old` to `new`; None is: not there.  Equal values only verify."""

    ref: str
    old: str | None
    new: str | None


def update_refs(repository: Repository, changes: Sequence[RefChange]) -> None:
    """Make all changes in one transaction, in the order given.

    Git writes the references one after another once all are locked, so a kill in
    that moment can leave the later ones behind: put first what the others rely on.

    Raises:
        RefsMoved: when one of them is not at its `old` value; nothing was changed.
        OutsideFailed: when git cannot lock them, or for what else it says.
    """
    if not changes:
        return
    script = "".join(_instruction(change) for change in changes).encode()
    tries = 0
    while True:
        tries += 1
        try:
            repository.run("update-ref", "--no-deref", "--stdin", "-z", stdin=script)
        except GitFailed as failed:
            moved = _moved(repository, changes)
            if moved:
                raise RefsMoved(moved) from None
            if ".lock'" not in failed.message or tries == _TRIES_AT_A_LOCK:
                raise
            # Another transaction holds a lock; a length of one's own keeps two from
            # meeting again and again.
            time.sleep(0.05 + os.urandom(1)[0] / 1000)
        else:
            return


def _instruction(change: RefChange) -> str:
    match change:
        case RefChange(ref, old, new) if old == new:
            return f"verify {ref}\0{old or ''}\0"
        case RefChange(ref, None, str(new)):
            return f"create {ref}\0{new}\0"
        case RefChange(ref, str(old), None):
            return f"delete {ref}\0{old}\0"
        case RefChange(ref, old, new):
            return f"update {ref}\0{new}\0{old}\0"


def _moved(repository: Repository, changes: Sequence[RefChange]) -> list[str]:
    found: dict[str, str] = {}
    for patterns in chunked((change.ref for change in changes), _PATTERNS_AT_ONCE):
        found.update(read_refs(repository, *patterns))
    return [change.ref for change in changes if found.get(change.ref) != change.old]
