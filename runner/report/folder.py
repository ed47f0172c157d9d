"""A folder of pages that changes as a whole: the old one stands until the new one is complete."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        _swap(made, out)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise OutsideFailed(
            f"the {what} cannot be written to {out}: {error.strerror}", "an older one there stays"
        ) from error
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
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


def _swap(made: Path, out: Path) -> None:
    """Put a folder in the place of another, in one step where the system has such a step.

    Elsewhere none stands there for a moment; a run that is killed then leaves the older one
    beside it, and the next one puts that back.
    """
    if not out.exists():
        made.rename(out)
        return
    if exchange(made, out):
        shutil.rmtree(made, ignore_errors=True)
        return
    before = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.old-"))
    kept = before / out.name
    out.rename(kept)
    try:
        made.rename(out)
    except BaseException:
        kept.rename(out)
        before.rmdir()
        raise
    shutil.rmtree(before, ignore_errors=True)


def _clear(out: Path, mark: str) -> None:
    """Remove what runs left that were killed; put back what one of them had taken away."""
    for left in sorted(out.parent.glob(f".{out.name}.old-*/{out.name}")):
        if not out.exists() and (left / mark).is_file():
            left.rename(out)
    for kind in ("new", "old"):
        for left in out.parent.glob(f".{out.name}.{kind}-*"):
            is_ours = (left / mark).is_file() or (left / out.name / mark).is_file()
            if is_ours and time.time() - left.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(left, ignore_errors=True)
