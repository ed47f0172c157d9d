"""Notification mails as messages: which count, and what is found in them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model import Item, Rating
from runner.policies.mailboxes import MailRules, build_rules
from runner.sources.mail import Mail, TextPart, decode_words, read_mail, render_excerpt
from runner.sources.mail_items import parse
from runner.sources.problems import Problem, Trouble
from runner.text.html import text_of_html

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MAILS = sorted((Path(__file__).parent / "data" / "mails").glob("*.eml"))

NOTICE = """\
Authentication-Results: mx.example.org; dkim=pass (2048-bit key) header.d=avis.example.org
From: "Avis & Cie" <Noreply@avis.example.org>
To: veille@example.org
Subject: =?utf-8?Q?Camille_a_laiss=C3=A9_un_avis_=28?=
 =?utf-8?Q?1=2F5=29?=
Date: Fri, 20 Nov 2026 19:12:00 +0100
Message-ID: <n-1@avis.example.org>
List-Id: Avis <avis.example.org>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Note : 1/5
Colis jamais reçu.
Répondre
--b
Content-Type: text/html; charset=utf-8

<p>Bonjour, un client a écrit :</p><div class=avis><p>Colis</p><p>jamais reçu.</p></div>
<a href="https://clics.example.org/t?u=https%3A%2F%2Favis.example.org%2Flumen%2F9001&k=7">Voir</a>
--b--
"""

SIGNED = "mx.example.org; dkim=pass header.d=avis.example.org"
FOUND = {"patterns": [{"in": "text", "find": "(?s)(?P<text>.+)"}]}


def parsed(mail: str | bytes, **settings: Any) -> Item | Problem:
    data = mail.encode() if isinstance(mail, str) else mail
    return parse(data, rules=build_rules(settings or FOUND), now=NOW, zone=PARIS)


def item(mail: str | bytes, **settings: Any) -> Item:
    found = parsed(mail, **settings)
    assert isinstance(found, Item), found
    return found


def trouble(mail: str | bytes, **settings: Any) -> Trouble | None:
    found = parsed(mail, **settings)
    return found.trouble if isinstance(found, Problem) else None


def test_fields_stand_in_elements_and_in_patterns() -> None:
    found = item(
        NOTICE,
        fields={"text": ".avis"},
        patterns=[
            {"in": "subject", "find": r"(?P<author>.+) a laissé un avis \((?P<rating>\d/5)\)"},
            {"in": "links", "find": r"^https://avis\.example\.org/lumen/(?P<native_id>\d+)$"},
        ],
        permalink="https://avis.example.org/lumen/{native_id}",
    )
    assert text_of_html(found.text).split() == ["Colis", "jamais", "reçu."]
    assert (found.author, found.rating, found.native_id) == ("Camille", Rating(1, 5), "9001")
    assert found.url == "https://avis.example.org/lumen/9001"
    assert found.posted_at == datetime(2026, 11, 20, 18, 12, tzinfo=UTC)


def test_the_plain_text_is_what_a_pattern_reads_and_keeps_its_lines() -> None:
    found = item(NOTICE, patterns=[{"in": "text", "find": r"(?s)Note : \S+\n(?P<text>.+)Rép"}])
    assert text_of_html(found.text) == "Colis jamais reçu."
    two = item("\nNon,\n<b>rien</b>\n\nmerci", **FOUND)
    assert text_of_html(two.text) == "Non,\n<b>rien</b>\n\nmerci"


def test_without_an_id_of_the_site_the_mails_own_is_taken() -> None:
    assert item(NOTICE).native_id == "n-1@avis.example.org"
    assert item("Subject: x\n\nColis").native_id is None


def test_a_header_is_a_place_to_look_and_the_first_finding_stands() -> None:
    mail = "X-Review-Id: 77\nX-Review-Id: 78\nSubject: Avis 12\n\nColis"
    patterns = [
        {"in": "X-Review-Id", "find": r"(?P<native_id>\d+)"},
        {"in": "subject", "find": r"(?P<native_id>\d+)(?P<title>.*)"},
        *FOUND["patterns"],
    ]
    assert item(mail, patterns=patterns).native_id == "77"


def test_stars_alone_are_a_message_and_nothing_is_none() -> None:
    stars = [{"in": "subject", "find": r"(?P<rating>\d)/10"}]
    found = item("Subject: 3/10\n\n", patterns=stars, best=10)
    assert (found.rating, found.text) == (Rating(3, 10), "3/10")
    assert trouble("Subject: Bilan\n\n", patterns=stars) is Trouble.MAIL_WITHOUT_TEXT


def test_an_address_is_made_only_of_what_was_found() -> None:
    permalink = "https://avis.example.org/{native_id}"
    mail = "Message-ID: <1@x>\nSubject: a/b?c\n\nColis"
    found = item(mail, **FOUND, permalink=permalink)
    assert (found.native_id, found.url) == ("1@x", None)
    patterns = [{"in": "subject", "find": "(?P<native_id>.+)"}, *FOUND["patterns"]]
    assert item(mail, patterns=patterns, permalink=permalink).url == (
        "https://avis.example.org/a%2Fb%3Fc"
    )


@pytest.mark.parametrize(
    ("settings", "counts"),
    [
        ({"from": "noreply@avis.example.org"}, True),
        ({"from": ["x@example.org", "@avis.example.org"]}, True),
        ({"from": "@example.org"}, False),
        ({"subject": "laissé un avis"}, True),
        ({"subject": "^Bilan"}, False),
        ({"list_id": "avis.example.org"}, True),
        ({"list_id": "bilan.example.org"}, False),
    ],
)
def test_which_mails_count(settings: dict[str, Any], counts: bool) -> None:
    assert trouble(NOTICE, **FOUND, **settings) is (None if counts else Trouble.OTHER_MAIL)


@pytest.mark.parametrize(
    "sender",
    [
        '"noreply@avis.example.org" <mallory@example.net>',
        "noreply@avis.example.org <mallory@example.net>",
        "mallory@example.net, noreply@avis.example.org",
        "noreply@avis.example.org (x) mallory@example.net",
        "=?utf-8?q?=3Cnoreply=40avis=2Eexample=2Eorg=3E?= <mallory@example.net>",
        "<mallory@example.net> <noreply@avis.example.org>",
        "mallory@example.net\nFrom: noreply@avis.example.org",
        '"' * 5000,
    ],
)
def test_nobody_else_is_taken_for_the_site(sender: str) -> None:
    mail = f"From: {sender}\nSubject: x\n\nColis"
    assert trouble(mail, **FOUND, **{"from": "noreply@avis.example.org"}) is Trouble.OTHER_MAIL


@pytest.mark.parametrize(
    ("headers", "is_proven"),
    [
        ("mx.example.org; dkim=pass header.d=avis.example.org", True),
        ("MX.example.org 1; spf=fail; DKIM=PASS header.i=@mail.Avis.example.org", True),
        ("mx.example.org;\n dmarc=pass (p=REJECT)\n header.from=avis.example.org", True),
        ("mx.example.org; dkim=pass header.d=example.org", False),
        ("mx.example.org; dkim=pass header.d=notavis.example.org", False),
        ("mx.example.org; dkim=fail header.d=avis.example.org", False),
        ("mx.example.org; dkim=pass-ish header.d=avis.example.org", False),
        ("mx.example.org; spf=pass smtp.mailfrom=avis.example.org", False),
        ("mx.example.org; spf=pass header.d=avis.example.org", False),
        ("mx.example.net; dkim=pass header.d=avis.example.org", False),
        # What the sender wrote, repeated in a comment or in quotes.
        ("mx.example.org; spf=fail (; dkim=pass header.d=avis.example.org)", False),
        ('mx.example.org; spf=fail smtp.mailfrom="; dkim=pass header.d=avis.example.org"', False),
        ('mx.example.org; spf=fail x="; dkim=pass header.d=avis.example.org', False),
        (r'mx.example.org; x="\"; dkim=pass header.d=avis.example.org; \"" ', False),
        ("mx.example.org; dkim=fail header.b=x.header.d=avis.example.org", False),
        # The server's own is on top; what came with the mail stands below.
        (
            f"mx.example.org; dkim=none\nAuthentication-Results: {SIGNED}",
            False,
        ),
        (
            f"gateway.example.org; dkim=none\nAuthentication-Results: {SIGNED}",
            True,
        ),
    ],
)
def test_whether_it_is_proven_who_sent_it(headers: str, is_proven: bool) -> None:
    mail = f"Authentication-Results: {headers}\nSubject: x\n\nColis"
    proof = {"authenticated": {"domain": "avis.example.org", "by": "mx.example.org"}}
    assert trouble(mail, **FOUND, **proof) is (None if is_proven else Trouble.NOT_PROVEN)
    assert trouble("Subject: x\n\nColis", **FOUND, **proof) is Trouble.NOT_PROVEN


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fri, 20 Nov 2026 19:12:00 +0100 (CET)", datetime(2026, 11, 20, 18, 12, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 19:12:00", datetime(2026, 11, 20, 18, 12, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 19:12:00 -0000", datetime(2026, 11, 20, 19, 12, tzinfo=UTC)),
        ("hier", None),
        ("Fri, 20 Nov 2099 19:12:00 +0100", None),
    ],
)
def test_dates(written: str, meant: datetime | None) -> None:
    assert item(f"Date: {written}\n\nColis").posted_at == meant


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"),
        ("=?utf-8?B?w6k=?= et =?iso-8859-1?Q?=E9?=", "é et é"),
        ("=?utf-8?B?ww==?=\r\n =?utf-8?B?qQ==?=", "é"),
        ("=?utf-8?Q?caf=C3=A9_noir?=", "café noir"),
        ("=?utf-8*fr?Q?=C3=A9?=", "é"),
        ("=?nonsense?Q?=E9?=", "é"),
        ("=?utf-8?B?!?=", "=?utf-8?B?!?="),
        ("=?utf-8?B?w6", "=?utf-8?B?w6"),
        ("plain", "plain"),
    ],
)
def test_encoded_words(raw: str, words: str) -> None:
    assert decode_words(raw) == words


def test_headers_in_eight_bits_are_read_in_either_charset() -> None:
    assert item("Subject: Reçu\n\nColis".encode(), **_title()).title == "Reçu"
    assert item("Subject: Reçu\n\nColis".encode("latin-1"), **_title()).title == "Reçu"


def _title() -> dict[str, Any]:
    return {"patterns": [{"in": "subject", "find": "(?P<title>.+)"}, *FOUND["patterns"]]}


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_awkward_mails_are_read(file: Path) -> None:
    mail = read_mail(file.read_bytes())
    assert isinstance(mail, Mail)
    assert "\ufffd" not in mail.text
    assert mail.links is not None
    found = parsed(file.read_bytes(), **_title())
    assert isinstance(found, Item), found


@pytest.mark.parametrize(
    ("name", "subject", "said"),
    [
        ("japanese_iso_2022", "まみむめも", "すみません。"),
        ("japanese_shift_jis", "test", "あいうえお"),
        ("ks_c_5601-1987", "test", "스티해"),
        ("utf8_headers", "Säying Hello", "body"),
        ("forwarded_message", "статус", "Новый заказ №28922"),
        ("content_transfer_encoding_x_uuencode", "PGP Comments on RTO West", "Attached are"),
        ("bad_date_header", "You may_be Eligible for Legitimate_Cash", ""),
    ],
)
def test_what_awkward_mails_say(name: str, subject: str, said: str) -> None:
    file = next(file for file in MAILS if file.stem == name)
    mail = read_mail(file.read_bytes())
    assert isinstance(mail, Mail)
    assert subject in mail.header("subject")
    assert said in mail.text


def test_a_nest_of_parts_is_not_taken_apart() -> None:
    nest = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000))
    assert trouble(nest) is Trouble.UNREADABLE_MAIL
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(40))
    assert item(f"{deep}\nColis").text == "Colis"


def test_attachments_are_no_text() -> None:
    mail = (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
        "Content-Disposition: attachment; filename=a.txt\n\nsecret\n--b\n"
        "Content-Type: application/ms-tnef; name=winmail.dat\n"
        "Content-Transfer-Encoding: base64\n\neJ8=\n--b\n\nColis\n--b--\n"
    )
    assert item(mail).text == "Colis"


def test_an_excerpt_reads_as_the_mail_does() -> None:
    headers = (
        b"Subject: Avis\r\nContent-Type: application/x; a=\r\n b\r\nFrom x y\r\nDate: x\r\n\r\n"
    )
    parts = [
        TextPart("text/plain", "utf-8", "base64", b"Q29saXMgcmXDp3UgY2Fzc8Op"[:-1]),
        TextPart("text/html", 'utf-8"\r\nX: y', "8bit", b"<p>--b\r\n\r\nx</p>"),
    ]
    mail = read_mail(render_excerpt(headers, parts))
    assert isinstance(mail, Mail)
    assert (mail.header("subject"), mail.plain[:13]) == ("Avis", "Colis reçu ca")
    assert mail.html == "<p>--b\n\nx</p>"


@given(st.binary(max_size=600))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    assert isinstance(parsed(data, **_title()), Item | Problem)


_LINES = st.sampled_from(
    [b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: text/html; charset=x\r\n",
     b"Content-Type: message/rfc822\r\n", b"Content-Transfer-Encoding: base64\r\n", b"--b\r\n",
     b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 666 a\r\n", b"--b--\r\n", b"\r\n",
     b"Subject: =?x?b?\xff?=\r\n", b"Date: Mon, 99 Foo 99999 99:99\r\n", b"From: <<>@>\r\n",
     b"Content-Type: ;;;=\r\n", b"Content-Type: text/plain; charset*=x'y'%ff\r\n", b" =?=\r\n",
     b"Message-ID: <\x00\xed\xa0\x80@>\r\n", b"=E\xff=\r\n", b"<a href='http://[x'>\x1b]8;;\r\n"]
)  # fmt: skip


@given(st.lists(_LINES | st.binary(max_size=20), max_size=25).map(b"".join))
def test_no_mail_is_too_odd(data: bytes) -> None:
    links = [{"in": "links", "find": "(?P<url>.+)"}, {"in": "x", "find": "(?P<author>.*)"}]
    settings = _title()
    found = parsed(data, patterns=[*settings["patterns"], *links], fields={"text": "p"})
    assert isinstance(found, Item | Problem)


def test_rules_that_say_nothing_take_every_mail() -> None:
    assert isinstance(parse(b"\n\nx", rules=MailRules(), now=NOW, zone=PARIS), Problem)
