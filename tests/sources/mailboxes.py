"""A mailbox as a source, what is read from it, and the notices that lie in it."""

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from imap_server import PASSWORD, USER
from loopback_site import PATIENT

from runner.model import ContactAbility, SourceCategory
from runner.planning.observation import Cursor
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Fresh, Outside, Unknown
from runner.sources.mailbox import fetch
from runner.sources.problems import Trouble

SECRETS = {"MAIL_USER": USER, "MAIL_PASSWORD": PASSWORD}
PATTERNS = [
    {"in": "subject", "find": r"^Avis (?P<native_id>\d+) de (?P<author>.+)"},
    {"in": "text", "find": "(?s)(?P<text>.+)"},
]


@pytest.fixture(scope="module")
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


def source(host: str, **settings: Any) -> Source:
    whole = {
        "host": host, "security": "none", "folder": "Avis", "patterns": PATTERNS,
        "user": {"variable": "MAIL_USER"}, "password": {"variable": "MAIL_PASSWORD"}, **settings,
    }  # fmt: skip
    return Source(
        id="avis-par-mail", kind="mailbox", category=SourceCategory.REVIEW_SITE,
        site="avis.example.org", brand="lumen", public=ContactAbility.MANUAL,
        private=ContactAbility.NONE, language=None, every=timedelta(), ignore_authors=(),
        settings=whole, line=1,
    )  # fmt: skip


def outside(**given: Any) -> Outside:
    def no_client() -> Any:
        raise AssertionError("a mailbox needs no HTTP")

    told = {"secrets": SECRETS, "allow_loopback": True, "bounds": PATIENT, **given}
    return Outside(Path(), no_client, datetime.now(UTC), ZoneInfo("Europe/Paris"), **told)


def read(
    host: str, mark: str | None = None, around: Outside | None = None, **settings: Any
) -> Fetched:
    cursor = Cursor("avis-par-mail", mark, None, datetime.now(UTC), "", (), 1) if mark else None
    return asyncio.run(fetch(source(host, **settings), cursor, around or outside()))


def fresh(host: str, mark: str | None = None, **settings: Any) -> Fresh:
    found = read(host, mark, **settings)
    assert isinstance(found, Fresh), found
    return found


def trouble(found: Fetched) -> Trouble:
    assert isinstance(found, Unknown), found
    return found.problem.trouble


def notice(number: int, text: str = "Colis jamais reçu.", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: Avis <noreply@avis.example.org>\r\nSubject: Avis {number} de Camille\r\n"
        f"Message-ID: <n-{number}@avis.example.org>\r\n{more}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


def ids(found: Fresh) -> list[str | None]:
    return [item.native_id for item in found.items]
