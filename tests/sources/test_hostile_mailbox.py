"""Mail servers and mails that mean harm: a read ends in time and in bounds, and says why."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hostile_answers import bounded
from imap_server import PASSWORD, USER, Line, Scripted
from loopback_site import HURRIED, PATIENT, source

from runner.planning.observation import Cursor
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged, Unknown
from runner.sources.bounds import Bounds
from runner.sources.mailbox import fetch
from runner.sources.problems import Trouble

STRUCTURE = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" 20 1)'
PATTERNS = [
    {"in": "subject", "find": r"^Avis (?P<native_id>\d+) de (?P<author>.+)"},
    {"in": "text", "find": "(?s)(?P<text>.+)"},
]


def head(number: int = 5, more: bytes = b"") -> bytes:
    return (
        b"From: Avis <noreply@avis.example.org>\r\nSubject: Avis %d de Camille\r\n"
        b"Message-ID: <n-%d@avis.example.org>\r\n%s\r\n" % (number, number, more)
    )


def read(
    script: Callable[[Line], None],
    mark: str | None = None,
    bounds: Bounds = PATIENT,
    **settings: Any,
) -> Fetched:
    def no_client() -> Any:
        raise AssertionError("a mailbox needs no HTTP")

    outside = Outside(
        Path(), no_client, datetime.now(UTC), ZoneInfo("UTC"),
        secrets={"USER": USER, "PASSWORD": PASSWORD}, allow_loopback=True, bounds=bounds,
    )  # fmt: skip
    cursor = Cursor("mails", mark, None, datetime.now(UTC), "", (), 1) if mark else None
    with Scripted(script) as server, bounded():
        watched = source(
            "mails", "mailbox", host=server.host, security="none", patterns=PATTERNS,
            user={"variable": "USER"}, password={"variable": "PASSWORD"}, **settings,
        )  # fmt: skip
        return asyncio.run(fetch(watched, cursor, outside))


def give(
    line: Line, headers: bytes, texts: Sequence[bytes], structure: bytes = STRUCTURE, uid: int = 5
) -> None:
    """Answer the two questions about a mail: its head and structure, its texts."""
    line.hear(b"UID FETCH")
    line.say(
        b"* 1 FETCH (UID %d BODYSTRUCTURE %s BODY[HEADER]<0> {%d}\r\n%s)"
        % (uid, structure, len(headers), headers),
        b"TAG OK done",
    )
    for text in texts:
        asked = line.hear(b"UID FETCH", b"LOGOUT")
        section = asked.partition(b"PEEK[")[2].partition(b"]")[0]
        line.say(
            b"* 1 FETCH (UID %d BODY[%s]<0> {%d}\r\n%s)" % (uid, section, len(text), text),
            b"TAG OK done",
        )


def one_mail(headers: bytes, text: bytes, structure: bytes = STRUCTURE) -> Callable[[Line], None]:
    def script(line: Line) -> None:
        line.open_folder(5)
        give(line, headers, [text], structure)

    return script


@pytest.mark.parametrize(
    "structure",
    [
        b"(" * 100_000,
        b"(" * 100_000 + b")" * 100_000,
        b"(" * 400 + STRUCTURE + b' "MIXED")' * 400,
        STRUCTURE * 5_000,
        b'("TEXT" "PLAIN" (' + b'"A" "B" ' * 50_000 + b') NIL NIL "8BIT" 20 1)',
        b'("TEXT" "PLAIN" ("CHARSET" "' + b"x" * 100_000 + b'") NIL NIL "8BIT" 20 1)',
        b'("TEXT" "PLAIN" ("CHARSET" "undefined") NIL NIL "X-BOMB" 99999999999999999999 1)',
        b"NIL", b"()", b'""', b"5",
    ],
    ids=["open", "deep", "nested", "wide", "parameters", "charset", "lies", "nil", "none", "text",
         "number"],
)  # fmt: skip
def test_no_structure_of_a_mail_blows_up(structure: bytes) -> None:
    found = read(one_mail(head(), b"Colis jamais re\xc3\xa7u.", structure))
    assert isinstance(found, Fresh | Unknown)
    if isinstance(found, Fresh):
        assert all(len(item.text) < 1_000_000 for item in found.items)


@pytest.mark.parametrize(
    "more",
    [
        b"Received: x\r\n" * 10_000,
        b"X-Long: " + b"y" * 300_000 + b"\r\n",
        b"X-Folded: a\r\n" + b" b\r\n" * 30_000,
        b"Subject: " + b"=?utf-8?Q?=41?= " * 20_000 + b"\r\n",
        b"Subject: " + b"=?utf-8?B?" * 30_000 + b"\r\n",
        b"To: " + b"<" * 100_000 + b"\r\n",
        b"Date: " + b"1 " * 100_000 + b"\r\n",
        b"Authentication-Results: " + b"(" * 100_000 + b"\r\n",
        b"\x00\xff\xfe" * 50_000 + b"\r\n",
    ],
    ids=["many", "long", "folded", "words", "half-words", "brackets", "date", "comments", "bytes"],
)
def test_no_headers_blow_up(more: bytes) -> None:
    proof = {"domain": "avis.example.org", "by": "mx.example.org"}
    for settings in ({}, {"authenticated": proof}):
        found = read(one_mail(head(more=more), b"Colis jamais re\xc3\xa7u."), **settings)
        assert isinstance(found, Fresh | Unknown)


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        (b"utf-8", b"BASE64", b"QQ==" * 90_000),
        (b"utf-8", b"BASE64", b"\xff*" * 90_000),
        (b"utf-7", b"8BIT", b"+" * 300_000),
        (b"idna", b"8BIT", b"x." * 100_000),
        (b"zip_codec", b"8BIT", b"PK\x03\x04" * 1000),
        (b"unicode_escape", b"8BIT", b"\\N{BULLET}" * 10_000),
        (b"utf-16", b"QUOTED-PRINTABLE", b"=" * 300_000),
        (b"utf-8", b"X-UUENCODE", b"begin 644 x\n" * 20_000),
    ],
    ids=["base64", "no-base64", "utf-7", "idna", "zip", "escapes", "quoted", "uuencode"],
)
def test_no_charset_or_encoding_blows_up(charset: bytes, encoding: bytes, text: bytes) -> None:
    structure = b'("TEXT" "PLAIN" ("CHARSET" "%s") NIL NIL "%s" 20 1)' % (charset, encoding)
    found = read(one_mail(head(), text, structure))
    assert isinstance(found, Fresh | Unknown)


@pytest.mark.parametrize(
    "html",
    [b"<div>" * 30_000, b"<a href='x" * 30_000, b"&#" * 150_000],
    ids=["nested", "tags", "entities"],
)
def test_no_html_of_a_mail_blows_up(html: bytes) -> None:
    structure = b'("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "8BIT" 20 1)'
    found = read(one_mail(head(), html + b"Bonjour", structure), fields={"text": "div div p"})
    assert isinstance(found, Fresh | Unknown)


def test_a_server_that_gives_other_mails_than_asked_for_gives_none() -> None:
    def script(line: Line) -> None:
        line.open_folder(5)
        give(line, head(), [], uid=6)

    found = read(script)
    assert not (isinstance(found, Fresh) and found.items)


def test_numbers_of_very_many_mails_are_read_in_turns() -> None:
    asked: list[bytes] = []

    def script(line: Line) -> None:
        line.let_in()
        line.hear(b"EXAMINE")
        line.say(b"* OK [UIDVALIDITY 7] ok", b"TAG OK [READ-ONLY] done")
        line.hear(b"UID SEARCH")
        line.say(b"* SEARCH " + b" ".join(b"%d" % n for n in range(1, 100_001)), b"TAG OK done")
        while not (command := line.hear()).startswith(b"LOGOUT"):
            asked.append(command)
            line.say(b"TAG OK nothing")

    found = read(script, mails=150)
    assert isinstance(found, Fresh)
    assert len(asked) == 3
    assert all(len(command) < 1_000 for command in asked)
    assert Trouble.MORE_MAILS in {note.trouble for note in found.notes}


def test_a_folder_that_is_numbered_anew_every_time_shows_the_same_messages() -> None:
    mark: str | None = None
    shown = []
    for validity in range(1, 5):
        uid = 10 * validity

        def script(line: Line, validity: int = validity, uid: int = uid) -> None:
            line.let_in()
            line.hear(b"EXAMINE")
            line.say(b"* OK [UIDVALIDITY %d] ok" % validity, b"TAG OK [READ-ONLY] done")
            # Of a worth that is new nothing is known, so that all are asked for again.
            line.hear(b"UID SEARCH SINCE")
            line.say(b"* SEARCH %d" % uid, b"TAG OK done")
            give(line, head(), [b"Colis perdu."], uid=uid)

        found = read(script, mark)
        assert isinstance(found, Fresh)
        shown.append(found.items)
        mark = found.etag
    assert len({items[0].native_id for items in shown}) == 1
    assert mark == "4:41"


def test_a_server_slower_than_it_may_be_keeps_what_it_gave() -> None:
    def script(line: Line) -> None:
        line.open_folder(*range(1, 151))
        line.hear(b"UID FETCH")
        line.say(b"TAG OK nothing")
        line.hear(b"UID FETCH")
        while not line.over.wait(0.2):
            line.write(b"* ")

    found = read(script, bounds=HURRIED)
    assert isinstance(found, Fresh)
    assert found.problem is not None
    assert found.problem.trouble is Trouble.TOO_SLOW


def test_the_read_of_a_mailbox_without_news_is_one_question() -> None:
    def script(line: Line) -> None:
        line.open_folder()

    assert isinstance(read(script, "7:100"), Unchanged)


def test_rests_are_as_long_as_they_may_be() -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.hear(b"CAPABILITY")
        line.say(b"* CAPABILITY IMAP4rev1", b"TAG OK done")
        line.hear(b"LOGIN")
        line.say(b"TAG NO [AUTHENTICATIONFAILED] " + b"x" * 100_000)

    found = read(script)
    assert isinstance(found, Unknown)
    assert found.problem.trouble is Trouble.LOGIN_REFUSED
    assert found.not_before is not None
    assert found.not_before - datetime.now(UTC) <= timedelta(hours=1)
