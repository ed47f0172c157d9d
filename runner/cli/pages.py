"""Pages of words on the terminal: coloured for people, plain lines otherwise."""

from runner.cli.terminal import Terminal, wrap
from runner.planning.page import CasePage, Line, Section, Tone
from runner.text.terminal import visible

_STYLES = {
    Tone.PLAIN: None,
    Tone.QUOTE: "italic",
    Tone.ALARM: "bold red",
    Tone.LATE: "red",
    Tone.STEP: "green",
}


_QUOTED = "  │ "
"""What stands before each line of what a stranger wrote."""


def print_line(
    terminal: Terminal, text: str, style: str | None = None, margins: tuple[str, str] = ("", "")
) -> None:
    """Print a line behind a margin; for people in a style of rich and in lines that fit.

    `margins` stand before the first of these lines and before each of the others.
    """
    first, other = margins
    if not terminal.is_fancy:
        terminal.say(first + text)
        return
    from rich.text import Text

    console = terminal.console()
    lines = wrap(visible(text), console.width - max(map(len, margins)), words_whole=True)
    for at, line in enumerate(lines or [""]):
        console.print(Text((other if at else first) + line, style=style or ""), soft_wrap=True)


def print_text(terminal: Terminal, text: str) -> None:
    """Print lines with the margins that they have; for people in lines that fit behind them."""
    for line in text.split("\n"):
        margin = _QUOTED if line.startswith(_QUOTED) else line[: len(line) - len(line.lstrip(" "))]
        others = margin if margin == _QUOTED else f"{margin}  "
        print_line(terminal, line[len(margin) :], margins=(margin, others))


def print_case_page(page: CasePage, terminal: Terminal) -> None:
    """Print a case: its title, then each section indented under its heading.

    What a stranger wrote stands behind a bar, so that no line of it passes for ours.
    """
    print_line(terminal, page.title.text, _STYLES[page.title.tone] or "bold")
    for section in page.sections:
        terminal.say()
        print_section(section, terminal)


def print_section(section: Section, terminal: Terminal) -> None:
    """Print a heading and below it, indented, its lines."""
    print_line(terminal, section.heading, "bold")
    for line in section.lines:
        _print(line, terminal)


def _print(line: Line, terminal: Terminal) -> None:
    margins = (_QUOTED, _QUOTED) if line.tone is Tone.QUOTE else ("  ", "    ")
    print_line(terminal, " ".join(line.text.splitlines()), _STYLES[line.tone], margins)
