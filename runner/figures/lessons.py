"""What a month says about procedures: which to look at, and by which cases (DOMAIN: quality).

Each rule is a plain count with a threshold, so that who reads a proposal can count again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from runner.figures.autonomy import TARGET
from runner.figures.life import Life
from runner.figures.month import MonthFigures
from runner.figures.promises import Fate
from runner.figures.table import Cases
from runner.model import Category

RECURRING = 3
"""Closings of one cause in two months that make it recurring."""
LATE = 3
LATE_SHARE = 0.1
"""Broken promises of a clock, and their share of all with a verdict, that ask for a look."""
DISPUTED = 2
DISPUTED_SHARE = 0.2
"""Answers by a template that customers contested, and their share of its uses."""
ALIKE = 5
"""Complaints about one matter in a month for which an incident is worth declaring."""
SETTLED = 10
"""Settled cases below which the share settled alone says nothing."""


class Lesson(StrEnum):
    """Which rule speaks."""

    NO_PROCEDURE = "no-procedure"
    CAME_BACK = "came-back"
    LATE_CLOCK = "late-clock"
    DISPUTED_TEMPLATE = "disputed-template"
    NO_INCIDENT = "no-incident"
    ASKED_BRAND = "asked-brand"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A procedure to look at: `count` of `whole`, in these cases.

    `about` is a cause, a clock, a template or a product.  `detail` is what more is to be said:
    the procedure that did not hold, the source with most of it, the topic.
    """

    lesson: Lesson
    about: str
    detail: str
    count: int
    whole: int
    cases: Cases


def propose(month: MonthFigures, before: MonthFigures) -> tuple[Proposal, ...]:
    """Return what the month proposes, in the order of the rules, the most cases first."""
    found = (
        *_causes(month, before),
        *_late(month),
        *_disputed(month),
        *_alike(month),
        *_asked(month),
    )
    order = tuple(Lesson)
    return tuple(
        sorted(found, key=lambda each: (order.index(each.lesson), -each.count, each.about))
    )


def _causes(month: MonthFigures, before: MonthFigures) -> Iterator[Proposal]:
    """Yield causes that recur without a procedure changed for them, or in spite of one."""
    lives = {each.life.id: each.life for each in (*before.lived, *month.lived)}
    earlier = {name.casefold(): cases for name, cases in before.causes.items()}
    for cause, cases in month.causes.items():
        past = earlier.get(cause.casefold(), ())
        changed = next(
            (lives[c].procedure for c in past if c in lives and lives[c].procedure), None
        )
        if changed is not None:
            yield Proposal(Lesson.CAME_BACK, cause, changed, len(cases), len(cases), cases)
        elif len(cases) + len(past) >= RECURRING and not any(lives[c].procedure for c in cases):
            both = tuple(dict.fromkeys((*past, *cases)))
            yield Proposal(Lesson.NO_PROCEDURE, cause, "", len(both), len(both), both)


def _late(month: MonthFigures) -> Iterator[Proposal]:
    """Yield clocks that broke too many of their promises, with the source of most of them."""
    sources = {each.life.id: each.life.source for each in month.lived}
    table = month.figures.promises.verdicts
    late_columns = (str(Fate.MISSED), str(Fate.OVERDUE))
    for row in table.rows:
        cells = dict(zip(table.columns, row.cells, strict=True))
        late = tuple(case for name in late_columns for case in cells[name])
        judged = len(late) + len(cells[str(Fate.MET)])
        if len(late) >= LATE and len(late) >= LATE_SHARE * judged:
            source, most = Counter(sources[case] for case in late).most_common(1)[0]
            yield Proposal(
                Lesson.LATE_CLOCK,
                row.key,
                source if 2 * most > len(late) else "",
                len(late),
                judged,
                tuple(sorted(set(late))),
            )


def _disputed(month: MonthFigures) -> Iterator[Proposal]:
    """Yield templates after which customers contest."""
    used: dict[str, list[str]] = defaultdict(list)
    disputed: dict[str, list[str]] = defaultdict(list)
    for each in month.lived:
        for template in each.templates:
            used[template].append(each.life.id)
        for template in each.disputed:
            disputed[template].append(each.life.id)
    for template, cases in disputed.items():
        if len(cases) >= DISPUTED and len(cases) >= DISPUTED_SHARE * len(used[template]):
            yield Proposal(
                Lesson.DISPUTED_TEMPLATE,
                template,
                "",
                len(cases),
                len(used[template]),
                tuple(cases),
            )


def _alike(month: MonthFigures) -> Iterator[Proposal]:
    """Yield products and topics with many complaints that no incident holds together."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for life in _detected(month):
        is_alone = life.category is Category.COMPLAINT and life.incident is None
        if is_alone and life.product and life.topic:
            alike[life.product, life.topic].append(life.id)
    for (product, topic), cases in alike.items():
        if len(cases) >= ALIKE:
            yield Proposal(Lesson.NO_INCIDENT, product, topic, len(cases), len(cases), tuple(cases))


def _asked(month: MonthFigures) -> Iterator[Proposal]:
    """Yield the topic for which brand care is asked most, where too few are settled alone."""
    share = month.figures.autonomy.share
    settled = [life for life in _detected(month) if life.is_settled and not life.in_crisis]
    if share is None or share >= TARGET or len(settled) < SETTLED:
        return
    asked = [life for life in settled if life.asked_brand]
    topics = Counter(life.topic for life in asked if life.topic)
    for topic, count in topics.most_common(1):
        cases = tuple(life.id for life in asked if life.topic == topic)
        yield Proposal(Lesson.ASKED_BRAND, topic, "", count, len(asked), cases)


def _detected(month: MonthFigures) -> Iterator[Life]:
    opened = frozenset(month.opened)
    return (each.life for each in month.lived if each.life.id in opened)
