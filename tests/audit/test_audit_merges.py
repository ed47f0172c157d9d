"""What merges do besides bringing branches: drop what one side held, and write by themselves."""

from collections.abc import Callable

import pytest
from audit_book import (
    BOT,
    CASE,
    INES,
    MALO,
    ODILE,
    OPEN,
    TWO_PLACES,
    Audit,
    Book,
    Person,
    clean,
    entry,
    verb,
)

from runner.repo.audit_brought import Side, find_sides
from runner.repo.mainline import BranchCommit, MainCommit

Life = Callable[[Book], object]


def branch(book: Book, name: str, start: str = "main") -> None:
    book.git("switch", "-q", "-c", name, start)


def take(book: Book, *names: str, how: tuple[str, ...] = (), by: Person = INES) -> None:
    book.later(minutes=5)
    book.git("merge", "-q", "--no-ff", "-m", "Merge.", *how, *names, by=by)


def turned_round(book: Book, *how: str) -> None:
    """Merge the main line into a branch of before, which becomes the main line without force."""
    old = book.git("rev-parse", "main")
    clean(book)
    branch(book, "mine", old)
    book.git("commit", "-q", "--allow-empty", "-m", "x")
    take(book, "main", how=how)


def drop_all(book: Book) -> None:
    turned_round(book, "-s", "ours")
    book.git("push", "-q", ".", "mine:main")


def drop_all_from_a_root_of_its_own(book: Book) -> None:
    clean(book)
    book.git("switch", "-q", "--orphan", "mine")
    book.git("checkout", "-q", "main", "--", ".")
    for path in (CASE, TWO_PLACES):
        book.change(path, "note: vu", "note: rien")
    book.commit("Begin.")
    take(book, "main", how=("-s", "ours", "--allow-unrelated-histories"))
    book.git("push", "-q", ".", "mine:main")


def drop_all_among_three(book: Book) -> None:
    turned_round(book)
    main, mine = book.git("rev-parse", "main", "mine~1").split()
    branch(book, "other", f"{mine}~1")
    other = book.commit()
    made = book.git(
        "commit-tree", f"{mine}^{{tree}}", "-p", mine, "-p", other, "-p", main, "-m", "x"
    )
    book.git("update-ref", "refs/heads/main", made)


def rewrite_what_it_keeps(book: Book) -> None:
    turned_round(book, "--no-commit")
    for path in (CASE, TWO_PLACES):
        book.change(path, "note: vu", "note: rien")
    book.commit()
    book.git("push", "-q", ".", "mine:main")


DROPPED: dict[str, Life] = {
    "all that came since": drop_all,
    "a root of its own": drop_all_from_a_root_of_its_own,
    "among three": drop_all_among_three,
    "an entry rewritten in each": rewrite_what_it_keeps,
}


@pytest.mark.parametrize("name", list(DROPPED))
def test_what_a_merge_brought_stands_in_it(book: Book, audit: Audit, name: str) -> None:
    DROPPED[name](book)
    found = audit(code=1)["findings"]
    assert [(one["rule"], one["weight"], one["file"]) for one in found] == [
        ("merge-dropped", "broken", TWO_PLACES),
        ("merge-dropped", "broken", CASE),
    ]
    assert {one["commit"] for one in found} == {book.git("rev-parse", "main")}


def test_what_a_merge_takes_from_the_main_line_too_is_told_once(book: Book, audit: Audit) -> None:
    branch(book, "hers")
    book.note(CASE)
    book.commit()
    book.git("switch", "-q", "main")
    take(book, "hers", how=("--no-commit",))
    book.git("rm", "-q", "-f", CASE)
    book.commit()
    found = audit(code=1)["findings"]
    assert [(one["rule"], one["file"]) for one in found] == [("case-removed", CASE)]


def test_what_was_merged_into_a_branch_and_went_there_is_unproven(book: Book, audit: Audit) -> None:
    turned_round(book, "-s", "ours")
    branch(book, "evil", "mine~1~1")
    book.git("commit", "-q", "--allow-empty", "-m", "y")
    take(book, "mine")
    book.git("push", "-q", ".", "evil:main")
    found = audit(code=0)["findings"]
    assert {(one["rule"], one["weight"]) for one in found} == {("merge-dropped", "unproven")}
    assert {one["file"] for one in found} == {CASE, TWO_PLACES}


@pytest.mark.parametrize(
    ("path", "by", "rule"),
    [(CASE, "ines", "not-the-actor"), (OPEN, "ines", "not-the-actor"),
     (OPEN, "runner", "not-the-runner")],
    ids=["in the case", "in another case", "the runner's"],
)  # fmt: skip
def test_what_a_merge_writes_itself_is_its_makers(
    book: Book, audit: Audit, path: str, by: str, rule: str
) -> None:
    branch(book, "hers")
    book.note(CASE)
    book.commit(by=BOT if by == "runner" else INES)
    if by == "runner":
        book.note(TWO_PLACES)
        book.commit(by=INES)
    book.git("switch", "-q", "main")
    take(book, "hers", how=("--no-commit",), by=MALO)
    entry(book, path, "noted", by=by, note="oui")
    book.commit(by=MALO)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["weight"], found["file"]) == (rule, "broken", path)


