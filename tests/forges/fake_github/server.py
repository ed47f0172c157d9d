"""A strict GitHub on loopback: REST by GitHub's own description, git by `git http-backend`.

It refuses what GitHub refuses, and more: unknown keys, missing headers.  What does not fit the
description, in a request or in an answer of its own, is kept as a remark.
"""

import base64
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from fake_github.description import Description
from fake_github.deviations import DEVIATIONS
from fake_github.model import BOT, INES, STRANGER, Account, Hub
from fake_github.pages import Pages, Reply, Request, no, parse_query

TOKENS = {"t0ken-of-the-runner": BOT, "t0ken-of-ines": INES, "t0ken-of-nobody": STRANGER}
_API = "/api/v3"


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

    @property
    def is_api(self) -> bool:
        return self.path.startswith(_API)


@dataclass
class FakeGithub:
    """The fake as tests see it.  `harm` is asked before each request, with its number from 0."""

    hub: Hub
    pages: Pages
    site: str
    calls: list[Call] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    harm: Callable[[int, Call], Harm | None] = lambda _number, _call: None

    @property
    def url(self) -> str:
        return f"{self.site}/{self.hub.name}.git"

    @property
    def api_calls(self) -> list[Call]:
        return [call for call in self.calls if call.is_api]

    def unexpected(self) -> list[str]:
        return [r for r in self.remarks if not any(word in r for word in DEVIATIONS)]


