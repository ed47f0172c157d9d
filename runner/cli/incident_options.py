"""The options that fill in what an incident has for all its cases."""

from typing import TYPE_CHECKING, Any

import click

from runner.cases.case import Case
from runner.cli.desk import Desk
from runner.errors import UsageError

if TYPE_CHECKING:
    from runner.policies.incidents import Incident

GESTURE = click.Option(("--gesture",), is_flag=True, help="Give what the case's incident gives.")
WORDING = click.Option(("--wording",), is_flag=True, help="The words are those of its incident.")


def fill_in_terms(
    desk: Desk, case: Case, given: str | None, facts: dict[str, Any], flags: dict[str, bool]
) -> None:
    """Put the gesture and the wording into facts, as `flags` ask; `given` is the gesture's fact.

    Raises:
        UsageError: when the case's incident has none, or the same was said otherwise too.
    """
    if flags.get("gesture"):
        incident = _incident(desk, case)
        gesture = incident.gesture
        if gesture is None:
            raise UsageError(f"{incident.file} has no gesture", "leave out --gesture")
        said: dict[str, Any] = {str(given): gesture.text}
        if gesture.amount is not None:
            said |= {"amount": float(gesture.amount), "currency": gesture.currency}
            said["limit_of"] = incident.approved_by
        _put(facts, said, "--gesture")
    if flags.get("wording"):
        incident = _incident(desk, case)
        wording = incident.wording_in(case.language)
        if wording is None:
            known = ", ".join(incident.wording)
            raise UsageError(
                f"{incident.file} has no wording in the case's language ({case.language})",
                f"it has {known}; write what was said with --text",
            )
        _put(facts, {"text": wording.strip()}, "--wording")


def _incident(desk: Desk, case: Case) -> "Incident":
    incident = desk.configuration().incident(case.incident)
    if incident is None:
        raise UsageError(
            f"{case.id} is linked to no incident that the desk has",
            "leave out --gesture and --wording",
        )
    return incident


def _put(facts: dict[str, Any], said: dict[str, Any], option: str) -> None:
    twice = sorted(name for name in said if name in facts)
    if twice:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in twice)
        raise UsageError(f"{option} says {flags} already", "leave one of them out")
    facts |= said
