"""What changed of a merged case otherwise than by its log growing, in words and as data."""

from collections.abc import Iterator

from runner.cases.file import entry_data
from runner.planning.case_changes import Change, How, Part
from runner.planning.entry_lines import entry_line, field_words
from runner.planning.page import Line, Tone
from runner.policies.team import Team
from runner.text.language import Language
from runner.text.terms import TERMS


def change_lines(change: Change, team: Team, language: Language) -> Iterator[Line]:
    """Yield what changed.  Entries that were inserted are told with those that were added."""
    match change.part:
        case Part.FIELD:
            said = [_field(change, team, language)]
        case Part.REASON:
            said = [_reason(change, language)]
        case Part.PLACE:
            said = [*_place(change, language)]
        case Part.ENTRY:
            said = [*_entry(change, team, language)]
    tone = Tone.PLAIN if change.explained else Tone.ALARM
    for line in said:
        yield Line(line, tone)


def change_data(change: Change) -> dict[str, object]:
    """Return a change as plain data."""
    return {
        "part": change.part.value,
        "how": change.how.value,
        "name": change.name or None,
        "fields": list(change.fields),
        "was": change.was,
        "now": change.now,
        "entry": entry_data(change.entry) if change.entry is not None else None,
        "explained": change.explained,
    }


def _field(change: Change, team: Team, language: Language) -> str:
    say, name = language.say, _field_name(change.name, language)
    if change.was is None and change.now is None:
        said = say("{name}: changed", name=name)
    else:
        was, now = (
            field_words(change.name, value, team, language) for value in (change.was, change.now)
        )
        said = say("{name}: {value}", name=name, value=f"{was} → {now}")
    return _unexplained(said, change, language)


def _unexplained(said: str, change: Change, language: Language) -> str:
    if change.explained:
        return said
    return language.say("{change}, and no entry says so", change=said)


def _field_name(name: str, language: Language) -> str:
    return language.term("decided" if name in TERMS["decided"] else "field", name)


def _reason(change: Change, language: Language) -> str:
    say, name = language.say, _field_name(change.name, language)
    match change.how:
        case How.ADDED:
            return say("rule noted at detection ({name}): added", name=name)
        case How.REMOVED:
            return say("rule noted at detection ({name}): removed", name=name)
        case _:
            return say("rule noted at detection ({name}): changed", name=name)


def _place(change: Change, language: Language) -> Iterator[str]:
    say, place = language.say, change.name
    match change.how:
        case How.ADDED:
            yield _unexplained(say("places: {place} was added", place=place), change, language)
        case How.REMOVED:
            yield say("places: {place} was removed", place=place)
        case How.MOVED:
            yield say("places: they stand in another order")
        case How.HIDDEN:
            said = say("words of place {place} were masked, sealed or erased", place=place)
            yield _unexplained(said, change, language)
        case _:
            for field in change.fields:
                yield _place_field(field, place, language)


def _place_field(field: str, place: str, language: Language) -> str:
    say = language.say
    match field:
        case "text":
            return say("the text of place {place} changed", place=place)
        case "title":
            return say("the title of place {place} changed", place=place)
        case "author":
            return say("the author of place {place} changed", place=place)
        case _:
            return say("`{field}` of place {place} changed", field=field, place=place)


def _entry(change: Change, team: Team, language: Language) -> Iterator[str]:
    say = language.say
    if change.entry is None:
        yield say("merged entries stand in another order")
        return
    entry = entry_line(change.entry, team, language)
    match change.how:
        case How.REMOVED:
            yield say("an entry was removed: {entry}", entry=entry)
        case How.HIDDEN:
            said = say("words of an entry were masked, sealed or erased: {entry}", entry=entry)
            yield _unexplained(said, change, language)
        case How.CHANGED:
            fields = ", ".join(f"`{field}`" for field in change.fields)
            yield say("an entry was changed ({fields}): {entry}", fields=fields, entry=entry)
        case _:
            return
