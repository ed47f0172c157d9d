"""Faults found in files, and the ways in which a command can end badly.

A fault is a value: collected, sorted, printed.  An exception is for what stops
a command; each carries the exit code that `doleances` ends with.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What the exit code of every command means."""

    DONE = 0
    FAULTS = 1
    USAGE = 2
    BUG = 3
    OUTSIDE = 4
    REFUSED = 5


class Severity(StrEnum):
    """An error makes `check` fail; a warning is shown and lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file, at a place.

    `file` is relative to the repository and uses `/`; `line` and `column`
    count from 1.  `rule` is the stable kebab-case name of the check that
    spoke.  `message` says what is wrong, `hint` what to do (may be empty).
    """

    file: str
    line: int
    column: int
    rule: str
    message: str
    hint: str = ""
    severity: Severity = field(default=Severity.ERROR, compare=False)

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.message}"
        return f"{said}\n    {self.hint}" if self.hint else said


class DoleancesError(Exception):
    """Stops a command.  `message` says what is wrong and where, `hint` what to do."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class FaultyFiles(DoleancesError):
    """The files cannot be worked with until their faults are mended.

    `hint` says what to do about all of them together (may be empty).
    """

    exit_code = ExitCode.FAULTS

    def __init__(self, faults: tuple[Fault, ...], hint: str = "") -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count} in the files", hint)
        self.faults = tuple(sorted(faults))


class UsageError(DoleancesError):
    """The command was asked for something that makes no sense here."""

    exit_code = ExitCode.USAGE


class OutsideFailed(DoleancesError):
    """Git, the network or a forge failed; trying later may help."""

    exit_code = ExitCode.OUTSIDE


class Refused(DoleancesError):
    """Doing what was asked would be unsafe: stale plan, foreign branch, too large a change."""

    exit_code = ExitCode.REFUSED
