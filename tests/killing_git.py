"""A git on the path that kills the program which starts it, at a process of the test's choice."""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

WRITING = ("fast-import", "hash-object", "update-ref")

# A run starts it dozens of times: a shell is there ten times sooner than Python.
_SCRIPT = """\
#!/bin/sh
counts=$KILL_COUNTS
for word; do
    case " $KILL_COUNTS " in *" $word "*) counts= ;; esac
done
[ -z "$counts" ] || exec {git} "$@"
read -r now <"$KILL_FILE"
echo $((now + 1)) >"$KILL_FILE"
if [ $((now + 1)) = "$KILL_NTH" ]; then
    [ "$KILL_MOMENT" = before ] || {git} "$@"
    kill -9 $PPID
    exit 1
fi
exec {git} "$@"
"""


def kill_at(
    nth: int, moment: str, folder: Path, path: str, counted: Iterable[str] = WRITING
) -> Mapping[str, str]:
    """Return the environment in which a program is killed at its nth git process that counts.

    `moment` is `before` or `after` what that process does; `counted` are the commands of git that
    count, all if there are none.  The program that stands in for git is put into `folder`.
    """
    stand_in, count = folder / "bin" / "git", folder / "count"
    stand_in.parent.mkdir(parents=True, exist_ok=True)
    stand_in.write_text(_SCRIPT.format(git=shutil.which("git", path=path)))
    stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
    count.write_text("0\n")
    return {
        "PATH": f"{stand_in.parent}{os.pathsep}{path}",
        "KILL_NTH": str(nth),
        "KILL_MOMENT": moment,
        "KILL_COUNTS": " ".join(counted),
        "KILL_FILE": str(count),
    }
