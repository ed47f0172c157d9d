"""What customers were told of late, and are about to be told: what drafts pass over."""

from collections.abc import Iterable

from runner.cases.case import Case
from runner.cli.desk import Desk
from runner.forges.port import ForgeSnapshot
from runner.replies.drafting import reserve
from runner.replies.uses import Use, recent_uses
from runner.repo.recent_cases import SPOKEN_LATER, read_recent_cases


def recent_cases(desk: Desk, base: str, sites: Iterable[str]) -> tuple[Case, ...]:
    """Return the cases on a base whose customers may have been told something on sites of late."""
    now, apart = desk.now(), desk.configuration().speech.apart
    since = (now - apart - SPOKEN_LATER).date()
    return read_recent_cases(desk.root, base, since, now.date(), sites)


def read_uses(desk: Desk, snapshot: ForgeSnapshot, case: Case) -> tuple[Use, ...]:
    """Return what a draft for a case must not repeat: what was told, and drafts of older cases."""
    sites = {place.site for place in case.places}
    merged = {each.id: each for each in recent_cases(desk, snapshot.base, sites)}
    proposed: Iterable[Case | None] = (
        branch.case for branch in (*snapshot.branches, *snapshot.proposed)
    )
    every = {each.id: each for each in proposed if each is not None} | merged
    older = [each for each in every.values() if _age(each) < _age(case)]
    configuration, now = desk.configuration(), desk.now()
    told = recent_uses((*every.values(), case), configuration, now)
    return reserve(older, configuration, tuple(dict.fromkeys(told)), now)


def _age(case: Case) -> tuple[object, str]:
    return (case.detected_at, case.id)
