"""How the labels of pull requests look: a colour and a description for each kind of label."""

from dataclasses import dataclass

from runner.model import Category, Urgency
from runner.planning.words import label
from runner.text.language import Language


@dataclass(frozen=True, slots=True)
class Look:
    """`colour` is six hexadecimal digits; `description` fits the 100 characters of GitHub."""

    colour: str
    description: str


_URGENCIES = {
    Urgency.LOW: "c2e0c6",
    Urgency.NORMAL: "bfd4f2",
    Urgency.HIGH: "d93f0b",
    Urgency.CRITICAL: "b60205",
}
_CATEGORIES = {
    Category.QUESTION: "d4c5f9",
    Category.ADVICE: "c5def5",
    Category.COMPLAINT: "f9d0c4",
    Category.PRAISE: "fef2c0",
}


def look_of(name: str, language: Language) -> Look:
    """Return how a label of the runner's looks; what is of no kind known gets a plain grey."""
    say = language.say
    if name == say("crisis"):
        return Look("b60205", say("A life is in danger: people answer at once, never a template"))
    for urgency, colour in _URGENCIES.items():
        if name == label(say("urgency"), language.word(urgency)):
            return Look(colour, say("How soon the customer must be answered"))
    for category, colour in _CATEGORIES.items():
        if name == label(say("category"), language.word(category)):
            return Look(colour, say("What the customer's message is"))
    kinds = {
        say("change of a case"): Look("c5def5", say("An accepted case gets something new")),
        say("conversation"): Look("c5def5", say("Its customer wrote again, or we did")),
        say("another place"): Look("c5def5", say("The same matter stands elsewhere too")),
        say("state"): Look("ededed", say("Where the case stands")),
        say("source"): Look("0e8a16", say("Where the message was found")),
        say("brand"): Look("5319e7", say("The brand that is meant")),
        say("incident"): Look("e99695", say("A known fault behind many cases")),
    }
    return kinds.get(name.partition(": ")[0], Look("ededed", ""))
