"""Files dropped into the repository: which are read, and which never."""

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.model import ContactAbility, SourceCategory
from runner.planning.observation import Cursor
from runner.policies.values import Source
from runner.sources import file
from runner.sources.adapter import Fetched, Fresh, Outside, Unchanged, Unknown
from runner.sources.file import fetch, read_files
from runner.sources.http import Client
from runner.sources.problems import Trouble

NOW = datetime(2026, 11, 21, 8, 3, 12, tzinfo=UTC)
FEEDS = Path(__file__).parent / "data" / "feeds"


def source(**settings: object) -> Source:
    return Source(
        "depot", "file", SourceCategory.REVIEW_SITE, "avis.example.org", "lumen",
        ContactAbility.MANUAL, ContactAbility.PAID, None, timedelta(minutes=15), (), settings, 12,
    )  # fmt: skip


def read(root: Path, etag: str | None = None, **settings: object) -> Fetched:
    cursor = Cursor("depot", etag, None, NOW, "", (), 0) if etag else None

    async def ask() -> Fetched:
        async with Client(now=NOW) as client:
            outside = Outside(root, lambda: client, NOW, ZoneInfo("Europe/Paris"))
            return await fetch(source(**settings), cursor, outside)

    return asyncio.run(ask())


def texts(outcome: Fetched) -> list[str]:
    assert isinstance(outcome, Fresh), outcome
    return [item.text for item in outcome.items]


def trouble(outcome: Fetched) -> Trouble:
    assert isinstance(outcome, Unknown), outcome
    return outcome.problem.trouble


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "desk" / "inbox"
    folder.mkdir(parents=True)
    return folder


def test_files_of_every_kind_are_read_in_order_of_name(inbox: Path) -> None:
    (inbox / "d.yaml").write_text("- message: four\n")
    (inbox / "a.csv").write_text("message\none\n")
    (inbox / "c.JSONL").write_text('{"message": "three"}\n')
    (inbox / "b.tsv").write_text("message\tnote\ntwo\t2\n")
    feed = FEEDS / "feedjira" / "atom_simple_single_entry.xml"
    (inbox / "e.atom").write_bytes(feed.read_bytes())
    (inbox / "f.json").write_bytes((FEEDS / "feedjira" / "json_feed.json").read_bytes())
    read_texts = texts(read(inbox.parent, path="inbox/*"))
    assert read_texts[:5] == ["one", "two", "three", "four", "Some text."]
    assert len(read_texts) == 8


def test_an_unchanged_inbox_is_unchanged(inbox: Path) -> None:
    (inbox / "a.csv").write_text("message\none\n")
    first = read(inbox.parent, path="inbox/*.csv")
    assert isinstance(first, Fresh)
    assert read(inbox.parent, path="inbox/*.csv", etag=first.etag) == Unchanged()
    (inbox / "b.csv").write_text("message\ntwo\n")
    assert texts(read(inbox.parent, path="inbox/*.csv", etag=first.etag)) == ["one", "two"]
    (inbox / "b.csv").rename(inbox / "0.csv")
    moved = read(inbox.parent, path="inbox/*.csv")
    (inbox / "0.csv").rename(inbox / "c.csv")
    assert isinstance(moved, Fresh)
    assert moved.etag not in {first.etag, None}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("inbox/a.csv", ["inbox/a.csv"]),
        ("./inbox/*.csv", ["inbox/a.csv", "inbox/b.csv"]),
        ("inbox/?.csv", ["inbox/a.csv", "inbox/b.csv"]),
        ("inbox/[b-z].csv", ["inbox/b.csv"]),
        ("*/*.csv", ["inbox/a.csv", "inbox/b.csv"]),
        ("inbox/**/*.csv", ["inbox/2026/11/c.csv", "inbox/a.csv", "inbox/b.csv"]),
        ("inbox/**", ["inbox/2026/11/c.csv", "inbox/a.csv", "inbox/b.csv"]),
        ("inbox", []),
        ("inbox/a.csv/x", []),
        ("nowhere/*.csv", []),
    ],
)
def test_the_path_is_a_glob(inbox: Path, pattern: str, found: list[str]) -> None:
    (inbox / "2026" / "11").mkdir(parents=True)
    for name in ("a.csv", "b.csv", "2026/11/c.csv"):
        (inbox / name).write_text("message\nx\n")
    files, remarks = read_files(inbox.parent, pattern)
    assert [f.name for f in files] == found
    assert remarks == ()


