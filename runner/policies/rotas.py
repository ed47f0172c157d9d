"""Who is on call: one person a week in turn, and reviewed exceptions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Somebody else is on call from an instant until before another."""

    starts_at: datetime
    ends_at: datetime
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rota:
    """People who take turns of a week.

    The first of `people` takes over on the day `since` at the wall time `hands_over` of
    `zone`, the next one seven days later at the same wall time, and so on in a circle.
    """

    id: str
    zone: ZoneInfo
    since: date
    hands_over: time
    people: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    line: int

    def on_call(self, now: datetime) -> tuple[str, ...]:
        """Return who is on call at an instant, and who would be asked in that person's place.

        At the very second of a hand-over it is the next person.  Nobody is before `since`.
        """
        turn = self._turn(now)
        if turn < 0:
            order: tuple[str, ...] = ()
        else:
            at = turn % len(self.people)
            order = self.people[at:] + self.people[:at]
        in_place = tuple(
            each.person for each in self.exchanges if each.starts_at <= now < each.ends_at
        )
        return tuple(dict.fromkeys(in_place + order))

    def members(self) -> tuple[str, ...]:
        """Return everybody whom the rota may ever name."""
        return tuple(dict.fromkeys((*self.people, *(each.person for each in self.exchanges))))

    def _turn(self, now: datetime) -> int:
        """Return how many hand-overs there were after the first; -1 before that one."""
        turn = (now.astimezone(self.zone).date() - self.since) // _WEEK + 1
        while turn >= 0 and self._hand_over(turn) > now:
            turn -= 1
        return turn

    def _hand_over(self, turn: int) -> datetime:
        wall = datetime.combine(self.since + turn * _WEEK, self.hands_over)
        # A wall time that comes twice is the first, one that is skipped is read with the
        # offset before the change (RFC 5545).
        return wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
