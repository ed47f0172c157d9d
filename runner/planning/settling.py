"""What has ended: pull requests that people settled, and branches whose work is done."""

from collections.abc import Mapping

from runner.planning.actions import DropBranch, Held, HeldBy, SettlePull
from runner.planning.branches import LONGEST_REASON, Outcome, branch_name, case_of_branch
from runner.planning.changes import MergedCase, is_taken_over
from runner.planning.observation import Branch, Ending, Observation
from runner.policies.values import Configuration
from runner.text.clean import clean_line, clean_text
from runner.text.language import Language
from runner.text.masking import mask

MOST_VANISHED = 5
"""Branches that people may have deleted since the last run, each a refusal; more is odd."""


def settle_pulls(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[tuple[SettlePull, ...], tuple[Held, ...]]:
    """Return how pull requests ended that people settled with git or on the forge's pages.

    A deleted branch is a refusal.  When many are gone at once, something else has
    happened, such as a clone without them, and a person must look.
    """
    branches = {b.name: b for b in observation.branches}
    settled, gone = [], []
    for pull in observation.pulls:
        branch = branches.get(pull.branch)
        if _is_on_base(observation, merged, pull.branch, branch):
            reason = _held_by_base(pull.branch, language)
            settled.append(SettlePull(pull.number, pull.branch, Outcome.MERGED, reason))
        elif pull.ended is not None:
            reason = _why_ended(pull.ended, observation.configuration, language)
            settled.append(SettlePull(pull.number, pull.branch, pull.ended.outcome, reason))
        elif branch is None:
            reason = language.say("its branch was deleted")
            gone.append(SettlePull(pull.number, pull.branch, Outcome.REFUSED, reason))
    if len(gone) > MOST_VANISHED:
        why = language.say(
            "its branch is gone, like many: run `doleances sync`, or reject it with a reason"
        )
        return tuple(settled), tuple(Held(one.branch, HeldBy.PERSON, why) for one in gone)
    return (*settled, *gone), ()


def tidy_branches(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[tuple[DropBranch, ...], tuple[Held, ...]]:
    """Return the branches whose work is done, and those that a person's hand keeps."""
    dropped, kept = [], []
    for branch in observation.branches:
        if _is_on_base(observation, merged, branch.name, branch):
            reason = _held_by_base(branch.name, language)
        elif (branch.case_id, branch.change) in observation.decided:
            reason = language.say("its pull request has ended")
        else:
            continue
        if branch.hands_off and not branch.merged:
            why = language.say("{reason}, but somebody else committed to the branch", reason=reason)
            kept.append(Held(branch.name, HeldBy.PERSON, why))
        else:
            dropped.append(DropBranch(branch.name, branch.head, reason))
    return tuple(dropped), tuple(kept)


def _why_ended(ended: Ending, configuration: Configuration, language: Language) -> str:
    """Return why a pull request was merged or closed, in the words of who did it."""
    if ended.outcome is Outcome.MERGED:
        return language.say("merged on the forge")
    said = mask(clean_text(ended.words), configuration.privacy)
    return clean_line(said, LONGEST_REASON) or language.say("closed on the forge without a word")


def _is_on_base(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    name: str,
    branch: Branch | None,
) -> bool:
    """Whether the base holds what a branch proposes.

    For an intake that is its case, however it got there.  A branch that was put back on
    the base, or whose commit is lost, proposes nothing: that is no decision.
    """
    case_id = case_of_branch(name)
    if name == branch_name(case_id):
        return observation.case_of(case_id) is not None
    return branch is not None and is_taken_over(branch, merged.get(case_id))


def _held_by_base(name: str, language: Language) -> str:
    if name == branch_name(case_of_branch(name)):
        return language.say("the base already holds this case")
    return language.say("the base already holds this change")
