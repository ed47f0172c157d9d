"""Days that do not exist: told of once, in the commit that brings them, and nothing stops."""

import re
from collections.abc import Callable

import pytest
from audit_book import OPEN, Audit, Book, verb

from runner.cli.main import run

NEVER = "2026-02-30T00:00:00Z"


def reply(book: Book) -> None:
    verb(book, "reply", "c-ksaxnqsx04pf", "--url", "https://entraide.example.org/q/44790#a",
         "--by", "ines")  # fmt: skip


def in_place_of(pattern: str) -> Callable[[Book], None]:
    """Write the day that does not exist over the first instant that follows a pattern."""

    def write(book: Book) -> None:
        changed, count = re.subn(rf"({pattern})\S+", rf"\g<1>{NEVER}", book.read(OPEN), count=1)
        assert count == 1
        book.write(OPEN, changed)

    return write


@pytest.mark.parametrize(
    ("write", "rewritten"),
    [
        (in_place_of("posted_at: "), "place-rewritten"),
        (in_place_of("\n  at: "), "log-rewritten"),
        (in_place_of("recorded_at: "), "log-rewritten"),
        (in_place_of("due_at: "), "log-rewritten"),
    ],
    ids=["posted", "at", "recorded", "due"],
)
def test_a_day_that_does_not_exist_is_told_of_and_what_follows_is_judged(
    book: Book, audit: Audit, write: Callable[[Book], None], rewritten: str
) -> None:
    reply(book)
    kept = book.read(OPEN)
    book.git("checkout", "-q", ".")
    write(book)
    guilty = book.merge()
    tail = kept[kept.index("- entry: replied") :]
    book.later(hours=1)
    book.change(OPEN, "state: open", "state: acknowledged")
    book.write(OPEN, book.read(OPEN) + tail)
    book.merge()
    book.later(hours=1)
    book.note(OPEN, by="odile")
    forged = book.merge()
    found = [(one["rule"], one["commit"]) for one in audit(code=1)["findings"]]
    assert sorted(found) == sorted(
        [("no-such-instant", guilty), (rewritten, guilty), ("not-the-actor", forged)]
    )
    since = audit("--since", guilty, code=1)["findings"]
    assert [(one["rule"], one["commit"]) for one in since] == [("not-the-actor", forged)]


def test_an_answer_to_what_was_never_posted_stops_nothing(book: Book, audit: Audit) -> None:
    reply(book)
    in_place_of("posted_at: ")(book)
    guilty = book.merge()
    found = [(one["rule"], one["commit"]) for one in audit(code=1)["findings"]]
    assert sorted(found) == [("no-such-instant", guilty), ("place-rewritten", guilty)]
    out = book.root.parent / "case.html"
    assert run(["-C", str(book.root), "bundle", "c-ksaxnqsx04pf", "--out", str(out)]) in {0, 1}
