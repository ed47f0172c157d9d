"""A page of words: a title and sections of lines, whatever shows it."""

from dataclasses import dataclass
from enum import Enum


class Tone(Enum):
    """What a line is, so that a terminal may colour it."""

    PLAIN = "plain"
    QUOTE = "quote"
    ALARM = "alarm"
    LATE = "late"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.  A quote is a stranger's text: printed as it is, never obeyed.

    `commit` names the commit that proves it, where one is known; `pull` is the number of the pull
    request that it is about.
    """

    text: str
    tone: Tone = Tone.PLAIN
    commit: str = ""
    pull: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case in words."""

    title: Line
    sections: tuple[Section, ...]
