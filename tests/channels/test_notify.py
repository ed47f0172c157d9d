"""`doleances notify` and its like, as people start them: once, again, killed, two at once."""

import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from chat_server import Answer, ChatServer, Post
from notified_desk import Git, NotifiedDesk
from smtp_server import MailServerOfTests, Received

AtWork = Callable[[str], AbstractContextManager[None]]
START = "2026-11-23T08:00:00Z"
HALF = "2026-11-24T20:30:00Z"  # 21:30 in Paris: mail is quiet
MORNING = "2026-11-25T07:30:00Z"
LATE = "2026-11-26T08:00:00Z"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, git: Git, at_work: AtWork) -> NotifiedDesk:
    """A desk with one proposed case, first seen at START; to be copied."""
    folder = tmp_path_factory.mktemp("begun") / "desk"
    folder.mkdir()
    with at_work(START):
        made = NotifiedDesk.make(folder, git, {})
        made.run("run", now=START)
    return made


@pytest.fixture
def desk(
    begun: NotifiedDesk, tmp_path: Path, git: Git, own_git_settings: None,
    mail_server: MailServerOfTests, chat_server: ChatServer,
) -> NotifiedDesk:  # fmt: skip
    """The desk with servers for mail and chat."""
    servers = {
        "DOLEANCES_SMTP_URL": mail_server.url(),
        "CHAT_URL": chat_server.url("/json-secret"),
    }
    return NotifiedDesk(shutil.copytree(begun.folder, tmp_path / "desk"), git, servers)


def told(desk: NotifiedDesk, now: str = LATE) -> list[tuple[str, str, str]]:
    sent = desk.data("notices", now=now)["sent"]
    return sorted((each["tier"], each["channel"], each["person"]) for each in sent)


ALL_OF_LATE = sorted(
    ("late", channel, person) for channel in ("forge", "mail", "chat") for person in ("ines", "sam")
)


def test_each_is_told_by_each_channel_once(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer
) -> None:
    out = desk.run("notify", now=LATE)
    assert out.endswith("6 messages sent.\n")
    assert told(desk) == ALL_OF_LATE
    assert [(m.to, m.sender) for m in mail_server.received] == [
        ("ines@example.org", "veille@example.org"),
        ("sam@example.org", "veille@example.org"),
    ]
    assert [post.body["person"]["id"] for post in chat_server.posts] == ["ines", "sam"]
    assert "Nobody is to be told anything now." in desk.run("notify", now=LATE)
    assert (len(mail_server.received), len(chat_server.posts)) == (2, 2)


def test_a_comment_is_shown_on_its_case(desk: NotifiedDesk) -> None:
    desk.run("notify", now=LATE)
    pulls = desk.data("pulls", now=LATE)["pulls"]
    (case,) = {pull["case"] for pull in pulls}
    assert [pull["comments"] for pull in pulls] == [2]
    assert f"{case} (2)" in desk.run("pulls", now=LATE)
    shown = desk.run("show", case, now=LATE)
    assert "Told\n" in shown
    assert "Inès by forge: First reply, tier late" in shown
    data = desk.data("show", case, now=LATE)
    assert len([each for each in data["told"] if each["comment"]]) == 2


def test_what_is_held_says_why_and_goes_out_in_the_morning(
    desk: NotifiedDesk, mail_server: MailServerOfTests
) -> None:
    desk.run("notify", now=HALF)
    assert told(desk, HALF) == [("half", "forge", "ines")]
    notices = desk.data("notices", now=HALF)
    assert [(each["tier"], each["why"]) for each in notices["held"]] == [("half", "quiet")]
    assert "quiet hours" in desk.run("notices", now=HALF)
    assert not mail_server.received
    desk.run("notify", now=MORNING)
    assert [received.to for received in mail_server.received] == ["ines@example.org"]


def test_who_has_it_in_hand_silences_it(desk: NotifiedDesk) -> None:
    (pull,) = desk.data("pulls", now=LATE)["pulls"]
    case = pull["case"]
    out = desk.run(
        "acknowledge", case, "--for", "4h", "--note", "Calling 06 39 98 12 34 at two.", now=LATE
    )
    assert "Inès has it in hand" in out.replace("Inès Martin", "Inès")
    assert desk.data("notices", now=LATE)["due"] == []
    assert (
        desk.data("notices", case, now=LATE)["acknowledged"][0]["note"] == "Calling [tel] at two."
    )
    assert "Nobody" in desk.run("notify", now="2026-11-26T11:59:00Z")
    assert "6 messages sent." in desk.run("notify", now="2026-11-26T12:00:00Z")
    shown = desk.run("show", case, now=LATE)
    assert "In hand\n" in shown
    desk.run("acknowledge", case, "--clock", "closing", now=LATE, code=2)
    desk.run("acknowledge", "c-000000000000", now=LATE, code=2)
    desk.run("acknowledge", case, "--for", "soon", now=LATE, code=2)


