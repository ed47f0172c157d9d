"""Two branches that added to one log: both entries, one below the other.

What is merged stays as it is.  What is not yet, goes below; where it was written down
earlier than the entry that it follows, it is written down again now.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from runner.cases.case import Asked, Place
from runner.cases.file import parse_case
from runner.cases.splicing import Amendment, told_fields
from runner.text.document import Document


class CannotRebase(Exception):
    """Both sides changed what only one of them can; the message says what."""


def plan_rebase(ancestor: Document, ours: Document, theirs: Document, now: datetime) -> Amendment:
    """Return what `ours` added to `ancestor`, as an amendment of `theirs`.

    All three have passed the schema.

    Raises:
        CannotRebase: when ours rewrote something, or both changed one field in two ways.
    """
    was: Any = ancestor.value
    mine: Any = ours.value
    merged: Any = theirs.value
    known = len(was["log"])
    if mine["log"][:known] != was["log"] or mine["places"][: len(was["places"])] != was["places"]:
        raise CannotRebase("the branch rewrote entries or places that were merged")
    case = parse_case(mine, ours.file)
    latest = parse_case(merged, theirs.file).log[-1].recorded_at
    entries = tuple(
        entry if entry.recorded_at >= latest else replace(entry, recorded_at=max(now, latest))
        for entry in case.log[known:]
    )
    places, names = _renumbered(case.places[len(was["places"]) :], len(merged["places"]))
    entries = tuple(replace(entry, facts=_placed(entry.facts, names)) for entry in entries)
    left = {"log", "places", "asked", "offered", "customer", *told_fields(was, case.log[known:])}
    fields = dict(_changed(was, mine, merged, [name for name in mine if name not in left]))
    before, here, there = (each.get("customer") or {} for each in (was, mine, merged))
    fields.update(_changed(before, here, there, ("distributor", "reference")))
    asked = [wish for wish in mine.get("asked", ()) if wish not in was.get("asked", ())]
    offered = [text for text in mine.get("offered", ()) if text not in was.get("offered", ())]
    return Amendment(
        entries=entries,
        places=places,
        asked=tuple(
            Asked(wish["what"], names.get(wish.get("place"), wish.get("place")))
            for wish in asked
            if wish not in merged.get("asked", ())
        ),
        offered=tuple(text for text in offered if text not in merged.get("offered", ())),
        fields=fields,
    )


def _changed(was: Any, mine: Any, merged: Any, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield the fields that ours changed, with their values there."""
    for name in names:
        value = mine.get(name)
        if value != was.get(name):
            if merged.get(name) not in (was.get(name), value):
                raise CannotRebase(f"both sides changed `{name}`")
            yield name, value


def _placed(facts: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return facts with the new names of the places that they tell of."""
    placed = dict(facts)
    if "place" in facts:
        placed["place"] = names.get(facts["place"], facts["place"])
    if "places" in facts:
        placed["places"] = [names.get(name, name) for name in facts["places"]]
    if "closings" in facts:
        placed["closings"] = [_placed(closing, names) for closing in facts["closings"]]
    return placed


def _renumbered(places: tuple[Place, ...], taken: int) -> tuple[tuple[Place, ...], dict[str, str]]:
    names = {place.id: f"p{number}" for number, place in enumerate(places, taken + 1)}
    return tuple(replace(place, id=names[place.id]) for place in places), names
