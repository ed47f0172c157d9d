"""Where an audit begins, and what a clone must hold for it."""

import pytest
from audit_book import CASE, Audit, Book, clean

from runner.cli.main import run


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


def declare(book: Book, text: str, baseline: str) -> str:
    """Merge a `sources.yaml` that declares a baseline, none where that is empty."""
    book.later(hours=1)
    book.write("sources.yaml", text + (f"\naudit: {{baseline: {baseline}}}\n" if baseline else ""))
    return book.merge()


@pytest.mark.parametrize("between", ["", "unreadable"])
def test_a_baseline_that_is_taken_back_and_declared_elsewhere_has_moved(
    book: Book, audit: Audit, between: str
) -> None:
    first, text = book.git("rev-parse", "main"), book.read("sources.yaml")
    declare(book, text, first)
    clean(book)
    book.change(CASE, "note: vu", "note: rien")
    book.merge()
    gone = declare(book, text + (": [" if between else ""), "")
    moved = declare(book, text, gone)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["commit"]) == ("baseline-moved", moved)
    assert found["message"].endswith(f"was {first[:12]} and is {gone[:12]}")
    declare(book, text + "# more\n", gone)
    assert len(audit(code=0)["findings"]) == 1


def test_a_baseline_taken_back_for_a_while_has_not_moved(book: Book, audit: Audit) -> None:
    first, text = book.git("rev-parse", "main"), book.read("sources.yaml")
    declare(book, text, first)
    for note in ("", "# one\n"):
        gone = declare(book, text + note, "")
    declare(book, text, first)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["commit"]) == (
        "baseline-moved", book.git("rev-parse", f"{gone}~1"),
    )  # fmt: skip


@pytest.mark.parametrize("written", ["audit: {baseline: GUILTY}", "broken: ["])
def test_what_lies_in_the_working_tree_moves_no_baseline(
    book: Book, audit: Audit, written: str
) -> None:
    clean(book)
    book.change(CASE, "note: vu", "note: rien")
    guilty = book.merge()
    text = book.read("sources.yaml")
    book.write("sources.yaml", f"{text}\n{written.replace('GUILTY', guilty)}\n")
    if "broken" in written:
        book.merge()
        book.write("sources.yaml", text)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"]) == ("log-rewritten", guilty)


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


def test_a_day_that_has_not_begun_proves_nothing(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in ("2027-01-01", "2027-01-01T08:00:00"):
        assert run(["-C", str(book.root), "audit", "--since", day]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert f"{day} has not begun" in err


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
