"""What the company knows of a customer, in words."""

from collections.abc import Callable, Iterator

from runner.cases.case import Case
from runner.model import Known
from runner.planning.words import where_written
from runner.text.language import Language


def customer_lines(
    case: Case,
    language: Language,
    own: Callable[[str], str] = str,
    stranger: Callable[[str], str] = str,
) -> Iterator[str]:
    """Yield whether the customer has a file, what a look-up told of it, and which one did.

    `own` and `stranger` set our names and others' words as the medium needs them.
    """
    say = language.say
    match case.known:
        case Known.YES:
            yield say("The customer already has a file at the company.")
        case Known.NO:
            yield say("The customer has no file at the company yet.")
        case Known.UNKNOWN:
            yield say("Not known whether the customer has a file at the company.")
    if case.distributor:
        yield say("Distributor: {distributor}", distributor=stranger(case.distributor))
    if case.reference:
        # Its form holds nothing that acts, and people copy it.
        yield say("The customer's reference: {reference}", reference=own(case.reference))
    reason = case.why.get("customer")
    if reason is not None:
        asked = say(
            "By look-up {name} ({where}) at detection",
            name=own(reason.rule),
            where=where_written(reason),
        )
        yield f"{asked}: {stranger(reason.detail)}" if reason.detail else asked