def test_a_crisis_falls_silent_only_when_it_is_taken_in_hand(desk: NotifiedDesk, git: Git) -> None:
    (desk.folder / "policies/clocks.yaml").write_text(
        (desk.folder / "policies/clocks.yaml").read_text()
        + "- id: crisis\n  starts: [crisis-raised]\n  stops: [crisis-taken, crisis-lifted]\n"
        "  targets: [{within: 15 minutes}]\n  due_soon: 5 minutes\n"
    )
    git(desk.folder, "commit", "-qam", "Watch crises.")
    (pull,) = desk.data("pulls", now=MORNING)["pulls"]
    case = pull["case"]
    desk.run("accept", case, "--yes", now=MORNING)
    desk.run("crisis", case, "--raise", "suicide", "--no-propose", now=MORNING)
    git(desk.folder, "commit", "-qam", "Raise it.")
    desk.run("acknowledge", case, now=LATE, code=5)
    desk.run("acknowledge", case, "--clock", "first-reply", now=LATE)
    assert len(desk.data("notices", case, now=LATE)["acknowledged"]) == 1


def test_a_scheduled_run_rests_while_the_desk_is_suspended(desk: NotifiedDesk) -> None:
    assert "Suspended" in desk.run("notify", "--scheduled", now=LATE)
    assert told(desk) == []


def test_a_failing_channel_stops_no_other_shows_and_is_tried_again(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer
) -> None:
    mail_server.manner.refuse = {"RCPT TO:<INES@": "550 5.1.1 no such user"}
    chat_server.rooms["/json-secret"] = lambda _: (500, b"", {})
    process = desk.start("notify", now=LATE)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "3 messages sent." in out
    assert "mail: 127.0.0.1 refuses the message (550 5.1.1 no such user)" in err
    assert "chat (× 2): 127.0.0.1 refuses the message (500)" in err
    assert "3 of 6 messages could not be sent" in err
    assert "json-secret" not in out + err

    due = desk.data("notices", now=LATE)["due"]
    assert sorted((each["channel"], each["person"]) for each in due) == [
        ("chat", "ines"), ("chat", "sam"), ("mail", "ines"),
    ]  # fmt: skip
    assert all("refuses the message" in each["last_failure"] for each in due)
    status = desk.start("status", now=LATE)
    assert "3 messages could not be sent" in status.communicate(timeout=60)[1]

    mail_server.manner.refuse = {}
    chat_server.rooms["/json-secret"] = lambda _: (200, b"", {})
    assert "3 messages sent." in desk.run("notify", now=LATE)
    assert told(desk) == ALL_OF_LATE
    assert desk.data("status", now=LATE)["unsent"] == []


def test_a_channel_that_asked_for_rest_gets_it(desk: NotifiedDesk, chat_server: ChatServer) -> None:
    chat_server.rooms["/json-secret"] = lambda _: (429, b"", {"Retry-After": "3600"})
    desk.run("notify", now=LATE, code=4)
    # The second message was not even tried.
    assert len(chat_server.posts) == 1
    chat_server.rooms["/json-secret"] = lambda _: (200, b"", {})
    before = desk.data("notify", now="2026-11-26T08:59:00Z")["messages"]
    assert {each["outcome"] for each in before} == {"resting"}
    assert desk.data("notices", now="2026-11-26T08:59:00Z")["resting"] == {
        "chat": "2026-11-26T09:00:00Z"
    }
    assert len(chat_server.posts) == 1
    assert "2 messages sent." in desk.run("notify", now="2026-11-26T09:00:00Z")


def test_a_case_that_cannot_be_read_keeps_nobody_from_being_told_of_the_others(
    desk: NotifiedDesk, git: Git
) -> None:
    broken = desk.folder / "cases/2026/11/22/c-0a1b2c3d4e5f.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("schema: 1\nid: [\n")
    git(desk.folder, "add", "cases")
    git(desk.folder, "commit", "-qm", "Break a case.")
    process = desk.start("notify", now=LATE)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out[-17:]) == (1, "6 messages sent.\n")
    assert "cases/2026/11/22/c-0a1b2c3d4e5f.yaml:" in err
    assert told(desk) == ALL_OF_LATE


def test_no_word_of_a_customer_is_in_what_is_kept(desk: NotifiedDesk, git: Git) -> None:
    (pull,) = desk.data("pulls", now=LATE)["pulls"]
    desk.run("notify", now=LATE)
    desk.run("acknowledge", pull["case"], now=LATE)
    kept = git(desk.folder, "grep", "-h", "", "refs/doleances/receipts", "refs/doleances/ledger")
    assert pull["case"] in kept
    for word in ("Camille", "lampe", "cassée", "avis.example.org/1"):
        assert word not in kept


def test_an_unknown_server_is_named_by_its_variable_alone(desk: NotifiedDesk) -> None:
    desk.environment["DOLEANCES_SMTP_URL"] = "smtp://desk:hunter2@/nowhere"
    del desk.environment["CHAT_URL"]
    process = desk.start("notify", now=LATE)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "mail (× 2): DOLEANCES_SMTP_URL holds no address that can be used" in err
    assert "chat (× 2): The environment has no CHAT_URL" in err
    assert "hunter2" not in out + err
    assert "2 messages sent." in out


