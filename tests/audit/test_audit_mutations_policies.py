"""Policies that are tampered with: what they let pass is found, or they are."""

from datetime import datetime, timedelta

import pytest
from audit_book import CASE, ODILE, OPEN, Audit, Book, entry, verb

CLOCKS = "policies/clocks.yaml"
TEAM = "policies/team.yaml"


@pytest.mark.parametrize("path", [TEAM, CLOCKS, "sources.yaml", "templates/advice-fr.yaml"])
def test_a_link_in_the_place_of_what_decides_is_found(book: Book, audit: Audit, path: str) -> None:
    book.write("elsewhere.yaml", book.read(path))
    (book.root / path).unlink()
    (book.root / path).symlink_to("../" * path.count("/") + "elsewhere.yaml")
    guilty = book.merge()
    (book.root / path).unlink()
    book.write(path, book.read("elsewhere.yaml"))
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"], found["file"]) == ("odd-file", guilty, path)


@pytest.mark.parametrize(
    "text", [None, "clocks: [\n", "version: 1\n"], ids=["gone", "broken", "empty"]
)
def test_clocks_that_nobody_can_read_stop_nothing(
    book: Book, audit: Audit, text: str | None
) -> None:
    was = book.read(CLOCKS)
    if text is None:
        (book.root / CLOCKS).unlink()
    else:
        book.write(CLOCKS, text)
    book.merge()
    book.later(hours=1)
    entry(book, OPEN, "replied", to="acknowledged", place="p1", url="https://example.org/1")
    book.change(OPEN, "state: open", "state: acknowledged")
    guilty = book.merge()
    book.later(hours=1)
    book.write(CLOCKS, was)
    book.merge()
    found = [(one["rule"], one["commit"]) for one in audit("--strict", code=1)["findings"]]
    assert ("clock-left-out", guilty) in found


def test_a_policy_that_goes_and_comes_lets_nobody_use_it_in_between(
    book: Book, audit: Audit
) -> None:
    was = book.read(TEAM)
    (book.root / TEAM).unlink()
    book.merge()
    book.later(hours=1)
    book.note(CASE)
    guilty = book.merge()
    book.later(hours=1)
    book.write(TEAM, was)
    book.merge()
    found = {(one["rule"], one["commit"]) for one in audit(code=1)["findings"]}
    assert ("nobody", guilty) in found


def promise_less(book: Book) -> str:
    """Merge clocks that give 90 days for 7; return what stood before."""
    was = book.read(CLOCKS)
    book.change(CLOCKS, "- {within: 7 civil days}", "- {within: 90 civil days}")
    book.merge(by=ODILE)
    return was


def reply(book: Book, at: datetime | None = None) -> None:
    """Answer, with what the clocks of the working tree promise then."""
    was = f"{at or book.at:%Y-%m-%dT%H:%M:%SZ}"
    verb(book, "reply", "c-ksaxnqsx04pf", "--url", "https://entraide.example.org/q/44790#a",
         "--by", "ines", "--at", was)  # fmt: skip


def weights(audit: Audit, guilty: str) -> list[str]:
    """Return how much weighs what is found, all of it about policies in one commit."""
    found = audit()["findings"]
    assert {(one["rule"], one["commit"]) for one in found} <= {("clock-policy", guilty)}
    return [one["weight"] for one in found]


@pytest.mark.parametrize(
    ("days", "ago", "expected"),
    [
        (7, 0, []),
        (8, 0, ["broken"]),
        (8, 2, ["warning"]),
        (30, 20, ["broken"]),
    ],
    ids=["in time", "too late", "written down again", "happened too late"],
)
def test_a_policy_that_was_replaced_long_before_promises_nothing(
    book: Book, audit: Audit, days: int, ago: int, expected: list[str]
) -> None:
    was = promise_less(book)
    book.later(hours=1)
    book.git("switch", "-q", "-c", "aside")
    book.git("switch", "-q", "main")
    book.write(CLOCKS, was)
    book.merge(by=ODILE)
    book.later(days=days)
    book.git("checkout", "-q", "aside", "--", CLOCKS)
    reply(book, at=book.at - timedelta(days=ago))
    book.git("checkout", "-q", "main", "--", CLOCKS)
    assert weights(audit, book.merge()) == expected


def test_a_policy_that_is_back_promises_again(book: Book, audit: Audit) -> None:
    was = promise_less(book)
    lax = book.read(CLOCKS)
    for text in (was, lax):
        book.later(days=9)
        book.write(CLOCKS, text)
        book.merge(by=ODILE)
    book.later(hours=1)
    reply(book)
    assert weights(audit, book.merge()) == []


def test_a_policy_from_before_the_audit_promises_nothing(book: Book, audit: Audit) -> None:
    was = promise_less(book)
    lax = book.read(CLOCKS)
    book.later(hours=1)
    book.write(CLOCKS, was)
    start = book.merge(by=ODILE)
    book.later(days=9)
    book.write(CLOCKS, lax)
    reply(book)
    book.write(CLOCKS, was)
    guilty = book.merge()
    assert [one["weight"] for one in audit("--since", start)["findings"]] == ["broken"]
    assert weights(audit, guilty) == ["broken"]


def test_a_case_that_was_detected_before_a_policy_may_be_opened_by_it(
    book: Book, audit: Audit
) -> None:
    detected = f"{book.later(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    book.later(hours=2)
    promise_less(book)
    book.later(hours=1)
    verb(book, "new", "--source", "forum-bricolage", "--url", "https://forum.example.org/t/64",
         "--text", "Colis jamais reçu.", "--by", "ines", "--at", detected)  # fmt: skip
    assert weights(audit, book.merge()) == []


def test_a_promise_that_says_it_is_older_than_its_policy_is_odd(book: Book, audit: Audit) -> None:
    recorded = book.at
    book.later(days=2)
    promise_less(book)
    book.later(hours=1)
    now, book.at = book.at, recorded
    reply(book)
    book.at = now
    assert weights(audit, book.merge()) == ["warning"]


def test_who_has_a_policy_on_a_branch_may_promise_by_it(book: Book, audit: Audit) -> None:
    book.change(CLOCKS, "- {within: 7 civil days}", "- {within: 90 civil days}")
    reply(book)
    book.git("add", OPEN)
    book.git("stash", "-q", "--keep-index")
    book.git("switch", "-q", "-c", "promised")
    head = book.commit()
    book.git("switch", "-q", "main")
    book.git("checkout", "-q", "stash@{0}", "--", CLOCKS)
    book.later(days=2)
    book.merge(by=ODILE)
    book.later(hours=1)
    book.git("merge", "-q", "--no-ff", "-m", "Accept.", head)
    assert weights(audit, book.git("rev-parse", "main")) == []


@pytest.mark.parametrize(
    ("days", "expected"), [(6, []), (9, ["warning"])], ids=["of late", "long since"]
)
def test_a_target_is_one_for_such_a_case(
    book: Book, audit: Audit, days: int, expected: list[str]
) -> None:
    reply(book)
    book.merge()
    book.later(hours=1)
    verb(book, "qualify", "c-ksaxnqsx04pf", "--urgency", "critical", "--by", "ines")
    book.merge()
    book.later(days=days)
    verb(book, "wrote", "c-ksaxnqsx04pf", "--channel", "private", "--where", "inbox",
         "--by", "ines")  # fmt: skip
    due, later = (
        f"due_at: {book.at + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (4, 24)
    )
    book.change(OPEN, due, later)
    book.change(OPEN, "target: 4 hours", "target: 1 civil day")
    assert weights(audit, book.merge()) == expected
