"""What receipts tell of the main line, and what is missing there or of them."""

import pytest
from audit_book import BOT, INES, OPEN, Audit, Book

from runner.cli.main import run


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