def test_a_channel_can_be_tried(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer
) -> None:
    out = desk.run("channels", "test", "mail", "--to", "ines", now=LATE)
    assert out == "Sent. The other side answered: 250 2.0.0 queued as 4F2A\n"
    assert "a message to try this channel" in mail_server.received[0].message["Subject"]
    desk.run("channels", "test", "chat", "--to", "sam@example.org", now=LATE)
    assert chat_server.posts[0].body["person"]["id"] == "sam"
    mail_server.manner.greeting = "554 no"
    desk.run("channels", "test", "mail", "--to", "ines", now=LATE, code=4)
    for refused in (("forge", "ines"), ("pager", "ines"), ("mail", "nobody")):
        desk.run("channels", "test", refused[0], "--to", refused[1], now=LATE, code=2)
    assert told(desk) == []


def check_all_told(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer
) -> None:
    """Everybody was told: comments once, the rest once or twice under one id."""
    assert told(desk) == ALL_OF_LATE
    comments = desk.comments()
    assert len(comments) == len(set(comments)) == 2
    mails = Counter((m.to, m.message["Message-ID"]) for m in mail_server.received)
    assert sorted(to for to, _ in mails) == ["ines@example.org", "sam@example.org"]
    posts = Counter(
        (post.body["person"]["id"], post.headers["Idempotency-Key"]) for post in chat_server.posts
    )
    assert sorted(person for person, _ in posts) == ["ines", "sam"]
    assert sum(mails.values()) + sum(posts.values()) <= 5


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_write_the_next_run_tells_the_rest(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer, tmp_path: Path,
    moment: str,
) -> None:  # fmt: skip
    # Two comments, two mails, two posts, how the run went: each a commit and a reference.  What is
    # killed after a commit is killed before its reference.
    writes = {"before": range(1, 16), "after": range(2, 17, 2)}[moment]
    for nth in writes:
        tried = desk.copy(tmp_path / "tried")
        mail_server.received.clear()
        chat_server.posts.clear()
        killed = tried.kill_at(nth, moment, tmp_path, "notify", now=LATE)
        if killed:
            tried.run("notify", now=LATE)
        check_all_told(tried, mail_server, chat_server)
        assert killed is (nth != writes[-1])


@pytest.mark.parametrize("way", ["mail", "chat"])
def test_killed_when_a_message_has_arrived_but_is_not_answered(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer, way: str
) -> None:
    process = desk.start("notify", now=LATE)

    def kill() -> None:
        if process.poll() is None:
            process.kill()
            process.wait()

    def after_mail(_: Received) -> str | None:
        return kill() if way == "mail" else None

    def after_post(_: Post) -> Answer:
        if way == "chat":
            kill()
        return 200, b"ok", {}

    mail_server.manner.after = after_mail
    chat_server.rooms["/json-secret"] = after_post
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    desk.run("notify", now=LATE)
    check_all_told(desk, mail_server, chat_server)
    assert len(mail_server.received) + len(chat_server.posts) == 5


def test_two_runs_at_once_make_each_comment_once(
    desk: NotifiedDesk, mail_server: MailServerOfTests, chat_server: ChatServer, tmp_path: Path
) -> None:
    mail_server.manner.after = lambda _: time.sleep(0.1)
    for _ in range(3):
        tried = desk.copy(tmp_path / "tried")
        mail_server.received.clear()
        chat_server.posts.clear()
        both = [tried.start("notify", "--json", now=LATE) for _ in range(2)]
        said = [process.communicate(timeout=60) for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        messages = [each for out, _ in said for each in json.loads(out)["messages"]]
        comments = [
            m["key"] for m in messages if m["channel"] == "forge" and m["outcome"] == "sent"
        ]
        assert len(comments) == len(set(comments)) == 2
        assert tried.comments() == sorted(comments)
        assert told(tried) == ALL_OF_LATE
        mails = {(m.to, m.message["Message-ID"]) for m in mail_server.received}
        assert len(mails) == 2
        assert len({post.headers["Idempotency-Key"] for post in chat_server.posts}) == 2


def test_two_clones_that_told_the_same_agree_on_who_was_first(
    desk: NotifiedDesk, tmp_path: Path, git: Git
) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(desk.folder), str(bare))
    git(desk.folder, "remote", "add", "origin", str(bare))
    desk.run("sync", now=START)
    other = desk.copy(tmp_path / "other")
    desk.run("notify", now=LATE)
    other.run("notify", now="2026-11-26T08:10:00Z")
    for clone in (desk, other, desk):
        clone.run("sync", now=LATE)
    receipts = [clone.data("notices", now=LATE)["sent"] for clone in (desk, other)]
    assert receipts[0] == receipts[1]
    assert {each["at"] for each in receipts[0]} == {"2026-11-26T08:00:00Z"}
    assert git(desk.folder, "rev-parse", "refs/doleances/receipts") == git(
        other.folder, "rev-parse", "refs/doleances/receipts"
    )
