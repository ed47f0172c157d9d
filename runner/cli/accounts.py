"""The account of each promise of a case: how it stands, where it is written, who is told next."""

from collections.abc import Mapping

from runner.cases.summary import summarise
from runner.cli.desk import Desk
from runner.cli.finding import Found
from runner.cli.forge import open_forge
from runner.cli.noticing import history_of, read_past
from runner.cli.promises import read_case_open_times
from runner.clocks.business_time import OpenTime
from runner.clocks.standings import Standing, standings
from runner.forges.port import Forge
from runner.planning.clock_accounts import ClockAccount, NextTelling, account_for
from runner.planning.notices import escalations_of, watch
from runner.planning.waiting import Waiting
from runner.policies.clocks import Matter
from runner.repo.origins import read_origins

_CourseKey = tuple[str, int]
"""A course of a case: its clock, and the entry that began it."""


def read_accounts(desk: Desk, found: Found) -> tuple[ClockAccount, ...]:
    """Return an account of every promise of a case, in the order of their starts."""
    configuration, now, case = desk.configuration(), desk.now(), found.case
    forge = open_forge(desk)
    open_times = read_case_open_times(desk, case)
    stood = standings(case.log, now, open_times, configuration.clocks.due_soon)
    origins = read_origins(
        desk.root,
        [each.course.clock for each in stood],
        Matter(case.urgency, case.category, case.places[0].source, case.product),
        configuration,
        forge.base(),
    )
    steps = _read_next_steps(desk, forge, found, open_times) if case.state.is_open else {}
    return tuple(
        account_for(standing, now, open_times, origin, steps.get(_key(standing)))
        for standing, origin in zip(stood, origins, strict=True)
    )


def _read_next_steps(
    desk: Desk, forge: Forge, found: Found, open_times: Mapping[str, OpenTime]
) -> dict[_CourseKey, NextTelling]:
    """Return what escalation tells next of each promise that is owed."""
    configuration, now = desk.configuration(), desk.now()
    snapshot = forge.snapshot()
    branch = None
    if found.proposal is not None:
        branches = (*snapshot.branches, *snapshot.proposed)
        branch = next((each for each in branches if each.case == found.case), None)
    watched = watch(
        Waiting(summarise(found.case, found.path), branch),
        now,
        configuration,
        open_times,
        snapshot.proposed,
    )
    receipts, _ = read_past(forge, (found.case.id,))
    escalations = escalations_of(watched, now, configuration, open_times, history_of(receipts))
    return {
        _key(each.standing): NextTelling(each.next.tier.id, each.next.at, each.next.people)
        for each in escalations
        if each.next is not None
    }


def _key(standing: Standing) -> _CourseKey:
    return standing.clock, standing.course.started_by
