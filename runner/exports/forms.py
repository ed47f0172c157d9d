"""Which format an export has: what was asked for, else what the name of its place says."""

from collections.abc import Mapping
from pathlib import Path

from runner.errors import UsageError

FORMATS = ("sqlite", "csv", "jsonl", "xlsx")
UNNAMED: Mapping[str, str] = {
    "sqlite": "desk.db",
    "csv": "csv",
    "jsonl": "jsonl",
    "xlsx": "desk.xlsx",
}
"""What an export is called that nobody named, by its format."""

_FOLDERS = ("csv", "jsonl")
"""The formats that write a folder; a folder of no older export gets the first."""
_ENDINGS: Mapping[str, str] = {
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".xlsx": "xlsx",
}


def choose_format(out: str, asked: str | None) -> str:
    """Return the format for what is to be written to `out`, as it was typed.

    An ending of `_ENDINGS` says it; a slash at the end, or a folder that is there, says that it
    is one of `_FOLDERS`.  Any other name takes what was asked for.

    Raises:
        UsageError: when the name says nothing and nothing was asked for, or they contradict.
    """
    path = Path(out)
    named = _ENDINGS.get(path.suffix.lower())
    is_folder = out.endswith("/") or path.is_dir()
    if is_folder and named not in {None, *_FOLDERS}:
        raise UsageError(
            f"--out {out} is a folder with the name of a file",
            f"name a file for --format {named}, or another folder",
        )
    if asked is None:
        if named is None and not is_folder:
            raise UsageError(
                f"--out {out} does not say which format",
                "name it .db (SQLite) or .xlsx, end it with / for a folder of CSV, "
                f"or say --format {' or '.join(FORMATS)}",
            )
        return named or _format_there(path)
    if named not in {None, asked}:
        raise UsageError(f"--out {out} has the name of another format", f"say --format {named}")
    if is_folder and asked not in _FOLDERS:
        raise UsageError(
            f"--out {out} is a folder, and --format {asked} writes a file",
            f"name a file, such as {Path(out, UNNAMED[asked])}",
        )
    return asked


def _format_there(folder: Path) -> str:
    """Return the format of the older export in a folder, CSV where there is none."""
    return next((form for form in _FOLDERS if any(folder.glob(f"*.{form}"))), _FOLDERS[0])
