"""What people or the runner propose for cases that stand: steps that wait to be accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.cases.case import Case
from runner.cases.closings import prepared_closing
from runner.planning.branches import brings_case_in
from runner.planning.observation import Branch, Pull
from runner.text.language import Language

_SAID = frozenset(
    {"replied", "published", "messaged", "details-asked", "reminded", "offered", "resolved"}
)
"""Entries by which something was said to the customer, who need not read it twice."""


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """An open pull request for a case that stands: `case` is as it would be with it."""

    number: int
    case: Case

    @property
    def kind(self) -> str:
        """The kind of the entry that it adds."""
        return self.case.log[-1].kind

    @property
    def is_prepared(self) -> bool:
        """Whether it holds the closing messages: they are posted first, and never merged as is."""
        return prepared_closing(self.case) is not None

    def overtakes(self, state: str) -> bool:
        """Return whether it does what a case in this state waits for, or leads on from there."""
        return self.kind in _SAID or self.case.state != state


def proposed_steps(
    pulls: Iterable[Pull], branches: Iterable[Branch]
) -> Mapping[str, tuple[ProposedStep, ...]]:
    """Return by case the steps that open pull requests propose, in their order.

    New cases are none, nor is what cannot be read.
    """
    proposing = {branch.name: branch for branch in branches}
    found: dict[str, tuple[ProposedStep, ...]] = {}
    for pull in sorted(pulls, key=lambda pull: pull.number):
        branch = proposing.get(pull.branch)
        if (
            pull.ended is None
            and branch is not None
            and branch.case is not None
            and not branch.merged
            and not brings_case_in(branch.name)
        ):
            step = ProposedStep(pull.number, branch.case)
            found[branch.case_id] = (*found.get(branch.case_id, ()), step)
    return found


def proposed_line(
    step: ProposedStep, language: Language, *, has_pages: bool, number: str = ""
) -> str:
    """Return that a step waits, which, and how it is taken; `number` is how its own is shown."""
    say = language.say
    number = number or str(step.number)
    if step.is_prepared:
        if has_pages:
            return say(
                "The closing messages are prepared in pull request {number}: post them, then "
                "record them.",
                number=number,
            )
        return say(
            "The closing messages are prepared in pull request {number}: {command}",
            number=number,
            command=f"doleances show {step.number}",
        )
    what = language.term("entry", step.kind)
    if has_pages:
        return say(
            "Pull request {number} ({what}) waits for review: merge it on the forge.",
            number=number,
            what=what,
        )
    return say(
        "Pull request {number} ({what}) waits for review: {command}",
        number=number,
        what=what,
        command=f"doleances accept {step.number}",
    )
