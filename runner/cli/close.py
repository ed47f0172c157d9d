"""`doleances close`: the matter is over, at every place where the customer wrote."""

from dataclasses import dataclass

import click

from runner.cases.case import Case, Place
from runner.cases.closings import Closing, closings_of, last_words
from runner.cli.case_ids import case_argument
from runner.cli.daily import Facts, Manner, manner_options, write_entry
from runner.cli.deciding import is_watched
from runner.cli.desk import Desk
from runner.cli.forge import open_forge
from runner.cli.pasted import read_placed_words
from runner.errors import UsageError
from runner.model import Category
from runner.planning.closing_wishes import CLOSING
from runner.replies.drafting import gaps_in
from runner.text.clean import clean_text


@click.command(short_help="Record the closing message at every place.")
@case_argument
@click.option("--url", "urls", metavar="PLACE=URL", multiple=True, help="A closing message.")
@click.option(
    "--impossible", metavar="PLACE=WHY", multiple=True, help="Why none can stand at a place."
)
@click.option(
    "--edited",
    metavar="PLACE=WORDS",
    multiple=True,
    help="The one reply that a site allows, as it reads since it was edited.",
)
@click.option(
    "--before",
    metavar="PLACE=WORDS",
    multiple=True,
    help="How it read before, if the log does not hold its words.",
)
@click.option(
    "--text",
    "texts",
    metavar="PLACE=WORDS",
    multiple=True,
    help="The words of a closing message, by which it can be looked for; "
    "`-` reads them from standard input.",
)
@click.option(
    "--as-drafted",
    is_flag=True,
    help="The messages stand with the words that the runner's pull request has for them.",
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
    edited: tuple[str, ...],
    before: tuple[str, ...],
    texts: tuple[str, ...],
    as_drafted: bool,
    survey: str | None,
    no_survey: str | None,
    root_cause: str | None,
    procedure: str | None,
    how: Manner,
) -> None:
    """Record that a case is closed: the closing message at every place, or why there is none.

    With one place, `--url URL` is enough.  Where a site allows one reply alone, `--edited` tells
    what it says now; its words before are those of the last reply recorded there.  With
    `--as-drafted` the words are those of the pull request that the runner opens for a resolved
    case; what you give besides goes before.

    \b
    Example:  doleances close c-7f3k2m9x4q5t \\
                --url p1=https://forum.example.org/t/812#p9 --url p2=https://... \\
                --no-survey "asked on the phone" --root-cause "late carrier"
    """
    given_words = read_placed_words(desk, {"--edited": edited, "--before": before, "--text": texts})

    def facts(case: Case, _by: str) -> Facts:
        at, barred = (dict(_pair(case, one) for one in pairs) for pairs in (urls, impossible))
        words = (_words(case, pairs) for pairs in given_words.values())
        given = _Given(at, barred, *words)
        if as_drafted:
            given = _with_drafted(given, _drafted(desk, case))
        closings = _closings(desk, case, given)
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


@dataclass(frozen=True, slots=True)
class _Given:
    """What was typed, by place."""

    urls: dict[str, str]
    impossible: dict[str, str]
    edited: dict[str, str]
    before: dict[str, str]
    texts: dict[str, str]


def _drafted(desk: Desk, case: Case) -> tuple[Closing, ...]:
    """Return the closings that the runner has prepared for a case.

    Raises:
        UsageError: where it has prepared none, or for a case that has since gone on.
    """
    stale = False
    for branch in open_forge(desk).snapshot().branches:
        if branch.case_id == case.id and branch.change.startswith(CLOSING) and branch.case:
            if branch.case.log[: len(case.log)] == case.log:
                return closings_of(branch.case.log[-1])
            stale = True
    if stale:
        raise UsageError(
            f"the closing messages prepared for {case.id} are older than its last entry",
            "let `doleances run` prepare them anew first; or give the words with --text",
        )
    raise UsageError(
        f"the runner has prepared no closing messages for {case.id}",
        "`doleances run` does for a case that is resolved; or give the words with --text",
    )


def _with_drafted(given: _Given, drafted: tuple[Closing, ...]) -> _Given:
    """Return what was typed, and what was prepared for each place where nothing else was."""
    urls, impossible = dict(given.urls), dict(given.impossible)
    edited, before, texts = dict(given.edited), dict(given.before), dict(given.texts)
    for each in drafted:
        place = each.place
        if place in impossible or place in edited:
            continue
        if gaps := gaps_in(each.text) if place not in texts else ():
            raise UsageError(
                f"the words prepared for {place} have gaps: {' '.join(gaps)}",
                f"--{'edited' if each.before else 'text'} {place}=WORDS, as they were posted",
            )
        if each.impossible and place not in urls:
            impossible[place] = each.impossible
        elif each.before and place not in texts:
            edited[place] = each.text
            before.setdefault(place, each.before)
        elif each.text:
            texts.setdefault(place, each.text)
        if each.url:
            urls.setdefault(place, each.url)
    return _Given(urls, impossible, edited, before, texts)


def _closings(desk: Desk, case: Case, given: _Given) -> list[Facts]:
    return [_closing(desk, case, place, given) for place in case.places]


def _closing(desk: Desk, case: Case, place: Place, given: _Given) -> Facts:
    if place.id in given.impossible:
        return {"place": place.id, "impossible": given.impossible[place.id]}
    if place.id in given.edited:
        before = given.before.get(place.id) or last_words(case, place.id)
        if not before:
            raise UsageError(
                f"nothing tells how the reply at {place.id} read before it was edited",
                f"--before {place.id}=WORDS",
            )
        edited = {"before": before, "after": given.edited[place.id]}
        if place.id in given.urls:
            edited["url"] = given.urls[place.id]
        return {"place": place.id, "edited": edited}
    url = given.urls.get(place.id)
    if url is None:
        question = desk.language.say(
            "Where does the closing message stand at {place}?", place=place.url or place.id
        )
        url = _ask(desk, question, f"--url {place.id}=URL")
    closing: Facts = {"place": place.id, "url": url}
    if place.id in given.texts:
        closing["text"] = given.texts[place.id]
    return closing


def _words(case: Case, pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the words given for each place, as people pasted them."""
    return {place: clean_text(words) for place, words in (_pair(case, one) for one in pairs)}


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
