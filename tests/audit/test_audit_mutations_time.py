"""What says that it is older or younger than it can be."""

from datetime import UTC, datetime, timedelta

from audit_book import CASE, TWO_PLACES, Audit, Book, clean


def test_a_commit_that_is_older_than_the_one_before_is_found(book: Book, audit: Audit) -> None:
    clean(book)
    book.note(CASE, recorded=book.at - timedelta(minutes=30))
    book.merge(at=book.at - timedelta(minutes=29))
    assert audit(code=0)["findings"] == []
    book.note(CASE, recorded=book.at - timedelta(minutes=20))
    book.merge(at=book.at - timedelta(hours=5))
    assert {one["rule"] for one in audit(code=1)["findings"]} == {
        "back-dated", "recorded-after-commit",
    }  # fmt: skip


def test_a_commit_of_tomorrow_is_found(book: Book, audit: Audit) -> None:
    book.note(CASE)
    book.merge(at=datetime(2027, 3, 1, tzinfo=UTC))
    assert "commit-ahead" in {one["rule"] for one in audit(code=1)["findings"]}


def test_an_entry_that_says_it_is_weeks_old_is_odd(book: Book, audit: Audit) -> None:
    clean(book)
    recorded = book.at
    book.later(days=20)
    book.note(CASE, recorded=recorded)
    book.merge()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("recorded-long-before", "warning")
    audit("--strict", code=1)


def test_what_waited_on_a_branch_for_weeks_is_as_old_as_the_branch(
    book: Book, audit: Audit
) -> None:
    book.git("switch", "-q", "-c", "waiting")
    book.note(CASE)
    head = book.commit()
    book.git("switch", "-q", "main")
    book.later(days=20)
    book.git("merge", "-q", "--no-ff", "-m", "Accept.", head)
    assert audit("--strict", code=0)["findings"] == []


def test_a_branch_that_is_older_than_what_it_stands_on_is_odd(book: Book, audit: Audit) -> None:
    clean(book)
    book.later(days=20)
    book.note(TWO_PLACES)
    book.merge()
    long_ago = book.at - timedelta(days=15)
    book.git("switch", "-q", "-c", "forged")
    book.note(CASE, recorded=long_ago)
    book.commit(at=long_ago)
    book.write("README.md", "more")
    head = book.commit(at=long_ago)
    book.git("switch", "-q", "main")
    book.git("merge", "-q", "--no-ff", "-m", "Accept.", head, at=book.later(hours=1))
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("back-dated", "warning")
    assert found["commit"] == book.git("rev-parse", "main")


def test_a_merge_that_is_older_than_its_branch_is_odd(book: Book, audit: Audit) -> None:
    book.git("switch", "-q", "-c", "early")
    book.note(CASE)
    head = book.commit(at=book.at + timedelta(minutes=30))
    book.git("switch", "-q", "main")
    book.git("merge", "-q", "--no-ff", "-m", "Accept.", head)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("back-dated", "warning")


def test_dates_that_a_rebase_kept_and_clocks_a_bit_apart_are_fine(book: Book, audit: Audit) -> None:
    waiting = book.at
    clean(book)
    book.git("switch", "-q", "-c", "rebased")
    book.note(TWO_PLACES, recorded=book.at)
    book.commit(at=book.at - timedelta(minutes=3), authored=waiting)
    book.git("switch", "-q", "main")
    book.git("merge", "-q", "--no-ff", "-m", "Accept.", "rebased")
    assert audit("--strict", code=0)["findings"] == []
