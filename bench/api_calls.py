"""How often a run asks the forge when nothing has changed, by open pull requests.

    python bench/api_calls.py [COUNT ...] [--json]

The verb `run` itself, on the strict fake GitHub of the tests, with a real git behind it.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "forges"))

from desk_on_github import ESCALATION, SOURCES, TEAM, TRIAGE  # noqa: E402
from fake_github.server import TOKENS, FakeGithub, fake_github  # noqa: E402

from runner.cli.main import run  # noqa: E402

HEADINGS = "id,date,note,pseudo,commentaire,lien\n"
NOW = "2026-11-21T{hour:02}:00:00Z"


def lay_out(folder: Path, count: int) -> None:
    """Write a desk whose inbox holds so many complaints, and whose caps let all be open."""
    files = {
        "sources.yaml": SOURCES.replace(
            "{open_pulls: 2, pulls_per_run: 2}",
            f"{{open_pulls: {max(count, 1)}, pulls_per_run: {max(count, 1)}}}",
        ),
        "policies/team.yaml": TEAM,
        "policies/triage.yaml": TRIAGE,
        "policies/escalation.yaml": ESCALATION,
        "inbox/avis.csv": HEADINGS
        + "".join(
            f"{n},2026-11-20T10:00:00Z,1,P{n},Lampe {n} cassée,https://avis.example.org/{n}\n"
            for n in range(count)
        ),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def started(folder: Path, *words: str) -> None:
    with contextlib.redirect_stdout(StringIO()), contextlib.redirect_stderr(StringIO()) as said:
        code = run(["-C", str(folder), *words])
    if code:
        raise SystemExit(said.getvalue())


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)


def measure(count: int) -> dict[str, object]:
    """Return what a run asks for when `count` pull requests are open and nothing has changed."""
    with tempfile.TemporaryDirectory() as made, fake_github(Path(made) / "served") as fake:
        desk = Path(made) / "desk"
        lay_out(desk, count)
        git(desk, "init", "-qb", "main")
        git(desk, "add", ".")
        git(desk, "-c", "user.name=I", "-c", "user.email=i@example.org", "commit", "-qm", "Begin.")
        git(desk, "remote", "add", "origin", fake.url)
        git(desk, "push", "-q", str(fake.hub.git_dir), "main")
        os.environ["DOLEANCES_FORGE_TOKEN"] = next(t for t, who in TOKENS.items() if who.is_bot)
        os.environ["DOLEANCES_NOW"] = NOW.format(hour=8)
        started(desk, "run")
        rows = {"open": sum(pull.is_open for pull in fake.hub.pulls.values())}
        soon = asked(fake, desk)
        # An hour later the page says anew how long ago things were.
        os.environ["DOLEANCES_NOW"] = NOW.format(hour=10)
        return rows | {"no change": soon, "no change, the page refreshed": asked(fake, desk)}


def asked(fake: FakeGithub, desk: Path) -> dict[str, int]:
    fake.calls.clear()
    started(desk, "run")
    calls = Counter(call.what for call in fake.api_calls)
    return {"API calls": calls.total(), **dict(sorted(calls.items()))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[0, 100, 200])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    for count in chosen.counts:
        row = measure(count)
        print(json.dumps(row) if chosen.json else row)


if __name__ == "__main__":
    main()
