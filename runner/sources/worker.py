"""A process that computes what its parent tells it, one thing after the other.

Started by `workers` with a socket as its standard input, by which it answers too.  It ends when the
parent does, however that ended, because then the socket does; and it ends itself where
something takes too long, even if nobody is there any more who would wait for it.
"""

import contextlib
import gc
import os
import pickle
import signal
import socket
import traceback
from pathlib import Path

from runner.sources.bounds import MEGABYTE

HEAD_BYTES = 8
"""Every message is a pickle after its length, in so many bytes."""

READY = b"\x01"
"""Said once, when everything that is needed was found."""

_MEMORY = 1024 * MEGABYTE
"""What a process may ask of the system's memory; Python and the libraries take 0.2 GB."""

_GARBAGE = 50_000
"""Objects after which memory that refers to itself is looked for: twice what a feed is made of."""


def place_of(error: Exception) -> str:
    """Return what kind of error it is and where in the program it came up, nothing of its words."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def main() -> None:
    """Answer until the parent hangs up."""
    # Who presses Ctrl-C means the parent, and that ends this process too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    # Only pages that are over are garbage, so nothing of the program needs another look for any.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    with socket.socket(fileno=os.dup(0)) as line, line.makefile("rb") as told:
        line.sendall(READY)
        # The parent is gone when it hangs up, and when it does not listen any more.
        with contextlib.suppress(ConnectionError):
            while head := told.read(HEAD_BYTES):
                line.sendall(_answer(told.read(int.from_bytes(head))))


def _answer(task: bytes) -> bytes:
    # From the parent, through a socket that nobody else holds.
    seconds, function, arguments = pickle.loads(task)  # noqa: S301
    # Processor time, so that a busy machine fells nobody.  What it does then is to end the process.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        answer = True, function(*arguments)
    except Exception as error:  # the parent tells of it, and this process has more to do
        answer = False, place_of(error)
    signal.setitimer(signal.ITIMER_PROF, 0)
    made = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    return len(made).to_bytes(HEAD_BYTES) + made


if __name__ == "__main__":
    main()
