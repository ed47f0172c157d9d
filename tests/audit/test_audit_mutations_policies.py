"""Policies that are tampered with: what they let pass is found, or they are."""

import pytest
from audit_book import CASE, OPEN, Audit, Book, entry

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
