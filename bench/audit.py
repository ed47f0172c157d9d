"""How long the audit and the history of one case take, beside what git alone needs.

    python bench/audit.py 10000                 # cases; about three merged versions each
    python bench/audit.py 10000 --keep /tmp/desk-audit --runs 3

The repository is made as `tests/audit` makes its lives: every version of a case comes as a
branch of one commit and its merge.  Git and the program take turns, and of the runs the least
counts: other programs may be running.  Seconds are those that pass, and those of processors,
git's included; an audit of a long line is shared among processors.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "audit"))

from test_random_lives import keep  # noqa: E402 - the lives of the tests are those measured

from runner.repo.commit_graph import keep_commit_graph  # noqa: E402
from runner.repo.git import open_repository  # noqa: E402
from runner.repo.mainline import read_line  # noqa: E402

_LOG = ("log", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=%H")
_BLOB = 3
"""Where the name of the new blob stands in a line of `--raw`."""


def make(folder: Path, cases: int, behind: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    git = ["git", "-C", str(folder), "-c", "core.fsync=none"]
    subprocess.run([*git, "init", "-q", "-b", "main", "--bare"], check=True)
    (stream,) = keep(cases, random.Random(1), behind)
    subprocess.run([*git, "fast-import", "--quiet", "--done"], input=stream, check=True)
    subprocess.run([*git, "repack", "-a", "-d", "-q"], check=True)


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall-clock and processor seconds of some work and the programs that it runs."""
    before = _used()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began, _used() - before


def _used() -> float:
    whole = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        whole += usage.ru_utime + usage.ru_stime
    return whole


def read_changed_blobs(folder: Path) -> None:
    """Do what no audit can do without: list the changes, and read each changed blob once."""
    git = ("git", "-C", str(folder))
    listed = subprocess.run([*git, *_LOG, "main"], check=True, stdout=subprocess.PIPE).stdout
    lines = (line for line in listed.split(b"\n") if line.startswith(b":"))
    blobs = b"".join(line.split(b" ")[_BLOB] + b"\n" for line in lines)
    with tempfile.TemporaryFile() as names:
        names.write(blobs)
        names.seek(0)
        reading = [*git, "cat-file", "--batch"]
        with subprocess.Popen(reading, stdin=names, stdout=subprocess.PIPE) as process:
            while process.stdout is not None and process.stdout.read(1 << 16):
                pass


def run(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the audit.")
    parser.add_argument("cases", type=int, metavar="CASES")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="Make it here, or use it again.")
    parser.add_argument(
        "--behind", type=int, default=0, metavar="N", help="Branches begin up to N merges before."
    )
    parser.add_argument("--runs", type=int, default=3, help="Turns, of which the least counts.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch) / "desk"
        if not (folder / "HEAD").exists():
            make(folder, arguments.cases, arguments.behind)
        repository = open_repository(folder)
        commits = len(read_line(repository, "main"))
        keep_commit_graph(repository)
        command = (sys.executable, "-m", "runner", "-C", str(folder))
        now = ("--now", f"{datetime(2030, 1, 1, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}")
        path = _some_case(folder)
        git = ("git", "-C", str(folder), "log", "--first-parent", "main", "--", path)
        print(f"{commits:,} commits on the main line")
        compare(
            arguments.runs,
            ("git log --raw, changed blobs read", lambda: read_changed_blobs(folder)),
            ("doleances audit", run(*command, *now, "audit")),
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        compare(
            3 * arguments.runs,
            ("git log -- FILE", run(*git)),
            ("doleances history CASE", run(*command, "history", Path(path).stem)),
        )
        compare(3 * arguments.runs, ("doleances --help", run(*command, "--help")))
    print(f"no process held more than {peak} MB")


def compare(runs: int, *works: tuple[str, Callable[[], object]]) -> None:
    """Print the least seconds of works that take turns, and how many times the first's."""
    taken = [[measured(work) for _, work in works] for _ in range(runs)]
    least = [tuple(map(min, zip(*one, strict=True))) for one in zip(*taken, strict=True)]
    for (name, _), (wall, used) in zip(works, least, strict=True):
        times = f"{wall / least[0][0]:6.2f} times {used / least[0][1]:6.2f} times"
        print(f"{name:36} {wall:8.2f} s {used:8.2f} s of processors {times}", flush=True)


def _some_case(folder: Path) -> str:
    listed = open_repository(folder).text("ls-tree", "-r", "--name-only", "main", "--", "cases")
    paths = listed.splitlines()
    return paths[len(paths) // 2]


if __name__ == "__main__":
    main()
