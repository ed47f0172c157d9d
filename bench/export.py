"""How long an export takes, and how much memory.

    python bench/generate.py 100000 /tmp/desk-100000
    python bench/export.py /tmp/desk-100000

Each format once, without the audit (`bench/audit.py` measures that).  Seconds are of processor
time beside those on the wall.  What is written goes to a folder beside the desk, removed again.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMATS = ("sqlite", "csv", "jsonl", "xlsx")


def measure(desk: Path, form: str) -> None:
    folder = Path(tempfile.mkdtemp(dir=desk.parent, prefix="export-"))
    command = [sys.executable, "-m", "runner", "-C", str(desk), "export", "--no-findings"]
    try:
        began = time.perf_counter()
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [*command, "--format", form, "--out", str(folder / "made")], stdout=said
            )
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - began
        made = folder / "made"
        files = [each for each in made.rglob("*") if each.is_file()] if made.is_dir() else [made]
        weight = sum(file.stat().st_size for file in files) / 1e6
    finally:
        shutil.rmtree(folder)
    spent = used.ru_utime + used.ru_stime
    peak = used.ru_maxrss / 1024
    print(f"| {form} | {took:.1f} | {spent:.1f} | {peak:.0f} | {weight:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the exports of a desk.")
    parser.add_argument("desk", type=Path, metavar="DIR", help="a desk, as bench/generate.py makes")
    arguments = parser.parse_args()
    print("| format | s on the wall | s of processor time | MB at most | MB written |")
    print("| --- | --- | --- | --- | --- |")
    for form in FORMATS:
        measure(arguments.desk.resolve(), form)


if __name__ == "__main__":
    main()
