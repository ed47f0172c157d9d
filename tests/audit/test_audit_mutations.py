"""A tampered history is always found: one mutation after the other of one that is clean."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from audit_book import BOT, FORGE, INES, MALO, ODILE, Audit, Book

from runner.cli.main import run
from runner.policies.instance import build_instance
from runner.repo.audit import audit_case
from runner.repo.case_paths import parse_case_path
from runner.repo.git import open_repository
from runner.text.document import Document
from runner.text.strict_yaml import read_document

CASE = "cases/2026/11/19/c-d6rn7he0r67d.yaml"
OPEN = "cases/2026/11/20/c-ksaxnqsx04pf.yaml"
TWO_PLACES = "cases/2026/10/05/c-z9dhernv57sj.yaml"
STRANGER = ("Zoé", "zoe@elsewhere.example.org")
DUE = "due_at: 2026-11-22T08:03:12Z"
Mutation = Callable[[Book], object]


def clean(book: Book) -> None:
    """Merge three notes, so that what is merged can be tampered with."""
    for path in (CASE, TWO_PLACES, CASE):
        book.later(hours=1)
        book.note(path)
        book.merge()
    book.later(hours=1)


def verb(book: Book, *words: str) -> None:
    """Let a verb write into the working tree."""
    now = f"{book.at:%Y-%m-%dT%H:%M:%SZ}"
    assert run(["-C", str(book.root), "--now", now, *words, "--no-propose"]) == 0


def entry(book: Book, path: str, kind: str, by: str = "ines", **facts: str) -> None:
    """Write an entry by hand."""
    at = f"{book.at:%Y-%m-%dT%H:%M:%SZ}"
    lines = [f"- entry: {kind}", f"at: {at}", f"recorded_at: {at}", f"by: {by}"]
    lines += [f"{name}: {value}" for name, value in facts.items()]
    book.write(path, book.read(path) + "\n  ".join(lines) + "\n")


def remove_second_place(book: Book) -> None:
    text = book.read(TWO_PLACES)
    start = text.index("- id: p2")
    book.write(TWO_PLACES, text[:start] + text[text.index("\nlog:") + 1 :])


def insert_before(book: Book) -> None:
    first = "- entry: noted\n"
    at = "2026-11-20T08:00:00Z"
    book.change(
        CASE, first, f"- entry: noted\n  at: {at}\n  recorded_at: {at}\n  by: ines\n"
        f"  note: avant\n{first}",
    )  # fmt: skip


def remove_in_the_middle(book: Book) -> None:
    text = book.read(CASE)
    start = text.index("- entry: qualified")
    book.write(CASE, text[:start] + text[text.index("- entry: noted") :])


def move_the_start(book: Book) -> None:
    text = book.read(CASE)
    book.write(CASE, text.replace("2026-11-19T08:03:12Z", "2026-11-19T09:03:12Z"))


def move_to_another_day(book: Book) -> None:
    copy_to_another_day(book)
    (book.root / CASE).unlink()


def copy_to_another_day(book: Book) -> None:
    book.write("cases/2026/11/20/c-d6rn7he0r67d.yaml", book.read(CASE))


def rename(book: Book) -> None:
    book.write("cases/2026/11/19/c-d6rn7he0r670.yaml", book.read(CASE))
    (book.root / CASE).unlink()


def gain_a_right(book: Book) -> None:
    book.change("policies/team.yaml", "roles: [watcher]", "roles: [watcher, community-manager]")
    verb(book, "reply", "c-ksaxnqsx04pf", "--url", "https://entraide.example.org/q/44790#a",
         "--by", "malo")  # fmt: skip


def become_somebody(book: Book) -> None:
    book.change("policies/team.yaml", "id: malo", "id: zoe")
    book.note(CASE, by="zoe")


def give_too_much(book: Book) -> None:
    entry(book, CASE, "resolved", to="resolved", outcome="accepted", reason="r",
          channel="private", where="inbox", remedy="a lamp", amount="900", currency="EUR",
          limit_of="ines")  # fmt: skip
    book.change(CASE, "state: acknowledged", "state: resolved")


def close_half(book: Book) -> None:
    """Reopen a case of two places, and close it at one of them."""
    entry(book, TWO_PLACES, "reopened", to="open", cycle="2", reason="r")
    entry(book, TWO_PLACES, "replied", to="acknowledged", place="p1", url="https://example.org/1")
    entry(book, TWO_PLACES, "resolved", to="resolved", outcome="refused", reason="r",
          channel="private", where="inbox", recourse="mediator")  # fmt: skip
    entry(book, TWO_PLACES, "closed", to="closed", closings="[{place: p1, impossible: locked}]",
          survey="{sent: false, why: w}", root_cause="c")  # fmt: skip
    book.change(TWO_PLACES, "cycle: 1", "cycle: 2")


def promise_otherwise(book: Book) -> None:
    verb(book, "reply", "c-ksaxnqsx04pf", "--url", "https://entraide.example.org/q/44790#a",
         "--by", "ines")  # fmt: skip
    due = f"{book.at + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    later = f"{book.at + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}"
    book.change(OPEN, f"due_at: {due}", f"due_at: {later}")


def promise_by_no_policy(book: Book) -> None:
    verb(book, "reply", "c-ksaxnqsx04pf", "--url", "https://entraide.example.org/q/44790#a",
         "--by", "ines")  # fmt: skip
    text = book.read(OPEN)
    blob = text.rpartition("policies/clocks.yaml: ")[2][:40]
    head, _, tail = text.rpartition(blob)
    book.write(OPEN, head + "0123456789" * 4 + tail)


def raise_the_dead(book: Book) -> None:
    verb(book, "merge", "c-ksaxnqsx04pf", "c-d6rn7he0r67d", "--by", "ines")
    book.merge()
    book.later(hours=1)
    book.change(OPEN, "state: merged", "state: open")


def raise_the_dead_by_an_entry(book: Book) -> None:
    verb(book, "merge", "c-ksaxnqsx04pf", "c-d6rn7he0r67d", "--by", "ines")
    book.merge()
    book.later(hours=1)
    entry(book, OPEN, "reopened", to="open", cycle="2", reason="r")
    book.change(OPEN, "state: merged", "state: open")
    book.change(OPEN, "cycle: 1", "cycle: 2")


def merge_into_nothing(book: Book) -> None:
    entry(book, OPEN, "merged", to="merged", target="c-000000000000")
    book.change(OPEN, "state: open", "state: merged")


def delete_and_write_anew(book: Book) -> None:
    text = book.read(CASE)
    (book.root / CASE).unlink()
    book.merge()
    book.later(hours=1)
    book.write(CASE, text.replace("note: vu", "note: rien"))


def damage_and_write_anew(book: Book) -> None:
    text = book.read(CASE)
    book.write(CASE, text + "nonsense: {")
    book.merge()
    book.later(hours=1)
    book.write(CASE, text.replace("note: vu", "note: rien"))


def link_elsewhere(book: Book) -> None:
    (book.root / CASE).unlink()
    (book.root / CASE).symlink_to("/etc/hostname")


TABLE: dict[str, tuple[Mutation, set[str]]] = {
    "rewritten entry": (lambda b: b.change(CASE, "note: vu", "note: rien"), {"log-rewritten"}),
    "removed entry in the middle": (remove_in_the_middle, {"log-shortened", "log-rewritten"}),
    "entry inserted before": (insert_before, {"log-rewritten"}),
    "removed place": (remove_second_place, {"place-dropped"}),
    "rewritten place": (lambda b: b.change(CASE, "la cafetière", "le vase"), {"place-rewritten"}),
    "moved start": (move_the_start, {"place-rewritten", "log-rewritten"}),
    "clock due moved": (lambda b: b.change(CASE, DUE, "due_at: 2026-11-25T08:03:12Z"),
                        {"log-rewritten"}),
    "deleted case": (lambda b: (b.root / CASE).unlink(), {"case-removed"}),
    "renamed case": (rename, {"case-removed", "case-path"}),
    "another day folder": (move_to_another_day, {"case-removed", "case-path"}),
    "a copy under another day": (copy_to_another_day, {"case-twice", "case-path"}),
    "deleted, then written anew": (delete_and_write_anew, {"case-removed", "log-rewritten"}),
    "damaged, then written anew": (damage_and_write_anew, {"log-rewritten"}),
    "a link in its place": (link_elsewhere, {"odd-file"}),
    "state without an entry": (lambda b: b.change(CASE, "state: acknowledged", "state: resolved"),
                               {"state"}),
    "owner without an entry": (lambda b: b.change(CASE, "owner: ines", "owner: odile"),
                               {"undecided"}),
    "a policy gives the right that its case uses": (gain_a_right, {"role"}),
    "a policy names who decides in it": (become_somebody, {"nobody"}),
    "more than the limit": (give_too_much, {"delegation"}),
    "closed at one place of two": (close_half, {"closing-missing"}),
    "another due instant than promised": (promise_otherwise, {"clock-due"}),
    "a policy that never was": (promise_by_no_policy, {"clock-policy"}),
    "merged case resurrected": (raise_the_dead, {"state"}),
    "merged case reopened": (raise_the_dead_by_an_entry, {"illegal-move"}),
    "merged into nothing": (merge_into_nothing, {"merge-target"}),
    "recorded after its commit": (lambda b: b.note(CASE, recorded=b.at + timedelta(hours=2)),
                                  {"recorded-after-commit"}),
}  # fmt: skip


def test_a_clean_history_has_no_finding(book: Book, audit: Audit) -> None:
    clean(book)
    found = audit("--strict", code=0)
    assert (found["commits"], found["versions"], found["findings"]) == (3, 3, [])


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each commit be a stretch of its own, and no other process be had to walk it."""

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr("runner.repo.audit._processes", lambda commits: commits)
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refuse)


