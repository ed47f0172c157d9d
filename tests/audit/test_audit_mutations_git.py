"""What a clone is told to hide is found all the same: settings, grafts, replaced objects."""

from collections.abc import Callable

import pytest
from audit_book import CASE, INES, Audit, Book

NOBODYS = "cases/2026/11/21/c-000000000000.yaml"


def rewrite(book: Book) -> str:
    """Merge a note, then a version in which it says something else."""
    book.note(CASE)
    book.merge()
    book.later(hours=1)
    book.change(CASE, "note: vu", "note: rien")
    guilty = book.merge()
    book.later(hours=1)
    return guilty


def set_to(name: str, value: str) -> Callable[[Book, str], None]:
    return lambda book, _: book.git("config", name, value) and None


def graft(book: Book, guilty: str) -> None:
    """Say that what came after it stands on what came before it."""
    book.note(CASE)
    later = book.merge()
    info = book.root / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(f"{later} {book.git('rev-parse', f'{guilty}~1')}\n")


def replace_the_commit(book: Book, guilty: str) -> None:
    was = book.git("rev-parse", f"{guilty}~1")
    book.git("replace", guilty, book.git("commit-tree", f"{was}^{{tree}}", "-p", was, "-m", "x"))


def replace_the_file(book: Book, guilty: str) -> None:
    book.git("replace", f"{guilty}:{CASE}", f"{guilty}~1:{CASE}")


def rename_people(book: Book, _: str) -> None:
    book.write(".mailmap", f"Odile <odile.ferrand@lumen.example.org> <{INES[1]}>\n")
    book.git("config", "log.mailmap", "true")


def filter_files(book: Book, _: str) -> None:
    book.write(".gitattributes", "*.yaml -diff filter=x working-tree-encoding=UTF-16 eol=crlf\n")
    book.git("config", "filter.x.smudge", "sed s/rien/vu/")


HIDDEN = {
    "merges are not told": set_to("log.diffMerges", "off"),
    "merges are told together": set_to("log.diffMerges", "combined"),
    "only a folder is told": set_to("diff.relative", "true"),
    "another encoding": set_to("i18n.logOutputEncoding", "UTF-16"),
    "another program compares": set_to("diff.external", "true"),
    "a graft": graft,
    "another commit in its place": replace_the_commit,
    "another file in its place": replace_the_file,
    "other names of people": rename_people,
    "filters of files": filter_files,
}


@pytest.mark.parametrize("name", list(HIDDEN))
def test_what_a_clone_is_told_to_hide_is_found(book: Book, audit: Audit, name: str) -> None:
    guilty = rewrite(book)
    HIDDEN[name](book, guilty)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"], found["file"]) == ("log-rewritten", guilty, CASE)


def test_another_repository_in_the_place_of_a_case_is_found_when_git_is_to_ignore_it(
    book: Book, audit: Audit
) -> None:
    book.write(".gitmodules", f'[submodule "x"]\npath = {NOBODYS}\nurl = ./x\nignore = all\n')
    book.commit()
    book.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{NOBODYS}")
    book.git("commit", "-q", "-m", "Add.")
    book.git("config", "diff.ignoreSubmodules", "all")
    found = audit(code=1)["findings"]
    assert {one["file"] for one in found if one["weight"] == "broken"} == {NOBODYS}


def test_what_a_clone_lacks_is_told_as_such(book: Book, audit: Audit) -> None:
    book.note(CASE)
    guilty = book.merge()
    blob = book.git("rev-parse", f"main:{CASE}")
    (book.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"], found["file"]) == ("object-missing", guilty, CASE)
    assert found["message"].startswith(f"git does not have the object {blob[:12]}")
    assert "git fsck" in found["hint"]
