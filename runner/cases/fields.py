"""A case file read field by field, so that what a version shares with another is read once.

The fields on top of a file begin in the first column.  Where the text of each is by itself a
mapping of one key, nothing quoted or bracketed is open where the next begins, and together they
say what the whole says: a property test holds this against the reader of the whole.  Nor does
the schema of cases bind one field to another, so that each is held against it alone, and all of
it is closed: what passes has no keys but texts, nor more levels than the schema.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from runner.cases.evidence import Data
from runner.schemas import check_field, holds_fields
from runner.text.strict_yaml import read_shapeless
from runner.text.yaml_composer import VALUES_LIMIT

_AT_MOST = VALUES_LIMIT
"""Bytes of a file that is read so: it has no more values than bytes, none need be counted."""
_FIELD = re.compile(rb"\n(?=[a-z])")
_LOG = b"log:\n"
_ITEM = re.compile(rb" *- ")
_BEGINS = re.compile(rb"#|[a-z]")
"""How the first field begins, as the others do, or the comment above it: were it indented or in
brackets, it would end before them."""
_PLAIN = re.compile(rb"([a-z_]+): ([A-Za-z][A-Za-z0-9_.@-]*)")
_CONSTANTS = frozenset({"null", "true", "false"})
_SHORT = 400
"""Bytes of a field that other cases may have too, such as why they are what they are."""

_Field = tuple[str, object]


class CaseFields(NamedTuple):
    """What a case file says, its fields by their text, and the text of its log."""

    value: Data
    fields: Mapping[bytes, _Field]
    log: bytes


def read_fields(data: bytes, before: CaseFields | None = None) -> CaseFields | None:
    """Return what a file says that passes the schema of cases, None where all must be read at once.

    Parts that `before` holds are not read again but shared; nobody may change them.
    """
    if len(data) > _AT_MOST or not data.endswith(b"\n"):
        return None
    if not _BEGINS.match(data) or b"\n..." in data or b"\n---" in data:
        # Three of them end a document, after which nothing may follow.
        return None
    texts = _FIELD.split(data[:-1])
    if texts[0].startswith(b"#"):
        texts[:2] = [b"\n".join(texts[:2])]
    known: Mapping[bytes, _Field] = before.fields if before is not None else {}
    try:
        fields = {text: known.get(text) or _read(text, before) for text in texts}
    except ValueError:
        return None
    value = dict(fields.values())
    if len(value) < len(texts) or not holds_fields("case", value):
        return None
    log = next((text for text in reversed(texts) if text.startswith(_LOG)), b"")
    return CaseFields(value, fields, log)


def _read(text: bytes, before: CaseFields | None) -> _Field:
    if before is not None and text.startswith(_LOG) and text.startswith(before.log + b"\n"):
        item = _ITEM.match(before.log, len(_LOG))
        added = text[len(before.log) + 1 :] + b"\n"
        if item is not None and added.startswith(item[0]):
            entries: Any = read_shapeless(added)
            if isinstance(entries, list) and check_field("case", "log", entries):
                return "log", [*before.value["log"], *entries]
    return _read_short(text) if len(text) <= _SHORT else _read_field(text)


def _read_field(text: bytes) -> _Field:
    """Return the one field that a text says, without its last line feed.

    Raises:
        ValueError: when it says none, or not so plainly, or not as the schema has it.
    """
    plain = _PLAIN.fullmatch(text)
    said: object = plain[2].decode() if plain is not None else None
    if plain is not None and said not in _CONSTANTS:
        name = plain[1].decode()
    else:
        value = read_shapeless(text + b"\n")
        if not isinstance(value, dict) or len(value) != 1:
            raise ValueError("not one field")
        ((name, said),) = value.items()
    if not check_field("case", name, said):
        raise ValueError("not as the schema has it")
    return name, said


_read_short = lru_cache(maxsize=4_000)(_read_field)
