"""What a message about a promise says, in the team's language: ours, no word of the customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.clocks.escalation import HeldFor, Holding, Superseded, Telling, is_crisis
from runner.clocks.standings import Standing
from runner.model import Category, State, Urgency
from runner.planning.typed import typed_close, typed_command
from runner.planning.words import clock_name, person_name, target_words
from runner.policies.escalation import (
    FILE,
    PROPOSED,
    AfterDue,
    AtShare,
    BeforeDue,
    CaseFacts,
    HolderOf,
    Named,
    OnCall,
    Owner,
    Tier,
    Whom,
)
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.text.markdown import code

VERBS = {
    "replied": "reply",
    "messaged": "message",
    "details-asked": "ask",
    "reminded": "remind",
    "handed-off": "hand-off",
    "answered": "answer",
    "resolved": "resolve",
    "closed": "close",
}
"""What a person types who has done what a clock waits for, by the kind of the entry."""


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """The words about one clock of one case at an instant."""

    facts: CaseFacts
    standing: Standing
    now: datetime
    configuration: Configuration
    language: Language

    def subject(self) -> str:
        """Return one line: the case, how late it is or how much is left, what it is about."""
        say, facts = self.language.say, self.facts
        if is_crisis(self.standing):
            return say(
                "CRISIS · {case} · {nature} · nobody has it in hand yet",
                case=facts.id,
                nature=self._nature(),
            )
        promised = say("{clock}: {left}", clock=self._clock_name(), left=self._left())
        return " · ".join((facts.id, promised, self._nature()))

    def body(self, telling: Telling) -> str:
        """Return the message to one person, as Markdown."""
        say = self.language.say
        return "\n".join(
            (
                say("Hello {name},", name=self._person(telling.person)),
                "",
                self._promise(),
                "",
                *(f"- {line}" for line in self._case()),
                "",
                *self._steps(),
                "",
                say("Why you: {reason}", reason=self.reason(telling)),
                "",
            )
        )

    def reason(self, telling: Telling) -> str:
        """Return why a person is told now: the person's part, the tier, where it is written."""
        say = self.language.say
        tier = telling.tier
        said = say(
            "{part}. Tier {tier}: {when} ({where}, in the route on line {line}).",
            part=self._part(telling),
            tier=tier.id,
            when=self._when(tier),
            where=f"{FILE}:{tier.line}",
            line=telling.route.line,
        )
        if tier.repeat is None or telling.repeat + 1 == tier.times:
            return said
        # Repeats are numbered by instants, told or not: to its reader this may be the first.
        again = say("Repeated at intervals of {span}.", span=self._target(str(tier.repeat)))
        return f"{said} {again}"

    def held(self, holding: Holding) -> str:
        """Return why something is not told now."""
        say = self.language.say
        until = self.language.instant(holding.until) if holding.until else ""
        match holding.why:
            case HeldFor.PAUSED:
                return say("the promise rests")
            case HeldFor.INHIBITED:
                clock = self.language.term("clock", holding.by)
                return say("silent while this speaks: {clock}", clock=clock)
            case HeldFor.MUTED:
                return say("muted until {instant} by {file}", instant=until, file=holding.by)
            case HeldFor.REPLY_PROPOSED:
                return say("a reply is proposed and waits for a decision")
            case HeldFor.ACKNOWLEDGED if until:
                name = self._person(holding.by)
                return say("{name} has it in hand until {instant}", name=name, instant=until)
            case HeldFor.ACKNOWLEDGED:
                return say("{name} has it in hand", name=self._person(holding.by))
            case HeldFor.QUIET:
                return say(
                    "quiet hours of {channel} until {instant}",
                    channel=holding.channel,
                    instant=until,
                )
            case HeldFor.UNREACHABLE if holding.by:
                return say("no channel of this tier reaches {name}", name=self._person(holding.by))
            case HeldFor.UNREACHABLE:
                return self._nobody(holding.whom)

    def superseded(self, found: Superseded) -> str:
        """Return why a lower tier is told to nobody any more."""
        return self.language.say("overtaken by the tier {tier}", tier=found.by.id)

    def _nobody(self, whom: Whom | None) -> str:
        say = self.language.say
        match whom:
            case HolderOf(role):
                return say("nobody has the role {role}", role=self.language.term("role", role))
            case OnCall(rota):
                return say("nobody is on call, rota {rota}", rota=rota)
            case _:
                return say("the case has no owner")

    def _person(self, person: str) -> str:
        return person_name(person, self.configuration.team, self.language)

    def _clock_name(self) -> str:
        return clock_name(self.standing.clock, self.language)

    def _nature(self) -> str:
        language, facts = self.language, self.facts
        if facts.crisis is not None:
            return language.term("crisis", facts.crisis)
        return language.say(
            "{category}, urgency: {urgency}",
            category=language.word(Category(facts.category)),
            urgency=language.word(Urgency(facts.urgency)),
        )

    def _left(self) -> str:
        """Return how much is left, or how late it is, in two or three words."""
        say, due_at = self.language.say, self.standing.due_at
        if self.now == due_at:
            return say("due now")
        span = self.language.span(self.now - due_at)
        return say("{span} late", span=span) if self.now > due_at else say("{span} left", span=span)

    def _promise(self) -> str:
        say, due_at = self.language.say, self.standing.due_at
        due, span = self.language.instant(due_at), self.language.span(self.now - due_at)
        clock, case = self._clock_name(), _plain(self.facts.id)
        if self.now == due_at:
            return say("{clock}, case {case}: due now, {instant}.",
                       clock=clock, case=case, instant=due)  # fmt: skip
        if self.now > due_at:
            return say("{clock}, case {case}: was due {instant}, {span} ago.",
                       clock=clock, case=case, instant=due, span=span)  # fmt: skip
        return say("{clock}, case {case}: due {instant}, {span} left.",
                   clock=clock, case=case, instant=due, span=span)  # fmt: skip

    def _case(self) -> Iterator[str]:
        language, facts = self.language, self.facts
        say, clock = language.say, self.standing.course.clock
        yield say(
            "Promised: {target}, counted from {instant}",
            target=self._target(clock.target),
            instant=language.instant(clock.started_at),
        )
        about = [self._nature()]
        if facts.topic is not None:
            about.append(language.term("topic", facts.topic))
        about += (code(name) for name in (facts.product, facts.incident) if name is not None)
        yield say("About: {what}", what=" · ".join(about))
        if facts.sources:
            yield say("Found at: {sources}", sources=", ".join(facts.sources))
        owner = self._person(facts.owner) if facts.owner is not None else say("nobody yet")
        yield say("Owner: {owner}", owner=owner)
        yield say("State: {state}", state=self._state())

    def _state(self) -> str:
        if self.facts.state == PROPOSED:
            return self.language.say("to qualify")
        return self.language.word(State(self.facts.state))

    def _steps(self) -> Iterator[str]:
        say, case = self.language.say, self.facts.id
        show = _plain(f"doleances show {case}")
        if is_crisis(self.standing):
            yield say("People first: warn those in charge at once, and answer with no template.")
            taken = _plain(f"doleances crisis {case} --taken")
            yield say(
                "Read it: {command}. You have it in hand: {taken}.", command=show, taken=taken
            )
            return
        if self.facts.state == PROPOSED:
            yield say("Nobody has accepted it yet. Read it and decide: {command}.", command=show)
        else:
            yield say("Read it: {command}.", command=show)
            kind = next((kind for kind in self._stops() if kind in VERBS), None)
            if kind is not None:
                yield say("When it is done: {command}.", command=_plain(self._done(kind)))
        command = _plain(f"doleances acknowledge {case} --clock {self.standing.clock}")
        yield say(
            "You have it in hand, and want no more of these messages: {command}.", command=command
        )

    def _done(self, kind: str) -> str:
        """Return the command that records what the clock waits for."""
        if kind == "closed":
            return typed_close(self.facts.id, self.facts.category, self.language)
        return typed_command(VERBS[kind], kind, self.facts.id, {}, self.language)

    def _target(self, target: str) -> str:
        """Return a length of the clock's own time in words."""
        named = self.standing.course.clock.calendar
        saturdays = any(
            each.id == named and each.counts_saturdays for each in self.configuration.calendars
        )
        return target_words(target, self.language, saturdays=saturdays)

    def _stops(self) -> tuple[str, ...]:
        return self.standing.course.clock.stops

    def _part(self, telling: Telling) -> str:
        say = self.language.say
        match telling.whom:
            case Owner():
                part = say("you own this case")
            case HolderOf(role):
                part = say("your role is {role}", role=self.language.term("role", role))
            case Named():
                part = say("the policy names you")
            case OnCall(rota):
                part = say("you are on call, rota {rota}", rota=rota)
        if telling.instead:
            return say("nobody whom the tier names can be reached, and {part}", part=part)
        return part

    def _when(self, tier: Tier) -> str:
        say = self.language.say
        match tier.when:
            case AtShare(0):
                return say("from the start")
            case AtShare(100):
                return say("once it is due")
            case AtShare(percent):
                return say("once {percent}% of the time is over", percent=percent)
            case BeforeDue(length):
                span = self._target(str(length))
                return say("{span} before it is due", span=span)
            case AfterDue(length):
                span = self._target(str(length))
                return say("{span} after it was due", span=span)


def _plain(ours: str) -> str:
    """Return an id or a command as Markdown that can be copied as it stands."""
    return f"`{ours}`"
