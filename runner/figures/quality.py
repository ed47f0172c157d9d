"""What cases teach: their causes, what came back, what customers said in the end."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import mean

from runner.figures.life import Life, Survey
from runner.figures.table import Table, tabulate
from runner.model import Category, State

ONCE, REOPENED, CONTESTED = "once", "reopened", "contested"
TURNED, NOT_TURNED = "turned", "not-turned"


@dataclass(frozen=True, slots=True)
class Quality:
    """Causes of closed cases, returns, surveys, customers who complained and gave thanks.

    `causes` has a row for each root cause, spelt as most spell it, `procedures` for each that
    was changed.  `returns` and `turned` count by category.  `satisfaction` is the mean of
    the answers to the survey between 0 and 1, None without any, of `answers` answers.
    """

    causes: Table
    procedures: Table
    returns: Table
    survey: Table
    turned: Table
    satisfaction: float | None
    answers: int


def count_quality(lives: Iterable[Life]) -> Quality:
    """Return what these cases teach."""
    cases = tuple(lives)
    settled = [life for life in cases if life.is_settled or life.is_reopened or life.contested]
    ratings = [rating for life in cases for rating in life.ratings]
    return Quality(
        _spelt("causes", ((life.root_cause, life.id) for life in cases)),
        _spelt("procedures", ((life.procedure, life.id) for life in cases)),
        tabulate(
            "returns",
            (ONCE, CONTESTED, REOPENED),
            ((life.category.value, _return_of(life), life.id) for life in settled),
        ),
        tabulate("survey", tuple(map(str, Survey)), _surveys(cases)),
        tabulate(
            "turned",
            (TURNED, NOT_TURNED),
            (
                (life.source, TURNED if life.turned_round else NOT_TURNED, life.id)
                for life in cases
                if life.category is Category.COMPLAINT and life.state is State.CLOSED
            ),
        ),
        mean(ratings) if ratings else None,
        len(ratings),
    )


def _return_of(life: Life) -> str:
    if life.is_reopened:
        return REOPENED
    return CONTESTED if life.contested else ONCE


def _surveys(lives: Iterable[Life]) -> Iterator[tuple[str, str, str]]:
    for life in lives:
        if life.survey is not None:
            yield "all", life.survey.value, life.id


def _spelt(table_id: str, found: Iterable[tuple[str | None, str]]) -> Table:
    """Return how often each text was written; capitals do not make it another."""
    written = [(text, case_id) for text, case_id in found if text is not None]
    spellings = Counter(text for text, _ in written)
    spelt: dict[str, str] = {}
    for text, _ in spellings.most_common():
        spelt.setdefault(text.casefold(), text)
    return tabulate(
        table_id, ("cases",), ((spelt[text.casefold()], "cases", c) for text, c in written)
    )
