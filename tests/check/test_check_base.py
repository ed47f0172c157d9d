"""`doleances check --base`: what a branch does to the cases, judged in real repositories."""

import json
import re
from pathlib import Path

import pytest
from changed_desk import CASE, CLOSED, NOTE, OPEN, POLICY, Check, Git, add, commit

from runner.cli.main import run

MERGED = """\
- entry: merged
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: ines
  to: merged
  target: {target}
"""


def test_nothing_changed_is_nothing_wrong(check: Check) -> None:
    assert check() == ["0 files, no fault."]


@pytest.mark.parametrize("committed", [True, False])
def test_an_entry_more_is_fine_committed_or_not(
    desk: Path, check: Check, git: Git, committed: bool
) -> None:
    add(desk, CASE, NOTE.format(by="ines"))
    if committed:
        commit(git, desk)
    assert check() == ["1 file, no fault."]


def test_everything_wrong_has_its_place_and_a_hint(desk: Path, check: Check) -> None:
    text = (desk / CASE).read_text()
    (desk / CASE).write_text(text.replace("by: ines", "by: sam", 1) + NOTE.format(by="zoe"))
    lines = check(code=1)
    assert [line.split(": ", 1)[1] for line in lines[:-1:2]] == [
        "`by` of an entry that is merged has changed",
        "there is no zoe in policies/team.yaml",
    ]
    assert all(line.startswith(f"{CASE}:") for line in lines[:-1:2])
    assert lines[1] == "    put the entry back as it was and add a new one below, such as `noted`"
    assert lines[-1] == "2 faults in 1 file."


