"""Exchange with a remote: branches, pull requests, receipts, cursors.

Reads both sides, asks `reconcile` what both should hold, makes it so here in one
transaction and there in one atomic push with a lease on every reference.  Whoever
loses a race reads again.  Where the sides last agreed is kept below
`refs/doleances/remotes/<remote>/`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.errors import OutsideFailed, UsageError
from runner.forges.branches import Head, read_heads
from runner.forges.local import LocalForge
from runner.forges.local_refs import BRANCHES
from runner.forges.reconcile import (
    Agreement,
    Meeting,
    Newer,
    Tip,
    agree_on_branch,
    agree_on_pulls,
    first_receipt,
)
from runner.planning.branches import brings_case_in
from runner.repo.git import (
    BranchName,
    GitFailed,
    Repository,
    is_ancestor,
    is_object_name,
    parse_branch,
    read_refs,
    read_worktrees,
)
from runner.repo.ledger import LEDGER, Ledger, ledger_commit, newest, read_ledger
from runner.repo.objects import ObjectReader, Signature, write_blob, write_commits
from runner.repo.pulls import (
    COUNTER,
    PullRecord,
    parse_pull_ref,
    pull_commit,
    read_counter,
    read_pulls,
)
from runner.repo.receipts import RECEIPTS, Receipt, read_receipts
from runner.repo.receipts_merge import merge_receipts
from runner.repo.refs import RefChange, RefsMoved, update_refs

_TRIES = 6
_REMOTE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
Refs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Synced:
    """What an exchange did: references that changed here and there.

    `renumbered` pairs the old and the new number of pull requests here.  `conflicts`
    are branches that people changed on both sides.  `ignored` is what the remote holds
    and should not.  `kept` are branches that should have moved and are checked out.
    """

    received: tuple[str, ...]
    sent: tuple[str, ...]
    renumbered: tuple[tuple[int, int], ...]
    conflicts: tuple[str, ...]
    kept: tuple[str, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sides:
    """What each side holds."""

    ours: Refs
    theirs: Refs
    pulls_here: tuple[PullRecord, ...]
    pulls_there: tuple[PullRecord, ...]

    def branches(self) -> set[BranchName]:
        """Return the branches that either side has, or has a pull request for."""
        names = (
            parse_branch(ref.removeprefix("refs/heads/")) for ref in {*self.ours, *self.theirs}
        )
        return {
            *(branch for branch in names if branch is not None),
            *(pull.branch for pull in (*self.pulls_here, *self.pulls_there)),
        }


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What each side should hold, but for the base."""

    here: Refs
    there: Refs
    renumbered: tuple[tuple[int, int], ...]
    conflicts: tuple[str, ...]
    ignored: tuple[str, ...]


def sync(forge: LocalForge, remote: str) -> Synced:
    """Exchange with a configured remote until both sides hold the same.

    Raises:
        UsageError: when no remote is called that.
        OutsideFailed: when it cannot be reached, or others push without pause.
    """
    repository = forge.repository
    _check_remote(repository, remote)
    for _ in range(_TRIES):
        theirs, foreign = _read_remote(repository, remote, forge.refs.base_ref)
        try:
            _fetch(repository, remote, theirs)
            ours = _ours(read_refs(repository, forge.refs.base_ref, BRANCHES, "refs/doleances"))
            agreed = _agree(forge, remote, ours, theirs)
            kept = _checked_out(repository, ours, agreed.here)
            received = _move(repository, ours, agreed.here, kept)
            sent = _push(repository, remote, theirs, agreed.there)
        except RefsMoved:
            continue
        except GitFailed:
            # Somebody else pushed in between: the references listed are no longer there.
            if _read_remote(repository, remote, forge.refs.base_ref)[0] == theirs:
                raise
            continue
        _remember(repository, remote, agreed.there)
        return Synced(
            received=received,
            sent=sent,
            renumbered=agreed.renumbered,
            conflicts=agreed.conflicts,
            kept=kept,
            ignored=(*foreign, *agreed.ignored),
        )
    raise OutsideFailed(f"others keep pushing to {remote}", "run `doleances sync` again")


def _check_remote(repository: Repository, remote: str) -> None:
    known = repository.text("remote").splitlines()
    if not _REMOTE.fullmatch(remote) or remote not in known:
        raise UsageError(
            f"no remote is called {remote!r}",
            f"known: {', '.join(known) or 'none'}; `git remote add NAME URL` adds one",
        )


def _is_ours(ref: str) -> bool:
    return (
        ref in {RECEIPTS, LEDGER, COUNTER}
        or parse_pull_ref(ref) is not None
        or (
            ref.startswith("refs/heads/")
            and parse_branch(ref.removeprefix("refs/heads/")) is not None
        )
    )


