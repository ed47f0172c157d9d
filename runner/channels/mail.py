"""Mail to people, by SMTP.

Server, name and password come from one variable of the environment.  A name and a password
travel encrypted or, on this very machine, plainly; never plainly over a network.  The server
must prove that it is itself.  One connection serves all messages of a run.

A message has the `Message-ID` that its notice gives it, so that one sent twice is one in a
mailbox; all messages about one case stand in one thread.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from threading import Timer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from runner.planning.deliveries import Setback, Trouble
from runner.planning.notices import Notice
from runner.policies.escalation import FILE
from runner.policies.team import Person
from runner.sources.addresses import is_loopback_host
from runner.text.clean import clean_line, clean_text

VARIABLE = "DOLEANCES_SMTP_URL"
EXAMPLE = "smtp://name:password@mail.example.org:587"
SENDER_EXAMPLE = "veille@example.org"
_PORTS = {"smtp": 587, "smtps": 465}
_SUBJECT = 200
_ANSWER = 160
_LEAST_CODE, _READY, _CLOSING = 200, 220, 421
# Quoted names with spaces and the like are left out: nobody has one.
_LOCAL = re.compile(r'[^\x00-\x20\x7f"(),:;<>@\[\\\]]{1,64}')
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in.  `encrypted` from the first byte; else where it is offered."""

    host: str
    port: int
    encrypted: bool
    name: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class MailBounds:
    """Seconds that one step, and one whole message, may take."""

    step_seconds: float = 20.0
    total_seconds: float = 60.0


def parse_server(text: str | None) -> MailServer | Setback:
    """Return the server that `smtp://name:password@host:port` or `smtps://…` names.

    Without a port it is 587, and 465 for smtps.  Name and password are percent-decoded.
    """
    if not text:
        return Setback(Trouble.NO_SETTING, VARIABLE, whole_channel=True)
    odd = Setback(Trouble.ODD_SETTING, VARIABLE, EXAMPLE, whole_channel=True)
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError:
        return odd
    if url.scheme not in _PORTS or not url.hostname or url.path not in {"", "/"}:
        return odd
    if url.query or url.fragment or port == 0 or (url.username is None) != (url.password is None):
        return odd
    return MailServer(
        host=url.hostname,
        port=port or _PORTS[url.scheme],
        encrypted=url.scheme == "smtps",
        name=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )


def render_mail(notice: Notice, person: Person, now: datetime) -> EmailMessage | Setback:
    """Return the message to a person; its text is the notice's, which is readable as it is."""
    to = _address(person.emails[0] if person.emails else "", person.name)
    sender = _address(notice.channel.sender or "", "")
    if to is None:
        return Setback(Trouble.NO_ADDRESS, person.id)
    if sender is None:
        return Setback(Trouble.ODD_SETTING, FILE, SENDER_EXAMPLE, whole_channel=True)
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = clean_line(notice.subject, _SUBJECT)
    message["Date"] = now
    message["Message-ID"] = f"<{notice.digest}@{sender.domain}>"
    thread = f"<{notice.case_id}.{notice.cycle}@{sender.domain}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    text = clean_text(notice.body)
    message.set_content(f"{text}\n", charset="utf-8", cte="quoted-printable")
    return message


