"""Mail, handed in to a real server that is told how to behave."""

import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_notices import INES, MAIL, NOW, made
from smtp_server import MailServerOfTests, Received

from runner.channels.mail import MailBounds, MailRoom, MailServer, parse_server, render_mail
from runner.planning.deliveries import Setback, Trouble
from runner.planning.notices import Notice
from runner.policies.team import Person

PATIENT = MailBounds()
HURRIED = MailBounds(step_seconds=0.4, total_seconds=0.8)


def send(
    url: str, *notices: Notice, person: Person = INES, bounds: MailBounds = PATIENT
) -> list[str | Setback]:
    server = parse_server(url)
    assert isinstance(server, MailServer), server
    answers: list[str | Setback] = []
    with MailRoom(server, bounds) as room:
        for notice in notices or (made(),):
            message = render_mail(notice, person, NOW)
            answers.append(message if isinstance(message, Setback) else room.send(message))
    return answers


def trouble(
    url: str, *notices: Notice, person: Person = INES, bounds: MailBounds = PATIENT
) -> Trouble:
    (answer,) = send(url, *notices, person=person, bounds=bounds)
    assert isinstance(answer, Setback), answer
    return answer.trouble


def test_a_message_arrives_as_it_was_meant(mail_server: MailServerOfTests) -> None:
    notice = made()
    assert send(mail_server.url(), notice) == ["250 2.0.0 queued as 4F2A"]
    (received,) = mail_server.received
    assert (received.sender, received.to) == ("veille@agence.example.org", "ines@example.org")
    message = received.message
    assert message["From"] == "veille@agence.example.org"
    assert message["To"] == "Inès Carpentier <ines@example.org>"
    assert message["Subject"] == notice.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message.get_content().split() == notice.body.split()
    # Every byte is ASCII: no server on the way has to know more.
    assert received.data.isascii()


def test_a_message_sent_twice_has_one_id_and_stands_in_its_case_s_thread(
    mail_server: MailServerOfTests,
) -> None:
    once, late = made(), made(tier="late")
    send(mail_server.url(), once, once, late)
    first, second, other = (received.message for received in mail_server.received)
    assert first["Message-ID"] == f"<{once.digest}@agence.example.org>" == second["Message-ID"]
    assert other["Message-ID"] != first["Message-ID"]
    thread = "<c-7f3k2m9x4q5t.1@agence.example.org>"
    assert {m["References"] for m in (first, other)} == {thread}
    assert {m["In-Reply-To"] for m in (first, other)} == {thread}


def test_one_connection_serves_all_messages(mail_server: MailServerOfTests) -> None:
    send(mail_server.url(), *(made(tier=f"t{nth}") for nth in range(5)))
    assert len(mail_server.received) == 5
    assert [line for line in mail_server.heard if line.startswith("ehlo")] == ["ehlo [127.0.0.1]"]
    assert mail_server.heard[-1] == "quit"


@given(text=st.text(max_size=60))
def test_no_subject_name_or_body_adds_a_header(text: str) -> None:
    notice = made(subject=f"{text}\r\nBcc: all@example.org", body=f"\r\n.\r\nQUIT\r\n{text}")
    person = replace(INES, name=f"{text}\nBcc: all@example.org")
    message = render_mail(notice, person, NOW)
    assert not isinstance(message, Setback)
    head, _, _ = message.as_bytes().partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert sorted(set(names)) == sorted(names)
    assert b"Bcc" not in names
    assert message["To"].addresses[0].addr_spec == "ines@example.org"


def test_a_dot_on_a_line_of_its_own_ends_no_message(mail_server: MailServerOfTests) -> None:
    send(mail_server.url(), made(body="One\n.\n..two\n"))
    assert mail_server.received[0].message.get_content() == "One\r\n.\r\n..two\r\n"


@pytest.mark.parametrize(
    "address",
    ["", "ines", "ines@", "@example.org", "ines@example.org\r\nRCPT TO:<x@example.org>",
     "a@b@example.org", "ines@exa mple.org", "Inès <ines@example.org>", "ines@example..org"],
)  # fmt: skip
def test_who_has_no_good_address_is_not_written_to(address: str) -> None:
    person = replace(INES, emails=(address,) if address else ())
    assert render_mail(made(), person, NOW) == Setback(Trouble.NO_ADDRESS, "ines")


