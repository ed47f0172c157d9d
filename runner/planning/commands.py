"""Commands in comments: what somebody asks of a proposal, on its page.

Commands stand at the start of a comment, each on a line of its own; what follows them is talk.
Lines that quote others are passed over, so that an answer by mail may command too.  A block of
code, or an indented line, commands nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from runner.model import KEY
from runner.text.clean import clean_line

LONGEST_REASON = 500
"""Characters of a reason that are kept."""
LONGEST_SNOOZE = timedelta(days=31)
_MOST = 10
"""Commands of one comment; who writes more wants something else."""
_LONGEST = 20_000
"""Characters of a comment that are looked at."""
_LINE = re.compile(r" {0,3}/([A-Za-z]{1,30})(?:[ \t]+(\S.*))?[ \t]*")
_QUOTED = re.compile(r" {0,3}>")
_LENGTH = re.compile(r"([1-9][0-9]{0,3}) ?(m|h|d|w)")
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_CASE = re.compile(rf"[`#(]*({KEY})[`).,;]*")
_PERSON = re.compile(r"@?([A-Za-z0-9][A-Za-z0-9_.-]{0,98})")


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
    """The same matter as another case."""

    case_id: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody is to own the case: an id of `policies/team.yaml`, or a login."""

    person: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """Reminders are to rest for a while."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class RaiseCrisis:
    """A life is in danger; `crisis` says which threat, None where the comment does not."""

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
    lines = body[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(_commands(lines))


def is_alarm(command: Command) -> bool:
    """Whether somebody says that a life is in danger, though the threat be misspelt."""
    return isinstance(command, RaiseCrisis) or command == Malformed(Word.CRISIS)


def _commands(lines: list[str]) -> Iterator[Command]:
    found = 0
    for number, line in enumerate(lines):
        if not line.strip() or _QUOTED.match(line):
            continue
        command = _LINE.fullmatch(line)
        if command is None or found == _MOST:
            return
        found += 1
        yield _command(command[1].lower(), (command[2] or "").strip(), lines[number + 1 :])


def _command(word: str, said: str, rest: list[str]) -> Command:
    match word:
        case Word.DISMISS:
            reason = clean_line(said or _talk(rest), LONGEST_REASON)
            return Dismiss(reason) if reason else Malformed(Word.DISMISS)
        case Word.DUPLICATE:
            case = _CASE.fullmatch(said.removeprefix("of ").strip())
            return Duplicate(case[1]) if case else Malformed(Word.DUPLICATE)
        case Word.ASSIGN:
            person = _PERSON.fullmatch(said)
            return Assign(person[1]) if person else Malformed(Word.ASSIGN)
        case Word.SNOOZE:
            length = _length(said.lower())
            return Snooze(length) if length else Malformed(Word.SNOOZE)
        case Word.CRISIS:
            threat = said.lower() or None
            fits = threat in {None, "suicide", "death-threat"}
            return RaiseCrisis(threat) if fits else Malformed(Word.CRISIS)
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


def _length(said: str) -> timedelta | None:
    found = _LENGTH.fullmatch(said)
    length = timedelta(minutes=int(found[1]) * _MINUTES[found[2]]) if found else None
    return length if length and length <= LONGEST_SNOOZE else None
