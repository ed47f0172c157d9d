"""Faults as a forge's CI shows them beside the lines of a change: as workflow commands."""

from collections.abc import Iterable

from runner.errors import Fault, Severity

_SHOWN = 50
"""As many as GitHub keeps of one job."""
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_OTHER_COMMANDS = "##["
"""How older commands begin, which are heard in the middle of a line too."""


def render_annotations(faults: Iterable[Fault]) -> str:
    """Return one command for each fault, errors first.

    What a fault quotes can end no command and begin none.
    """
    ranked = sorted(faults, key=lambda fault: fault.severity is not Severity.ERROR)
    return "".join(_command(fault) for fault in ranked[:_SHOWN])


def _command(fault: Fault) -> str:
    kind = "error" if fault.severity is Severity.ERROR else "warning"
    words = f"{fault.message}\n{fault.hint}" if fault.hint else fault.message
    said = words.replace(_OTHER_COMMANDS, "## [").translate(_DATA)
    file = fault.file.replace(_OTHER_COMMANDS, "## [").translate(_PROPERTY)
    return f"::{kind} file={file},line={fault.line},col={fault.column},title=doleances::{said}\n"
