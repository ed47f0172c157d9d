"""`doleances draft`: what could be said to the customer next."""

import click

from runner.cases.case import Case
from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk
from runner.cli.drafting import read_uses
from runner.cli.finding import Found, find_case
from runner.errors import UsageError
from runner.planning.draft_words import draft_lines, draft_title, record_command, why_no_draft
from runner.policies.templates import Purpose
from runner.replies.drafting import Draft, NoDraft, draft, use_of
from runner.replies.steps import next_purposes


@click.command(short_help="Draft what is said to the customer next, and say how it was chosen.")
@case_argument
@click.option(
    "--purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    help="What it is for; default: the next step.",
)
@click.option("--place", "place_id", metavar="PLACE", help="For this place, such as p1.")
@click.option(
    "--all",
    "everywhere",
    is_flag=True,
    help="One for each place of the case; closing messages are, anyway.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as data.")
@click.pass_obj
def command(
    desk: Desk,
    case_id: str,
    purpose: str | None,
    place_id: str | None,
    *,
    everywhere: bool,
    as_json: bool,
) -> None:
    """Draft what is said to the customer next, and say how it was chosen.

    Nothing is sent. Gaps such as `[… your signature]` are for you to fill in. No two customers
    on one site get the same words within the days that policies/brand.yaml says.

    \b
    Example:  doleances draft c-7f3k2m9x4q5t
              doleances draft c-7f3k2m9x4q5t --purpose closing
    """
    found = find_case(desk, case_id)
    case = found.case
    wanted = Purpose(purpose) if purpose else None
    next_one = wanted or next(iter(next_purposes(case, desk.configuration())), None)
    # The last word is said wherever the customer wrote.
    everywhere = everywhere or next_one in {Purpose.CLOSING, Purpose.CLOSING_WITHOUT_NEWS}
    drafted = _drafts(desk, found, wanted, _places(case, place_id, everywhere=everywhere))
    if as_json:
        desk.print_json({"case": case.id, "drafts": [_data(each, case) for each in drafted]})
        return
    for nth, each in enumerate(drafted):
        if nth:
            desk.say()
        _print(desk, each, case)


def _places(case: Case, place_id: str | None, *, everywhere: bool) -> tuple[str, ...]:
    known = tuple(place.id for place in case.places)
    if place_id is None:
        return known if everywhere else known[:1]
    if place_id not in known:
        raise UsageError(f"{case.id} has no place {place_id!r}", f"it has {', '.join(known)}")
    return (place_id,)


def _drafts(
    desk: Desk, found: Found, purpose: Purpose | None, places: tuple[str, ...]
) -> list[Draft | NoDraft]:
    configuration, now = desk.configuration(), desk.now()
    case = found.case
    used = list(read_uses(desk, found.snapshot, case))
    drafted: list[Draft | NoDraft] = []
    for place in places:
        each = draft(case, configuration, used, now, purpose=purpose, place=place)
        drafted.append(each)
        if isinstance(each, Draft):
            used.append(use_of(each, case, configuration, now))
    return drafted


def _print(desk: Desk, drafted: Draft | NoDraft, case: Case) -> None:
    language = desk.language
    if isinstance(drafted, NoDraft):
        desk.say(why_no_draft(drafted, language))
        return
    desk.say(draft_title(drafted, language))
    desk.say()
    desk.say(drafted.text)
    desk.say()
    for line in draft_lines(drafted, desk.configuration(), language):
        desk.say(line)
    if command := record_command(drafted, case):
        desk.say(language.say("Once it stands, record it: {command}", command=command))


def _data(drafted: Draft | NoDraft, case: Case) -> dict[str, object]:
    if isinstance(drafted, NoDraft):
        return {"text": None, "why": drafted.reason.value, "purpose": drafted.purpose}
    return {
        "text": drafted.text,
        "purpose": drafted.purpose.value,
        "number": drafted.number,
        "place": drafted.place,
        "source": drafted.source,
        "template": drafted.recorded,
        "locale": drafted.locale,
        "register": drafted.register,
        "persona": drafted.persona,
        "gaps": list(drafted.gaps),
        "characters": len(drafted.text),
        "limit": drafted.limit,
        "too_long": drafted.is_too_long,
        "repeated": drafted.is_repeated,
        "costs": drafted.costs,
        "record": record_command(drafted, case),
    }
