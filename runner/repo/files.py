"""Files of the working tree, read safely and written whole.

Nothing is read through a symbolic link, from a device or beyond the size that
YAML may have: whoever may open a pull request may put any of these there.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from runner.errors import Fault, Severity
from runner.text.strict_yaml import BYTES_LIMIT, too_large

SOURCES = "sources.yaml"
CONFIGURATION_FOLDERS = ("policies", "templates")
CASES_FOLDER = "cases"
YAML_SUFFIXES = (".yaml", ".yml")
_DEPTH_LIMIT = 16
"""Folders inside one another; cases need four."""
_OPEN_SAFELY = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_configuration_files(root: Path) -> tuple[dict[str, bytes], tuple[Fault, ...]]:
    """Return `sources.yaml` and the YAML of `policies/` and `templates/`, by path.

    The paths are relative to `root`, with `/`.  The faults are of files that were
    not read, and why.
    """
    paths: list[str] = [SOURCES] if os.path.lexists(root / SOURCES) else []
    faults: list[Fault] = []
    for folder in CONFIGURATION_FOLDERS:
        found, unread = list_yaml_files(root, folder)
        paths += found
        faults += unread
    files: dict[str, bytes] = {}
    for path in paths:
        data = read_yaml_file(root, path)
        if isinstance(data, Fault):
            faults.append(data)
        else:
            files[path] = data
    return files, tuple(sorted(faults))


def list_yaml_files(root: Path, folder: str) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """Return the paths of the YAML files below a folder, sorted, and what is no file there."""
    found: list[str] = []
    faults: list[Fault] = []
    if (root / folder).is_symlink():
        return (), (_odd(folder, "a symbolic link"),)
    for path, fault in _walk(str(root), folder, 1):
        if fault is None:
            found.append(path)
        else:
            faults.append(fault)
    return tuple(sorted(found)), tuple(sorted(faults))


def list_passed_over(root: Path) -> tuple[Fault, ...]:
    """Return warnings of what a desk holds under another spelling, sorted, such as `Cases/`."""
    known = (SOURCES, CASES_FOLDER, *CONFIGURATION_FOLDERS)
    try:
        names = [each.name for each in root.iterdir()]
    except OSError:
        return ()
    return tuple(
        _passed_over(name, name.lower())
        for name in sorted(names)
        if name not in known and name.lower() in known
    )


def read_yaml_file(root: Path | str, path: str) -> bytes | Fault:
    """Return the bytes of a file, or why they are not read.

    `path` is relative to `root`; its folders are trusted to be folders, as listed.
    """
    try:
        descriptor = os.open(f"{root}/{path}", _OPEN_SAFELY)
    except FileNotFoundError:
        return Fault(path, 1, 1, "missing-file", "there is no such file")
    except OSError as error:
        if Path(root, path).is_symlink():
            return _odd(path, "a symbolic link")
        return Fault(path, 1, 1, "unreadable-file", f"the file cannot be read: {error.strerror}")
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            return _odd(path, "no ordinary file")
        if facts.st_size > BYTES_LIMIT:
            return too_large(path, facts.st_size)
        data = os.read(descriptor, facts.st_size)
        while len(data) < facts.st_size and (more := os.read(descriptor, facts.st_size)):
            data += more
    except OSError as error:
        return Fault(path, 1, 1, "unreadable-file", f"the file cannot be read: {error.strerror}")
    finally:
        os.close(descriptor)
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, making its folder where there is none."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _walk(root: str, folder: str, depth: int) -> Iterator[tuple[str, Fault | None]]:
    try:
        listed = list(os.scandir(f"{root}/{folder}"))
    except FileNotFoundError:
        return
    except OSError as error:
        fault = Fault(folder, 1, 1, "unreadable-file", f"cannot be listed: {error.strerror}")
        yield folder, fault
        return
    for entry in listed:
        path = f"{folder}/{entry.name}"
        if entry.is_symlink():
            yield path, _odd(path, "a symbolic link")
        elif entry.is_dir(follow_symlinks=False):
            if depth == _DEPTH_LIMIT:
                yield path, _odd(path, f"more than {_DEPTH_LIMIT} folders deep")
            else:
                yield from _walk(root, path, depth + 1)
        elif entry.name.endswith(YAML_SUFFIXES):
            yield path, None
        elif (name := entry.name.lower()).endswith(YAML_SUFFIXES):
            yield path, _passed_over(path, entry.name[: name.rindex(".")] + Path(name).suffix)


def _odd(path: str, what: str) -> Fault:
    return Fault(
        path, 1, 1, "odd-file", f"this is {what} and is not read", "put the file itself there"
    )


def _passed_over(path: str, name: str) -> Fault:
    return Fault(
        path, 1, 1, "passed-over", "this is not read: its name is not in small letters",
        f"call it {name}", Severity.WARNING,
    )  # fmt: skip
