"""Mail servers that encrypt, refuse, answer oddly or misbehave, each by a script."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from imap_server import PASSWORD, Line, Scripted
from loopback_site import HELD_UP, HURRIED, PATIENT
from mailboxes import certificate, ids, outside, read, trouble

from runner.sources.adapter import Fetched, Fresh
from runner.sources.problems import Trouble

__all__ = ("certificate",)


def scripted(
    script: Callable[[Line], None], trust: ssl.SSLContext | None = None, **settings: Any
) -> tuple[Fetched, list[bytes]]:
    with Scripted(script, trust) as server:
        found = read(server.host, **settings)
        return found, server.heard


def test_encrypted_from_the_first_byte(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(line: Line) -> None:
        line.open_folder()

    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate)
    assert trouble(scripted(answer, trust, security="tls")[0]) is Trouble.NO_TRUST
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    found, _ = scripted(answer, trust, security="tls")
    assert isinstance(found, Fresh)
    assert found.etag == "7:100"


def test_what_is_said_before_encryption_counts_for_nothing(certificate: Path) -> None:
    def inject(line: Line) -> None:
        line.say(b"* OK ready")
        line.hear(b"STARTTLS")
        line.say(b"TAG OK go on\r\n* OK injected")
        line.hear()

    def let_everybody_in(line: Line) -> None:
        line.say(b"* PREAUTH welcome")
        line.hear()

    for script in (inject, let_everybody_in):
        found, heard = scripted(script, security="starttls")
        assert trouble(found) is Trouble.NOT_ENCRYPTED
        assert not any(PASSWORD.encode() in line for line in heard)


def test_a_token_is_shown_as_google_and_microsoft_want_it() -> None:
    def refuse(line: Line) -> None:
        line.say(b"* OK ready")
        line.hear(b"CAPABILITY")
        line.say(b"TAG OK done")
        line.hear(b"AUTHENTICATE XOAUTH2")
        tag = line.tag
        line.say(b"+ ")
        line.hear()
        line.say(b"+ eyJzdGF0dXMiOiI0MDAifQ==")
        line.hear()
        line.tag = tag
        line.say(b"TAG NO [AUTHENTICATIONFAILED] no")

    around = outside(secrets={"MAIL_USER": "u", "MAIL_TOKEN": "t"})
    token = {"variable": "MAIL_TOKEN"}
    found, heard = scripted(refuse, around=around, token=token)
    assert trouble(found) is Trouble.LOGIN_REFUSED
    assert heard[2:4] == [b"dXNlcj11AWF1dGg9QmVhcmVyIHQBAQ==", b""]


def test_where_login_is_forbidden_nothing_is_sent() -> None:
    def forbid(line: Line) -> None:
        line.say(b"* OK ready")
        line.hear(b"CAPABILITY")
        line.say(b"* CAPABILITY IMAP4rev1 LOGINDISABLED", b"TAG OK done")
        line.hear()

    found, heard = scripted(forbid)
    assert trouble(found) is Trouble.LOGIN_REFUSED
    assert not any(PASSWORD.encode() in line for line in heard)


def _one(line: Line) -> None:
    line.open_folder(5)
    line.hear(b"UID FETCH")


def _no_imap(line: Line) -> None:
    line.say(b"HTTP/1.1 400 Bad Request")
    line.over.wait()


def _closed(line: Line) -> None:
    line.say(b"* BYE too many connections")


def _silent(line: Line) -> None:
    line.over.wait()


def _dripping(line: Line) -> None:
    _one(line)
    while not line.over.wait(0.2):
        line.write(b"*")


def _dying(line: Line) -> None:
    _one(line)
    line.write(b"* 1 FETCH (UID 5 BODY[HEADER]<0> {500}\r\nSubject: Av")


def _bomb(line: Line) -> None:
    _one(line)
    line.say(b"* 1 FETCH (UID 5 BODY[HEADER]<0> {99999999999}")
    line.over.wait()


def _big(line: Line) -> None:
    _one(line)
    line.say(b"* 1 FETCH (UID 5 BODY[HEADER]<0> {4000000000}")
    line.over.wait()


def _endless_line(line: Line) -> None:
    _one(line)
    while not line.over.is_set():
        line.write(b"x" * 65536)


def _endless_answers(line: Line) -> None:
    _one(line)
    while not line.over.is_set():
        line.write(b"* 1 FETCH (FLAGS ())\r\n" * 1000)


def _no_sense(line: Line) -> None:
    line.open_folder(5)
    line.hear(b"UID FETCH")
    line.say(b"+ go on")
    line.over.wait()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (_no_imap, Trouble.NO_IMAP),
        (_closed, Trouble.BROKEN_OFF),
        (_silent, Trouble.TOO_SLOW),
        (_dripping, Trouble.TOO_SLOW),
        (_dying, Trouble.BROKEN_OFF),
        (_bomb, Trouble.TOO_LARGE),
        (_big, Trouble.TOO_LARGE),
        (_endless_line, Trouble.TOO_LARGE),
        (_endless_answers, Trouble.TOO_LARGE),
        (_no_sense, Trouble.NO_IMAP),
    ],
)
def test_servers_that_misbehave(script: Callable[[Line], None], expected: Trouble) -> None:
    began = time.monotonic()
    bounds = HURRIED if expected is Trouble.TOO_SLOW else PATIENT
    found, heard = scripted(script, around=outside(bounds=bounds))
    assert trouble(found) is expected
    assert time.monotonic() - began < HELD_UP
    assert not any(b"STORE" in line or b"SELECT" in line for line in heard)


def test_what_was_read_before_the_server_died_is_kept() -> None:
    head = b"Subject: Avis %d de Camille\r\n\r\n"
    structure = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)'

    def die_at_the_second(line: Line) -> None:
        line.open_folder(*range(1, 61))
        assert b" 1,2," in line.hear(b"UID FETCH")
        for uid in range(1, 51):
            said = head % uid
            line.say(
                b"* %d FETCH (UID %d BODYSTRUCTURE %s BODY[HEADER]<0> {%d}\r\n%s)"
                % (uid, uid, structure, len(said), said)
            )
        line.say(b"TAG OK done")
        while line.hear(b"UID FETCH").split()[2].split(b",")[0] != b"51":
            for uid in line_uids(line):
                line.say(b"* %d FETCH (UID %d BODY[1]<0> {5}\r\nColis)" % (uid, uid))
            line.say(b"TAG OK done")

    found, heard = scripted(die_at_the_second)
    assert isinstance(found, Fresh)
    assert len(found.items) == 50
    assert found.etag == "7:51"
    assert found.problem is not None
    assert found.problem.trouble is Trouble.BROKEN_OFF
    assert all(b"PEEK" in line for line in heard if b"FETCH" in line)


def line_uids(line: Line) -> list[int]:
    return [int(uid) for uid in line.last.split()[2].split(b",")]


def test_a_mail_that_the_server_cannot_give_holds_up_no_other() -> None:
    def decline_the_third(line: Line) -> None:
        line.open_folder(1, 2, 3, 4)
        while True:
            command = line.hear()
            if not command.startswith(b"UID FETCH"):
                return
            uids = line_uids(line)
            if 3 in uids:
                line.say(b"TAG NO cannot read it")
                continue
            for uid in uids:
                said = b"Subject: Avis %d de Camille\r\n\r\n" % uid
                line.say(
                    b'* 1 FETCH (UID %d BODYSTRUCTURE (garbage BODY[TEXT]<0> "Colis" '
                    b"BODY[HEADER]<0> {%d}\r\n%s)" % (uid, len(said), said)
                    if b"STRUCTURE" in command and uid == 4
                    else b'* 1 FETCH (UID %d BODYSTRUCTURE NIL BODY[TEXT]<0> "Colis" '
                    b"BODY[HEADER]<0> {%d}\r\n%s)" % (uid, len(said), said)
                )
            line.say(b"TAG OK done")

    found, _ = scripted(decline_the_third)
    assert isinstance(found, Fresh)
    assert ids(found) == ["1", "2"]
    assert found.problem is not None
    assert (found.problem.trouble, found.problem.about) == (Trouble.UNREADABLE_MAIL, "2")
