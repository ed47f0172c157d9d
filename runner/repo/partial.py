"""Clones that leave files out: what is to be read comes in one go.

A scheduled job clones without the contents of files (`--filter=blob:none`).  Git brings a file
that it lacks when it is read, each by a request of its own: 10,000 cases in an hour.  Whoever
reads many says before which, and they come by one request.
"""

import re
from collections.abc import Iterable

from runner.repo.git import Repository, chunked, is_object_name

_PROMISING = re.compile(r"remote\.([A-Za-z0-9][A-Za-z0-9._-]*)\.promisor true", re.IGNORECASE)
_PATHS_AT_ONCE = 500


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


def bring_objects(repository: Repository, remote: str, names: Iterable[str]) -> None:
    """Fetch those objects that are not here.  Names are as for `ObjectReader`.

    What the remote does not have either is left to whoever reads it.

    Raises:
        OutsideFailed: when the remote cannot be reached.
    """
    wanted = set(_object_names(repository, names))
    if not wanted:
        return
    listed = repository.run(
        "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"
    )
    missing = sorted(wanted.difference(listed.decode().split()))
    if not missing:
        return
    repository.run(
        "-c", "fetch.negotiationAlgorithm=noop", "-c", "fetch.fsckObjects=true",
        "-c", "maintenance.auto=false",
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=",
        "--no-recurse-submodules", "--filter=blob:none", "--stdin", remote,
        stdin="".join(f"{name}\n" for name in missing).encode(),
    )  # fmt: skip


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
