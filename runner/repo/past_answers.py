"""What customers of closed cases were told, read once: a cache beside the index of cases.

Kept in `<git dir>/doleances/answers.index`, good for one tree of `cases/` and one program; when
the tree moved, only the files that differ are read.  Absent, broken or made by another program,
it is built anew.  Nothing reads it but who looks for answers.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from runner.cases.case import Case
from runner.model import Category
from runner.replies.past_answers import PastCase, past_case
from runner.repo.case_files import read_case
from runner.repo.case_trees import compare_trees, find_tree, list_cases, program_digest
from runner.repo.files import write_file
from runner.repo.git import Repository, is_object_name, open_repository
from runner.repo.objects import ObjectReader

_FORMAT = 1
_Value = TypeVar("_Value")
_MONTHS = 24
"""Cases that began so many months before the newest one, or longer, answer nobody any more."""
_PROGRAM = ("cases/*.py", "schemas/case.schema.json", "text/*.py", "model.py",
            "replies/likeness.py", "replies/past_answers.py", "repo/past_answers.py")  # fmt: skip
"""The parts of the program that turn a case file into what is kept here."""
_CLOSED = re.compile(rb"^state: *[\"']?closed\b", re.MULTILINE)
_TOLD = re.compile(rb"\btext[\"']?:")


@dataclass(frozen=True, slots=True)
class _Kept:
    tree: str
    cases: Mapping[str, PastCase]


def read_past_answers(root: Path, base: str) -> tuple[PastCase, ...]:
    """Return the closed cases of a commit whose customers' answers were recorded, by path.

    Those that cannot be read are left out: the check names them.

    Raises:
        OutsideFailed: when git cannot read the cases.
    """
    repository = open_repository(root)
    tree = find_tree(repository, base)
    if tree is None:
        return ()
    file = repository.common_dir / "doleances" / "answers.index"
    program = f"{_FORMAT} {program_digest(_PROGRAM)}"
    kept = _read_cache(file, program)
    if kept is None or kept.tree != tree:
        kept = (_updated(repository, kept, tree) if kept else None) or _built(repository, tree)
        _write_cache(file, program, kept)
    return tuple(case for _, case in sorted(kept.cases.items()))


def _built(repository: Repository, tree: str) -> _Kept:
    return _Kept(tree, dict(_read(repository, _of_late(list_cases(repository, tree)))))


def _updated(repository: Repository, kept: _Kept, tree: str) -> _Kept | None:
    """Return what is kept of another tree, None when the old one is gone."""
    change = compare_trees(repository, kept.tree, tree)
    if change is None:
        return None
    changed = change.before.keys() | change.after.keys()
    cases = {path: case for path, case in kept.cases.items() if path not in changed}
    cases |= _read(repository, _of_late(change.after))
    return _Kept(tree, _of_late(cases))


def _of_late(files: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return the case files of the last months before the newest."""
    months = {path: _month(path) for path in files}
    since = max(months.values(), default=0) - _MONTHS
    return {path: files[path] for path, month in months.items() if month > since}


def _month(path: str) -> int:
    _, year, month, *_ = path.split("/")
    return int(year) * 12 + int(month)


def _log_of(data: bytes) -> bytes:
    """Return what follows the places, as files are written; all of a file written otherwise."""
    _, found, log = data.partition(b"\nlog:")
    return log if found else data


def _read(repository: Repository, files: Mapping[str, str]) -> Iterator[tuple[str, PastCase]]:
    with ObjectReader(repository) as reader:
        for path, stored in zip(files, reader.read_all(files.values()), strict=True):
            data = stored.data if stored is not None else None
            # Most cases recorded no words: parsing them would be most of the time.
            if data is None or not _CLOSED.search(data) or not _TOLD.search(_log_of(data)):
                continue
            case = read_case(data, path)
            past = past_case(case, path) if isinstance(case, Case) else None
            if past is not None:
                yield path, past


def _read_cache(file: Path, program: str) -> _Kept | None:
    try:
        kept = json.loads(file.read_bytes())
        if kept["program"] != program or not is_object_name(kept["tree"]):
            # Git would take some other words than a name for an option.
            return None
        cases = (_past_case(each) for each in kept["cases"])
        return _Kept(kept["tree"], {case.path: case for case in cases})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _past_case(kept: dict[str, Any]) -> PastCase:
    fields = dict(kept)
    category, closed_at = fields.pop("category"), fields.pop("closed_at")
    terms, told = fields.pop("terms"), fields.pop("told")
    return PastCase(
        **fields,
        category=Category(category),
        closed_at=datetime.fromisoformat(closed_at),
        terms=tuple(terms),
        told=tuple((template, text) for template, text in told),
    )


def _write_cache(file: Path, program: str, kept: _Kept) -> None:
    cases = [_kept_of(case) for _, case in sorted(kept.cases.items())]
    data = json.dumps({"program": program, "tree": kept.tree, "cases": cases})
    # A read-only repository can be looked through all the same.
    with suppress(OSError):
        write_file(file, data.encode())


def _kept_of(case: PastCase) -> dict[str, object]:
    return asdict(case) | {"closed_at": case.closed_at.isoformat()}