@pytest.mark.parametrize("name", list(TABLE))
def test_a_tampered_history_is_found(
    book: Book, audit: Audit, name: str, request: pytest.FixtureRequest
) -> None:
    mutation, rules = TABLE[name]
    clean(book)
    mutation(book)
    guilty = book.merge()
    proved = audit(code=1)
    request.getfixturevalue("alone")
    assert audit(code=1) == proved
    found = proved["findings"]
    assert rules <= {one["rule"] for one in found if one["weight"] == "broken"}
    assert guilty in {one["commit"] for one in found}
    assert all(one["file"] and one["hint"] is not None for one in found)
    each_case_alone_gives(found, book)


EARLIER, LATER = CASE.replace("11/19", "09/30"), CASE.replace("11/19", "11/30")


@pytest.mark.parametrize(
    ("steps", "guilty"),
    [
        ([((CASE, EARLIER), None), ((CASE, LATER), CASE)], [0, 1]),
        ([((CASE, LATER), None), (None, LATER), ((CASE, EARLIER), None)], [0, 2]),
        ([((CASE, EARLIER), None), ((CASE, LATER), EARLIER), (None, LATER)], [0, 1]),
    ],
    ids=["one-of-two-moves", "a-copy-goes-and-one-comes", "the-copy-moves"],
)
def test_a_case_in_two_files_is_found_however_the_line_is_parted(
    book: Book,
    audit: Audit,
    steps: list[tuple[tuple[str, str] | None, str | None]],
    guilty: list[int],
    request: pytest.FixtureRequest,
) -> None:
    clean(book)
    commits = []
    for copied, removed in steps:
        if copied is not None:
            book.write(copied[1], book.read(copied[0]))
        if removed is not None:
            (book.root / removed).unlink()
        book.later(hours=1)
        commits.append(book.merge())
    proved = audit(code=1)
    request.getfixturevalue("alone")
    assert audit(code=1) == proved
    twice = [one["commit"] for one in proved["findings"] if one["rule"] == "case-twice"]
    assert sorted(twice) == sorted(commits[n] for n in guilty)
    each_case_alone_gives(proved["findings"], book)


