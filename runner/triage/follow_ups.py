"""What a customer who writes again means: thanks, a complaint, a question, or something else.

The program's own rules (`policies/follow_ups.yaml`) know how people go on talking; the desk's
own (`policies/triage.yaml`) know its subjects.  Whoever thanks is not answered, so a message
is taken for thanks only where neither finds anything wrong in it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from runner.model import Category, Reason
from runner.policies.follow_ups import follow_up_rules
from runner.policies.values import Configuration
from runner.triage.judge import Message, judge_message


class Meaning(StrEnum):
    """What a follow-up is taken for."""

    THANKS = "thanks"
    COMPLAINT = "complaint"
    QUESTION = "question"
    NEUTRAL = "neutral"

    @property
    def wants_answer(self) -> bool:
        """Whether somebody who has been told goodbye is to be answered all the same."""
        return self in {Meaning.COMPLAINT, Meaning.QUESTION}


_MEANINGS = {
    Category.PRAISE: Meaning.THANKS,
    Category.COMPLAINT: Meaning.COMPLAINT,
    Category.QUESTION: Meaning.QUESTION,
    Category.ADVICE: Meaning.NEUTRAL,
}
_UNSURE = frozenset({"otherwise", "thanks", "delighted"})
"""Rules after which the desk's are asked: politeness may stand beside any complaint."""
_OF_DESK = {**_MEANINGS, Category.ADVICE: Meaning.QUESTION}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a message is taken for, and the rule that says so."""

    meaning: Meaning
    reason: Reason


def read_follow_up(message: Message, configuration: Configuration) -> FollowUp:
    """Return what a message in a conversation means.  Equal arguments give an equal answer.

    The program's rules speak first.  Where they say nothing, the desk's do if they take the
    message for after-sales.  Thanks in which the desk's rules see a complaint are neither: a
    person is to look.
    """
    ours = judge_message(message, follow_up_rules()).category
    meaning = _MEANINGS[ours.value]
    if ours.reason.rule not in _UNSURE:
        return FollowUp(meaning, ours.reason)
    judged = judge_message(
        replace(message, ignored_authors=()),
        configuration.triage,
        configuration.brands,
        configuration.products,
    )
    if not judged.after_sales.value:
        return FollowUp(meaning, ours.reason)
    theirs = judged.category
    if meaning is Meaning.THANKS:
        doubtful = theirs.value is Category.COMPLAINT
        return (
            FollowUp(Meaning.NEUTRAL, theirs.reason) if doubtful else FollowUp(meaning, ours.reason)
        )
    return FollowUp(_OF_DESK[theirs.value], theirs.reason)
