"""Two clones and a remote: after both have synced, all three hold the same."""

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from contract import CASE, NOW, OTHER, CaseText, branch_of, cursor_of, open_of, push_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.errors import UsageError
from runner.forges import local_refs
from runner.forges.decide import Verdict, accept_pull, reject_pull
from runner.forges.local import LocalForge
from runner.forges.sync import sync
from runner.policies.values import Bot
from runner.repo import git as edge
from runner.repo.pulls import PULLS
from runner.repo.refs import RefChange, update_refs

Git = Callable[..., str]
AtWork = Callable[[str], AbstractContextManager[None]]
THIRD = "c-cccccccccccc"
PEOPLE = """\
version: 1
people:
- {id: ines, name: Inès, roles: [community-manager], emails: [ines@example.org]}
"""


class Clone:
    """One person's clone of the desk."""

    def __init__(self, folder: Path, git: Git, case_text: CaseText) -> None:
        self.folder = folder
        self.git = git
        self.case_text = case_text
        self.forge = LocalForge(folder, "main", Bot())

    def propose(self, case_id: str, minutes: int = 0, *, pull: bool = True) -> None:
        now = NOW + timedelta(minutes=minutes)
        path, content = self.case_text(case_id, detected_at=now)
        push = push_of(self.case_text, case_id)
        push = type(push)(push.branch, path, content, push.message, push.reason)
        self.forge.push_branches([push], self.forge.base(), now)
        if pull:
            self.forge.open_pull(open_of(case_id), now)

    def decide(self, case_id: str, *, accept: bool, minutes: int = 30) -> None:
        for pull in self.forge.snapshot().pulls:
            if pull.branch == branch_of(case_id) and pull.head is not None:
                verdict = Verdict("ines", NOW + timedelta(minutes=minutes), "" if accept else "no")
                (accept_pull if accept else reject_pull)(self.forge, pull, verdict)

    def touch(self, case_id: str, message: str) -> None:
        branch = branch_of(case_id)
        if f"refs/heads/{branch}" in self.refs():
            self.git(self.folder, "switch", "-q", branch)
            self.git(self.folder, "commit", "-q", "--allow-empty", "-m", message)
            self.git(self.folder, "switch", "-q", "main")

    def delete(self, case_id: str) -> None:
        if f"refs/heads/{branch_of(case_id)}" in self.refs():
            self.git(self.folder, "branch", "-qD", branch_of(case_id))

    def refs(self) -> dict[str, str]:
        return refs_of(self.folder, self.git)


def refs_of(folder: Path, git: Git) -> dict[str, str]:
    listed = git(folder, "for-each-ref", "--format=%(refname) %(objectname)")
    pairs = (line.split() for line in listed.splitlines())
    return {
        ref: oid
        for ref, oid in pairs
        if ref.startswith(("refs/doleances/", "refs/heads/doleances/"))
        and not ref.startswith("refs/doleances/remotes/")
    }


class Team:
    """A bare remote and two clones of it, in a folder that can be copied."""

    def __init__(self, folder: Path, git: Git, case_text: CaseText) -> None:
        self.git = git
        self.remote = folder / "desk.git"
        self.one = Clone(folder / "first", git, case_text)
        self.two = Clone(folder / "second", git, case_text)

    def held_there(self) -> dict[str, str]:
        return refs_of(self.remote, self.git)

    def settle(self) -> None:
        """Let both sync until both have seen the other."""
        for clone in (self.one, self.two, self.one):
            sync(clone.forge, "origin")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, git: Git, at_work: AtWork) -> Path:
    """Return what teams begin with, to be copied."""
    folder = tmp_path_factory.mktemp("team")
    first, second = folder / "first", folder / "second"
    with at_work("2026-11-21T08:00:00Z"):
        git(folder, "init", "-q", "--bare", "desk.git")
        git(folder, "init", "-q", "first")
        (first / "policies").mkdir()
        (first / "policies/team.yaml").write_text(PEOPLE)
        git(first, "add", ".")
        git(first, "commit", "-q", "-m", "Begin.")
        git(first, "remote", "add", "origin", "../desk.git")
        git(first, "push", "-q", "origin", "main")
        git(folder, "clone", "-q", "-b", "main", "desk.git", "second")
        git(second, "remote", "set-url", "origin", "../desk.git")
    return folder


@pytest.fixture
def team(
    begun: Path, tmp_path: Path, git: Git, case_text: CaseText, own_git_settings: None
) -> Team:
    return Team(shutil.copytree(begun, tmp_path / "team"), git, case_text)


