"""The terminal: plain lines for machines and pipes, colour and tables for people.

Everything printed passes `visible`: text from outside cannot steer the terminal.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from runner.text.terminal import visible

if TYPE_CHECKING:
    from rich.console import Console


class Steps(Protocol):
    """Progress through something long."""

    def step(self, count: int = 1) -> None:
        """Say that `count` more are done."""


class _Silent:
    def step(self, count: int = 1) -> None:
        """Say nothing: nobody watches."""


class Terminal:
    """Standard output and error.

    Tables with lines, and colour where `NO_COLOR` is not set, only where standard output is a
    terminal; rich is imported only then.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out
        self._err = err

    @property
    def out(self) -> TextIO:
        """Where results go."""
        return self._out or sys.stdout

    @property
    def err(self) -> TextIO:
        """Where remarks, progress and errors go."""
        return self._err or sys.stderr

    @property
    def is_fancy(self) -> bool:
        """Whether a person reads the output on a terminal."""
        return self.out.isatty() and os.environ.get("TERM") != "dumb"

    def say(self, text: str = "") -> None:
        """Print a line of the result."""
        self.out.write(visible(text) + "\n")

    def note(self, text: str) -> None:
        """Print a remark that is not part of the result."""
        self.err.write(visible(text) + "\n")
        self.err.flush()

    warn = note

    def error(self, text: str) -> None:
        """Print what went wrong, in red for people."""
        said = visible(text)
        if self.err.isatty() and not os.environ.get("NO_COLOR"):
            said = f"\x1b[31m{said}\x1b[0m"
        self.out.flush()
        self.err.write(said + "\n")
        self.err.flush()

    def console(self) -> "Console":
        """Return a rich console on standard output, without markup or emoji codes."""
        from rich.console import Console

        return Console(file=self.out, markup=False, emoji=False, highlight=False)

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        styles: Sequence[str | None] | None = None,
    ) -> None:
        """Print rows under headings; `styles` colours whole rows for people.

        In a pipe: columns parted by two spaces, no wrapping, no colour.
        """
        cells = [[visible(cell).replace("\n", " ") for cell in row] for row in rows]
        if not self.is_fancy:
            widths = [
                max(len(row[i]) for row in [list(columns), *cells]) for i in range(len(columns))
            ]
            for row in [list(columns), *cells]:
                line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                self.say(line.rstrip())
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row, style in zip(cells, styles or [None] * len(cells), strict=True):
            table.add_row(*(Text(cell) for cell in row), style=style)
        self.console().print(table)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Steps]:
        """Show progress on standard error while the block runs, if a person watches."""
        if not self.err.isatty() or total <= 1:
            yield _Silent()
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(file=self.err, markup=False), transient=True) as bar:
            task = bar.add_task(visible(label), total=total)

            class Bar:
                def step(self, count: int = 1) -> None:
                    bar.advance(task, count)

            yield Bar()
