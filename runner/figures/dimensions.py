"""What cases are counted by: the week of their detection, source, category, product."""

from collections.abc import Iterable
from enum import StrEnum

from runner.figures.life import Life


class Dimension(StrEnum):
    """What the rows of a table stand for."""

    WEEK = "week"
    SOURCE = "source"
    CATEGORY = "category"
    PRODUCT = "product"

    def of(self, life: Life) -> str:
        """Return the row that a case counts in; empty for one that names no product."""
        match self:
            case Dimension.WEEK:
                year, week, _ = life.day.isocalendar()
                return f"{year}-W{week:02}"
            case Dimension.SOURCE:
                return life.source
            case Dimension.CATEGORY:
                return life.category.value
            case Dimension.PRODUCT:
                return life.product or ""


def counted(lives: Iterable[Life]) -> tuple[Life, ...]:
    """Return the lives of the desk's cases, without what is proposed, put aside or merged away."""
    return tuple(life for life in lives if life.counts)
