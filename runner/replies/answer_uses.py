"""How often answers of the catalogue were told, and how those cases ended."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runner.cases.case import Case
from runner.model import State


@dataclass(frozen=True, slots=True)
class UsesOfAnswer:
    """The cases in which an answer was told.

    `endings` count them by outcome (`accepted`, `refused`, `partial`, `without-news`), those that
    were closed without one as `closed`, the others by their state.  Those that the customer
    contested, or came back to after closing, are `contested` besides; those with thanks `thanked`.
    """

    cases: int = 0
    endings: Mapping[str, int] = field(default_factory=dict)
    contested: int = 0
    thanked: int = 0


def count_uses(cases: Iterable[Case]) -> dict[str, UsesOfAnswer]:
    """Return the uses of each answer that an entry of these cases names, each case once."""
    told: dict[str, list[Case]] = {}
    for case in cases:
        named = {entry.facts.get("answer") for entry in case.log if entry.kind != "approved"}
        for answer in named:
            if isinstance(answer, str):
                told.setdefault(answer, []).append(case)
    return {answer: _uses(found) for answer, found in told.items()}


def _uses(cases: list[Case]) -> UsesOfAnswer:
    kinds = [{entry.kind for entry in case.log} for case in cases]
    return UsesOfAnswer(
        cases=len(cases),
        endings=dict(sorted(Counter(map(_ending, cases)).items())),
        contested=sum(bool(each & {"contested", "reopened"}) for each in kinds),
        thanked=sum("thanked" in each for each in kinds),
    )


def _ending(case: Case) -> str:
    if case.state not in {State.RESOLVED, State.CLOSED}:
        return case.state.value
    for entry in reversed(case.log):
        if entry.kind == "resolved":
            return str(entry.facts.get("outcome"))
        if entry.kind == "reopened":
            break
    return State.CLOSED.value
