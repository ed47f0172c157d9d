"""Promises as the entry that starts them keeps them."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from runner.cases.case import PinnedClock
from runner.clocks.targets import due_instant
from runner.model import Judgement, Mention
from runner.policies.clocks import FROM_DETECTION, ClockPolicy, Matter
from runner.policies.values import Configuration


def pin_clocks(
    policy: ClockPolicy,
    started_by: str,
    started_at: datetime,
    matter: Matter,
    *,
    zone: ZoneInfo,
    blobs: Mapping[str, str],
) -> tuple[PinnedClock, ...]:
    """Return the clocks that an entry of the kind `started_by` starts, in the policy's order.

    `zone` counts civil days where the policy names none.  `blobs` maps the files of the
    desk to their git blob ids.  Whether a clock runs already is for the caller to know.

    Raises:
        ValueError: for a clock that counts a calendar's open time; none of these starts
            at detection (`parse_clocks` refuses it).
    """
    where = policy.zone or zone
    pinned = []
    for promise in policy.promises:
        if started_by not in promise.starts or (rule := promise.target_for(matter)) is None:
            continue
        if promise.calendar is not None:
            raise ValueError(f"the clock {promise.id} needs the calendar {promise.calendar}")
        pinned.append(
            PinnedClock(
                clock=promise.id,
                target=str(rule.within),
                zone=where.key,
                calendar=None,
                started_at=started_at,
                due_at=due_instant(rule.within, started_at, where),
                pauses=promise.pauses,
                stops=promise.stops,
                policies={policy.file: blobs[policy.file]} if policy.file in blobs else {},
            )
        )
    return tuple(pinned)


def first_clocks(
    mention: Mention, judgement: Judgement, configuration: Configuration
) -> dict[str, tuple[PinnedClock, ...]]:
    """Return the clocks that start when a mention opens a case, by the kind of the entry."""
    matter = Matter(
        urgency=judgement.urgency.value,
        category=judgement.category.value,
        source=mention.source,
        product=judgement.product.value if judgement.product else None,
    )
    return {
        kind: pin_clocks(
            configuration.clocks,
            kind,
            mention.detected_at.replace(microsecond=0),
            matter,
            zone=configuration.instance.zone,
            blobs=configuration.blobs,
        )
        for kind in sorted(FROM_DETECTION)
    }