def test_what_one_proposes_the_other_sees(team: Team) -> None:
    team.one.propose(CASE)
    team.one.forge.move_cursors([cursor_of("forum")])
    sent = sync(team.one.forge, "origin")
    received = sync(team.two.forge, "origin")
    assert sent.received == received.sent == ()
    assert set(sent.sent) == set(received.received) == set(team.one.refs())
    assert team.one.refs() == team.two.refs() == team.held_there()
    assert team.one.forge.snapshot() == team.two.forge.snapshot()


def test_syncing_twice_is_syncing_once(team: Team) -> None:
    team.one.propose(CASE)
    sync(team.one.forge, "origin")
    again = sync(team.one.forge, "origin")
    assert (again.received, again.sent) == ((), ())


def test_a_case_proposed_on_both_is_proposed_once(team: Team) -> None:
    team.one.propose(CASE, minutes=5)
    team.two.propose(CASE, minutes=3)
    team.settle()
    for clone in (team.one, team.two):
        seen = clone.forge.snapshot()
        assert [pull.branch for pull in seen.pulls] == [branch_of(CASE)]
        (branch,) = seen.branches
        assert branch.case is not None
        assert branch.case.detected_at == NOW + timedelta(minutes=3)


def test_a_number_given_on_both_is_changed_on_the_later(team: Team) -> None:
    team.one.propose(CASE)
    team.two.propose(OTHER)
    sync(team.one.forge, "origin")
    synced = sync(team.two.forge, "origin")
    assert synced.renumbered == ((1, 2),)
    sync(team.one.forge, "origin")
    for clone in (team.one, team.two):
        pulls = {pull.number: pull.branch for pull in clone.forge.snapshot().pulls}
        assert pulls == {1: branch_of(CASE), 2: branch_of(OTHER)}


def test_what_one_refused_is_refused_for_the_other(team: Team) -> None:
    team.one.propose(CASE)
    team.settle()
    team.one.decide(CASE, accept=False)
    team.settle()
    assert team.two.forge.snapshot().branches == team.two.forge.snapshot().pulls == ()
    assert (CASE, "open") in team.two.forge.decided([(CASE, "open")])
    assert not [ref for ref in team.held_there() if CASE in ref]


def test_the_last_copy_of_an_accepted_case_stays_until_the_base_has_it(team: Team) -> None:
    team.one.propose(CASE)
    team.settle()
    team.one.decide(CASE, accept=True)
    team.settle()
    assert f"refs/heads/{branch_of(CASE)}" in team.held_there()
    assert f"refs/heads/{branch_of(CASE)}" not in {**team.one.refs(), **team.two.refs()}
    team.git(team.one.folder, "push", "-q", "origin", "main")
    team.settle()
    assert f"refs/heads/{branch_of(CASE)}" not in team.held_there()


@pytest.mark.parametrize("who", ["one", "two"])
def test_a_branch_that_a_person_deleted_does_not_come_back(team: Team, who: str) -> None:
    team.one.propose(CASE)
    team.settle()
    clone: Clone = getattr(team, who)
    clone.delete(CASE)
    team.settle()
    (pull,) = clone.forge.snapshot().pulls
    assert pull.head is None


def test_a_branch_deleted_on_the_remote_goes_here_too(team: Team) -> None:
    team.one.propose(CASE)
    team.settle()
    team.git(team.one.folder, "push", "-q", "origin", f":{branch_of(CASE)}")
    team.settle()
    for clone in (team.one, team.two):
        (pull,) = clone.forge.snapshot().pulls
        assert pull.head is None


def test_a_person_who_touched_a_branch_wins(team: Team) -> None:
    team.one.propose(CASE, minutes=5)
    team.two.propose(CASE, minutes=3)
    team.one.touch(CASE, "Look again.")
    kept = team.one.refs()[f"refs/heads/{branch_of(CASE)}"]
    team.settle()
    assert team.two.refs()[f"refs/heads/{branch_of(CASE)}"] == kept


def test_two_people_on_one_branch_are_told(team: Team) -> None:
    team.one.propose(CASE)
    team.settle()
    team.one.touch(CASE, "One.")
    team.two.touch(CASE, "Two.")
    before = team.two.refs()
    sync(team.one.forge, "origin")
    synced = sync(team.two.forge, "origin")
    assert synced.conflicts == (branch_of(CASE),)
    assert (
        team.two.refs()[f"refs/heads/{branch_of(CASE)}"]
        == (before[f"refs/heads/{branch_of(CASE)}"])
    )


