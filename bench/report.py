"""How long the report of a desk takes, and how much memory.

    python bench/generate.py 100000 /tmp/desk-100000
    python bench/report.py /tmp/desk-100000                  # both languages
    python bench/report.py /tmp/desk-100000 --public

Seconds are of processor time beside those on the wall, git's included, because other programs
may be running.  The pages go to a folder beside the desk, which is removed again.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(desk: Path, options: list[str]) -> None:
    """Print what one report takes and weighs."""
    folder = Path(tempfile.mkdtemp(dir=desk.parent, prefix="report-"))
    command = [sys.executable, "-m", "runner", "-C", str(desk), "report"]
    try:
        began = time.perf_counter()
        with (folder / "said").open("wb") as said:
            subprocess.run(
                [*command, "--out", str(folder / "site"), *options], stdout=said, check=True
            )
        took = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        files = [file for file in (folder / "site").rglob("*") if file.is_file()]
        weight = sum(file.stat().st_size for file in files)
    finally:
        shutil.rmtree(folder)
    print(f"{took:7.1f} s on the wall")
    print(f"{used.ru_utime + used.ru_stime:7.1f} s of processor time")
    print(f"{used.ru_maxrss / 1024:7.0f} MB at most")
    print(f"{len(files):7} files, {weight / 1e6:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the report of a desk.")
    parser.add_argument("desk", type=Path, metavar="DIR", help="a desk, as bench/generate.py makes")
    parser.add_argument("--public", action="store_true")
    parser.add_argument("--language", metavar="CODE")
    arguments = parser.parse_args()
    options = ["--public"] if arguments.public else []
    options += ["--language", arguments.language] if arguments.language else []
    measure(arguments.desk.resolve(), options)


if __name__ == "__main__":
    main()
