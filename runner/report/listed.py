"""What lists and the search show of a case; and the files from which the search reads it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.cases.case import Case
from runner.figures.life import Life

SHARD = 5_000
"""Cases in one file of the search: about a megabyte."""
_TITLE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as lists show it.  `title` and `handle` are a stranger's, masked as in the file."""

    life: Life
    title: str
    handle: str

    @property
    def id(self) -> str:
        """The case's id."""
        return self.life.id

    @property
    def shown_state(self) -> str:
        """Its state, or that it waits to be accepted."""
        return "proposed" if self.life.proposed else self.life.state.value


def list_case(case: Case, life: Life) -> Listed:
    """Return what lists show of a case."""
    return Listed(life, title_of(case), case.handle or "")


def title_of(case: Case) -> str:
    """Return the customer's title or first words, as the file has them; empty once erased."""
    first = case.places[0]
    words = " ".join((first.title or first.text or "").split())
    return words if len(words) <= _TITLE else f"{words[: _TITLE - 1].rstrip()}…"


def case_address(case_id: str) -> str:
    """Return where the page of a case stands below the folder of a language."""
    return f"case/{case_id[2:4]}/{case_id}.html"


def render_shards(listed: Sequence[Listed]) -> Iterator[str]:
    """Yield the files of the search, each a script that hands its rows over.

    Scripts, because pages that are opened from a disk may load those and nothing else.
    """
    for start in range(0, len(listed), SHARD):
        rows = [_row(each) for each in listed[start : start + SHARD]]
        yield f"doleances.cases({start // SHARD},{_script(rows)});\n"


def render_set(name: str, sets: Mapping[str, Sequence[str]], numbers: Mapping[str, int]) -> str:
    """Return the script that hands over the cases behind the numbers of one table.

    `numbers` are the places of the cases in the list.
    """
    found = {
        place: [numbers[case_id] for case_id in cases if case_id in numbers]
        for place, cases in sets.items()
    }
    return f"doleances.sets({_script(name)},{_script(found)});\n"


def choices(listed: Iterable[Listed]) -> dict[str, list[str]]:
    """Return what the list can be narrowed to: owners, sources and products that occur."""
    owners, sources, products = set[str](), set[str](), set[str]()
    for each in listed:
        owners.add(each.life.owner or "")
        sources.add(each.life.source)
        products.add(each.life.product or "")
    return {
        "owner": sorted(owners - {""}),
        "source": sorted(sources),
        "product": sorted(products - {""}),
    }


def _row(listed: Listed) -> list[object]:
    life = listed.life
    return [
        life.id,
        listed.title,
        listed.handle,
        listed.shown_state,
        life.category.value,
        life.urgency.value,
        life.owner or "",
        life.source,
        life.product or "",
        life.day.isoformat(),
        int(life.in_crisis),
        life.incident or "",
    ]


def _script(value: object) -> str:
    """Return data as a script holds it: in ASCII, with nothing that ends a script element."""
    return json.dumps(value, separators=(",", ":")).replace("</", "<\\/")
