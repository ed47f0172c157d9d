"""Two chains of receipts become one: the union of both, the same whoever makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from runner.repo.git import Repository, is_ancestor, parse_changes
from runner.repo.objects import NewCommit, ObjectReader, Signature, write_commits
from runner.repo.posted import Posted
from runner.repo.receipts import Receipt, parse_receipt, parse_receipt_path
from runner.repo.told import TeamReceipt, parse_team_receipt

_EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The tree without entries, which every git knows, by the length of object names."""
_LAST_SECOND = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
"""Anybody may write a later one into a commit."""

Stored = tuple[Receipt, str]
"""A receipt and the name of its blob."""
_Found = tuple[Receipt | TeamReceipt, str]


@dataclass(frozen=True, slots=True)
class Union:
    """The merged chain.

    `arrived` are the receipts of pull requests that were not here, `ignored` what is none.
    """

    commit: str | None
    arrived: tuple[Receipt, ...]
    ignored: tuple[str, ...]


def merge_receipts(
    repository: Repository,
    here: str | None,
    there: str | None,
    choose: Callable[[Stored, Stored], Stored],
    bot: Signature,
) -> Union:
    """Return the union of two chains of receipts.

    `choose` says which of two for one pull request stands; of two for one message to the team
    it is the earlier.
    The chain from there is hostile: what is no receipt in its place is left out.
    Equal chains give the same commit on both sides, so that two clones come to rest.
    """
    if there is None or here == there:
        return Union(here, (), ())
    with ObjectReader(repository) as reader:
        chain = reader.read(there)
    if chain is None or chain.kind != "commit":
        return Union(here, (), ("the receipts there: they are no commit",))
    empty = _EMPTY_TREES[len(repository.zero)]
    listed = repository.run("diff-tree", "-r", "-z", "--no-renames", here or empty, there)
    differences = tuple(parse_changes(listed))
    taken: dict[str, str] = {}
    arrived: list[Receipt] = []
    ignored: list[str] = []
    with ObjectReader(repository) as reader:
        for difference in differences:
            if difference.new is None:
                continue
            new = _found(reader, difference.path, difference.mode, difference.new)
            if new is None:
                ignored.append(f"{difference.path}: it is no receipt")
                continue
            old = _found(reader, difference.path, "100644", difference.old)
            if old is None or _stands(old, new, choose):
                taken[difference.path] = new[1]
                arrived += [new[0]] if isinstance(new[0], Receipt) else []
    they_have_ours = len(taken) == len(differences)
    if here is not None and not taken and is_ancestor(repository, there, here):
        return Union(here, (), tuple(ignored))
    if they_have_ours and (here is None or is_ancestor(repository, here, there)):
        return Union(there, tuple(arrived), ())
    parents = tuple(sorted(one for one in (here, there) if one is not None))
    (merged,) = write_commits(
        repository,
        (
            NewCommit(
                message="receipts: Bring together.\n",
                by=bot,
                at=_latest(repository, parents),
                files=taken,
                parents=parents,
                tree=repository.text("rev-parse", f"{here}^{{tree}}") if here else empty,
            ),
        ),
    )
    return Union(merged, tuple(arrived), tuple(ignored))


def _found(reader: ObjectReader, path: str, mode: str, blob: str | None) -> _Found | None:
    stored = reader.read(blob) if mode == "100644" and blob else None
    if stored is None or stored.kind != "blob":
        return None
    key = parse_receipt_path(path)
    try:
        if key is None:
            return parse_team_receipt(path, stored.data), stored.oid
        return parse_receipt(stored.data, key), stored.oid
    except ValueError:
        return None


def _stands(old: _Found, new: _Found, choose: Callable[[Stored, Stored], Stored]) -> bool:
    """Return whether the new one takes the place of the old."""
    one, other = old[0], new[0]
    if isinstance(one, Receipt) and isinstance(other, Receipt):
        return choose((one, old[1]), (other, new[1])) == (other, new[1])
    if isinstance(one, Posted) and isinstance(other, Posted):
        # Of two runs that intend one try, that may post whose intent was there first: all writers
        # meet on the server.
        return True
    return (other.at, new[1]) < (one.at, old[1])


def _latest(repository: Repository, commits: tuple[str, ...]) -> datetime:
    said = repository.text("log", "--no-walk", "--format=%ct", *commits)
    seconds = max(int(line) for line in said.splitlines())
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC)