def test_as_data_with_rules(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(desk, CASE, NOTE.format(by="zoe"))
    assert run(["-C", str(desk), "check", "--base", "main", "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["file"], fault["rule"]) == (CASE, "nobody")


def test_the_actor_is_who_decides(desk: Path, check: Check) -> None:
    add(desk, CASE, NOTE.format(by="ines"))
    assert check("--actor", "sam-w", "--actor", "ines-c") == ["1 file, no fault."]
    assert "ines neither proposes nor approves" in check("--actor", "sam-w", code=1)[0]


def test_who_may_still_approve_leaves_an_entry_unproven(desk: Path, check: Check) -> None:
    add(desk, CASE, NOTE.format(by="ines"))
    said, hint, summary = check("--actor", "sam-w", "--awaiting-approval")
    assert "warning: ines does not propose this change, and who approves it is not known" in said
    assert "ines approves the pull request" in hint
    assert summary == "1 file, no fault. 1 warning."
    assert check("--actor", "ines-c", "--awaiting-approval") == ["1 file, no fault."]
    assert "goes with --actor" in check("--awaiting-approval", code=2)[0]


def test_nobody_gives_himself_a_role_and_uses_it_in_one_change(
    desk: Path, check: Check, git: Git
) -> None:
    team = desk / "policies/team.yaml"
    team.write_text(team.read_text().replace("roles: [watcher]", "roles: [brand-care, watcher]"))
    git(desk, "checkout", "-q", "policies")
    team.write_text(team.read_text().replace("id: malo", "id: zoe"))
    add(desk, CASE, NOTE.format(by="zoe"))
    assert any("there is no zoe in policies/team.yaml" in line for line in check(code=1))


def test_a_case_is_not_removed_nor_moved(desk: Path, check: Check, git: Git) -> None:
    (desk / "cases/2026/11/20").mkdir(exist_ok=True)
    git(desk, "mv", CASE, "cases/2026/11/20/c-d6rn7he0r67d.yaml")
    lines = check(code=1)
    assert lines[0] == f"{CASE}:1:1: the case file is removed or moved"
    assert "the file does not lie under the case's day of detection" in lines[2]


def test_a_case_does_not_stand_twice(desk: Path, check: Check) -> None:
    text = (desk / CASE).read_text()
    other = "cases/2026/11/18/c-d6rn7he0r67d.yaml"
    (desk / other).parent.mkdir(exist_ok=True)
    (desk / other).write_text(text.replace("2026-11-19", "2026-11-18"))
    assert any(line.endswith("the same case stands in two files") for line in check(code=1))


def test_what_the_base_got_meanwhile_is_not_taken_for_ours(
    desk: Path, check: Check, git: Git
) -> None:
    add(desk, CASE, NOTE.format(by="ines"))
    commit(git, desk)
    git(desk, "switch", "-q", "main")
    add(desk, CLOSED, NOTE.format(by="sam"))
    commit(git, desk)
    git(desk, "switch", "-q", "desk/change")
    assert check() == ["1 file, no fault."]
    git(desk, "merge", "-q", "--no-edit", "main")
    assert check() == ["1 file, no fault."]


def test_a_merge_queue_judges_its_own_commit(desk: Path, check: Check, git: Git) -> None:
    add(desk, CASE, NOTE.format(by="zoe"))
    commit(git, desk)
    git(desk, "switch", "-q", "--detach", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    assert "there is no zoe" in check(code=1)[0]


BROKEN = "policies/tests/promises.yaml:10:17: `Brand care has seven business days over Christmas`"


@pytest.mark.parametrize(
    "changed", ["sources.yaml", "policies/team.yaml", "policies/tests/promises.yaml", "templates/"]
)
def test_stories_are_told_when_policies_changed(
    desk: Path, check: Check, git: Git, capsys: pytest.CaptureFixture[str], changed: str
) -> None:
    stories = desk / "policies/tests/promises.yaml"
    lines = stories.read_text().splitlines()
    assert lines[11] == "  expect: {due: 2027-01-04 18:00}"
    stories.write_text("\n".join(["# One line less.", *lines[3:]]).replace("01-04 18", "01-05 18"))
    git(desk, "commit", "-qam", "Promise something else.")
    git(desk, "branch", "-qf", "main")
    add(desk, CASE, NOTE.format(by="ines"))
    assert check() == ["1 file, no fault."], "a case tells no stories"
    assert run(["-C", str(desk), "check"]) == 1
    assert BROKEN in capsys.readouterr().out
    file = desk / changed
    file = next(file.glob("*.yaml")) if file.is_dir() else file
    file.write_text(f"{file.read_text()}\n# Read again.\n")
    assert check(code=1)[0].startswith(BROKEN)


def test_a_promise_that_a_change_breaks_is_told_at_its_story(desk: Path, check: Check) -> None:
    calendar = desk / "policies/calendars/brand-care.yaml"
    calendar.write_text(calendar.read_text().replace("ouvrés\n", "ouvrables\n"))
    lines = check(code=1)
    assert lines[0] == (
        "policies/tests/promises.yaml:12:17: `Brand care has seven business days over Christmas`: "
        "due: expected 2027-01-04 18:00:00, got 2026-12-31T17:00:00Z "
        "(Thursday 2026-12-31 18:00 Europe/Paris)"
    )


def test_a_base_that_is_not_there_is_misuse(desk: Path, check: Check) -> None:
    assert "there is no commit nowhere" in check("--base", "nowhere", code=2)[0]
    assert "leave the paths out" in check(str(desk), code=2)[1]
    assert run(["-C", str(desk), "check", "--actor", "x"]) == 2


def test_what_is_merged_away_stands_in_its_target(desk: Path, check: Check) -> None:
    text = (desk / CASE).read_text()
    state = next(line for line in text.splitlines() if line.startswith("state: "))
    (desk / CASE).write_text(
        text.replace(state, "state: merged", 1) + MERGED.format(target="c-z9dhernv57sj")
    )
    assert "the case c-z9dhernv57sj does not hold p1 with its detection" in check(code=1)[0]
    (desk / CASE).write_text(
        text.replace(state, "state: merged", 1) + MERGED.format(target="c-000000000000")
    )
    assert "there is no case c-000000000000 to merge into" in check(code=1)[0]


def test_what_joins_comes_from_a_case_that_was_merged(desk: Path, check: Check) -> None:
    text, target = (desk / CASE).read_text(), (desk / OPEN).read_text()
    state = next(line for line in text.splitlines() if line.startswith("state: "))
    (desk / CASE).write_text(
        text.replace(state, "state: merged", 1) + MERGED.format(target="c-ksaxnqsx04pf")
    )
    place = text[text.index("- id: p1") : text.index("log:\n")].replace("id: p1", "id: p2")
    joined = f"""{target.replace("log:", place + "log:", 1)}\
- entry: place-added
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: ines
  places: [p2]
  from: c-d6rn7he0r67d
"""
    (desk / OPEN).write_text(joined)
    assert check() == ["2 files, no fault."]
    (desk / OPEN).write_text(joined.replace("Rosée court", "Rosée, ah, court"))
    assert "p2 does not stand so in c-d6rn7he0r67d" in check(code=1)[0]
    (desk / OPEN).write_text(joined)
    (desk / CASE).write_text(text)
    assert "c-d6rn7he0r67d was not merged into this case" in check(code=1)[0]


def test_nobody_writes_in_the_runners_name(desk: Path, check: Check, git: Git) -> None:
    add(desk, CASE, NOTE.format(by="runner"))
    commit(git, desk)
    # Without those who act nobody is asked to prove who decides.
    assert check() == ["1 file, no fault."]
    said, hint, _ = check("--actor", "ines-c", code=1)
    assert said.endswith("the runner did not write this entry")
    assert "your own id of policies/team.yaml" in hint
    assert (
        "the runner did not write" in check("--actor", "ines-c", "--awaiting-approval", code=1)[0]
    )
    # By the commits, where the branch has no name; what says that it is a person's has none.
    runner = "Doléances <runner@doleances.invalid>"
    git(desk, "commit", "-q", "--amend", "--no-edit", f"--author={runner}")
    assert "the runner did not write" in check("--actor", "ines-c", code=1)[0]
    git(desk, "checkout", "-q", "--detach")
    assert check("--actor", "ines-c") == ["1 file, no fault."]
    add(desk, CASE, NOTE.format(by="runner"))
    assert "the runner did not write" in check("--actor", "ines-c", code=1)[0]
    git(desk, "switch", "-qc", "doleances/c-d6rn7he0r67d/watch")
    assert check("--actor", "ines-c") == ["1 file, no fault."]


@pytest.mark.parametrize(
    ("key", "native_id", "said"),
    [
        ("c-ksaxnqsx04pf", "tag:entraide.example.org,2026:q/44790", None),
        ("c-7f3k2m9x4q5t", "tag:entraide.example.org,2026:q/44790", "make c-ksaxnqsx04pf, not"),
        # The id was made of what is masked here.
        ("c-7f3k2m9x4q5t", "tag:entraide.example.org,[tel]", None),
    ],
)
def test_a_case_that_a_person_opens_has_the_id_of_its_message(
    desk: Path, check: Check, git: Git, key: str, native_id: str, said: str | None
) -> None:
    text = (desk / OPEN).read_text()
    git(desk, "rm", "-q", OPEN)
    git(desk, "commit", "-qm", "Forget it.")
    git(desk, "branch", "-qf", "main")
    text = text.replace("c-ksaxnqsx04pf", key).replace("by: runner", "by: malo")
    text = text.replace("tag:entraide.example.org,2026:q/44790", native_id)
    text = re.sub(r"(clocks.yaml: )[0-9a-f]{40}", rf"\g<1>{git(desk, 'rev-parse', POLICY)}", text)
    there = desk / f"cases/2026/11/20/{key}.yaml"
    there.parent.mkdir(exist_ok=True)
    there.write_text(text)
    if said is None:
        assert check()[-1].startswith("1 file, no fault.")
    else:
        line = check(code=1)[0]
        assert line.startswith(f"{there.relative_to(desk)}:")
        assert said in line