def _ours(refs: Refs) -> dict[str, str]:
    return {ref: oid for ref, oid in refs.items() if _is_ours(ref)}


def _read_remote(
    repository: Repository, remote: str, base_ref: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the references of the remote that are the desk's, and the names of odd ones."""
    listed = repository.text("ls-remote", "--quiet", remote, "refs/heads/*", "refs/doleances/*")
    found: dict[str, str] = {}
    foreign: list[str] = []
    for line in listed.splitlines():
        oid, _, ref = line.partition("\t")
        if not is_object_name(oid):
            continue
        if ref == base_ref or _is_ours(ref):
            found[ref] = oid
        elif ref.startswith((f"{BRANCHES}/", "refs/doleances/")):
            foreign.append(f"{ref}: no reference of the desk has such a name")
    return found, tuple(foreign)


def _fetch(repository: Repository, remote: str, theirs: Refs) -> None:
    """Bring the objects here, without any reference: what they are worth is judged first."""
    if not theirs:
        return
    repository.run(
        "-c", "fetch.fsckObjects=true", "-c", "maintenance.auto=false",
        "fetch", "--quiet", "--no-filter", "--no-tags", "--no-write-fetch-head", "--refmap=",
        "--no-recurse-submodules", "--stdin", remote,
        stdin="".join(f"{ref}\n" for ref in theirs).encode(),
    )  # fmt: skip


def _agree(forge: LocalForge, remote: str, ours: Refs, theirs: Refs) -> _Agreed:
    repository = forge.repository
    union = merge_receipts(
        repository, ours.get(RECEIPTS), theirs.get(RECEIPTS), first_receipt, forge.refs.bot
    )
    with ObjectReader(repository) as reader:
        pulls_here, unread_here = read_pulls(reader, ours)
        pulls_there, unread_there = read_pulls(reader, theirs)
        sides = _Sides(ours, theirs, pulls_here, pulls_there)
        receipts = read_receipts(
            reader, union.commit, ((b.case_id, b.change) for b in sides.branches())
        )
        ended = {
            branch.name: receipts[branch.case_id, branch.change]
            for branch in sides.branches()
            if (branch.case_id, branch.change) in receipts
        }
        counter = max(
            read_counter(reader, ours.get(COUNTER), ours),
            read_counter(reader, theirs.get(COUNTER), theirs),
        )
        ledger_here = read_ledger(reader, ours.get(LEDGER))
        ledger_there = read_ledger(reader, theirs.get(LEDGER))
    branches = _agree_on_branches(forge, remote, sides, ended)
    taken = {receipt.number for receipt in union.arrived}
    taken.update(number for ref in unread_there if (number := parse_pull_ref(ref)) is not None)
    withdrawn = {name for name, agreement in branches.items() if agreement.withdrawn}
    pulls = agree_on_pulls(pulls_here, pulls_there, ended.keys() | withdrawn, taken, counter)
    both = {pull.ref: _pull_value(repository, pull, forge.refs.bot) for pull in pulls.open.values()}
    if union.commit is not None:
        both[RECEIPTS] = union.commit
    ledger = newest(ledger_here, ledger_there)
    if ledger == ledger_there and LEDGER in theirs:
        both[LEDGER] = theirs[LEDGER]
    elif ledger != Ledger():
        (both[LEDGER],) = write_commits(repository, (ledger_commit(ledger, forge.refs.bot),))
    if pulls.counter:
        both[COUNTER] = write_blob(repository, b"%d\n" % pulls.counter)
    # What cannot be read stays as it is: a later version of the program may know it.
    stay_here = {ref: ours[ref] for ref in unread_here}
    stay_there = {ref: theirs[ref] for ref in unread_there}
    return _Agreed(
        here=stay_here | both | {f"refs/heads/{n}": a.here for n, a in branches.items() if a.here},
        there=both
        | stay_there
        | {f"refs/heads/{n}": a.there for n, a in branches.items() if a.there},
        renumbered=pulls.renumbered,
        conflicts=tuple(sorted(name for name, a in branches.items() if a.conflict)),
        ignored=(*union.ignored, *(f"{ref}: {why}" for ref, why in unread_there.items())),
    )


def _pull_value(repository: Repository, pull: PullRecord, bot: Signature) -> str:
    """Return the commit that holds a pull request: the one it came in, if it is unchanged."""
    if pull.ref_value:
        return pull.ref_value
    (commit,) = write_commits(repository, (pull_commit(pull, bot),))
    return commit


def _agree_on_branches(
    forge: LocalForge, remote: str, sides: _Sides, ended: Mapping[str, Receipt]
) -> dict[str, Agreement]:
    repository = forge.repository
    base_here, base_there = forge.base(), sides.theirs.get(forge.refs.base_ref)
    before = read_refs(repository, _memory(remote, BRANCHES))
    refs = sorted(ref for ref in {*sides.ours, *sides.theirs} if ref.startswith(f"{BRANCHES}/"))
    heads = read_heads(
        repository,
        {side[ref] for ref in refs for side in (sides.ours, sides.theirs) if ref in side},
        [base for base in (base_here, base_there) if base is not None],
        forge.refs.bot.email,
    )
    open_here = {pull.branch.ref for pull in sides.pulls_here}
    open_there = {pull.branch.ref for pull in sides.pulls_there}
    agreements: dict[str, Agreement] = {}
    for ref in refs:
        name = ref.removeprefix("refs/heads/")
        here, there = sides.ours.get(ref), sides.theirs.get(ref)
        is_merged = bool(
            name in ended and there and base_there and _holds(repository, base_there, there)
        )
        agreements[name] = agree_on_branch(
            Meeting(
                here=_tip(here, heads),
                there=_tip(there, heads, is_merged),
                before=before.get(_memory(remote, ref)),
                newer=_newer(repository, here, there),
                pull_here=ref in open_here,
                pull_there=ref in open_there,
                receipt=ended.get(name),
                is_change=not brings_case_in(name),
            )
        )
    return agreements


def _tip(head: str | None, heads: Mapping[str, Head], merged: bool = False) -> Tip | None:
    if head is None:
        return None
    known = heads.get(head, Head(0, touched=False))
    return Tip(head, known.committed_at, known.touched, merged)


def _newer(repository: Repository, here: str | None, there: str | None) -> Newer:
    if here is None or there is None or here == there:
        return Newer.NEITHER
    if is_ancestor(repository, here, there):
        return Newer.THERE
    return Newer.HERE if is_ancestor(repository, there, here) else Newer.NEITHER


def _holds(repository: Repository, base: str, head: str) -> bool:
    """Whether a base has all that a branch brings, be it by a squash."""
    if is_ancestor(repository, head, base):
        return True
    status, said = repository.run_status(
        "merge-tree", "--write-tree", "--no-messages", base, head, accept=(0, 1)
    )
    tree = said.decode().strip()
    return status == 0 and tree == repository.text("rev-parse", f"{base}^{{tree}}")


def _checked_out(repository: Repository, ours: Refs, agreed: Refs) -> tuple[str, ...]:
    busy = read_worktrees(repository)
    return tuple(ref for ref in _different(ours, agreed) if ref in busy and ref in ours)


def _different(old: Refs, new: Refs) -> tuple[str, ...]:
    refs = sorted(ref for ref in {*old, *new} if _is_ours(ref))
    return tuple(ref for ref in refs if old.get(ref) != new.get(ref))


def _move(repository: Repository, ours: Refs, agreed: Refs, kept: Iterable[str]) -> tuple[str, ...]:
    """Make it so here.

    Receipts first: what they say ended may then go.  The counter last: who reads it finds
    every pull request that it counts.
    """
    moved = [ref for ref in _different(ours, agreed) if ref not in kept]
    moved.sort(key=lambda ref: (ref != RECEIPTS, ref == COUNTER))
    update_refs(repository, [RefChange(ref, ours.get(ref), agreed.get(ref)) for ref in moved])
    return tuple(sorted(moved))


def _push(repository: Repository, remote: str, theirs: Refs, agreed: Refs) -> tuple[str, ...]:
    """Make it so there, all or nothing, if it is still as it was read."""
    moved = _different(theirs, agreed)
    if moved:
        leases = [f"--force-with-lease={ref}:{theirs.get(ref, '')}" for ref in moved]
        repository.run(
            "push", "--quiet", "--porcelain", "--atomic", "--no-follow-tags",
            "--recurse-submodules=no", *leases, remote,
            *(f"{agreed.get(ref, '')}:{ref}" for ref in moved),
        )  # fmt: skip
    return moved


def _memory(remote: str, ref: str) -> str:
    return f"refs/doleances/remotes/{remote}/{ref.removeprefix('refs/')}"


def _remember(repository: Repository, remote: str, agreed: Refs) -> None:
    """Keep where the remote stands: it tells next time what a person removed since."""
    old = read_refs(repository, f"refs/doleances/remotes/{remote}")
    new = {_memory(remote, ref): oid for ref, oid in agreed.items()}
    update_refs(
        repository,
        [
            RefChange(ref, old.get(ref), new.get(ref))
            for ref in sorted({*old, *new})
            if old.get(ref) != new.get(ref)
        ],
    )
