"""`doleances check --base`: what a branch does to the cases, judged in real repositories."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.cli.main import run
from runner.repo.amended import check_change
from runner.repo.change import read_change
from runner.repo.git import open_repository

HERE = Path(__file__).resolve().parents[2]
CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
CLOSED = "cases/2026/10/05/c-z9dhernv57sj.yaml"
OPEN = "cases/2026/11/20/c-ksaxnqsx04pf.yaml"
Git = Callable[..., str]
Check = Callable[..., list[str]]

NOTE = """\
- entry: noted
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: {by}
  note: vu
"""


@pytest.fixture
def desk(tmp_path: Path, git: Git, own_git_settings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped desk on `main`, and a branch `desk/change` checked out."""
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(HERE / "sources.yaml", folder)
    for name in ("policies", "templates", "cases"):
        shutil.copytree(HERE / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Begin.")
    git(folder, "switch", "-qc", "desk/change")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T09:00:00Z")
    return folder


@pytest.fixture
def check(desk: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run the check on the desk and return its lines."""

    def judge(*arguments: str, code: int = 0, folder: Path = desk) -> list[str]:
        ended = run(["-C", str(folder), "check", "--base", "main", *arguments])
        out, err = capsys.readouterr()
        assert ended == code, out + err
        return (out if code in {0, 1} else err).splitlines()

    return judge


def add(desk: Path, file: str, text: str) -> None:
    with (desk / file).open("a") as opened:
        opened.write(text)


def commit(git: Git, desk: Path) -> None:
    git(desk, "add", "-A")
    git(desk, "commit", "-qm", "Change.")


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


def test_nobody_gives_himself_a_role_and_uses_it_in_one_change(desk: Path, check: Check) -> None:
    team = desk / "policies/team.yaml"
    team.write_text(team.read_text().replace("roles: [watcher]", "roles: [brand-care, watcher]"))
    shutil.copytree(HERE / "policies", desk / "policies", dirs_exist_ok=True)
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


def recorded(at: datetime) -> str:
    return NOTE.format(by="ines").replace("2026-11-21T08:00:00Z", f"{at:%Y-%m-%dT%H:%M:%SZ}")


CommitAt = Callable[..., None]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


@pytest.fixture
def commit_at(desk: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> CommitAt:
    """Commit everything at an instant."""

    def commit_then(at: datetime, *arguments: str, authored: datetime | None = None) -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", at.isoformat())
        monkeypatch.setenv("GIT_AUTHOR_DATE", (authored or at).isoformat())
        git(desk, "add", "-A")
        git(desk, "commit", "-qm", "Change.", *arguments)

    return commit_then


def judged(desk: Path, base: str = "main") -> list[str]:
    """Return the rules that a change breaks, two years later."""
    found = check_change(desk, read_change(desk, base), NOON + 2 * YEAR)
    assert all(fault.file == CASE for fault in found.faults)
    return [fault.rule for fault in found.faults]


def test_an_entry_is_not_recorded_after_the_commit_that_holds_it(
    desk: Path, commit_at: CommitAt
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON - HOUR)
    assert judged(desk) == ["recorded-after-commit"]
    commit_at(NOON, "--amend", "--no-edit", authored=NOON - YEAR)
    assert judged(desk) == []


def test_an_entry_that_waited_long_for_its_commit_is_doubtful(
    desk: Path, commit_at: CommitAt
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON + 8 * DAY)
    assert judged(desk) == ["recorded-long-before"]
    # Rebased, picked or amended long after: the author's date says when it was first written.
    commit_at(NOON + YEAR, "--amend", "--no-edit", "--date", NOON.isoformat())
    assert judged(desk) == []


def test_the_first_commit_counts_also_below_a_merge_and_after_one(
    desk: Path, commit_at: CommitAt, git: Git
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON)
    git(desk, "switch", "-q", "main")
    add(desk, CLOSED, recorded(NOON))
    commit_at(NOON + 9 * DAY)
    git(desk, "switch", "-q", "desk/change")
    git(desk, "merge", "-q", "--no-edit", "main")
    add(desk, CASE, recorded(NOON + 9 * DAY))
    commit_at(NOON + 10 * DAY)
    assert judged(desk) == []
    git(desk, "switch", "-q", "--detach", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    assert judged(desk, "HEAD^1") == []


@pytest.mark.parametrize(
    ("committed_at", "rules"),
    [(NOON - HOUR, ["recorded-after-commit"]), (NOON, []), (NOON + YEAR, [])],
)
def test_a_clone_that_is_cut_off_proves_less(
    desk: Path,
    commit_at: CommitAt,
    git: Git,
    tmp_path: Path,
    committed_at: datetime,
    rules: list[str],
) -> None:
    add(desk, CASE, recorded(NOON))
    commit_at(NOON)
    add(desk, "sources.yaml", "# Read again.\n")
    commit_at(committed_at)
    git(desk, "switch", "-qc", "queue", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=2", "-b", "queue", f"file://{desk}", str(clone))
    assert judged(clone, "HEAD^1") == rules


def test_with_a_present_made_up_the_times_of_commits_say_nothing(
    desk: Path, check: Check, commit_at: CommitAt
) -> None:
    add(desk, CASE, NOTE.format(by="ines"))
    assert judged(desk) == [], "nothing is committed"
    commit_at(NOON - YEAR)
    assert judged(desk) == ["recorded-after-commit"]
    assert check() == ["1 file, no fault."]


@pytest.mark.skipif(datetime.now(UTC) < NOON, reason="this clock is before the cases of the desk")
def test_a_check_now_looks_at_commits(
    desk: Path, check: Check, commit_at: CommitAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOLEANCES_NOW")
    add(desk, CASE, NOTE.format(by="ines"))
    commit_at(NOON - DAY)
    said, hint, _ = check(code=1)
    assert "the commit that holds it is of 2026-11-20T12:00:00Z" in said
    assert "git commit --amend --no-edit" in hint


def test_a_shallow_clone_refuses_to_judge(
    desk: Path, check: Check, git: Git, tmp_path: Path
) -> None:
    for note in ("ines", "sam"):
        add(desk, CASE, NOTE.format(by=note))
        commit(git, desk)
    git(desk, "switch", "-q", "main")
    add(desk, CLOSED, NOTE.format(by="sam"))
    commit(git, desk)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", "-b", "desk/change", f"file://{desk}", str(shallow))
    lines = check(code=5, folder=shallow)
    assert lines[0].startswith("doleances: this shallow clone does not tell where main and HEAD")
    assert "git fetch --unshallow" in lines[1]
    git(shallow, "fetch", "-q", "--depth=1", "origin", "main:main")
    check(code=5, folder=shallow)
    git(shallow, "fetch", "-q", "--unshallow", "origin")
    assert check(folder=shallow) == ["1 file, no fault."]


def test_a_clone_of_two_commits_is_enough_for_a_merged_pull_request(
    desk: Path, check: Check, git: Git, tmp_path: Path
) -> None:
    add(desk, CASE, NOTE.format(by="zoe"))
    commit(git, desk)
    git(desk, "switch", "-qc", "queue", "main")
    git(desk, "merge", "-q", "--no-ff", "--no-edit", "desk/change")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=2", "-b", "queue", f"file://{desk}", str(shallow))
    lines = check("--base", "HEAD^1", code=1, folder=shallow)
    assert "there is no zoe in policies/team.yaml" in lines[0]


def test_a_base_that_is_not_there_is_misuse(desk: Path, check: Check) -> None:
    assert "there is no commit nowhere" in check("--base", "nowhere", code=2)[0]
    assert "leave the paths out" in check(str(desk), code=2)[1]
    assert run(["-C", str(desk), "check", "--actor", "x"]) == 2


HANDED_OFF = """\
- entry: handed-off
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: ines
  to: handed-off
  recipient: care
  reference: S-1
  asks: [a lamp]
  consent: given
  clocks:
  - clock: back-office
    target: 7 business days
    zone: Europe/Paris
    calendar: brand-care
    started_at: 2026-11-21T08:00:00Z
    due_at: {due}
    pauses: [awaiting-customer]
    stops: [answered]
    policies: {{policies/clocks.yaml: {clocks}, policies/calendars/brand-care.yaml: {blob}}}
"""
CALENDAR = "policies/calendars/brand-care.yaml"
CLOCKS = "policies/clocks.yaml"
POLICY = f"main:{CLOCKS}"
DUE = "2026-12-01T17:00:00Z"


@pytest.fixture
def hand_off(desk: Path, git: Git) -> Callable[..., None]:
    """Hands the case off, with a promise that may be changed."""
    text = (desk / CASE).read_text()
    state = next(line for line in text.splitlines() if line.startswith("state: "))
    blobs = {
        name: git(desk, "rev-parse", f"main:{file}")
        for name, file in (("blob", CALENDAR), ("clocks", CLOCKS))
    }

    def write(old: str = "", new: str = "", **facts: str) -> None:
        entry = HANDED_OFF.format(**{"due": DUE, **blobs, **facts})
        assert old in entry
        changed = text.replace(state, "state: handed-off", 1)
        (desk / CASE).write_text(changed + entry.replace(old, new))

    return write


def test_a_promise_is_counted_by_the_calendar_that_it_names(
    desk: Path, check: Check, git: Git, hand_off: Callable[..., None]
) -> None:
    (desk / CALENDAR).write_text("# Gone.\n")
    git(desk, "commit", "-qam", "Lose the calendar.")
    git(desk, "branch", "-qf", "main")
    hand_off()
    assert check() == ["1 file, no fault."]
    hand_off(due="2026-12-31T17:00:00Z")
    assert "run out at 2026-12-01T17:00:00Z, not 2026-12-31T17:00:00Z" in check(code=1)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # One of the policy's own targets is right: which of them fits may have changed since.
        ("7 business days", "1 business day", "run out at 2026-11-23T17:00:00Z"),
        ("7 business days", "8 business days", "had 1 business day or 7 business days as"),
        ("stops: [answered]", "stops: [answered, noted]", "`stops` of back-office, not answered, "),
        ("pauses: [awaiting-customer]", "pauses: []", "had awaiting-customer as `pauses`"),
        ("zone: Europe/Paris", "zone: Europe/London", "`zone` of back-office, not Europe/London"),
        ("clock: back-office", "clock: closing", "no clock closing starts with `handed-off`"),
    ],
)
def test_a_promise_is_one_of_the_policy_that_it_names(
    check: Check, hand_off: Callable[..., None], old: str, new: str, said: str
) -> None:
    hand_off(old, new)
    assert any(said in line for line in check(code=1))


def test_a_promise_names_policies_that_the_desk_has_had(
    desk: Path, check: Check, git: Git, hand_off: Callable[..., None]
) -> None:
    hand_off(blob="0" * 40, due="2026-12-31T17:00:00Z")
    assert f"{CALENDAR} never was 0000000000, which back-office comes from" in check(code=1)[0]
    hand_off(f"{CLOCKS}: ", "policies/other.yaml: ")
    assert f"back-office does not say which {CLOCKS} it comes from" in check(code=1)[0]
    # A policy that the branch brings and takes back again was never the desk's.
    shipped = (desk / CLOCKS).read_text()
    (desk / CLOCKS).write_text(shipped.replace("7 business days", "9 business days"))
    git(desk, "commit", "-qam", "Promise less.")
    invented = git(desk, "rev-parse", f"HEAD:{CLOCKS}")
    (desk / CLOCKS).write_text(shipped)
    git(desk, "commit", "-qam", "Promise it again.")
    hand_off("7 business", "9 business", clocks=invented, due="2026-12-03T17:00:00Z")
    assert f"{CLOCKS} never was {invented[:10]}" in check(code=1)[0]


def test_a_policy_that_has_changed_since_is_still_the_one_that_was_promised_by(
    desk: Path, check: Check, git: Git, hand_off: Callable[..., None], tmp_path: Path
) -> None:
    shipped = (desk / CLOCKS).read_text()
    git(desk, "switch", "-q", "main")
    (desk / CLOCKS).write_text(shipped.replace("7 business days", "9 business days"))
    git(desk, "commit", "-qam", "Promise less.")
    git(desk, "switch", "-qC", "desk/change")
    hand_off()
    assert check() == ["1 file, no fault."]
    commit(git, desk)
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{desk}", "cut")
    git(tmp_path / "cut", "fetch", "-q", "--depth", "1", "origin", "main:main")
    said = check(folder=tmp_path / "cut")
    assert "is not known in this clone" in said[0]
    assert said[-1] == "1 file, no fault. 1 warning."


def test_an_entry_that_promises_nothing_is_doubtful_where_the_policy_does(
    check: Check, hand_off: Callable[..., None], desk: Path
) -> None:
    hand_off()
    text = (desk / CASE).read_text()
    (desk / CASE).write_text(text[: text.rindex("  clocks:\n")])
    said = check()
    assert "warning: `handed-off` starts the clock back-office" in said[0]
    assert said[-1] == "1 file, no fault. 1 warning."


MERGED = """\
- entry: merged
  at: 2026-11-21T08:00:00Z
  recorded_at: 2026-11-21T08:00:00Z
  by: ines
  to: merged
  target: {target}
"""


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


def test_where_objects_are_named_by_sha256_older_policies_cannot_be_looked_up(
    desk: Path, git: Git, check: Check, hand_off: Callable[..., None]
) -> None:
    shutil.rmtree(desk / ".git")
    git(desk, "init", "-q", "--object-format=sha256")
    open_repository.cache_clear()
    git(desk, "add", ".")
    git(desk, "commit", "-qm", "Begin.")
    hand_off(clocks="0" * 40)
    said, hint, *_ = check()
    assert f"warning: whether {CLOCKS} ever was 0000000000 is not known in this clone" in said
    assert "SHA-256 never tells" in hint
    assert run(["-C", str(desk), "explain", "c-d6rn7he0r67d"]) == 0
