"""The `local` forge: the contract, and what is particular to git alone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contract import (
    CASE,
    NOW,
    OTHER,
    CaseText,
    ForgeContract,
    branch_of,
    cursor_of,
    open_of,
    plan_of,
    push_of,
)

from runner.errors import Refused
from runner.forges import local_refs
from runner.forges.apply import apply
from runner.forges.local import LocalForge
from runner.forges.port import Done
from runner.planning.actions import DropBranch, PushBranch
from runner.planning.branches import Outcome
from runner.policies.values import Bot
from runner.repo.git import Repository
from runner.repo.pulls import PULLS
from runner.repo.receipts import Receipt
from runner.repo.refs import RefChange

Git = Callable[..., str]


@dataclass
class TriedLocalForge:
    forge: LocalForge
    folder: Path
    git: Git

    def now(self) -> datetime:
        return NOW

    def person_commits(self, branch: str) -> None:
        self.git(self.folder, "switch", "-q", branch)
        self.git(self.folder, "commit", "-q", "--allow-empty", "-m", "Look again.")
        self.git(self.folder, "switch", "-q", "main")

    def person_deletes(self, branch: str) -> None:
        self.git(self.folder, "branch", "-q", "-D", branch)

    def person_merges(self, branch: str) -> None:
        self.git(self.folder, "merge", "-q", "--no-ff", "-m", "Merge.", branch)

    def another_run_says_it_again(self) -> int:
        return 0

    def person_refuses(self, number: int, reason: str) -> None:
        (pull,) = (p for p in self.forge.snapshot().pulls if p.number == number)
        self.forge.end_pull(
            number,
            pull.head,
            lambda record: Receipt(
                case_id=record.branch.case_id,
                change=record.branch.change,
                outcome=Outcome.REFUSED,
                number=number,
                actor="ines",
                reason=reason,
                title=record.title,
                at=NOW,
                head=pull.head,
            ),
        )


@pytest.fixture
def tried(folder: Path, git: Git) -> TriedLocalForge:
    return TriedLocalForge(LocalForge(folder, "main", Bot()), folder, git)


class TestLocalForge(ForgeContract):
    pass


def refs(tried: TriedLocalForge) -> list[str]:
    return tried.git(tried.folder, "for-each-ref", "--format=%(refname)").split()


def push(tried: TriedLocalForge, case_text: CaseText, *case_ids: str) -> list[Done]:
    pushes = [push_of(case_text, case_id) for case_id in case_ids]
    return list(tried.forge.push_branches(pushes, tried.forge.base(), NOW))


def test_the_intake_is_one_commit_of_the_bot_on_the_base(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    push(tried, case_text, CASE)
    assert tried.git(
        tried.folder, "log", "--format=%an|%ae|%ce|%at|%ct|%s", f"main..{branch_of(CASE)}"
    ) == (
        "Doléances|runner@doleances.invalid|runner@doleances.invalid|"
        f"{NOW.timestamp():.0f}|{NOW.timestamp():.0f}|cases: Propose {CASE}."
    )
    path, content = case_text(CASE)
    assert tried.git(tried.folder, "show", f"{branch_of(CASE)}:{path}") + "\n" == content


def test_it_all_stands_in_references_that_travel(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    push(tried, case_text, CASE, OTHER)
    tried.forge.open_pull(open_of(CASE), NOW)
    tried.forge.move_cursors([cursor_of("forum")])
    tried.person_refuses(1, "not ours")
    tried.forge.open_pull(open_of(OTHER), NOW)
    assert refs(tried) == [
        "refs/doleances/counter",
        "refs/doleances/ledger",
        "refs/doleances/pulls/2",
        "refs/doleances/receipts",
        f"refs/heads/{branch_of(OTHER)}",
        "refs/heads/main",
    ]
    assert tried.git(tried.folder, "cat-file", "blob", "refs/doleances/counter") == "2"
    stored = tried.git(tried.folder, "show", f"refs/doleances/receipts:settled/7f/{CASE}/open.json")
    assert json.loads(stored) == {
        "version": 1,
        "case": CASE,
        "change": "open",
        "outcome": "refused",
        "number": 1,
        "actor": "ines",
        "reason": "not ours",
        "title": f"Complaint {CASE}",
        "at": "2026-11-21T08:03:12Z",
        "head": json.loads(stored)["head"],
    }
    assert tried.git(tried.folder, "fsck", "--strict", "--no-dangling") == ""


def test_receipts_are_a_chain(tried: TriedLocalForge, case_text: CaseText) -> None:
    push(tried, case_text, CASE, OTHER)
    for number, case_id in enumerate((CASE, OTHER), 1):
        tried.forge.open_pull(open_of(case_id), NOW)
        tried.person_refuses(number, "no")
    chain = tried.git(tried.folder, "log", "--format=%s", "refs/doleances/receipts").splitlines()
    assert chain == [f"receipts: {OTHER}, open: refused.", f"receipts: {CASE}, open: refused."]


def test_the_ledger_does_not_grow(tried: TriedLocalForge) -> None:
    for hours in range(3):
        tried.forge.move_cursors([cursor_of("forum", NOW + timedelta(hours=hours))])
    assert tried.git(tried.folder, "rev-list", "--count", "refs/doleances/ledger") == "1"


def test_records_that_are_none_of_ours_are_named_and_passed_over(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    push(tried, case_text, CASE)
    tried.forge.open_pull(open_of(CASE), NOW)
    head = tried.git(tried.folder, "rev-parse", "main")
    deep = tried.git(tried.folder, "rev-parse", "refs/doleances/pulls/1")
    for ref, oid in {
        "refs/doleances/pulls/7": head,
        "refs/doleances/pulls/8": deep,
        "refs/doleances/pulls/x": head,
        "refs/heads/doleances/todo": head,
        "refs/doleances/ledger": head,
    }.items():
        tried.git(tried.folder, "update-ref", ref, oid)
    seen = tried.forge.snapshot()
    assert [pull.number for pull in seen.pulls] == [1]
    assert dict(seen.cursors) == {}
    assert seen.ignored == (
        "doleances/todo: no branch of the runner has such a name",
        "refs/doleances/pulls/7: it holds no pull.json",
        "refs/doleances/pulls/8: its number is not that of its reference",
    )
    push(tried, case_text, OTHER)
    assert tried.forge.open_pull(open_of(OTHER), NOW) is Done.DONE
    assert [pull.number for pull in tried.forge.snapshot().pulls] == [1, 9]


def test_a_case_file_that_cannot_be_read_leaves_the_branch_without_a_case(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    path, _ = case_text(CASE)
    broken = PushBranch(branch_of(CASE), path, "id: [", "m\n", "")
    tried.forge.push_branches([broken], tried.forge.base(), NOW)
    (branch,) = tried.forge.snapshot().branches
    assert (branch.path, branch.case) == (None, None)


def test_a_push_that_puts_another_file_is_refused(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    path, content = case_text(OTHER)
    wrong = PushBranch(branch_of(CASE), path, content, "m\n", "")
    with pytest.raises(Refused, match="is not the file of the case"):
        tried.forge.push_branches([wrong], tried.forge.base(), NOW)


def test_a_checked_out_branch_is_not_dropped(tried: TriedLocalForge, case_text: CaseText) -> None:
    push(tried, case_text, CASE)
    (branch,) = tried.forge.snapshot().branches
    tried.git(tried.folder, "switch", "-q", branch.name)
    assert tried.forge.drop_branch(DropBranch(branch.name, branch.head, "")) is Done.HELD


def test_what_a_kill_left_of_an_ended_pull_goes_with_its_branch(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    push(tried, case_text, CASE)
    tried.forge.open_pull(open_of(CASE), NOW)
    kept = {
        ref: tried.git(tried.folder, "rev-parse", ref)
        for ref in ("refs/doleances/pulls/1", f"refs/heads/{branch_of(CASE)}")
    }
    tried.person_refuses(1, "not ours")
    for ref, oid in kept.items():
        tried.git(tried.folder, "update-ref", ref, oid)
    seen = tried.forge.snapshot()
    assert seen.pulls == ()
    (branch,) = seen.branches
    assert tried.forge.drop_branch(DropBranch(branch.name, branch.head, "")) is Done.DONE
    assert not {*kept} & {*refs(tried)}


def test_work_from_a_subfolder_and_in_a_bare_repository(
    tried: TriedLocalForge, case_text: CaseText, tmp_path: Path
) -> None:
    below = tried.folder / "policies"
    below.mkdir()
    inner = TriedLocalForge(LocalForge(below, "main", Bot()), tried.folder, tried.git)
    assert push(inner, case_text, CASE) == [Done.DONE]
    bare = tmp_path / "bare.git"
    tried.git(tried.folder, "clone", "-q", "--mirror", ".", str(bare))
    mirrored = TriedLocalForge(LocalForge(bare, "main", Bot()), bare, tried.git)
    assert push(mirrored, case_text, CASE, OTHER) == [Done.ADOPTED, Done.DONE]
    assert mirrored.forge.open_pull(open_of(OTHER), NOW) is Done.DONE


def test_a_shallow_clone_tells_what_a_branch_proposes(
    tried: TriedLocalForge, case_text: CaseText, tmp_path: Path
) -> None:
    push(tried, case_text, CASE, OTHER)
    tried.git(tried.folder, "commit", "-q", "--allow-empty", "-m", "Go on.")
    shallow = tmp_path / "shallow"
    tried.git(
        tmp_path,
        "clone",
        "-q",
        "--mirror",
        "--depth=1",
        "--no-single-branch",
        tried.folder.as_uri(),
        str(shallow),
    )
    seen = LocalForge(shallow, "main", Bot()).snapshot()
    assert [branch.path for branch in seen.branches] == [
        case_text(OTHER)[0],
        case_text(CASE)[0],
    ]
    assert not any(branch.hands_off for branch in seen.branches)


def test_without_a_base_the_forge_says_what_to_do(tmp_path: Path, git: Git) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    with pytest.raises(Refused, match="there is no branch main, or no commit on it"):
        LocalForge(empty, "main", Bot()).snapshot()


def test_a_plan_from_another_base_is_refused(tried: TriedLocalForge, case_text: CaseText) -> None:
    plan = plan_of(tried.forge.base(), push_of(case_text, CASE))
    tried.git(tried.folder, "commit", "-q", "--allow-empty", "-m", "Go on.")
    with pytest.raises(Refused, match="the base is now at"):
        apply(plan, tried.forge, NOW)
    assert tried.forge.snapshot().branches == ()


def test_a_bad_branch_spoils_no_other_and_holds_the_cursors(
    tried: TriedLocalForge, case_text: CaseText
) -> None:
    tried.git(tried.folder, "branch", f"doleances/{CASE}")
    plan = plan_of(
        tried.forge.base(),
        push_of(case_text, CASE),
        push_of(case_text, OTHER),
        open_of(OTHER),
        cursors=(cursor_of("forum"),),
    )
    applied = apply(plan, tried.forge, NOW)
    assert [(r.key, r.done) for r in applied.results] == [
        (f"push {branch_of(OTHER)}", Done.DONE),
        (f"open {branch_of(OTHER)}", Done.DONE),
    ]
    (failed,) = applied.failures
    assert failed.key == f"push {branch_of(CASE)}"
    assert f"'refs/heads/doleances/{CASE}' exists" in failed.message
    assert applied.cursors is None
    assert dict(tried.forge.snapshot().cursors) == {}


@pytest.mark.parametrize("written", range(5))
def test_who_looks_while_another_writes_opens_nothing_twice(
    tried: TriedLocalForge, case_text: CaseText, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    push(tried, case_text, CASE, OTHER)
    tried.forge.open_pull(open_of(OTHER), NOW)
    late = LocalForge(tried.folder, "main", Bot())
    write_at_once = local_refs.update_refs

    def write_halfway(repository: Repository, changes: Sequence[RefChange]) -> None:
        # Git writes one reference after the other; who looks in between sees some of them,
        # and can itself write only when all are written.
        rest = [*changes[written:]]

        def write_after(repository: Repository, theirs: Sequence[RefChange]) -> None:
            write_at_once(repository, rest)
            rest.clear()
            write_at_once(repository, theirs)

        monkeypatch.setattr(local_refs, "update_refs", write_after)
        write_at_once(repository, changes[:written])
        late.open_pull(open_of(CASE), NOW)
        write_at_once(repository, rest)

    monkeypatch.setattr(local_refs, "update_refs", write_halfway)
    assert tried.forge.open_pull(open_of(CASE), NOW) is Done.DONE
    assert tried.git(tried.folder, "for-each-ref", "--format=%(refname)", PULLS).split() == [
        f"{PULLS}/1",
        f"{PULLS}/2",
    ]
