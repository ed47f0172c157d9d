"""What comments on the pages of the runner's pull requests command, and what is answered.

Each comment is answered once, in all that it commands.  A person of the team with the right to
write commands; what somebody else asks for is not done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from runner.cases.case import Case
from runner.cases.summary import running_courses
from runner.clocks.escalation import CRISIS_ENDS
from runner.clocks.offsets import at_wall
from runner.planning.actions import Answer, ObeyCommands, Rest
from runner.planning.alarms import raise_crisis
from runner.planning.branches import LONGEST_REASON
from runner.planning.changes import MergedCase, Wish
from runner.planning.command_words import command_lines, usage
from runner.planning.commanded import Stage, find_commanded
from runner.planning.commands import (
    LONGEST_SNOOZE,
    Assign,
    Command,
    Dismiss,
    Duplicate,
    Malformed,
    RaiseCrisis,
    Snooze,
    Unknown,
    Word,
    is_alarm,
    parse_commands,
)
from runner.planning.consequences import Consequences, Page
from runner.planning.declining import (
    decline_change,
    decline_foreign,
    decline_late,
    decline_shut,
)
from runner.planning.joining import join_duplicate, wishes_joined
from runner.planning.observation import Observation, Remark
from runner.policies.team import Person, Team
from runner.text.clean import clean_line
from runner.text.language import Language
from runner.text.markdown import code
from runner.text.masking import mask

_ONESELF = frozenset({"me", "moi"})


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What is done about comments.

    `actions` are one for each page, `wishes` the changes of cases on which they rely.
    """

    actions: tuple[ObeyCommands, ...]
    wishes: tuple[Wish, ...]

    @property
    def written(self) -> frozenset[str]:
        """The branches that the actions write to, or end."""
        renewed = (action.renewal.branch for action in self.actions if action.renewal)
        return frozenset(action.branch for action in self.actions).union(renewed)

    @property
    def decided(self) -> frozenset[str]:
        """The branches of whose pages the actions say how they end, or that they do not."""
        return frozenset(
            action.branch for action in self.actions if action.refused_by or action.reopens
        )


