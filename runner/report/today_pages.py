"""The page of today: what is overdue, due and in a crisis, and whose turn it is."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import zip_longest

from runner.clocks.standings import Position
from runner.figures.today import Heat, Owed, Today
from runner.model import State
from runner.planning.branches import INTAKE
from runner.planning.dashboard import OpenCase
from runner.planning.next_step import case_steps, raised_crisis_step
from runner.planning.turns import Turn
from runner.planning.words import category_words, counted_cases, promise_line
from runner.policies.values import Configuration
from runner.report.blocks import Block, Cell, Listing, Listings, Page, Paragraph, Part, Tile, Tiles
from runner.report.listed import Listed, case_address
from runner.report.presenting import Presenting

_SHOWN = 50
"""Cases under one heading; the others stand behind its number."""


def today_page(
    today: Today,
    listed: Mapping[str, Listed],
    configuration: Configuration,
    now: datetime,
    show: Presenting,
) -> Page:
    """Return the page; `listed` are the cases of its lists by id."""
    wording = show.wording
    say = wording.language.say
    by_heat = {heat: [each for each in today.owed if each.heat is heat] for heat in Heat}
    tiles = tuple(
        Tile(
            wording.heat(heat),
            wording.number(len(found)),
            href=f"#{heat}" if found and heat is not Heat.CALM else None,
            tone="late" if found and heat in {Heat.CRISIS, Heat.OVERDUE} else "",
        )
        for heat, found in by_heat.items()
    )
    parts = [
        Part(
            wording.heat(heat),
            tuple(_lists(by_heat[heat], listed, configuration, now, show)),
            heat.value,
        )
        for heat in (Heat.CRISIS, Heat.OVERDUE, Heat.DUE)
        if by_heat[heat]
    ]
    if not parts:
        parts.append(
            Part(
                say("Nothing presses"),
                (Paragraph(say("No crisis, nothing overdue, nothing due within 24 hours.")),),
            )
        )
    parts += [
        Part(
            say("Who is waited for"),
            show.present(
                today.turns,
                say("Open cases and proposals, by whose turn it is"),
                say("waiting for"),
                lambda key: wording.turn(Turn(key)),
            ),
            "turns",
        ),
        Part(
            say("Who has them"),
            show.present(
                today.owners,
                say("Open cases and proposals, by owner"),
                say("owner"),
                wording.person,
            ),
            "owners",
        ),
    ]
    is_open = today.open_count
    counted = counted_cases(is_open, len(today.owed) - is_open, wording.language)
    lead = f"{say('As of {instant}.', instant=wording.language.instant(now))} {counted}."
    return Page("index.html", "today", say("Today"), lead, (Part("", (Tiles(tiles),)), *parts))


def _lists(
    found: list[Owed],
    listed: Mapping[str, Listed],
    configuration: Configuration,
    now: datetime,
    show: Presenting,
) -> list[Block]:
    say = show.wording.language.say
    blocks: list[Block] = [
        Listings(
            tuple(
                _listing(each, listed.get(each.id), configuration, now, show)
                for each in found[:_SHOWN]
            )
        )
    ]
    if len(found) > _SHOWN:
        more = say(
            "The first {count} of {all}; the table below leads to all of them.",
            count=_SHOWN,
            all=show.wording.number(len(found)),
        )
        blocks.append(Paragraph(more, "muted"))
    return blocks


def _listing(
    each: Owed,
    listed: Listed | None,
    configuration: Configuration,
    now: datetime,
    show: Presenting,
) -> Listing:
    case, wording = each.case, show.wording
    summary, branch, standing = case.summary, case.branch, case.foremost
    language = wording.language
    say = language.say
    where = language.word(State(summary.state))
    if branch is not None and (branch.change == INTAKE or summary.crisis is None):
        where = say("to qualify")
        if case.pull is not None:
            where = say("to qualify (no. {pull})", pull=case.pull)
    late = standing is not None and standing.position is Position.OVERDUE
    return Listing(
        title=listed.title if listed is not None and listed.title else each.id,
        href=case_address(each.id) if listed is not None else None,
        facts=(
            each.id,
            where,
            category_words(summary.category, summary.crisis, language),
            say("{urgency} urgency", urgency=language.word(summary.urgency)),
            ", ".join(summary.sources),
            wording.person(summary.owner),
        ),
        badge=promise_line(standing, now, language) if standing is not None else "",
        tone="late" if late or each.heat is Heat.CRISIS else "",
        steps=tuple(_steps(case, configuration, show)),
    )


def _steps(case: OpenCase, configuration: Configuration, show: Presenting) -> Iterator[Cell]:
    """Yield what a case waits for; what stands in a pull request leads there."""
    language = show.wording.language
    if case.branch is None:
        waiting = [show.pull_page(step.number) for step in case.steps]
        said = case_steps(case.summary, case.standings, case.steps, configuration, language)
        yield from (Cell(text, href) for text, href in zip_longest(said, waiting))
    elif case.branch.change != INTAKE and case.summary.crisis is not None:
        yield Cell(raised_crisis_step(case.pull, language), show.pull_page(case.pull))
    else:
        text = language.say("It waits to be accepted or refused.")
        if case.summary.crisis is not None and case.pull is not None:
            text = language.say("People first: see pull request {number}.", number=case.pull)
        yield Cell(text, show.pull_page(case.pull))
