"""`doleances look`: whether our messages stand where we recorded them."""

from collections.abc import Iterable, Iterator

import click

from runner.cases.case import Case
from runner.cli.case_ids import complete_case_ids
from runner.cli.desk import Desk
from runner.cli.finding import find_case
from runner.cli.forge import open_forge
from runner.cli.looking import read_looked_at, read_looks_at, seen_data
from runner.cli.reach import loopback_option
from runner.cli.reading import look_at_messages
from runner.model import State
from runner.planning.looked_words import look_line, what_to_do
from runner.planning.looking import (
    Look,
    LookFinding,
    OurMessage,
    Seen,
    add_up,
    looks_due,
    messages_of,
)
from runner.repo.cases_index import open_index
from runner.repo.looked import Looked


@click.command(short_help="Look whether our messages stand where we recorded them.")
@click.argument("case_id", metavar="CASE", required=False, shell_complete=complete_case_ids)
@click.option("--remembered", is_flag=True, help="Ask no site; tell what the last looks saw.")
@loopback_option("sources")
@click.option("--json", "as_json", is_flag=True, help="Print what was seen as data.")
@click.pass_obj
def command(
    desk: Desk, case_id: str | None, *, remembered: bool, allow_loopback: bool, as_json: bool
) -> None:
    """Look whether our messages stand where we recorded them.

    Looks at every reply and closing message of CASE now, or, without CASE, at those that are due.
    What cannot be read is "not verified", never "stands there".  A message that is not seen is
    missing after a second look, three hours later at the earliest; the next run then proposes to
    record it.

    \b
    Example:  doleances look c-7f3k2m9x4q5t
              doleances look --remembered
    """
    forge = open_forge(desk)
    snapshot = forge.snapshot()
    watch = desk.configuration().instance.watch
    if case_id is not None:
        found = find_case(desk, case_id)
        cases: tuple[Case, ...] = (found.case,)
        looked = read_looks_at(desk, [found.case.id])
        wanted = messages_of(found.case)
        is_kept = found.proposal is None or not found.proposal.is_new
    else:
        looked, cases = read_looked_at(desk, snapshot.base, open_index(desk.root, snapshot.base))
        wanted = looks_due(cases, looked, watch, desk.now())
        is_kept = True
        if remembered:
            wanted = tuple(m for case in cases for m in messages_of(case) if case.id in looked)
    looks: tuple[Look, ...] = ()
    if not remembered:
        looks = look_at_messages(desk, snapshot.cursors, wanted, allow_loopback=allow_loopback)
        if looks and is_kept:
            forge.keep([Looked(look) for look in looks], desk.now())
    seen = [(message, add_up(message, _of(message, looked, looks))) for message in wanted]
    if as_json:
        desk.print_json({"messages": [seen_data(desk, m, each) for m, each in seen]})
    else:
        _print(desk, seen, cases, of_case=case_id is not None)


def _of(
    message: OurMessage, looked: dict[str, tuple[Look, ...]], looks: Iterable[Look]
) -> Iterator[Look]:
    yield from looked.get(message.case_id, ())
    yield from (look for look in looks if look.case_id == message.case_id)


def _print(
    desk: Desk,
    seen: list[tuple[OurMessage, Seen | None]],
    cases: tuple[Case, ...],
    *,
    of_case: bool,
) -> None:
    language = desk.language
    say = language.say
    last = ""
    for message, each in sorted(seen, key=lambda one: one[0].case_id):
        if message.case_id != last and not of_case:
            desk.say(message.case_id)
        last = message.case_id
        desk.say(look_line(message, each, language))
        if message.url:
            desk.say(f"  {message.url}")
        if each is not None and each.told.is_finding:
            for step in what_to_do(LookFinding(message, each), language):
                desk.say(f"  {step}")
    if of_case:
        _print_rest(desk, cases[0])
    elif not seen:
        desk.say(say("No message of ours is due to be looked for."))


def _print_rest(desk: Desk, case: Case) -> None:
    """Say of each place without a message to look for why there is none."""
    say = desk.language.say
    if case.state in {State.MERGED, State.DISMISSED, State.ERASED}:
        desk.say(say("The case has ended: none of its messages is looked for."))
        return
    known = {message.place for message in messages_of(case)}
    impossible = {
        closing["place"]: closing["impossible"]
        for entry in case.log
        if entry.kind == "closed"
        for closing in _closings(entry.facts.get("closings"))
        if "impossible" in closing
    }
    for place in case.places:
        if place.id in impossible:
            why = impossible[place.id]
            desk.say(
                say("{place}: no closing message is possible ({why})", place=place.id, why=why)
            )
        elif place.id not in known:
            desk.say(say("{place}: no public message of ours is recorded", place=place.id))


def _closings(value: object) -> Iterator[dict[str, str]]:
    for one in value if isinstance(value, list | tuple) else ():
        if isinstance(one, dict):
            yield one
