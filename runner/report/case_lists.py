"""The list of all cases, newest first, in pages that need no script."""

from collections.abc import Iterator, Sequence

from runner.model import Category, State, Urgency
from runner.report.blocks import Listing, Page
from runner.report.listed import SHARD, Listed, case_address, choices
from runner.report.render import CaseList
from runner.report.wording import Wording

_PAGE = 100


def case_lists(listed: Sequence[Listed], wording: Wording) -> Iterator[CaseList]:
    """Yield the pages of the list; `listed` is in their order."""
    language = wording.language
    say = language.say
    count = max(1, -(-len(listed) // _PAGE))
    lead = language.say_n(
        "{count} case, newest first.", "{count} cases, newest first.", len(listed)
    )
    filters = _filters(listed, wording)
    for number in range(1, count + 1):
        rows = listed[(number - 1) * _PAGE : number * _PAGE]
        title = say("Cases") if number == 1 else say("Cases, page {number}", number=number)
        yield CaseList(
            Page(list_address(number), "cases", title, lead, ()),
            tuple(_listing(each, wording) for each in rows),
            tuple(_turns(number, count)) if count > 1 else (),
            filters,
            -(-len(listed) // SHARD),
        )


def list_address(number: int) -> str:
    """Return where a page of the list stands."""
    return "cases.html" if number == 1 else f"cases-{number}.html"


def _turns(number: int, count: int) -> Iterator[tuple[str, str | None]]:
    """Yield the first and last pages, those around, and every hundredth in between."""
    near = range(number - 3, number + 4)
    for each in range(1, count + 1):
        if each in {1, count} or each in near or each % 100 == 0:
            yield str(each), None if each == number else list_address(each)


def _listing(each: Listed, wording: Wording) -> Listing:
    life, language = each.life, wording.language
    return Listing(
        each.title or each.id,
        case_address(each.id),
        (
            each.id,
            language.say("CRISIS") if life.in_crisis else "",
            state_words(each.shown_state, wording),
            language.word(life.category),
            life.source,
            wording.person(life.owner),
            language.day(life.day),
        ),
        tone="late" if life.in_crisis and life.state.is_open else "",
    )


def state_words(state: str, wording: Wording) -> str:
    """Return the words for a state, or for a case that is only proposed."""
    if state == "proposed":
        return wording.language.say("to qualify")
    return wording.language.word(State(state))


def _filters(
    listed: Sequence[Listed], wording: Wording
) -> tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]:
    language = wording.language
    say = language.say
    found = choices(listed)
    states = ["proposed", *(state.value for state in State)]
    return (
        (
            "state",
            say("State"),
            say("all states"),
            tuple((each, state_words(each, wording)) for each in states),
        ),
        (
            "category",
            say("Category"),
            say("all categories"),
            tuple((each.value, language.word(each)) for each in Category),
        ),
        (
            "urgency",
            say("Urgency"),
            say("all urgencies"),
            tuple((each.value, language.word(each)) for each in Urgency),
        ),
        (
            "owner",
            say("Owner"),
            say("all owners"),
            tuple((each, wording.person(each)) for each in found["owner"]),
        ),
        (
            "source",
            say("Source"),
            say("all sources"),
            tuple((each, each) for each in found["source"]),
        ),
        (
            "product",
            say("Product"),
            say("all products"),
            tuple((each, wording.product(each)) for each in found["product"]),
        ),
    )