def test_odd_things_on_the_remote_are_passed_over_and_left(team: Team, git: Git) -> None:
    team.one.propose(CASE)
    sync(team.one.forge, "origin")
    head = git(team.remote, "rev-parse", "main")
    odd = {
        "refs/doleances/pulls/0x1": head,
        "refs/doleances/pulls/9": head,
        "refs/doleances/remotes/origin/heads/main": head,
        "refs/heads/doleances/evil": head,
        "refs/doleances/tmp/--upload-pack=touch": head,
    }
    for ref, oid in odd.items():
        git(team.remote, "update-ref", ref, oid)
    synced = sync(team.two.forge, "origin")
    assert sorted(line.partition(": ")[0] for line in synced.ignored) == sorted(odd)
    assert not {*odd} & {*team.two.refs()}
    everything = git(team.remote, "for-each-ref", "--format=%(refname)").split()
    assert {*odd} <= {*everything}


def test_receipts_that_are_none_stay_out(team: Team, git: Git) -> None:
    team.one.propose(CASE)
    team.one.decide(CASE, accept=False)
    sync(team.one.forge, "origin")
    forged = team.two.folder
    (forged / "settled" / "0a" / OTHER).mkdir(parents=True)
    (forged / "settled" / "0a" / OTHER / "open.json").write_text(json.dumps({"case": CASE}))
    (forged / "run.sh").write_text("echo")
    git(forged, "fetch", "-q", "origin", "refs/doleances/receipts")
    git(forged, "switch", "-q", "--detach", "FETCH_HEAD")
    git(forged, "add", ".")
    git(forged, "commit", "-qm", "Forge.")
    git(forged, "push", "-q", "origin", "HEAD:refs/doleances/receipts")
    git(forged, "switch", "-q", "main")
    synced = sync(team.two.forge, "origin")
    assert synced.ignored == (
        "run.sh: it is no receipt",
        f"settled/0a/{OTHER}/open.json: it is no receipt",
    )
    team.settle()
    for folder in (team.one.folder, team.two.folder, team.remote):
        listed = git(folder, "ls-tree", "-r", "--name-only", "refs/doleances/receipts")
        assert listed == f"settled/7f/{CASE}/open.json"
    assert team.one.refs() == team.two.refs() == team.held_there()


