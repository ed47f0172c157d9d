"""Public figures tell no small count by subtraction: across tables, per row and in the totals."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.clocks.standings import Position
from runner.figures.dimensions import Dimension
from runner.figures.disclosure import LEAST, Matter, publish_together
from runner.figures.figures import Figures, count_figures
from runner.figures.life import Dwelling, Kept, Life, Survey
from runner.figures.public import Release, public_data, release
from runner.figures.table import Row, Table
from runner.model import Category, State, Urgency
from runner.policies.team import Team
from runner.report.blocks import Tiles
from runner.report.figure_pages import autonomy_page
from runner.report.presenting import HIDDEN, Presenting
from runner.report.wording import Wording
from runner.text.language import Language

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIRST = date(2026, 11, 2)
STATES = (State.CLOSED, State.CLOSED, State.RESOLVED, State.ACKNOWLEDGED, State.OPEN)
PASSED = ((), (State.OPEN,), (State.OPEN, State.ACKNOWLEDGED))
POSITIONS = (Position.MET, Position.MET, Position.MISSED, Position.RUNNING)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Life, ...]:
    """Some hundred cases in a few groups that are alike, as a desk has them."""
    groups = draw(
        st.lists(
            st.tuples(
                st.integers(1, 14),
                st.sampled_from(STATES),
                st.sampled_from(("forum", "reviews")),
                st.sampled_from((Category.COMPLAINT, Category.QUESTION, Category.PRAISE)),
                st.sampled_from(("kettle", "lamp", None)),
                st.sampled_from((600, 50_000, 400_000, None)),
                st.booleans(),
                st.sampled_from(POSITIONS),
                st.sampled_from((None, Survey.SENT)),
                st.booleans(),
                st.sampled_from(PASSED),
            ),
            min_size=1,
            max_size=12,
        )
    )
    kinds = [kind for count, *kind in groups for _ in range(count)]
    return tuple(life(n, *kind) for n, kind in enumerate(kinds))


def life(
    number: int,
    state: State,
    source: str,
    category: Category,
    product: str | None,
    reply: int | None,
    asked: bool,
    position: Position,
    survey: Survey | None,
    news: bool = False,
    passed: tuple[State, ...] = (),
) -> Life:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    return Life(
        id=f"c-{number:012}", state=state, proposed=False, cycle=1, category=category,
        urgency=Urgency.NORMAL, source=source, topic=None, product=product, incident=None,
        owner=None, in_crisis=False, day=FIRST + timedelta(days=number % 14), detected_at=at,
        since=at, reply_seconds=reply,
        waited_seconds=900 if reply is None and state.is_open else None,
        promises=(Kept("first-reply", position), *((Kept("news", Position.MET),) if news else ())),
        dwellings=tuple(Dwelling(one, 3_600, True) for one in passed), asked_brand=asked,
        contested=number % 7 == 0, turned_round=asked, survey=survey, ratings=(),
        root_cause=None, procedure=None,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(lives())
def test_no_two_published_counts_differ_by_a_small_one(cases: tuple[Life, ...]) -> None:
    figures = count_figures(cases, NOW)
    found = release(figures)
    for mine, theirs in combinations(known(figures, found), 2):
        if mine[0] != theirs[0]:
            continue
        for one in sums(mine[1]):
            for other in sums(theirs[1]):
                less, more = sorted((one, other), key=Counter.total)
                left = more.total() - less.total()
                assert not (0 < left < LEAST and less <= more), (mine, theirs)


def known(figures: Figures, found: Release) -> Iterator[tuple[object, Row]]:
    """Yield the rows that a reader knows, by what they are of: those shown, and sums of others."""
    named = {f"{table.id}": table for table in figures.tables() if table.id in found.tables}
    for table_id, table in named.items():
        published = found.tables[table_id]
        dimension = dimension_of(table_id)
        if published.silent:
            continue
        hidden = [row for row in table.rows if row.key in published.withheld]
        for row in table.rows:
            if row not in hidden:
                yield (dimension, row.key), row
        if published.sums is not None and table_id not in {"promises", "ideal"}:
            yield "all", table.sums
            if hidden:
                yield (dimension, frozenset(published.withheld)), added(hidden)
    states = [stage for stage in figures.stages if stage.state not in found.states.withheld]
    for stage in states:
        yield "all", Row("", (stage.here, stage.passed))
    if found.totals.cases is not None:
        yield "all", Row("", (figures.cases,))
    if found.totals.open_now is not None:
        yield "all", Row("", (tuple(c for stage in figures.stages for c in stage.here),))


def dimension_of(table_id: str) -> str:
    last = table_id.rpartition(".")[2]
    own = {"returns": "category", "turned": "source", "promises": "clock", "ideal": "clock"}
    return last if last in set(Dimension) else own.get(table_id, "all")


def added(rows: list[Row]) -> Row:
    columns = range(len(rows[0].cells))
    return Row("", tuple(tuple(c for row in rows for c in row.cells[n]) for n in columns))


def sums(row: Row) -> Iterator[Counter[str]]:
    """Yield what any columns of a row count together."""
    cells = [cell for cell in row.cells if cell]
    for count in range(1, len(cells) + 1):
        for chosen in combinations(cells, count):
            yield Counter(case for cell in chosen for case in cell)


def table(table_id: str, **rows: str) -> Table:
    """Make a table of one column; each row counts the cases of these letters."""
    return Table(table_id, ("cases",), tuple(Row(key, (tuple(of),)) for key, of in rows.items()))


EVERY, FEWER = "abcdefghijklmnopqrst", "abcdefghijklmnopq"


def test_who_is_in_one_table_of_a_source_and_not_in_the_next_is_not_told() -> None:
    first = Matter({"source": table("replied", forum=EVERY, reviews=EVERY.upper() + "012345")})
    later = Matter({"source": table("settled", forum=FEWER, reviews=EVERY.upper())})
    found = publish_together((first, later))
    assert (found["replied"].withheld, found["replied"].sums is None) == ((), False)
    assert found["settled"].withheld == ("forum", "reviews")
    assert not found["settled"].silent


def test_a_matter_whose_sums_would_tell_is_withheld_whole() -> None:
    first = Matter({"source": table("replied", forum=EVERY)})
    later = Matter({"source": table("settled", forum=FEWER), "week": table("weeks", w=FEWER)})
    found = publish_together((first, later))
    assert found["settled"].silent
    assert found["weeks"].silent
    assert found["weeks"].table.rows == ()


def test_what_is_equal_or_has_a_large_rest_is_published() -> None:
    first = Matter({"source": table("replied", forum=EVERY)})
    same, far = (Matter({"source": table(of, forum=of)}) for of in (EVERY, EVERY[:12]))
    found = publish_together((first, same, far))
    assert all(each.sums is not None and not each.withheld for each in found.values())


def test_of_what_is_silent_no_share_is_told() -> None:
    done = [life(n, State.CLOSED, "forum", Category.QUESTION, None, 60, n > 9, Position.MET, None)
            for n in range(30)]  # fmt: skip
    left = life(30, State.OPEN, "forum", Category.QUESTION, None, None, False, Position.MET, None)
    figures = count_figures((*done, *(replace(left, id=f"c-{n}") for n in range(3))), NOW)
    data = public_data(figures)
    assert release(figures).is_silent(figures.autonomy.whole)
    assert data["autonomy"] == {"share": None, "target": 0.7}
    words = Wording(Language("en", ZoneInfo("Europe/Paris")), Team((), ()), {})
    page = autonomy_page(figures, Presenting(words, public=True, release=release(figures)))
    (tiles,) = (block for block in page.parts[0].blocks if isinstance(block, Tiles))
    assert [(tile.value, tile.tone) for tile in tiles.tiles] == [(HIDDEN, ""), (HIDDEN, "")]
