"""How many entries the log of a case file holds, told by a look at its lines."""

import re

_LOG = re.compile(rb"^log:[ \t]*(?:#[^\n]*)?\r?\n", re.MULTILINE)
_NEXT_KEY = re.compile(rb"^[^\s#-]", re.MULTILINE)
_FIRST = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- ")


def count_entries(data: bytes) -> int | None:
    """Return the number of entries, None where the log is not written line by line.

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
    dash = b"\n" + first[1] + b"- "
    return (b"\n" + log).count(dash)
