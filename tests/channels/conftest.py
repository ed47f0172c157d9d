"""What the tests of channels share."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from smtp_server import MailServerOfTests


@pytest.fixture
def mail_server() -> Iterator[MailServerOfTests]:
    with MailServerOfTests() as server:
        yield server


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    with ChatServer() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "30", "-subj", "/CN=mail.example.org",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:mail.example.org",
         "-keyout", file, "-out", file.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file
