"""Three ways to see a page: as the runner left it, as it stands, as it should be."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from runner.forges.commits import runner_branch
from runner.forges.pages import PageWords, merge_page
from runner.forges.server import PullEdit, ServerPull
from runner.repo.opened import OpenedPull, digest_of_body

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
WRITTEN = OpenedPull(
    1, runner_branch("doleances/c-7f3k2m9x4q5t/open"), "Low", digest_of_body("Low.\n"),
    ("urgency: low", "source: avis"), AT, ("sam-d",), "1" * 40,
)  # fmt: skip
PAGE = ServerPull(
    1, WRITTEN.branch.name, "2" * 40, True, True, False, "Low", "Low.\n",
    ("urgency: low", "source: avis"), ("sam-d",), "runner", AT, None, "",
)  # fmt: skip
WORDS = PageWords("High", "High.\n", ("urgency: high", "source: avis"), ("ines-martin",))
SAME = PageWords("Low", "Low.\n", ("urgency: low", "source: avis"), ("sam-d",))


def test_where_nobody_wrote_all_of_it_follows() -> None:
    edit, is_theirs = merge_page(WRITTEN, PAGE, WORDS)
    assert edit == PullEdit("High", "High.\n", ("source: avis", "urgency: high"), ("ines-martin",))
    assert not is_theirs


def test_what_is_so_already_is_not_written() -> None:
    page = replace(PAGE, title="High", body="High.\r\n", labels=WORDS.labels)
    assert merge_page(WRITTEN, page, WORDS) == (PullEdit(assignees=("ines-martin",)), False)
    assert merge_page(WRITTEN, PAGE, SAME) == (PullEdit(), False)


@pytest.mark.parametrize(
    ("page", "edit"),
    [
        (replace(PAGE, title="Mine"), PullEdit(None, "High.\n")),
        (replace(PAGE, body="Low.\nAnd mine."), PullEdit("High", None)),
        (replace(PAGE, title="Mine", body=""), PullEdit()),
    ],
    ids=["title", "text", "both"],
)
def test_words_of_people_stay(page: ServerPull, edit: PullEdit) -> None:
    words = replace(WORDS, labels=SAME.labels, assignees=SAME.assignees)
    assert merge_page(WRITTEN, page, words) == (edit, True)


@pytest.mark.parametrize(
    ("standing", "after"),
    [
        (("urgency: low", "source: avis", "vip"), ("source: avis", "vip", "urgency: high")),
        (("source: avis",), ("source: avis", "urgency: high")),
        (("urgency: low",), ("urgency: high",)),
        (("URGENCY: HIGH", "source: avis"), None),
        ((), ("urgency: high",)),
    ],
    ids=["one of theirs", "ours changed", "ours taken away", "theirs is the new one", "all gone"],
)
def test_of_labels_only_ours_that_changed_change(
    standing: tuple[str, ...], after: tuple[str, ...] | None
) -> None:
    edit, is_theirs = merge_page(WRITTEN, replace(PAGE, labels=standing), WORDS)
    assert edit.labels == after
    assert not is_theirs
