"""Where cases wait: the time that they spend in each state."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from runner.figures.life import Life
from runner.figures.table import Cases, Row, Table
from runner.model import State


@dataclass(frozen=True, slots=True)
class Stage:
    """How long cases stay in a state.

    `median` and `ninth` are the seconds that half, and nine of ten, of all stays that are over
    did not exceed; None while there is none.  `total` are the seconds of all stays, those that
    last among them.  `passed` are the cases of the stays that are over, `here` those that are in
    it now.
    """

    state: State
    median: int | None
    ninth: int | None
    total: int
    passed: Cases
    here: Cases


def count_stages(lives: Iterable[Life]) -> tuple[Stage, ...]:
    """Return a stage for each open state, in the order of a case's life."""
    over: dict[State, list[tuple[int, str]]] = defaultdict(list)
    totals: dict[State, int] = defaultdict(int)
    here: dict[State, list[str]] = defaultdict(list)
    for life in lives:
        if life.state.is_open:
            here[life.state].append(life.id)
        for dwelling in life.dwellings:
            totals[dwelling.state] += dwelling.seconds
            if dwelling.is_over:
                over[dwelling.state].append((dwelling.seconds, life.id))
    return tuple(
        Stage(
            state,
            quantile([seconds for seconds, _ in over[state]], 0.5),
            quantile([seconds for seconds, _ in over[state]], 0.9),
            totals[state],
            tuple(case_id for _, case_id in over[state]),
            tuple(here[state]),
        )
        for state in State
        if state.is_open
    )


def tabulate_stages(stages: Iterable[Stage]) -> Table:
    """Return how many cases are in each state now; together they are the open ones."""
    rows = (Row(stage.state.value, (stage.here,)) for stage in stages)
    return Table("process", ("here",), tuple(rows))


def quantile(values: Iterable[int], share: float) -> int | None:
    """Return the least value that `share` (above 0) of all do not exceed, None of none."""
    ordered = sorted(values)
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None
