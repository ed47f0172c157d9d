"""`doleances completion` prints what a shell can load, and the loaded script knows the verbs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def doleances(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_the_program(shell: str) -> None:
    done = doleances("completion", shell)
    assert done.returncode == 0
    assert f"_DOLEANCES_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_reads_the_script(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "script"
    script.write_text(doleances("completion", shell).stdout)
    done = subprocess.run([program, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_shell_is_a_usage_error() -> None:
    done = doleances("completion", "tcsh")
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr


def test_the_program_completes_its_options() -> None:
    done = doleances(
        _DOLEANCES_COMPLETE="bash_complete", COMP_WORDS="doleances --ver", COMP_CWORD="1"
    )
    assert done.stdout.splitlines() == ["plain,--version"]