def test_a_domain_beyond_ascii_is_written_in_ascii(mail_server: MailServerOfTests) -> None:
    send(mail_server.url(), person=replace(INES, emails=("ines@exämple.org",)))
    assert mail_server.received[0].to == "ines@xn--exmple-cua.org"


def test_a_name_beyond_ascii_needs_a_server_that_takes_it(mail_server: MailServerOfTests) -> None:
    person = replace(INES, emails=("inès@example.org",))
    assert send(mail_server.url(), person=person) == ["250 2.0.0 queued as 4F2A"]
    assert mail_server.received[0].to == "inès@example.org"
    mail_server.manner.extensions = ("8BITMIME",)
    assert send(mail_server.url(), person=person) == [
        Setback(Trouble.REFUSED, "127.0.0.1", "SMTPUTF8")
    ]


def test_without_a_sender_nothing_goes_out() -> None:
    message = render_mail(made(replace(MAIL, sender=None)), INES, NOW)
    assert isinstance(message, Setback)
    assert (message.trouble, message.about) == (Trouble.ODD_SETTING, "policies/escalation.yaml")


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, False)),
        ("smtps://mail.example.org/", MailServer("mail.example.org", 465, True)),
        ("smtp://a:p%40ss@mail.example.org:25",
         MailServer("mail.example.org", 25, False, "a", "p@ss")),
        ("smtp://a%40b:c@[::1]:2525", MailServer("::1", 2525, False, "a@b", "c")),
    ],
)  # fmt: skip
def test_where_mail_is_handed_in(text: str, server: MailServer) -> None:
    assert parse_server(text) == server
    assert "p@ss" not in repr(parse_server(text))


@pytest.mark.parametrize(
    "text",
    ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://a@mail.example.org",
     "smtp://mail.example.org:port", "smtp://mail.example.org:0", "smtp://mail.example.org:99999",
     "smtp://mail.example.org/inbox", "smtp://mail.example.org?tls=no"],
)  # fmt: skip
def test_what_names_no_server_is_told_without_repeating_it(text: str) -> None:
    setback = parse_server(text)
    assert isinstance(setback, Setback)
    assert (setback.trouble, setback.about) == (Trouble.ODD_SETTING, "DOLEANCES_SMTP_URL")
    assert setback.whole_channel


def test_without_a_server_named_nothing_is_tried() -> None:
    setback = parse_server(None)
    assert isinstance(setback, Setback)
    assert setback.trouble is Trouble.NO_SETTING


