"""`policies/mutes/*.yaml` as values: what is told to nobody for a time."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from runner.errors import Fault
from runner.policies.escalation import Mute
from runner.policies.escalation_file import instant_at, parse_conditions
from runner.policies.zones import zone_at
from runner.text.document import Document


def parse_mute(document: Document, default_zone: ZoneInfo) -> tuple[Mute | None, tuple[Fault, ...]]:
    """Return the mute of a document that has passed `mute.schema.json`, and its faults.

    Wall times are meant in `default_zone` where the file names none.
    """
    top: Any = document.value
    zone = zone_at(document, ("zone",), top["zone"]) if "zone" in top else default_zone
    if isinstance(zone, Fault):
        return None, (zone,)
    bounds: list[datetime] = []
    faults: list[Fault] = []
    for key in ("from", "until"):
        found = instant_at(document, (key,), top[key], zone)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            bounds.append(found)
    if not faults and bounds[1] <= bounds[0]:
        faults.append(document.fault(("until",), "escalation", "it ends before it begins"))
    if faults:
        return None, tuple(faults)
    mute = Mute(
        id=PurePosixPath(document.file).stem,
        file=document.file,
        conditions=parse_conditions(top["match"]),
        reason=top["reason"],
        by=top["by"],
        starts_at=bounds[0],
        ends_at=bounds[1],
        ends_line=document.line(("until",)),
    )
    return mute, ()
