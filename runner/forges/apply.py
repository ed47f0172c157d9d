"""Making a plan so.  Decides nothing: what to do stands in the plan, what happened is told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.errors import DoleancesError, Refused
from runner.forges.port import Done, Forge, ForgeRests
from runner.planning.actions import (
    Action,
    DeleteDouble,
    DropBranch,
    ObeyCommands,
    OpenPull,
    Plan,
    PushBranch,
    RenewBranch,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.plan_file import digest_of
from runner.repo.looked import Looked

_One = (
    RenewBranch
    | OpenPull
    | UpdatePull
    | ObeyCommands
    | SettlePull
    | WithdrawPull
    | DropBranch
    | DeleteDouble
)
_Step = tuple[PushBranch, ...] | _One
Progress = Callable[[int], object]
"""Told how many more actions are through."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an action ended."""

    key: str
    done: Done


@dataclass(frozen=True, slots=True)
class Failure:
    """An action that could not be carried out, and why."""

    key: str
    message: str


@dataclass(frozen=True, slots=True)
class Stop(Failure):
    """An action at which the forge asked to be left alone."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a plan.

    `cursors` is None where they were not moved: none to move, or a push failed, so
    that what they stand for is not safe.  `rests` when the forge wanted no more: what follows
    the last failure was not tried.
    """

    results: tuple[Result, ...]
    failures: tuple[Failure, ...]
    cursors: Done | None
    rests: bool = False


def apply(plan: Plan, forge: Forge, now: datetime, progress: Progress | None = None) -> Applied:
    """Carry out a plan, action by action; one that fails never stops the rest.

    Raises:
        Refused: when the base moved since the plan was made, or the plan is not the
            one that its digest names.
    """
    if plan.digest != digest_of(plan.base, plan.actions, plan.held, plan.cursors, plan.looks):
        raise Refused(
            "the plan was changed after it was made: its digest does not fit",
            "make it anew with `doleances plan`",
        )
    base = forge.base()
    if plan.base != base:
        raise Refused(
            f"the plan was made from {plan.base[:12]}, but the base is now at {base[:12]}",
            "make it anew with `doleances plan`",
        )
    results: list[Result] = []
    failures: list[Failure] = []
    pushes_are_safe = True
    rests = False
    for step in _steps(plan.actions):
        if rests:
            pushes_are_safe = pushes_are_safe and not isinstance(step, tuple)
            continue
        for outcome in _carry_out(step, plan.base, forge, now):
            match outcome:
                case Result():
                    results.append(outcome)
                case Failure():
                    failures.append(outcome)
                    pushes_are_safe = pushes_are_safe and not isinstance(step, tuple)
                    rests = rests or isinstance(outcome, Stop)
            if progress is not None:
                progress(1)
    cursors: Done | None = None
    if plan.cursors and pushes_are_safe:
        try:
            cursors = forge.move_cursors(plan.cursors)
        except DoleancesError as error:
            failures.append(Failure("cursors", error.message))
    if plan.looks and pushes_are_safe and not rests:
        try:
            forge.keep([Looked(look) for look in plan.looks], now)
        except DoleancesError as error:
            failures.append(Failure("looks", error.message))
    return Applied(tuple(results), tuple(failures), cursors, rests)


def _steps(actions: Sequence[Action]) -> Iterator[_Step]:
    """Return the actions in their order, consecutive pushes as one."""
    pushes: list[PushBranch] = []
    for action in actions:
        if isinstance(action, PushBranch):
            pushes.append(action)
            continue
        if pushes:
            yield tuple(pushes)
            pushes = []
        yield action
    if pushes:
        yield tuple(pushes)


def _carry_out(step: _Step, base: str, forge: Forge, now: datetime) -> Iterator[Result | Failure]:
    try:
        if not isinstance(step, tuple):
            yield Result(step.key, _write(step, base, forge, now))
            return
        answers = forge.push_branches(step, base, now)
        for push, answer in zip(step, answers, strict=True):
            yield Result(push.key, answer)
    except DoleancesError as error:
        failure = Stop if isinstance(error, ForgeRests) else Failure
        if not isinstance(step, tuple):
            yield failure(step.key, error.message)
        elif len(step) == 1 or failure is Stop:
            yield failure(step[0].key, error.message)
        else:
            # One bad branch spoils no other: what fails at once is pushed one by one.
            for push in step:
                yield from _carry_out((push,), base, forge, now)


def _write(action: _One, base: str, forge: Forge, now: datetime) -> Done:
    match action:
        case RenewBranch():
            return forge.renew_branch(action, base, now)
        case OpenPull():
            return forge.open_pull(action, now)
        case UpdatePull():
            return forge.update_pull(action)
        case ObeyCommands():
            return forge.obey_commands(action, base, now)
        case SettlePull():
            return forge.settle_pull(action, now)
        case WithdrawPull():
            return forge.withdraw_pull(action)
        case DropBranch():
            return forge.drop_branch(action)
        case DeleteDouble():
            return forge.delete_double(action)
