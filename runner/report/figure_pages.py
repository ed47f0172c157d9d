"""The pages of autonomy, quality, process and sources, and the first one for the public."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from runner.figures.autonomy import ALONE, ASKED, TARGET
from runner.figures.disclosure import is_small
from runner.figures.figures import Figures
from runner.figures.process import Stage
from runner.figures.public import release
from runner.figures.quality import CONTESTED, ONCE, REOPENED, TURNED, Quality
from runner.figures.table import share
from runner.figures.watched import Watched
from runner.model import Category
from runner.report.blocks import (
    Block,
    Cell,
    Chart,
    Grid,
    Page,
    Pair,
    Paragraph,
    Part,
    Tile,
    Tiles,
)
from runner.report.charts import draw_bars
from runner.report.presenting import HIDDEN, NO_SHARE, Presenting


def autonomy_page(figures: Figures, show: Presenting) -> Page:
    """Return how many cases were settled without asking the brand."""
    wording, autonomy = show.wording, figures.autonomy
    say = wording.language.say
    whole = autonomy.whole.sums.total
    shown = show.share_in(autonomy.whole, ALONE, aim=TARGET)
    # What is withheld is told by no colour either.
    is_told = shown not in {HIDDEN, NO_SHARE}
    reached = autonomy.share is not None and autonomy.share >= TARGET
    tile = Tile(
        say("settled without brand care"),
        shown,
        say("the target is {target} at least", target=wording.percent(TARGET)),
        tone="" if reached or not whole or not is_told else "late",
    )
    found = show.by_dimension(
        autonomy.tables,
        say("Settled cases"),
        kept=(ALONE,),
        kept_heading=say("share alone"),
        drawn=(ALONE, ASKED),
    )
    return Page(
        "autonomy.html",
        "autonomy",
        say("Autonomy"),
        show.lead(say("How many cases the desk settles without asking the brand.")),
        (
            Part(
                "",
                (
                    Tiles((tile, Tile(say("cases settled"), show.total_of(autonomy.whole)))),
                    Paragraph(
                        say(
                            "Settled cases, those left out that ever were a crisis. Brand care was "
                            "asked where a case was handed off to it, or it approved a step."
                        ),
                        "muted",
                    ),
                ),
            ),
            *(
                Part(wording.by(dimension), blocks, f"by-{dimension}")
                for dimension, blocks in found
            ),
        ),
    )


def quality_page(figures: Figures, show: Presenting) -> Page:
    """Return what cases teach: causes, returns, surveys, customers who turned round."""
    wording, quality = show.wording, figures.quality
    say = wording.language.say
    returns, turned = quality.returns, quality.turned
    parts = [Part("", (_quality_tiles(quality, show),))]
    if not show.public:
        # Causes and procedures are free words: nobody promises that they name nobody.
        parts += _cause_parts(quality, show)
    parts += [
        Part(
            say("Settled once, or not"),
            show.present(
                returns,
                say("Settled cases by category"),
                say("category"),
                lambda key: wording.language.word(Category(key)),
                kept=(ONCE,),
                kept_heading=say("share once"),
            ),
            "returns",
        ),
        Part(
            say("Survey"),
            show.distribution(quality.survey, say("What became of the survey"), say("survey")),
            "survey",
        ),
        Part(
            say("Complaints that ended in thanks"),
            show.present(
                turned,
                say("Closed complaints by source"),
                say("source"),
                str,
                kept=(TURNED,),
                kept_heading=say("share"),
            ),
            "turned",
        ),
    ]
    return Page(
        "quality.html",
        "quality",
        say("Quality"),
        show.lead(
            say("What cases teach: their causes, what came back, what customers said in the end.")
        ),
        tuple(parts),
    )


def _quality_tiles(quality: Quality, show: Presenting) -> Tiles:
    wording = show.wording
    say = wording.language.say
    returns, turned = quality.returns, quality.turned
    is_told = not show.is_silent(quality.survey)
    is_rated = quality.satisfaction is not None and not (show.public and is_small(quality.answers))
    return Tiles(
        (
            Tile(say("contested or reopened"), show.share_in(returns, CONTESTED, REOPENED)),
            Tile(
                say("complaints that ended in thanks"),
                show.share_in(turned, TURNED),
            ),
            Tile(
                say("answers to the survey"),
                show.count(quality.answers) if is_told else HIDDEN,
                say("on average {share}", share=wording.percent(quality.satisfaction))
                if is_told and is_rated
                else "",
            ),
        )
    )


def _cause_parts(quality: Quality, show: Presenting) -> Iterator[Part]:
    say = show.wording.language.say
    for heading, caption, table, part_id in (
        (say("Root causes"), say("Closed cases by root cause"), quality.causes, "causes"),
        (
            say("Procedures changed"),
            say("Closed cases by the procedure that they changed"),
            quality.procedures,
            "procedures",
        ),
    ):
        blocks = show.present(
            table, caption, heading.lower(), str, drawn=("cases",), with_sums=False
        )
        yield Part(heading, blocks, part_id)


def process_page(figures: Figures, show: Presenting) -> Page:
    """Return where cases wait: the time that they spend in each state."""
    wording = show.wording
    language = wording.language
    say = language.say
    stages = figures.stages
    whole = sum(stage.total for stage in stages)
    names = [language.word(stage.state) for stage in stages]
    hidden = show.release.states.withheld if show.release is not None else ()
    rows = tuple(
        (Cell(name), *_stage_cells(stage, whole, show, is_hidden=stage.state in hidden))
        for name, stage in zip(names, stages, strict=True)
    )
    columns = (
        say("state"),
        say("here now"),
        say("stays"),
        say("half stay up to"),
        say("nine of ten up to"),
        say("share of all waiting"),
    )
    chart = None
    if whole and not show.public:
        about = say("Days that cases spent in each state, all together")
        days = [round(stage.total / 86_400, 1) for stage in stages]
        chart = Chart(draw_bars(names, [days], about))
    blocks: tuple[Block, ...] = (
        Pair(chart, Grid(say("Time spent in each state"), columns, rows)),
        Paragraph(
            say(
                "From the entry that brought a case into a state to the one that took it out; for "
                "open cases until now. The chart shows days, all cases together."
            )
            if chart
            else say(
                "From the entry that brought a case into a state to the one that took it out; for "
                "open cases until now."
            ),
            "muted",
        ),
    )
    return Page(
        "process.html",
        "process",
        say("Process"),
        show.lead(say("Where cases wait.")),
        (Part(say("Time spent in each state"), blocks, "stages"),),
    )


def _stage_cells(
    stage: Stage, whole: int, show: Presenting, *, is_hidden: bool
) -> tuple[Cell, ...]:
    """Return what is told of a state; how many are in it now only if nobody can be told by it.

    Who came and went tells with who came who is still there.
    """
    wording = show.wording
    too_few = show.public and (is_hidden or is_small(len(stage.passed)))
    here = show.link("process", f"{stage.state}.here", stage.here)
    stays = show.link("process", f"{stage.state}.stays", stage.passed)
    return (
        Cell(HIDDEN) if is_hidden else Cell(wording.number(len(stage.here)), here),
        Cell(HIDDEN) if is_hidden else Cell(show.count(len(stage.passed)), stays),
        Cell(HIDDEN if too_few else wording.length(stage.median)),
        Cell(HIDDEN if too_few else wording.length(stage.ninth)),
        Cell(HIDDEN if too_few or is_hidden else wording.percent(share(stage.total, whole))),
    )


def sources_page(watched: Sequence[Watched], now: datetime, show: Presenting) -> Page:
    """Return how the sources do."""
    wording = show.wording
    language = wording.language
    say = language.say
    rows = []
    for each in watched:
        read = language.instant(each.read_at) if each.read_at else say("never")
        old = each.read_at is None or now - each.read_at > max(
            each.source.every * 4, timedelta(days=2)
        )
        remark = each.problem or (say("not read for long") if old and each.read_at else "")
        rows.append(
            (
                Cell(each.source.id),
                Cell(language.word(each.source.category)),
                Cell(read, tone="late" if old else ""),
                Cell(wording.number(each.items) if each.read_at else "–"),
                Cell(wording.number(each.new) if each.read_at else "–"),
                Cell(wording.number(each.cases)),
                Cell(remark, tone="late" if each.problem else "muted"),
            )
        )
    ill = sum(bool(each.problem) for each in watched)
    columns = (
        say("source"),
        say("kind of site"),
        say("last good read"),
        say("messages"),
        say("new"),
        say("cases"),
        say("remark"),
    )
    tiles = Tiles(
        (
            Tile(say("sources watched"), wording.number(len(watched))),
            Tile(say("with a problem"), wording.number(ill), tone="late" if ill else ""),
        )
    )
    grid = Grid(say("How each source does"), columns, tuple(rows), is_numbers=False)
    note = say("A source that cannot be read is unknown, not empty: nothing is concluded from it.")
    return Page(
        "sources.html",
        "sources",
        say("Sources"),
        say("When each was last read, what is wrong, what comes from it."),
        (
            Part("", (tiles,)),
            Part(say("Health"), (grid, Paragraph(note, "muted")), "health"),
        ),
    )


def public_page(figures: Figures, show: Presenting) -> Page:
    """Return the first page of what may be published."""
    from runner.report.promise_pages import first_reply_tiles

    wording = show.wording
    say = wording.language.say
    autonomy = figures.autonomy
    totals = (show.release or release(figures)).totals
    tiles = Tiles(
        (
            *(
                Tile(label, HIDDEN if count is None else show.count(count))
                for label, count in (
                    (say("cases"), totals.cases),
                    (say("open now"), totals.open_now),
                )
            ),
            Tile(
                say("settled without brand care"),
                show.share_in(autonomy.whole, ALONE, aim=TARGET),
            ),
        )
    )
    return Page(
        "index.html",
        "today",
        say("In short"),
        show.lead(say("As of {instant}.", instant=wording.language.instant(figures.at))),
        (
            Part("", (tiles,)),
            Part(
                say("How long customers waited for the first word"),
                (first_reply_tiles(figures, show),),
            ),
            Part(
                say("What is not shown"),
                (
                    Paragraph(
                        say(
                            "These pages name no customer and quote nobody. Counts below five are "
                            "withheld (·), and with them those that would tell them. Cases in "
                            "which a life was in danger are not counted here."
                        )
                    ),
                ),
            ),
        ),
    )
