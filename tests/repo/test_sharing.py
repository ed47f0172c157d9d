"""Work shared among processes: every piece is answered once, whatever becomes of the others."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from multiprocessing import active_children
from multiprocessing.process import BaseProcess

import pytest

from runner.repo.sharing import share_work

PIECES = range(40)
HERE = os.getpid()


def square(piece: int) -> int:
    return piece * piece


def dying_elsewhere(piece: int) -> int:
    if os.getpid() != HERE and piece >= 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece * piece


def failing_elsewhere(piece: int) -> int:
    if os.getpid() != HERE:
        raise MemoryError
    return piece * piece


def long_answers(piece: int) -> bytes:
    """Answer with more than a pipe holds."""
    return bytes([piece]) * 300_000


@pytest.mark.parametrize("processes", [1, 2, 4, 60])
def test_each_piece_is_answered_once(processes: int) -> None:
    assert sorted(share_work(square, PIECES, processes)) == [n * n for n in PIECES]
    assert not active_children()


@pytest.mark.parametrize("work", [dying_elsewhere, failing_elsewhere])
def test_what_others_did_not_answer_is_done_here_killed(work: Callable[[int], int]) -> None:
    assert sorted(share_work(work, PIECES, 4)) == [n * n for n in PIECES]
    assert not active_children()


def test_others_do_a_part_of_it() -> None:
    by = Counter(share_work(lambda _: os.getpid(), PIECES, 2))
    assert (len(by), by.total()) == (2, len(PIECES))


def test_answers_may_be_longer_than_what_lies_between_processes() -> None:
    assert Counter(map(len, share_work(long_answers, PIECES, 3))) == {300_000: len(PIECES)}


@pytest.mark.parametrize("given", [0, 1])
def test_a_machine_that_gives_fewer_processes_loses_no_work(
    given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started = BaseProcess.start, list[BaseProcess]()

    def refuse(process: BaseProcess) -> None:
        if len(started) >= given:
            raise BlockingIOError("no more processes")
        started.append(process)
        start(process)

    monkeypatch.setattr(BaseProcess, "start", refuse)
    assert sorted(share_work(square, PIECES, 4)) == [n * n for n in PIECES]
    assert len(started) == given


def test_who_stops_listening_ends_the_others() -> None:
    answers = share_work(long_answers, PIECES, 3)
    next(answers)
    del answers
    assert not active_children()


def test_what_fails_everywhere_is_told() -> None:
    def fail(piece: int) -> int:
        raise ValueError(f"piece {piece}")

    with pytest.raises(ValueError, match="piece"):
        list(share_work(fail, PIECES, 3))
    assert not active_children()
