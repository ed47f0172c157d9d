"""`doleances draft`: what could be said to the customer next."""

import click

from runner.cases.case import Case
from runner.cli.answering import nearest_answers
from runner.cli.case_ids import case_argument
from runner.cli.desk import Desk
from runner.cli.finding import Found, find_case
from runner.cli.next_drafts import draft_at, places_to_speak_at
from runner.errors import UsageError
from runner.planning.draft_words import (
    draft_lines,
    draft_title,
    proofread_draft,
    record_command,
    why_no_draft,
)
from runner.planning.proposed_steps import proposed_line
from runner.policies.templates import Purpose
from runner.replies.catalogue import Nearest
from runner.replies.drafting import Draft, NoDraft, answer_by_itself


@click.command(short_help="Draft what is said to the customer next, and say how it was chosen.")
@case_argument
@click.option(
    "--purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    help="What it is for; default: the next step.",
)
@click.option("--place", "place_id", metavar="PLACE", help="For this place, such as p1.")
@click.option(
    "--answer",
    "answer_id",
    metavar="N|ID",
    help="Take up this one of the answers that `show` names: its number, or its id.",
)
@click.option("--plain", is_flag=True, help="Take up no answer, even to a frequent question.")
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
    answer_id: str | None,
    *,
    plain: bool,
    everywhere: bool,
    as_json: bool,
) -> None:
    """Draft what is said to the customer next, and say how it was chosen.

    Nothing is sent. Gaps such as `[… your signature]` are for you to fill in. No two customers
    on one site get the same words within the days that policies/brand.yaml says. A frequent
    simple question is drafted with the answer that policies/answers/ has for it. Where a step is
    proposed already and waits to be accepted, that is said first.

    \b
    Example:  doleances draft c-7f3k2m9x4q5t
              doleances draft c-7f3k2m9x4q5t --purpose closing
              doleances draft c-7f3k2m9x4q5t --answer 2
    """
    found = find_case(desk, case_id)
    case = found.case
    wanted = Purpose(purpose) if purpose else None
    known = tuple(place.id for place in case.places)
    if place_id is not None and place_id not in known:
        raise UsageError(f"{case.id} has no place {place_id!r}", f"it has {', '.join(known)}")
    due = known if everywhere else places_to_speak_at(case, desk.configuration(), wanted)
    answer = _answer(desk, found, answer_id, wanted, plain=plain)
    for step in found.proposed:
        has_pages = desk.configuration().instance.has_pages
        desk.terminal.warn(proposed_line(step, desk.language, has_pages=has_pages))
    drafted = draft_at(desk, found, (place_id,) if place_id else due, wanted, answer)
    if as_json:
        desk.print_json({"case": case.id, "drafts": [_data(each, case, desk) for each in drafted]})
        return
    for nth, each in enumerate(drafted):
        if nth:
            desk.say()
        _print(desk, each, case)


def _answer(
    desk: Desk, found: Found, answer_id: str | None, purpose: Purpose | None, *, plain: bool
) -> Nearest | None:
    """Return the answer that a draft takes up: the one that was named, or a plain case's own."""
    if plain and answer_id is not None:
        raise UsageError("--answer and --plain say opposite things", "leave one out")
    if plain or (answer_id is None and purpose not in {None, Purpose.ADVICE}):
        return None
    nearest = nearest_answers(desk, found)
    if answer_id is None:
        return answer_by_itself(found.case, desk.configuration(), nearest)
    for nth, each in enumerate(nearest, 1):
        if answer_id in {str(nth), each.id}:
            return each
    among = ", ".join(f"{nth} ({each.id})" for nth, each in enumerate(nearest, 1))
    raise UsageError(
        f"no answer {answer_id!r} comes near to {found.case.id}",
        f"these do: {among}" if nearest else "`doleances answers` searches by your own words",
    )


def _print(desk: Desk, drafted: Draft | NoDraft, case: Case) -> None:
    language = desk.language
    if isinstance(drafted, NoDraft):
        desk.say(why_no_draft(drafted, language))
        return
    desk.say(draft_title(drafted, language))
    desk.say()
    desk.terminal.document(drafted.text)
    desk.say()
    for line in draft_lines(drafted, desk.configuration(), language):
        desk.say(line)
    if command := record_command(drafted, case, desk.configuration(), language):
        desk.say(language.say("Once it stands, record it: {command}", command=command))


def _data(drafted: Draft | NoDraft, case: Case, desk: Desk) -> dict[str, object]:
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
        "answer": drafted.answer.id if drafted.answer else None,
        "record": record_command(drafted, case, desk.configuration(), desk.language),
        "findings": [
            {"rule": each.rule, "line": each.line, "column": each.column, "words": each.words}
            for each in proofread_draft(drafted, desk.configuration())
        ],
    }
