"""A strict forge on loopback: REST by the forge's own description, git by git's own services.

It refuses what the forge refuses, and more: unknown keys, missing headers.  What does not fit the
description, in a request or in an answer of its own, is kept as a remark.
"""

import base64
import gzip
import json
import os
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from fake_github.description import Description
from fake_github.model import BOT, INES, STRANGER, Account, Hub
from fake_github.pages import Reply, Request, parse_query

_SERVICES = ("git-upload-pack", "git-receive-pack")
_KEEPING_NO_HOUSE = ("-c", "receive.autogc=false", "-c", "core.fsync=none")
TOKENS = {"t0ken-of-the-runner": BOT, "t0ken-of-ines": INES, "t0ken-of-nobody": STRANGER}


class Answers(Protocol):
    """What a forge's pages say."""

    def answer(self, request: Request) -> Reply: ...


PagesOf = TypeVar("PagesOf", bound=Answers)


class Harm(Enum):
    """What can go wrong with one request."""

    REFUSED = auto()
    """The connection breaks before anything was done."""
    LOST = auto()
    """The work is done, then the connection breaks: nobody hears of it."""
    ILL = auto()
    """502, nothing was done."""
    ILL_AFTER = auto()
    """502, though it was done."""
    TRUNCATED = auto()
    """It was done, and half of the answer comes."""
    SLOW = auto()
    """The answer comes in drops."""
    SECONDARY = auto()
    """403 with `Retry-After`."""
    SECONDARY_IN_WORDS = auto()
    """403 without a time, only in words."""
    TOO_MANY = auto()
    """429."""
    EXHAUSTED = auto()
    """403, nothing left of the hourly quota."""
    CONFLICT = auto()
    """409."""


@dataclass(frozen=True)
class Call:
    """One request as it came: `what` is the operation's id, or git's service."""

    what: str
    method: str
    path: str
    at: float
    is_api: bool


@dataclass
class FakeServer(Generic[PagesOf]):
    """The fake as tests see it.  `harm` is asked before each request, with its number from 0.

    `lock` is held while a request is answered: who holds it sees no answer half done.
    """

    hub: Hub
    pages: PagesOf
    site: str
    deviations: Mapping[str, str]
    calls: list[Call] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    harm: Callable[[int, Call], Harm | None] = lambda _number, _call: None
    lock: Any = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return f"{self.site}/{self.hub.name}.git"

    @property
    def api_calls(self) -> list[Call]:
        return [call for call in self.calls if call.is_api]

    def serve(self, hub: Hub, pages: PagesOf) -> None:
        """Serve another repository from now on, as a server that was asked nothing yet."""
        with self.lock:
            self.hub, self.pages = hub, pages
            self.calls, self.remarks = [], []
            self.harm = lambda _number, _call: None

    def unexpected(self) -> list[str]:
        return [r for r in self.remarks if not any(word in r for word in self.deviations)]


