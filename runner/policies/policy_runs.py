"""The part of a case's story that says at which runs who is told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.text.document import Document, Path

FACTS = ("brand", "topic", "language", "owner", "incident")
"""What routes may ask of a case besides what its clocks ask."""

ReadMoment = Callable[[str, Path], datetime | None]
"""Reads an instant or a wall time at a path; None where it is none, which is then a fault."""


@dataclass(frozen=True, slots=True)
class ToldExpectation:
    """At a run each of the people `to` is told, by each of the channels `by`.

    `by` is empty where any channel will do; so are `clock` and `tier` None.
    """

    at: datetime
    to: tuple[str, ...]
    by: tuple[str, ...]
    clock: str | None
    tier: str | None
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ToldAcknowledgement:
    """Somebody has a clock in hand; moments are as the story writes them."""

    clock: str
    at: datetime
    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class StoryRuns:
    """When runs come, and who is told by them: all messages of all runs, no other.

    `accepted` is when the intake was accepted, None for at once.  Moments may be wall times.
    """

    at: tuple[datetime, ...]
    told: tuple[ToldExpectation, ...]
    accepted: datetime | None
    acknowledged: tuple[ToldAcknowledgement, ...]
    line: int
    column: int


def parse_runs(
    story: Mapping[str, Any], path: Path, document: Document, moment: ReadMoment
) -> StoryRuns | None:
    """Return the runs of a case's story, None where it has none or one cannot be read."""
    if "runs" not in story:
        return None
    runs = [moment(text, (*path, "runs", at)) for at, text in enumerate(story["runs"])]
    accepted = moment(story["accepted"], (*path, "accepted")) if "accepted" in story else None
    position = document.position((*path, "runs"))
    return StoryRuns(
        at=tuple(each for each in runs if each is not None),
        told=tuple(_told(story.get("told", ()), (*path, "told"), document, moment)),
        accepted=accepted,
        acknowledged=tuple(
            _acknowledged(story.get("acknowledged", ()), (*path, "acknowledged"), moment)
        ),
        line=position.line,
        column=position.column,
    )


def _told(
    written: Any, path: Path, document: Document, moment: ReadMoment
) -> Iterator[ToldExpectation]:
    for index, each in enumerate(written):
        place = (*path, index)
        at = moment(each["at"], (*place, "at"))
        position = document.position(place)
        if at is not None:
            yield ToldExpectation(
                at, _texts(each["to"]), _texts(each.get("by", ())), each.get("clock"),
                each.get("tier"), position.line, position.column,
            )  # fmt: skip


def _acknowledged(written: Any, path: Path, moment: ReadMoment) -> Iterator[ToldAcknowledgement]:
    for index, each in enumerate(written):
        place = (*path, index)
        at = moment(each["at"], (*place, "at"))
        until = moment(each["until"], (*place, "until")) if "until" in each else None
        if at is not None:
            yield ToldAcknowledgement(each["clock"], at, each["by"], until)


def _texts(written: Any) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)
