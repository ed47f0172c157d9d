"""The file between `collect` and `apply`: whole when written, hostile when read."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import NOW, desk, source

from runner.errors import Refused, UsageError
from runner.model import Item, KeyBasis, Rating
from runner.planning.observation import ConversationRead, ReadStatus, SourceRead
from runner.policies.privacy import PrivacyPolicy
from runner.schemas import check_value
from runner.sources.collect import mentions_of
from runner.sources.mentions_file import (
    parse_mentions,
    parse_threads,
    read_mentions,
    render_mentions,
    write_mentions,
)

FORUM = source("forum")
DESK = desk(FORUM, source("avis", site="avis.example.org"))
FILE = "mentions.jsonl"


def forum_read() -> SourceRead:
    items = [
        Item(
            native_id="t812-p3",
            url="https://forum.example.org/t/812?utm_source=x#p3",
            author="Camille_R",
            title="Colis",
            text="Toujours <b>rien</b>\nappelez-moi au 06 12 34 56 78",
            posted_at=datetime(2026, 11, 20, 19, 12, tzinfo=UTC),
            rating=Rating(1, 5),
            language="fr",
            thread_url="https://forum.example.org/t/812",
        ),
        Item(None, "https://forum.example.org/t/9", None, "", "Question ?", None),
        Item(None, None, "Zoë", "", "Écrivez à zoe@mail.example.org, merci", None),
    ]
    return SourceRead(
        "forum",
        ReadStatus.READ,
        NOW,
        mentions=mentions_of(items, FORUM, PrivacyPolicy(), NOW),
        items=3,
        etag='W/"1"',
        last_modified="Sat, 21 Nov 2026 08:00:00 GMT",
        problem="Moved for good",
    )


READS = (
    forum_read(),
    SourceRead("avis", ReadStatus.UNKNOWN, NOW, problem="403", not_before=NOW + timedelta(hours=1)),
)


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in render_mentions(READS).splitlines()]


def parse(changed: list[dict[str, Any]] | bytes) -> tuple[SourceRead, ...]:
    data = changed if isinstance(changed, bytes) else "\n".join(map(json.dumps, changed)).encode()
    return parse_mentions(data, FILE, DESK, NOW)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "out" / FILE
    write_mentions(path, READS)
    assert read_mentions([path], DESK, NOW) == READS
    assert [p.name for p in path.parent.iterdir()] == [FILE]


def test_all_bases_of_keys_survive() -> None:
    assert [m.key_basis for m in parse(lines())[0].mentions] == [
        KeyBasis.NATIVE_ID,
        KeyBasis.URL,
        KeyBasis.CONTENT,
    ]


def test_the_file_is_what_it_says_it_is() -> None:
    first, mention, *_ = lines()
    assert first == {
        "read": "forum",
        "status": "read",
        "read_at": "2026-11-21T08:03:12Z",
        "items": 3,
        "etag": 'W/"1"',
        "last_modified": "Sat, 21 Nov 2026 08:00:00 GMT",
        "problem": "Moved for good",
        "not_before": None,
        "shortened": False,
        "quota_left": None,
        "quota_limit": None,
    }
    assert mention["mention"] == READS[0].mentions[0].key
    assert mention["text"] == READS[0].mentions[0].text


def test_texts_are_cleaned_and_masked_again() -> None:
    changed = lines()
    changed[1]["text"] = "\x1b[31mrouge\u202e\x00 appelez le 06 98 76 54 32"
    changed[1]["author"] = "zoe@mail.example.org"
    text = parse(changed)[0].mentions[0].text
    assert "06 98 76 54 32" not in text
    assert text.startswith("rouge appelez le ")
    assert "mail.example.org" not in repr(parse(changed)[0].mentions[0])


def test_the_site_and_the_instant_are_not_the_files_to_say() -> None:
    changed = lines()
    changed[1] |= {
        "site": "evil.example.org",
        "source": "avis",
        "detected_at": "2020-01-01T00:00:00Z",
    }
    mention = parse(changed)[0].mentions[0]
    assert (mention.site, mention.source) == ("forum.example.org", "forum")
    assert mention.detected_at == NOW


def test_a_key_outlives_what_it_was_made_of() -> None:
    card = Item("4111111111111111", None, None, "", "Bonjour", None)
    mentions = mentions_of([card], FORUM, PrivacyPolicy(), NOW)
    assert mentions[0].native_id == "[carte/card]"
    reads = (replace(forum_read(), mentions=mentions),)
    assert parse_mentions(render_mentions(reads), FILE, DESK, NOW) == reads


def test_a_mention_of_which_nothing_remains_is_left_out() -> None:
    changed = lines()
    changed[1] |= {"text": "\u200b", "title": ""}
    assert len(parse(changed)[0].mentions) == 2


def test_a_problem_cannot_steer_the_terminal() -> None:
    changed = lines()
    changed[0]["problem"] = "bad\x1b]0;title\x07\nnews" + "x" * 9000
    problem = parse(changed)[0].problem
    assert problem.startswith("bad news")
    assert len(problem) <= 2000


def change(line: int, **fields: object) -> Callable[[list[dict[str, Any]]], None]:
    return lambda all_lines: all_lines[line].update(fields)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change(0, status="gone"), "mentions.jsonl:1: 'gone' is not a valid ReadStatus"),
        (change(0, items=-1), "mentions.jsonl:1: items is no number"),
        (change(0, items=True), "mentions.jsonl:1: items is no number"),
        (change(0, read_at="yesterday"), "mentions.jsonl:1: read_at is no instant"),
        (change(0, read_at="2026-11-21T10:00:00Z"), "mentions.jsonl:1: read_at lies ahead"),
        (change(0, etag=7), "mentions.jsonl:1: etag is no text"),
        (
            change(0, status="unchanged"),
            "mentions.jsonl:2: a mention of a source that is unchanged",
        ),
        (change(1, mention="c-short"), "mentions.jsonl:2: the key is none"),
        (change(1, mention="c-ilou00000000"), "mentions.jsonl:2: the key is none"),
        (change(1, basis="guess"), "mentions.jsonl:2: 'guess' is not a valid KeyBasis"),
        (change(1, language="french"), "mentions.jsonl:2: the language is none"),
        (change(1, text=None), "mentions.jsonl:2: text is no text"),
        (change(1, text="\ud800"), "mentions.jsonl:2: text holds half a character"),
        (change(1, rating=float("nan")), "mentions.jsonl:2: rating is no decimal number"),
        (change(1, rating="5"), "mentions.jsonl:2: rating is no decimal number"),
        (change(1, posted_at=0), "mentions.jsonl:2: posted_at is no text"),
        (change(4, read="forum"), "mentions.jsonl:5: `forum` was read before"),
        (lambda all_lines: all_lines.pop(0), "mentions.jsonl:1: a mention before its source"),
    ],
)
def test_a_line_that_collect_would_not_write_is_refused(
    spoil: Callable[[list[dict[str, Any]]], None], message: str
) -> None:
    changed = lines()
    spoil(changed)
    with pytest.raises(Refused) as refused:
        parse(changed)
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff", b"7", b"[" * 99_999, b'{"a":' * 99_999])
def test_what_is_no_record_is_refused_with_its_line(line: bytes) -> None:
    with pytest.raises(Refused, match=r"^mentions\.jsonl:2: "):
        parse(render_mentions(READS[1:]) + line)


def test_a_source_that_is_not_watched_is_named() -> None:
    changed = lines()
    changed[0]["read"] = "forun"
    with pytest.raises(UsageError, match="names no source `forun`") as error:
        parse(changed)
    assert "did you mean `forum`?" in error.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.jsonl cannot be read: No such file"):
        read_mentions([tmp_path / "nowhere.jsonl"], DESK, NOW)


def test_a_policy_that_became_stricter_holds_when_reading() -> None:
    strict = replace(DESK, privacy=PrivacyPolicy(text_limit=12))
    reads = parse_mentions(render_mentions(READS), FILE, strict, NOW)
    assert all(len(m.text) <= 12 for m in reads[0].mentions)


def read_again() -> ConversationRead:
    shown = forum_read().mentions
    return ConversationRead(
        "c-7f3k2m9x4q5t", "p1", "forum", ReadStatus.READ, NOW, (replace(shown[0], parent_id="p2"),)
    )


def test_conversations_come_back_as_they_were_and_are_no_source() -> None:
    rested = replace(
        read_again(), place="p2", status=ReadStatus.RESTED, mentions=(), not_before=NOW
    )
    told = (read_again(), rested)
    written = render_mentions(READS, told)
    assert parse_threads(written, FILE, DESK, NOW) == told
    assert parse_mentions(written, FILE, DESK, NOW) == READS
    assert all(check_value("mentions", json.loads(line)) for line in written.splitlines())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"thread": "c-7f3k2m9x4q5t"}, "is no conversation"),
        ({"thread": "../../x.p1"}, "is no conversation"),
        ({"source": "nowhere"}, "there is no source"),
        ({"status": "rested"}, "a mention of a source that is rested"),
        ({"read_at": "2031-01-01T00:00:00Z"}, "read_at lies ahead"),
    ],
)
def test_a_conversation_that_collect_would_not_write_is_refused(
    change: dict[str, str], message: str
) -> None:
    head, *rest = render_mentions((), (read_again(),)).splitlines()
    spoiled = b"\n".join([json.dumps({**json.loads(head), **change}).encode(), *rest])
    with pytest.raises(Refused, match=message):
        parse_threads(spoiled, FILE, DESK, NOW)


@given(st.binary(max_size=200))
def test_no_bytes_trip_the_reader(data: bytes) -> None:
    with suppress(Refused, UsageError):
        parse(render_mentions(READS) + data)


def test_shares_of_the_sources_are_joined(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    write_mentions(whole, READS)
    shares = [tmp_path / f"{nth}.jsonl" for nth in range(len(READS))]
    for path, read in zip(shares, READS, strict=True):
        write_mentions(path, [read])
    assert read_mentions(shares, DESK, NOW) == read_mentions([whole], DESK, NOW)
    with pytest.raises(Refused, match="was read in another file too"):
        read_mentions([whole, shares[0]], DESK, NOW)