@contextmanager
def fake_github(folder: Path, hub: Hub | None = None) -> Iterator[FakeGithub]:
    """Serve a repository in a folder: `hub`, else one that is empty."""
    description = Description()
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    site = f"http://127.0.0.1:{server.server_port}"
    hub = hub or Hub(folder)
    fake = FakeGithub(hub, Pages(hub, site), site)
    lock = threading.Lock()

    class Handler(_Handler):
        pass

    Handler.fake, Handler.description, Handler.lock, Handler.folder = (
        fake,
        description,
        lock,
        folder,
    )
    server.RequestHandlerClass = Handler
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: ClassVar[FakeGithub]
    description: ClassVar[Description]
    lock: ClassVar[Any]
    folder: ClassVar[Path]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _take(self) -> None:
        body = self._read_body()
        with self.lock:
            if self.path.startswith(_API):
                self._rest(body)
            else:
                self._git(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _take  # noqa: N815

    def _rest(self, raw: bytes) -> None:
        path, _, query = self.path.removeprefix(_API).partition("?")
        # Links to further pages name the repository by its number, as the recorded ones do.
        path = path.replace("/repositories/1000/", f"/repos/{self.fake.hub.name}/")
        operation = self.description.find(self.command, path)
        harm = self._called(operation.id if operation else "?")
        if harm is Harm.REFUSED:
            return self._hang_up()
        if (refused := _LIMITS.get(harm)) is not None if harm else False:
            return self._say(*refused)
        if operation is None:
            self.fake.remarks.append(f"{self.command} {path}: no such operation")
            return self._say(404, {}, no(404, "Not Found").body)
        reply = self._refused_for_form()
        body = None
        if reply is None:
            body = json.loads(raw) if raw else None
            wrong = self.description.wrong_in_request(operation, query, body)
            self.fake.remarks += wrong
            if wrong:
                reply = no(
                    422,
                    "Invalid request.",
                    *({"message": w, "code": "x", "resource": "x"} for w in wrong),
                )
        if reply is None:
            request = Request(operation, parse_query(query), body, self._account() or STRANGER)
            if self.command != "GET" and request.by is STRANGER:
                reply = no(403, "Resource not accessible by integration")
            else:
                reply = self.fake.pages.answer(request)
        headers = self._headers(path, query, reply)
        said = reply.body
        if reply.status < 300:
            said = self.description.fill(
                self.description.answer_schema(operation, reply.status), said
            )
        self.fake.remarks += self.description.wrong_in_answer(
            operation, reply.status, headers, said
        )
        if harm is Harm.LOST:
            return self._hang_up()
        if harm is Harm.ILL_AFTER:
            return self._say(502, {}, no(502, "Server Error").body)
        return self._say(reply.status, headers, said, harm)

    def _refused_for_form(self) -> Reply | None:
        """Return the refusal of a request that lacks what GitHub asks of all."""
        wanted = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        for name, value in wanted.items():
            if self.headers.get(name) != value:
                self.fake.remarks.append(f"no {name}: {value}")
                return no(400, f"{name} is missing")
        if not self.headers.get("User-Agent", "").startswith("doleances/"):
            self.fake.remarks.append("no User-Agent")
            return no(403, "Request forbidden by administrative rules.")
        if self.command != "GET" and self.headers.get("Content-Type") != "application/json":
            self.fake.remarks.append("no Content-Type")
            return no(415, "Unsupported Media Type")
        return no(401, "Bad credentials") if self._account() is None else None

    def _account(self) -> Account | None:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            given = base64.b64decode(given).decode().partition(":")[2]
        return TOKENS.get(given)

    def _headers(self, path: str, query: str, reply: Reply) -> dict[str, str]:
        headers = {
            "X-GitHub-Request-Id": "C0DE:1",
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(5000 - len(self.fake.api_calls)),
            "X-RateLimit-Reset": str(int(self.fake.hub.now.timestamp()) + 3600),
        }
        if reply.status == 201:
            headers["Location"] = f"{self.fake.site}{_API}{path}"
        if reply.rows is not None:
            asked = parse_query(query)
            size, page = min(int(asked.get("per_page", 30)), 100), int(asked.get("page", 1))
            last = max(1, -(-reply.rows // size))
            links = {"next": page + 1, "last": last} if page < last else {}
            links |= {"prev": page - 1, "first": 1} if page > 1 else {}
            numbered = path.replace(f"/repos/{self.fake.hub.name}/", "/repositories/1000/")
            here = f"{self.fake.site}{_API}{numbered}"
            headers["Link"] = ", ".join(
                f'<{here}?{urlencode({**asked, "page": to})}>; rel="{rel}"'
                for rel, to in links.items()
            )
        return {name: value for name, value in headers.items() if value}

    def _git(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        account = self._account()
        if account is None:
            return self._say(401, {"WWW-Authenticate": 'Basic realm="GitHub"'}, None)
        writes = "git-receive-pack" in self.path
        harm = self._called("git-receive-pack" if writes else "git-upload-pack")
        if harm is Harm.REFUSED:
            return self._hang_up()
        if harm in {Harm.ILL, Harm.TOO_MANY}:
            return self._say(502 if harm is Harm.ILL else 429, {}, None)
        if writes and account is STRANGER:
            return self._say(403, {}, None)
        variables = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_USER": account.login,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        said = subprocess.run(
            ["git", "http-backend"], input=body, env=variables, stdout=subprocess.PIPE, check=True
        ).stdout
        head, _, answer = said.partition(b"\r\n\r\n")
        fields = dict(line.partition(": ")[::2] for line in head.decode().split("\r\n"))
        status = int(fields.pop("Status", "200").split()[0])
        if writes and self.command == "POST":
            self.fake.hub.notice_push(account)
        if harm in {Harm.LOST, Harm.ILL_AFTER}:
            return self._hang_up()
        if harm is Harm.TRUNCATED:
            answer = answer[: len(answer) // 2]
        return self._send(status, fields, answer)

    def _called(self, what: str) -> Harm | None:
        call = Call(what, self.command, self.path, time.monotonic())
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


_SLOWER = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_LIMITS: dict[Harm, tuple[int, dict[str, str], Any]] = {
    Harm.ILL: (502, {}, no(502, "Server Error").body),
    Harm.SECONDARY: (403, {"Retry-After": "60"}, no(403, _SLOWER).body),
    Harm.SECONDARY_IN_WORDS: (403, {}, no(403, _SLOWER).body),
    Harm.TOO_MANY: (429, {"Retry-After": "5"}, no(429, "Too many requests").body),
    Harm.EXHAUSTED: (
        403,
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795248000"},
        no(403, "API rate limit exceeded for installation ID 1.").body,
    ),
    Harm.CONFLICT: (409, {}, no(409, "Conflict").body),
}