@contextmanager
def serving(
    described: Description,
    answering: type["Handler"],
    make: Callable[[str], FakeServer[PagesOf]],
) -> Iterator[FakeServer[PagesOf]]:
    """Serve what `make` returns for the address that it will have."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    made = make(f"http://127.0.0.1:{server.server_port}")

    given = {"fake": made, "description": described, "lock": made.lock}
    server.RequestHandlerClass = type("Serving", (answering,), given)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler, ABC):
    """Answers for a fake.  What is one forge's own way is for its subclass to say."""

    protocol_version = "HTTP/1.1"
    api: ClassVar[str]
    limits: ClassVar[Mapping[Harm, tuple[int, dict[str, str], Any]]]
    """What it says when it is harmed so."""
    scheme: ClassVar[str]
    """How a token is shown."""
    fake: ClassVar["FakeServer[Any]"]
    description: ClassVar[Description]
    lock: ClassVar[Any]

    def named(self, path: str) -> str:
        """Return a path as the description names it."""
        return path

    @abstractmethod
    def refusal(self, status: int, message: str) -> Reply:
        """Return how this forge says no."""

    @abstractmethod
    def refused_for_form(self) -> Reply | None:
        """Return the refusal of a request that lacks what the forge asks of all."""

    @abstractmethod
    def headers_of(self, path: str, query: str, reply: Reply) -> dict[str, str]:
        """Return what stands above an answer."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _take(self) -> None:
        body = self._read_body()
        with self.lock:
            if self.path.startswith(self.api):
                self._rest(body)
            else:
                self._git(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _take  # noqa: N815

    def _rest(self, raw: bytes) -> None:
        path, _, query = self.path.removeprefix(self.api).partition("?")
        operation = self.description.find(self.command, self.named(path))
        harm = self._called(operation.id if operation else "?")
        if harm is Harm.REFUSED:
            return self._hang_up()
        if (refused := self.limits.get(harm)) is not None if harm else False:
            return self._say(*refused)
        if operation is None:
            self.fake.remarks.append(f"{self.command} {path}: no such operation")
            return self._say(404, {}, self.refusal(404, "Not Found").body)
        reply = self.refused_for_form()
        body = None
        if reply is None:
            body = json.loads(raw) if raw else None
            wrong = self.description.wrong_in_request(operation, query, body)
            self.fake.remarks += wrong
            if wrong:
                reply = self.refusal(422, "Invalid request.")
        if reply is None:
            request = Request(operation, parse_query(query), body, self.account() or STRANGER)
            if self.command != "GET" and request.by is STRANGER:
                reply = self.refusal(403, "Resource not accessible by integration")
            else:
                reply = self.fake.pages.answer(request)
        headers = self.headers_of(path, query, reply)
        said = reply.body
        form = self.description.answer_schema(operation, reply.status)
        if reply.status < 300 and form is not None:
            said = self.description.fill(form, said)
        self.fake.remarks += self.description.wrong_in_answer(
            operation, reply.status, headers, said
        )
        if harm is Harm.LOST:
            return self._hang_up()
        if harm is Harm.ILL_AFTER:
            return self._say(502, {}, self.refusal(502, "Server Error").body)
        return self._say(reply.status, headers, said, harm)

    def account(self) -> Account | None:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            given = base64.b64decode(given).decode().partition(":")[2]
        elif scheme != self.scheme:
            return None
        return TOKENS.get(given)

    def _git(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        account = self.account()
        if account is None:
            return self._say(401, {"WWW-Authenticate": 'Basic realm="forge"'}, None)
        writes = "git-receive-pack" in self.path
        harm = self._called("git-receive-pack" if writes else "git-upload-pack")
        if harm is Harm.REFUSED:
            return self._hang_up()
        if harm in {Harm.ILL, Harm.TOO_MANY}:
            return self._say(502 if harm is Harm.ILL else 429, {}, None)
        if writes and account is STRANGER:
            return self._say(403, {}, None)
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        service = query.removeprefix("service=") or path.rpartition("/")[2]
        here = path.removesuffix("/info/refs").removesuffix(f"/{service}").removesuffix(".git")
        if here != f"/{self.fake.hub.name}" or service not in _SERVICES:
            return self._say(404, {}, None)
        fields, answer = self._served(service, body)
        if writes and self.command == "POST":
            self.fake.hub.notice_push(account)
        if harm in {Harm.LOST, Harm.ILL_AFTER}:
            return self._hang_up()
        if harm is Harm.TRUNCATED:
            answer = answer[: len(answer) // 2]
        return self._send(200, fields, answer)

    def _served(self, service: str, body: bytes) -> tuple[dict[str, str], bytes]:
        """Answer as `git http-backend`, which starts two processes more for each request."""
        asked = self.command == "GET"
        version = self.headers.get("Git-Protocol", "")
        answer = subprocess.run(
            ["git", *_KEEPING_NO_HOUSE, service.removeprefix("git-"), "--stateless-rpc",
             *(["--advertise-refs"] if asked else []), str(self.fake.hub.git_dir)],
            input=body,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROTOCOL": version,
                "GIT_CONFIG_GLOBAL": "/dev/null",
            },
            stdout=subprocess.PIPE,
            check=True,
        ).stdout  # fmt: skip
        if asked and not ("version=2" in version and service == "git-upload-pack"):
            line = f"# service={service}\n"
            answer = f"{len(line) + 4:04x}{line}0000".encode() + answer
        kind = "advertisement" if asked else "result"
        return {"Content-Type": f"application/x-{service}-{kind}"}, answer

    def _called(self, what: str) -> Harm | None:
        call = Call(what, self.command, self.path, time.monotonic(), self.path.startswith(self.api))
        self.fake.calls.append(call)
        return self.fake.harm(len(self.fake.calls) - 1, call)

    def _say(
        self, status: int, headers: dict[str, str], body: Any, harm: Harm | None = None
    ) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json; charset=utf-8"}
        if harm is Harm.TRUNCATED:
            self._send(status, {**kind, **headers}, content[: len(content) // 2], len(content))
            return self._hang_up()
        return self._send(status, {**kind, **headers}, content, slowly=harm is Harm.SLOW)

    def _send(
        self,
        status: int,
        headers: dict[str, str],
        content: bytes,
        length: int | None = None,
        *,
        slowly: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        for start in range(0, len(content), 4096) if slowly else ():
            self.wfile.write(content[start : start + 4096])
            self.wfile.flush()
            time.sleep(0.05)
        if not slowly:
            self.wfile.write(content)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)
