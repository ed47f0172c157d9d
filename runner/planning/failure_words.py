"""The issue that tells that scheduled runs fail, in words.

Of what went wrong only our own words stand in it: exit codes, names of checks, and places in
files.  What forges, sites or files said is in the log.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from runner.errors import ExitCode
from runner.planning.own_page import OwnPage
from runner.planning.run_record import RunRecord
from runner.text.language import Language
from runner.text.markdown import code

_PLACES = 10
_PLACE = re.compile(r"[A-Za-z0-9_./-]{1,200}:[0-9]{1,9}:[0-9]{1,9}", re.ASCII)


def render_failure(failing: Sequence[RunRecord], log_url: str, language: Language) -> OwnPage:
    """Return the page of verbs whose runs fail; `log_url` is the last run's log, "" for none."""
    say = language.say
    parts = [
        "*" + say(
            "The program writes this page, and closes it as soon as a run succeeds. Write "
            "comments below as you like."
        ) + "*"
    ]  # fmt: skip
    for record in failing:
        parts += _failing(record, language)
    lasting = "\n".join(f"{each.verb} {each.exit_code} {_places(each)}" for each in failing)
    if log_url:
        parts.append(say("The log of the last run says more: {address}", address=log_url))
    return OwnPage(
        title=say("The scheduled runs fail"),
        body="\n\n".join(parts) + "\n",
        digest=_digest(lasting),
        about=say("What the program tells of itself"),
    )


def render_recovery(language: Language) -> OwnPage:
    """Return the page after a run has succeeded."""
    said = language.say("The runs succeed again: there is nothing more to do here.")
    return OwnPage(
        title=language.say("The scheduled runs fail"), body=f"{said}\n", digest=_digest(said)
    )


def _failing(record: RunRecord, language: Language) -> Iterator[str]:
    say = language.say
    since = record.failing_since or record.at
    yield "## " + say("`doleances {verb}` fails", verb=record.verb)
    yield language.say_n(
        "{count} run has failed, since {instant}; the last was at {last}.",
        "{count} runs have failed one after the other, since {instant}; the last was at {last}.",
        record.failed,
        instant=language.instant(since),
        last=language.instant(record.at),
    )
    yield _meaning(record.exit_code, language)
    places = _places(record)
    if places:
        lines = [f"- {_place(place)}" for place in places[:_PLACES]]
        if left := len(places) - len(lines):
            lines.append("- " + language.say_n("and {count} more", "and {count} more", left))
        yield "\n".join(lines)


def _meaning(exit_code: ExitCode, language: Language) -> str:
    say = language.say
    match exit_code:
        case ExitCode.FAULTS:
            return say(
                "A file of the desk has a fault: until it is mended nothing is proposed and "
                "nobody is told. `doleances check` names it."
            )
        case ExitCode.BUG:
            return say(
                "It is a fault of the program: please report it, with the log. Nothing is lost; "
                "what was not done is done by the next run that succeeds."
            )
        case ExitCode.OUTSIDE:
            return say(
                "Something outside failed: the forge, the sites, the mail server or the network. "
                "Each run tries again; the dashboard says which sources and channels are ill."
            )
        case ExitCode.REFUSED:
            return say("It refused to do something unsafe; the log says what.")
        case _:
            return say("It was started in a way that it does not understand; the log says which.")


def _places(record: RunRecord) -> tuple[str, ...]:
    """Return where the faults are; what could not be done is told on the dashboard."""
    if record.exit_code is not ExitCode.FAULTS:
        return ()
    return tuple(place for place, _ in record.troubles)


def _place(place: str) -> str:
    """Return a place in a file as code that can be copied; an odd name of a file is defused."""
    return f"`{place}`" if _PLACE.fullmatch(place) else code(place)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
