"""Of two runs that intend one try, one may post; and how signs are counted."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.planning.postings import Posting, Step
from runner.repo.git import open_repository, read_refs
from runner.repo.objects import ObjectReader, Signature
from runner.repo.posted import Posted, parse_posting, read_postings, render_posting
from runner.repo.receipts import RECEIPTS
from runner.repo.receipts_merge import merge_receipts
from runner.repo.refs import RefChange, update_refs
from runner.repo.told import write_team_receipts
from runner.text.graphemes import count_graphemes

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
BOT = Signature("Doléances", "runner@doleances.invalid")
INTENT = Posting("c-000000000m00", "a" * 32, 1, Step.INTENDED, AT, "1" * 32)


def test_the_intent_that_was_on_the_server_first_stays_though_another_is_older(
    tmp_path: Path, git: Callable[..., str], own_git_settings: None
) -> None:
    git(tmp_path, "init", "-q")
    repository = open_repository(tmp_path)
    chains = []
    for run, at in (("1" * 32, AT - timedelta(minutes=1)), ("2" * 32, AT)):
        intent = Posting(INTENT.case_id, INTENT.key, 1, Step.INTENDED, at, run)
        assert write_team_receipts(repository, [Posted(intent)], BOT, at) == (True,)
        assert write_team_receipts(repository, [Posted(intent)], BOT, at) == (False,)
        chains.append(read_refs(repository, RECEIPTS)[RECEIPTS])
        update_refs(repository, (RefChange(RECEIPTS, chains[-1], None),))
    here, there = chains
    merged = merge_receipts(repository, here, there, lambda one, _: one, BOT).commit
    with ObjectReader(repository) as reader:
        (known,) = read_postings(reader, merged, [INTENT.case_id])[INTENT.case_id]
    assert known.run == "2" * 32


def test_a_receipt_is_read_as_it_was_written() -> None:
    assert parse_posting(render_posting(INTENT)) == INTENT


@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "x"), ("tried", 0), ("step", "sent"), ("url", "javascript:alert(1)"), ("run", "Z")],
    ids=["key", "tried", "step", "url", "run"],
)
def test_what_is_no_receipt_counts_as_none(field: str, value: object) -> None:
    told = json.loads(render_posting(INTENT))
    with pytest.raises(ValueError, match=r"."):
        parse_posting(json.dumps(told | {field: value}).encode())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("été", 3),
        ("e\u0301te\u0301", 3),
        ("👩‍👩‍👧", 1),
        ("👍🏽", 1),
        ("❤️", 1),
        ("a\r\nb", 3),
    ],
    ids=["empty", "composed", "decomposed", "family", "skin", "heart", "line end"],
)
def test_signs_are_counted_as_readers_see_them(text: str, count: int) -> None:
    assert count_graphemes(text) == count
