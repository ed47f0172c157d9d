"""What comments on the pages of the runner's pull requests command, and what is answered.

Each comment is answered once, in all that it commands.  A person of the team with the right to
write commands; what somebody else asks for is not done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from runner.cases.case import Case
from runner.cases.file import render_case
from runner.cases.summary import running_courses
from runner.clocks.escalation import CRISIS_ENDS
from runner.planning.actions import Answer, ObeyCommands, RenewBranch, Rest
from runner.planning.branches import INTAKE
from runner.planning.changes import MergedCase
from runner.planning.command_words import command_lines, usage
from runner.planning.commanded import Commanded, find_commanded, says_alarm
from runner.planning.commands import (
    Assign,
    Command,
    Dismiss,
    Duplicate,
    Malformed,
    RaiseCrisis,
    Snooze,
    Unknown,
    is_alarm,
    parse_commands,
)
from runner.planning.joining import Joining, find_joined, has_new_places, wish_joined
from runner.planning.news import after
from runner.planning.next_entry import IllegalStep, Step, plan_step
from runner.planning.observation import Branch, Observation, Remark
from runner.planning.pull_request import render_commit_message
from runner.policies.team import Person
from runner.text.clean import clean_line
from runner.text.language import Language
from runner.text.markdown import code
from runner.text.masking import mask

_UNSAID = "suicide"
"""The threat where a comment names none: of the two the one that bears no waiting."""


def plan_commands(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[ObeyCommands, ...]:
    """Return what to do about the comments that command something, one action for each page.

    `merged` are the cases of the base whose files were read.  What comes on a page that is
    merged by then is answered, and does nothing.  Nothing is said where a branch is gone, or a
    page closed: that decided it.  But who says there that a life is in danger is always answered.
    """
    actions: list[ObeyCommands] = []
    joining: Joining = {}
    for about in find_commanded(observation):
        page = _Page(observation, merged, language, joining, about, about.branch.case)
        page.is_alarmed = not about.is_closed and any(map(page.alarms, about.remarks))
        answers = tuple(map(page.answer, about.remarks))
        pull = about.pull
        if pull.ended is not None and not (page.refused_by or about.is_late or about.alarms):
            continue
        actions.append(
            ObeyCommands(
                number=pull.number,
                branch=pull.branch,
                answers=answers,
                reason=language.say(
                    "commanded by {names}",
                    names=", ".join(dict.fromkeys(answer.by for answer in answers)),
                ),
                renewal=page.renewal(),
                rests=tuple(page.rests),
                refused_by=page.refused_by,
                refused_for=page.refused_for,
                joins=page.joins,
            )
        )
    branches_of = {}
    for target, joined in joining.items():
        wish = wish_joined(joined, merged[target], observation, language)
        branches_of[target] = wish.branch if wish is not None else ""
    return tuple(
        replace(action, joins=branches_of.get(action.joins, action.joins)) for action in actions
    )


@dataclass(slots=True)
class _Page:
    """One pull request while its comments are gone through; `case` is as they leave it.

    `joining` is what the pages before, and this one, bring to cases of the base.
    """

    observation: Observation
    merged: Mapping[str, MergedCase]
    language: Language
    joining: Joining
    about: Commanded
    case: Case | None
    rests: list[Rest] = field(default_factory=list)
    refused_by: str = ""
    refused_for: str = ""
    joins: str = ""
    is_alarmed: bool = False
    """Whether somebody who may command says that a life is in danger, be it in a later comment."""

    @property
    def branch(self) -> Branch:
        """Where the page's case stands."""
        return self.about.branch

    def alarms(self, remark: Remark) -> bool:
        """Whether a comment says that a life is in danger, and its author may command."""
        return (
            remark.may_write
            and not remark.edited
            and self.observation.configuration.team.who_goes_by(remark.login) is not None
            and says_alarm(remark)
        )

    def answer(self, remark: Remark) -> Answer:
        """Return what is said to a comment, and keep what it changes."""
        person = self.observation.configuration.team.who_goes_by(remark.login)
        said = "\n\n".join(dict.fromkeys(self._said(remark, person)))
        by = person.id if person else clean_line(remark.login, 100)
        return Answer(remark.id, remark.login, by, said)

    def renewal(self) -> RenewBranch | None:
        """Return what writes the case as the comments leave it, None where they leave it."""
        case, branch = self.case, self.branch
        if case is None or case == branch.case or branch.path is None or self.refused_by:
            return None
        return RenewBranch(
            branch=branch.name,
            head=branch.head,
            path=branch.path,
            content=render_case(case),
            message=render_commit_message(case, self.language),
            reason=self.language.say("commanded in a comment"),
        )

    def _said(self, remark: Remark, person: Person | None) -> Iterator[str]:
        say = self.language.say
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
                yield self._obeyed(command, remark, person)

    def _obeyed(self, command: Command, remark: Remark, person: Person) -> str:
        say = self.language.say
        if self._is_shut_to(command):
            return say("This proposal is closed now; nothing else was done.")
        if self._comes_too_late(command) and not isinstance(command, Unknown | Malformed):
            return self._too_late(command)
        # What is said of a life goes before what was said earlier, while it was not known.
        in_crisis = self.is_alarmed or (self.case is not None and self.case.crisis is not None)
        match command:
            case Dismiss() | Duplicate() if in_crisis and self.branch.change == INTAKE:
                return say(
                    "Nothing was done: no comment closes a crisis. When two people have looked at "
                    "it, one of them closes the pull request and says why."
                )
            case Dismiss(reason):
                kept = mask(reason, self.observation.configuration.privacy)
                return self._refuse(
                    person,
                    kept,
                    say("Closed, and not proposed again: {reason}.", reason=_quoted(kept)),
                )
            case Unknown(word):
                return (
                    say("There is no command {command}. There are:", command=f"`/{word}`")
                    + "\n\n"
                    + "\n".join(command_lines(self.language))
                )
            case Malformed(word):
                return say("That was not understood. It is:") + "\n\n" + usage(word, self.language)
        if self.branch.change != INTAKE:
            return self._only_for_new(command)
        case = self.case
        if case is None:
            return say(
                "Nothing was done: the case file on this branch cannot be read; mend it first."
            )
        match command:
            case Duplicate(other):
                return self._duplicate(other, case, person)
            case Snooze(length):
                return self._snooze(case, remark, remark.at + length, person)
            case Assign(name):
                return self._assign(case, name)
            case RaiseCrisis(threat):
                return self._crisis(case, threat, remark, person)

    def _refuse(self, person: Person, reason: str, answer: str) -> str:
        self.refused_by, self.refused_for = person.id, reason
        return answer

    def _only_for_new(self, command: Duplicate | Snooze | Assign | RaiseCrisis) -> str:
        """Return why a command does nothing where the case is on the base already."""
        say, case_id = self.language.say, self.branch.case_id
        match command:
            case Duplicate():
                does = f"`doleances merge {case_id}`"
            case Snooze():
                does = f"`doleances acknowledge {case_id}`"
            case RaiseCrisis(threat):
                does = f"`doleances crisis {case_id} --raise {threat or _UNSAID}`"
            case Assign():
                return say(
                    "Nothing was done: the case is accepted, so that its owner stands in its file "
                    "on the base. Change {field} there, or close this by {command}.",
                    field="`owner`",
                    command="`/dismiss`",
                )
        return say(
            "Nothing was done: this changes a case that is accepted already, for which there is "
            "{verb}. Here only {command} does something.",
            verb=does,
            command="`/dismiss`",
        )

    def _is_shut_to(self, command: Command) -> bool:
        """Whether nothing is done any more; who closes a page may say why in a command."""
        closes = isinstance(command, Dismiss | Duplicate) and not self.about.is_over
        is_shut = self.refused_by or (self.about.is_closed and not closes)
        return bool(is_shut) and not is_alarm(command)

    def _comes_too_late(self, command: Command) -> bool:
        is_raise = isinstance(command, RaiseCrisis) and self.branch.change == INTAKE
        return self.about.is_late or (self.about.is_closed and is_raise)

    def _too_late(self, command: Dismiss | Duplicate | Snooze | Assign | RaiseCrisis) -> str:
        """Return what a command that came after the end can no more do, and what does it."""
        say, case_id = self.language.say, self.branch.case_id
        match command:
            case RaiseCrisis(threat) if self.about.is_closed:
                return say(
                    "**Warn those in charge at once.** This page was closed, so that nothing was "
                    "written. Restore its branch, open the pull request again, and once the runner "
                    "has seen that, say {command} there once more.",
                    command=f"`/crisis {threat or _UNSAID}`",
                )
            case RaiseCrisis(threat):
                return say(
                    "**Warn those in charge at once.** This came after the merge, so that nothing "
                    "was written: {command}.",
                    command=f"`doleances crisis {case_id} --raise {threat or _UNSAID}`",
                )
            case Dismiss() if self.branch.change == INTAKE:
                verb = f"doleances dismiss {case_id}"
            case Dismiss():
                return say("Nothing was done: this came after the merge, which has decided it.")
            case Duplicate(other):
                verb = f"doleances merge {case_id} {other}"
            case Snooze():
                verb = f"doleances acknowledge {case_id}"
            case Assign():
                return say(
                    "Nothing was done: this came after the merge. Change {field} in the case's "
                    "file on the base.",
                    field="`owner`",
                )
        return say(
            "Nothing was done: this came after the merge. For a case that is accepted there is "
            "{command}.",
            command=f"`{verb}`",
        )

    def _duplicate(self, other: str, case: Case, person: Person) -> str:
        say = self.language.say
        if other == case.id:
            return say("Nothing was done: that is this very case.")
        waiting = (*self.observation.branches, *self.observation.proposed)
        target = self.observation.case_of(other)
        if target is None and any(b.case_id == other for b in waiting):
            target = other
        if target is None or target == case.id:
            return say("Nothing was done: there is no case {case}.", case=f"`{other}`")
        reason = say("duplicate of {case}", case=target)
        merged = self.merged.get(target)
        if merged is not None and merged.case.state.is_open and has_new_places(case, merged.case):
            standing = find_joined(case, merged.case, self.observation)
            joined = (*self.joining.get(target, ()), (case, person))
            if not standing and not wish_joined(joined, merged, self.observation, self.language):
                return say(
                    "Nothing was done: the place where this was said cannot be proposed for {case} "
                    "now. Decide first on what else is proposed for that case, then comment "
                    "again. Or accept this one, then {command}.",
                    case=f"`{target}`",
                    command=f"`doleances merge {case.id} {target}`",
                )
            if not standing:
                self.joining[target] = joined
            self.joins = standing or target
            answer = say(
                "Closed as a duplicate of {case}, and not proposed again. The place where this was "
                "said is proposed for that case.",
                case=f"`{target}`",
            )
            return self._refuse(person, reason, answer)
        links = "\n".join(f"- <{place.url}>" for place in case.places if place.url)
        answer = say(
            "Closed as a duplicate of {case}, and not proposed again. Its file does not name the "
            "place where this was said: give the closing message there too.",
            case=f"`{target}`",
        )
        return self._refuse(person, reason, f"{answer}\n\n{links}" if links else answer)

    def _snooze(self, case: Case, remark: Remark, until: datetime, person: Person) -> str:
        say = self.language.say
        if case.crisis is not None:
            return say("Nothing was done: a crisis is never put off. Take it in hand.")
        at = min(remark.at, self.observation.now)
        for course in running_courses(case):
            clock = course.clock
            if not CRISIS_ENDS.issuperset(clock.stops):
                self.rests.append(Rest(clock.clock, clock.started_at, person.id, at, until))
        return say(
            "Reminders of this proposal rest until {instant}, unless a higher tier of {file} "
            "speaks before. The promises to the customer run on.",
            instant=self.language.instant(until),
            file="`policies/escalation.yaml`",
        )

    def _assign(self, case: Case, name: str) -> str:
        say, team = self.language.say, self.observation.configuration.team
        person = team.person(name.lower()) or team.who_goes_by(name)
        if person is None:
            return say(
                "Nothing was done: nobody of {file} is called {name}. There are {people}.",
                file="`policies/team.yaml`",
                name=code(name),
                people=", ".join(f"`{each.id}`" for each in team.people),
            )
        if self.branch.hands_off:
            return self._by_hand(f"owner: {person.id}")
        self.case = replace(case, owner=person.id)
        return say("{name} owns the case now.", name=f"**{person.name}**")

    def _crisis(self, case: Case, threat: str | None, remark: Remark, person: Person) -> str:
        say = self.language.say
        crisis = threat or case.crisis or _UNSAID
        if case.crisis is None or crisis != case.crisis:
            if self.branch.hands_off:
                return say(
                    "**Warn those in charge at once.** Somebody committed to this branch, so that "
                    "the runner writes there no more: accept the case, then {command}.",
                    command=f"`doleances crisis {case.id} --raise {crisis}`",
                )
            raised = self._raised(case, crisis, remark, person)
            if raised is None:
                return say("Nothing was done: in its state the case cannot become a crisis.")
            self.case = raised
        answer = say(
            "**This is a crisis now: {crisis}.** The next {command} tells those in charge. Warn "
            "them yourself too, at once.",
            crisis=self.language.term("crisis", crisis),
            command="`doleances notify`",
        )
        if threat is None:
            other = "death-threat" if crisis == _UNSAID else _UNSAID
            answer += " " + say(
                "If it is another threat, write {command}.", command=f"`/crisis {other}`"
            )
        return answer

    def _raised(self, case: Case, crisis: str, remark: Remark, person: Person) -> Case | None:
        now = self.observation.now
        if case.crisis is not None:
            # Nobody has accepted the entry yet: it is put right where it stands.
            log = tuple(
                replace(entry, facts={**entry.facts, "crisis": crisis}, by=person.id)
                if entry.kind == "crisis-raised"
                else entry
                for entry in case.log
            )
            return replace(case, crisis=crisis, log=log)
        step = Step("crisis-raised", {"crisis": crisis}, person.id, min(remark.at, now), now)
        try:
            planned = plan_step(case, step, self.observation.configuration)
        except IllegalStep:
            return None
        for entry in planned.entries:
            case = after(case, entry)
        return replace(case, crisis=crisis)

    def _by_hand(self, line: str) -> str:
        return self.language.say(
            "Nothing was done: somebody committed to this branch, so that the runner writes there "
            "no more. Put {line} into {file} on the branch yourself.",
            line=f"`{line}`",
            file=f"`{self.branch.path}`",
        )


def _quoted(reason: str) -> str:
    return code(reason, 500)
