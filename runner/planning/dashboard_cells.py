"""How the dashboard writes lists, tables and ids in Markdown."""

import re
from collections.abc import Iterable

from runner.text.language import Language
from runner.text.markdown import code

LINES = 20
"""Lines of a list; the others are counted."""
_ID = re.compile(r"(?:[a-z]+ )?(?:doleances/)?c-[a-z0-9]{12}(?:/[a-z0-9-]+)?", re.ASCII)


def listed(lines: Iterable[str], language: Language) -> str:
    """Return lines as a list, of which the last says how many more there are."""
    found = list(lines)
    items = [f"- {line}" for line in found[:LINES]]
    if left := len(found) - len(items):
        items.append("- " + language.say_n("and {count} more", "and {count} more", left))
    return "\n".join(items)


def table_head(*names: str) -> str:
    """Return the first two lines of a table."""
    return cells(*names) + "\n" + cells(*("---" for _ in names))


def cells(*said: str) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(said)} |"


def own_id(text: str) -> str:
    """Return an id as code that can be copied: what tells others apart from ours is its form."""
    return f"`{text}`" if _ID.fullmatch(text) else code(text)
