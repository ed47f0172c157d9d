"""What became of messages to the team, as values, and the words for what went wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from runner.text.clean import clean_line
from runner.text.language import Language

Say = Callable[..., str]


class Trouble(StrEnum):
    """The ways in which a message is not sent, or not known to be."""

    NO_SETTING = "no-setting"
    ODD_SETTING = "odd-setting"
    NOT_SAFE = "not-safe"
    PRIVATE = "private"
    NO_PERSON = "no-person"
    NO_ADDRESS = "no-address"
    UNREACHABLE = "unreachable"
    NO_TRUST = "no-trust"
    NO_LOGIN = "no-login"
    TOO_SLOW = "too-slow"
    BROKEN_OFF = "broken-off"
    TOLD_TO_WAIT = "told-to-wait"
    REFUSED = "refused"
    ODD_ANSWER = "odd-answer"


@dataclass(frozen=True, slots=True)
class Setback:
    """Why a message was not sent: `about` a variable, host or person, `detail` an answer.

    Neither holds a secret, though both may be words of a stranger: they are shown through
    `render_setback`.  `rest_until` is when the other side wants to hear of us again.
    `whole_channel` says that no other message of the channel would fare better.
    """

    trouble: Trouble
    about: str = ""
    detail: str = ""
    rest_until: datetime | None = None
    whole_channel: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that could not be sent when it was tried last; `key` is the notice's."""

    key: str
    trouble: Trouble
    about: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel fared when it was used last, at `at`.

    `rest_until` is before when it is not to be used.  `failures` are those of its messages
    that are still to be sent.
    """

    channel: str
    at: datetime
    rest_until: datetime | None = None
    failures: tuple[Failure, ...] = field(default=())

    def rests(self, now: datetime) -> bool:
        """Return whether the channel asked to be left alone until after `now`."""
        return self.rest_until is not None and now < self.rest_until


def failures_by_key(states: Mapping[str, ChannelState]) -> dict[str, Failure]:
    """Return the failures of all channels by the keys of their notices."""
    return {failure.key: failure for state in states.values() for failure in state.failures}


def render_setback(failed: Setback | Failure, language: Language) -> str:
    """Return what went wrong, and what to do, in the words of the team's language."""
    about = clean_line(failed.about[:800], 200)
    detail = clean_line(failed.detail[:800], 200)
    said = _say_ours(failed.trouble, about, detail, language.say)
    return said or _say_theirs(failed.trouble, about, detail, language.say)


def _say_ours(trouble: Trouble, about: str, detail: str, say: Say) -> str | None:
    """Say what is wrong on this side."""
    match trouble:
        case Trouble.NO_SETTING:
            return say(
                "The environment has no {variable}: it holds the address of the other side, "
                "which is a secret",
                variable=about,
            )
        case Trouble.ODD_SETTING:
            return say(
                "{variable} holds no address that can be used: write one such as {example}",
                variable=about,
                example=detail,
            )
        case Trouble.NOT_SAFE:
            return say(
                "{host} offers no encryption, and what was to be sent is secret: it was not sent",
                host=about,
            )
        case Trouble.PRIVATE:
            return say(
                "{host} leads to {address}, which is not on the public internet: if it is meant "
                "to, say so with --allow-private",
                host=about,
                address=detail,
            )
        case Trouble.NO_PERSON:
            return say("policies/team.yaml has no {person}: nobody is told", person=about)
        case Trouble.NO_ADDRESS:
            return say(
                "policies/team.yaml has no e-mail address of {person} that can be written to",
                person=about,
            )
        case _:
            return None


def _say_theirs(trouble: Trouble, about: str, detail: str, say: Say) -> str:
    """Say what is wrong on the way, or on the other side."""
    match trouble:
        case Trouble.UNREACHABLE:
            return say("{host} cannot be reached: it is tried again in the next run", host=about)
        case Trouble.NO_TRUST:
            return say(
                "{host} does not prove that it is itself ({detail}): nothing is sent until its "
                "certificate is right",
                host=about,
                detail=detail,
            )
        case Trouble.NO_LOGIN:
            return say(
                "{host} does not let us in ({detail}): correct the name or the password",
                host=about,
                detail=detail,
            )
        case Trouble.TOO_SLOW:
            return say(
                "{host} is too slow: the message may have arrived, and is sent again in the "
                "next run",
                host=about,
            )
        case Trouble.BROKEN_OFF:
            return say(
                "{host} broke off in the middle: the message may have arrived, and is sent again "
                "in the next run",
                host=about,
            )
        case Trouble.TOLD_TO_WAIT:
            return say(
                "{host} asks to be left alone for a while ({detail}): it is tried again when that "
                "time is over",
                host=about,
                detail=detail,
            )
        case Trouble.REFUSED:
            return say(
                "{host} refuses the message ({detail}): it is tried again in the next run",
                host=about,
                detail=detail,
            )
        case _:
            return say(
                "{host} answers what makes no sense here ({detail}): check the address, and what "
                "stands behind it",
                host=about,
                detail=detail,
            )
