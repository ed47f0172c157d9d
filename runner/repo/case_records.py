"""Small records of cases in a commit's tree: `<root>/<2>/<case-id>/<name>`, a file each."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from runner.repo.git import chunked
from runner.repo.objects import ObjectReader, parse_tree

_CASES_AT_ONCE = 1000

_Kept = TypeVar("_Kept")


def folder_of(root: str, case_id: str) -> str:
    """Return where the records of a case stand: a folder below one for its first characters."""
    return f"{root}/{case_id[2:4]}/{case_id}"


def read_case_records(
    reader: ObjectReader,
    commit: str | None,
    root: str,
    case_ids: Iterable[str],
    *,
    parse: Callable[[bytes | None], _Kept],
    path_of: Callable[[_Kept], str],
) -> dict[str, list[_Kept]]:
    """Return what `parse` makes of the records of some cases, by case, in the order of their names.

    Only the folders of these cases are read.  What `parse` refuses with a `ValueError`, and what
    does not stand where `path_of` says that it does, counts as none.
    """
    found: dict[str, list[_Kept]] = {}
    if commit is None or reader.read(f"{commit}:{root}") is None:
        return found
    for ids in chunked(sorted(set(case_ids)), _CASES_AT_ONCE):
        trees = list(reader.read_all(f"{commit}:{folder_of(root, case_id)}" for case_id in ids))
        files = [
            (case_id, name, oid)
            for case_id, tree in zip(ids, trees, strict=True)
            for name, oid in parse_tree(tree).items()
        ]
        blobs = reader.read_all(oid for *_, oid in files)
        for (case_id, name, _), stored in zip(files, blobs, strict=True):
            if stored is None or stored.kind != "blob":
                continue
            with suppress(ValueError):
                kept = parse(stored.data)
                if path_of(kept) == f"{folder_of(root, case_id)}/{name}":
                    found.setdefault(case_id, []).append(kept)
    return found
