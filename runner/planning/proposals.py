"""New cases and changes that wait for a pull request: which of them get one now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from runner.cases.case import Case
from runner.planning.actions import Held, HeldBy, OpenPull
from runner.planning.changes import Wish
from runner.planning.drafts import draft_proposals, find_answers
from runner.planning.observation import Observation
from runner.planning.pull_request import render_pull
from runner.planning.words import because
from runner.text.language import Language


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new case on its branch, or with `wish` the change of one, without a pull request yet."""

    branch: str
    case: Case
    wish: Wish | None = None

    @property
    def order(self) -> tuple[bool, int, bool, datetime, str]:
        """Most urgent first: crisis, urgency, new cases, then who has waited longest."""
        case, is_change = self.case, self.wish is not None
        return (not self.is_crisis, -case.urgency.rank, is_change, case.detected_at, case.id)

    @property
    def is_crisis(self) -> bool:
        """Whether it speaks of a crisis, which no cap holds back."""
        return self.case.crisis is not None or (self.wish is not None and self.wish.is_urgent)


def open_pulls(
    observation: Observation, proposals: Iterable[Proposal], ending: int, language: Language
) -> tuple[tuple[OpenPull, ...], tuple[Held, ...]]:
    """Return pull requests for the most urgent proposals, and what the caps hold back.

    `ending` is how many of the open pull requests this very plan ends.  A crisis is never
    held back, nor what people opened again: that is open, whatever the caps say.
    """
    configuration = observation.configuration
    limits = configuration.instance.limits
    room = min(
        limits.open_pulls - len(observation.pulls) + ending,
        limits.pulls_per_run - observation.opened_already,
    )
    ordered = sorted(proposals, key=lambda proposal: proposal.order)
    answers = find_answers(observation)
    drafted = draft_proposals(observation, [one.case for one in ordered if not one.wish], answers)
    reopened = {branch.name for branch in observation.branches if branch.reopened is not None}
    opened: list[OpenPull] = []
    capped: list[Held] = []
    for proposal in ordered:
        case, wish = proposal.case, proposal.wish
        if not proposal.is_crisis and proposal.branch not in reopened:
            if room <= 0:
                why = language.say("enough pull requests are open; it waits on its branch")
                capped.append(Held(proposal.branch, HeldBy.CAP, why))
                continue
            room -= 1
        if wish is not None:
            words = wish.words
        else:
            words = render_pull(
                case,
                configuration,
                language,
                observation.now,
                drafted(case),
                answers=answers(case),
            )
        opened.append(
            OpenPull(
                branch=proposal.branch,
                title=words.title,
                body=words.body,
                labels=words.labels,
                owner=case.owner or "",
                reason=_reason(proposal, language, is_reopened=proposal.branch in reopened),
            )
        )
    return tuple(opened), tuple(capped)


def _reason(proposal: Proposal, language: Language, *, is_reopened: bool) -> str:
    if is_reopened:
        return language.say("people opened its pull request again")
    return proposal.wish.reason if proposal.wish else why_proposed(proposal.case, language)


def why_proposed(case: Case, language: Language) -> str:
    """Return the rule that made the message a case; what it is taken for, the title says."""
    reason = case.why.get("crisis") or case.why.get("category")
    return because(replace(reason, detail=""), language) if reason else ""
