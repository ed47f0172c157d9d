"""Small JSON records in git: written in one form, read with suspicion.

What a record holds may come from another clone, so it is hostile: bounded in size
and depth, checked by shape, and refused with a `ValueError` that says why.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime

RECORD_LIMIT = 262_144
"""Bytes.  GitHub lets a pull request's text have 65,536 characters; nothing else is larger."""
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_LARGEST_NUMBER = 10**9


def render_record(fields: Mapping[str, object]) -> bytes:
    """Return a record as bytes; equal records give equal bytes."""
    return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


class Record:
    """A record's fields, each asked for with the shape that it must have."""

    def __init__(self, data: bytes | None) -> None:
        if data is None or len(data) > RECORD_LIMIT:
            raise ValueError("it is too large for a record")
        try:
            fields = json.loads(data)
        except RecursionError:
            raise ValueError("it is nested too deep") from None
        if not isinstance(fields, dict):
            raise ValueError("it is no JSON object")
        self._fields: dict[str, object] = fields

    def text(self, name: str) -> str:
        """Return a text field."""
        value = self._fields.get(name)
        if not isinstance(value, str):
            raise ValueError(f"{name} is no text")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{name} holds half a character") from None
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text field that may be absent or null."""
        return None if self._fields.get(name) is None else self.text(name)

    def record_or_none(self, name: str) -> "Record | None":
        """Return a field that is a record itself, and may be absent or null."""
        value = self._fields.get(name)
        return None if value is None else Record(json.dumps(value).encode())

    def number(self, name: str) -> int:
        """Return a whole number from 0 on."""
        value = self._fields.get(name)
        if type(value) is not int or not 0 <= value <= _LARGEST_NUMBER:
            raise ValueError(f"{name} is no number")
        return value

    def number_or_none(self, name: str) -> int | None:
        """Return a whole number from 0 on that may be absent or null."""
        return None if self._fields.get(name) is None else self.number(name)

    def flag(self, name: str) -> bool:
        """Return whether a field that may be absent is true."""
        return self._fields.get(name) is True

    def decimal_or_none(self, name: str) -> float | None:
        """Return a finite number that may be absent or null."""
        value = self._fields.get(name)
        if value is None:
            return None
        if type(value) not in {int, float} or not math.isfinite(float(str(value))):
            raise ValueError(f"{name} is no decimal number")
        return float(str(value))

    def instant(self, name: str) -> datetime:
        """Return an instant, in UTC."""
        text = self.text(name)
        if not _INSTANT.fullmatch(text):
            raise ValueError(f"{name} is no instant")
        return datetime.fromisoformat(text)

    def instant_or_none(self, name: str) -> datetime | None:
        """Return an instant that may be absent or null."""
        return None if self._fields.get(name) is None else self.instant(name)

    def instants(self, name: str) -> tuple[datetime, ...]:
        """Return a list of instants, empty when absent."""
        texts = self.texts(name)
        if not all(map(_INSTANT.fullmatch, texts)):
            raise ValueError(f"{name} is no list of instants")
        return tuple(map(datetime.fromisoformat, texts))

    def rows(self, name: str, width: int) -> dict[str, tuple[str, ...]]:
        """Return an object of lists of texts, each so many; empty when absent."""
        value = self._fields.get(name, {})
        fits = isinstance(value, dict) and all(
            isinstance(row, list)
            and len(row) == width
            and all(isinstance(cell, str) for cell in row)
            for row in value.values()
        )
        if not isinstance(value, dict) or not fits:
            raise ValueError(f"{name} is no table")
        return {key: tuple(row) for key, row in value.items()}

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty when absent."""
        value = self._fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{name} is no list of texts")
        return tuple(value)
