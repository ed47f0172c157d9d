"""A folder of pages that changes as a whole: the old one stands until the new one is complete."""

import glob
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.errors import OutsideFailed, Refused, UsageError
from runner.report.exchange import exchange

_MARK = ".doleances-{what}"
"""Stands in every folder that a report made, and in no other: nothing else is ever replaced.
What else makes folders has a mark of its own."""
_FORGOTTEN = 86_400
"""After so many seconds an unfinished folder was left by a run that was killed."""


@contextmanager
def new_folder(out: Path, what: str = "report") -> Iterator[Path]:
    """Give an empty folder to write to; when all went well it takes the place of `out`.

    Raises:
        Refused: when something else than an older `what` stands at `out`.
        UsageError: when nothing can be written there.
        OutsideFailed: when it cannot be written to its end, such as on a full disk.
    """
    out = Path(out.parent.resolve(), out.name) if out.name not in {"", ".", ".."} else out.resolve()
    mark = _MARK.format(what=what)
    check_replaceable(out, what)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _clear(out, mark)
        made = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.new-"))
    except OSError as error:
        raise UsageError(
            f"cannot write beside {out}: {error.strerror}", "name another folder with --out"
        ) from None
    try:
        (made / mark).write_text(f"Made by doleances {what}: replaced as a whole.\n")
        yield made
        made.chmod(0o755)
        _swap(made, out, mark)
    except OSError as error:
        _remove(made, mark)
        raise OutsideFailed(
            f"the {what} cannot be written to {out}: {error.strerror}", "an older one there stays"
        ) from error
    except BaseException:
        _remove(made, mark)
        raise


def check_replaceable(out: Path, what: str = "report") -> None:
    """Refuse to replace what is none.

    Raises:
        Refused: for a link, a file, or a folder with other things in it.
    """
    hint = f"name a folder that is new, empty or an older {what} with --out"
    if out.is_symlink():
        raise Refused(f"{out} is a symbolic link", hint)
    if not out.exists():
        return
    if not out.is_dir():
        raise Refused(f"{out} is a file", hint)
    if any(out.iterdir()) and not (out / _MARK.format(what=what)).is_file():
        raise Refused(f"{out} holds something else than a doleances {what}", hint)


def _swap(made: Path, out: Path, mark: str) -> None:
    """Put a folder in the place of another, in one step where the system has such a step.

    Elsewhere none stands there for a moment; a run that is killed then leaves the older one
    beside it, and the next one puts that back.
    """
    if not out.exists():
        made.rename(out)
        return
    if not exchange(made, out):
        before = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.old-"))
        kept = before / out.name
        out.rename(kept)
        try:
            made.rename(out)
        except BaseException:
            kept.rename(out)
            before.rmdir()
            raise
        with suppress(OSError):
            # Whatever is to be put back is whole: nothing is removed there.
            kept.rename(made)
            before.rmdir()
    _remove(made, mark)


def _clear(out: Path, mark: str) -> None:
    """Remove what runs left that were killed; put back what one of them had taken away."""
    name = glob.escape(out.name)
    for left in sorted(out.parent.glob(f".{name}.old-*/{name}")):
        if not out.exists() and (left / mark).is_file():
            left.rename(out)
    for kind in ("new", "old"):
        for left in out.parent.glob(f".{name}.{kind}-*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _FORGOTTEN:
                    _remove(left / out.name, mark)
                    _remove(left, mark)


def _remove(folder: Path, mark: str) -> None:
    """Remove a folder that has the mark, as far as it can be, or one that is empty.

    The mark goes last: what a run leaves that is killed meanwhile is known by it, or is empty.
    """
    with suppress(OSError):
        if (folder / mark).is_file() and not folder.is_symlink():
            for each in folder.iterdir():
                if each.is_dir() and not each.is_symlink():
                    shutil.rmtree(each)
                elif each.name != mark:
                    each.unlink()
            (folder / mark).unlink()
        folder.rmdir()
