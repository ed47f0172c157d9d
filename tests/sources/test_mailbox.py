"""Mailboxes, read from a real IMAP server on 127.0.0.1 and from ones that misbehave."""

import asyncio
import json
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from imap_server import PASSWORD, USER, Line, MailServer, Scripted
from loopback_site import HELD_UP, HURRIED, PATIENT

from runner.cli.main import run
from runner.model import ContactAbility, SourceCategory
from runner.planning.observation import Cursor
from runner.policies.values import Source
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged, Unknown
from runner.sources.bounds import Bounds
from runner.sources.mailbox import fetch
from runner.sources.problems import Trouble

SECRETS = {"MAIL_USER": USER, "MAIL_PASSWORD": PASSWORD}
PATTERNS = [
    {"in": "subject", "find": r"^Avis (?P<native_id>\d+) de (?P<author>.+)"},
    {"in": "text", "find": "(?s)(?P<text>.+)"},
]


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def server(running: MailServer) -> Iterator[MailServer]:
    running.create("Avis")
    yield running
    running.delete("Avis")


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


def test_each_mail_is_read_once(server: MailServer) -> None:
    server.put("Avis", notice(1), notice(2))
    first = fresh(server.host)
    assert ids(first) == ["1", "2"]
    assert [item.text for item in first.items] == ["Colis jamais reçu."] * 2
    assert not first.shortened
    assert isinstance(read(server.host, first.etag), Unchanged)
    server.put("Avis", notice(3))
    second = fresh(server.host, first.etag)
    assert ids(second) == ["3"]
    assert second.shortened


def test_nothing_is_marked_as_seen(server: MailServer) -> None:
    server.put("Avis", notice(1), notice(2))
    fresh(server.host)
    assert all(b"Seen" not in line for line in server.flags("Avis"))
    assert len(server.flags("Avis")) == 2


def test_mails_that_are_gone_matter_to_nobody(server: MailServer) -> None:
    server.put("Avis", *map(notice, range(1, 5)))
    first = fresh(server.host)
    server.expunge("Avis", "101:102")
    assert isinstance(read(server.host, first.etag), Unchanged)
    server.put("Avis", notice(5))
    server.expunge("Avis", "103")
    assert ids(fresh(server.host, first.etag)) == ["5"]
    assert ids(fresh(server.host)) == ["4", "5"]


def test_mails_that_are_numbered_anew_are_read_again(server: MailServer) -> None:
    server.put("Avis", notice(1))
    first = fresh(server.host)
    server.delete("Avis")
    time.sleep(1.1)  # the number is made of the second
    server.create("Avis")
    server.put("Avis", notice(1), notice(2))
    again = fresh(server.host, first.etag)
    assert ids(again) == ["1", "2"]
    assert not again.shortened
    assert again.etag != first.etag
    assert isinstance(read(server.host, again.etag), Unchanged)


def test_an_empty_folder_is_no_illness(server: MailServer) -> None:
    found = fresh(server.host)
    assert (found.items, found.problem) == ((), None)
    server.put("Avis", notice(1))
    assert ids(fresh(server.host, found.etag)) == ["1"]


def test_a_name_beyond_ascii(server: MailServer) -> None:
    server.create('"Bo&AO4-te Avis"')
    server.put('"Bo&AO4-te Avis"', notice(1))
    assert ids(fresh(server.host, folder="Boîte Avis")) == ["1"]
    server.delete('"Bo&AO4-te Avis"')


def test_what_is_left_out_is_counted(server: MailServer) -> None:
    server.put("Avis", notice(1), notice(2, text=""), notice(3).replace(b"noreply", b"mallory"))
    found = fresh(server.host, **{"from": "noreply@avis.example.org"})
    assert ids(found) == ["1"]
    assert found.left_out == 2
    assert found.problem is not None
    assert found.problem.trouble is Trouble.MAIL_WITHOUT_TEXT
    assert {note.trouble for note in found.notes} == {Trouble.OTHER_MAIL, Trouble.ANYBODYS_MAIL}


def test_mails_that_prove_nothing_are_left_out(server: MailServer) -> None:
    finding = "mx.example.org; dkim=pass header.d=avis.example.org"
    server.put("Avis", notice(1), notice(2, Authentication_Results=finding))
    proof = {"domain": "avis.example.org", "by": "mx.example.org"}
    found = fresh(server.host, authenticated=proof)
    assert ids(found) == ["2"]
    assert found.problem is not None
    assert found.problem.trouble is Trouble.NOT_PROVEN
    assert not found.notes


def test_a_folder_whose_mails_say_nothing_is_ill(server: MailServer) -> None:
    server.put("Avis", notice(1, text=""))
    assert trouble(read(server.host)) is Trouble.NOTHING_MAPPED


def test_only_the_text_of_a_mail_is_fetched(server: MailServer) -> None:
    heavy = (
        b"Subject: Avis 1 de Camille\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b"QUJD" * 3_000_000
        + b"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Colis</p>\r\n--b--\r\n"
    )
    server.put("Avis", heavy)
    assert [item.text for item in fresh(server.host).items] == ["Colis"]


def test_of_a_long_text_the_beginning_is_read(server: MailServer) -> None:
    server.put("Avis", notice(1, text="Colis perdu. " * 100_000))
    (found,) = fresh(server.host).items
    assert 300_000 < len(found.text) < 400_000


