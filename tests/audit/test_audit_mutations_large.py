"""Much of something hides nothing, and holds nothing up."""

from audit_book import CASE, Audit, Book, entry

LIMITS = "policies/delegation.yaml"


def test_a_file_that_is_too_large_is_told_with_its_size(book: Book, audit: Audit) -> None:
    book.write(CASE, f"{book.read(CASE)}# {'x' * 9_000_000}\n")
    size = (book.root / CASE).stat().st_size
    guilty = book.merge()
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"]) == ("yaml-too-large", guilty)
    assert f"{size} bytes" in found["message"]


def test_of_many_that_are_rewritten_some_are_told(book: Book, audit: Audit) -> None:
    for _ in range(60):
        book.note(CASE)
    book.merge()
    book.later(hours=1)
    book.write(CASE, book.read(CASE).replace("note: vu", "note: rien"))
    guilty = book.merge()
    found = [one for one in audit(code=1)["findings"] if one["rule"] == "log-rewritten"]
    assert len(found) == 20
    assert {one["commit"] for one in found} == {guilty}


def test_large_versions_are_judged_one_after_the_other(book: Book, audit: Audit) -> None:
    was = book.read(CASE)
    for number in range(12):
        book.write(CASE, f"{was}# {number}{'x' * 900_000}\n")
        book.later(minutes=5)
        book.merge()
    book.write(CASE, was.replace("by: ines", "by: malo", 1))
    guilty = book.merge()
    assert {one["commit"] for one in audit(code=1)["findings"]} == {guilty}


def test_limits_that_are_too_large_to_be_read_let_nobody_give_more(
    book: Book, audit: Audit
) -> None:
    book.write(LIMITS, f"{book.read(LIMITS)}# {'x' * 2_000_000}\n")
    book.merge()
    book.later(hours=1)
    entry(book, CASE, "resolved", to="resolved", outcome="accepted", reason="r",
          channel="private", where="inbox", remedy="a lamp", amount="1", currency="EUR",
          limit_of="ines")  # fmt: skip
    book.change(CASE, "state: acknowledged", "state: resolved")
    guilty = book.merge()
    found = [(one["rule"], one["commit"]) for one in audit(code=1)["findings"]]
    assert ("delegation", guilty) in found
