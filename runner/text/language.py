"""What the team reads, in its language, zone and habits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Language:
    """A locale (`en`, `fr`) and a zone.  English is the source text; others are catalogues."""

    locale: str
    zone: ZoneInfo

    def say(self, message: str, **values: object) -> str:
        """Return the message in this language, `{name}` replaced by the values."""
        raise NotImplementedError

    def say_n(self, one: str, many: str, count: int, **values: object) -> str:
        """Like `say`, with the plural form for `count`, which is also a value."""
        raise NotImplementedError

    def word(self, term: StrEnum) -> str:
        """Return the word the trade uses for a term of `runner.model`."""
        raise NotImplementedError

    def instant(self, at: datetime) -> str:
        """Return date and time, to the minute, in the zone."""
        raise NotImplementedError

    def day(self, at: datetime) -> str:
        """Return the date in the zone."""
        raise NotImplementedError

    def span(self, length: timedelta) -> str:
        """Return a length in words, two units at most, such as `2 days 3 hours`."""
        raise NotImplementedError
