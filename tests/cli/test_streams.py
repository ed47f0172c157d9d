"""Standard output as the machine gives it: in any encoding, full, or closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]


def doleances(*arguments: str, redirect: str = "", **variables: str) -> tuple[int, str]:
    """Run the command in a shell; return its exit code and what it printed."""
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", sys.executable, "-m", "runner", *arguments],
        cwd=HERE,
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        check=False,
    )
    return ended.returncode, (ended.stdout + ended.stderr).decode("ascii", "replace")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_what_an_encoding_lacks_is_replaced(encoding: str) -> None:
    code, said = doleances("explain", "Lampe cass\u00e9e \u2019", PYTHONIOENCODING=encoding)
    assert (code, "a bug" in said) == (0, False), said


@pytest.mark.parametrize("redirect", [">&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_stops_nothing(redirect: str) -> None:
    code, said = doleances("lifecycle", redirect=redirect)
    assert (code, "Traceback" in said) == (0, False), said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("verb", ["lifecycle", "check"])
def test_a_full_disk_is_the_outsides_failure(verb: str) -> None:
    code, said = doleances(verb, redirect=">/dev/full")
    assert (code, said) == (4, "doleances: No space left on device\n")


@pytest.mark.parametrize("verb", [("lifecycle",), ("schema", "case")], ids=["short", "long"])
def test_a_reader_who_went_away_is_no_fault(verb: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as out:
        ended = subprocess.run(
            [sys.executable, "-m", "runner", *verb],
            cwd=HERE,
            env={"PATH": "/usr/bin:/bin"},
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59"],
)
def test_an_instant_beyond_all_calendars_is_a_typing_error(instant: str) -> None:
    code, said = doleances("--now", instant, "lifecycle")
    assert code == 2
    assert "lies outside 1970 to 8999" in said
