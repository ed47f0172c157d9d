"""What a person is warned of before an entry is written, and may rightly write all the same."""

from collections.abc import Mapping
from dataclasses import replace

from runner.cases.case import Case
from runner.cases.evidence import BY_CUSTOMERS
from runner.cli.desk import Desk
from runner.errors import Severity
from runner.planning.draft_words import reaches_in_private

_GRAVEST = frozenset({"unlawful-offer", "personal-data-asked"})
"""Rules of proofreading whose breach cannot be taken back once a customer has read it."""


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


def warn_unlawful(desk: Desk, kind: str, case: Case, facts: Mapping[str, object]) -> None:
    """Warn of words to the customer that no customer should read, in a line that names the rule."""
    text = facts.get("text")
    if not isinstance(text, str):
        return
    from runner.planning.proofread_words import describe
    from runner.replies.proofreading.check import proofread
    from runner.replies.proofreading.readings import OUTGOING, read_at_desk

    if kind not in OUTGOING:
        return
    public = kind != "messaged" and facts.get("channel") != "private"
    reading = replace(read_at_desk(desk.configuration()), locale=case.language, public=public)
    grave = {
        each.rule: each
        for each in proofread(text, reading)
        if each.rule in _GRAVEST and each.severity is Severity.ERROR
    }
    for rule, finding in grave.items():
        what, _ = describe(finding, desk.language)
        desk.terminal.warn(
            desk.language.say(
                "{rule}: {what}. {command} says where.",
                rule=rule,
                what=what,
                command=f"`doleances proofread --case {case.id}`",
            )
        )