def test_as_many_as_may_be_and_the_rest_later(server: MailServer) -> None:
    server.put("Avis", *map(notice, range(1, 8)))
    first = fresh(server.host, mails=5)
    assert ids(first) == ["1", "2", "3", "4", "5"]
    assert Trouble.MORE_MAILS in {note.trouble for note in first.notes}
    second = fresh(server.host, first.etag, mails=5)
    assert ids(second) == ["6", "7"]
    assert isinstance(read(server.host, second.etag), Unchanged)


def test_what_cannot_be_opened(server: MailServer) -> None:
    assert trouble(read(server.host, folder="Ailleurs")) is Trouble.NO_FOLDER
    wrong = read(server.host, around=outside(secrets={**SECRETS, "MAIL_PASSWORD": "no"}))
    assert trouble(wrong) is Trouble.LOGIN_REFUSED
    assert isinstance(wrong, Unknown)
    assert wrong.not_before is not None
    assert wrong.not_before > datetime.now(UTC) + timedelta(minutes=50)
    assert "no" not in wrong.problem.detail.split()
    missing = read(server.host, around=outside(secrets={"MAIL_USER": USER}))
    assert trouble(missing) is Trouble.UNSET
    odd = read(server.host, around=outside(secrets={**SECRETS, "MAIL_PASSWORD": "a\r\nb"}))
    assert trouble(odd) is Trouble.UNSENDABLE
    assert trouble(read("127.0.0.1:9")) is Trouble.NO_CONNECTION


def test_this_machine_and_the_companys_are_closed(server: MailServer) -> None:
    plain = outside(allow_loopback=False)
    assert trouble(read(server.host, around=plain)) is Trouble.NOT_ENCRYPTED
    assert trouble(read(server.host, around=plain, security="tls")) is Trouble.PRIVATE
    assert trouble(read("10.0.0.1", around=plain, security="tls")) is Trouble.PRIVATE
    assert trouble(read("169.254.169.254", security="tls")) is Trouble.PRIVATE
    private = outside(allow_private=True, bounds=Bounds(connect_seconds=0.2))
    tried = read("10.255.255.1", around=private, security="tls")
    assert trouble(tried) is not Trouble.PRIVATE
    metadata = read("169.254.169.254", around=private, security="tls")
    assert trouble(metadata) is Trouble.PRIVATE


def test_starttls_is_asked_for_and_the_server_proves_itself(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = MailServer(certificate)
    try:
        server.create("Avis")
        server.put("Avis", notice(1))
        assert trouble(read(server.host, security="starttls")) is Trouble.NO_TRUST
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
        assert ids(fresh(server.host, security="starttls")) == ["1"]
    finally:
        server.close()


def test_without_starttls_no_password_is_sent(server: MailServer) -> None:
    assert trouble(read(server.host, security="starttls")) is Trouble.NOT_ENCRYPTED


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


def test_others_are_read_while_a_server_is_slow(server: MailServer) -> None:
    server.put("Avis", notice(1))

    async def both(slow: str) -> Fetched:
        waiting = asyncio.create_task(fetch(source(slow), None, outside()))
        found = await fetch(source(server.host), None, outside())
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return found

    with Scripted(_silent) as slow:
        assert isinstance(asyncio.run(both(slow.host)), Fresh)


def test_five_thousand_mails(server: MailServer) -> None:
    for start in range(0, 5_000, 1_000):
        server.put_many("Avis", [notice(number) for number in range(start, start + 1_000)])
    first = read(server.host, mails=5_000)
    assert isinstance(first, Fresh)
    assert len({item.native_id for item in first.items}) == 5_000


DESK = """\
version: 1
name: Maison Lumen
language: en
zone: Europe/Paris
contact: mailto:veille@example.org
brands: [{id: lumen, name: Lumen}]
sources:
- id: avis-par-mail
  kind: mailbox
  category: review-site
  site: avis.example.org
  contact: {public: manual, private: none}
  host: HOST
  security: none
  folder: Avis
  user: {variable: MAIL_USER}
  password: {variable: MAIL_PASSWORD}
  patterns:
  - {in: subject, find: '^Avis (?P<native_id>\\d+) de (?P<author>.+)'}
  - {in: text, find: '(?s)(?P<text>.+)'}
"""
TRIAGE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
rules:
- id: parcel
  when: {says: jamais reçu}
  then: {after_sales: yes, category: complaint}
"""


def test_trying_a_mailbox_shows_what_would_be_made_of_it(
    server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    server.put("Avis", notice(9001), notice(2).replace(b"Avis 2", b"Bilan"))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "triage.yaml").write_text(TRIAGE)
    (tmp_path / "sources.yaml").write_text(DESK.replace("HOST", server.host))
    arguments = ["-C", str(tmp_path), "sources", "test", "avis-par-mail", "--allow-loopback"]
    assert run(arguments) == 4
    assert "MAIL_USER is not set" in capsys.readouterr().err
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    assert run(arguments) == 0
    printed = capsys.readouterr().out
    assert "Colis jamais reçu." in printed
    assert "Nothing proves who sent these mails" in printed
    assert run([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [message["author"] for message in found["messages"]] == ["Camille", None]
    assert found["messages"][0]["native_id"] == "9001"
    assert all(b"Seen" not in line for line in server.flags("Avis"))
