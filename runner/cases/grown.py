"""What a case file says that has only grown, read from what was added to it.

A merged case gets entries at the end of its log, and other values in the first lines.  Who reads
every version of every case need not read the same text again for each.
"""

import re
from functools import lru_cache
from typing import Any

from runner.text.strict_yaml import read_value

_LOG = b"\nlog:\n"
_ITEM = re.compile(rb" *- ")
_ENDS = (b"\n...", b"\n---")
"""What ends a document, after which nothing may follow."""
_PLAIN = re.compile(rb"(?:#[^\n]*\n|[a-z_]+: [A-Za-z0-9][A-Za-z0-9_.@-]*\n)*")
"""Lines that begin and end with themselves, whatever stands below: nothing quoted is open."""
_AT_MOST = 64 << 10
"""Bytes of a file that is read so: beyond, the limits of the strict reader are to be counted."""


def read_grown(before: bytes, value: object, after: bytes) -> object | None:
    """Return the value of a later version of a file, None where all of it must be read.

    `value` is what `before` says.  Neither is changed; the result shares its parts with `value`.
    """
    case: Any = value
    if len(after) > _AT_MOST or not isinstance(case, dict) or not before.endswith(b"\n"):
        return None
    head, marked, log = before.partition(_LOG)
    head_after, _, log_after = after.partition(_LOG)
    item = _ITEM.match(log)
    if (
        not marked
        or item is None
        or _LOG in log
        or any(mark in log for mark in _ENDS)
        or next(reversed(case), None) != "log"
        or not isinstance(case["log"], list)
        or not log_after.startswith(log)
    ):
        return None
    added = log_after[len(log) :]
    if added and (not added.startswith(item[0]) or _LOG in added):
        return None
    try:
        entries: Any = read_value(added) if added else []
        changed = _read_first_lines(case, head + b"\n", head_after + b"\n")
    except ValueError:
        return None
    if changed is None or not isinstance(entries, list):
        return None
    return {**case, **changed, "log": [*case["log"], *entries]}


def _read_first_lines(
    case: dict[str, object], before: bytes, after: bytes
) -> dict[str, object] | None:
    """Return what the first lines of `after` say otherwise, None where others differ too."""
    if before == after:
        return {}
    plain, plain_after = (_first_lines(text) for text in (before, after))
    rest = before[len(plain) :]
    # A line that is indented, or an empty one, may go on with the value above it.
    if rest != after[len(plain_after) :] or not rest[:1].isalpha():
        return None
    lines, lines_after = plain.splitlines(), plain_after.splitlines()
    if len(lines) != len(lines_after):
        return None
    changed: dict[str, object] = {}
    for line, line_after in zip(lines, lines_after, strict=True):
        if line != line_after:
            (name, was), (name_after, value) = _read_line(line), _read_line(line_after)
            if name != name_after or case.get(name) != was:
                return None
            changed[name] = value
    return changed


def _first_lines(text: bytes) -> bytes:
    found = _PLAIN.match(text)
    return found[0] if found is not None else b""


@lru_cache(maxsize=1_000)
def _read_line(line: bytes) -> tuple[str, object]:
    """Return the one field that a line says.

    Raises:
        ValueError: when it says none.
    """
    value = read_value(line)
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("a comment")
    ((name, said),) = value.items()
    return name, said
