"""The bar of an audit ends where the line ends, however many processes are to be had."""

from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

import pytest
from audit_book import Book

from runner.policies.instance import build_instance
from runner.repo.audit import audit_register
from runner.repo.git import open_repository
from runner.text.document import Document
from runner.text.strict_yaml import read_value

CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"


def let_all_be(_: pytest.MonkeyPatch) -> None:
    pass


def refuse_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: BaseProcess) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(BaseProcess, "start", start)


def fail_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: object) -> None:
        raise OSError("no more files")

    monkeypatch.setattr("runner.repo.audit._started", start)


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("harm", [let_all_be, refuse_processes, fail_to_ask])
def test_all_commits_are_told_as_done(
    book: Book,
    harm: Callable[[pytest.MonkeyPatch], None],
    processes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(6):
        book.later(hours=1)
        book.note(CASE)
        book.merge()
    instance = build_instance(
        Document("sources.yaml", read_value(book.read("sources.yaml").encode()), {}, {})
    )
    monkeypatch.setattr("runner.repo.audit._processes", lambda _: processes)
    harm(monkeypatch)
    expected: list[int] = []
    told: list[int] = []

    def begin(total: int) -> Callable[[int], None]:
        expected.append(total)
        return told.append

    now = datetime(2026, 12, 31, tzinfo=UTC)
    tip = book.git("rev-parse", "main")
    audit_register(open_repository(book.root), tip, instance, now, begin=begin)
    assert (expected, sum(told)) == ([6], 6)
