"""How many entries the log of a case file holds, and whether it only grew, by its lines."""

import re
from dataclasses import dataclass

_LOG = re.compile(rb"^log:[ \t]*(?:#[^\n]*)?\r?\n", re.MULTILINE)
_NEXT_KEY = re.compile(rb"^[^\s#-]", re.MULTILINE)
_FIRST = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- ")


@dataclass(frozen=True, slots=True)
class LogLines:
    """The lines of a log; each entry begins with `dash`."""

    lines: bytes
    dash: bytes

    @property
    def count(self) -> int:
        """How many entries there are."""
        return (b"\n" + self.lines).count(b"\n" + self.dash)

    def continues(self, before: "LogLines") -> bool:
        """Return whether all lines of before stand here to the letter, and new entries below.

        What comes first below must be an entry: another line would belong to the last one.
        """
        if self.dash != before.dash or not self.lines.startswith(before.lines):
            return False
        new = len(before.lines)
        ended = before.lines.endswith(b"\n") and self.lines.startswith(self.dash, new)
        return ended or new == len(self.lines)


def find_log(data: bytes) -> LogLines | None:
    """Return the lines of a file's log, None where it is not written line by line.

    A list of YAML has its dashes in one column, and what an item holds stands further right, a
    text of several lines too.  So dashes in the column of the first are entries, and nothing else.
    """
    found = _LOG.search(data)
    if found is None:
        return None
    first = _FIRST.match(data, found.end())
    if first is None:
        return None
    over = _NEXT_KEY.search(data, found.end())
    log = data[found.end() : over.start() if over else len(data)]
    return LogLines(log, first[1] + b"- ")
