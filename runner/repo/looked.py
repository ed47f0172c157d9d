"""Looks at messages of ours as small files: where one stands, and what is in it.

A look is written once and never again, so that two chains of receipts join without a choice.
It holds what we saw of our own words, nothing of what customers wrote.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.instants import render_instant
from runner.model import KEY
from runner.planning.looking import Doubt, Look, Sighting
from runner.repo.case_records import folder_of, read_case_records
from runner.repo.objects import ObjectReader
from runner.repo.records import Record, render_record
from runner.text.clean import clean_line

LOOKED = "looked"
_VERSION = 1
_DIGEST_LENGTH = 32
DETAIL_LIMIT = 500
"""Characters of what went wrong that are kept."""
_URL_LIMIT = 2000
_KEY = re.compile(KEY)
_PLACE = re.compile(r"p[1-9][0-9]{0,3}", re.ASCII)
_MESSAGE = re.compile(r"[0-9a-f]{8}", re.ASCII)
KINDS = ("reply", "closing")


def look_path(look: Look) -> str:
    """Return where a look stands: one for each message and instant."""
    told = f"{look.place} {look.message} {render_instant(look.at)}"
    digest = sha256(told.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{folder_of(LOOKED, look.case_id)}/{digest}.json"


@dataclass(frozen=True, slots=True)
class Looked:
    """The receipt of a look."""

    look: Look

    @property
    def at(self) -> datetime:
        """When we looked."""
        return self.look.at

    @property
    def case_id(self) -> str:
        """The case whose message it was."""
        return self.look.case_id

    @property
    def path(self) -> str:
        """Where it stands."""
        return look_path(self.look)


def read_looks(
    reader: ObjectReader, commit: str | None, case_ids: Iterable[str]
) -> dict[str, tuple[Look, ...]]:
    """Return the looks at messages of some cases, by case, oldest first; the rest is not read.

    What is no look counts as none.
    """
    found = read_case_records(reader, commit, LOOKED, case_ids, parse=parse_look, path_of=look_path)
    return {
        case_id: tuple(sorted(each, key=lambda look: (look.at, look.message)))
        for case_id, each in found.items()
    }


def look_data(look: Look) -> dict[str, object]:
    """Return a look as JSON-like data."""
    return {
        "case": look.case_id,
        "place": look.place,
        "message": look.message,
        "kind": look.kind,
        "url": look.url,
        "at": render_instant(look.at),
        "sighting": look.sighting.value,
        "doubt": look.doubt.value,
        # In thousandths: numbers in these files are whole.
        "share": None if look.share is None else round(look.share * 1000),
        "detail": look.detail,
        "passing": look.passing,
        "not_before": render_instant(look.not_before) if look.not_before else None,
    }


def render_look(look: Look) -> bytes:
    """Return a look's file."""
    return render_record({"version": _VERSION, **look_data(look)})


def parse_look(data: bytes | None) -> Look:
    """Return the look in a file.

    Raises:
        ValueError: when there is none in it.
    """
    return look_of(Record(data))


def look_of(record: Record) -> Look:
    """Return the look that a record holds.

    Raises:
        ValueError: when it holds none.
    """
    case_id, place = record.text("case"), record.text("place")
    message, kind = record.text("message"), record.text("kind")
    share = record.number_or_none("share")
    if not (_KEY.fullmatch(case_id) and _PLACE.fullmatch(place) and _MESSAGE.fullmatch(message)):
        raise ValueError("it names no message of a case")
    if kind not in KINDS or (share is not None and not 0 <= share <= 1000):
        raise ValueError("it is no look")
    url = record.text_or_none("url")
    return Look(
        case_id=case_id,
        place=place,
        message=message,
        kind=kind,
        url=clean_line(url, _URL_LIMIT) if url else None,
        at=record.instant("at"),
        sighting=Sighting(record.text("sighting")),
        doubt=Doubt(record.text("doubt")),
        share=None if share is None else share / 1000,
        detail=clean_line(record.text("detail"), DETAIL_LIMIT),
        passing=record.flag("passing"),
        not_before=record.instant_or_none("not_before"),
    )
