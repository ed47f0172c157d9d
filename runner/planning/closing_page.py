"""The closing messages that the runner prepared, for people on a terminal: to copy and to post."""

from collections.abc import Iterator

from runner.cases.case import Case, Place
from runner.cases.closings import Closing
from runner.model import Category
from runner.planning.closing_words import remark_lines, where_lines
from runner.planning.page import Line, Section, Tone
from runner.policies.values import Configuration
from runner.replies.setting import source_at
from runner.text.language import Language


def closing_sections(
    case: Case, closings: tuple[Closing, ...], configuration: Configuration, language: Language
) -> Iterator[Section]:
    """Return a section for the message at each place, and one for what only people know."""
    say = language.say
    places = {place.id: place for place in case.places}
    known = tuple(closing for closing in closings if closing.place in places)
    for closing in known:
        place = places[closing.place]
        heading = say("Closing message for {place}", place=f"{place.id} ({place.source})")
        yield Section(heading, tuple(_message(case, place, closing, configuration, language)))
    yield Section(say("What is missing"), tuple(map(Line, _missing(case, known, language))))


def _message(
    case: Case, place: Place, closing: Closing, configuration: Configuration, language: Language
) -> Iterator[Line]:
    say = language.say
    yield from map(Line, where_lines(place, source_at(place, configuration), language))
    if closing.impossible:
        yield Line(say("No message can stand there: {why}.", why=closing.impossible))
        return
    if closing.url:
        yield Line(say("It stands here: {where}", where=closing.url))
    if closing.before:
        yield Line(say("The site takes one reply, which is edited. Now it reads:"))
        yield from _quoted(closing.before)
        yield Line(say("It is to read:"))
    if closing.text:
        yield from _quoted(closing.text)
        yield from map(Line, remark_lines(case, place, closing, configuration, language))
    elif not closing.url:
        yield Line(say("There is no template for a message there: write it in your own words."))


def _quoted(words: str) -> Iterator[Line]:
    return (Line(line, Tone.QUOTE) for line in words.splitlines())


def _missing(case: Case, closings: tuple[Closing, ...], language: Language) -> Iterator[str]:
    """Yield what the command wants to be told besides, with its options."""
    say = language.say
    for closing in closings:
        if not closing.is_shown and not closing.before:
            yield say(
                "{place}: the address of the message in {url}, or in {impossible} why there can "
                "be none",
                place=closing.place, url="--url", impossible="--impossible",
            )  # fmt: skip
    if case.category is Category.COMPLAINT:
        yield say("What caused it: {field}", field="--root-cause")
    yield say(
        "The survey: its address in {url}, or in {why} why none was sent",
        url="--survey", why="--no-survey",
    )  # fmt: skip
