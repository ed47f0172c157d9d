"""Files dropped into the repository: exports and saved feeds.

Settings: `path`, a glob below the repository (`*`, `?`, `[...]` within a name, `**` for any
folders); `columns` and `best`, see `records`.  `.csv`, `.jsonl`, `.yaml` and `.yml` are
records, `.xml`, `.rss`, `.atom` and `.json` saved feeds.

Symbolic links are not followed and nothing outside the repository is read: whoever may add
a file to `inbox/` by pull request could otherwise have the runner publish its machine's files.
"""

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from runner.planning.observation import Cursor
from runner.policies.values import Source
from runner.sources import feed
from runner.sources.adapter import ITEM_LIMIT, Fetched, Fresh, Outside, Unchanged, Unknown
from runner.sources.problems import Problem, Trouble
from runner.sources.records import Extract, Form, parse_csv, parse_json_lines, parse_yaml
from runner.text.wording import shown

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes of one export: 40,000 reviews of 250 characters."""
FILES_LIMIT = 200
_REMARKS_SHOWN = 5

_SAVED_FEEDS = (".xml", ".rss", ".atom", ".json")


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file as it was found; `name` is relative to the repository, with `/`."""

    name: str
    data: bytes


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read the files that fit the source's path, unless none changed since the cursor."""
    pattern = source.settings.get("path")
    if not isinstance(pattern, str):
        return Unknown(Problem(Trouble.NO_SETTING, "path"))
    if not _stays_inside(pattern):
        return Unknown(Problem(Trouble.OUTSIDE_REPOSITORY, pattern))
    return await outside.aside(lambda: _read(source, pattern, cursor, outside))


def _read(source: Source, pattern: str, cursor: Cursor | None, outside: Outside) -> Fetched:
    files, remarks = read_files(outside.root, pattern)
    if not files and not remarks:
        return Unknown(Problem(Trouble.NO_FILES, pattern))
    etag = digest(files)
    if cursor is not None and cursor.etag == etag and not remarks:
        return Unchanged()
    columns, best = source.settings.get("columns"), source.settings.get("best")
    answers = source.gives_survey_answers
    usual = {"native_id": "token"} if answers else {}
    form = Form(
        columns=usual | {str(k): str(v) for k, v in columns.items()}
        if isinstance(columns, Mapping)
        else usual,
        best=float(best) if isinstance(best, int | float) else 5.0,
        zone=outside.zone,
        now=outside.now,
        answers=answers,
    )
    extracts = [parse(file, form) for file in files]
    said = (*remarks, *(remark for extract in extracts for remark in extract.remarks))
    items = tuple(item for extract in extracts for item in extract.items)
    problem = Problem(Trouble.FILES, pattern, _shortened(said)) if said else None
    if problem and not items:
        return Unknown(problem)
    return Fresh(items, etag=etag, problem=problem)


def parse(file: DroppedFile, form: Form) -> Extract:
    """Return the items of one file by what its name ends with."""
    match PurePosixPath(file.name).suffix.lower():
        case ".csv" | ".tsv":
            return parse_csv(file.data, file.name, form)
        case ".jsonl" | ".ndjson":
            return parse_json_lines(file.data, file.name, form)
        case ".yaml" | ".yml":
            return parse_yaml(file.data, file.name, form)
        case suffix if suffix in _SAVED_FEEDS:
            parsed = feed.parse(file.data, "", "", form.now)
            if isinstance(parsed, Problem):
                return Extract((), (f"{file.name}:1: no feed: save the feed itself, not a page",))
            cut = f"{file.name}:1: only {ITEM_LIMIT} entries are read: split it"
            return Extract(parsed.items, (cut,) if parsed.problem else ())
        case suffix:
            return Extract(
                (),
                (f"{file.name}:1: {shown(suffix)} is not read: save it as .csv, .jsonl or .yaml",),
            )


def digest(files: tuple[DroppedFile, ...]) -> str:
    """Return what stands for an `ETag`: the SHA-256 of names and contents."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.name}\0{len(file.data)}\0".encode())
        whole.update(file.data)
    return f"sha256:{whole.hexdigest()}"


def read_files(root: Path, pattern: str) -> tuple[tuple[DroppedFile, ...], tuple[str, ...]]:
    """Return the files below `root` that fit, in order of name, and remarks on those left out."""
    found: list[DroppedFile] = []
    remarks: list[str] = []
    names = sorted(_fitting(root, PurePosixPath(), PurePosixPath(pattern).parts))
    if len(names) > FILES_LIMIT:
        remarks.append(f"{names[FILES_LIMIT]}:1: only {FILES_LIMIT} files are read: join some")
    for name in dict.fromkeys(names[:FILES_LIMIT]):
        try:
            data = _contents(root / name)
        except OSError as error:
            remarks.append(f"{name}:1: cannot be read ({error.strerror}): see its permissions")
            continue
        if data is None:
            remarks.append(f"{name}:1: larger than {FILE_LIMIT // 2**20} MB: split it")
        else:
            found.append(DroppedFile(name, data))
    return tuple(found), tuple(remarks)


def _stays_inside(pattern: str) -> bool:
    path = PurePosixPath(pattern)
    return (
        bool(path.parts)
        and not path.is_absolute()
        and ".." not in path.parts
        and path.parts[0] != ".git"
        and "\\" not in pattern
        and "\0" not in pattern
    )


def _fitting(root: Path, below: PurePosixPath, parts: tuple[str, ...]) -> Iterator[str]:
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _fitting(root, below, rest or ("*",))
    try:
        with os.scandir(root / below) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for entry in here:
        if entry.is_symlink():
            continue
        if part == "**":
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _fitting(root, below / entry.name, parts)
        elif not fnmatch.fnmatchcase(entry.name, part):
            continue
        elif rest:
            yield from _fitting(root, below / entry.name, rest)
        elif entry.is_file(follow_symlinks=False):
            yield str(below / entry.name)


def _contents(path: Path) -> bytes | None:
    """Return what a regular file holds, None when that is too much."""
    # Between listing and opening, a link or a pipe may have taken the file's place.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        data = file.read(FILE_LIMIT + 1)
    return data if len(data) <= FILE_LIMIT else None


def _shortened(remarks: tuple[str, ...]) -> str:
    shown = "; ".join(remarks[:_REMARKS_SHOWN])
    more = len(remarks) - _REMARKS_SHOWN
    return f"{shown}; and {more} more" if more > 0 else shown
