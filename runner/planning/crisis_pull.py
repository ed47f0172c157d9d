"""The words of the pull request and the commit that raise a crisis in a case."""

from collections.abc import Iterator

from runner.cases.case import Case, Entry
from runner.planning.pull_request import PullWords, what_was_said
from runner.planning.words import label, person_name
from runner.policies.values import Configuration
from runner.text.language import Language


def render_crisis_message(case: Case, crisis: str, language: Language) -> str:
    """Return the message of the commit that raises a crisis: our words and ids only."""
    what = language.term("crisis", crisis)
    said = language.say("Raise a crisis in case {case}: {crisis}", case=case.id, crisis=what)
    return f"{said}\n\n{language.say('commanded in a comment')}\n"


def render_crisis_pull(
    case: Case, raised: Entry, configuration: Configuration, language: Language
) -> PullWords:
    """Return the words of the pull request that raises a crisis; `raised` is the entry."""
    say, what = language.say, language.term("crisis", str(raised.facts["crisis"]))
    return PullWords(
        title=say("CRISIS {case} · {crisis}", case=case.id, crisis=what),
        body="\n\n".join(_body(case, raised, configuration, language)) + "\n",
        labels=(
            say("crisis"),
            say("change of a case"),
            label(say("urgency"), language.word(case.urgency)),
        ),
    )


def _body(
    case: Case, raised: Entry, configuration: Configuration, language: Language
) -> Iterator[str]:
    say = language.say
    yield "> [!CAUTION]\n> " + say(
        "**Crisis: {crisis}.** Warn the people in charge at once. Nobody answers from a "
        "template, nothing is sent by itself, and two people close the case.",
        crisis=language.term("crisis", str(raised.facts["crisis"])),
    )
    yield say(
        "{name} says so of the case {case} in a comment, {instant}.",
        name=person_name(raised.by, configuration.team, language),
        case=f"`{case.id}`",
        instant=language.instant(raised.at),
    )
    yield "## " + say("What was said")
    yield from what_was_said(case.places, configuration, language)
    yield "## " + say("Your decision")
    yield "\n".join(
        (
            "- "
            + say("**Accept**: merge this pull request.")
            + " "
            + say(
                "The case is in a crisis until somebody has it in hand: {command}.",
                command=f"`doleances crisis {case.id} --taken`",
            ),
            "- "
            + say(
                "**Refuse**: when two people have looked at it, one of them closes the pull "
                "request and says why. No comment does."
            ),
        )
    )
