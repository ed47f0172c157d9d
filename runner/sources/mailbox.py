"""Mailboxes: sites that no program may read, by the mails in which they tell of a new message.

Settings: see `runner.policies.mailboxes`.

A cursor is what the folder's numbers are worth (UIDVALIDITY) and the first one that was not read.
Where the server numbers its mails anew the last days are read again; as messages keep their
identities that costs time, nothing else.  Attachments are never asked for: the structure of a mail
tells which of its parts are text, and of those the beginning is read.
"""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from runner.model import Item
from runner.planning.observation import Cursor
from runner.policies.mailboxes import MailboxSettings, build_mailbox
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged, Unknown
from runner.sources.imap import ImapFailure, Session, login_of, open_session
from runner.sources.imap_answers import FetchedMail, TextSection, text_sections
from runner.sources.mail import HEADER_BYTES, TextPart, read_headers, render_excerpt
from runner.sources.mail_items import parse, refusal
from runner.sources.problems import Problem, Trouble

__all__ = ["fetch", "parse"]

LONGEST = 300.0
"""Seconds after which no further mails are asked for; the next run goes on from there."""

TEXT_BYTES = 384 * 1024
"""Bytes of one part of a mail that are read, as they travel."""

_BATCH = 50
"""Mails asked for at a time: of their headers at most 6 MB come back."""
_BATCH_BYTES = 8 * 1024 * 1024
_TEXTS = 8
"""Parts of one mail that are read."""
_MARK = re.compile(r"(\d{1,10}):(\d{1,10})")


async def fetch(source: Source, cursor: Cursor | None, outside: Outside) -> Fetched:
    """Read the mails that came since the cursor, oldest first; without one those of some days.

    When the server breaks off, what was read before is given, and the cursor stands after it.
    """
    settings = build_mailbox(source.settings)
    login = login_of(settings.access, outside.secrets)
    if isinstance(login, Problem):
        return Unknown(login)
    reading = _Reading(settings, outside, parse_mark(cursor.etag if cursor else None))
    problem: Problem | None = None
    try:
        async with open_session(settings.access, login, outside) as session:
            if await reading.is_unchanged(session):
                return Unchanged()
            await reading.read(session)
    except ImapFailure as failure:
        if not reading.is_begun:
            return failure.ended
        problem = failure.ended.problem
    return reading.outcome(problem)


def parse_mark(text: str | None) -> tuple[int, int] | None:
    """Return what a cursor keeps: the worth of the numbers, and the first that was not read."""
    found = _MARK.fullmatch(text or "")
    return (int(found[1]), int(found[2])) if found else None


