"""The month's summary by mail: to whom the policy says, once."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from notified_desk import ESCALATION, NotifiedDesk
from smtp_server import MailServerOfTests, Received

Git = Callable[..., str]
NOW = "2026-12-01T08:00:00Z"
SEND = ("summary", "--send")


@pytest.fixture
def desk(
    tmp_path: Path, git: Git, own_git_settings: None, mail_server: MailServerOfTests
) -> NotifiedDesk:
    made = NotifiedDesk.make(tmp_path / "desk", git, {"DOLEANCES_SMTP_URL": mail_server.url()})
    tell = "summary: {tell: [{role: watcher}, {person: ines}, {person: sam}], by: mail}\n"
    (made.folder / "policies/escalation.yaml").write_text(ESCALATION + tell)
    git(made.folder, "commit", "-qam", "Tell the month.")
    return made


def test_each_gets_it_once(desk: NotifiedDesk, mail_server: MailServerOfTests) -> None:
    assert desk.run(*SEND, now=NOW) == "2 messages sent.\n"
    assert {each.to for each in mail_server.received} == {"ines@example.org", "sam@example.org"}
    message = mail_server.received[0].message
    assert message["Subject"] == "Essai: November 2026"
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", message["Message-ID"])
    assert "No case was opened." in message.get_content()
    assert desk.run(*SEND, now=NOW) == "Everybody has the summary of 2026-11.\n"
    assert desk.run(*SEND, now="2026-12-31T08:00:00Z") == "Everybody has the summary of 2026-11.\n"
    assert len(mail_server.received) == 2
    desk.run(*SEND, now="2027-01-01T08:00:00Z")
    assert len(mail_server.received) == 4


def test_who_could_not_be_reached_is_tried_again_alone(
    desk: NotifiedDesk, mail_server: MailServerOfTests
) -> None:
    mail_server.manner.refuse = {"RCPT TO:<INES@": "550 5.1.1 no such user"}
    desk.run(*SEND, now=NOW, code=4)
    mail_server.manner.refuse = {}
    assert desk.run(*SEND, now=NOW) == "1 message sent.\n"
    assert sorted(each.to for each in mail_server.received) == [
        "ines@example.org", "sam@example.org",
    ]  # fmt: skip


def test_a_run_killed_after_sending_sends_it_again_under_the_same_id(
    desk: NotifiedDesk, mail_server: MailServerOfTests
) -> None:
    process = desk.start(*SEND, now=NOW)

    def kill(_: Received) -> str | None:
        os.kill(process.pid, signal.SIGKILL)
        return None

    mail_server.manner.after = kill
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    mail_server.manner.after = lambda _: None
    assert desk.run(*SEND, now=NOW) == "2 messages sent.\n"
    first, again, _ = mail_server.received
    assert first.to == again.to
    assert first.message["Message-ID"] == again.message["Message-ID"]


def test_a_month_that_is_not_over_is_not_sent(desk: NotifiedDesk) -> None:
    desk.run(*SEND, "--month", "2026-12", now=NOW, code=2)
    desk.run("summary", "--month", "2027-01", now=NOW, code=2)
    desk.run("summary", "--month", "December", now=NOW, code=2)
    assert "This month is not over." in desk.run("summary", "--month", "2026-12", now=NOW)


def test_a_scheduled_run_rests_while_suspended(
    desk: NotifiedDesk, mail_server: MailServerOfTests
) -> None:
    assert desk.run(*SEND, "--scheduled", now=NOW) == ""
    assert mail_server.received == []


def test_without_a_setting_nobody_is_sent_it(desk: NotifiedDesk) -> None:
    (desk.folder / "policies/escalation.yaml").write_text(ESCALATION)
    desk.run(*SEND, now=NOW, code=2)
    settings = desk.folder / "sources.yaml"
    settings.write_text(settings.read_text().replace("suspend: true", "suspend: false"))
    assert desk.run(*SEND, "--scheduled", now=NOW) == ""