def test_a_lost_race_is_run_again(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.one.propose(CASE)
    team.two.propose(OTHER)
    real, raced = edge.spawn, []

    def racing(
        line: list[str], stdin: bytes, variables: dict[str, str], within: float | None = None
    ) -> object:
        if "push" in line and not raced:
            raced.append(True)
            sync(team.two.forge, "origin")
        return real(line, stdin, variables, within)

    monkeypatch.setattr("runner.repo.git.spawn", racing)
    sync(team.one.forge, "origin")
    assert raced
    assert len(team.one.forge.snapshot().pulls) == 2
    assert team.one.refs() == team.held_there()


@pytest.mark.parametrize("written", range(5))
def test_who_runs_while_a_sync_writes_opens_nothing_twice(
    team: Team, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    team.one.propose(CASE)
    sync(team.one.forge, "origin")
    team.two.propose(CASE, pull=False)
    write_at_once = update_refs

    def write_halfway(repository: edge.Repository, changes: Sequence[RefChange]) -> None:
        monkeypatch.setattr("runner.forges.sync.update_refs", write_at_once)
        rest = [*changes[written:]]

        def write_after(repository: edge.Repository, theirs: Sequence[RefChange]) -> None:
            write_at_once(repository, rest)
            rest.clear()
            write_at_once(repository, theirs)

        monkeypatch.setattr(local_refs, "update_refs", write_after)
        write_at_once(repository, changes[:written])
        team.two.forge.open_pull(open_of(CASE), NOW)
        write_at_once(repository, rest)

    monkeypatch.setattr("runner.forges.sync.update_refs", write_halfway)
    sync(team.two.forge, "origin")
    assert len([ref for ref in team.two.refs() if ref.startswith(PULLS)]) == 1


@pytest.mark.parametrize("remote", ["nowhere", "--upload-pack=touch x", "../desk.git", ""])
def test_only_a_configured_remote_is_reached(team: Team, remote: str) -> None:
    with pytest.raises(UsageError, match="no remote is called"):
        sync(team.one.forge, remote)


STEP = st.tuples(
    st.sampled_from(["one", "two"]),
    st.sampled_from(["propose", "push", "accept", "reject", "touch", "delete", "cursor", "sync"]),
    st.sampled_from([CASE, OTHER, THIRD]),
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=9))
def test_whatever_happens_both_end_with_the_same(
    steps: list[tuple[str, str, str]],
    begun: Path,
    tmp_path_factory: pytest.TempPathFactory,
    git: Git,
    case_text: CaseText,
    own_git_settings: None,
) -> None:
    folder = tmp_path_factory.mktemp("team") / "team"
    team = Team(shutil.copytree(begun, folder), git, case_text)
    for minute, (who, what, case_id) in enumerate(steps):
        clone: Clone = getattr(team, who)
        match what:
            case "propose":
                clone.propose(case_id, minute)
            case "push":
                clone.propose(case_id, minute, pull=False)
            case "accept":
                clone.decide(case_id, accept=True, minutes=minute)
            case "reject":
                clone.decide(case_id, accept=False, minutes=minute)
            case "touch" if who == "one":
                clone.touch(case_id, f"Minute {minute}.")
            case "delete":
                clone.delete(case_id)
            case "cursor":
                clone.forge.move_cursors([cursor_of(case_id, NOW + timedelta(minutes=minute))])
            case "sync":
                sync(clone.forge, "origin")
    team.settle()
    sync(team.two.forge, "origin")
    for clone in (team.one, team.two):
        again = sync(clone.forge, "origin")
        assert (again.received, again.sent) == ((), ())
    shared = {ref: oid for ref, oid in team.held_there().items() if "heads" not in ref}
    for clone in (team.one, team.two):
        held = clone.refs()
        assert {ref: oid for ref, oid in held.items() if "heads" not in ref} == shared
        branches = {ref: oid for ref, oid in held.items() if "heads" in ref}
        assert branches.items() <= team.held_there().items()
        pulls = clone.forge.snapshot().pulls
        assert len({pull.branch for pull in pulls}) == len(pulls)


class Killed(BaseException):
    """What SIGKILL looks like from inside: nothing else runs."""


def test_killed_at_any_git_process_the_next_sync_ends_as_if_unharmed(
    begun: Path,
    tmp_path: Path,
    git: Git,
    case_text: CaseText,
    own_git_settings: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = edge.spawn

    template = shutil.copytree(begun, tmp_path / "template")
    team = Team(template, git, case_text)
    team.one.propose(CASE, minutes=5)
    team.one.propose(OTHER)
    sync(team.one.forge, "origin")
    team.one.decide(OTHER, accept=False)
    sync(team.one.forge, "origin")
    team.two.propose(CASE, minutes=3)
    team.two.propose(THIRD)
    team.two.forge.move_cursors([cursor_of("forum")])

    def copied(name: str) -> Team:
        shutil.copytree(template, tmp_path / name)
        return Team(tmp_path / name, git, case_text)

    def killing(spare: int, seen: list[str]) -> Callable[..., object]:
        def spawn(
            line: list[str], stdin: bytes, variables: dict[str, str], within: float | None = None
        ) -> object:
            seen.append(line[-1])
            ended = real(line, stdin, variables, within)
            if len(seen) > spare:
                raise Killed
            return ended

        return spawn

    def sync_until_killed(team: Team, spare: int) -> bool:
        with monkeypatch.context() as patch:
            spawn = killing(spare, seen=[])
            patch.setattr("runner.repo.git.spawn", spawn)
            patch.setattr("runner.repo.objects.spawn", spawn)
            try:
                sync(team.two.forge, "origin")
            except Killed:
                return True
        return False

    unharmed = copied("unharmed")
    unharmed.settle()
    expected = content(unharmed)
    # What is killed before a process is killed after the one before it.
    spare, killed = 0, True
    while killed:
        team = copied(f"killed-{spare}")
        killed = sync_until_killed(team, spare)
        team.settle()
        assert content(team) == expected, spare
        assert team.one.refs() == team.two.refs() == team.held_there()
        spare += 1


def content(team: Team) -> dict[str, str]:
    """Return what the remote holds, but for the order in which receipts came together."""
    held = team.held_there()
    return held | {
        ref: team.git(team.remote, "rev-parse", f"{ref}^{{tree}}")
        for ref in held
        if "receipts" in ref
    }
