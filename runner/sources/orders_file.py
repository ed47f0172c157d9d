"""The two files between the jobs that hold the forge's token and the job that posts.

JSON Lines.  Orders, one an object named `order`, go to the job that holds the secrets of accounts
that write; receipts, one an object named `posting` as `runner.repo.posted` has it, come back.

    {"order": {"case": "c-7f3k2m9x4q5t", "key": "…", "tried": 1, "mode": "post", ...}}
    {"posting": {"case": "c-7f3k2m9x4q5t", "key": "…", "tried": 1, "step": "posted", ...}}

Who reads them trusts nothing but the shape; an order is only carried out at a source of this
desk's own files, and a receipt only kept for a try that was intended.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from runner.cases.instants import render_instant
from runner.errors import Refused, UsageError
from runner.model import KEY
from runner.planning.postings import Mode, Order, Posting, Step
from runner.policies.values import Configuration
from runner.repo.files import write_file
from runner.repo.posted import posting_data, posting_of
from runner.repo.records import Record
from runner.text.masking import mask

FILE_LIMIT = 16 * 1024 * 1024
"""Bytes: a thousand orders of the longest texts."""
_TEXT_LIMIT = 20_000
_AHEAD = timedelta(hours=1)
"""How far the clocks of two machines may differ."""
_CASE = re.compile(KEY)
_DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)

Made = TypeVar("Made")


def write_orders(path: Path, orders: Iterable[Order]) -> None:
    """Write orders, whole or not at all."""
    write_file(path, _lines({"order": _order_data(order)} for order in orders))


def write_postings(path: Path, postings: Iterable[Posting]) -> None:
    """Write receipts, whole or not at all."""
    write_file(path, _lines({"posting": posting_data(posting)} for posting in postings))


def read_orders(path: Path) -> tuple[Order, ...]:
    """Read orders that `write_orders` wrote.

    Raises:
        UsageError: when the file cannot be opened.
        Refused: when a line is no order.
    """
    return _read(path, "order", _order_of)


def read_postings_of(
    path: Path, configuration: Configuration, now: datetime
) -> tuple[Posting, ...]:
    """Read receipts that `write_postings` wrote.

    Raises:
        UsageError: when the file cannot be opened.
        Refused: when a line is no receipt of a result.
    """

    def parse(record: Record) -> Posting:
        posting = posting_of(record)
        if posting.step is Step.INTENDED:
            raise ValueError("an intent is no result")
        if posting.at > now + _AHEAD:
            raise ValueError("at lies ahead")
        return replace(posting, detail=mask(posting.detail, configuration.privacy), run="")

    return _read(path, "posting", parse)


def _read(path: Path, name: str, parse: Callable[[Record], Made]) -> tuple[Made, ...]:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise Refused(f"{path} is larger than {FILE_LIMIT // 2**20} MB", "see who wrote it")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "`doleances publish` writes it"
        ) from error
    made: list[Made] = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            record = Record(line).record_or_none(name)
            if record is None:
                raise ValueError(f"there is no {name} in it")
            made.append(parse(record))
        except ValueError as error:
            raise Refused(f"{path}:{number}: {error}", "see who wrote it") from error
    return tuple(made)


def _order_data(order: Order) -> dict[str, object]:
    return {
        "case": order.case_id,
        "key": order.key,
        "tried": order.tried,
        "mode": order.mode.value,
        "source": order.source,
        "text": order.text,
        "intended_at": render_instant(order.intended_at),
        "url": order.url,
        "native_id": order.native_id,
        "thread_url": order.thread_url,
        "author": order.author,
        "language": order.language,
    }


def _order_of(record: Record) -> Order:
    case_id, key, text = record.text("case"), record.text("key"), record.text("text")
    if not (_CASE.fullmatch(case_id) and _DIGEST.fullmatch(key)):
        raise ValueError("it names no approved reply of a case")
    if not text.strip() or len(text) > _TEXT_LIMIT:
        raise ValueError("text is none that could be posted")
    return Order(
        case_id=case_id,
        key=key,
        tried=record.number("tried"),
        mode=Mode(record.text("mode")),
        source=record.text("source"),
        text=text,
        intended_at=record.instant("intended_at"),
        url=record.text_or_none("url"),
        native_id=record.text_or_none("native_id"),
        thread_url=record.text_or_none("thread_url"),
        author=record.text_or_none("author"),
        language=record.text_or_none("language"),
    )


def _lines(fields: Iterable[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in fields)
