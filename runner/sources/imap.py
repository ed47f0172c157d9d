"""One conversation with an IMAP server (RFC 3501), which only ever reads.

The folder is opened by EXAMINE and read by BODY.PEEK, so that nothing is marked as seen.  The
connection goes to the address that was checked, encrypted before a name or a password is sent,
to a server that proves that it is itself.  Bounded are each step, each command, the number of its
answers, and what `imap_wire` reads.
"""

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

import httpcore
import httpx

from runner.policies.mailboxes import Access
from runner.sources.adapter import Outside, Unknown
from runner.sources.addresses import is_loopback_host
from runner.sources.bounds import MEGABYTE, Bounds
from runner.sources.http import tls_doubt
from runner.sources.imap_answers import (
    Answer,
    FetchedMail,
    OddAnswer,
    encode_folder,
    is_number,
    parse_fetch,
    quoted,
)
from runner.sources.imap_wire import COMMAND_BYTES, TooMuch, Wire
from runner.sources.network import CheckedBackend, PrivateAddress, UnknownHost
from runner.sources.problems import Problem, Trouble

_ANSWERS = 20_000
"""Answers to one command."""

_AFTER_REFUSAL = timedelta(hours=1)
"""How long a mailbox rests whose password is not accepted; servers lock accounts after a few."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ImapFailure(Exception):
    """A conversation ended before its time; `ended` says how."""

    def __init__(self, ended: Unknown) -> None:
        super().__init__(ended.problem)
        self.ended = ended


class Declined(Exception):
    """The server says NO to a command, or does not understand it."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who reads; never shown."""

    user: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that was opened: what its numbers are worth, and the next one, as far as told."""

    validity: int | None
    next_uid: int | None


def login_of(access: Access, secrets: Mapping[str, str]) -> Login | Problem:
    """Return who reads; what is missing or cannot be sent is a problem."""
    values = []
    for variable in (access.user, access.secret):
        value = secrets.get(variable, "").strip()
        if not value:
            return Problem(Trouble.UNSET, variable)
        if not value.isprintable():
            return Problem(Trouble.UNSENDABLE, variable)
        values.append(value)
    return Login(*values)


@asynccontextmanager
async def open_session(access: Access, login: Login, outside: Outside) -> AsyncIterator["Session"]:
    """Give a conversation in which the server knows who reads.

    Raises:
        ImapFailure: when there is none.
    """
    backend = CheckedBackend(
        allow_loopback=outside.allow_loopback, allow_private=outside.allow_private
    )
    try:
        with _failures(access.host):
            stream = await _connect(access, outside, backend)
            session = Session(access, stream, outside.bounds)
            await session.greet()
            if access.security == "starttls":
                await session.encrypt()
            await session.log_in(login, outside)
        yield session
        await session.leave()
    finally:
        await backend.aclose()


async def _connect(
    access: Access, outside: Outside, backend: CheckedBackend
) -> httpcore.AsyncNetworkStream:
    here = is_loopback_host(access.host) and outside.allow_loopback
    if access.security == "none" and not here:
        raise ImapFailure(Unknown(Problem(Trouble.NOT_ENCRYPTED, access.host, "none")))
    stream = await backend.connect_tcp(access.host, access.port, outside.bounds.connect_seconds)
    if access.security != "tls":
        return stream
    return await _encrypted(stream, access.host, outside.bounds)


async def _encrypted(
    stream: httpcore.AsyncNetworkStream, host: str, bounds: Bounds
) -> httpcore.AsyncNetworkStream:
    # As for pages, `SSL_CERT_FILE` says whom to trust.
    trust: ssl.SSLContext = httpx.create_ssl_context()
    return await stream.start_tls(trust, host, bounds.connect_seconds)


class Session:
    """A conversation: one command, its answers, the next."""

    def __init__(self, access: Access, stream: httpcore.AsyncNetworkStream, bounds: Bounds) -> None:
        self.odd_answers = 0
        self._wire = Wire(stream, bounds.read_seconds)
        self._access = access
        self._bounds = bounds
        self._count = 0
        self._is_known = False
        self._abilities: frozenset[bytes] = frozenset()

    async def greet(self) -> None:
        """Hear the server's first words."""
        async with asyncio.timeout(self._bounds.total_seconds):
            line = (await self._wire.answer())[0]
        said = line.upper().split()[:2]
        if said == [b"*", b"BYE"]:
            raise httpcore.ReadError("BYE")
        if said not in ([b"*", b"OK"], [b"*", b"PREAUTH"]):
            raise self._odd(line)
        # A greeting that lets everybody in keeps STARTTLS from being asked for (RFC 9051, 11.1).
        self._is_known = said[1] == b"PREAUTH"
        if self._is_known and self._access.security == "starttls":
            raise self._unencrypted()

    async def encrypt(self) -> None:
        """Ask for encryption, and go on in it."""
        try:
            await self._command(b"STARTTLS")
        except Declined:
            raise self._unencrypted() from None
        if self._wire.has_more:
            # Said before encryption by whoever stands between, to be believed after it.
            raise self._unencrypted()
        stream = await _encrypted(self._wire.stream, self._access.host, self._bounds)
        self._wire = Wire(stream, self._bounds.read_seconds)

    async def log_in(self, login: Login, outside: Outside) -> None:
        """Say who reads."""
        if self._is_known:
            return
        try:
            answers = await self._command(b"CAPABILITY")
        except Declined:
            answers = []
        self._abilities = frozenset(
            word for answer in answers for word in answer[0].upper().split()
        )
        try:
            await self._prove(login)
        except Declined as error:
            names = f"{self._access.user}, {self._access.secret}"
            if b"[UNAVAILABLE]" in error.args[0].upper():
                raise ImapFailure(
                    Unknown(Problem(Trouble.ILL, self._access.host, "UNAVAILABLE"))
                ) from None
            raise ImapFailure(
                Unknown(
                    Problem(Trouble.LOGIN_REFUSED, self._access.host, names),
                    outside.now + _AFTER_REFUSAL,
                )
            ) from None

    async def _prove(self, login: Login) -> None:
        user, secret = login.user, login.secret
        if self._access.is_token:
            said = f"user={user}\x01auth=Bearer {secret}\x01\x01".encode()
            await self._command(b"AUTHENTICATE XOAUTH2", base64.b64encode(said))
        elif b"AUTH=PLAIN" in self._abilities:
            said = f"\0{user}\0{secret}".encode()
            await self._command(b"AUTHENTICATE PLAIN", base64.b64encode(said))
        elif b"LOGINDISABLED" in self._abilities:
            raise Declined(b"LOGINDISABLED")
        elif not (user + secret).isascii():
            raise ImapFailure(Unknown(Problem(Trouble.UNSENDABLE, self._access.secret)))
        else:
            await self._command(b"LOGIN " + quoted(user) + b" " + quoted(secret))

    async def examine(self, name: str) -> Folder:
        """Open a folder for reading alone.

        Raises:
            ImapFailure: when there is none of this name, as for every other way to fail.
        """
        try:
            answers = await self._talk(b"EXAMINE " + encode_folder(name))
        except Declined:
            missing = Problem(Trouble.NO_FOLDER, self._access.host, name)
            raise ImapFailure(Unknown(missing)) from None
        said = b"\n".join(answer[0] for answer in answers).upper()
        numbers = {
            code: int(found[1])
            for code in (b"UIDVALIDITY", b"UIDNEXT")
            if (found := re.search(rb"\[%s (\d{1,10})\]" % code, said))
        }
        return Folder(numbers.get(b"UIDVALIDITY"), numbers.get(b"UIDNEXT"))

    async def search_from(self, uid: int) -> list[int]:
        """Return the numbers of mails from `uid` on, ascending."""
        # The star is the last mail, even when that came before `uid`.
        return [found for found in await self._search(b"UID %d:*" % uid) if found >= uid]

    async def search_since(self, day: date) -> list[int]:
        """Return the numbers of mails that arrived on a day or later, ascending."""
        return await self._search(b"SINCE %d-%s-%d" % (
            day.day, _MONTHS[day.month - 1].encode(), day.year
        ))  # fmt: skip

    async def _search(self, key: bytes) -> list[int]:
        try:
            answers = await self._talk(b"UID SEARCH " + key)
        except Declined as error:
            raise self._odd(error.args[0]) from None
        words = (
            word.decode("ascii", "replace")
            for answer in answers
            if answer[0].upper().startswith(b"* SEARCH")
            for word in answer[0].split()[2:]
        )
        return sorted({int(word) for word in words if is_number(word)})

    async def fetch(self, uids: Sequence[int], wanted: str) -> dict[int, FetchedMail]:
        """Return what is wanted of mails, by number; of those that are gone, nothing.

        Where the server gives some of them and declines the rest, each is asked for alone.
        """
        try:
            numbers = ",".join(map(str, uids))
            answers = await self._talk(f"UID FETCH {numbers} (UID {wanted})".encode("ascii"))
        except Declined:
            if len(uids) == 1:
                self.odd_answers += 1
                return {}
            middle = len(uids) // 2
            first = await self.fetch(uids[:middle], wanted)
            return {**first, **await self.fetch(uids[middle:], wanted)}
        asked = frozenset(uids)
        found: dict[int, FetchedMail] = {}
        for answer in answers:
            if answer[0].upper().split()[2:3] != [b"FETCH"]:
                continue
            try:
                mail = parse_fetch(answer)
            except OddAnswer:
                self.odd_answers += 1
                continue
            if mail is not None and mail.uid in asked:
                found.setdefault(mail.uid, mail)
        return found

    async def leave(self) -> None:
        """Say goodbye; whether it is heard does not matter."""
        with suppress(Exception):
            await self._wire.stream.write(b"bye LOGOUT\r\n", 1.0)

    async def _talk(self, command: bytes) -> list[Answer]:
        with _failures(self._access.host):
            return await self._command(command)

    async def _command(self, command: bytes, more: bytes | None = None) -> list[Answer]:
        """Send a command, and `more` when the server asks for it; return its answers."""
        self._count += 1
        self._wire.begin()
        tag = b"d%d" % self._count
        pending = [b"", more] if more is not None else []
        told: list[Answer] = []
        async with asyncio.timeout(self._bounds.total_seconds):
            await self._wire.say(tag + b" " + command)
            while len(told) < _ANSWERS:
                answer = await self._wire.answer()
                line = answer[0]
                if line.startswith(b"+") and pending:
                    # Asked a second time, it explains a refusal and waits for an empty line.
                    await self._wire.say(pending.pop())
                elif line.startswith(tag + b" "):
                    if line.upper().split()[1:2] == [b"OK"]:
                        return told
                    raise Declined(line)
                elif line.upper().startswith(b"* BYE"):
                    raise httpcore.ReadError("BYE")
                elif line.startswith(b"* "):
                    told.append(answer)
                else:
                    raise self._odd(line)
        raise TooMuch

    def _odd(self, line: bytes) -> ImapFailure:
        start = line[:60].decode("ascii", "replace").strip()
        return ImapFailure(Unknown(Problem(Trouble.NO_IMAP, self._access.host, start)))

    def _unencrypted(self) -> ImapFailure:
        return ImapFailure(Unknown(Problem(Trouble.NOT_ENCRYPTED, self._access.host, "STARTTLS")))


@contextmanager
def _failures(host: str) -> Iterator[None]:
    """Turn every way in which the other side fails into one."""
    try:
        yield
    except (TimeoutError, httpcore.TimeoutException):
        problem = Problem(Trouble.TOO_SLOW, host)
    except UnknownHost:
        problem = Problem(Trouble.UNKNOWN_HOST, host)
    except PrivateAddress as error:
        problem = Problem(Trouble.PRIVATE, host, error.address)
    except httpcore.ConnectError as error:
        doubt = tls_doubt(error)
        problem = (
            Problem(Trouble.NO_TRUST, host, doubt)
            if doubt
            else Problem(Trouble.NO_CONNECTION, host)
        )
    except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
        problem = Problem(Trouble.BROKEN_OFF, host, str(error))
    except TooMuch:
        problem = Problem(Trouble.TOO_LARGE, host, f"{COMMAND_BYTES / MEGABYTE:g}")
    else:
        return
    raise ImapFailure(Unknown(problem))