def test_encryption_is_used_where_it_is_offered_and_proved(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServerOfTests(certificate) as server:
        server.manner.starttls = True
        server.manner.users = {"desk": "p@ss word"}
        url = server.url("desk:p%40ss%20word@")
        # Nobody has vouched for the certificate yet.
        assert trouble(url) is Trouble.NO_TRUST
        assert "AUTH" not in "".join(server.heard)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
        assert send(url) == ["250 2.0.0 queued as 4F2A"]
        (received,) = server.received
        assert (received.encrypted, received.user) == (True, "desk")
        assert trouble(server.url("desk:wrong@")) is Trouble.NO_LOGIN


def test_a_certificate_for_another_name_is_not_accepted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    with MailServerOfTests(certificate, over_tls=True) as server:
        assert send(server.url()) == ["250 2.0.0 queued as 4F2A"]
        assert trouble(server.url(host="localhost")) is Trouble.NO_TRUST


def test_a_password_goes_over_no_plain_connection_but_to_this_machine(
    mail_server: MailServerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_server.manner.users = {"desk": "secret"}
    assert send(mail_server.url("desk:secret@")) == ["250 2.0.0 queued as 4F2A"]
    mail_server.heard.clear()
    monkeypatch.setattr("runner.channels.mail.is_loopback_host", lambda _: False)
    assert trouble(mail_server.url("desk:secret@")) is Trouble.NOT_SAFE
    assert not [line for line in mail_server.heard if line.startswith(("AUTH", "mail"))]


def test_no_answer_of_a_server_gives_the_password_away(mail_server: MailServerOfTests) -> None:
    mail_server.manner.users = {"desk": "other"}
    (answer,) = send(mail_server.url("desk:hunter2@"))
    assert isinstance(answer, Setback)
    assert (answer.trouble, answer.detail) == (Trouble.NO_LOGIN, "535 5.7.8 … with … may not in")


def test_a_refused_recipient_stops_nobody_else(mail_server: MailServerOfTests) -> None:
    mail_server.manner.refuse = {"RCPT TO:<INES@": "550 5.1.1 no such user"}
    server = parse_server(mail_server.url())
    assert isinstance(server, MailServer)
    with MailRoom(server) as room:
        for person in (INES, replace(INES, emails=("sam@example.org",))):
            message = render_mail(made(), person, NOW)
            assert not isinstance(message, Setback)
            answer = room.send(message)
            if person is INES:
                detail = "550 5.1.1 no such user"
                assert answer == Setback(Trouble.REFUSED, "127.0.0.1", detail)
    assert [received.to for received in mail_server.received] == ["sam@example.org"]


@pytest.mark.parametrize(
    ("manner", "expected", "whole_channel"),
    [
        ({"greeting": "554 go away"}, Trouble.REFUSED, True),
        ({"greeting": "421 too busy"}, Trouble.TOLD_TO_WAIT, True),
        ({"refuse": {"MAIL": "530 log in first"}}, Trouble.REFUSED, True),
        ({"refuse": {"RCPT": "450 try later"}}, Trouble.REFUSED, False),
        ({"refuse": {"MAIL": "421 shutting down"}}, Trouble.TOLD_TO_WAIT, True),
        ({"after": lambda _: "552 too large"}, Trouble.REFUSED, False),
        ({"after": lambda _: "nonsense"}, Trouble.ODD_ANSWER, False),
        ({"users": {}}, Trouble.NO_LOGIN, True),
    ],
)
def test_what_a_server_refuses_is_told(
    mail_server: MailServerOfTests,
    manner: dict[str, object],
    expected: Trouble,
    whole_channel: bool,
) -> None:
    mail_server.manner = replace(mail_server.manner, **manner)
    login = "desk:secret@" if "users" in manner else ""
    (answer,) = send(mail_server.url(login))
    assert isinstance(answer, Setback)
    assert (answer.trouble, answer.whole_channel) == (expected, whole_channel), answer


def test_a_server_that_is_not_there_is_told() -> None:
    with MailServerOfTests() as server:
        url = server.url()
    assert trouble(url) is Trouble.UNREACHABLE


def sleep(server: MailServerOfTests) -> Callable[[Received], None]:
    """Keep a client waiting that gets no answer."""
    return lambda _: server.over.wait() and None


def drip(server: MailServerOfTests) -> Callable[[Received], None]:
    """Keep a client waiting that waits for each byte, not for the whole."""

    def keep_talking(_: Received) -> None:
        while not server.over.is_set():
            time.sleep(0.2)
            server.conversation.say("250-and another thing")

    return keep_talking


@pytest.mark.parametrize("slowly", ["silent", "dripping"])
def test_a_slow_server_does_not_hold_up_a_run(mail_server: MailServerOfTests, slowly: str) -> None:
    mail_server.manner.after = (sleep if slowly == "silent" else drip)(mail_server)
    began = time.monotonic()
    assert trouble(mail_server.url(), bounds=HURRIED) is Trouble.TOO_SLOW
    assert time.monotonic() - began < 30
    # It may have arrived: that is why the next try has the same id.
    assert len(mail_server.received) == 1


def test_after_a_connection_broke_the_next_message_opens_another(
    mail_server: MailServerOfTests,
) -> None:
    def hang_up(received: Received) -> None:
        if len(mail_server.received) == 1:
            raise ConnectionAbortedError

    mail_server.manner.after = hang_up
    first, second = send(mail_server.url(), made(), made(tier="late"))
    assert isinstance(first, Setback)
    assert first.trouble is Trouble.BROKEN_OFF
    assert second == "250 2.0.0 queued as 4F2A"
