"""However a case file is written: what it says is found to be something else, or nothing."""

import json
from collections.abc import Callable

from audit_book import CASE, OPEN, Audit, Book, clean

from runner.text.strict_yaml import read_value

SAYS = b"note: vu"
Rewriting = Callable[[bytes], bytes]


def swap(was: bytes, now: bytes) -> Rewriting:
    return lambda data: data.replace(was, now, 1)


def without_its_comment(data: bytes) -> bytes:
    return data.partition(b"\n")[2]


def as_json(data: bytes) -> bytes:
    return json.dumps(read_value(data)).encode() + b"\n"


ALIKE: dict[str, Rewriting] = {
    "comments": lambda data: data + b"# more\n",
    "no comment": without_its_comment,
    "spaces": swap(b"cycle: 1", b"cycle:   1"),
    "quotes": swap(SAYS, b"'note': \"vu\""),
    "braces": as_json,
    "line ends": lambda data: data.replace(b"\n", b"\r\n"),
    "no line end": lambda data: data[:-1],
    "an end": lambda data: data + b"...\n",
}
OTHERWISE: dict[str, Rewriting] = {
    "a word": swap(SAYS, b"note: no"),
    "in braces": lambda data: as_json(data.replace(SAYS, b"note: rien", 1)),
    "with other line ends": lambda data: data.replace(SAYS, b"note: x").replace(b"\n", b"\r\n"),
    "behind a long comment": lambda data: data.replace(SAYS, b"note: x") + b"#" * 60_000 + b"\n",
    "a text of several lines": swap(SAYS, b"note: |\n    vu\n    - entry: noted"),
    "a number in quotes": swap(b"cycle: 1", b"cycle: '1'"),
    "nothing": swap(SAYS, b"note: ~"),
    "an empty file": lambda _: b"",
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "a zero": swap(SAYS, b"note: v\0u"),
    "a next line": swap(SAYS, b"note: v\xc2\x85u"),
    "a line separator": swap(SAYS, b"note: v\xe2\x80\xa8u"),
    "no text": swap(SAYS, b"note: v\xffu"),
    "wide characters": lambda data: data.decode().encode("utf-16"),
    "a key twice": swap(SAYS, b"note: vu\n  note: rien"),
    "a log twice": lambda data: data + b"log: []\n",
    "an alias": swap(SAYS, b"note: &a vu\n- *a"),
    "a merge key": swap(SAYS, b"<<: {note: rien}\n  note: vu"),
    "a tag": swap(SAYS, b"note: !!str vu"),
    "two documents": lambda data: data + b"---\n" + data,
    "a first field that is indented": lambda data: b" " + without_its_comment(data),
    "a first field in braces": lambda data: swap(b"schema: 1", b"{schema: 1}")(
        without_its_comment(data)
    ),
}  # fmt: skip


def merged(book: Book, rewritings: dict[str, Rewriting]) -> dict[str, str]:
    """Merge each rewriting of the case and then the case as it was; return the commits."""
    clean(book)
    was = (book.root / CASE).read_bytes()
    commits: dict[str, str] = {}
    for name, rewritten in rewritings.items():
        now = rewritten(was)
        assert now != was, name
        (book.root / CASE).write_bytes(now)
        book.later(minutes=5)
        commits[book.merge()] = name
        (book.root / CASE).write_bytes(was)
        book.later(minutes=5)
        book.merge()
    return commits


def test_a_file_that_says_the_same_otherwise_is_fine(book: Book, audit: Audit) -> None:
    merged(book, ALIKE)
    assert audit("--strict", code=0)["findings"] == []


def test_a_file_that_says_something_else_or_nothing_is_found(book: Book, audit: Audit) -> None:
    commits = merged(book, OTHERWISE)
    broken = [one for one in audit(code=1)["findings"] if one["weight"] == "broken"]
    assert {one["file"] for one in broken} == {CASE}
    assert {commits.get(one["commit"]) for one in broken} >= set(commits.values())


def test_two_cases_in_one_file_are_found(book: Book, audit: Audit) -> None:
    book.write(CASE, book.read(CASE) + book.read(OPEN))
    guilty = book.merge()
    assert {one["commit"] for one in audit(code=1)["findings"]} == {guilty}