def each_case_alone_gives(found: list[dict[str, Any]], book: Book) -> None:
    """Make sure that judging one case finds what judging all finds of it."""
    document = read_document((book.root / "sources.yaml").read_bytes(), "sources.yaml")
    assert isinstance(document, Document)
    instance, now = build_instance(document), datetime(2026, 12, 31, tzinfo=UTC)
    repository = open_repository(book.root)
    told: dict[str, list[tuple[str, ...]]] = {}
    for one in found:
        if case_id := parse_case_path(one["file"]):
            told.setdefault(case_id, []).append((one["commit"], one["file"], one["rule"]))
    for case_id, expected in told.items():
        alone = audit_case(repository, book.git("rev-parse", "main"), instance, now, case_id)
        shown = [(each.commit, each.fault.file, each.fault.rule) for each in alone.findings]
        assert shown == expected


def test_processes_that_share_a_line_find_what_one_finds(
    book: Book, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean(book)
    for mutation in (remove_second_place, move_the_start, copy_to_another_day, give_too_much):
        mutation(book)
        book.merge()
        book.later(hours=1)
    (book.root / OPEN).unlink()
    book.merge(by=STRANGER)
    alone = audit(code=1)
    monkeypatch.setattr("runner.repo.audit._processes", lambda _: 3)
    assert audit(code=1) == alone
    assert len({one["file"] for one in alone["findings"]}) > 3


def be_killed(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)


def hide_git_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    start = BaseProcess.start

    def start_without(process: BaseProcess) -> None:
        with monkeypatch.context() as there:
            there.setenv("PATH", "")
            start(process)

    monkeypatch.setattr(BaseProcess, "start", start_without)


def kill_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.repo.audit._answer", be_killed)


@pytest.mark.parametrize("harm", [refuse_threads, hide_git_from_others, kill_others])
def test_what_other_processes_cannot_do_this_one_does(
    book: Book,
    audit: Audit,
    harm: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clean(book)
    give_too_much(book)
    book.merge()
    alone = audit(code=1)
    harm(monkeypatch)
    monkeypatch.setattr("runner.repo.audit._processes", lambda _: 3)
    assert audit(code=1) == alone


@pytest.mark.parametrize("trailer", ["", "\n\nCo-authored-by: Inès Carpentier <{ines}>",
                                     "\n\nReviewed-by: ines\nApproved-by: ines-c"])  # fmt: skip
def test_a_trailer_proves_nothing(book: Book, audit: Audit, trailer: str) -> None:
    book.note(CASE, by="ines")
    book.merge(by=MALO, message=f"Merge.{trailer.format(ines=INES[1])}")
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["weight"]) == ("not-the-actor", "broken")


def test_a_commit_that_is_older_than_the_one_before_is_found(book: Book, audit: Audit) -> None:
    clean(book)
    book.note(CASE, recorded=book.at - timedelta(minutes=30))
    book.merge(at=book.at - timedelta(minutes=29))
    assert audit(code=0)["findings"] == []
    book.note(CASE, recorded=book.at - timedelta(minutes=20))
    book.merge(at=book.at - timedelta(hours=5))
    assert {one["rule"] for one in audit(code=1)["findings"]} == {
        "back-dated", "recorded-after-commit",
    }  # fmt: skip


def test_a_commit_of_tomorrow_is_found(book: Book, audit: Audit) -> None:
    book.note(CASE)
    book.merge(at=datetime(2027, 3, 1, tzinfo=UTC))
    assert "commit-ahead" in {one["rule"] for one in audit(code=1)["findings"]}


def test_an_entry_that_says_it_is_weeks_old_is_odd(book: Book, audit: Audit) -> None:
    clean(book)
    recorded = book.at
    book.later(days=20)
    book.note(CASE, recorded=recorded)
    book.merge()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("recorded-long-before", "warning")
    audit("--strict", code=1)


def test_what_waited_on_a_branch_for_weeks_is_as_old_as_the_branch(
    book: Book, audit: Audit
) -> None:
    book.git("switch", "-q", "-c", "waiting")
    book.note(CASE)
    head = book.commit()
    book.git("switch", "-q", "main")
    book.later(days=20)
    book.git("merge", "-q", "--no-ff", "-m", "Accept.", head)
    assert audit("--strict", code=0)["findings"] == []


def test_a_commit_outside_a_pull_request_is_unproven(book: Book, audit: Audit) -> None:
    book.note(CASE)
    book.commit()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("outside-pull-request", "unproven")
    assert found["file"] == CASE
    audit("--strict", code=1)


def test_policies_that_change_outside_a_pull_request_are_unproven(book: Book, audit: Audit) -> None:
    book.change("policies/team.yaml", "roles: [watcher]", "roles: [watcher, quality]")
    book.commit(by=ODILE)
    assert {one["file"] for one in audit(code=0)["findings"]} == {"policies/team.yaml"}


def test_who_is_nobody_merges_nothing(book: Book, audit: Audit) -> None:
    book.note(CASE)
    book.merge(by=STRANGER, proposer=INES)
    assert [(one["rule"], one["weight"]) for one in audit()["findings"]] == [
        ("stranger", "unproven")
    ]


def test_on_a_forge_what_a_squash_does_not_show_is_unproven(book: Book, audit: Audit) -> None:
    book.change("sources.yaml", "forge: local", "forge: github")
    book.merge()
    book.note(CASE, by="ines")
    hidden = ("Inès", "1234+ines-c@users.noreply.github.com")
    book.commit("Take note (#7)", by=hidden, committer=FORGE)
    assert audit("--strict", code=0)["findings"] == []
    book.note(CASE, by="ines")
    book.commit("Take note (#8)", by=MALO, committer=FORGE)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("unproven", "unproven")


def test_the_team_of_that_day_decides(book: Book, audit: Audit) -> None:
    book.note(CASE, by="malo")
    book.merge(by=MALO)
    book.later(hours=1)
    text = book.read("policies/team.yaml").replace("id: malo", "id: malo-k")
    book.write("policies/team.yaml", text.replace("owner: malo}", "owner: malo-k}"))
    book.merge()
    book.later(hours=1)
    book.note(CASE, by="malo-k")
    book.merge(by=MALO)
    assert audit("--strict", code=0)["findings"] == []
    book.note(CASE, by="malo")
    book.merge(by=MALO)
    assert "nobody" in {one["rule"] for one in audit(code=1)["findings"]}


def test_erasure_is_legal(book: Book, audit: Audit) -> None:
    verb(book, "erase", "c-z9dhernv57sj", "--by", "odile", "--ground", "request")
    book.merge(by=ODILE)
    assert audit("--strict", code=0)["findings"] == []


def test_the_audit_begins_at_its_baseline(book: Book, audit: Audit) -> None:
    book.change(CASE, "note" if "note" in book.read(CASE) else "ines", "sam")
    baseline = book.merge()
    assert audit(code=1)["findings"]
    assert audit("--since", baseline, code=0)["findings"] == []
    book.later(hours=1)
    text = book.read("sources.yaml")
    book.write("sources.yaml", f"{text}\naudit: {{baseline: {baseline}}}\n")
    declared = book.merge()
    found = audit("--strict", code=0)
    assert (found["start"], found["commits"], found["findings"]) == (baseline, 1, [])
    book.change("sources.yaml", baseline, declared)
    book.merge()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("baseline-moved", "warning")


def test_a_day_never_reaches_behind_the_baseline(
    book: Book, audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    first = book.git("rev-parse", "main").strip()
    book.change(CASE, "note" if "note" in book.read(CASE) else "ines", "sam")
    baseline = book.merge()
    text = book.read("sources.yaml")
    book.write("sources.yaml", f"{text}\naudit: {{baseline: {baseline}}}\n")
    book.later(days=2)
    book.merge()
    for day in ("1999-01-01", "2026-11-01"):
        found = audit("--since", day, "--strict", code=0)
        assert (found["start"], found["findings"]) == (baseline, [])
    capsys.readouterr()
    assert run(["-C", str(book.root), "audit", "--since", "2026-11-01"]) == 0
    assert f"avant le point de départ {baseline[:12]}" in capsys.readouterr().err
    assert audit("--since", "HEAD", code=0)["commits"] == 0
    assert audit("--since", first, code=1)["start"] == first


def test_a_baseline_that_is_not_there_is_odd(book: Book, audit: Audit) -> None:
    text = book.read("sources.yaml")
    book.write("sources.yaml", f"{text}\naudit: {{baseline: {'1' * 40}}}\n")
    book.merge()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("baseline", "warning")


def test_it_begins_on_a_day(book: Book, audit: Audit) -> None:
    clean(book)
    book.later(days=2)
    book.note(CASE)
    book.merge()
    assert audit("--since", "2026-11-22", code=0)["commits"] == 1
    assert audit("--since", "2026-11-01", code=0)["commits"] == 4
    assert audit("--since", "HEAD~1", code=0)["commits"] == 1
    for odd in ("2026-13-40", "nothing", "--all", "HEAD^2"):
        assert run(["-C", str(book.root), "audit", f"--since={odd}"]) == 2


def test_a_shallow_clone_refuses_to_prove_what_it_does_not_hold(book: Book) -> None:
    clean(book)
    clone = book.root.parent / "clone"
    book.git("clone", "-q", "--depth", "2", f"file://{book.root}", str(clone))
    assert run(["-C", str(clone), "audit"]) == 5


def test_a_bare_clone_is_enough(book: Book, audit: Audit) -> None:
    clean(book)
    book.change(CASE, "note: vu", "note: rien")
    book.merge()
    bare = book.root.parent / "bare.git"
    book.git("clone", "-q", "--bare", str(book.root), str(bare))
    found = audit(root=bare, code=1)
    assert {one["rule"] for one in found["findings"]} == {"log-rewritten"}


def test_findings_name_commit_file_line_and_hint(
    book: Book, audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    clean(book)
    book.change(CASE, "note: vu", "note: rien")
    guilty = book.merge()
    line = book.read(CASE).splitlines().index("  note: rien") + 1
    assert run(["-C", str(book.root), "audit"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{guilty[:12]}:{CASE}:{line}: une inscription du journal a été réécrite"
    assert said[1] == "    `note` of an entry that is merged has changed"
    assert said[2].startswith("    put the entry back")
    assert said[3].endswith("4 versions de dossiers\u00a0: 1 qui ne tient pas (broken).")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_signatures_are_verified_where_they_are(book: Book, audit: Audit) -> None:
    keys = book.root.parent / "keys"
    keys.mkdir()
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", str(keys / "key")]
    subprocess.run(made, check=True)
    (keys / "signers").write_text(f"{INES[1]} {(keys / 'key.pub').read_text()}")
    book.git("config", "gpg.format", "ssh")
    book.git("config", "user.signingKey", str(keys / "key"))
    book.git("config", "gpg.ssh.allowedSignersFile", str(keys / "signers"))
    clean(book)
    book.note(CASE)
    book.git("commit", "-q", "-a", "-S", "-m", "Signed.")
    assert audit("--signatures", code=0)["signatures"] == {"absent": 3, "verified": 1}
    raw = book.git("cat-file", "commit", "HEAD").replace("Signed.", "Sealed.") + "\n"
    (keys / "raw").write_text(raw)
    forged = book.git("hash-object", "-t", "commit", "-w", str(keys / "raw"))
    book.git("update-ref", "refs/heads/main", forged)
    found = audit("--signatures", code=1)["findings"]
    assert ("signature-bad", forged) in {(one["rule"], one["commit"]) for one in found}


@pytest.fixture
def accepted(book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book in which pull requests were accepted by `doleances accept`, with receipts."""
    settings = book.root.parent / "person"
    settings.write_text(f"[user]\n\tname = {INES[0]}\n\temail = {INES[1]}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    for number in (1, 2):
        now = f"{book.later(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        words = ["note", "c-d6rn7he0r67d", "--note", "vu", "--propose"]
        monkeypatch.setenv("GIT_COMMITTER_DATE", now)
        monkeypatch.setenv("GIT_AUTHOR_DATE", now)
        assert run(["-C", str(book.root), "--now", now, *words]) == 0
        assert run(["-C", str(book.root), "--now", now, "accept", str(number)]) == 0
    return book


def test_what_verbs_propose_and_accept_holds(accepted: Book, audit: Audit) -> None:
    assert audit("--strict", code=0)["findings"] == []


def test_a_main_line_that_was_put_back_lacks_what_receipts_tell(
    accepted: Book, audit: Audit
) -> None:
    accepted.git("reset", "-q", "--hard", "HEAD~1")
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["committed_at"]) == ("merge-dropped", None)
    assert "#2 was merged by ines" in found["message"]


def test_a_receipt_that_was_taken_away_is_found(
    accepted: Book, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipts = "refs/doleances/receipts"
    listed = accepted.git("ls-tree", "-r", "--name-only", receipts).splitlines()
    with monkeypatch.context() as spare:
        spare.setenv("GIT_INDEX_FILE", str(accepted.root / ".git" / "spare"))
        accepted.git("read-tree", receipts)
        accepted.git("rm", "-q", "--cached", listed[0])
        tree = accepted.git("write-tree")
    commit = accepted.git("commit-tree", tree, "-p", receipts, "-m", "Tidy up.")
    accepted.git("update-ref", receipts, commit)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["file"]) == ("receipt-removed", listed[0])


def test_an_intake_that_no_receipt_tells_of_is_unproven(accepted: Book, audit: Audit) -> None:
    path = "cases/2026/11/21/c-000000000000.yaml"
    text = accepted.read(OPEN).replace("c-ksaxnqsx04pf", "c-000000000000")
    accepted.write(path, text.replace("2026-11-20T08:03:12Z", "2026-11-21T08:03:12Z")
                   .replace("2026-11-23T08:03:12Z", "2026-11-24T08:03:12Z")
                   .replace("2027-01-20T08:03:12Z", "2027-01-21T08:03:12Z"))  # fmt: skip
    accepted.merge(proposer=BOT)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("receipt-missing", "unproven")
