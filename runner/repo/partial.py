"""Clones that leave something out: what is to be read comes in one go.

A scheduled job clones without the contents of files (`--filter=blob:none`).  Git brings a file
that it lacks when it is read, each by a request of its own: 10,000 cases in an hour.  Whoever
reads many says before which, and they come by one request.  So do the folders of a clone
without them (`--filter=tree:0`).  What a shallow clone has cut off is not brought.
"""

import re
from collections.abc import Iterable

from runner.repo.git import GitFailed, Repository, chunked, is_object_name

_PROMISING = re.compile(r"remote\.([A-Za-z0-9][A-Za-z0-9._-]*)\.promisor true", re.IGNORECASE)
_PATHS_AT_ONCE = 500
_TREES_AT_ONCE = 20_000


def cut_commits(repository: Repository) -> frozenset[str]:
    """Return the commits before which a shallow clone holds nothing, none for a whole one."""
    try:
        names = (repository.common_dir / "shallow").read_text("ascii", "replace")
    except OSError:
        return frozenset()
    return frozenset(names.split())


def promising_remote(repository: Repository) -> str | None:
    """Return the remote that has what this clone left out, None for a whole clone."""
    try:
        settings = (repository.common_dir / "config").read_bytes()
    except OSError:
        return None
    if b"promisor" not in settings:
        return None
    found = repository.run(
        "config", "--local", "--get-regexp", r"^remote\..*\.promisor$", accept=(0, 1)
    )
    named = _PROMISING.match(found.decode("utf-8", "replace"))
    return named[1] if named else None


def bring_trees(repository: Repository, tip: str) -> None:
    """Fetch the folders of the main line up to `tip`, where the clone leaves folders out.

    Raises:
        OutsideFailed: when the remote cannot be reached.
    """
    remote = promising_remote(repository)
    if remote is None:
        return
    left_out = repository.run(
        "config", "--local", f"remote.{remote}.partialclonefilter", accept=(0, 1)
    )
    if b"tree:0" in left_out:
        trees = repository.text("log", "--first-parent", "--format=%T", tip).splitlines()
        for some in chunked(dict.fromkeys(trees), _TREES_AT_ONCE):
            bring_objects(repository, remote, some)


def bring_objects(repository: Repository, remote: str, names: Iterable[str]) -> None:
    """Fetch those objects that are not here.  Names are as for `ObjectReader`.

    What the remote does not have either is left to whoever reads it.

    Raises:
        OutsideFailed: when the remote cannot be reached.
    """
    wanted = set(_object_names(repository, names))
    if not wanted:
        return
    # Of all that tells what is there, this alone neither brings what is not nor lists everything.
    here = repository.text(
        "rev-list", "--objects", "--no-walk", "--no-object-names", "--ignore-missing",
        "--missing=print", "--filter=tree:0", "--stdin",
        stdin="".join(f"{name}\n" for name in wanted).encode(),
    )  # fmt: skip
    missing = sorted(wanted.difference(here.split()))
    if not missing:
        return
    try:
        repository.run(
            "-c", "fetch.negotiationAlgorithm=noop", "-c", "fetch.fsckObjects=true",
            "-c", "maintenance.auto=false",
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=",
            "--no-recurse-submodules", "--filter=blob:none", "--stdin", remote,
            stdin="".join(f"{name}\n" for name in missing).encode(),
        )  # fmt: skip
    except GitFailed as error:
        raise GitFailed(
            f"this clone leaves out {len(missing)} that are to be read, and {remote} did not "
            f"give them: {error.message}",
            "go where the remote can be reached, or use a whole clone",
            error.status,
        ) from None


def _object_names(repository: Repository, names: Iterable[str]) -> Iterable[str]:
    """Return the object names of blobs; git tells those of `<commit>:<path>` by the trees."""
    paths: dict[str, list[str]] = {}
    for name in names:
        if is_object_name(name):
            yield name
        elif ":" in name:
            commit, _, path = name.partition(":")
            paths.setdefault(commit, []).append(path)
    for commit, inside in paths.items():
        for some in chunked(inside, _PATHS_AT_ONCE):
            listed = repository.run(
                "ls-tree", "-z", "--full-tree", commit, "--", *some, accept=(0, 128)
            )
            for line in listed.decode("utf-8", "replace").split("\0"):
                kind, _, rest = line.partition(" ")[2].partition(" ")
                if kind == "blob":
                    yield rest.partition("\t")[0]
