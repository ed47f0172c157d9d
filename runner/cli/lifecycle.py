"""`doleances lifecycle`: the states of a case, what may happen in them, and who decides it."""

from collections.abc import Iterator

import click

from runner.cases.lifecycle import KINDS, RUNNER, EntryKind, legal_entries, moves, render_mermaid
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.model import State
from runner.text.language import Language


@click.command(short_help="Print the states of a case and the moves between them.")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print the moves as a Mermaid diagram.")
@click.option("--json", "as_json", is_flag=True, help="Print states, moves and entries as data.")
@click.pass_obj
def command(desk: Desk, as_mermaid: bool, as_json: bool) -> None:
    """Print what may happen in the life of a case.

    First the moves from state to state with the log entry that makes them, then the entries
    that move nothing; for each the facts that must stand in it and the roles that decide it.

    \b
    Example:  doleances lifecycle
              doleances lifecycle --mermaid > lifecycle.mmd
    """
    if as_mermaid and as_json:
        raise UsageError("--mermaid and --json are two answers", "ask for one of them")
    if as_mermaid:
        desk.terminal.document(render_mermaid().rstrip("\n"))
    elif as_json:
        desk.print_json(lifecycle_data())
    else:
        language = desk.language
        say = language.say
        desk.terminal.table(
            (say("From"), say("To"), say("Entry"), say("Evidence"), say("Who decides")),
            tuple(_moves(language)),
        )
        desk.say()
        desk.terminal.table(
            (say("Without a move"), say("Entry"), say("Evidence"), say("Who decides")),
            tuple(_stays(language)),
        )


def _moves(language: Language) -> Iterator[tuple[str, ...]]:
    for start in (None, *State):
        for kind, to in legal_entries(start):
            if to is not None:
                begun = language.word(start) if start else "·"
                yield begun, language.word(to), kind.name, *_terms(kind, language)


def _stays(language: Language) -> Iterator[tuple[str, ...]]:
    for kind in KINDS.values():
        states = [state for state in State if None in kind.moves.get(state, ())]
        if states:
            yield _in_states(states, language), kind.name, *_terms(kind, language)


def _in_states(states: list[State], language: Language) -> str:
    others = [state for state in State if state not in states]
    if len(others) < len(states):
        return language.say("all but {states}", states=_listed(others, language))
    return _listed(states, language)


def _listed(states: list[State], language: Language) -> str:
    return ", ".join(map(language.word, states))


def _terms(kind: EntryKind, language: Language) -> tuple[str, str]:
    """Return the evidence that a kind of entry needs, as the file names it, and its deciders."""
    deciders = (who if who == RUNNER else language.term("role", who) for who in kind.deciders)
    return ", ".join(kind.needs), ", ".join(deciders)


def lifecycle_data() -> dict[str, object]:
    """Return the whole life cycle as plain data."""
    return {
        "states": list(State),
        "moves": [{"from": start, "to": to, "entry": kind} for start, to, kind in moves()],
        "entries": [
            {
                "entry": kind.name,
                "from": [{"state": start, "to": list(ends)} for start, ends in kind.moves.items()],
                "needs": list(kind.needs),
                "may": list(kind.may),
                "choices": {name: list(words) for name, words in kind.choices.items()},
                "deciders": list(kind.deciders),
            }
            for kind in KINDS.values()
        ],
    }
