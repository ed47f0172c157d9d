"""Findings of proofreading in the team's words: what is wrong, and what to do instead."""

from collections.abc import Iterable, Iterator

from runner.errors import Severity
from runner.replies.proofreading.check import Finding
from runner.text.clean import clean_line
from runner.text.language import Language

_SHOWN = 60


def finding_lines(findings: Iterable[Finding], language: Language) -> Iterator[str]:
    """Return a line for each finding: where, what, what to do."""
    say = language.say
    for finding in findings:
        place = f"{finding.line}:{finding.column}"
        words = clean_line(finding.words, _SHOWN)
        what, instead = describe(finding, language)
        line = (
            say("{place}: {what} (“{words}”)", place=place, what=what, words=words)
            if words
            else say("{place}: {what}", place=place, what=what)
        )
        grave = finding.severity is Severity.ERROR
        yield f"{say('FAULT')} {line}. {instead}" if grave else f"{line}. {instead}"


def describe(finding: Finding, language: Language) -> tuple[str, str]:
    """Return what is wrong, without a full stop, and a sentence on what to do."""
    say = language.say
    said = {
        "unlawful-offer": (
            say("something is offered for changing a review: that is unlawful"),
            say("Leave the review out of it, or the offer."),
        ),
        "promise": (
            say("a promise without a decision on file"),
            say("Say who decides and by when, or have it approved first."),
        ),
        "personal-data-asked": (
            say("personal data is asked for in public"),
            say("Ask in private, and say so here."),
        ),
        "personal-data-shown": (
            say("personal data stands in public"),
            say("Leave it out: the customer knows it."),
        ),
        "blame": (say("this puts the blame on the customer"), say("Say what we do now.")),
        "irony": (say("this may be read as irony"), say("Say it plainly.")),
        "avoided": (say("the brand does not want these words"), say("Find others.")),
        "capitals": (say("capitals shout"), say("Write small letters.")),
        "exclamations": (say("a run of marks"), say("One is enough.")),
        "mixed-register": (say("tu and vous are mixed"), say("Keep to one.")),
        "wrong-language": (
            say("this is not the customer’s language"),
            say("Answer in the language they wrote in."),
        ),
        "too-long": (say("this is longer than the site takes"), say("Shorten it.")),
        "repeated": (
            say("others read this very text here"),
            say("Change the words: everyone can compare."),
        ),
        "no-salutation": (say("no greeting"), say("Begin with their first name or handle.")),
        "no-taking-up": (
            say("nothing of theirs is taken up"),
            say("Name what they wrote about."),
        ),
        "no-reassurance": (
            say("no reassuring end"),
            say("End on what happens next, or on thanks."),
        ),
        "told-as-given": (
            say("it is said to have been given, and the case holds no such decision"),
            say("Record the decision first, or say what is still to be decided."),
        ),
        "name-from-elsewhere": (
            say("a name by which the customer goes elsewhere, not here"),
            say("Call them by the name they use here."),
        ),
        "spelling": (
            say("a word that the dictionary does not know"),
            say("Perhaps {words}?", words=", ".join(finding.instead))
            if finding.instead
            else say("If it is right, add it to `words` in policies/brand.yaml."),
        ),
    }
    what, instead = said[finding.rule]
    if finding.telling:
        what = _likeness(finding, language)
    return what, instead


def _likeness(finding: Finding, language: Language) -> str:
    """Return what a sentence is like where no rule fits it, and which of its words say so."""
    say = language.say
    telling = clean_line(finding.telling, _SHOWN)
    match finding.rule:
        case "unlawful-offer":
            return say(
                "this reads like an offer for a review, above all “{telling}”", telling=telling
            )
        case "promise":
            return say("this reads like a promise, above all “{telling}”", telling=telling)
        case "personal-data-asked":
            return say(
                "this reads like asking for personal data, above all “{telling}”", telling=telling
            )
        case _:
            return say(
                "this reads like telling personal data, above all “{telling}”", telling=telling
            )
