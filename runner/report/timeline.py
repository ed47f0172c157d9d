"""A case's life as a picture: the states that it was in, and what happened in them."""

from dataclasses import dataclass
from datetime import datetime

from runner.cases.case import Case
from runner.clocks.standings import Standing
from runner.model import State
from runner.text.language import Language

WIDTH, HEIGHT = 720.0, 76.0
_LEFT, _RIGHT = 6.0, 714.0
_LEAST = 3.0
"""A state that lasted a moment can still be seen."""
_HEARD = frozenset({"customer-wrote", "thanked", "contested", "survey-answered"})
_SAID = frozenset({"replied", "published", "messaged", "details-asked", "reminded"})


@dataclass(frozen=True, slots=True)
class Band:
    """A state on the line, from `x` on, `width` wide; `words` say what and how long."""

    x: float
    width: float
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: `ours`, `theirs`, or `due`, a promise that ran out then."""

    x: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A picture with its text alternative."""

    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    begins: str
    ends: str
    about: str
    width: float = WIDTH
    height: float = HEIGHT


def lay_out(
    case: Case, standings: tuple[Standing, ...], now: datetime, language: Language
) -> Timeline:
    """Return the picture of a case from its detection to its last entry, or to now while open."""
    say = language.say
    log = [entry for entry in case.log if entry.at <= now]
    moves: list[tuple[datetime, State]] = []
    for entry in log:
        if entry.to is not None:
            moves.append((max(entry.at, moves[-1][0]) if moves else entry.at, entry.to))
    begun = min([case.detected_at, *(at for at, _ in moves)])
    ended = max([now] if case.state.is_open else [case.detected_at, *(e.at for e in log)])
    length = max((ended - begun).total_seconds(), 1.0)

    def at_x(at: datetime) -> float:
        part = min(max((at - begun).total_seconds() / length, 0.0), 1.0)
        return round(_LEFT + part * (_RIGHT - _LEFT), 1)

    until = [at for at, _ in moves[1:]] + [ended]
    bands = []
    # No move at all is one that somebody wrote down by a clock ahead of ours.
    for (at, state), end in zip(moves, until, strict=bool(moves)):
        x = at_x(at)
        words = (
            say("{state}: {span}", state=language.word(state), span=language.span(end - at))
            if state.is_open
            else language.word(state)
        )
        bands.append(Band(x, max(_LEAST, round(at_x(end) - x, 1)), state.value, words))
    marks = [
        Mark(
            at_x(entry.at),
            "theirs" if entry.kind in _HEARD else "ours",
            language.term("entry", entry.kind),
        )
        for entry in log
        if entry.kind in _HEARD | _SAID
    ]
    marks += [
        Mark(at_x(each.missed_at), "due", language.term("clock", each.clock))
        for each in standings
        if each.missed_at is not None and begun <= each.missed_at <= ended
    ]
    about = say(
        "From {begun} to {ended}: {states}.",
        begun=language.instant(begun),
        ended=language.instant(ended),
        states="; ".join(band.words for band in bands),
    )
    begins, ends = (language.day(at.astimezone(language.zone).date()) for at in (begun, ended))
    return Timeline(tuple(bands), tuple(marks), begins, ends, about)
