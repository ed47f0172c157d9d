"""Stories that must hold whatever changes: what we chose, and what other desks' own tests say.

They are told by the command that authors of policies use.  Only instants and lengths are
carried over; each file names where they come from.
"""

from pathlib import Path

import pytest

from runner.cli.main import run

DATA = Path(__file__).parent / "data"
KEPT = (DATA / "choices.yaml", *sorted((DATA / "other_desks").glob("*.yaml")))


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_every_story_comes_out_as_told(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    ended = run(["test", str(file)])
    out, err = capsys.readouterr()
    assert ended == 0, out + err
    assert out.endswith(" récits, tout est conforme.\n")
