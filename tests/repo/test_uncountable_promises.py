"""A case whose promise nobody can count is not read: it would stop every run."""

from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.repo.case_files import read_case

ROOT = Path(__file__).resolve().parents[2]
FILE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
TEXT = (ROOT / FILE).read_text()


@pytest.mark.parametrize(
    ("sound", "hostile", "said"),
    [
        ("zone: Europe/Paris", "zone: Europe/Pari", "there is no time zone `Europe/Pari`"),
        ("zone: Europe/Paris", "zone: ../../etc/hosts", "there is no time zone"),
        ("due_at: 2026-11-22T", "due_at: 9999-11-22T", "it lies beyond the years 1900 to 2400"),
        ("target: 3 civil days", "target: 3 business days", "`3 business days` needs a calendar"),
    ],
)
def test_it_is_said_what_is_wrong(sound: str, hostile: str, said: str) -> None:
    assert sound in TEXT
    assert isinstance(read_case(TEXT.encode(), FILE), Case)
    faults = read_case(TEXT.replace(sound, hostile, 1).encode(), FILE)
    assert not isinstance(faults, Case)
    assert [fault.rule for fault in faults] == ["case-unreadable"]
    assert faults[0].message.startswith(f"the clock first-reply: {said}")
