"""Commands in comments: what somebody asks of a proposal, on its page.

Commands stand at the start of a comment, each on a line of its own; what follows them is talk,
in which only a line `/crisis` still counts.  Lines that quote others are passed over, so that an
answer by mail may command too.  A block of code, an indented line, or what nobody sees commands
nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from runner.model import KEY
from runner.planning.branches import LONGEST_REASON
from runner.text.clean import clean_line

LONGEST_SNOOZE = timedelta(days=31)
_MOST = 10
"""Commands of one comment; who writes more wants something else."""
_LONGEST = 20_000
"""Characters of a comment that are looked at."""
_LONGEST_NAME = 100
_SPACE = "[ \t\u00a0\u202f]"
_LINE = re.compile(rf" {{0,3}}/([A-Za-z]{{1,30}})[.,:;!?]*(?:{_SPACE}+(\S.*))?{_SPACE}*")
_QUOTED = re.compile(r" {0,3}>")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|[\u200b\u200e\u200f\u2060\ufeff]", re.DOTALL)
_CASE = re.compile(rf"(?<![0-9a-z-]){KEY}(?![0-9a-z])")
_PAGE = re.compile(r"(?:^#|/pulls?/|/issues/)([1-9][0-9]{0,8})(?![0-9])", re.ASCII)
_LENGTH = re.compile(r"(?:for |pour )?([1-9][0-9]{0,3}) ?([a-z]+)", re.ASCII)
_DAY = re.compile(r"(?:(?:until|till|jusqu['’]au|au) )?([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
_MINUTES = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hour", "hours", "heure", "heures"), 60),
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours"), 1440),
    **dict.fromkeys(("w", "week", "weeks", "semaine", "semaines"), 10080),
}
_SAID_IN_FRENCH = {"crise": "crisis"}
"""The one word that must be heard however somebody comes to write it."""
_THREATS = frozenset({"deaththreat", "deaththreats", "menacedemort", "menacesdemort"})
_END = " \t\u00a0\u202f.,;:!?"


class Word(StrEnum):
    """The commands there are."""

    DISMISS = "dismiss"
    DUPLICATE = "duplicate"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Not a case, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same matter as another case: its id, or the number of its page such as `#12`."""

    case: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody is to own the case: an id of `policies/team.yaml`, a login, or a name."""

    person: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """Reminders are to rest for a while, or until a day begins."""

    end: timedelta | date


@dataclass(frozen=True, slots=True)
class RaiseCrisis:
    """A life is in danger; `crisis` says which threat, None where the comment does not say so.

    Whatever else stands on the line, it is one: of all commands this must not be missed.
    """

    crisis: str | None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A command that lacks what it needs."""

    word: Word


@dataclass(frozen=True, slots=True)
class Unknown:
    """What looks like a command and is none; `word` has letters only."""

    word: str


Command = Dismiss | Duplicate | Assign | Snooze | RaiseCrisis | Malformed | Unknown


def parse_commands(body: str) -> tuple[Command, ...]:
    """Return the commands of a comment, in their order, at most ten.

    Whatever somebody wrote, there is an answer to it: nothing is raised.
    """
    lines = _HIDDEN.sub("", body[:_LONGEST]).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(_commands(lines))


def is_alarm(command: Command) -> bool:
    """Whether somebody says that a life is in danger."""
    return isinstance(command, RaiseCrisis)


def _commands(lines: list[str]) -> Iterator[Command]:
    found, is_talk, fence = 0, False, ""
    for number, line in enumerate(lines):
        fence, is_code = _fenced(line, fence)
        is_talk = is_talk or is_code
        if is_code or not line.strip() or _QUOTED.match(line):
            continue
        command = _LINE.fullmatch(line)
        if command is None:
            is_talk = True
            continue
        word = _SAID_IN_FRENCH.get(command[1].lower(), command[1].lower())
        said = (command[2] or "").strip(_END)
        if is_talk and (word != Word.CRISIS or (said and _threat(said) is None)):
            continue
        if found == _MOST:
            return
        found += 1
        yield _command(word, said, (command[2] or "").strip(), lines[number + 1 :])


def _fenced(line: str, fence: str) -> tuple[str, bool]:
    """Return the fence that is open after a line, "" for none, and whether the line is code."""
    mark = _FENCE.fullmatch(line)
    if not fence:
        # Backticks that end on their line are code within it, as everywhere in Markdown.
        begins = mark is not None and not (mark[1][0] == "`" and "`" in mark[2])
        return (mark[1], True) if mark is not None and begins else ("", False)
    ends = mark is not None and mark[1].startswith(fence) and not mark[2].strip()
    return "" if ends else fence, True


def _command(word: str, said: str, in_full: str, rest: list[str]) -> Command:
    match word:
        case Word.DISMISS:
            reason = clean_line(in_full or _talk(rest), LONGEST_REASON)
            return Dismiss(reason) if reason else Malformed(Word.DISMISS)
        case Word.DUPLICATE:
            case = _case(said)
            return Duplicate(case) if case else Malformed(Word.DUPLICATE)
        case Word.ASSIGN:
            person = clean_line(said.partition(",")[0].removeprefix("@"), _LONGEST_NAME)
            return Assign(person) if person else Malformed(Word.ASSIGN)
        case Word.SNOOZE:
            end = _end(said.lower())
            return Snooze(end) if end else Malformed(Word.SNOOZE)
        case Word.CRISIS:
            return RaiseCrisis(_threat(said))
        case _:
            return Unknown(word)


def _talk(lines: list[str]) -> str:
    """Return what somebody says below a command, up to the next one."""
    said: list[str] = []
    for line in lines:
        if _LINE.fullmatch(line):
            break
        if not _QUOTED.match(line):
            said.append(line)
    return " ".join(said).strip()


def _case(said: str) -> str | None:
    """Return the one case that is named, None where none is, or several."""
    cases = set(_CASE.findall(said))
    pages = {f"#{number}" for number in _PAGE.findall(said)}
    named = cases or pages
    return named.pop() if len(named) == 1 else None


def _threat(said: str) -> str | None:
    decomposed = unicodedata.normalize("NFKD", said.casefold())
    letters = "".join(letter for letter in decomposed if letter.isalpha())
    if letters.startswith("suicid"):
        return "suicide"
    return "death-threat" if letters in _THREATS else None


def _end(said: str) -> timedelta | date | None:
    if day := _DAY.fullmatch(said):
        try:
            return date.fromisoformat(day[1])
        except ValueError:
            return None
    found = _LENGTH.fullmatch(said)
    minutes = _MINUTES.get(found[2]) if found else None
    if found is None or minutes is None:
        return None
    length = timedelta(minutes=int(found[1]) * minutes)
    return length if length <= LONGEST_SNOOZE else None
