"""What became of replies that the program posts, as small files on the chain of receipts.

`publishing/<2>/<case-id>/<digest>.json`: one for each try that was intended, one for each result.
The intent is written before anything is sent; whoever finds one that another run wrote leaves the
try to it.  They hold where the post stands, none of its words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.instants import render_instant
from runner.model import KEY
from runner.planning.postings import Posting, Step
from runner.repo.case_records import folder_of, read_case_records
from runner.repo.objects import ObjectReader
from runner.repo.records import Record, render_record
from runner.text.clean import clean_line

PUBLISHING = "publishing"
DETAIL_LIMIT = 500
"""Characters of what went wrong that are kept."""
_VERSION = 1
_LIMIT = 2000
_CASE = re.compile(KEY)
_DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)
_RUN = re.compile(r"[0-9a-f]{0,32}", re.ASCII)
_TRIES = 1000


def posting_path(posting: Posting) -> str:
    """Return where a receipt stands: one intent and one result for each try."""
    what = "intent" if posting.step is Step.INTENDED else "result"
    digest = sha256(f"{posting.key} {posting.tried} {what}".encode()).hexdigest()[:32]
    return f"{folder_of(PUBLISHING, posting.case_id)}/{digest}.json"


@dataclass(frozen=True, slots=True)
class Posted:
    """The receipt of a step."""

    posting: Posting

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.posting.at

    @property
    def case_id(self) -> str:
        """The case that it is of."""
        return self.posting.case_id

    @property
    def path(self) -> str:
        """Where it stands."""
        return posting_path(self.posting)


def read_postings(
    reader: ObjectReader, commit: str | None, case_ids: Iterable[str]
) -> dict[str, tuple[Posting, ...]]:
    """Return the receipts of some cases, by case; the rest is not read.

    What is no receipt counts as none.
    """
    found = read_case_records(
        reader, commit, PUBLISHING, case_ids, parse=parse_posting, path_of=posting_path
    )
    return {
        case_id: tuple(sorted(each, key=lambda one: (one.tried, one.at, one.step)))
        for case_id, each in found.items()
    }


def posting_data(posting: Posting) -> dict[str, object]:
    """Return a receipt as JSON-like data."""
    return {
        "case": posting.case_id,
        "key": posting.key,
        "tried": posting.tried,
        "step": posting.step.value,
        "at": render_instant(posting.at),
        "run": posting.run,
        "url": posting.url,
        "native_id": posting.native_id,
        "detail": posting.detail,
        "not_before": render_instant(posting.not_before) if posting.not_before else None,
    }


def render_posting(posting: Posting) -> bytes:
    """Return a receipt's file."""
    return render_record({"version": _VERSION, **posting_data(posting)})


def parse_posting(data: bytes | None) -> Posting:
    """Return the receipt in a file.

    Raises:
        ValueError: when there is none in it.
    """
    return posting_of(Record(data))


def posting_of(record: Record) -> Posting:
    """Return the receipt that a record holds.

    Raises:
        ValueError: when it holds none.
    """
    case_id, key, run = record.text("case"), record.text("key"), record.text("run")
    tried = record.number("tried")
    if not (_CASE.fullmatch(case_id) and _DIGEST.fullmatch(key) and _RUN.fullmatch(run)):
        raise ValueError("it names no approved reply of a case")
    if not 1 <= tried <= _TRIES:
        raise ValueError("tried is no number of a try")
    url, native_id = record.text_or_none("url"), record.text_or_none("native_id")
    if url is not None and not url.startswith(("https://", "http://")):
        raise ValueError("url is no address on the web")
    return Posting(
        case_id=case_id,
        key=key,
        tried=tried,
        step=Step(record.text("step")),
        at=record.instant("at"),
        run=run,
        url=clean_line(url, _LIMIT) if url else None,
        native_id=clean_line(native_id, _LIMIT) if native_id else None,
        detail=clean_line(record.text("detail"), DETAIL_LIMIT),
        not_before=record.instant_or_none("not_before"),
    )
