"""Telling the team what is due: each message by its channel, each receipt right after.

Decides nothing about whom to tell.  One channel, or one person, that cannot be reached never
stops the others.  A comment on the forge and its receipt are one change, so it is made once.
A mail or a webhook is sent, then its receipt is kept: killed in between, the next run sends it
again, under the same id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from runner.channels.mail import VARIABLE, MailBounds, MailRoom, parse_server, render_mail
from runner.channels.webhook import BOUNDS, Reach, WebhookDesk
from runner.errors import DoleancesError
from runner.forges.port import Done, Forge
from runner.planning.deliveries import ChannelState, Failure, Setback, Trouble
from runner.planning.notices import Notice
from runner.policies.escalation import ChannelKind
from runner.policies.team import Person, Team
from runner.repo.objects import ObjectReader
from runner.repo.told import Comment, Told, has_told
from runner.sources.bounds import Bounds

_KEPT = 500
"""Failures of a channel that the ledger keeps: enough to show, and a record has its limit."""
_IN_A_ROW = 3
"""Messages that may break off or take too long, one after the other, before their channel is
left alone for this run: each may have taken a minute."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took the message, and said `answer`."""

    answer: str


@dataclass(frozen=True, slots=True)
class Known:
    """Another run has sent it meanwhile."""


@dataclass(frozen=True, slots=True)
class Resting:
    """It was not tried: the channel asked to be left alone until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """The case has no page yet on which to say it; the next run tries again."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """It was not tried: people have stopped the program meanwhile."""


Outcome = Sent | Known | Resting | Waiting | Stopped | Setback


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and what became of it."""

    notice: Notice
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Means:
    """What sending takes.

    `environment` holds the secrets: servers, addresses, passwords.  `contact` tells the owner
    of a webhook's host how to reach the desk.
    """

    now: datetime
    environment: Mapping[str, str]
    contact: str = ""
    reach: Reach = field(default_factory=Reach)
    mail_bounds: MailBounds = field(default_factory=MailBounds)
    web_bounds: Bounds = BOUNDS


class Carrier(ExitStack):
    """Sends mails and webhooks.  Connections are opened when first needed, closed at the end."""

    def __init__(self, means: Means) -> None:
        super().__init__()
        self._means = means

    def send(self, notice: Notice, person: Person) -> str | Setback:
        """Send one message; return what the other side said to it."""
        if notice.channel.kind is ChannelKind.WEBHOOK:
            return self._webhooks.send(notice, person)
        message = render_mail(notice, person, self._means.now)
        if isinstance(message, Setback):
            return message
        room = self._mail
        return room if isinstance(room, Setback) else room.send(message)

    @cached_property
    def _mail(self) -> MailRoom | Setback:
        server = parse_server(self._means.environment.get(VARIABLE))
        if isinstance(server, Setback):
            return server
        return self.enter_context(MailRoom(server, self._means.mail_bounds))

    @cached_property
    def _webhooks(self) -> WebhookDesk:
        means = self._means
        desk = WebhookDesk(
            means.now, means.contact, means.environment, means.reach, means.web_bounds
        )
        return self.enter_context(desk)


def _always() -> bool:
    return True


def deliver(
    notices: Sequence[Notice],
    forge: Forge,
    *,
    team: Team,
    states: Mapping[str, ChannelState],
    means: Means,
    may_act: Callable[[], bool] = _always,
) -> Iterator[Delivery]:
    """Send messages, most urgent first as they come, comments on the forge before all.

    `may_act` is asked before each that is sent.

    Raises:
        OutsideFailed: when a message went out and its receipt cannot be kept.  To go on would
            be to send everything twice.
    """
    comments = [each for each in notices if each.channel.kind is ChannelKind.FORGE]
    yield from _comment(comments, forge, means.now, may_act)
    down: dict[str, Setback] = {}
    troubled: dict[str, int] = {}
    with Carrier(means) as carrier, ObjectReader(forge.repository) as reader:
        for notice in notices:
            channel = notice.channel
            if channel.kind is ChannelKind.FORGE:
                continue
            state = states.get(channel.id)
            if state is not None and state.rest_until is not None and state.rests(means.now):
                yield Delivery(notice, Resting(state.rest_until))
                continue
            if has_told(reader, notice.case_id, notice.key):
                yield Delivery(notice, Known())
                continue
            person = team.person(notice.person)
            if person is None:
                yield Delivery(notice, Setback(Trouble.NO_PERSON, notice.person))
                continue
            if channel.id not in down and not may_act():
                yield Delivery(notice, Stopped())
                continue
            said = down.get(channel.id) or carrier.send(notice, person)
            if isinstance(said, str):
                forge.keep([_told(notice, means.now)], means.now)
                troubled[channel.id] = 0
                yield Delivery(notice, Sent(said))
                continue
            broke_off = said.trouble in {Trouble.TOO_SLOW, Trouble.BROKEN_OFF}
            troubled[channel.id] = troubled.get(channel.id, 0) + 1 if broke_off else 0
            if said.whole_channel or troubled[channel.id] >= _IN_A_ROW:
                down[channel.id] = said
            yield Delivery(notice, said)


def _comment(
    notices: Sequence[Notice], forge: Forge, now: datetime, may_act: Callable[[], bool]
) -> Iterator[Delivery]:
    """Write comments one by one: each has its receipt before the next is written."""
    for notice in notices:
        if not may_act():
            yield Delivery(notice, Stopped())
            continue
        told = _told(notice, now, Comment(notice.subject, notice.body))
        try:
            (done,) = forge.comment((told,), now)
        except DoleancesError as failed:
            yield Delivery(notice, Setback(Trouble.REFUSED, "git", failed.message))
        else:
            yield Delivery(notice, _OUTCOMES[done])


_OUTCOMES: dict[Done, Outcome] = {
    Done.DONE: Sent(""),
    Done.ADOPTED: Known(),
    Done.HELD: Waiting(),
}


def _told(notice: Notice, now: datetime, comment: Comment | None = None) -> Told:
    return Told(notice.key, notice.case_id, notice.channel.id, notice.person, now, comment)


def states_after(
    deliveries: Sequence[Delivery], states: Mapping[str, ChannelState], now: datetime
) -> tuple[ChannelState, ...]:
    """Return how the channels stand now, those of which there is or was something to say."""
    known = {failure.key: failure for state in states.values() for failure in state.failures}
    failures: dict[str, list[Failure]] = {
        channel: [] for channel, state in states.items() if state.failures
    }
    rests: dict[str, datetime] = {
        channel: state.rest_until
        for channel, state in states.items()
        if state.rest_until is not None and state.rests(now)
    }
    for delivery in deliveries:
        key, channel = delivery.notice.key, delivery.notice.channel.id
        match delivery.outcome:
            case Setback(trouble, about, detail, rest_until):
                failures.setdefault(channel, []).append(Failure(key, trouble, about, detail))
                if rest_until is not None:
                    rests[channel] = max(rest_until, rests.get(channel, rest_until))
            case Resting() | Stopped() if key in known:
                failures.setdefault(channel, []).append(known[key])
            case _:
                pass
    return tuple(
        ChannelState(channel, now, rests.get(channel), tuple(failures.get(channel, ())[:_KEPT]))
        for channel in sorted({*failures, *rests, *_had_rest(states)})
    )


def _had_rest(states: Mapping[str, ChannelState]) -> Iterator[str]:
    yield from (channel for channel, state in states.items() if state.rest_until is not None)
