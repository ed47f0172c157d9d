"""A file that was read: its value, and where everything in it stands."""

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
        return self._fault_at(self.position(path), rule, message, hint)

    def key_fault(self, path: Path, rule: str, message: str, hint: str = "") -> Fault:
        """Return a fault at the key of the mapping entry at `path`, or at the nearest value."""
        at = self.keys.get(path) or self.position(path)
        return self._fault_at(at, rule, message, hint)

    def position(self, path: Path) -> Position:
        """Return where the value at `path`, or its nearest ancestor that exists, starts."""
        while path not in self.positions and path:
            path = path[:-1]
        return self.positions.get(path, Position(1, 1))

    def line(self, path: Path) -> int:
        """Return the line of the value at `path`, or of its nearest ancestor that exists."""
        return self.position(path).line

    def _fault_at(self, at: Position, rule: str, message: str, hint: str) -> Fault:
        return Fault(self.file, at.line, at.column, rule, message, hint)
