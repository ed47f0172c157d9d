"""A forge's answers, field by field: each asked for with the shape that it must have."""

from collections.abc import Iterator
from datetime import UTC, datetime

from runner.forges.rest import ForgeFailed

_NEVER, _LAST_YEAR = 1970, 9000


class Fields:
    """An object of an answer.

    Raises, wherever a field is not of its shape: `ForgeFailed`.
    """

    def __init__(self, data: object, what: str) -> None:
        self._what = what
        if not isinstance(data, dict):
            raise self._odd("is no object")
        self._data = data

    def has(self, name: str) -> bool:
        """Return whether a field is there and not null."""
        return self._data.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text; "" where it is null or left out."""
        value = self._data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._odd(f"has a {name} that is no text")
        return value.encode("utf-8", "replace").decode()

    def number(self, name: str, below: int = 10**9) -> int:
        """Return a whole number from 1 on."""
        value = self._data.get(name)
        if type(value) is not int or not 0 < value < below:
            raise self._odd(f"has a {name} that is no number")
        return value

    def flag(self, name: str) -> bool:
        """Return yes or no; no where it is null or left out."""
        value = self._data.get(name)
        if value is not None and type(value) is not bool:
            raise self._odd(f"has a {name} that is neither yes nor no")
        return bool(value)

    def texts(self, name: str) -> Iterator[str]:
        """Yield the texts of a list; none where it is left out."""
        for entry in self._data.get(name) or ():
            if not isinstance(entry, str):
                raise self._odd(f"has {name} that are no texts")
            yield entry

    def whole(self, name: str) -> int:
        """Return any whole number; 0 where it is null or left out."""
        value = self._data.get(name)
        if value is not None and type(value) is not int:
            raise self._odd(f"has a {name} that is no whole number")
        return value or 0

    def instant(self, name: str) -> datetime | None:
        """Return an instant in UTC, None where it is null, left out, or a clock's zero."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                raise self._odd(f"has a {name} without a zone")
            at = at.astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError):
            raise self._odd(f"has a {name} that is no instant") from None
        # Servers write nothing as the first year or as 1970; a calendar ends with 9999.
        if at.year > _LAST_YEAR:
            raise self._odd(f"has a {name} that is no instant")
        return at if at.year > _NEVER else None

    def fields(self, name: str) -> "Fields":
        """Return an object within; an empty one where it is null, as what was deleted is."""
        return Fields(self._data.get(name) or {}, f"{self._what}.{name}")

    def each(self, name: str) -> Iterator["Fields"]:
        """Yield the objects of a list; none where it is left out."""
        entries = self._data.get(name) or ()
        if not isinstance(entries, list | tuple):
            raise self._odd(f"has a {name} that is no list")
        for entry in entries:
            yield Fields(entry, f"{self._what}.{name}")

    def _odd(self, why: str) -> ForgeFailed:
        return ForgeFailed(f"the forge's answer is not what it should be: {self._what} {why}")
