"""Receipts: of one change, or of all changes of a case."""

from datetime import UTC, datetime

from runner.planning.branches import Outcome
from runner.planning.observation import Cursor
from runner.repo.git import Repository
from runner.repo.ledger import Ledger, newest
from runner.repo.objects import NewCommit, ObjectReader, Signature, write_commits
from runner.repo.receipts import EVERY, Receipt, read_receipts, render_receipt

A, B = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def receipt(case_id: str, change: str) -> Receipt:
    return Receipt(case_id, change, Outcome.REFUSED, 1, "ines", "so", "t", NOW, None)


def test_all_receipts_of_a_case_are_found_by_one_question(repository: Repository) -> None:
    held = [receipt(A, "open"), receipt(A, "heard-000000000001"), receipt(B, "open")]
    files = {each.path: render_receipt(each) for each in held}
    files[f"settled/aa/{A}/README"] = b"none"
    commit = NewCommit("m\n", Signature("r", "r@example.org"), NOW, files)
    (oid,) = write_commits(repository, (commit,))
    with ObjectReader(repository) as reader:
        assert set(read_receipts(reader, oid, [(A, EVERY)])) == {held[0].key, held[1].key}
        assert set(read_receipts(reader, oid, [(A, "open"), (B, EVERY)])) == {
            held[0].key,
            held[2].key,
        }
        assert read_receipts(reader, oid, [("c-cccccccccccc", EVERY)]) == {}
        # So many that it is asked first which cases have any.
        many = [(f"c-{number:012}", "open") for number in range(3000)]
        assert set(read_receipts(reader, oid, [*many, (A, "open"), (B, EVERY)])) == {
            held[0].key,
            held[2].key,
        }


def test_cursors_of_conversations_that_nobody_reads_go() -> None:
    def cursor(name: str, day: int) -> Cursor:
        return Cursor(name, None, None, NOW.replace(day=day), "", (), 0)

    held = Ledger({each.source: each for each in (cursor("forum", 1), cursor(f"{A}.p1", 1))})
    kept = newest(held, Ledger({f"{B}.p1": cursor(f"{B}.p1", 9)}))
    assert sorted(kept.cursors) == [f"{B}.p1", "forum"]
