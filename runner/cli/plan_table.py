"""A plan on the terminal."""

from runner.cli.terminal import Terminal
from runner.planning.actions import Plan
from runner.planning.render import render_plan
from runner.text.language import Language


def print_plan(plan: Plan, language: Language, terminal: Terminal) -> None:
    """Print what a plan does, and what it holds back."""
    print_rows(plan, language, terminal)
    print_held(plan, language, terminal)


def print_rows(
    plan: Plan, language: Language, terminal: Terminal, at_most: int | None = None
) -> None:
    """Print what a plan does, or its first rows; crisis in red for people."""
    page = render_plan(plan, language)
    rows = page.rows[:at_most]
    terminal.say(page.summary)
    if rows:
        terminal.table(
            page.columns,
            [row.cells for row in rows],
            ["bold red" if row.is_crisis else None for row in rows],
        )
    if len(rows) < len(page.rows):
        left = len(page.rows) - len(rows)
        terminal.say(language.say_n("and {count} more", "and {count} more", left))


def print_held(plan: Plan, language: Language, terminal: Terminal) -> None:
    """Print what a plan holds back: each thing that a person must look at, the rest counted."""
    page = render_plan(plan, language)
    if page.held:
        terminal.say()
        terminal.say(page.held_summary)
        terminal.table(page.columns, [row.cells for row in page.held])
    if page.waiting:
        terminal.say()
        terminal.say(page.waiting)
