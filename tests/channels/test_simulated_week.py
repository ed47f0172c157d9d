"""A week of a desk, run at irregular times: each person gets exactly what the policy says.

The runs do not come when something is due: none for 26 hours, then two at once.  What is told
is computed by hand, in the comments; the desk lives in Paris, an hour ahead of UTC.
"""

from collections import Counter
from pathlib import Path

from chat_server import ChatServer
from notified_desk import Git, NotifiedDesk
from smtp_server import MailServerOfTests

# Detected Monday 08:00Z: half of three days is over Tuesday 20:00Z, due Thursday 08:00Z,
# told again Friday, Saturday at 08:00Z.
RUNS = (
    "2026-11-23T08:00:00Z",  # Monday: the message is found, and proposed
    "2026-11-23T19:40:00Z",
    "2026-11-24T19:59:59Z",  # Tuesday: a second before half of it is over
    "2026-11-24T22:15:00Z",  # half is over; mail is quiet from 20:00 to 08:00 in Paris
    # Wednesday: nothing for 26 hours, the morning's mail is late.
    "2026-11-26T00:15:00Z",  # Thursday at night: quiet again
    "2026-11-26T07:30:00Z",  # half an hour before it is due
    "2026-11-26T08:20:00Z",  # due
    "2026-11-26T08:20:00Z",  # and once more at the same instant
    "2026-11-26T20:00:00Z",
    "2026-11-27T12:00:00Z",  # Friday: the first reminder; Sam takes it in hand after it
    "2026-11-28T10:00:00Z",  # Saturday: the second one falls into a day's silence
    "2026-11-28T12:00:01Z",  # which is over
    "2026-11-28T18:00:00Z",
    "2026-11-29T12:00:00Z",  # Sunday: three times were told, the third is the last
    "2026-11-30T09:00:00Z",  # Monday: answered
)
SAM_HAS_IT = "2026-11-27T12:00:00Z"
ANSWERED = "2026-11-30T08:50:00Z"

HALF_FORGE = "2026-11-24T22:15:00Z"
HALF_MAIL = "2026-11-26T07:30:00Z"
LATE = "2026-11-26T08:20:00Z"
FIRST_REMINDER = "2026-11-27T12:00:00Z"
SECOND_REMINDER = "2026-11-28T12:00:01Z"
EXPECTED = {
    # When, which tier, which repeat of it, by which channel, to whom.
    (HALF_FORGE, "half", 0, "forge", "ines"),
    (HALF_MAIL, "half", 0, "mail", "ines"),
    *(
        (at, "late", repeat, channel, person)
        for repeat, at in enumerate((LATE, FIRST_REMINDER, SECOND_REMINDER))
        for channel in ("forge", "mail", "chat")
        for person in ("ines", "sam")
    ),
}


def test_a_week_tells_each_person_what_the_policy_says(
    tmp_path: Path, git: Git, own_git_settings: None, mail_server: MailServerOfTests,
    chat_server: ChatServer,
) -> None:  # fmt: skip
    folder = tmp_path / "desk"
    folder.mkdir()
    servers = {
        "DOLEANCES_SMTP_URL": mail_server.url(),
        "CHAT_URL": chat_server.url("/json-secret"),
    }
    desk = NotifiedDesk.make(folder, git, servers)
    case = ""
    for at in sorted(set(RUNS)):
        if at == RUNS[-1]:
            (pull,) = desk.data("pulls", now=ANSWERED)["pulls"]
            desk.run("accept", str(pull["number"]), now=ANSWERED)
            desk.run("reply", case, "--url", "https://avis.example.org/1#r", "--text", "Bonjour.",
                     "--propose", now=ANSWERED)  # fmt: skip
        desk.run("run", now=at)
        runs = [desk.start("notify", now=at) for _ in range(RUNS.count(at))]
        for each in runs:
            out, err = each.communicate(timeout=60)
            assert each.returncode == 0, f"{at}\n{out}\n{err}"
        if at == RUNS[0]:
            case = desk.data("pulls", now=at)["pulls"][0]["case"]
        if at == SAM_HAS_IT:
            desk.run("acknowledge", case, "--by", "sam", now=at)

    sent = desk.data("notices", case, now=RUNS[-1])["sent"]
    assert {
        (each["at"], each["tier"], int(each["key"].split("/")[5]), each["channel"], each["person"])
        for each in sent
    } == EXPECTED
    assert len(sent) == len(EXPECTED)
    assert desk.comments() == sorted(e["key"] for e in sent if e["channel"] == "forge")

    # What arrived is what the receipts say; two runs at once may send a mail twice.
    ids = {each["key"]: each for each in sent}
    mails = Counter((m.to, m.message["Message-ID"].partition("@")[0]) for m in mail_server.received)
    assert len(mails) == len([each for each in sent if each["channel"] == "mail"])
    posts = Counter(post.body["key"] for post in chat_server.posts)
    assert sorted(posts) == sorted(e["key"] for e in ids.values() if e["channel"] == "chat")
    assert all(count <= 2 for count in (*mails.values(), *posts.values()))
    assert {m.to for m in mail_server.received} == {"ines@example.org", "sam@example.org"}
    threads = {m.message["References"] for m in mail_server.received}
    assert threads == {f"<{case}.1@example.org>"}
