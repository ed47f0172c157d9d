"""Two cases that became one: what was merged away stands in the other, and came from there."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from runner.errors import Fault
from runner.model import State
from runner.text.document import Document

FindCase = Callable[[str], Document | None]
"""Returns the case of an id as it stands beside the one that is judged, None without one."""


def check_merged(after: Document, added: Iterable[int], find: FindCase) -> Iterator[Fault]:
    """Yield what is wrong with the merges that the new entries of a case tell of.

    `after` has passed the schema, as has what `find` returns.
    """
    case: Any = after.value
    for index in added:
        entry = case["log"][index]
        if entry["entry"] == "merged":
            yield from _check_target(after, index, find)
        elif entry["entry"] == "place-added" and "from" in entry:
            yield from _check_origin(after, index, find)


def _check_target(merged: Document, index: int, find: FindCase) -> Iterator[Fault]:
    case: Any = merged.value
    target = case["log"][index]["target"]
    other = find(target)
    where = ("log", index, "target")
    if other is None:
        yield merged.fault(
            where,
            "merge-target",
            f"there is no case {target} to merge into",
            "`doleances status` lists the cases",
        )
        return
    held: Any = other.value
    if held["state"] in {State.MERGED, State.ERASED}:
        yield merged.fault(where, "merge-target", f"the case {target} is itself {held['state']}")
    detected = {place["key"]: place["detected_at"] for place in held["places"]}
    for place in case["places"]:
        if detected.get(place["key"]) != place["detected_at"]:
            yield merged.fault(
                where,
                "merge-places",
                f"the case {target} does not hold {place['id']} with its detection",
                "the target keeps all places, each with its key and `detected_at`",
            )


def _check_origin(joined: Document, index: int, find: FindCase) -> Iterator[Fault]:
    """Check that the places which joined are those of a case that was merged into this one."""
    case: Any = joined.value
    entry = case["log"][index]
    other = find(entry["from"])
    held: Any = other.value if other is not None else {"log": (), "places": ()}
    where = ("log", index, "from")
    if not any(one.get("target") == case["id"] for one in held["log"]):
        yield joined.fault(
            where,
            "merge-origin",
            f"{entry['from']} was not merged into this case",
            "`doleances merge` changes both files",
        )
        return
    stood = {place["key"]: place | {"id": ""} for place in held["places"]}
    for number, place in enumerate(case["places"]):
        if place["id"] in entry["places"] and stood.get(place["key"]) != place | {"id": ""}:
            yield joined.fault(
                ("places", number),
                "merge-origin",
                f"{place['id']} does not stand so in {entry['from']}",
                "a place joins as it was detected",
            )
