"""Mail servers on 127.0.0.1: a real one, and ones that misbehave as they are told."""

import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

USER, PASSWORD = "demouser", "demopass"


class MailServer:
    """pymap in a process of its own, and what its owner does to the mails in it."""

    def __init__(self, certificate: Path | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        security = (
            ["--cert", str(certificate), "--key", str(certificate)] if certificate else ["--no-tls"]
        )
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("pymap"), "--host", "127.0.0.1", "--port",
             str(self.port), *security, "dict"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._trust = ssl.create_default_context(cafile=str(certificate)) if certificate else None
        self.owner = self._log_in()

    def _log_in(self) -> imaplib.IMAP4:
        until = time.monotonic() + 20
        while True:
            try:
                owner = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        if self._trust is not None:
            owner.starttls(self._trust)
        owner.login(USER, PASSWORD)
        return owner

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self.owner.shutdown()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def create(self, folder: str) -> None:
        assert self.owner.create(folder)[0] == "OK"

    def delete(self, folder: str) -> None:
        assert self.owner.delete(folder)[0] == "OK"

    def put(self, folder: str, *mails: bytes) -> None:
        for mail in mails:
            status, said = self.owner.append(folder, "", "", mail)  # type: ignore[arg-type]
            assert status == "OK", said

    def put_many(self, folder: str, mails: list[bytes]) -> None:
        """Append many at once (MULTIAPPEND, RFC 3502), which imaplib does not know."""
        owner = self.owner
        tag = b"many"
        sock = owner.socket()
        said = b"".join(b" {%d+}\r\n%s" % (len(mail), mail) for mail in mails)
        sock.sendall(b'%s APPEND "%s"%s\r\n' % (tag, folder.encode(), said))
        while not (line := owner.readline()).startswith(tag):
            pass
        assert line.startswith(tag + b" OK"), line

    def expunge(self, folder: str, uids: str) -> None:
        with self._log_in() as owner:
            owner.select(folder)
            owner.uid("STORE", uids, "+FLAGS", "(\\Deleted)")
            assert owner.expunge()[0] == "OK"

    def flags(self, folder: str) -> list[bytes]:
        with self._log_in() as owner:
            owner.select(folder, readonly=True)
            _, found = owner.uid("FETCH", "1:*", "(FLAGS)")
            return [line for line in found if isinstance(line, bytes)]


class Scripted:
    """A server whose every connection is a function's affair; `heard` is what it was told."""

    def __init__(
        self, script: Callable[["Line"], None], trust: ssl.SSLContext | None = None
    ) -> None:
        self._script = script
        self._trust = trust
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> "Scripted":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with sock:
                try:
                    if self._trust is not None:
                        sock = self._trust.wrap_socket(sock, server_side=True)
                    with sock, sock.makefile("rwb", 0) as stream:
                        self._script(Line(self, stream))  # type: ignore[arg-type]
                except OSError:
                    pass


class Line:
    """One connection to a scripted server."""

    def __init__(self, server: Scripted, stream: BinaryIO) -> None:
        self._server = server
        self._stream = stream
        self.tag = b""
        self.last = b""

    @property
    def over(self) -> threading.Event:
        return self._server.over

    def say(self, *lines: bytes) -> None:
        for line in lines:
            self._stream.write(line.replace(b"TAG", self.tag) + b"\r\n")

    def write(self, data: bytes) -> None:
        self._stream.write(data)

    def hear(self, *expected: bytes) -> bytes:
        """Return the next command, which begins with one of `expected`."""
        line = self._stream.readline().rstrip(b"\r\n")
        self._server.heard.append(line)
        self.tag, _, command = line.partition(b" ")
        self.last = command
        assert not expected or command.upper().startswith(expected), command
        return command

    def let_in(self) -> None:
        """Greet, and let whoever it is log in."""
        self.say(b"* OK ready")
        self.hear(b"CAPABILITY")
        self.say(b"* CAPABILITY IMAP4rev1", b"TAG OK done")
        self.hear(b"LOGIN")
        self.say(b"TAG OK welcome")

    def open_folder(self, *uids: int) -> None:
        """Let in, open the folder, and find mails."""
        self.let_in()
        self.hear(b"EXAMINE")
        self.say(b"* OK [UIDVALIDITY 7] ok", b"* OK [UIDNEXT 100] ok", b"TAG OK [READ-ONLY] done")
        self.hear(b"UID SEARCH")
        self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids), b"TAG OK done")
