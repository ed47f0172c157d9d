"""The file that `collect` hands to `apply`, which runs elsewhere and reaches no source.

JSON Lines.  One line for each source, named by `read`, with how the reading ended; then one
for each of its mentions, named by `mention`, the key.  Conversations that were read again
follow in the same form, each named by `thread`, its place:

    {"read": "forum", "status": "read", "read_at": "2026-11-21T08:03:12Z", "items": 1, ...}
    {"mention": "c-7f3k2m9x4q5t", "basis": "native-id", "native_id": "t812-p3", "text": ...}
    {"thread": "c-7f3k2m9x4q5t.p1", "source": "forum", "status": "read", ...}

A source of answers to the survey has lines named `token` in the place of mentions; who holds the
survey's secret checks them when the file is read.

Looks at messages of ours come last, each an object named `look`, as `runner.repo.looked` has it.

The job that wrote it holds the sources' secrets and read what strangers wrote, so the
reader trusts nothing: shapes are checked, texts cleaned and masked again under the
reader's own policy.  Keys are only checked for their form: they were made before masking,
from what is no longer there.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from runner.cases.customer import (
    Answer,
    checked_distributor,
    checked_reference,
    checked_said,
)
from runner.cases.instants import render_instant
from runner.cases.mention import prepare_mention
from runner.cases.survey import SurveyAnswer, prepare_answer
from runner.errors import Refused, UsageError
from runner.model import Item, KeyBasis, Known, Mention, Rating, Reason
from runner.planning.looking import Look
from runner.planning.observation import ConversationRead, ReadStatus, SourceRead, thread_name
from runner.policies.customers import FILE
from runner.policies.values import Configuration, Source
from runner.repo.files import write_file
from runner.repo.looked import look_data, look_of
from runner.repo.records import Record
from runner.text.clean import clean_line
from runner.text.masking import mask
from runner.text.wording import did_you_mean, shown

FILE_LIMIT = 256 * 1024 * 1024
"""Bytes: 100,000 mentions of 2.5 KB."""
PROBLEM_LIMIT = 2000

_KEY = re.compile(r"c-[0-9a-hjkmnp-tv-z]{12}", re.ASCII)
_PLACE = re.compile(r"p[1-9][0-9]{0,3}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_LOOK = b'{"look": '
_AHEAD = timedelta(hours=1)
"""How far the clocks of two machines may differ."""


def render_mentions(
    reads: Iterable[SourceRead],
    conversations: Iterable[ConversationRead] = (),
    looks: Iterable[Look] = (),
) -> bytes:
    """Return the file for what was read, in the order given."""
    lines = [fields for read in reads for fields in _fields(read)]
    lines += [fields for read in conversations for fields in _thread_fields(read)]
    lines += [{"look": look_data(look)} for look in looks]
    return b"".join(
        json.dumps(fields, ensure_ascii=False, separators=(", ", ": ")).encode() + b"\n"
        for fields in lines
    )


def write_mentions(
    path: Path,
    reads: Iterable[SourceRead],
    conversations: Iterable[ConversationRead] = (),
    looks: Iterable[Look] = (),
) -> None:
    """Write the file whole or not at all."""
    write_file(path, render_mentions(reads, conversations, looks))


def read_mentions(
    paths: Iterable[Path], configuration: Configuration, now: datetime
) -> tuple[SourceRead, ...]:
    """Read files that `write_mentions` wrote, elsewhere and perhaps under other policies.

    Raises:
        UsageError: when a file cannot be opened, or is of a source that there is not.
        Refused: when a line is not what `collect` writes, or two files are of one source.
    """
    reads: dict[str, SourceRead] = {}
    for path in paths:
        for read in parse_mentions(_bytes_of(path), str(path), configuration, now):
            if read.source in reads:
                raise Refused(
                    f"{path}: {shown(read.source)} was read in another file too",
                    "collect again, each source once",
                )
            reads[read.source] = read
    return tuple(reads.values())


def read_threads(
    paths: Iterable[Path], configuration: Configuration, now: datetime
) -> tuple[ConversationRead, ...]:
    """Read the conversations of such files.

    Raises:
        UsageError, Refused: as `read_mentions`.
    """
    return tuple(
        thread
        for path in paths
        for thread in parse_threads(_bytes_of(path), str(path), configuration, now)
    )


def read_looks_of(
    paths: Iterable[Path], configuration: Configuration, now: datetime
) -> tuple[Look, ...]:
    """Read the looks at messages of ours in such files.

    Raises:
        UsageError, Refused: as `read_mentions`.
    """
    return tuple(
        look
        for path in paths
        for look in parse_looks(_bytes_of(path), str(path), configuration, now)
    )


def parse_looks(
    data: bytes, file: str, configuration: Configuration, now: datetime
) -> tuple[Look, ...]:
    """Do what `read_looks_of` says, with the bytes of one file."""
    found: list[Look] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.startswith(_LOOK):
            continue
        try:
            told = Record(line).record_or_none("look")
            if told is None:
                raise ValueError("there is no look in it")
            look = look_of(told)
            if look.at > now + _AHEAD:
                raise ValueError("at lies ahead")
        except ValueError as error:
            raise Refused(
                f"{file}:{number}: {error}", "collect again, and see who wrote it"
            ) from error
        found.append(replace(look, detail=mask(look.detail, configuration.privacy)))
    return tuple(found)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise Refused(f"{path} is larger than {FILE_LIMIT // 2**20} MB", "collect again")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "`doleances collect` writes it"
        ) from error


def parse_mentions(
    data: bytes, file: str, configuration: Configuration, now: datetime
) -> tuple[SourceRead, ...]:
    """Do what `read_mentions` says, with the bytes of the file."""
    sources = {source.id: source for source in configuration.sources}
    reads: dict[str, SourceRead] = {}
    mentions: dict[str, Mention] = {}
    answers: dict[str, Answer] = {}
    surveyed: list[SurveyAnswer] = []
    current: Source | None = None

    def close() -> None:
        if current is not None:
            read = reads[current.id]
            kept = {key: answer for key, answer in answers.items() if key in mentions}
            reads[current.id] = replace(
                read, mentions=tuple(mentions.values()), answers=kept, surveyed=tuple(surveyed)
            )
            mentions.clear()
            answers.clear()
            surveyed.clear()

    for number, line in enumerate(data.splitlines(), start=1):
        try:
            record = Record(line)
            if name := record.text_or_none("read"):
                close()
                if name not in sources:
                    raise UsageError(
                        f"{file}:{number}: sources.yaml names no source {shown(name)}",
                        f"{did_you_mean(name, sources)}; or collect again with this desk's files",
                    )
                if name in reads:
                    raise ValueError(f"{shown(name)} was read before")
                current = sources[name]
                reads[name] = _read_of(record, name, now)
            elif record.text_or_none("thread") or line.startswith(_LOOK):
                break
            elif current is None:
                raise ValueError("a mention before its source")
            elif current.gives_survey_answers:
                if answer := _survey_answer_of(record, reads[current.id], configuration):
                    surveyed.append(answer)
            else:
                mention = _mention_of(record, reads[current.id], current, configuration)
                if mention is not None:
                    mentions.setdefault(mention.key, mention)
                    if customer := _answer_of(record, configuration):
                        answers.setdefault(mention.key, customer)
        except ValueError as error:
            raise Refused(
                f"{file}:{number}: {error}", "collect again, and see who wrote it"
            ) from error
    close()
    return tuple(reads.values())


def parse_threads(
    data: bytes, file: str, configuration: Configuration, now: datetime
) -> tuple[ConversationRead, ...]:
    """Do what `read_threads` says, with the bytes of the file."""
    sources = {source.id: source for source in configuration.sources}
    found: list[ConversationRead] = []
    mentions: dict[str, list[Mention]] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        if line.startswith(_LOOK):
            break
        try:
            record = Record(line)
            if thread := record.text_or_none("thread"):
                found.append(_thread_of(record, thread, now))
                if found[-1].source not in sources:
                    raise ValueError(f"there is no source {shown(found[-1].source)}")
            elif found:
                read, source = found[-1], sources[found[-1].source]
                mention = _mention_of(record, read, source, configuration)
                if mention is not None:
                    mentions.setdefault(thread_name(read.case_id, read.place), []).append(mention)
        except ValueError as error:
            raise Refused(
                f"{file}:{number}: {error}", "collect again, and see who wrote it"
            ) from error
    return tuple(
        replace(read, mentions=tuple(mentions.get(thread_name(read.case_id, read.place), ())))
        for read in found
    )


def _thread_of(record: Record, thread: str, now: datetime) -> ConversationRead:
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


def _thread_fields(read: ConversationRead) -> Iterator[Mapping[str, object]]:
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


def _fields(read: SourceRead) -> Iterator[Mapping[str, object]]:
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


def _answer_of(record: Record, configuration: Configuration) -> Answer | None:
    """Return what a look-up answered; None where the desk no longer has it."""
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


def _read_of(record: Record, source: str, now: datetime) -> SourceRead:
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


def _read_at(record: Record, now: datetime) -> datetime:
    read_at = record.instant("read_at")
    if read_at > now + _AHEAD:
        raise ValueError("read_at lies ahead")
    return read_at


def _survey_answer_of(
    record: Record, read: SourceRead, configuration: Configuration
) -> SurveyAnswer | None:
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


def _mention_of(
    record: Record,
    read: SourceRead | ConversationRead,
    source: Source,
    configuration: Configuration,
) -> Mention | None:
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
