"""The lines of the file of mentions: what was read as fields, and back with suspicion.

`mentions_file` says what a line looks like and why nothing in it is trusted.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from runner.cases.customer import (
    Answer,
    checked_distributor,
    checked_reference,
    checked_said,
)
from runner.cases.instants import render_instant
from runner.cases.mention import prepare_mention
from runner.cases.survey import SurveyAnswer, prepare_answer
from runner.model import Item, KeyBasis, Known, Mention, Rating, Reason
from runner.planning.observation import ConversationRead, ReadStatus, SourceRead, thread_name
from runner.policies.customers import FILE
from runner.policies.values import Configuration, Source
from runner.repo.records import Record
from runner.text.clean import clean_line
from runner.text.wording import shown

PROBLEM_LIMIT = 2000
"""Characters that are kept of what was wrong with a source."""
AHEAD = timedelta(hours=1)
"""How far the clocks of two machines may differ."""

_KEY = re.compile(r"c-[0-9a-hjkmnp-tv-z]{12}", re.ASCII)
_PLACE = re.compile(r"p[1-9][0-9]{0,3}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


def source_fields(read: SourceRead) -> Iterator[Mapping[str, object]]:
    """Yield the fields of the lines of a source: how it was read, then what it showed."""
    yield {
        "read": read.source,
        "status": read.status,
        "read_at": render_instant(read.read_at),
        "items": read.items,
        "etag": read.etag,
        "last_modified": read.last_modified,
        "problem": read.problem,
        "not_before": render_instant(read.not_before) if read.not_before else None,
        "shortened": read.shortened,
        "quota_left": read.quota_left,
        "quota_limit": read.quota_limit,
    }
    for mention in read.mentions:
        yield {**_mention_fields(mention), **_customer(read.answers.get(mention.key))}
    for answer in read.surveyed:
        yield {
            "token": answer.token,
            "rating": answer.rating.value,
            "best": answer.rating.best,
            "text": answer.text,
            "at": render_instant(answer.at) if answer.at else None,
        }


def thread_fields(read: ConversationRead) -> Iterator[Mapping[str, object]]:
    """Yield the fields of the lines of a conversation: how it was read, then what it showed."""
    yield {
        "thread": thread_name(read.case_id, read.place),
        "source": read.source,
        "status": read.status,
        "read_at": render_instant(read.read_at),
        "problem": read.problem,
        "not_before": render_instant(read.not_before) if read.not_before else None,
    }
    for mention in read.mentions:
        yield _mention_fields(mention)


def _mention_fields(mention: Mention) -> Mapping[str, object]:
    return {
        "mention": mention.key,
        "basis": mention.key_basis,
        "native_id": mention.native_id,
        "url": mention.url,
        "author": mention.author,
        "title": mention.title,
        "text": mention.text,
        "posted_at": render_instant(mention.posted_at) if mention.posted_at else None,
        "rating": mention.rating.value if mention.rating else None,
        "best": mention.rating.best if mention.rating else None,
        "language": mention.language,
        "thread_url": mention.thread_url,
        "parent_id": mention.parent_id,
    }


def _customer(answer: Answer | None) -> Mapping[str, object]:
    if answer is None:
        return {}
    return {
        "customer": {
            "look_up": answer.reason.rule,
            "known": answer.known,
            "distributor": answer.distributor,
            "reference": answer.reference,
            "said": answer.reason.detail,
        }
    }


def read_of(record: Record, source: str, now: datetime) -> SourceRead:
    """Return how a source was read, without what it showed.

    Raises:
        ValueError: when the line is no such thing.
    """
    return SourceRead(
        source,
        ReadStatus(record.text("status")),
        _read_at(record, now),
        items=record.number("items"),
        etag=record.text_or_none("etag"),
        last_modified=record.text_or_none("last_modified"),
        problem=clean_line(record.text("problem"), PROBLEM_LIMIT),
        not_before=record.instant_or_none("not_before"),
        shortened=record.flag("shortened"),
        quota_left=record.number_or_none("quota_left"),
        quota_limit=record.number_or_none("quota_limit"),
    )


def thread_of(record: Record, thread: str, now: datetime) -> ConversationRead:
    """Return how a conversation was read, without what it showed; `thread` names it.

    Raises:
        ValueError: when the line is no such thing.
    """
    case_id, _, place = thread.partition(".")
    if not _KEY.fullmatch(case_id) or not _PLACE.fullmatch(place):
        raise ValueError(f"{shown(thread)} is no conversation")
    return ConversationRead(
        case_id,
        place,
        record.text("source"),
        ReadStatus(record.text("status")),
        _read_at(record, now),
        problem=clean_line(record.text("problem"), PROBLEM_LIMIT),
        not_before=record.instant_or_none("not_before"),
    )


def mention_of(
    record: Record,
    read: SourceRead | ConversationRead,
    source: Source,
    configuration: Configuration,
) -> Mention | None:
    """Return a message, None where nothing is left of it under the policies of this desk.

    Raises:
        ValueError: when the line is no such thing.
    """
    key, basis = record.text("mention"), KeyBasis(record.text("basis"))
    if read.status is not ReadStatus.READ:
        raise ValueError(f"a mention of a source that is {read.status}")
    if not _KEY.fullmatch(key):
        raise ValueError("the key is none")
    language = record.text_or_none("language")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise ValueError("the language is none")
    value, best = record.decimal_or_none("rating"), record.decimal_or_none("best")
    item = Item(
        native_id=record.text_or_none("native_id"),
        url=record.text_or_none("url"),
        author=record.text_or_none("author"),
        title=record.text("title"),
        text=record.text("text"),
        posted_at=record.instant_or_none("posted_at"),
        rating=None if value is None or best is None else Rating(value, best),
        language=language,
        thread_url=record.text_or_none("thread_url"),
        parent_id=record.text_or_none("parent_id"),
    )
    mention = prepare_mention(item, source, configuration.privacy, read.read_at)
    if mention is None:
        return None
    # Guessed from the whole text, of which only the beginning may be here.
    return replace(mention, key=key, key_basis=basis, language=item.language or mention.language)


def answer_of(record: Record, configuration: Configuration) -> Answer | None:
    """Return what a look-up answered of a mention's author; None where the desk has it no more.

    Raises:
        ValueError: when the line is no such thing.
    """
    told = record.record_or_none("customer")
    if told is None:
        return None
    rules = configuration.privacy
    look_ups = configuration.customers.look_ups
    look_up = next((one for one in look_ups if one.id == told.text("look_up")), None)
    if look_up is None:
        return None
    reason = Reason(look_up.id, FILE, look_up.line, checked_said(told.text("said"), rules))
    return Answer(
        Known(told.text("known")),
        reason,
        checked_distributor(told.text_or_none("distributor"), rules),
        checked_reference(told.text_or_none("reference"), rules),
    )


def survey_answer_of(
    record: Record, read: SourceRead, configuration: Configuration
) -> SurveyAnswer | None:
    """Return an answer to the survey, None where it is none.

    Raises:
        ValueError: when the line is no such thing.
    """
    if read.status is not ReadStatus.READ:
        raise ValueError(f"an answer of a source that is {read.status}")
    value, best = record.decimal_or_none("rating"), record.decimal_or_none("best")
    item = Item(
        native_id=record.text("token"),
        url=None,
        author=None,
        title="",
        text=record.text("text"),
        posted_at=record.instant_or_none("at"),
        rating=None if value is None or best is None else Rating(value, best),
    )
    return prepare_answer(item, configuration.privacy, read.read_at)


def _read_at(record: Record, now: datetime) -> datetime:
    read_at = record.instant("read_at")
    if read_at > now + AHEAD:
        raise ValueError("read_at lies ahead")
    return read_at