def test_a_commit_that_names_one_of_before_as_a_branch_is_no_merge(
    book: Book, audit: Audit
) -> None:
    clean(book)
    book.note(CASE)
    book.git("add", "-A")
    tree = book.git("write-tree")
    made = book.git("commit-tree", tree, "-p", "main", "-p", "main~1", "-m", "x")
    book.git("update-ref", "refs/heads/main", made)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("outside-pull-request", "unproven")


def mend_a_conflict(book: Book) -> None:
    """Put both entries below each other; the second is written down again, as `rebase` does."""
    for name, by, person in (("a", "ines", INES), ("b", "malo", MALO)):
        branch(book, name)
        book.later(minutes=5)
        book.note(CASE, by=by)
        book.commit(by=person)
    book.git("switch", "-q", "main")
    take(book, "b", by=MALO)
    put_below(book, "a", by=MALO)


def put_below(book: Book, name: str, by: Person = INES) -> None:
    """Merge a branch by hand: its note, written down now, goes below what was accepted since."""
    book.later(minutes=5)
    book.git("merge", "-q", "--no-ff", "-s", "ours", "--no-commit", name, by=by)
    noted = book.git("show", f"{name}:{CASE}")
    last = noted[noted.rindex("- entry: noted") :]
    was = last.partition("recorded_at: ")[2][:20]
    now = last.replace(f"recorded_at: {was}", f"recorded_at: {book.at:%Y-%m-%dT%H:%M:%SZ}")
    book.write(CASE, f"{book.read(CASE)}{now}\n")
    book.commit(by=by)


def bring_stale_branches(book: Book) -> None:
    paths = {"a": CASE, "b": OPEN, "c": TWO_PLACES}
    for name, path in paths.items():
        branch(book, name)
        book.note(path)
        book.commit()
        book.git("switch", "-q", "main")
    for name in paths:
        take(book, name)


def bring_three_at_once(book: Book) -> None:
    for name, path, by, who in (("a", CASE, "ines", INES), ("b", OPEN, "malo", MALO)):
        branch(book, name)
        book.note(path, by=by)
        book.commit(by=who)
        book.git("switch", "-q", "main")
    take(book, "a", "b")


def update_a_branch_and_change_it(book: Book) -> None:
    branch(book, "a")
    book.note(OPEN)
    book.commit()
    book.git("switch", "-q", "main")
    clean(book)
    book.git("switch", "-q", "a")
    take(book, "main")
    book.change(OPEN, "note: vu", "note: mieux dit")
    book.commit()
    book.git("switch", "-q", "main")
    take(book, "a")


def pull_then_push(book: Book) -> None:
    old = book.git("rev-parse", "main")
    clean(book)
    branch(book, "mine", old)
    book.write("notes.txt", "x\n")
    book.commit()
    take(book, "main")
    book.git("push", "-q", ".", "mine:main")


def erase_on_the_other_side(book: Book) -> None:
    branch(book, "a")
    book.note(TWO_PLACES)
    book.note(OPEN)
    book.commit()
    book.git("switch", "-q", "main")
    verb(book, "erase", "c-z9dhernv57sj", "--by", "odile", "--ground", "request")
    book.merge(by=ODILE)
    book.git("merge", "-q", "--no-ff", "-s", "ours", "--no-commit", "a")
    book.git("checkout", "-q", "a", "--", OPEN)
    book.later(minutes=5)
    book.commit()


def join_two_cases(book: Book) -> None:
    branch(book, "a")
    book.note(CASE)
    book.commit()
    book.git("switch", "-q", "main")
    verb(book, "merge", "c-ksaxnqsx04pf", "c-d6rn7he0r67d", "--by", "ines")
    book.merge()
    put_below(book, "a")


LEGAL: dict[str, Life] = {
    "a conflict mended by hand": mend_a_conflict,
    "stale branches": bring_stale_branches,
    "three at once": bring_three_at_once,
    "a branch brought up to date": update_a_branch_and_change_it,
    "pulled, then pushed": pull_then_push,
    "erased on the other side": erase_on_the_other_side,
    "joined on the other side": join_two_cases,
}


@pytest.mark.parametrize("name", list(LEGAL))
def test_merges_that_keep_both_sides_are_fine(book: Book, audit: Audit, name: str) -> None:
    LEGAL[name](book)
    assert audit("--strict", code=0)["findings"] == []


def test_only_what_is_there_is_held_against_a_merge() -> None:
    line = frozenset({"made", "main"})
    merge = MainCommit("made", ("main", "tip"), "", "", 1, "", 1, "of-made", "", ())
    tip = BranchCommit("tip", "", 1, 1, ("before", "side"), "of-tip")
    side = BranchCommit("side", "", 1, 1, ("main",), "of-side")
    before = BranchCommit("before", "", 1, 1, ("main",), "of-before")
    direct, inner = Side("tip", "main", is_direct=True), Side("side", "before", is_direct=False)
    assert find_sides(merge, [tip, side, before], line) == (direct, inner)
    assert find_sides(merge, [tip, side], line) == (direct,)
    assert find_sides(merge, [tip, before], line) == (direct,)
    assert find_sides(merge._replace(tree="of-tip"), [tip, side, before], line) == (inner,)