@dataclass(slots=True)
class _Reading:
    """One read of a folder: how far it is, and what it found."""

    settings: MailboxSettings
    outside: Outside
    mark: tuple[int, int] | None
    is_begun: bool = False
    _validity: int | None = None
    _next: int = 1
    _uids: list[int] = field(default_factory=list)
    _items: dict[int, Item] = field(default_factory=dict)
    _left_out: Counter[Trouble] = field(default_factory=Counter)
    _read: int = 0
    _is_cut: bool = False

    async def is_unchanged(self, session: Session) -> bool:
        """Open the folder, and tell whether nothing came since the cursor."""
        folder = await session.examine(self.settings.access.folder)
        self._validity = folder.validity
        goes_on = self.mark is not None and self.mark[0] == folder.validity
        if self.mark is not None and goes_on:
            self._uids = await session.search_from(self.mark[1])
            self._next = max(self.mark[1], folder.next_uid or 1)
        else:
            self.mark = None
            # A day more: servers count days in their own zone.
            first = self.outside.now - timedelta(days=self.settings.since_days + 1)
            self._uids = await session.search_since(first.date())
            self._next = folder.next_uid or 1
        return goes_on and not self._uids

    async def read(self, session: Session) -> None:
        """Read the mails, batch by batch."""
        clock = asyncio.get_running_loop().time
        over_at = clock() + LONGEST
        wanted, end = self._uids[: self.settings.mails], self._next
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            if start == 0:
                self._next = batch[0]
            elif clock() >= over_at:
                self._is_cut = True
                return
            await self._read_batch(session, batch)
            self._next = batch[-1] + 1
            self._read += len(batch)
            self.is_begun = True
        self.is_begun = True
        self._is_cut = len(wanted) < len(self._uids)
        if not self._is_cut:
            self._next = max(self._next, end)

    async def _read_batch(self, session: Session, uids: Sequence[int]) -> None:
        before = session.odd_answers
        heads = await session.fetch(uids, f"BODYSTRUCTURE BODY.PEEK[HEADER]<0.{HEADER_BYTES}>")
        counted = []
        for head in sorted(heads.values(), key=lambda head: head.uid):
            refused = refusal(read_headers(head.sections.get("HEADER", b"")), self.settings.rules)
            if refused is None:
                counted.append(head)
            else:
                self._left_out[refused.trouble] += 1
        for sections, some in _alike(counted):
            wanted = " ".join(f"BODY.PEEK[{name}]<0.{TEXT_BYTES}>" for name in sections)
            bodies = await session.fetch(some, wanted) if wanted else {}
            ready = [head for head in counted if head.uid in some]
            await self.outside.aside(partial(self._take, ready, bodies))
        self._left_out[Trouble.UNREADABLE_MAIL] += session.odd_answers - before

    def _take(self, heads: Sequence[FetchedMail], bodies: dict[int, FetchedMail]) -> None:
        for head in heads:
            body = bodies.get(head.uid)
            data = _excerpt(head, body.sections if body else {})
            found = parse(
                data, rules=self.settings.rules, now=self.outside.now, zone=self.outside.zone
            )
            if isinstance(found, Problem):
                self._left_out[found.trouble] += 1
            else:
                self._items[head.uid] = found

    def outcome(self, broken_off: Problem | None) -> Fetched:
        """Return what the read ended in; a folder whose mails hold nothing is unknown."""
        rules, access = self.settings.rules, self.settings.access
        if self._left_out[Trouble.MAIL_WITHOUT_TEXT] and not self._items:
            places = (*rules.fields, *(pattern.text for pattern in rules.patterns))
            where = f"{access.folder} ({access.host})"
            return Unknown(Problem(Trouble.NOTHING_MAPPED, where, ", ".join(places)))
        problems = [*([broken_off] if broken_off else ()), *self._remarks()]
        return Fresh(
            tuple(item for _, item in sorted(self._items.items())),
            f"{self._validity}:{self._next}" if self._validity is not None else None,
            problem=problems[0] if problems else None,
            left_out=self._left_out.total(),
            shortened=self.mark is not None,
            notes=(*problems[1:], *self._notes()),
        )

    def _remarks(self) -> Iterator[Problem]:
        proof = self.settings.rules.proof
        if count := self._left_out[Trouble.MAIL_WITHOUT_TEXT]:
            yield Problem(Trouble.MAIL_WITHOUT_TEXT, str(count))
        if proof is not None and (count := self._left_out[Trouble.NOT_PROVEN]):
            yield Problem(Trouble.NOT_PROVEN, proof.domain, str(count))
        if count := self._left_out[Trouble.UNREADABLE_MAIL]:
            yield Problem(Trouble.UNREADABLE_MAIL, str(count))

    def _notes(self) -> Iterator[Problem]:
        if count := self._left_out[Trouble.OTHER_MAIL]:
            yield Problem(Trouble.OTHER_MAIL, str(count))
        if self._is_cut:
            yield Problem(Trouble.MORE_MAILS, str(self._read))
        if self.settings.rules.proof is None:
            yield Problem(Trouble.ANYBODYS_MAIL)


def _alike(heads: Sequence[FetchedMail]) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    """Give mails whose texts stand in the same sections, as many as may be asked for at once."""
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for head in heads:
        groups[tuple(part.section for part in _wanted(head))].append(head.uid)
    for sections, uids in groups.items():
        count = max(1, _BATCH_BYTES // (TEXT_BYTES * max(1, len(sections))))
        for start in range(0, len(uids), count):
            yield sections, uids[start : start + count]


def _wanted(head: FetchedMail) -> tuple[TextSection, ...]:
    """Return the sections to ask for; the whole text where the structure makes no sense."""
    if not isinstance(head.structure, tuple):
        return (TextSection("TEXT", "", "", "", is_inside=False),)
    return text_sections(head.structure)[:_TEXTS]


def _excerpt(head: FetchedMail, bodies: dict[str, bytes]) -> bytes:
    headers = head.sections.get("HEADER", b"")
    if "TEXT" in bodies:
        return headers.rstrip(b"\r\n") + b"\r\n\r\n" + bodies["TEXT"]
    return render_excerpt(
        headers,
        [
            TextPart(part.media_type, part.charset, part.encoding, bodies[part.section])
            for part in _wanted(head)
            if part.section in bodies
        ],
    )