class MailRoom:
    """Hands messages in, over one connection as long as that lasts."""

    def __init__(self, server: MailServer, bounds: MailBounds | None = None) -> None:
        self._server = server
        self._bounds = bounds or MailBounds()
        self._smtp: _Smtp | None = None
        self._is_late = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException), self._deadline():
                self._smtp.quit()
        self._drop()

    def send(self, message: EmailMessage) -> str | Setback:
        """Hand a message in; return what the server said to it."""
        with self._deadline():
            if self._smtp is None and (failed := self._connect()):
                self._drop()
                return failed
            return self._hand_in(message)

    def _connect(self) -> Setback | None:
        server = self._server
        trust = ssl.create_default_context()
        smtp = self._smtp = (_SmtpOverTls if server.encrypted else _Smtp)(
            server.host, self._bounds.step_seconds, trust
        )
        try:
            code, said = smtp.connect(server.host, server.port)
            if code != _READY:
                return self._refused(code, said, whole_channel=True)
            smtp.ehlo_or_helo_if_needed()
            if not server.encrypted and smtp.has_extn("starttls"):
                smtp.starttls(context=trust)
                smtp.ehlo_or_helo_if_needed()
            if server.name is None or server.password is None:
                return None
            if not _is_private_talk(smtp.sock):
                return Setback(Trouble.NOT_SAFE, server.host, whole_channel=True)
            smtp.login(server.name, server.password)
        except ssl.SSLError as error:
            doubt = getattr(error, "verify_message", None) or error.reason or "TLS"
            return Setback(Trouble.NO_TRUST, server.host, doubt, whole_channel=True)
        except smtplib.SMTPAuthenticationError as error:
            told = self._told(error.smtp_code, error.smtp_error)
            return Setback(Trouble.NO_LOGIN, server.host, told, whole_channel=True)
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            return Setback(Trouble.NO_LOGIN, server.host, "AUTH", whole_channel=True)
        except smtplib.SMTPResponseException as error:
            return self._refused(error.smtp_code, error.smtp_error, whole_channel=True)
        except (OSError, smtplib.SMTPException):
            return Setback(Trouble.UNREACHABLE, server.host, whole_channel=True)
        return None

    def _hand_in(self, message: EmailMessage) -> str | Setback:
        smtp = self._smtp
        if smtp is None:
            raise AssertionError("a message is handed in over a connection")
        host = self._server.host
        try:
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, said),) = error.recipients.values()
            return self._refused(code, said)
        except smtplib.SMTPSenderRefused as error:
            return self._refused(error.smtp_code, error.smtp_error, whole_channel=True)
        except smtplib.SMTPResponseException as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError:
            return Setback(Trouble.REFUSED, host, "SMTPUTF8")
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            slow = self._is_late or isinstance(error.__context__ or error, TimeoutError)
            return Setback(Trouble.TOO_SLOW if slow else Trouble.BROKEN_OFF, host)
        return self._told(*smtp.answer)

    def _refused(self, code: int, said: bytes | str, *, whole_channel: bool = False) -> Setback:
        if code == _CLOSING:
            self._drop()
        host, told = self._server.host, self._told(code, said)
        if code < _LEAST_CODE:
            return Setback(Trouble.ODD_ANSWER, host, "SMTP", whole_channel=whole_channel)
        if code == _CLOSING:
            return Setback(Trouble.TOLD_TO_WAIT, host, told, whole_channel=True)
        return Setback(Trouble.REFUSED, host, told, whole_channel=whole_channel)

    def _told(self, code: int, said: bytes | str) -> str:
        """Return a server's answer to be shown, without what it may repeat of our secrets."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        for secret in (self._server.password, self._server.name):
            text = text.replace(secret, "…") if secret else text
        return clean_line(f"{code} {text}"[: 4 * _ANSWER], _ANSWER)

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        self._is_late = False
        timer = Timer(self._bounds.total_seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        """End a conversation that lasts too long: smtplib has a timeout for each step alone."""
        self._is_late = True
        if self._smtp is not None and self._smtp.sock is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would first say goodbye.
                socket.socket.shutdown(self._smtp.sock, socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


class _Smtp(smtplib.SMTP):
    """A connection that is not opened yet, so that a deadline can close it at any time.

    `answer` is the code and text that the last message was answered with.
    """

    def __init__(self, host: str, seconds: float, trust: ssl.SSLContext) -> None:  # noqa: ARG002
        # A name is asked of no name server; smtplib's own would be the machine's.
        super().__init__(local_hostname="[127.0.0.1]", timeout=seconds)
        self._host = host  # whose certificate STARTTLS looks for; smtplib sets it on connecting
        self.answer: tuple[int, bytes] = (0, b"")

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send a message's text, and keep the answer."""
        self.answer = super().data(msg)
        return self.answer


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str, seconds: float, trust: ssl.SSLContext) -> None:
        super().__init__(host, seconds, trust)
        self.context = trust  # smtplib's own, which it made just now, proves nobody


def _is_private_talk(sock: socket.socket | None) -> bool:
    """Whether nobody between can listen: encrypted, or on this very machine."""
    if sock is None or isinstance(sock, ssl.SSLSocket):
        return sock is not None
    return is_loopback_host(str(sock.getpeername()[0]))


def _address(address: str, name: str) -> Address | None:
    """Return an address that a header can hold, its domain in ASCII; None for what is none."""
    local, _, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return Address(display_name=clean_line(name, 100), username=local, domain=domain)
