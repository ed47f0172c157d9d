"""References changed together or not at all, each only from where it was seen."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from runner.errors import OutsideFailed
from runner.repo.git import GitFailed, Repository, chunked, read_refs

_OURS = ("refs/doleances/", "refs/desk/", "refs/heads/doleances/", "refs/heads/desk/")
STALE_AFTER = 10.0
"""Seconds after which a lock on one of our references is left over from a kill."""
PATIENCE = 15.0
"""Seconds that a change waits for locks of others: longer than a lock takes to be stale."""
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
    Runs take turns, and what a killed one left locked is unlocked.

    Raises:
        RefsMoved: when one of them is not at its `old` value; nothing was changed.
        OutsideFailed: when git cannot lock them, or for what else it says.
    """
    if not changes:
        return
    script = "".join(_instruction(change) for change in changes).encode()
    with _turn(repository) as turn:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                repository.run("update-ref", "--no-deref", "--stdin", "-z", stdin=script)
            except GitFailed as failed:
                moved = _moved(repository, changes)
                if moved:
                    raise RefsMoved(moved) from None
                if ".lock'" not in failed.message or time.monotonic() > deadline:
                    raise
                _remove_stale_locks(repository, changes, turn)
                # A length of one's own keeps two from meeting again and again.
                time.sleep(0.05 + os.urandom(1)[0] / 1000)
            else:
                return


@contextmanager
def _turn(repository: Repository) -> Iterator[Path]:
    """Be the only run that changes references here; the kernel ends the turn of a killed one."""
    path = repository.common_dir / "doleances" / "turn"
    try:
        path.parent.mkdir(exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise OutsideFailed(
            f"{path} cannot be written: {error.strerror}", "look at the disk and at its rights"
        ) from None
    with file:
        deadline = time.monotonic() + 4 * PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OutsideFailed(
                        "another run has been writing references for a minute", "try again later"
                    ) from None
                time.sleep(0.01)
        yield path


def _remove_stale_locks(repository: Repository, changes: Sequence[RefChange], turn: Path) -> None:
    """Remove the lock files that a killed git left on references that are the program's own.

    Nobody else of us is writing, git holds a lock for milliseconds, and only its own file
    system's clock tells how old a file is.
    """
    os.utime(turn)
    now = turn.stat().st_mtime
    for change in changes:
        if not change.ref.startswith(_OURS):
            continue
        lock = repository.common_dir / f"{change.ref}.lock"
        with suppress(OSError):
            if now - lock.stat().st_mtime > STALE_AFTER:
                lock.unlink()


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
