"""What the verbs share that read the lives of cases: by what they are read."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from runner.clocks.business_time import OpenTime
from runner.policies.values import Configuration

if TYPE_CHECKING:
    from runner.figures.life import Reading


def reading_of(
    configuration: Configuration, now: datetime, open_times: Mapping[str, OpenTime]
) -> "Reading":
    """Return by what the lives of a desk's cases are read, at an instant."""
    from runner.cases.lifecycle import BRAND_CARE
    from runner.figures.life import Reading

    return Reading(
        now=now,
        zone=configuration.instance.zone,
        open_times=open_times,
        ideals={
            promise.id: promise.ideal
            for promise in configuration.clocks.promises
            if promise.ideal is not None
        },
        brand_care=frozenset(
            person.id for person in configuration.team.people if BRAND_CARE in person.roles
        ),
    )
