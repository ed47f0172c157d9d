"""`doleances close`: the matter is over, at every place where the customer wrote."""

import click

from runner.cases.case import Case
from runner.cli.case_ids import case_argument
from runner.cli.daily import Facts, Manner, manner_options, write_entry
from runner.cli.deciding import is_watched
from runner.cli.desk import Desk
from runner.errors import UsageError
from runner.model import Category


@click.command(short_help="Record the closing message at every place.")
@case_argument
@click.option("--url", "urls", metavar="PLACE=URL", multiple=True, help="A closing message.")
@click.option(
    "--impossible", metavar="PLACE=WHY", multiple=True, help="Why none can stand at a place."
)
@click.option("--survey", metavar="URL", help="The satisfaction survey that was sent.")
@click.option("--no-survey", metavar="WHY", help="Why no survey was sent.")
@click.option("--root-cause", help="What caused it; a complaint needs it.")
@click.option("--procedure", help="The procedure that it changes.")
@manner_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    *,
    case_id: str,
    urls: tuple[str, ...],
    impossible: tuple[str, ...],
    survey: str | None,
    no_survey: str | None,
    root_cause: str | None,
    procedure: str | None,
    how: Manner,
) -> None:
    """Record that a case is closed: the closing message at every place, or why there is none.

    With one place, `--url URL` is enough.

    \b
    Example:  doleances close c-7f3k2m9x4q5t \\
                --url p1=https://forum.example.org/t/812#p9 --url p2=https://... \\
                --no-survey "asked on the phone" --root-cause "late carrier"
    """

    def facts(case: Case, _by: str) -> Facts:
        closings = _closings(desk, case, urls, impossible)
        cause = root_cause
        if cause is None and case.category is Category.COMPLAINT:
            cause = _ask(desk, desk.language.say("What caused it?"), "--root-cause")
        if survey is None and no_survey is None:
            why = _ask(desk, desk.language.say("Why was no survey sent?"), "--survey, --no-survey")
        else:
            why = no_survey or ""
        sent = {"sent": True, "url": survey} if survey else {"sent": False, "why": why}
        return {
            "closings": closings,
            "survey": sent,
            "root_cause": cause,
            "procedure": procedure,
        }

    write_entry(desk, "close", "closed", case_id, facts, how=how)


def _closings(
    desk: Desk, case: Case, urls: tuple[str, ...], impossible: tuple[str, ...]
) -> list[dict[str, str]]:
    said = {
        **{place: ("url", url) for place, url in (_pair(case, one) for one in urls)},
        **{place: ("impossible", why) for place, why in (_pair(case, one) for one in impossible)},
    }
    for place in case.places:
        if place.id not in said:
            question = desk.language.say(
                "Where does the closing message stand at {place}?", place=place.url or place.id
            )
            said[place.id] = ("url", _ask(desk, question, f"--url {place.id}=URL"))
    return [{"place": place, name: value} for place, (name, value) in sorted(said.items())]


def _pair(case: Case, given: str) -> tuple[str, str]:
    place, equals, value = given.partition("=")
    if equals and any(place == one.id for one in case.places):
        return place, value
    if len(case.places) == 1:
        return case.places[0].id, given
    names = ", ".join(one.id for one in case.places)
    raise UsageError(f"{given!r} names no place of the case", f"write PLACE=...: {names}")


def _ask(desk: Desk, question: str, option: str) -> str:
    if not is_watched(desk):
        raise UsageError(f"`close` needs {option}", question)
    return str(click.prompt(question, prompt_suffix=" "))
