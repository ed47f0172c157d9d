"""What a person is warned of before an entry is written, and may rightly write all the same."""

from collections.abc import Mapping

from runner.cases.case import Case
from runner.cases.evidence import BY_CUSTOMERS
from runner.cli.desk import Desk
from runner.planning.draft_words import reaches_in_private


def warn_unreachable(desk: Desk, kind: str, case: Case, facts: Mapping[str, object]) -> None:
    """Warn of a private message where the site allows none: a slip, unless it went by telephone."""
    in_private = kind == "messaged" or facts.get("channel") == "private"
    place, configuration = facts.get("place"), desk.configuration()
    if not in_private or kind in BY_CUSTOMERS:
        return
    if reaches_in_private(case, place, configuration):
        return
    desk.terminal.warn(
        desk.language.say(
            "A private message is not possible on {source}: if it stands in public, record it "
            "with {command}.",
            source=", ".join(
                dict.fromkeys(each.source for each in case.places if place in {None, each.id})
            ),
            command="`doleances reply`" if kind == "messaged" else "`--channel public`",
        )
    )
