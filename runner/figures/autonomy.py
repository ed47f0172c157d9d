"""How many cases the desk settles without asking the brand."""

from collections.abc import Iterable
from dataclasses import dataclass

from runner.figures.dimensions import Dimension
from runner.figures.life import Life
from runner.figures.table import Table, share, tabulate

TARGET = 0.7
"""At least 70 of 100 cases are handled without asking the brand, the desperate ones left out
(DOMAIN: who)."""
ALONE, ASKED = "alone", "asked"
COLUMNS = (ALONE, ASKED)


@dataclass(frozen=True, slots=True)
class Autonomy:
    """Settled cases, without those that ever were a crisis: settled alone, or brand care asked."""

    whole: Table
    tables: tuple[Table, ...]

    @property
    def share(self) -> float | None:
        """The share settled alone, None while nothing is settled."""
        return share(self.whole.count(ALONE), self.whole.sums.total)


def count_autonomy(lives: Iterable[Life]) -> Autonomy:
    """Return how many of the settled cases needed nobody at the brand."""
    settled = [life for life in lives if life.is_settled and not life.in_crisis]

    def by(table_id: str, dimension: Dimension | None) -> Table:
        return tabulate(
            table_id,
            COLUMNS,
            (
                (dimension.of(life) if dimension else "all", _column(life), life.id)
                for life in settled
            ),
        )

    return Autonomy(
        by("autonomy", None),
        tuple(by(f"autonomy.{dimension}", dimension) for dimension in Dimension),
    )


def _column(life: Life) -> str:
    return ASKED if life.asked_brand else ALONE
