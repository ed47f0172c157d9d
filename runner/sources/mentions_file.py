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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from runner.cases.customer import Answer
from runner.cases.survey import SurveyAnswer
from runner.errors import Refused, UsageError
from runner.model import Mention
from runner.planning.looking import Look
from runner.planning.observation import ConversationRead, SourceRead, thread_name
from runner.policies.values import Configuration, Source
from runner.repo.files import write_file
from runner.repo.looked import look_data, look_of
from runner.repo.records import Record
from runner.sources.mention_lines import (
    AHEAD,
    answer_of,
    mention_of,
    read_of,
    source_fields,
    survey_answer_of,
    thread_fields,
    thread_of,
)
from runner.text.masking import mask
from runner.text.wording import did_you_mean, shown

FILE_LIMIT = 256 * 1024 * 1024
"""Bytes: 100,000 mentions of 2.5 KB."""
_LOOK = b'{"look": '


def render_mentions(
    reads: Iterable[SourceRead],
    conversations: Iterable[ConversationRead] = (),
    looks: Iterable[Look] = (),
) -> bytes:
    """Return the file for what was read, in the order given."""
    lines = [fields for read in reads for fields in source_fields(read)]
    lines += [fields for read in conversations for fields in thread_fields(read)]
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


def parse_mentions(
    data: bytes, file: str, configuration: Configuration, now: datetime
) -> tuple[SourceRead, ...]:
    """Do what `read_mentions` says, with the bytes of the file."""
    sources = {source.id: source for source in configuration.sources}
    found: dict[str, _Shown] = {}
    current: _Shown | None = None
    for number, line in enumerate(data.splitlines(), start=1):
        with _refusing(file, number):
            record = Record(line)
            if name := record.text_or_none("read"):
                if name not in sources:
                    raise UsageError(
                        f"{file}:{number}: sources.yaml names no source {shown(name)}",
                        f"{did_you_mean(name, sources)}; or collect again with this desk's files",
                    )
                if name in found:
                    raise ValueError(f"{shown(name)} was read before")
                current = found[name] = _Shown(sources[name], read_of(record, name, now))
            elif record.text_or_none("thread") or line.startswith(_LOOK):
                break
            elif current is None:
                raise ValueError("a mention before its source")
            else:
                current.take(record, configuration)
    return tuple(each.read_in_full() for each in found.values())


@dataclass(slots=True)
class _Shown:
    """What a source showed, as far as its lines have come."""

    source: Source
    read: SourceRead
    mentions: dict[str, Mention] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    surveyed: list[SurveyAnswer] = field(default_factory=list)

    def take(self, record: Record, configuration: Configuration) -> None:
        """Take up the next line; of two of one key the first counts."""
        if self.source.gives_survey_answers:
            if answer := survey_answer_of(record, self.read, configuration):
                self.surveyed.append(answer)
            return
        mention = mention_of(record, self.read, self.source, configuration)
        if mention is not None:
            self.mentions.setdefault(mention.key, mention)
            if customer := answer_of(record, configuration):
                self.answers.setdefault(mention.key, customer)

    def read_in_full(self) -> SourceRead:
        """Return how the source was read, with all that it showed."""
        return replace(
            self.read,
            mentions=tuple(self.mentions.values()),
            answers=self.answers,
            surveyed=tuple(self.surveyed),
        )


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
        with _refusing(file, number):
            record = Record(line)
            if thread := record.text_or_none("thread"):
                found.append(thread_of(record, thread, now))
                if found[-1].source not in sources:
                    raise ValueError(f"there is no source {shown(found[-1].source)}")
            elif found:
                read, source = found[-1], sources[found[-1].source]
                mention = mention_of(record, read, source, configuration)
                if mention is not None:
                    mentions.setdefault(thread_name(read.case_id, read.place), []).append(mention)
    return tuple(
        replace(read, mentions=tuple(mentions.get(thread_name(read.case_id, read.place), ())))
        for read in found
    )


def parse_looks(
    data: bytes, file: str, configuration: Configuration, now: datetime
) -> tuple[Look, ...]:
    """Do what `read_looks_of` says, with the bytes of one file."""
    found: list[Look] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.startswith(_LOOK):
            continue
        with _refusing(file, number):
            told = Record(line).record_or_none("look")
            if told is None:
                raise ValueError("there is no look in it")
            look = look_of(told)
            if look.at > now + AHEAD:
                raise ValueError("at lies ahead")
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


@contextmanager
def _refusing(file: str, number: int) -> Iterator[None]:
    """Refuse the file at this line where what is done with it raises a `ValueError`."""
    try:
        yield
    except ValueError as error:
        raise Refused(f"{file}:{number}: {error}", "collect again, and see who wrote it") from error
