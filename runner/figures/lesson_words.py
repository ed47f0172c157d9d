"""What a month proposes, in words: what recurs, in which cases, and what to do about it."""

from collections.abc import Sequence

from runner.figures.lessons import Lesson, Proposal
from runner.planning.words import clock_name
from runner.text.language import Language

PERCENT_FROM = 20
"""Below so many a percentage would pretend to be exact: one case is five of a hundred."""
_NAMED = 8
"""Cases that are named at most."""


def proposal_words(proposal: Proposal, then: str, language: Language) -> str:
    """Return a proposal in words; `then` is the name of the month before."""
    say = language.say
    cases = named(proposal.cases, language)
    part = part_of(proposal.count, proposal.whole, language)
    match proposal.lesson:
        case Lesson.NO_PROCEDURE:
            return language.say_n(
                "“{cause}” came {count} time in two months and no procedure was changed for "
                "it: write one ({cases})",
                "“{cause}” came {count} times in two months and no procedure was changed for "
                "it: write one ({cases})",
                proposal.count,
                cause=proposal.about,
                cases=cases,
            )
        case Lesson.CAME_BACK:
            return say(
                "“{cause}” came back though “{procedure}” was changed for it in {month}: "
                "see whether that holds ({cases})",
                cause=proposal.about,
                procedure=proposal.detail,
                month=then,
                cases=cases,
            )
        case Lesson.LATE_CLOCK:
            clock = clock_name(proposal.about, language)
            if proposal.detail:
                return say(
                    "{clock}: late {part}, most of them on {source}: see who answers there "
                    "and when ({cases})",
                    clock=clock,
                    part=part,
                    source=proposal.detail,
                    cases=cases,
                )
            return say(
                "{clock}: late {part}: see where these cases waited ({cases})",
                clock=clock,
                part=part,
                cases=cases,
            )
        case Lesson.DISPUTED_TEMPLATE:
            return say(
                "Template {template}: contested {part}: read it again with these cases ({cases})",
                template=proposal.about,
                part=part,
                cases=cases,
            )
        case Lesson.NO_INCIDENT:
            return say(
                "{product}, {topic}: {count} complaints without an incident: declare one, so "
                "that all get the same words and the same gesture ({cases})",
                product=proposal.about,
                topic=language.term("topic", proposal.detail),
                count=proposal.count,
                cases=cases,
            )
        case Lesson.ASKED_BRAND:
            return say(
                "{topic}: {part} of what brand care was asked: agree with it on what the "
                "desk may decide alone ({cases})",
                topic=language.term("topic", proposal.about),
                part=part,
                cases=cases,
            )


def part_of(part: int, whole: int, language: Language) -> str:
    """Return a part of a whole, with its percentage from so many on that it means something."""
    if whole < PERCENT_FROM:
        return language.say("{part} of {whole}", part=part, whole=whole)
    return language.say(
        "{part} of {whole} ({percent}%)",
        part=part,
        whole=whole,
        percent=_percent(part, whole),
    )


def _percent(part: int, whole: int) -> int:
    """Return the nearest per cent, all or nothing only where it is."""
    nearest = round(100 * part / whole)
    return nearest if part in {0, whole} else min(max(nearest, 1), 99)


def named(cases: Sequence[str], language: Language) -> str:
    """Return the first of some cases by their ids, and how many more there are."""
    more = len(cases) - _NAMED
    shown = ", ".join(cases[:_NAMED])
    if more <= 0:
        return shown
    return language.say_n("{cases} and {count} more", "{cases} and {count} more", more, cases=shown)
