"""The pages of clocks: promises kept, and how long customers waited for the first word."""

from collections.abc import Iterator

from runner.figures.disclosure import publish
from runner.figures.figures import Figures
from runner.figures.promises import Fate, FirstReply, PromiseFigures, Wish
from runner.figures.public import upright
from runner.figures.table import Table
from runner.report.blocks import Links, Page, Paragraph, Part, Tile, Tiles
from runner.report.presenting import HIDDEN, Presenting, safe_name

IN_THREE_DAYS = tuple(
    map(str, (FirstReply.HOUR, FirstReply.AVERAGE, FirstReply.DAY, FirstReply.THREE_DAYS))
)
IN_ONE_DAY = IN_THREE_DAYS[:3]


def clock_pages(figures: Figures, show: Presenting) -> Iterator[Page]:
    """Yield the page of all clocks, then one for each."""
    yield _overview(figures, show)
    for clock, tables in figures.promises.clocks.items():
        yield _clock_page(clock, tables, show)


def clock_address(clock: str) -> str:
    """Return where the page of a clock stands."""
    return f"clock-{safe_name(clock)}.html"


def first_reply_tiles(figures: Figures, show: Presenting) -> Tiles:
    """Return the shares of first replies within an hour, a day and three days.

    In public those alone that the rows of the table tell as well.
    """
    say = show.wording.language.say
    table = figures.promises.first_reply
    replied = table.sums.total - table.count(FirstReply.WAITING)
    withheld = {*publish(upright(table)).withheld} if show.public else set[str]()
    tiles = []
    for label, columns, note in (
        (say("first reply within 1 h"), IN_THREE_DAYS[:1], say("66% of customers want this")),
        (say("within 1 day"), IN_ONE_DAY, say("the ideal")),
        (say("within 3 days"), IN_THREE_DAYS, say("the promise at most")),
    ):
        part = sum(map(table.count, columns))
        tells = show.is_silent(table) or not withheld.isdisjoint((*columns, FirstReply.WAITING))
        tiles.append(Tile(label, HIDDEN if tells else show.share_of(part, replied), note))
    return Tiles(tuple(tiles))


def _overview(figures: Figures, show: Presenting) -> Page:
    promises = figures.promises
    say = show.wording.language.say
    return Page(
        "clocks.html",
        "clocks",
        say("Clocks"),
        show.lead(say("What was promised, what was kept, and how fast the first word came.")),
        (
            _first_reply_part(figures, show),
            _kept_part(promises, show),
            *((_ideal_part(promises, show),) if promises.ideal.rows else ()),
            *_by_dimension(
                show,
                promises.first_replies,
                say("First reply"),
                kept=IN_THREE_DAYS,
                kept_heading=say("share in 3 days"),
                drawn=(*IN_THREE_DAYS, FirstReply.LATER),
            ),
        ),
    )


def _first_reply_part(figures: Figures, show: Presenting) -> Part:
    say = show.wording.language.say
    return Part(
        say("How long customers waited for the first word"),
        (
            first_reply_tiles(figures, show),
            *show.distribution(
                figures.promises.first_reply,
                say("From the detection to the first public reply"),
                say("first reply"),
            ),
            Paragraph(
                say(
                    "Each case counts once, in the first line that fits; a day is 24 hours "
                    "here. 66% of customers want an answer within 1 h; brands take 3 h 42 "
                    "on average; 1 day is the ideal, 3 days the most."
                ),
                "muted",
            ),
        ),
        "first-reply",
    )


def _kept_part(promises: PromiseFigures, show: Presenting) -> Part:
    wording = show.wording
    say = wording.language.say
    return Part(
        say("Promises kept"),
        (
            *show.present(
                promises.verdicts,
                say("Every promise, by clock"),
                say("clock"),
                wording.clock,
                kept=(Fate.MET,),
                kept_heading=say("share kept"),
                with_sums=False,
            ),
            Paragraph(
                say(
                    "A promise counts each time it was made. Running ones are not in the "
                    "share; one that is overdue counts as broken."
                ),
                "muted",
            ),
            Links(
                say("One clock, by week, source, category and product"),
                tuple((wording.clock(clock), clock_address(clock)) for clock in promises.clocks),
            ),
        ),
        "kept",
    )


def _ideal_part(promises: PromiseFigures, show: Presenting) -> Part:
    wording = show.wording
    say = wording.language.say
    return Part(
        say("The ideal"),
        show.present(
            promises.ideal,
            say(
                "Promises that ended, beside the ideal of the policy; those running or "
                "overdue do not count here"
            ),
            say("clock"),
            wording.clock,
            kept=(Wish.IDEAL,),
            kept_heading=say("share ideal"),
            with_sums=False,
        ),
        "ideal",
    )


def _clock_page(clock: str, tables: tuple[Table, ...], show: Presenting) -> Page:
    wording = show.wording
    say = wording.language.say
    drawn = (Fate.MET, Fate.MISSED, Fate.OVERDUE)
    return Page(
        clock_address(clock),
        "clocks",
        say("Clock: {clock}", clock=wording.clock(clock)),
        show.lead(
            say("How often this promise was kept, by the week in which the case was detected.")
        ),
        tuple(
            _by_dimension(
                show,
                tables,
                wording.clock(clock),
                kept=(Fate.MET,),
                kept_heading=say("share kept"),
                drawn=drawn,
            )
        ),
    )


def _by_dimension(
    show: Presenting,
    tables: tuple[Table, ...],
    matter: str,
    *,
    kept: tuple[str, ...],
    kept_heading: str,
    drawn: tuple[str, ...],
) -> Iterator[Part]:
    found = show.by_dimension(tables, matter, kept=kept, kept_heading=kept_heading, drawn=drawn)
    for dimension, blocks in found:
        yield Part(show.wording.by(dimension), blocks, f"by-{dimension}")
