"""The runner's branches of a git repository, all of them in a few processes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from runner.cases.case import Case
from runner.planning.observation import Branch
from runner.repo.case_files import read_case
from runner.repo.case_paths import parse_case_path
from runner.repo.git import BranchName, Repository, parse_branch
from runner.repo.objects import ObjectReader

_FORMAT = "%x01%H%x00%T%x00%P%x00%ae%x00%ce%x00%ct"


@dataclass(frozen=True, slots=True)
class _Commit:
    """A commit that is on a branch and not on the base, with the case files that it changed."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    emails: tuple[str, str]
    committed_at: int
    paths: tuple[str, ...]


def read_branches(
    repository: Repository,
    reader: ObjectReader,
    refs: Mapping[str, str],
    base: str,
    bot: str,
    *,
    parse: Callable[[str], BranchName | None] = parse_branch,
) -> tuple[Branch, ...]:
    """Return the branches among references, by name, with the case that each proposes.

    `parse` knows the names that count: those of the runner's branches.

    A branch is `hands_off` when an author or committer e-mail between the base and
    its head is not `bot`, and `merged` when the base holds its head.
    """
    named = sorted(
        (branch.name, branch, head)
        for ref, head in refs.items()
        if (branch := parse(ref.removeprefix("refs/heads/"))) is not None
    )
    commits = _read_commits(repository, {head for _, _, head in named}, (base,))
    histories = {head: tuple(_history(commits, head)) for _, _, head in named}
    paths = {branch.name: _path(branch, histories[head]) for _, branch, head in named}
    lost = [(b, head) for _, b, head in named if histories[head] and paths[b.name] is None]
    paths.update(_compared_paths(repository, commits, lost, base))
    cases = _read_cases(reader, ((b.name, head, paths[b.name]) for _, b, head in named))
    return tuple(
        Branch(
            name=branch.name,
            case_id=branch.case_id,
            change=branch.change,
            head=head,
            hands_off=any(email != bot for c in histories[head] for email in c.emails),
            merged=not histories[head],
            path=paths[branch.name] if branch.name in cases else None,
            case=cases.get(branch.name),
        )
        for _, branch, head in named
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a branch.

    `committed_at` is the last commit's instant in seconds since 1970, `touched` whether
    somebody other than the bot committed to the branch.
    """

    committed_at: int
    touched: bool


def read_heads(
    repository: Repository, heads: Iterable[str], bases: Iterable[str], bot: str
) -> dict[str, Head]:
    """Return what is known of the heads of branches; those that a base holds are left out."""
    wanted = frozenset(heads)
    commits = _read_commits(repository, wanted, bases)
    return {
        head: Head(
            committed_at=commits[head].committed_at,
            touched=any(mail != bot for c in _history(commits, head) for mail in c.emails),
        )
        for head in wanted
        if head in commits
    }


def _read_commits(
    repository: Repository, heads: Iterable[str], bases: Iterable[str]
) -> dict[str, _Commit]:
    wanted = sorted(heads)
    if not wanted:
        return {}
    listed = repository.run(
        "log",
        "--stdin",
        f"--format={_FORMAT}",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--no-notes",
        stdin="".join(f"{rev}\n" for rev in [*wanted, *(f"^{b}" for b in bases)]).encode(),
    )
    # An address may hold the mark too, but no line of it begins with that.
    texts = f"\n{listed.decode('utf-8', 'replace')}".split("\n\x01")[1:]
    commits = (_parse_commit(text) for text in texts)
    return {commit.oid: commit for commit in commits}


def _parse_commit(text: str) -> _Commit:
    head, *changes = text.split("\n")
    oid, tree, parents, author, committer, at = head.split("\0")
    changed = (line.rpartition("\t")[2] for line in changes if line.startswith(":"))
    return _Commit(
        oid,
        tree,
        tuple(parents.split()),
        (author, committer),
        int(at),
        tuple(path for path in changed if parse_case_path(path)),
    )


def _history(commits: Mapping[str, _Commit], head: str) -> Iterator[_Commit]:
    """Return what a branch adds to the base, from its head back."""
    seen, waiting = {head}, [head]
    while waiting:
        commit = commits.get(waiting.pop(0))
        if commit is None:
            continue
        yield commit
        new = [parent for parent in commit.parents if parent not in seen]
        seen.update(new)
        waiting.extend(new)


def _path(branch: BranchName, history: Iterable[_Commit]) -> str | None:
    touched = (path for commit in history for path in commit.paths)
    return next((path for path in touched if parse_case_path(path) == branch.case_id), None)


def _compared_paths(
    repository: Repository,
    commits: Mapping[str, _Commit],
    lost: Iterable[tuple[BranchName, str]],
    base: str,
) -> dict[str, str]:
    """Return the case files of branches whose commits do not tell, by comparing trees.

    So it is in a shallow clone, where a branch's first commit has no parent.
    """
    of_tree = {commits[head].tree: branch for branch, head in lost}
    if not of_tree:
        return {}
    base_tree = repository.text("rev-parse", f"{base}^{{tree}}")
    listed = repository.text(
        "diff-tree",
        "--stdin",
        "-r",
        "--no-renames",
        "--diff-filter=AM",
        "--name-only",
        stdin="".join(f"{base_tree} {tree}\n" for tree in of_tree).encode(),
    )
    found: dict[str, str] = {}
    branch: BranchName | None = None
    for line in listed.splitlines():
        if line.startswith(f"{base_tree} "):
            branch = of_tree.get(line.removeprefix(f"{base_tree} "))
        elif branch is not None and parse_case_path(line) == branch.case_id:
            found[branch.name] = line
    return found


def _read_cases(
    reader: ObjectReader, wanted: Iterable[tuple[str, str, str | None]]
) -> dict[str, Case]:
    asked = [(name, f"{head}:{path}", path) for name, head, path in wanted if path is not None]
    found: dict[str, Case] = {}
    objects = reader.read_all(spec for _, spec, _ in asked)
    for (name, _, path), stored in zip(asked, objects, strict=True):
        if stored is None or stored.kind != "blob" or stored.data is None:
            continue
        case = read_case(stored.data, path)
        if isinstance(case, Case):
            found[name] = case
    return found
