"""What a message about a promise says, in the team's language: ours, no word of the customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.clocks.escalation import HeldFor, Holding, Superseded, Telling, is_crisis
from runner.clocks.standings import Standing
from runner.model import Category, Urgency
from runner.planning.words import clock_name, person_name
from runner.policies.clocks import Target, Unit, parse_target
from runner.policies.escalation import (
    FILE,
    CaseFacts,
    HolderOf,
    Named,
    OnCall,
    Owner,
)
from runner.policies.values import Configuration
from runner.text.language import Language


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """The words about one clock of one case at an instant."""

    facts: CaseFacts
    standing: Standing
    now: datetime
    configuration: Configuration
    language: Language

    def subject(self) -> str:
        """Return one line: the case, the promise, how late or how much is left, what it is."""
        parts = (self.facts.id, self._state_of_promise(), self._nature())
        return " · ".join(parts)

    def body(self, telling: Telling) -> str:
        """Return the message to one person, as Markdown."""
        say = self.language.say
        name = person_name(telling.person, self.configuration.team, self.language)
        paragraphs = (
            say("Hello {name},", name=name),
            self._promise(),
            "\n".join(f"- {line}" for line in self._lines()),
            "\n".join(self._steps()),
            say("Why you: {reason}", reason=self.reason(telling)),
        )
        return "\n\n".join(paragraphs) + "\n"

    def reason(self, telling: Telling) -> str:
        """Return why a person is told: the person's part, the tier, and where it is written."""
        say = self.language.say
        tier = telling.tier
        said = say(
            "{why}; tier {tier} ({where})",
            why=self._part(telling),
            tier=tier.id,
            where=f"{FILE}:{tier.line}",
        )
        if telling.repeat:
            return say("{said}, reminder {number}", said=said, number=telling.repeat)
        return said

    def held(self, holding: Holding) -> str:
        """Return why something is not told now."""
        say = self.language.say
        until = self.language.instant(holding.until) if holding.until else ""
        match holding.why:
            case HeldFor.PAUSED:
                return say("the promise rests")
            case HeldFor.INHIBITED:
                return say("silent while {clock} speaks", clock=self._clock(holding.by))
            case HeldFor.MUTED:
                return say("muted until {instant} by {file}", instant=until, file=holding.by)
            case HeldFor.REPLY_PROPOSED:
                return say("a reply is proposed and waits for a decision")
            case HeldFor.ACKNOWLEDGED:
                name = person_name(holding.by, self.configuration.team, self.language)
                if not until:
                    return say("{name} has it in hand", name=name)
                return say("{name} has it in hand until {instant}", name=name, instant=until)
            case HeldFor.QUIET:
                return say(
                    "quiet hours of {channel} until {instant}",
                    channel=holding.channel,
                    instant=until,
                )
            case HeldFor.UNREACHABLE:
                name = person_name(holding.by, self.configuration.team, self.language)
                return say("{name} has no address for any channel of this tier", name=name)

    def superseded(self, found: Superseded) -> str:
        """Return why a lower tier is told to nobody any more."""
        return self.language.say("overtaken by {tier}", tier=found.by.id)

    def _clock(self, clock: str) -> str:
        return self.language.term("clock", clock)

    def _nature(self) -> str:
        language, facts = self.language, self.facts
        if facts.crisis is not None:
            return language.term("crisis", facts.crisis)
        return language.say(
            "{category}, {urgency} urgency",
            category=language.word(Category(facts.category)),
            urgency=language.word(Urgency(facts.urgency)),
        )

    def _state_of_promise(self) -> str:
        say = self.language.say
        if is_crisis(self.standing):
            return say("CRISIS: nobody has it in hand yet")
        name = clock_name(self.standing.clock, self.language)
        due_at = self.standing.due_at
        if self.now == due_at:
            return say("{clock}: due now", clock=name)
        span = self.language.span(self.now - due_at)
        if self.now > due_at:
            return say("{clock}: {span} late", clock=name, span=span)
        return say("{clock}: {span} left", clock=name, span=span)

    def _promise(self) -> str:
        language, due_at = self.language, self.standing.due_at
        due, span = language.instant(due_at), language.span(self.now - due_at)
        name = clock_name(self.standing.clock, language)
        if self.now > due_at:
            return language.say(
                "{clock} of case {case} was due {instant}: {span} ago.",
                clock=name, case=self.facts.id, instant=due, span=span,
            )  # fmt: skip
        return language.say(
            "{clock} of case {case} is due {instant}: {span} left.",
            clock=name, case=self.facts.id, instant=due, span=span,
        )  # fmt: skip

    def _lines(self) -> Iterator[str]:
        language = self.language
        clock = self.standing.course.clock
        yield language.say(
            "Promised: within {target} from {instant}",
            target=target_words(parse_target(clock.target), language),
            instant=language.instant(clock.started_at),
        )
        yield self._nature()

    def _steps(self) -> Iterator[str]:
        yield f"doleances show {self.facts.id}"

    def _part(self, telling: Telling) -> str:
        say = self.language.say
        match telling.whom:
            case Owner():
                return say("the case is yours")
            case HolderOf(role):
                return say("you are {role}", role=self.language.term("role", role))
            case Named():
                return say("the policy names you")
            case OnCall(rota):
                return say("you are on call ({rota})", rota=rota)


def target_words(target: Target, language: Language) -> str:
    """Return a length of time as promised, in words."""
    count, say_n = target.amount, language.say_n
    match target.unit:
        case Unit.MINUTE:
            return say_n("{count} minute", "{count} minutes", count)
        case Unit.HOUR:
            return say_n("{count} hour", "{count} hours", count)
        case Unit.CIVIL_DAY:
            return say_n("{count} day", "{count} days", count)
        case Unit.BUSINESS_DAY:
            return say_n("{count} business day", "{count} business days", count)
        case Unit.MONTH:
            return say_n("{count} month", "{count} months", count)
