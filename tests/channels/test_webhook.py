"""Webhooks: bodies, and a real server that behaves as the services do."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from chat_server import Answer, ChatServer, Post
from hypothesis import given
from hypothesis import strategies as st
from made_notices import INES, NOW, chat, made

from runner.channels.bodies import render_body
from runner.channels.webhook import Reach, WebhookDesk, judge_answer, parse_address
from runner.planning.deliveries import Setback, Trouble, render_setback
from runner.policies.escalation import BodyStyle
from runner.sources.bounds import Bounds
from runner.sources.http import Answer as HttpAnswer
from runner.text.language import Language

PATIENT = Bounds()
HURRIED = Bounds(connect_seconds=1, read_seconds=0.4, total_seconds=0.8)
ROOMS = {
    BodyStyle.SLACK: "/services/T0/B0/slack-secret",
    BodyStyle.MATTERMOST: "/hooks/mattermost-secret",
    BodyStyle.TEAMS: "/workflows/teams-secret",
    BodyStyle.JSON: "/json-secret",
}
HERE = Reach(loopback=True)
AT_NINE = NOW.replace(hour=21, minute=0, second=0)


def send(
    url: str,
    style: BodyStyle = BodyStyle.JSON,
    reach: Reach = HERE,
    bounds: Bounds = PATIENT,
    **more: Any,
) -> str | Setback:
    notice = replace(made(chat(style)), **more)
    with WebhookDesk(NOW, "mailto:veille@example.org", {"CHAT_URL": url}, reach, bounds) as desk:
        return desk.send(notice, INES)


def body(style: BodyStyle, **more: Any) -> Any:
    return json.loads(render_body(replace(made(chat(style)), **more), INES, style))


@pytest.mark.parametrize(
    ("style", "answer"),
    [
        (BodyStyle.SLACK, "200 ok"),
        (BodyStyle.MATTERMOST, "200 ok"),
        (BodyStyle.TEAMS, "202"),
        (BodyStyle.JSON, "201"),
    ],
)
def test_each_service_takes_its_own_kind_of_message(
    chat_server: ChatServer, style: BodyStyle, answer: str
) -> None:
    notice = made(chat(style))
    for _ in range(2):
        assert send(chat_server.url(ROOMS[style]), style) == answer
    first, second = chat_server.posts
    assert first.body == second.body
    said = json.dumps(first.body, ensure_ascii=False)
    assert notice.subject in said
    assert "12 heures" in said
    for post in (first, second):
        assert post.headers["Content-Type"] == "application/json"
        assert post.headers["Idempotency-Key"] == notice.digest


def test_a_service_of_one_s_own_gets_every_part() -> None:
    notice = made(chat(BodyStyle.JSON))
    assert body(BodyStyle.JSON) == {
        "version": 1,
        "key": notice.key,
        "id": notice.digest,
        "case": "c-7f3k2m9x4q5t",
        "cycle": 1,
        "clock": "first-reply",
        "started_at": "2026-11-21T08:03:12Z",
        "due_at": "2026-11-24T08:03:12Z",
        "tier": "half",
        "repeat": 0,
        "channel": "chat",
        "person": {"id": "ines", "name": "Inès Carpentier"},
        "branch": None,
        "subject": notice.subject,
        "body": notice.body,
        "reason": "the case is yours",
    }


def test_slack_gets_its_own_markdown() -> None:
    text = "**Late** & <!channel>\n\n- one [page](https://example.org/a?b=1&c=2)"
    _, section = body(BodyStyle.SLACK, body=text)["blocks"]
    assert section["text"] == {
        "type": "mrkdwn",
        "text": "*Late* &amp; &lt;!channel&gt;\n\n• one <https://example.org/a?b=1&amp;c=2|page>",
    }


@given(text=st.text(max_size=50))
def test_no_text_calls_everybody(text: str) -> None:
    called = f"{text}@here @Channel @all <!here> <@U1>"
    slack = json.dumps(body(BodyStyle.SLACK, subject=called, body=called)["blocks"][1])
    assert "<!" not in slack
    assert "<@" not in slack
    mattermost = body(BodyStyle.MATTERMOST, subject=called, body=called)["text"].casefold()
    assert not any(f"@{everybody}" in mattermost for everybody in ("here", "channel", "all"))


@pytest.mark.parametrize("sign", ["x", "é", "&", "🫖", "a "])
@pytest.mark.parametrize("style", list(BodyStyle))
def test_the_longest_message_is_taken(chat_server: ChatServer, style: BodyStyle, sign: str) -> None:
    url = chat_server.url(ROOMS[style])
    assert isinstance(send(url, style, subject=sign * 5000, body=sign * 20000), str)


def limited(_: Post) -> Answer:
    return 429, b"rate_limited", {"Retry-After": "120"}


@pytest.mark.parametrize(
    ("status", "headers", "rest_until"),
    [
        (429, {"Retry-After": "120"}, NOW + timedelta(seconds=120)),
        (429, {}, NOW + timedelta(minutes=15)),
        (503, {"Retry-After": "Sat, 21 Nov 2026 21:00:00 GMT"}, AT_NINE),
        (429, {"Retry-After": "99999999"}, NOW + timedelta(days=7)),
    ],
)  # fmt: skip
def test_a_service_that_asks_for_rest_is_left_alone(
    chat_server: ChatServer, status: int, headers: dict[str, str], rest_until: datetime
) -> None:
    chat_server.rooms["/json-secret"] = lambda _: (status, b"", headers)
    answer = send(chat_server.url("/json-secret"))
    assert isinstance(answer, Setback)
    assert (answer.trouble, answer.rest_until) == (Trouble.TOLD_TO_WAIT, rest_until)
    assert answer.whole_channel


@pytest.mark.parametrize(
    ("style", "status", "said", "trouble", "detail"),
    [
        (BodyStyle.SLACK, 200, b"not_allowed", Trouble.ODD_ANSWER, "200 not_allowed"),
        (BodyStyle.SLACK, 404, b"no_service", Trouble.REFUSED, "404 no_service"),
        (BodyStyle.SLACK, 410, b"channel_is_archived", Trouble.REFUSED, "410 channel_is_archived"),
        (BodyStyle.TEAMS, 400, b'{"error":1}', Trouble.REFUSED, "400"),
        (BodyStyle.JSON, 500, b"<html>oops</html>", Trouble.REFUSED, "500"),
        (BodyStyle.JSON, 307, b"", Trouble.ODD_ANSWER, "307"),
        (BodyStyle.JSON, 403, b"no json-secret here", Trouble.REFUSED, "403"),
        (BodyStyle.JSON, 403, b"\x1b[2Jgo away", Trouble.REFUSED, "403 go away"),
    ],
)  # fmt: skip
def test_what_a_service_refuses_is_told_without_its_address(
    style: BodyStyle, status: int, said: bytes, trouble: Trouble, detail: str
) -> None:
    address = "https://hooks.example.org/json-secret"
    setback = judge_answer(HttpAnswer(status, said, None), style, address, NOW)
    assert isinstance(setback, Setback)
    assert (setback.trouble, setback.about) == (trouble, "hooks.example.org")
    assert setback.detail == detail


def test_an_answer_that_comes_too_late_may_mean_that_the_message_arrived(
    chat_server: ChatServer,
) -> None:
    def late(_: Post) -> Answer:
        chat_server.over.wait()
        return 200, b"ok", {}

    chat_server.rooms["/json-secret"] = late
    answer = send(chat_server.url("/json-secret"), bounds=HURRIED)
    assert isinstance(answer, Setback)
    assert (answer.trouble, answer.whole_channel) == (Trouble.TOO_SLOW, False)
    assert len(chat_server.posts) == 1


def test_a_server_that_hangs_up_is_told(chat_server: ChatServer) -> None:
    chat_server.rooms["/json-secret"] = lambda _: None
    answer = send(chat_server.url("/json-secret"))
    assert isinstance(answer, Setback)
    assert answer.trouble is Trouble.BROKEN_OFF


@pytest.mark.parametrize(
    ("text", "reach", "trouble"),
    [
        ("", HERE, Trouble.NO_SETTING),
        ("hooks.example.org/secret", HERE, Trouble.ODD_SETTING),
        ("http://hooks.example.org/secret", HERE, Trouble.ODD_SETTING),
        ("http://127.0.0.1/secret", Reach(), Trouble.ODD_SETTING),
        ("http://10.0.0.7/secret", Reach(private=True), Trouble.ODD_SETTING),
        ("ftp://hooks.example.org/secret", HERE, Trouble.ODD_SETTING),
        ("https://desk:pw@hooks.example.org/secret", HERE, Trouble.ODD_SETTING),
    ],
)
def test_only_https_goes_beyond_this_machine(text: str, reach: Reach, trouble: Trouble) -> None:
    setback = parse_address(chat(BodyStyle.JSON), {"CHAT_URL": text}, reach)
    assert isinstance(setback, Setback)
    assert (setback.trouble, setback.about) == (trouble, "CHAT_URL")
    assert "/secret" not in render_setback(setback, Language("en", ZoneInfo("UTC")))


@pytest.mark.parametrize(
    ("address", "reach"),
    [("https://127.0.0.1:1/x", Reach()), ("https://10.0.0.7:1/x", HERE),
     ("https://169.254.169.254/x", Reach(loopback=True, private=True))],
)  # fmt: skip
def test_private_networks_are_closed_unless_they_are_opened(address: str, reach: Reach) -> None:
    answer = send(address, reach=reach)
    assert isinstance(answer, Setback)
    assert (answer.trouble, answer.whole_channel) == (Trouble.PRIVATE, True)


def test_a_server_that_is_not_there_is_told() -> None:
    with ChatServer() as server:
        url = server.url("/json-secret")
    answer = send(url)
    assert isinstance(answer, Setback)
    assert (answer.trouble, answer.whole_channel) == (Trouble.UNREACHABLE, True)