def obey_comments(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> Obeyed:
    """Return what to do about the comments that command something.

    `merged` are the cases of the base whose files were read.  Whatever has become of a page,
    each comment on it is answered.
    """
    consequences = Consequences(observation, merged, language)
    pages = []
    for about in find_commanded(observation):
        is_alarmed = any(_alarms(remark, observation) for remark in about.remarks)
        page = Page(consequences, about, is_alarmed)
        page.answers = tuple(_answer(page, remark) for remark in about.remarks)
        pages.append(page)
    joined = wishes_joined(consequences)
    branches = {case_id: wish.branch for case_id, wish in joined.items()}
    return Obeyed(
        actions=tuple(page.action(branches) for page in pages),
        wishes=(*consequences.raised.values(), *joined.values()),
    )


def _alarms(remark: Remark, observation: Observation) -> bool:
    """Whether a comment says that a life is in danger, and its author may command."""
    return (
        remark.may_write
        and not remark.edited
        and observation.configuration.team.who_goes_by(remark.login) is not None
        and any(map(is_alarm, parse_commands(remark.body)))
    )


def _answer(page: Page, remark: Remark) -> Answer:
    """Return what is said to a comment, and keep what it changes."""
    person = page.configuration.team.who_goes_by(remark.login)
    said = "\n\n".join(dict.fromkeys(_said(page, remark, person)))
    by = person.id if person else clean_line(remark.login, 100)
    return Answer(remark.id, remark.login, by, said)


def _said(page: Page, remark: Remark, person: Person | None) -> Iterator[str]:
    say = page.language.say
    if not remark.may_write:
        yield say("Nothing was done: commands are for people who may write to this repository.")
    elif person is None:
        yield say(
            "Nothing was done: {file} names nobody with the login {login}. Have it added there "
            "under `logins`, then comment again.",
            file="`policies/team.yaml`",
            login=code(remark.login),
        )
    elif remark.edited:
        yield say(
            "Nothing was done: the comment was edited, and others may have done that. Say it "
            "in a new comment."
        )
    else:
        for command in parse_commands(remark.body):
            yield _obeyed(page, command, remark, person)


def _obeyed(page: Page, command: Command, remark: Remark, person: Person) -> str:
    say = page.language.say
    match command:
        case RaiseCrisis(threat):
            return raise_crisis(page, threat, remark, person)
        case Unknown(word):
            no_such = say("There is no command {command}. There are:", command=f"`/{word}`")
            return "\n\n".join((no_such, "\n".join(command_lines(page.language))))
        case Malformed(word):
            return _not_understood(word, page.language)
        case _ if not page.about.is_ours:
            return decline_foreign(page.language)
        case _ if page.refused_by:
            return say("This proposal is closed now; nothing else was done.")
        case _ if page.about.stage is Stage.MERGED:
            return decline_late(command, page.about, page.language)
        case Dismiss() | Duplicate() if page.is_in_crisis:
            return say(
                "Nothing was done: no comment closes a crisis. When two people have looked at "
                "it, one of them closes the pull request and says why."
            )
        case Dismiss() if page.about.stage is Stage.OVER:
            return decline_shut(page.language)
        case Dismiss(reason):
            kept = mask(reason, page.configuration.privacy)
            page.refuse(person, kept)
            said = code(kept, LONGEST_REASON)
            return say("Closed, and not proposed again: {reason}.", reason=said)
        case Duplicate() | Snooze() | Assign():
            return _obeyed_of_case(page, command, remark, person)


def _obeyed_of_case(
    page: Page, command: Duplicate | Snooze | Assign, remark: Remark, person: Person
) -> str:
    """Obey what needs the case; who closes a page may say then what it is a duplicate of."""
    about, case = page.about, page.case
    may_say_why = isinstance(command, Duplicate) and about.stage is Stage.CLOSED
    if about.is_shut and not (may_say_why and case is not None):
        return decline_shut(page.language)
    if not about.is_intake:
        return decline_change(command, about, page.language)
    if case is None:
        return page.language.say(
            "Nothing was done: the case file on this branch cannot be read; mend it first."
        )
    match command:
        case Duplicate(other):
            return join_duplicate(page, other, case, person)
        case Snooze(end):
            return _snooze(page, case, remark, end, person)
        case Assign(name):
            return _assign(page, case, name, person)


def _not_understood(word: Word, language: Language) -> str:
    said = language.say("Nothing was done: that was not understood. It is:")
    return f"{said}\n\n{usage(word, language)}"


def _snooze(page: Page, case: Case, remark: Remark, end: timedelta | date, person: Person) -> str:
    say, now = page.language.say, page.all.observation.now
    if case.crisis is not None:
        return say("Nothing was done: a crisis is never put off. Take it in hand.")
    until = _until(end, remark, page)
    if not remark.at < until <= remark.at + LONGEST_SNOOZE:
        return _not_understood(Word.SNOOZE, page.language)
    at = min(remark.at, now)
    for course in running_courses(case):
        clock = course.clock
        if not CRISIS_ENDS.issuperset(clock.stops):
            page.rests.append(Rest(clock.clock, clock.started_at, person.id, at, until))
    return say(
        "Reminders of this proposal rest until {instant}, unless a higher tier of {file} "
        "speaks before. The promises to the customer run on.",
        instant=page.language.instant(until),
        file="`policies/escalation.yaml`",
    )


def _until(end: timedelta | date, remark: Remark, page: Page) -> datetime:
    if isinstance(end, timedelta):
        return remark.at + end
    return at_wall(datetime.combine(end, time()), page.configuration.instance.zone)


def _assign(page: Page, case: Case, name: str, by: Person) -> str:
    say, team = page.language.say, page.configuration.team
    person = by if name.casefold() in _ONESELF else _find_person(team, name)
    if person is None:
        return say(
            "Nothing was done: nobody of {file} is called {name}. There are {people}.",
            file="`policies/team.yaml`",
            name=code(name),
            people=", ".join(f"`{each.id}`" for each in team.people),
        )
    if page.about.branch.hands_off:
        return say(
            "Nothing was done: somebody committed to this branch, so that the runner writes there "
            "no more. Put {line} into {file} on the branch yourself.",
            line=f"`owner: {person.id}`",
            file=f"`{page.about.branch.path}`",
        )
    page.case = replace(case, owner=person.id)
    return say("{name} owns the case now.", name=f"**{person.name}**")


def _find_person(team: Team, name: str) -> Person | None:
    """Return whom an id, a login, an address or a name means, None where that is not one person."""
    known = team.person(name.lower()) or team.who_goes_by(name)
    if known is not None:
        return known
    called = [each for each in team.people if each.name.casefold() == name.casefold()]
    return called[0] if len(called) == 1 else None
