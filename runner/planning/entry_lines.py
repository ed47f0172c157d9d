"""Lines about entries of the log, for people on a terminal and on pages."""

from collections.abc import Iterator
from typing import Any

from runner.cases.case import Entry
from runner.model import Category, Known, State, Urgency
from runner.planning.words import person_name
from runner.policies.team import Team
from runner.text.language import Language


def entry_line(entry: Entry, team: Team, language: Language) -> str:
    """Return when an entry of the log happened, what it was, by whom, and what state it left."""
    what = language.term("entry", entry.kind)
    who = person_name(entry.by, team, language)
    said = language.say(
        "{instant}: {what}, {who}", instant=language.instant(entry.at), what=what, who=who
    )
    state = language.word(entry.to) if entry.to else what
    return said if state == what else f"{said} ({state})"


def decided_lines(entry: Entry, team: Team, language: Language) -> Iterator[str]:
    """Yield the fields that an entry decided anew: name, value before, value now."""
    if entry.kind != "qualified":
        return
    was: Any = entry.facts.get("was")
    decided: Any = entry.facts.get("set")
    for name, value in decided.items():
        before, now = (field_words(name, one, team, language) for one in (was.get(name), value))
        field = language.term("decided", name)
        yield language.say("{name}: {value}", name=field, value=f"{before} → {now}")


def field_words(name: str, value: str | None, team: Team, language: Language) -> str:
    """Return the team's words for what a field on top of a case holds."""
    if value is None:
        return "-"
    match name:
        case "owner":
            return person_name(value, team, language)
        case "language":
            return language.tongue(value)
        case "category":
            return language.word(Category(value))
        case "state":
            return language.word(State(value))
        case "urgency":
            return language.word(Urgency(value))
        case "topic" | "crisis":
            return language.term(name, value)
        case "known":
            return language.word(Known(value))
        case _:
            return value
