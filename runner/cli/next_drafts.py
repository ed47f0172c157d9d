"""What could be said next in a case, wherever it is to be said."""

from collections.abc import Iterable

from runner.cases.case import Case
from runner.cli.desk import Desk
from runner.cli.drafting import read_uses
from runner.cli.finding import Found
from runner.policies.templates import Purpose
from runner.policies.values import Configuration
from runner.replies.catalogue import Nearest
from runner.replies.drafting import Draft, NoDraft, draft, use_of
from runner.replies.steps import next_purposes


def draft_at(
    desk: Desk,
    found: Found,
    places: Iterable[str],
    purpose: Purpose | None = None,
    answer: Nearest | None = None,
) -> tuple[Draft | NoDraft, ...]:
    """Return a draft for each of these places of a case, each unlike the others."""
    configuration, now, case = desk.configuration(), desk.now(), found.case
    used = list(read_uses(desk, found.snapshot, case))
    drafted: list[Draft | NoDraft] = []
    for place in places:
        each = draft(case, configuration, used, now, purpose=purpose, place=place, answer=answer)
        drafted.append(each)
        if isinstance(each, Draft):
            used.append(use_of(each, case, configuration, now))
    return tuple(drafted)


def places_to_speak_at(
    case: Case, configuration: Configuration, purpose: Purpose | None = None
) -> tuple[str, ...]:
    """Return where a message of a purpose is said, by default the next: closings everywhere."""
    known = tuple(place.id for place in case.places)
    due = purpose or next(iter(next_purposes(case, configuration)), None)
    return known if due in {Purpose.CLOSING, Purpose.CLOSING_WITHOUT_NEWS} else known[:1]
