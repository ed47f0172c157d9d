"""Mailboxes, read from a real IMAP server on 127.0.0.1."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imap_server import USER, MailServer, Scripted
from mailboxes import SECRETS, certificate, fresh, ids, notice, outside, read, source, trouble

from runner.cli.main import run
from runner.sources.adapter import Fetched, Fresh, Unchanged, Unknown
from runner.sources.bounds import Bounds
from runner.sources.mailbox import fetch
from runner.sources.problems import Trouble

__all__ = ("certificate",)


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

    with Scripted(lambda line: line.over.wait()) as slow:
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
