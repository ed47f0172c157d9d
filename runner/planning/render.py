"""A plan for people: rows of words, which `doleances plan` prints."""

from collections.abc import Iterator
from dataclasses import dataclass

from runner.planning.actions import (
    DeleteDouble,
    DropBranch,
    Held,
    HeldBy,
    ObeyCommands,
    OpenPull,
    Plan,
    PushBranch,
    RenewBranch,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.branches import Outcome, brings_case_in, case_of_branch
from runner.planning.page_updates import PAGE
from runner.text.language import Language


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of a plan: what is done, for which case, what it is about, and why."""

    what: str
    case: str
    about: str
    why: str
    is_crisis: bool = False

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row under `PlanPage.columns`."""
        return (self.what, self.case, self.about, self.why)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan in words.

    `rows` are in order; `held` is what is due and a person keeps from being done;
    `waiting` says how much a cap keeps back, empty where it keeps nothing.
    """

    summary: str
    columns: tuple[str, str, str, str]
    rows: tuple[PlanRow, ...]
    held_summary: str
    held: tuple[PlanRow, ...]
    waiting: str


def render_plan(plan: Plan, language: Language) -> PlanPage:
    """Return a plan in words; a case that is proposed at once is one row."""
    rows = tuple(_rows(plan, language))
    held = tuple(_held(held, language) for held in plan.held if held.by is not HeldBy.CAP)
    waiting = sum(each.by is HeldBy.CAP and not each.key.startswith(PAGE) for each in plan.held)
    return PlanPage(
        summary=(
            language.say_n("{count} thing to do:", "{count} things to do:", len(rows))
            if rows
            else language.say("Nothing to do: everything is already so.")
        ),
        columns=(
            language.say("What"),
            language.say("Case"),
            language.say("About"),
            language.say("Why"),
        ),
        rows=rows,
        held_summary=(
            language.say_n(
                "{count} thing is held back:", "{count} things are held back:", len(held)
            )
            if held
            else ""
        ),
        held=held,
        waiting=(
            language.say_n(
                "{count} case waits on its branch until there is room for its pull request.",
                "{count} cases wait on their branches until there is room for their pull requests.",
                waiting,
            )
            if waiting
            else ""
        ),
    )


def _opened(action: OpenPull, is_new: bool, language: Language) -> PlanRow:
    is_crisis = language.say("crisis") in action.labels
    case = case_of_branch(action.branch)
    if is_crisis:
        what = language.say("CRISIS: new case")
    elif not brings_case_in(action.branch):
        what = language.say("change of a case")
    else:
        what = language.say("new case") if is_new else language.say("waiting case")
    about = about_of_title(action.title, case)
    return PlanRow(what, case, about, action.reason, is_crisis)


def _rows(plan: Plan, language: Language) -> Iterator[PlanRow]:
    pushed = {action.branch for action in plan.actions if isinstance(action, PushBranch)}
    opened = {action.branch for action in plan.actions if isinstance(action, OpenPull)}
    # What opens a pull request comes first: it asks for a decision, the rest does not.
    for action in sorted(plan.actions, key=lambda action: not isinstance(action, OpenPull)):
        if isinstance(action, DeleteDouble):
            about = language.say("pull request {number}", number=action.number)
            what = language.say("delete a comment that was made twice")
            yield PlanRow(what, "", about, action.reason)
            continue
        case = case_of_branch(action.branch)
        match action:
            case OpenPull():
                yield _opened(action, action.branch in pushed, language)
            case PushBranch():
                if action.branch not in opened:
                    what = (
                        language.say("new case, waits")
                        if brings_case_in(action.branch)
                        else language.say("change of a case, waits")
                    )
                    yield PlanRow(what, case, about_of_message(action.message), action.reason)
            case RenewBranch():
                what = (
                    language.say("new case, with more")
                    if brings_case_in(action.branch)
                    else language.say("change of a case, anew")
                )
                yield PlanRow(what, case, about_of_message(action.message), action.reason)
            case UpdatePull():
                about = about_of_title(action.title, case)
                yield PlanRow(language.say("write its page anew"), case, about, action.reason)
            case ObeyCommands():
                about = language.say("pull request {number}", number=action.number)
                yield PlanRow(language.say("do what a comment asks"), case, about, action.reason)
            case WithdrawPull():
                about = language.say("pull request {number}", number=action.number)
                yield PlanRow(language.say("take back a proposal"), case, about, action.reason)
            case SettlePull():
                what = (
                    language.say("record that it was accepted")
                    if action.outcome is Outcome.MERGED
                    else language.say("record that it was refused")
                )
                about = language.say("pull request {number}", number=action.number)
                yield PlanRow(what, case, about, action.reason)
            case DropBranch():
                yield PlanRow(language.say("remove a branch"), case, "", action.reason)


def _held(held: Held, language: Language) -> PlanRow:
    return PlanRow(language.word(held.by), case_of_branch(held.key), "", held.reason)


def about_of_title(title: str, case: str) -> str:
    """Return what a title of `render_pull` says after the case's id."""
    _, _, about = title.partition(f"{case} · ")
    return about or title


def about_of_message(message: str) -> str:
    """Return what a message of `render_commit_message` says of the case's nature."""
    return next(iter(message.splitlines()[2:3]), "")
