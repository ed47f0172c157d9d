"""Measure `check --base` of a change of one case.

    python bench/change.py [COUNT] [--runs 15]

Every figure is a whole process on a repository of COUNT cases (10,000): least and median
milliseconds.  The bar: no more than twice the start of the program plus `git diff`.
"""

import argparse
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOLEANCES = str(Path(sysconfig.get_path("scripts")) / "doleances")
GIT_DIFF = ("git", "diff", "--name-status", "HEAD~1", "--", "cases", "policies", "templates")
NOTE = """\
- entry: noted
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: ines
  note: Read again.
"""


def milliseconds(desk: Path, line: Sequence[str]) -> float:
    started_at = time.perf_counter()
    subprocess.run(line, cwd=desk, check=True, capture_output=True)
    return 1000 * (time.perf_counter() - started_at)


def change_one_case(desk: Path) -> None:
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=Ines", "-c", "user.email=ines@example.org")
        ended = subprocess.run(
            ["git", *who, *arguments], cwd=desk, check=True, capture_output=True, text=True
        )
        return ended.stdout

    last = git("ls-files", "cases").splitlines()[-1]
    with (desk / last).open("a") as case:
        case.write(NOTE)
    git("commit", "-qam", "Change one case.")
    # Git reads files again whose time is that of its index.
    time.sleep(1.1)
    git("update-index", "-q", "--refresh", "--force-write-index")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("count", nargs="?", type=int, default=10_000)
    asked.add_argument("--runs", type=int, default=15)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch) / "desk"
        generate = [sys.executable, str(HERE / "generate.py"), str(given.count), str(desk)]
        subprocess.run(generate, check=True, capture_output=True)
        change_one_case(desk)
        rows = {
            "doleances --help": (DOLEANCES, "--help"),
            "git diff": GIT_DIFF,
            "doleances check --base HEAD~1": (DOLEANCES, "check", "--base", "HEAD~1"),
        }
        # In turns, so that whatever else the machine does meets all of them alike.
        turns = [
            {name: milliseconds(desk, row) for name, row in rows.items()}
            for _ in range(given.runs + 1)
        ]
    medians = []
    for name in rows:
        spent = [turn[name] for turn in turns[1:]]
        medians.append(statistics.median(spent))
        print(f"{name:32}{min(spent):8.0f} ms least{medians[-1]:8.0f} ms median")
    start, diff, check = medians
    print(f"{check / (start + diff):.2f} times the start of the program plus git diff")


if __name__ == "__main__":
    main()
