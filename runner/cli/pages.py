"""Pages of words on the terminal: coloured for people, plain lines otherwise."""

from runner.cli.terminal import Terminal
from runner.planning.case_page import CasePage, Line, Tone
from runner.text.terminal import visible

_STYLES = {
    Tone.PLAIN: None,
    Tone.QUOTE: "italic",
    Tone.ALARM: "bold red",
    Tone.LATE: "red",
    Tone.STEP: "green",
}


def print_line(terminal: Terminal, text: str, style: str | None = None) -> None:
    """Print a line, in a style of rich for people."""
    if style is None or not terminal.is_fancy:
        terminal.say(text)
        return
    from rich.text import Text

    terminal.console().print(Text(visible(text), style=style), soft_wrap=True)


def print_case_page(page: CasePage, terminal: Terminal) -> None:
    """Print a case: its title, then each section indented under its heading.

    What a stranger wrote stands behind a bar, so that no line of it passes for ours.
    """
    print_line(terminal, page.title.text, _STYLES[page.title.tone] or "bold")
    for section in page.sections:
        terminal.say()
        print_line(terminal, section.heading, "bold")
        for line in section.lines:
            _print(line, terminal)


def _print(line: Line, terminal: Terminal) -> None:
    margin = "  │ " if line.tone is Tone.QUOTE else "  "
    print_line(terminal, margin + " ".join(line.text.splitlines()), _STYLES[line.tone])
