"""What the clone of a scheduled job costs, beside others: `bench/clones.py [COUNT]`."""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SPARSE = ["/*", "!/cases/"]
WAYS: dict[str, tuple[list[str], bool]] = {
    "everything": ([], False),
    "depth 1": (["--depth=1"], False),
    "commits and trees, cases left out (collect.yml)": (["--filter=blob:none"], True),
    "the same, depth 1": (["--filter=blob:none", "--depth=1"], True),
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def size(folder: Path) -> float:
    return sum(f.lstat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def doleances(folder: Path, *arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "runner", *arguments], cwd=folder, check=True,
                   capture_output=True)  # fmt: skip
    return time.perf_counter() - began


def main() -> None:
    count = sys.argv[1] if len(sys.argv) > 1 else "10000"
    with tempfile.TemporaryDirectory() as temporary:
        there = Path(temporary) / "desk"
        subprocess.run([sys.executable, str(HERE / "generate.py"), count, str(there)], check=True)
        git(there, "repack", "-adq")
        git(there, "config", "uploadpack.allowFilter", "true")
        print("| clone | s | MB on disk | first fetch s | next fetch s |")
        print("| --- | --- | --- | --- | --- |")
        for name, (options, sparse) in WAYS.items():
            here = Path(temporary) / "clone"
            began = time.perf_counter()
            git(there.parent, "clone", "-q", "--no-checkout", *options, f"file://{there}", "clone")
            if sparse:
                git(here, "sparse-checkout", "set", "--no-cone", *SPARSE)
            git(here, "checkout", "-q", "main")
            cloned, megabytes = time.perf_counter() - began, size(here)
            first, following = doleances(here, "fetch"), doleances(here, "fetch")
            print(f"| {name} | {cloned:.2f} | {megabytes:.1f} | {first:.2f} | {following:.2f} |")
            shutil.rmtree(here)


if __name__ == "__main__":
    main()
