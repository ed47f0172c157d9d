"""Verbs in processes of their own, without the half second that each takes to load the program.

A process that has loaded it forks for each verb.  What the verb then does, and what it leaves
behind when it is killed, is as when people start it.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import TimeoutExpired

import runner

_HERE = Path(runner.__file__).parent
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        ".".join(file.relative_to(_HERE.parent).with_suffix("").parts)
        for file in sorted(_HERE.rglob("[!_]*.py"))
    ]
    + ["babel.dates", "httpx", "jinja2", "jsonschema_rs", "re2"]
)


class Verb:
    """A verb that was started; tests use it as `subprocess.Popen` with texts.

    Any thread may ask how it ended, but only one learns it from the process.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._said = [Path(self._folder.name) / name for name in ("out", "err")]
        self._process = _FORKS.Process(
            target=_run, args=(tuple(arguments), dict(environment), *map(str, self._said))
        )
        self._asking = threading.Lock()
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, None while it runs or somebody else waits for it."""
        if self._asking.acquire(blocking=False):
            try:
                self._learn(0)
            finally:
                self._asking.release()
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """Return how it ended, once it has."""
        with self._asking:
            self._learn(timeout)
        if self.returncode is None:
            raise TimeoutExpired("doleances", timeout)
        return self.returncode

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """Return what it said, once it has ended."""
        self.wait(timeout)
        out, err = (file.read_text() if file.exists() else "" for file in self._said)
        self._folder.cleanup()
        self._process.close()
        return out, err

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def _learn(self, timeout: float) -> None:
        if self.returncode is None:
            self._process.join(timeout)
            self.returncode = self._process.exitcode


def _run(arguments: tuple[str, ...], environment: dict[str, str], out: str, err: str) -> None:
    from runner.cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        there = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(there, stream.fileno())
        os.close(there)
    main(arguments)