@pytest.mark.parametrize(
    "pattern",
    ["../secret.csv", "inbox/../../secret.csv", "/etc/*", ".git/config", "", ".", "a\\b", "a\0b"],
)
def test_a_path_that_leaves_the_repository_is_refused(inbox: Path, pattern: str) -> None:
    assert trouble(read(inbox.parent, path=pattern)) is Trouble.OUTSIDE_REPOSITORY


def test_links_are_never_followed(inbox: Path) -> None:
    outside = inbox.parent.parent / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("message\nsecret\n")
    (inbox / "link.csv").symlink_to(outside / "secret.csv")
    (inbox / "folder").symlink_to(outside)
    (inbox.parent / "door").symlink_to(outside)
    for pattern in ("inbox/*.csv", "inbox/link.csv", "inbox/folder/*", "inbox/**", "door/*"):
        assert trouble(read(inbox.parent, path=pattern)) is Trouble.NO_FILES


def test_a_link_that_takes_the_place_of_a_file_is_not_opened(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox.parent.parent / "secret.csv").write_text("message\nsecret\n")
    (inbox / "a.csv").symlink_to(inbox.parent.parent / "secret.csv")
    monkeypatch.setattr(file, "_fitting", lambda *_: iter(["inbox/a.csv"]))
    files, remarks = read_files(inbox.parent, "inbox/*.csv")
    assert files == ()
    assert remarks[0].startswith("inbox/a.csv:1: cannot be read")


def test_a_pipe_does_not_hold_up_the_run(inbox: Path) -> None:
    os.mkfifo(inbox / "a.csv")
    assert trouble(read(inbox.parent, path="inbox/*.csv")) is Trouble.NO_FILES


def test_what_is_left_out_is_told_and_the_rest_read(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "FILE_LIMIT", 1000)
    (inbox / "a.csv").write_text("message\none\n")
    (inbox / "b.csv").write_text("message\n" + "x" * 1000)
    (inbox / "c.pdf").write_text("%PDF")
    (inbox / "d.xml").write_text("<html></html>")
    outcome = read(inbox.parent, path="inbox/*")
    assert texts(outcome) == ["one"]
    assert isinstance(outcome, Fresh)
    assert outcome.problem is not None
    assert outcome.problem.detail.split("; ") == [
        "inbox/b.csv:1: larger than 0 MB: split it",
        "inbox/c.pdf:1: `.pdf` is not read: save it as .csv, .jsonl or .yaml",
        "inbox/d.xml:1: no feed: save the feed itself, not a page",
    ]


def test_many_remarks_are_counted(inbox: Path) -> None:
    (inbox / "a.csv").write_text("message,note\n" + "x,?\n" * 9)
    outcome = read(inbox.parent, path="inbox/a.csv")
    assert isinstance(outcome, Fresh)
    assert outcome.problem is not None
    assert outcome.problem.detail.endswith("; and 4 more")


def test_files_that_give_nothing_are_unknown_and_not_empty(inbox: Path) -> None:
    (inbox / "a.csv").write_text("nothing,here\n1,2\n")
    assert trouble(read(inbox.parent, path="inbox/*.csv")) is Trouble.FILES
    assert trouble(read(inbox.parent, path="inbox/*.jsonl")) is Trouble.NO_FILES
    assert trouble(read(inbox.parent)) is Trouble.NO_SETTING


def test_settings_shape_the_reading(inbox: Path) -> None:
    (inbox / "a.csv").write_text("dit,vu,étoile\nBonjour,20/11/2026 19:12,8\n")
    columns = {"text": "dit", "posted_at": "vu", "rating": "étoile"}
    outcome = read(inbox.parent, path="inbox/a.csv", columns=columns, best=10)
    assert isinstance(outcome, Fresh)
    (item,) = outcome.items
    assert item.rating is not None
    assert item.rating.share == 0.8
    assert item.posted_at == datetime(2026, 11, 20, 18, 12, tzinfo=UTC)
    assert replace(item, rating=None, posted_at=None).text == "Bonjour"
