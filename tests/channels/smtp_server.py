"""A mail server on 127.0.0.1 that can be told to behave badly.

It speaks as RFC 5321 says: EHLO, STARTTLS, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA, RSET, QUIT.
"""

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast


@dataclass
class Received:
    """A message as it came: the envelope, the bytes, and whether the line was encrypted."""

    sender: str
    to: str
    data: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.data, policy=policy.default))


@dataclass
class Manner:
    """How the server behaves.

    `after` is called once a message was taken, before that is answered.  `refuse` maps the
    beginnings of commands, in capitals, to answers.
    """

    greeting: str = "220 mail.example.org ready"
    starttls: bool = False
    users: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    after: Callable[["Received"], str | None] = lambda _: None
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")


class Conversation(socketserver.StreamRequestHandler):
    server: "MailServerOfTests"

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def encrypt(self) -> None:
        assert self.server.certificate is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)

    def handle(self) -> None:
        try:
            if self.server.over_tls:
                self.encrypt()
            self.talk()
        except (OSError, ssl.SSLError):
            pass
        finally:
            for file in (self.rfile, self.wfile, self.connection):
                file.close()

    def talk(self) -> None:
        self.server.conversation = self
        manner = self.server.manner
        self.user: str | None = None
        self.say(manner.greeting)
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            self.server.heard.append(line)
            spoken = line.upper()
            refused = next((a for c, a in manner.refuse.items() if spoken.startswith(c)), None)
            if refused is not None:
                self.say(refused)
                if refused.startswith("421"):
                    return
                continue
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            answer = {"EHLO": self.hello, "STARTTLS": self.start_tls, "AUTH": self.log_in}.get(verb)
            if answer is not None:
                answer(line)
            elif verb == "MAIL":
                self.sender = line.partition("<")[2].partition(">")[0]
                self.options = line.partition("> ")[2]
                self.say("250 fine")
            elif verb == "RCPT":
                self.to = line.partition("<")[2].partition(">")[0]
                self.say("250 fine")
            elif verb == "DATA":
                self.take()
            else:
                self.say("250 fine")

    @property
    def is_encrypted(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def hello(self, _: str) -> None:
        manner = self.server.manner
        lines = ["mail.example.org", *manner.extensions]
        if manner.starttls and not self.is_encrypted:
            lines.append("STARTTLS")
        if manner.users:
            lines.append("AUTH PLAIN LOGIN")
        for line in lines[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {lines[-1]}")

    def start_tls(self, _: str) -> None:
        self.say("220 go ahead")
        self.encrypt()

    def log_in(self, line: str) -> None:
        _, way, first = line.split(" ")
        if way == "PLAIN":
            _, name, password = base64.b64decode(first).decode().split("\0")
        else:
            name = base64.b64decode(first).decode()
            self.say("334 UGFzc3dvcmQ6")
            password = base64.b64decode(self.rfile.readline()).decode()
        if self.server.manner.users.get(name) == password:
            self.user = name
            self.say("235 welcome")
        else:
            self.say(f"535 5.7.8 {name} with {password} may not in")

    def take(self) -> None:
        self.say("354 go on")
        data = bytearray()
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            data += line.removeprefix(b".") if line.startswith(b"..") else line
        received = Received(self.sender, self.to, bytes(data), self.is_encrypted, self.user)
        self.server.received.append(received)
        self.say(self.server.manner.after(received) or "250 2.0.0 queued as 4F2A")


class MailServerOfTests(socketserver.ThreadingTCPServer):
    """`received` holds every message taken, `heard` every line."""

    daemon_threads = True
    allow_reuse_address = True
    conversation: Conversation

    def __init__(self, certificate: Path | None = None, *, over_tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.certificate = certificate
        self.over_tls = over_tls
        self.manner = Manner()
        self.received: list[Received] = []
        self.heard: list[str] = []
        self.over = threading.Event()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> "MailServerOfTests":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, login: str = "", host: str = "127.0.0.1") -> str:
        scheme = "smtps" if self.over_tls else "smtp"
        return f"{scheme}://{login}{host}:{self.port}"
