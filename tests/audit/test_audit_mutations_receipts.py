"""What receipts tell of the main line, and what is missing there or of them."""

import re

import pytest
from audit_book import BOT, CASE, INES, MALO, OPEN, Audit, Book

from runner.cli.main import run
from runner.planning.branches import Outcome
from runner.repo.git import open_repository
from runner.repo.objects import NewCommit, Signature, write_commits
from runner.repo.receipts import RECEIPTS, Receipt, render_receipt


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


def keep_receipts(book: Book, files: dict[str, bytes | str], *parents: str) -> None:
    """Write a commit of the receipts' chain."""
    commit = NewCommit("receipts: Keep.\n", Signature(*BOT), book.at, files, parents)
    (name,) = write_commits(open_repository(book.root), (commit,))
    book.git("update-ref", RECEIPTS, name)


def first_receipt(book: Book) -> tuple[str, str]:
    """Return the path and the text of a receipt."""
    path = book.git("ls-tree", "-r", "--name-only", RECEIPTS).splitlines()[0]
    return path, book.git("show", f"{RECEIPTS}:{path}")


def rewrite_a_receipt(book: Book, pattern: str, text: str, *parents: str) -> str:
    path, said = first_receipt(book)
    changed = re.sub(pattern, text, said)
    assert changed != said
    at_tip = book.git("rev-parse", RECEIPTS)
    keep_receipts(book, {path: f"{changed}\n".encode()}, at_tip, *parents)
    return path


def test_a_receipt_that_was_taken_away_is_found(
    accepted: Book, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = first_receipt(accepted)
    with monkeypatch.context() as spare:
        spare.setenv("GIT_INDEX_FILE", str(accepted.root / ".git" / "spare"))
        accepted.git("read-tree", RECEIPTS)
        accepted.git("rm", "-q", "--cached", path)
        tree = accepted.git("write-tree")
    commit = accepted.git("commit-tree", tree, "-p", RECEIPTS, "-m", "Tidy up.")
    accepted.git("update-ref", RECEIPTS, commit)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["file"]) == ("receipt-removed", path)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"(?s).*", "junk"), ('"merged"', '"refused"'), ('"head": "[0-9a-f]{4}', '"head": "0000')],
    ids=["no receipt any more", "refused", "another branch"],
)  # fmt: skip
def test_a_receipt_that_tells_something_else_is_found(
    accepted: Book, audit: Audit, pattern: str, text: str
) -> None:
    path = rewrite_a_receipt(accepted, pattern, text)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["file"]) == ("receipt-removed", path)


def test_what_is_known_better_may_stand_in_a_receipt(accepted: Book, audit: Audit) -> None:
    rewrite_a_receipt(accepted, '"ines"', '"malo"')
    assert audit("--strict", code=0)["findings"] == []


def test_of_two_ends_that_two_clones_knew_either_may_stand(accepted: Book, audit: Audit) -> None:
    other = accepted.git("commit-tree", f"{RECEIPTS}^{{tree}}", "-m", "Refuse.")
    rewrite_a_receipt(accepted, '"merged"', '"refused"', other)
    assert audit("--strict", code=0)["findings"] == []


def test_on_the_local_forge_receipts_make_nobody_act(accepted: Book, audit: Audit) -> None:
    accepted.note(CASE, by="odile")
    guilty = accepted.merge(by=MALO)
    receipt = Receipt("c-d6rn7he0r67d", "note-9", Outcome.MERGED, 9, "odile", "", "",
                      accepted.at, accepted.heads[-1])  # fmt: skip
    tip = accepted.git("rev-parse", RECEIPTS)
    keep_receipts(accepted, {receipt.path: render_receipt(receipt)}, tip)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"]) == ("not-the-actor", guilty)


def test_a_receipt_tells_of_each_commit_that_a_forge_rebased(book: Book, audit: Audit) -> None:
    book.change("sources.yaml", "forge: local", "forge: github")
    book.merge()
    book.git("switch", "-q", "-c", "desk")
    for _ in range(2):
        book.later(minutes=2)
        book.note(CASE)
        book.commit()
    head = book.git("rev-parse", "HEAD")
    book.git("switch", "-q", "main")
    book.later(minutes=9)
    book.git("cherry-pick", "main..desk", committer=MALO)
    receipt = Receipt("c-d6rn7he0r67d", "note-4", Outcome.MERGED, 3, "malo", "", "", book.at, head)
    keep_receipts(book, {receipt.path: render_receipt(receipt)})
    assert audit("--strict", code=0)["findings"] == []


def test_an_intake_that_no_receipt_tells_of_is_unproven(accepted: Book, audit: Audit) -> None:
    path = "cases/2026/11/21/c-000000000000.yaml"
    text = accepted.read(OPEN).replace("c-ksaxnqsx04pf", "c-000000000000")
    accepted.write(path, text.replace("2026-11-20T08:03:12Z", "2026-11-21T08:03:12Z")
                   .replace("2026-11-23T08:03:12Z", "2026-11-24T08:03:12Z")
                   .replace("2027-01-20T08:03:12Z", "2027-01-21T08:03:12Z"))  # fmt: skip
    accepted.merge(proposer=BOT)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("receipt-missing", "unproven")
