"""What comments on pages come to, while they are gone through one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.cases.case import Case
from runner.cases.file import render_case
from runner.planning.actions import Answer, ObeyCommands, RenewBranch, Rest
from runner.planning.branches import RAISED
from runner.planning.changes import MergedCase, Wish
from runner.planning.commanded import Commanded
from runner.planning.observation import Branch, Observation
from runner.planning.pull_request import render_commit_message
from runner.policies.team import Person
from runner.policies.values import Configuration
from runner.text.language import Language

Joined = tuple[Case, Person]
"""A case that is proposed, and who calls it the same matter as another."""


@dataclass(slots=True)
class Consequences:
    """What comments have come to so far, on all pages.

    `merged` are the cases of the base whose files were read.  `cases` are those on branches as
    comments leave them, by branch; `refused` are the branches of pages that comments close.
    `joined` become part of cases of the base, by their ids; `moved` says by branch which one has
    the places then.  `raised` are crises, by the case.
    """

    observation: Observation
    merged: Mapping[str, MergedCase]
    language: Language
    cases: dict[str, Case] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    joined: dict[str, tuple[Joined, ...]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    raised: dict[str, Wish] = field(default_factory=dict)

    def case_on(self, branch: Branch) -> Case | None:
        """Return the case on a branch as comments leave it, None where it cannot be read."""
        return self.cases.get(branch.name, branch.case)

    def renewal(self, branch: Branch) -> RenewBranch | None:
        """Return what writes a case as comments leave it, None where they leave it alone."""
        case = self.case_on(branch)
        if case is None or case == branch.case or branch.path is None:
            return None
        return RenewBranch(
            branch=branch.name,
            head=branch.head,
            path=branch.path,
            content=render_case(case),
            message=render_commit_message(case, self.language),
            reason=self.language.say("commanded in a comment"),
        )


@dataclass(slots=True)
class Page:
    """One page while its comments are gone through.

    `joins` is the branch on which something relies that is done here, `joins_case` the case of
    the base that gets one; `grows` the proposal that takes in what this page proposed.  With
    `is_alarmed` somebody who may command says that a life is in danger, be it in a later comment.
    """

    all: Consequences
    about: Commanded
    is_alarmed: bool = False
    answers: tuple[Answer, ...] = ()
    rests: list[Rest] = field(default_factory=list)
    refused_by: str = ""
    refused_for: str = ""
    joins: str = ""
    joins_case: str = ""
    grows: Branch | None = None
    reopens: bool = False

    @property
    def language(self) -> Language:
        """The team's language."""
        return self.all.language

    @property
    def configuration(self) -> Configuration:
        """The desk's policies."""
        return self.all.observation.configuration

    @property
    def case(self) -> Case | None:
        """The case on the page's branch as comments leave it, None where it cannot be read."""
        return self.all.case_on(self.about.branch)

    @case.setter
    def case(self, case: Case) -> None:
        self.all.cases[self.about.branch.name] = case

    @property
    def is_in_crisis(self) -> bool:
        """Whether to close the page would be to close a crisis."""
        brings = self.about.is_intake or self.about.branch.change.startswith(RAISED)
        is_one = self.is_alarmed or (self.case is not None and self.case.crisis is not None)
        return brings and is_one

    def refuse(self, person: Person, reason: str) -> None:
        """Let what the page proposes be refused."""
        self.refused_by, self.refused_for = person.id, reason
        self.all.refused.add(self.about.branch.name)

    def action(self, branches: Mapping[str, str]) -> ObeyCommands:
        """Return what is done; `branches` are those that bring something to cases of the base."""
        written = self.grows if self.refused_by else self.about.branch
        case = self.joins_case
        if written is not None and written.name in self.all.refused:
            case = case or self.all.moved.get(written.name, "")
            written = None
        names = dict.fromkeys(answer.by for answer in self.answers)
        return ObeyCommands(
            number=self.about.pull.number,
            branch=self.about.pull.branch,
            answers=self.answers,
            reason=self.language.say("commanded by {names}", names=", ".join(names)),
            renewal=self.all.renewal(written) if written is not None else None,
            rests=tuple(self.rests),
            refused_by=self.refused_by,
            refused_for=self.refused_for,
            joins=self.joins or branches.get(case, ""),
            reopens=self.reopens,
        )
