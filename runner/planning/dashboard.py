"""Everything that goes on at a desk, at a glance: what its dashboard tells."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.cases.summary import CaseSummary
from runner.clocks.standings import Position, Standing, foremost, standings_of
from runner.model import State
from runner.planning.actions import Held, HeldBy, Plan
from runner.planning.branches import case_of_branch
from runner.planning.deliveries import ChannelState
from runner.planning.health import SourceHealth, health_of
from runner.planning.looked_wishes import unseen_in
from runner.planning.looking import LookFinding
from runner.planning.observation import Branch, Cursor, Observation, Pull
from runner.planning.proposed_steps import ProposedStep, proposed_steps
from runner.planning.published_wishes import unposted_in
from runner.planning.publishing import Publication
from runner.planning.run_record import Pace, RunRecord, measure_pace
from runner.planning.turns import Turn, turn_of
from runner.planning.waiting import Waiting, customers_waiting
from runner.policies.values import Configuration


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case whose customer waits.

    `branch` proposes it or its crisis, in the pull request `pull`; None for what was accepted,
    and for a branch that waits for its pull request.  `is_open` says that the base holds it in an
    open state; the others are only proposed.  `steps` wait to be accepted for it.
    """

    summary: CaseSummary
    standings: tuple[Standing, ...]
    branch: Branch | None
    pull: int | None
    is_open: bool = True
    steps: tuple[ProposedStep, ...] = ()

    @property
    def foremost(self) -> Standing | None:
        """The promise to look at first."""
        return foremost(self.standings)

    @property
    def is_overdue(self) -> bool:
        """Whether that promise was due."""
        return self.foremost is not None and self.foremost.position is Position.OVERDUE

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        state = State(self.summary.state)
        return turn_of(state, self.standings, proposed=self.branch is not None)

    @property
    def order(self) -> tuple[bool, bool, int, bool, float, str]:
        """Crisis first, then what is overdue, urgent, due first; what rests comes last."""
        first, summary = self.foremost, self.summary
        runs = first is not None and first.position is not Position.PAUSED
        due = first.due_at.timestamp() if first and runs else 0.0
        return (
            summary.crisis is None, not self.is_overdue, -summary.urgency.rank, not runs, due,
            summary.id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A desk at the instant `now`.

    `cases` stand most pressing first.  `backlog` are the ids of cases that wait until there is
    room for their pull requests, most urgent first.  `undone` is what the runner could not do,
    or holds for a person, and why.  `channels` are those that rest or fail.  `run` is the last,
    None before the first.  `stopped` when people have stopped the runner on its issue.  `unseen`
    are messages of ours that do not stand where the log says, `unposted` replies that were
    approved and do not stand there yet.
    """

    now: datetime
    configuration: Configuration
    cases: tuple[OpenCase, ...]
    backlog: tuple[str, ...]
    sources: tuple[SourceHealth, ...]
    channels: tuple[ChannelState, ...]
    undone: tuple[tuple[str, str], ...]
    run: RunRecord | None
    failing: tuple[RunRecord, ...]
    stopped: bool = False
    unseen: tuple[LookFinding, ...] = ()
    unposted: tuple[Publication, ...] = ()

    @property
    def open_count(self) -> int:
        """How many open cases there are; the other `cases` are proposed."""
        return sum(case.is_open for case in self.cases)

    @property
    def crises(self) -> tuple[OpenCase, ...]:
        """The cases in a crisis, which stand first."""
        return tuple(case for case in self.cases if case.summary.crisis is not None)

    @property
    def pace(self) -> Pace | None:
        """How far apart the scheduled runs began."""
        return measure_pace(self.run.scheduled) if self.run else None


def open_cases(
    waiting: Iterable[Waiting],
    standings: Mapping[str, tuple[Standing, ...]],
    pulls: Iterable[Pull],
    branches: Iterable[Branch],
) -> Iterator[OpenCase]:
    """Yield the cases whose customers wait, with how they stand and what is proposed for them.

    `standings` are by case, `pulls` those of people and of the runner, `branches` theirs.
    """
    opened = tuple(pull for pull in pulls if pull.ended is None)
    numbers = {pull.branch: pull.number for pull in opened}
    steps = proposed_steps(opened, branches)
    for each in waiting:
        case_id, branch = each.summary.id, each.branch
        yield OpenCase(
            each.summary,
            standings[case_id],
            branch,
            numbers.get(branch.name) if branch else None,
            each.is_open,
            () if branch else steps.get(case_id, ()),
        )


def survey(
    observation: Observation,
    plan: Plan,
    *,
    cursors: Mapping[str, Cursor],
    channels: Mapping[str, ChannelState],
    runs: Mapping[str, RunRecord],
    stopped: bool = False,
) -> Dashboard:
    """Return the dashboard of what a run has seen, and of the plan that was left after it.

    `cursors`, `channels` and `runs` are those of the ledger after the run.
    """
    configuration = observation.configuration
    sources = (health_of(s, cursors.get(s.id)) for s in configuration.sources)
    troubles = runs["run"].troubles if "run" in runs else ()
    return Dashboard(
        now=observation.now,
        configuration=configuration,
        cases=tuple(sorted(_open_cases(observation), key=lambda case: case.order)),
        backlog=tuple(case_of_branch(held.key) for held in plan.held if _is_backlog(held)),
        sources=tuple(sorted(sources, key=lambda one: (not one.is_ill, not one.problem))),
        channels=tuple(
            state
            for _, state in sorted(channels.items())
            if state.failures or state.rests(observation.now)
        ),
        undone=(*troubles, *_undone(plan.held)),
        run=runs.get("run"),
        failing=tuple(record for _, record in sorted(runs.items()) if record.is_failing),
        stopped=stopped,
        unseen=unseen_in(observation),
        unposted=unposted_in(observation),
    )


def _open_cases(observation: Observation) -> Iterator[OpenCase]:
    opened = (*observation.pulls, *observation.proposals)
    due_soon = observation.configuration.clocks.due_soon
    waiting = customers_waiting(observation)
    standings = {
        each.summary.id: standings_of(
            each.summary, observation.now, observation.open_times, due_soon
        )
        for each in waiting
    }
    return open_cases(waiting, standings, opened, (*observation.branches, *observation.proposed))


def _is_backlog(held: Held) -> bool:
    return held.by is HeldBy.CAP and case_of_branch(held.key) != held.key


def _undone(held: Sequence[Held]) -> Iterator[tuple[str, str]]:
    for each in held:
        if not _is_backlog(each):
            yield case_of_branch(each.key), each.reason
