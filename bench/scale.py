"""Measure the program on repositories of 1,000, 10,000 and 100,000 cases.

    python bench/scale.py [COUNT...] [--runs 5] [--json]

Every figure is a whole process, from start to exit, after one run that warms the disk: wall-clock
seconds (least and median over the runs), processor seconds, and the most memory it held.
`bench/README.md` says what each row is.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
DOLEANCES = str(SCRIPTS / "doleances")
SCHEMA = ROOT / "runner/schemas/case.schema.json"
COUNTS = (1_000, 10_000, 100_000)
RIVAL_AT_MOST = 10_000
"""check-jsonschema takes minutes and more arguments than fit for 100,000 files."""

READ_BYTES = """
import os
stack = ["cases"]
while stack:
    with os.scandir(stack.pop()) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                stack.append(entry.path)
            else:
                with open(entry.path, "rb", buffering=0) as file:
                    file.read()
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: `least` and `median` in wall-clock seconds, `memory` in MB (10^6 bytes) at its peak.

    `processor` is the least of user and system seconds, of all threads and children: it tells a
    slow program from a busy machine.
    """

    cases: int
    what: str
    least: float
    median: float
    processor: float
    memory: float
    runs: int


class CannotMeasure(Exception):
    """A command that should have worked did not; its figure would mean nothing."""


def measure(
    cases: int,
    what: str,
    command: Sequence[str],
    *,
    folder: Path,
    runs: int,
    before: Callable[[], None] = lambda: None,
) -> Figure:
    """Run a command once to warm up, then `runs` times, each after `before`."""
    taken = []
    for _ in range(runs + 1):
        before()
        taken.append(run_once(command, folder))
    wall, processor, memory = zip(*taken[1:], strict=True)
    return Figure(
        cases, what, min(wall), statistics.median(wall), min(processor), max(memory), runs
    )


def run_once(command: Sequence[str], folder: Path) -> tuple[float, float, float]:
    """Return wall-clock seconds, processor seconds and peak memory in MB of a process."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            tail = said.read()[-2_000:].decode(errors="replace")
            raise CannotMeasure(f"{' '.join(command[:4])} ended with {child.returncode}:\n{tail}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def measure_start(runs: int) -> list[Figure]:
    """Measure what no command can be faster than."""
    return [
        measure(0, "bare interpreter", [sys.executable, "-c", ""], folder=ROOT, runs=runs),
        measure(0, "doleances --help", [DOLEANCES, "--help"], folder=ROOT, runs=runs),
    ]


def measure_repository(count: int, folder: Path, runs: int, rival: str | None) -> list[Figure]:
    """Measure one generated repository."""

    def forget() -> None:
        shutil.rmtree(folder / ".git/doleances", ignore_errors=True)

    settle(folder)
    figures = [
        measure(
            count,
            "read the same bytes",
            [sys.executable, "-c", READ_BYTES],
            folder=folder,
            runs=runs,
        ),
        measure(
            count,
            "doleances check, nothing cached",
            [DOLEANCES, "check"],
            folder=folder,
            runs=runs,
            before=forget,
        ),
        measure(count, "doleances check again", [DOLEANCES, "check"], folder=folder, runs=runs),
        measure(
            count,
            "doleances plan, nothing new",
            [DOLEANCES, "plan"],
            folder=folder,
            runs=runs,
        ),
    ]
    if rival and count <= RIVAL_AT_MOST:
        files = [str(path.relative_to(folder)) for path in sorted(folder.glob("cases/*/*/*/*"))]
        figures.append(
            measure(
                count,
                "check-jsonschema, the same cases",
                [rival, "--schemafile", str(SCHEMA), *files],
                folder=folder,
                runs=min(runs, 2),
            )
        )
    return figures


def settle(folder: Path) -> None:
    """Run until nothing is left to do, so that a plan finds nothing new."""
    for _ in range(3):
        run_once([DOLEANCES, "run"], folder)


def find_rival() -> str | None:
    beside = SCRIPTS / "check-jsonschema"
    return str(beside) if beside.exists() else shutil.which("check-jsonschema")


def print_table(figures: Sequence[Figure]) -> None:
    print(
        f"{'cases':>8}  {'what':<34} {'least s':>9} {'median s':>9} {'cpu s':>8} {'peak MB':>8}"
        f" {'runs':>5}"
    )
    for figure in figures:
        print(
            f"{figure.cases or '':>8}  {figure.what:<34} {figure.least:>9.3f} "
            f"{figure.median:>9.3f} {figure.processor:>8.3f} {figure.memory:>8.0f}"
            f" {figure.runs:>5}"
        )
    for line in compare(figures):
        print(line)


def compare(figures: Sequence[Figure]) -> list[str]:
    """Return what the figures say about each other, from the least of each."""
    least = {(figure.cases, figure.what): figure.least for figure in figures}
    help_ = least[0, "doleances --help"]
    said = [f"start-up over a bare interpreter: {help_ - least[0, 'bare interpreter']:.3f} s"]
    for cases in sorted({figure.cases for figure in figures} - {0}):
        plan = least[cases, "doleances plan, nothing new"]
        said.append(f"{cases} cases: plan over start-up: {plan - help_:.3f} s")
        rival = least.get((cases, "check-jsonschema, the same cases"))
        if rival:
            times = rival / least[cases, "doleances check, nothing cached"]
            said.append(f"{cases} cases: check-jsonschema takes {times:.1f} times as long as check")
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the program at scale.")
    parser.add_argument("counts", type=int, nargs="*", metavar="COUNT", default=list(COUNTS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the figures as data")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the repositories here, keep")
    arguments = parser.parse_args()
    rival = find_rival()
    if rival is None:
        print("check-jsonschema is not installed: left out", file=sys.stderr)
    figures = measure_start(max(arguments.runs, 10))
    with tempfile.TemporaryDirectory(prefix="doleances-bench-") as scratch:
        home = arguments.keep or Path(scratch)
        for count in arguments.counts:
            folder = home / str(count)
            if not folder.exists():
                generate = [sys.executable, str(ROOT / "bench/generate.py"), str(count)]
                subprocess.run([*generate, str(folder)], check=True)
            figures += measure_repository(count, folder, arguments.runs, rival)
    if arguments.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
    else:
        print_table(figures)


if __name__ == "__main__":
    try:
        main()
    except CannotMeasure as stopped:
        sys.exit(str(stopped))
