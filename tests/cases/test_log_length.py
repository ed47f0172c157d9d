"""How many entries a log has, by its lines, is how many the file is read to hold."""

from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.cases.log_length import LogLines, find_log
from runner.repo.case_files import read_case

CASES = sorted((Path(__file__).resolve().parents[2] / "cases").rglob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=[file.stem for file in CASES])
def test_as_many_as_are_read(file: Path) -> None:
    case = read_case(file.read_bytes(), str(file))
    assert isinstance(case, Case)
    assert lines_of(file.read_bytes()).count == len(case.log)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("log:\n- entry: a\n  clocks:\n  - clock: b\n- entry: c\n", 2),
        ("log:\n  - entry: a\n    clocks:\n    - clock: b\n  - entry: c\nextra:\n  - d\n", 2),
        ("log: # from here on\n# a word\n\n- entry: a\n# - entry: b\n", 1),
        ("places:\n- id: p1\nlog:\n- entry: a\n  text: |\n    log:\n    - entry: b\n", 1),
        ("log:\r\n- entry: a\r\n- entry: b\r\n", 2),
        ("log: [{entry: a}]\n", None),
        ("log: []\n", None),
        ("state: open\n", None),
        ("", None),
    ],
    ids=[
        "flush",
        "indented",
        "comments",
        "in-a-text",
        "returns",
        "flow",
        "none",
        "no-log",
        "empty",
    ],
)
def test_dashes_in_the_column_of_the_first_count(text: str, entries: int | None) -> None:
    found = find_log(text.encode())
    assert (found.count if found is not None else None) == entries


@pytest.mark.parametrize(
    ("before", "now", "continues"),
    [
        ("log:\n- entry: a\n", "log:\n- entry: a\n- entry: b\n", True),
        ("log:\n- entry: a\n", "state: open\nlog:\n- entry: a\n", True),
        ("log:\n- entry: a\n", "log:\n- entry: a\n  note: b\n", False),
        ("log:\n- entry: a", "log:\n- entry: ab\n- entry: c\n", False),
        ("log:\n- entry: a\n", "log:\n- entry: b\n- entry: a\n", False),
        ("log:\n- entry: a\n- entry: b\n", "log:\n- entry: a\n", False),
    ],
    ids=["grown", "same", "longer-entry", "longer-word", "inserted", "shortened"],
)
def test_a_log_goes_on_with_an_entry(before: str, now: str, *, continues: bool) -> None:
    assert lines_of(now.encode()).continues(lines_of(before.encode())) == continues


def lines_of(data: bytes) -> LogLines:
    found = find_log(data)
    assert found is not None
    return found
