"""Posting what was ordered: look, then post, one after the other at each source.

Every order ends in a receipt that says whether it stands there, surely does not, or may.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from runner.planning.postings import Mode, Order, Posting, Step
from runner.policies.privacy import PrivacyPolicy
from runner.policies.values import Configuration, Source
from runner.sources.adapter import Outside, Unknown
from runner.sources.collect import Errand, open_outside
from runner.sources.posting.answers import AnswerPoster
from runner.sources.posting.bluesky import BlueskyPoster
from runner.sources.posting.discourse import DiscoursePoster
from runner.sources.posting.mastodon import MastodonPoster
from runner.sources.posting.port import Absent, Doubtful, Found, Poster, Refused, Taken
from runner.sources.problem_words import printable, render_problem
from runner.text.language import Language
from runner.text.masking import mask

_POSTERS: dict[str, Callable[[Source, Outside], Poster]] = {
    "bluesky": BlueskyPoster,
    "discourse": DiscoursePoster,
    "json": AnswerPoster,
    "mastodon": MastodonPoster,
}
_DETAIL = 500


def _always() -> bool:
    return True


def publish(
    configuration: Configuration,
    root: Path,
    orders: Iterable[Order],
    errand: Errand,
    keep: Callable[[Posting], None],
    *,
    may_act: Callable[[], bool] = _always,
) -> None:
    """Carry out orders; `keep` is given the receipt of each before the next is begun.

    `may_act` is asked before each.  What may not be posted any more is refused, and surely not
    posted by this run.
    """
    asyncio.run(_publish(configuration, root, tuple(orders), errand, keep, may_act=may_act))


async def _publish(
    configuration: Configuration,
    root: Path,
    orders: tuple[Order, ...],
    errand: Errand,
    keep: Callable[[Posting], None],
    *,
    may_act: Callable[[], bool],
) -> None:
    language = Language(configuration.instance.language, configuration.instance.zone)
    sources = {source.id: source for source in configuration.sources}
    async with open_outside(configuration, root, errand) as outside:
        for order in orders:
            if may_act():
                posting = await _carry_out(order, sources.get(order.source), outside, language)
            else:
                posting = replace(_told(order, outside), detail=language.say("stopped by people"))
            keep(_masked(posting, configuration.privacy))


async def _carry_out(
    order: Order, source: Source | None, outside: Outside, language: Language
) -> Posting:
    """Return what became of an order."""
    say = language.say
    told = _told(order, outside)
    if source is None or source.publish is None:
        return replace(told, detail=say("nothing is posted at {source}", source=order.source))
    poster = _POSTERS[source.kind](source, outside)
    try:
        seen = await poster.look(order)
    except Exception as error:  # one answer that trips the program must not cost the others
        return replace(told, detail=type(error).__name__)
    match seen:
        case Found():
            return _posted(told, seen)
        case Unknown(problem=problem, not_before=not_before):
            return replace(told, detail=render_problem(problem, language), not_before=not_before)
        case Taken():
            return replace(
                told, step=Step.UNKNOWN, detail=say("another answer of ours stands there")
            )
        case Absent():
            pass
    if order.mode is Mode.LOOK:
        return replace(
            told, step=Step.UNKNOWN, detail=say("it was not seen, and is wanted no more")
        )
    if order.mode is Mode.AGAIN and not poster.repeats_safely(order, outside.now):
        return replace(
            told, step=Step.UNKNOWN, detail=say("it may have been posted, and was not seen")
        )
    try:
        sent = await poster.post(order)
    except Exception as error:  # it may have been taken before
        return replace(told, step=Step.DOUBTFUL, detail=type(error).__name__)
    match sent:
        case Found():
            return _posted(told, sent)
        case Refused(problem, not_before):
            return replace(told, detail=render_problem(problem, language), not_before=not_before)
        case Doubtful(problem):
            return replace(told, step=Step.DOUBTFUL, detail=render_problem(problem, language))


def _told(order: Order, outside: Outside) -> Posting:
    """Return what is known of an order that was not carried out."""
    doubt = Step.REFUSED if order.mode is Mode.POST else Step.DOUBTFUL
    return Posting(order.case_id, order.key, order.tried, doubt, outside.now)


def _posted(told: Posting, found: Found) -> Posting:
    at = found.at.astimezone(UTC).replace(microsecond=0) if found.at else told.at
    return replace(
        told,
        step=Step.POSTED,
        at=min(at, told.at),
        url=found.url,
        native_id=found.native_id,
    )


def _masked(posting: Posting, privacy: PrivacyPolicy) -> Posting:
    return replace(posting, detail=printable(mask(posting.detail, privacy), _DETAIL))
