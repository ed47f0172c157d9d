"""Phrases that a pull request and a page on the terminal share."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from runner.cases.case import Entry
from runner.cases.courses import Ending
from runner.cases.lifecycle import RUNNER
from runner.clocks.standings import Position, Standing
from runner.model import Category, ContactAbility, Rating, Reason
from runner.policies.clocks import Unit, parse_target
from runner.policies.team import Team
from runner.text.language import Language

if TYPE_CHECKING:
    from runner.policies.values import Source


def label(name: str, value: str) -> str:
    """Return a label of a forge, `urgency: high`; people type it, so its space is a plain one."""
    return f"{name}: {value}"


def because(
    reason: Reason,
    language: Language,
    own: Callable[[str], str] = str,
    stranger: Callable[[str], str] = str,
) -> str:
    """Return why something was decided: the rule, where it is written, what made it speak.

    `own` sets the rule's name and `stranger` what was found in the text, as the medium
    needs it.
    """
    rule = language.say(
        "by rule {rule} ({where})", rule=own(reason.rule), where=where_written(reason)
    )
    if reason.detail:
        return language.say("{rule}: {detail}", rule=rule, detail=stranger(reason.detail))
    return rule


def reason_of(entry: Entry) -> Reason | None:
    """Return the rule that an entry names, None where it names none."""
    match entry.facts.get("why"):
        case {"rule": str(rule), "file": str(file), "line": int(line), **rest}:
            return Reason(rule, file, line, str(rest.get("detail", "")))
        case _:
            return None


def where_written(reason: Reason) -> str:
    """Return the place of a rule: `policies/triage.yaml:58`."""
    return f"{reason.file}:{reason.line}"


def rated(rating: Rating, language: Language) -> str:
    """Return how many stars were given."""
    return language.say(
        "Rating: {value} of {best}", value=f"{rating.value:g}", best=f"{rating.best:g}"
    )


def category_words(category: str, crisis: str | None, language: Language) -> str:
    """Return what a case is in a list: a crisis, and which; else its category."""
    if crisis is not None:
        return f"{language.say('CRISIS')} · {language.term('crisis', crisis)}"
    return language.word(Category(category))


def counted_cases(is_open: int, proposed: int, language: Language) -> str:
    """Return how many cases are open, and how many wait to be accepted besides.

    Open is what was accepted and has not ended; a proposal is none yet (DESIGN: the life of a
    case).  Wherever open cases are counted, these are the words.
    """
    if not is_open:
        return (
            language.say_n(
                "No open case, {count} proposed", "No open case, {count} proposed", proposed
            )
            if proposed
            else language.say("No open case")
        )
    counted = language.say_n("{count} open case", "{count} open cases", is_open)
    if not proposed:
        return counted
    more = language.say_n("{count} more proposed", "{count} more proposed", proposed)
    return f"{counted}, {more}"


def contact_lines(source: "Source", language: Language) -> tuple[str, str]:
    """Return how the site of a source lets the desk speak to a customer, public and private."""
    public = language.say("In public: {ability}", ability=language.word(source.public))
    private = language.say("In private: {ability}", ability=language.word(source.private))
    match source.private:
        case ContactAbility.PAID:
            advice = language.say("A paid contact needs an approval first.")
        case ContactAbility.NONE:
            advice = language.say("Ask in public for a way to write in private, never for details.")
        case _:
            return (public, private)
    return (public, f"{private}. {advice}")


def clock_name(clock: str, language: Language) -> str:
    """Return the name of a clock, as a line begins with it."""
    name = language.term("clock", clock)
    return name[:1].upper() + name[1:]


def promise_line(standing: Standing, now: datetime, language: Language) -> str:
    """Return how a promise stands, in a line: its name, and until when, or how it ended."""
    return language.say(
        "{clock}: {standing}",
        clock=clock_name(standing.clock, language),
        standing=standing_words(standing, now, language),
    )


def standing_words(standing: Standing, now: datetime, language: Language) -> str:
    """Return how a promise stands: until when, what is left of it, how late it is."""
    say, span = language.say, language.span
    course, due_at = standing.course, standing.due_at
    due = language.instant(due_at)
    ended_at = course.ended_at or now
    ended = language.instant(ended_at)
    match standing.position:
        case Position.RUNNING:
            return say("by {instant}, {span} left", instant=due, span=span(due_at - now))
        case Position.DUE_SOON:
            return say("due soon, by {instant}, {span} left", instant=due, span=span(due_at - now))
        case Position.OVERDUE:
            return say("OVERDUE since {instant}, {span}", instant=due, span=span(now - due_at))
        case Position.PAUSED:
            rests_since = language.instant(course.pauses[-1].started_at)
            return say("rests since {instant}", instant=rests_since)
        case Position.MET:
            return say("done {instant}", instant=ended)
        case Position.MISSED:
            late = span(ended_at - due_at)
            if course.ending is Ending.STOPPED:
                return say("done {instant}, {span} late", instant=ended, span=late)
            return say("given up {instant}, {span} late", instant=ended, span=late)
        case Position.CANCELLED:
            return say("no longer owed since {instant}", instant=ended)


def target_words(target: str, language: Language, *, saturdays: bool = False) -> str:
    """Return the target of a promise, as its file says it, in words; `saturdays` count or not."""
    length = parse_target(target)
    count, say_n = length.amount, language.say_n
    match length.unit:
        case Unit.MINUTE:
            return say_n("{count} minute", "{count} minutes", count)
        case Unit.HOUR:
            return say_n("{count} hour", "{count} hours", count)
        case Unit.CIVIL_DAY:
            return say_n("{count} civil day", "{count} civil days", count)
        case Unit.BUSINESS_DAY:
            return business_day_words(count, language, saturdays=saturdays)
        case Unit.MONTH:
            return say_n("{count} month", "{count} months", count)


def business_day_words(count: int, language: Language, *, saturdays: bool) -> str:
    """Return a number of business days; in French those of a week of six have their own name."""
    if saturdays:
        return language.say_n(
            "{count} business day, Saturdays included",
            "{count} business days, Saturdays included",
            count,
        )
    return language.say_n("{count} business day", "{count} business days", count)


def person_name(person: str, team: Team, language: Language) -> str:
    """Return the name of who did something: a person of the team, or the program."""
    if person == RUNNER:
        return language.say("the program")
    known = team.person(person)
    return known.name if known else person
