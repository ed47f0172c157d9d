"""How long the audit and the history of one case take, beside what git alone needs.

    python bench/audit.py 10000                 # cases; about three merged versions each
    python bench/audit.py 10000 --keep /tmp/desk-audit

The repository is made as `tests/audit` makes its lives: every version of a case comes as a
branch of one commit and its merge.  Seconds are of processor time, git's included, because
other programs may be running.
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

from runner.repo.git import open_repository  # noqa: E402
from runner.repo.mainline import walk_line  # noqa: E402
from runner.repo.objects import ObjectReader  # noqa: E402

_LOG = ("log", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=%H")
_BLOB = 3
"""Where the name of the new blob stands in a line of `--raw`."""


def make(folder: Path, cases: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    git = ["git", "-C", str(folder), "-c", "core.fsync=none"]
    subprocess.run([*git, "init", "-q", "-b", "main", "--bare"], check=True)
    (stream,) = keep(cases, random.Random(1))
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
    repository = open_repository(folder)
    listed = repository.text(*_LOG, "main").splitlines()
    blobs = [line.split(" ")[_BLOB] for line in listed if line.startswith(":")]
    with ObjectReader(repository) as reader:
        for _ in reader.read_all(blobs):
            pass


def run(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the audit.")
    parser.add_argument("cases", type=int, metavar="CASES")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="Make it here, or use it again.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch) / "desk"
        if not (folder / "HEAD").exists():
            make(folder, arguments.cases)
        command = (sys.executable, "-m", "runner", "-C", str(folder))
        now = ("--now", f"{datetime(2030, 1, 1, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}")
        commits = sum(1 for _ in walk_line(open_repository(folder), "main"))
        rows = [
            ("git log --raw, changed blobs read", measured(lambda: read_changed_blobs(folder))),
            ("doleances audit", measured(run(*command, *now, "audit"))),
        ]
        path = _some_case(folder)
        case_id = Path(path).stem
        git = ("git", "-C", str(folder), "log", "--first-parent", "main", "--", path)
        rows += [
            ("git log -- FILE", measured(run(*git))),
            ("doleances --help", measured(run(*command, "--help"))),
            ("doleances history CASE", measured(run(*command, "history", case_id))),
        ]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{commits:,} commits on the main line; at most {peak} MB")
    for name, (wall, used) in rows:
        print(f"{name:36} {wall:8.2f} s {used:8.2f} s of processor time")


def _some_case(folder: Path) -> str:
    listed = open_repository(folder).text("ls-tree", "-r", "--name-only", "main", "--", "cases")
    paths = listed.splitlines()
    return paths[len(paths) // 2]


if __name__ == "__main__":
    main()
