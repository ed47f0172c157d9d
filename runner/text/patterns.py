"""Patterns that come from files, on an engine whose time is linear in the text: RE2.

Python's own engine can take for ever over a pattern that looks harmless.
"""

from typing import Any

import re2

_MEMORY = 1 << 20
"""Bytes that one pattern may take: `(x{1000}){1000}` is refused, not run."""


def compile_pattern(pattern: str, *, ignore_case: bool = False, memory: int = _MEMORY) -> Any:
    """Return a pattern, ready to search with.

    Raises:
        ValueError: when it is none for RE2, or takes more than `memory`; says what is wrong.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    options.case_sensitive = not ignore_case
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0]
        why = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise ValueError(why) from error
