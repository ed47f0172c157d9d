"""The terminal: plain lines for machines and pipes, colour and tables for people.

Everything printed passes `visible`: text from outside cannot steer the terminal.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import zip_longest
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TextIO

from runner.text.terminal import visible

if TYPE_CHECKING:
    from rich.console import Console


_WHITE = " \t\n\v\f\r"
"""White space at which a line may be broken."""
_WORDS = re.compile(rf"([{_WHITE}]*)([^{_WHITE}]+)")
"""Words with what parts them from the ones before."""
_GAP = 2
"""Spaces between two columns."""
_INDENT = 4
"""Spaces before a sentence that stands below its row."""
_DRAWN_EVERY = 0.1
"""Seconds between two looks of a bar."""


def wrap(text: str, width: int, *, words_whole: bool = False) -> list[str]:
    """Return the text in lines, broken at plain spaces only, never at one that does not break.

    `width` counts cells of the screen.  A word wider than a line is broken too, or stands out
    with `words_whole`.
    """
    lines: list[str] = []
    for gap, word in _WORDS.findall(text):
        grown = f"{lines[-1] if lines else ''}{' ' * len(gap)}{word}"
        if lines and _cells(grown) > width:
            lines.append(word)
        else:
            lines[-1:] = [grown]
        while not words_whole and (at := _cut(lines[-1], width)):
            lines[-1:] = [lines[-1][:at], lines[-1][at:]]
    return lines


def hang(line: str, width: int, *, within: int | None = None) -> list[str]:
    """Return a line in lines that fit, words and addresses whole, the others behind the margin.

    That is the line's own with two spaces more, or `within` spaces.
    """
    if _cells(line) <= width:
        return [line]
    text = line.lstrip(" ")
    margin = len(line) - len(text)
    others = margin + _GAP if within is None else within
    first, *_ = wrap(text, max(width - margin, 1), words_whole=True) or [""]
    rest = wrap(text[len(first) :].lstrip(_WHITE), max(width - others, 1), words_whole=True)
    return [" " * margin + first, *(" " * others + each for each in rest)]


def _cells(text: str) -> int:
    """Return how many cells of the screen a text takes: two for wide signs, none for accents."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _cut(text: str, width: int) -> int:
    """Return where to cut a text that is wider than a line, 0 for one that fits."""
    used = 0
    for at, sign in enumerate(text):
        used += _cells(sign)
        if at and used > width:
            return at
    return 0


def fit_columns(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return how wide each column is so that together they fit.

    The widest give way first, none to less than its longest word while another can give.
    """
    widths = _widths(rows)
    for least in (_word_widths(rows), [1] * len(widths)):
        while sum(widths) > room and any(map(int.__gt__, widths, least)):
            widest = max(
                (at for at, width in enumerate(widths) if width > least[at]),
                key=widths.__getitem__,
            )
            widths[widest] -= 1
    return widths


def _fits(rows: Sequence[Sequence[str]], room: int) -> bool:
    """Return whether columns fit without a word broken."""
    words = _word_widths(rows)
    return sum(words) + _GAP * (len(words) - 1) <= room


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how many cells of the screen the widest text of each column takes."""
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def _word_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how many cells of the screen the widest word of each column takes."""
    from rich.cells import cell_len

    columns = zip(*rows, strict=True)
    return [
        max(cell_len(word) for cell in column for word in cell.split(" ")) for column in columns
    ]


def _side_by_side(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of a row whose first cells are wrapped to these widths."""
    from rich.cells import cell_len

    cells = (wrap(cell, width) for cell, width in zip(row, widths, strict=False))
    for line in zip_longest(*cells, fillvalue=""):
        padded = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        yield (" " * _GAP).join(padded).rstrip()


def prepare_streams() -> None:
    """Make standard output and error such that every text can be written to them.

    What the encoding of the machine lacks is replaced; where a stream is closed, what is
    written to it is lost.
    """
    # Opened in this order, each takes the number that is free: no other file gets it.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fitting(text: str, is_fancy: bool, within: int | None = None) -> str:
    """Return lines as they are, or for people in lines that fit the screen."""
    if not is_fancy:
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(part for line in text.split("\n") for part in hang(line, width, within=within))


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

    def say(self, text: str = "", *, within: int | None = None) -> None:
        """Print lines of the result; for people in lines that fit.

        Where one goes on it stands `within` spaces from the edge, else two more than it began.
        """
        self.out.write(_fitting(visible(text), self.is_fancy, within) + "\n")

    def document(self, text: str) -> None:
        """Print what people copy or keep as it is: a file, Markdown, a reply."""
        self.out.write(visible(text) + "\n")

    def note(self, text: str) -> None:
        """Print a remark that is not part of the result."""
        self.err.write(_fitting(visible(text), self.err.isatty()) + "\n")
        self.err.flush()

    warn = note

    def error(self, text: str) -> None:
        """Print what went wrong, in red for people."""
        said = _fitting(visible(text), self.err.isatty())
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
        *,
        below: int = 0,
    ) -> None:
        """Print rows under headings; `styles` colours whole rows for people.

        The last columns, `below` of them, hold sentences: where a screen is too narrow for all,
        they stand under each row; so do the columns before them, under their names, until no
        word need be broken.  In a pipe: columns parted by two spaces, no wrapping, no
        colour.
        """
        cells = [[visible(cell).replace("\n", " ") for cell in row] for row in rows]
        if self.is_fancy:
            self._show_table(columns, cells, styles or [None] * len(cells), below)
            return
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for row in [columns, *cells]:
            line = (" " * _GAP).join(map(str.ljust, row, widths))
            self.say(line.rstrip())

    def _show_table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        styles: Sequence[str | None],
        below: int,
    ) -> None:
        console = self.console()
        widest = _widths([columns, *rows])
        fits = sum(widest) + _GAP * (len(columns) - 1) <= console.width
        beside = len(columns) if fits else len(columns) - below
        named = beside
        while beside > 1 and not _fits(
            [columns[:beside], *(r[:beside] for r in rows)], console.width
        ):
            beside -= 1
        kept = [columns[:beside], *(row[:beside] for row in rows)]
        widths = fit_columns(kept, console.width - _GAP * (beside - 1))
        for line in _side_by_side(columns, widths):
            console.print(line, style="bold")
        console.print("─" * (console.width if not fits else sum(widths) + _GAP * (beside - 1)))
        for row, style in zip(rows, styles, strict=True):
            for line in _side_by_side(row, widths):
                console.print(line, style=style)
            for at, cell in enumerate(row[beside:], beside):
                sentence = f"{columns[at]}{' ' * _GAP}{cell}" if at < named and cell else cell
                for line in wrap(sentence, console.width - _INDENT, words_whole=True):
                    console.print(" " * _INDENT + line, style=style, soft_wrap=True)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Steps]:
        """Show progress on standard error while the block runs, if a person watches."""
        if not self.err.isatty() or total <= 1:
            yield _Silent()
            return
        from rich.console import Console
        from rich.progress import Progress

        # Drawn by who works: a thread that draws is one more than some machines give.
        console = Console(file=self.err, markup=False)
        with Progress(console=console, transient=True, auto_refresh=False) as bar:
            task = bar.add_task(visible(label), total=total)
            bar.refresh()

            class Bar:
                drawn_at = monotonic()

                def step(self, count: int = 1) -> None:
                    bar.advance(task, count)
                    if monotonic() - self.drawn_at >= _DRAWN_EVERY:
                        bar.refresh()
                        self.drawn_at = monotonic()

            yield Bar()
