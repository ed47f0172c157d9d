"""Set up `.venv` in this clone: an environment of its own with the program in it.

Run by `./doleances` and `.ci/test` through `.ci/setup`.  Needs nothing but Python;
starts on any Python 3.8 or newer, so that a machine with an old one gets a clear word.

What holds: the stamp is written last, so a set-up that was killed is done again; one set-up
at a time in one clone; an environment that somebody made by hand is added to, not removed;
one that was moved, or whose set-up was killed, is made anew.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UNFINISHED = VENV / "set-up-unfinished"
MANIFEST = ROOT / "pyproject.toml"
OLDEST = (3, 11)
NEWEST_TRIED = (3, 14)
EXTRAS = {"run": "[calendars,report]", "test": "[test]", "dev": "[dev]"}
"""What each purpose installs beside the program; each holds the ones before it."""

OUTSIDE_FAILED = 4
"""The exit code of `doleances` for what a later try may mend."""


class CannotSetUp(Exception):
    """What stands in the way, and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def stamp_of(purpose: str) -> Path:
    return VENV / f"set-up-{purpose}"


def wanted_stamp() -> bytes:
    """Where the environment stands and what it was made for: when either differs, it is stale."""
    return os.fsencode(ROOT) + b"\n" + MANIFEST.read_bytes()


def is_ready(purpose: str) -> bool:
    try:
        return stamp_of(purpose).read_bytes() == wanted_stamp() and runs(VENV / "bin/python")
    except OSError:
        return False


def runs(python: Path, code: str = "") -> bool:
    try:
        done = subprocess.run([python, "-I", "-c", code], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def find_python() -> Path:
    """Return the interpreter to build on: this one, else the newest on the path that will do."""
    recent = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    names = [f"python3.{minor}" for minor in range(NEWEST_TRIED[1], OLDEST[1] - 1, -1)]
    found = [Path(sys.executable), *(Path(path) for path in map(shutil.which, names) if path)]
    for python in found:
        if runs(python, recent):
            return base_of(python)
    package = f"python{OLDEST[0]}.{OLDEST[1]}-venv"
    install_package(package, f"needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    return Path("/usr/bin/python3.11")


def base_of(python: Path) -> Path:
    """Return the interpreter proper, under its versioned name.

    So an upgrade of the system cannot slip another version under the environment.
    """
    said = subprocess.run(
        [python, "-I", "-c", "import sys; print(getattr(sys, '_base_executable', sys.executable))"],
        capture_output=True,
        check=True,
        text=True,
    )
    return Path(said.stdout.strip()).resolve()


def install_package(package: str, problem: str) -> None:
    """Install a package of Debian or Ubuntu where that needs no password, else say how to."""
    by_hand = f"sudo apt-get install {package}"
    apt = shutil.which("apt-get")
    if apt is None:
        raise CannotSetUp(problem, "Install Python 3.11 or newer with its venv module.")
    install = [apt, "install", "--yes", "--no-install-recommends", package]
    update = [apt, "update"]
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None or not runs_quietly([sudo, "-n", "true"]):
            raise CannotSetUp(problem, f"Type this, then try again: {by_hand}")
        install = [sudo, "-n", *install]
        update = [sudo, "-n", *update]
    say(f"doleances: installing the system's package {package}")
    if not runs_quietly(install) and not (runs_quietly(update) and runs_quietly(install)):
        raise CannotSetUp(problem, f"This failed; try it by hand: {by_hand}")


def runs_quietly(command: "list[str]") -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment
    )
    return done.returncode == 0


def make_environment(python: Path) -> None:
    if not runs(python, "import ensurepip, venv"):
        version = subprocess.run(
            [python, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        problem = f"{python} cannot make virtual environments."
        install_package(f"python{version}-venv", problem)
        if not runs(python, "import ensurepip, venv"):
            raise CannotSetUp(problem, "Put a complete Python 3.11 or newer first on the PATH.")
    if VENV.is_symlink():
        raise CannotSetUp(f"{VENV} is a symbolic link.", "Remove it, then try again.")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    call([python, "-I", "-m", "venv", VENV], "the virtual environment could not be made")


def install(purpose: str) -> None:
    requirement = f"{ROOT}{EXTRAS[purpose]}"
    pip = [VENV / "bin/python", "-I", "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "--editable", requirement]
    call(pip, "the program's packages could not be installed")


def call(command: "list[object]", problem: str) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env={**os.environ, "PIP_USER": "0"},
    )
    if done.returncode != 0:
        sys.stderr.buffer.write(done.stdout)
        raise CannotSetUp(f"{problem} (see above).", "Mend that, then try again.")


def write_stamp(purpose: str) -> None:
    pending = stamp_of(purpose).with_suffix(".new")
    pending.write_bytes(wanted_stamp())
    pending.replace(stamp_of(purpose))


def set_up(purpose: str) -> None:
    say("doleances: setting up .venv (this once, about a minute)")
    stamps = [stamp_of(name) for name in EXTRAS]
    was_moved = any(
        stamp.exists() and stamp.read_bytes().split(b"\n", 1)[0] != os.fsencode(ROOT)
        for stamp in stamps
    )
    if was_moved or UNFINISHED.exists() or not runs(VENV / "bin/python", "import pip"):
        make_environment(find_python())
    purposes = list(EXTRAS)
    widest = max(
        [purpose, *(name for name in EXTRAS if stamp_of(name).exists())], key=purposes.index
    )
    UNFINISHED.touch()
    for stamp in stamps:
        stamp.unlink(missing_ok=True)
    try:
        install(widest)
    except CannotSetUp:
        UNFINISHED.unlink()
        raise
    for name in purposes[: purposes.index(widest) + 1]:
        write_stamp(name)
    UNFINISHED.unlink()


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> int:
    purpose = sys.argv[1]
    try:
        with MANIFEST.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_ready(purpose):
                set_up(purpose)
    except CannotSetUp as stopped:
        say(f"doleances: {stopped.problem}\n    {stopped.remedy}")
        return OUTSIDE_FAILED
    except OSError as failure:
        say(f"doleances: cannot set up {VENV}: {failure.strerror or failure}")
        say("    Put the clone on a disk where you may write and that has 300 MB left.")
        return OUTSIDE_FAILED
    except KeyboardInterrupt:
        say("doleances: stopped; the next start sets up again.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
