"""A tampered history is always found: one mutation after the other of one that is clean."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from audit_book import CASE, OPEN, STRANGER, TWO_PLACES, Audit, Book, clean, entry, verb

from runner.cli.main import run
from runner.policies.instance import build_instance
from runner.repo.audit import audit_case
from runner.repo.case_paths import parse_case_path
from runner.repo.git import open_repository
from runner.text.document import Document
from runner.text.strict_yaml import read_document

DUE = "due_at: 2026-11-22T08:03:12Z"
Mutation = Callable[[Book], object]


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


def double_an_entry(book: Book) -> None:
    text = book.read(CASE)
    book.write(CASE, text + text[text.rindex("- entry: noted") :])


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


def erase_and_explain(book: Book) -> None:
    """Erase a case, and give an entry a reason that it never had."""
    verb(book, "erase", "c-z9dhernv57sj", "--by", "odile", "--ground", "request")
    book.change(
        TWO_PLACES,
        "- entry: place-added\n",
        "- entry: place-added\n  why: {rule: x, file: policies/triage.yaml, line: 3}\n",
    )


def link_elsewhere(book: Book) -> None:
    (book.root / CASE).unlink()
    (book.root / CASE).symlink_to("/etc/hostname")


TABLE: dict[str, tuple[Mutation, set[str]]] = {
    "rewritten entry": (lambda b: b.change(CASE, "note: vu", "note: rien"), {"log-rewritten"}),
    "removed entry in the middle": (remove_in_the_middle, {"log-shortened", "log-rewritten"}),
    "entry inserted before": (insert_before, {"log-rewritten"}),
    "an entry doubled": (double_an_entry, {"entry-twice"}),
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
    "erased, and a reason added": (erase_and_explain, {"log-rewritten"}),
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


def test_findings_name_commit_file_line_and_hint(
    book: Book, audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    clean(book)
    book.change(CASE, "note: vu", "note: rien")
    guilty = book.merge()
    line = book.read(CASE).splitlines().index("  note: rien") + 1
    assert run(["-C", str(book.root), "audit"]) == 1
    said = capsys.readouterr().out.splitlines()
    place = f"{guilty[:12]}:{CASE}:{line}"
    broken = "rompu\N{NO-BREAK SPACE}"
    assert said[0] == f"{place}: {broken}: une inscription du journal a été réécrite"
    assert said[1] == "    `note` of an entry that is merged has changed"
    assert said[2].startswith("    rétablissez l’inscription")
    assert said[3].endswith("4 versions de dossiers\u00a0: 1 qui ne tient pas (broken).")
