"""Looking into documents that may be wrong elsewhere, so that no fault hides another."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from runner.errors import Fault
from runner.text.document import Document, Path
from runner.text.wording import did_you_mean, shown

Found = tuple[Path, str]
"""A text and where it stands."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def value_at(document: Document, path: Path) -> Any:
    """Return the value at a path, None where there is none."""
    value: Any = document.value
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_at(document: Document, path: Path) -> str | None:
    """Return the text at a path, None where there is none."""
    value = value_at(document, path)
    return value if isinstance(value, str) else None


def entries(document: Document, path: Path) -> Iterator[Path]:
    """Return the paths of the entries of a list."""
    value = value_at(document, path)
    for index in range(len(value) if isinstance(value, list) else 0):
        yield (*path, index)


def texts(document: Document, path: Path, key: str | None = None) -> Iterator[Found]:
    """Return the texts of a list, or those under `key` in the mappings of a list."""
    for entry in entries(document, path):
        place = entry if key is None else (*entry, key)
        text = text_at(document, place)
        if text is not None:
            yield place, text


def day_at(document: Document, path: Path, faults: list[Fault]) -> date | None:
    """Return the day at a path, None where there is none; what is no day joins the faults."""
    text = text_at(document, path)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(document.fault(path, "no-such-day", f"there is no day {shown(text)}"))
        return None


def words(found: Iterable[Found]) -> tuple[str, ...]:
    """Return the texts alone."""
    return tuple(text for _, text in found)


def check_name(document: Document, what: str, longest: int) -> Iterator[Fault]:
    """Return the fault of a file whose name is to be the id of the `what` in it, and is none."""
    name = PurePosixPath(document.file).stem
    if not _ID.fullmatch(name) or len(name) > longest:
        yield document.fault(
            (),
            f"{what}-name",
            f"the file's name is the {what}'s id, and {shown(name)} is none",
            f"small letters, digits and single hyphens, at most {longest}",
        )


def repeated(document: Document, found: Iterable[Found], what: str) -> Iterator[Fault]:
    """Return a fault for each text that stood before; capitals make no difference."""
    first: dict[str, Path] = {}
    for path, text in found:
        earlier = first.setdefault(text.casefold(), path)
        if earlier != path:
            yield document.fault(
                path,
                "duplicate",
                f"the {what} {shown(text)} stands here twice",
                f"the first is on line {document.line(earlier)}",
            )


def unknown(
    document: Document, found: Iterable[Found], what: str, known: Iterable[str], where: str
) -> Iterator[Fault]:
    """Return a fault for each text that is not among the known ones, which stand in `where`."""
    among = tuple(known)
    for path, text in found:
        if text not in among:
            yield document.fault(
                path,
                "unknown-reference",
                f"there is no {what} {shown(text)} in {where}",
                did_you_mean(text, among, f"{where} names none that could be read"),
            )
