"""YAML as the desk reads it: strict, bounded, nothing guessed.

One document of mappings, sequences and scalars.  No aliases, anchors, tags,
merge keys or duplicate keys; keys are text.  A plain scalar is `true`/`false`,
null (`null` or nothing), an integer (`0`, `-7`, at most 18 digits), a decimal
(`1.5`), and otherwise text: `no`, `012`, `12:30`, `+33612345678`, `1e3`,
`0x1F`, `.inf`, `2026-01-01` stay as they are written.
"""

from dataclasses import dataclass

from runner.errors import Fault

Path = tuple[str | int, ...]
"""Where a value stands in a document: keys and indexes from the top."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file that knows where each of its values stands."""

    file: str
    value: object
    positions: dict[Path, Position]
    """Where each value starts."""
    keys: dict[Path, Position]
    """Where the key of each mapping entry stands."""

    def fault(self, path: Path, rule: str, message: str, hint: str = "") -> Fault:
        """Return a fault at the value at `path`, or at its nearest ancestor that exists."""
        raise NotImplementedError


def read_document(data: bytes, file: str) -> Document | tuple[Fault, ...]:
    """Read carefully, with positions: the document, or every fault that can be told."""
    raise NotImplementedError


def read_value(data: bytes) -> object:
    """Read fast, without positions.

    Raises:
        ValueError: where the bytes are anything but plainly fine; `read_document`
            then says what is wrong, or reads what only looked odd.
    """
    raise NotImplementedError
