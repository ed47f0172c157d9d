"""The baseline of the audit, as `sources.yaml` declared it from commit to commit."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from runner.errors import Fault
from runner.repo.files import SOURCES
from runner.repo.git import Repository
from runner.repo.mainline import walk_line
from runner.repo.objects import GitObject, ObjectReader
from runner.text.strict_yaml import read_value


def find_moves(repository: Repository, reader: ObjectReader, tip: str) -> Mapping[str, Fault]:
    """Return by commit what is to be told of those on the way to `tip` that moved the baseline.

    One that is taken back and declared anew elsewhere has moved too.
    """
    told = [
        (commit.name, change.new)
        for commit in walk_line(repository, tip, None, (SOURCES,))
        for change in commit.changes
    ]
    blobs = tuple(dict.fromkeys(blob for _, blob in told if blob is not None))
    said = dict(zip(blobs, map(_baseline, reader.read_all(blobs)), strict=True))
    moves: dict[str, Fault] = {}
    before = declared = None
    for commit, blob in told:
        now = said[blob] if blob is not None else None
        if declared is not None and now not in {before, declared}:
            moves[commit] = _moved(declared, now)
        before, declared = now, now or declared
    return moves


def _moved(was: str, now: str | None) -> Fault:
    said = f"the baseline of the audit was {was[:12]} and is {(now or 'none')[:12]}"
    hint = f"what came before is audited by `doleances audit --since {was[:12]}`"
    return Fault(SOURCES, 1, 1, "baseline-moved", said, hint)


def _baseline(stored: GitObject | None) -> str | None:
    """Return the baseline that a `sources.yaml` declares."""
    with suppress(ValueError):
        value: Any = read_value((stored.data if stored is not None else None) or b"")
        said = (value.get("audit") or {}).get("baseline") if isinstance(value, dict) else None
        return said if isinstance(said, str) else None
    return None
