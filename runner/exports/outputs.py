"""One file that changes as a whole: the old one stands until the new one is complete."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.errors import OutsideFailed, Refused, UsageError
from runner.repo.git import Repository

_FOLDER = "exports"
"""The folder below the desk for what nobody named a place for."""


@contextmanager
def new_file(
    out: Path, what: str, is_ours: Callable[[Path], bool], *, force: bool = False
) -> Iterator[Path]:
    """Give a path to write to; when all went well, what stands there takes the place of `out`.

    `is_ours` tells whether an older file is `what`, such as `an export`.

    Raises:
        Refused: when something else stands at `out`, and there is no `force`.
        UsageError: when nothing can be written there.
        OutsideFailed: when it cannot be written to its end, such as on a full disk.
    """
    _check(out, what, is_ours, force=force)
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.new-")
        os.close(handle)
    except OSError as error:
        raise UsageError(
            f"cannot write beside {out}: {error.strerror}", "name another file with --out"
        ) from None
    made = Path(name)
    try:
        yield made
        mask = os.umask(0)
        os.umask(mask)
        made.chmod(0o666 & ~mask)
        made.replace(out)
    except OSError as error:
        raise OutsideFailed(
            f"{out} cannot be written: {error.strerror or error}", "an older one there stays"
        ) from error
    finally:
        made.unlink(missing_ok=True)


def unnamed_file(repository: Repository, name: str) -> Path:
    """Return where a file goes that nobody named a place for, so that git never adds it.

    In a desk the folder `exports/`, which is made with a `.gitignore` of its own that holds
    everything in it back; in a bare repository the folder at hand.

    Raises:
        UsageError: when there is such a folder that git does not ignore, or none can be made.
    """
    if repository.worktree is None:
        return Path(name)
    out = repository.worktree / _FOLDER / name
    prepare_folder(repository, out)
    if is_addable(repository, out):
        raise UsageError(
            f"git would add {out}, which holds customers' words",
            f"add /{_FOLDER}/ to .gitignore, or name a file with --out",
        )
    return out


def prepare_folder(repository: Repository, out: Path) -> None:
    """Make the folder `exports/` of a desk that `out` is to stand in, where there is none.

    A `.gitignore` of its own holds everything in it back.

    Raises:
        UsageError: when it cannot be made.
    """
    folder = out.parent.resolve()
    if repository.worktree is None or folder != repository.worktree.resolve() / _FOLDER:
        return
    try:
        if not folder.exists():
            folder.mkdir()
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot make {folder}: {error.strerror}", "name a file with --out"
        ) from None


def is_addable(repository: Repository, out: Path) -> bool:
    """Return whether git would add a file or a folder: it is in the work tree and not ignored."""
    place = out.parent.resolve() / out.name
    if repository.worktree is None or not place.is_relative_to(repository.worktree.resolve()):
        return False
    # A folder may be ignored by a rule for folders alone, which what is in it falls under.
    asked = place / "it" if place.is_dir() else place
    status, _ = repository.run_status(
        "check-ignore", "--quiet", "--", str(asked), accept=(0, 1, 128)
    )
    return status != 0


def _check(out: Path, what: str, is_ours: Callable[[Path], bool], *, force: bool) -> None:
    if out.is_symlink():
        raise Refused(f"{out} is a symbolic link", "name a file of its own with --out")
    if out.is_dir():
        raise Refused(f"{out} is a folder", "name a file with --out")
    if force or not out.exists():
        return
    if not out.is_file():
        raise Refused(f"{out} is no ordinary file", "name another with --out")
    if out.stat().st_size and not is_ours(out):
        raise Refused(f"{out} is not {what}", "name another file with --out, or add --force")
