"""Work shared among processes: none is lost where the machine gives fewer of them, or none."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from signal import SIG_IGN, SIGINT, signal
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Other(Generic[Piece]):
    """Another process, where its answers come from, and the pieces that it has not answered."""

    process: BaseProcess
    answers: Connection
    left: list[Piece]


def share_work(
    work: Callable[[Piece], Answer], pieces: Sequence[Piece], processes: int
) -> Iterator[Answer]:
    """Begin to work, and return the answers as they come, in any order.

    The others are forked here and at once, so that they have what this process has loaded; it
    works too.  What one does not answer, killed or refused by the machine, is done here.  There
    is no pool: that needs threads, and waits for ever where it gets but the first of them.
    """
    own = [*pieces[::processes]]
    others: list[_Other[Piece]] = []
    for nth in range(1, processes):
        share = [*pieces[nth::processes]]
        other = _started(work, share)
        if other is None:
            own += share
        else:
            others.append(other)
    return _answers(work, own, others)


def _answers(
    work: Callable[[Piece], Answer], own: list[Piece], others: list[_Other[Piece]]
) -> Iterator[Answer]:
    busy = [*others]
    try:
        while own or busy:
            ready = wait([other.answers for other in busy], 0 if own else None)
            for other in [each for each in busy if each.answers in ready]:
                try:
                    answer: Answer = other.answers.recv()
                except (EOFError, OSError):
                    busy.remove(other)
                    own += other.left
                    continue
                other.left.pop(0)
                if not other.left:
                    busy.remove(other)
                yield answer
            if own:
                yield work(own.pop())
    finally:
        for other in others:
            other.process.terminate()
            other.process.join()
            other.answers.close()


def _started(work: Callable[[Piece], Answer], share: list[Piece]) -> _Other[Piece] | None:
    forking = get_context("fork")
    try:
        ours, theirs = forking.Pipe(duplex=False)
    except OSError:
        return None
    with theirs:
        try:
            process = forking.Process(target=_answer, args=(work, share, theirs), daemon=True)
            process.start()
        except OSError:
            ours.close()
            return None
    return _Other(process, ours, share)


def _answer(work: Callable[[Piece], Answer], share: list[Piece], answers: Connection) -> None:
    """Work in a process beside the one that asked, which ends this one with itself.

    Where that fails nothing more is answered: who asked does it, and tells what is wrong.
    """
    signal(SIGINT, SIG_IGN)
    gc.disable()
    with suppress(Exception):
        for piece in share:
            answers.send(work(piece))
