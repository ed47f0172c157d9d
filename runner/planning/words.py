"""Phrases that a pull request and a page on the terminal share."""

from collections.abc import Callable

from runner.cases.lifecycle import RUNNER
from runner.model import ContactAbility, Rating, Reason
from runner.policies.team import Team
from runner.policies.values import Source
from runner.text.language import Language


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


def where_written(reason: Reason) -> str:
    """Return the place of a rule: `policies/triage.yaml:58`."""
    return f"{reason.file}:{reason.line}"


def rated(rating: Rating, language: Language) -> str:
    """Return how many stars were given."""
    return language.say(
        "Rating: {value} of {best}", value=f"{rating.value:g}", best=f"{rating.best:g}"
    )


def contact_lines(source: Source, language: Language) -> tuple[str, str]:
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


def person_name(person: str, team: Team, language: Language) -> str:
    """Return the name of who did something: a person of the team, or the program."""
    if person == RUNNER:
        return language.say("the program")
    known = team.person(person)
    return known.name if known else person
