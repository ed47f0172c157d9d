"""The index of the cases on the base: right after every change, and right without its cache."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.repo import cases_index
from runner.repo.cases_index import open_index
from runner.repo.objects import ObjectReader

A, B, C = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb", "c-cccccccccccc"
CaseText = Callable[..., tuple[str, str]]
Git = Callable[..., str]
Write = Callable[..., str]


@pytest.fixture
def write(folder: Path, git: Git) -> Write:
    """Commit files (None removes one) and return the commit."""

    def commit(files: dict[str, str | None]) -> str:
        for path, text in files.items():
            file = folder / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "--allow-empty", "-m", "Go on.")
        return git(folder, "rev-parse", "HEAD")

    return commit


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The blobs that were read."""
    asked: list[str] = []
    read_all = ObjectReader.read_all

    def watched(self: ObjectReader, names: object) -> object:
        listed = list(names)  # type: ignore[call-overload]
        asked.extend(listed)
        return read_all(self, listed)

    monkeypatch.setattr(ObjectReader, "read_all", watched)
    return asked


def test_without_cases_there_is_nothing_to_find(folder: Path, git: Git) -> None:
    index = open_index(folder, git(folder, "rev-parse", "HEAD"))
    assert (index.tree, index.open_cases, index.faults, len(index)) == (None, (), (), 0)
    assert index.case_of(A) is None


def test_every_place_of_every_case_leads_to_it(
    folder: Path, write: Write, case_text: CaseText
) -> None:
    base = write(dict([case_text(A, B), case_text(C, state="dismissed")]))
    index = open_index(folder, base)
    assert [index.case_of(key) for key in (A, B, C, "c-dddddddddddd")] == [A, A, C, None]
    assert [summary.id for summary in index.open_cases] == [A]
    assert index.open_cases[0].keys == (A, B)
    assert index.case_of("c-") is None
    assert index.case_of("' or 1=1") is None


def test_of_a_merged_case_and_its_target_the_target_is_found(
    folder: Path, write: Write, case_text: CaseText
) -> None:
    base = write(dict([case_text(A, state="merged"), case_text(C, A)]))
    assert open_index(folder, base).case_of(A) == C


def test_messages_of_the_log_lead_to_their_case_and_the_closed_stay_in_sight(
    folder: Path, write: Write, case_text: CaseText
) -> None:
    path, text = case_text(A, state="closed")
    heard = text.replace("  by: runner\n", f"  by: runner\n  key: {B}\n", 1)
    for _ in range(2):  # built, then from the cache
        index = open_index(folder, write({path: heard}))
        assert index.case_of(B) == A
        (closed,) = index.closed_cases
        assert (closed.id, closed.path) == (A, path)
        assert closed.sources
        assert any(mark.startswith("https://") for mark in closed.landmarks)
    assert open_index(folder, write({path: text})).case_of(B) is None
    assert open_index(folder, write({path: None})).closed_cases == ()


def test_a_warm_index_reads_no_case(
    folder: Path, write: Write, case_text: CaseText, reads: list[str]
) -> None:
    base = write(dict([case_text(A), case_text(C, state="dismissed")]))
    cold = open_index(folder, base)
    assert len(reads) == 2
    reads.clear()
    other_files = write({"README.md": "words"})
    warm = open_index(folder, other_files)
    assert reads == []
    assert warm.open_cases == cold.open_cases
    assert warm.case_of(C) == C


def test_only_changed_files_are_read(
    folder: Path, write: Write, case_text: CaseText, git: Git, reads: list[str]
) -> None:
    path, text = case_text(A, B)
    open_index(folder, write({path: text, **dict([case_text(C)])}))
    reads.clear()
    index = open_index(folder, write({path: case_text(A, state="dismissed")[1]}))
    assert reads == [
        git(folder, "rev-parse", f"HEAD~:{path}"),
        git(folder, "rev-parse", f"HEAD:{path}"),
    ]
    assert [index.case_of(key) for key in (A, B, C)] == [A, None, C]
    assert [summary.id for summary in index.open_cases] == [C]


def test_a_file_that_cannot_be_read_is_told_and_its_id_known(
    folder: Path, write: Write, case_text: CaseText
) -> None:
    path, text = case_text(A)
    first = open_index(folder, write({path: "id: [\n", **dict([case_text(C)])}))
    again = open_index(folder, write({"README.md": "words"}))
    for index in (first, again):
        assert [fault.file for fault in index.faults] == [path]
        assert index.case_of(A) == A
        assert [summary.id for summary in index.open_cases] == [C]
    mended = open_index(folder, write({path: text}))
    assert mended.faults == ()
    assert [summary.id for summary in mended.open_cases] == [A, C]


def test_a_file_that_holds_another_case_is_a_fault(
    folder: Path, write: Write, case_text: CaseText
) -> None:
    path, _ = case_text(A)
    index = open_index(folder, write({path: case_text(B)[1]}))
    (fault,) = index.faults
    assert fault.message == f"the file holds another case, {B}"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:0],
        lambda data: data[:-1],
        lambda data: data[:40],
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[:-3] + b"zzz",
        lambda data: data.replace(b"c-aaaaaaaaaaaa", b"c-eeeeeeeeeeee", 1),
        lambda data: b"x" * len(data),
    ],
)
def test_a_broken_cache_is_made_anew(
    folder: Path, write: Write, case_text: CaseText, spoil: Callable[[bytes], bytes]
) -> None:
    base = write(dict([case_text(A)]))
    good = open_index(folder, base)
    file = folder / ".git" / "doleances" / "cases.index"
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    anew = open_index(folder, base)
    assert (anew.open_cases, anew.case_of(A)) == (good.open_cases, A)
    assert file.read_bytes() == whole


def test_a_cache_of_another_program_is_made_anew(
    folder: Path,
    write: Write,
    case_text: CaseText,
    reads: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = write(dict([case_text(A)]))
    open_index(folder, base)
    reads.clear()
    monkeypatch.setattr(cases_index, "_PROGRAM", ("model.py",))
    assert open_index(folder, base).case_of(A) == A
    assert len(reads) == 1


def test_a_cache_of_a_tree_that_is_gone_is_made_anew(
    folder: Path, write: Write, case_text: CaseText, git: Git
) -> None:
    open_index(folder, write(dict([case_text(A)])))
    git(folder, "checkout", "-q", "--orphan", "again")
    git(folder, "rm", "-rqf", ".")
    base = write(dict([case_text(C)]))
    git(folder, "branch", "-qD", "main")
    git(folder, "reflog", "expire", "--expire=now", "--all")
    git(folder, "gc", "-q", "--prune=now")
    index = open_index(folder, base)
    assert [index.case_of(key) for key in (A, C)] == [None, C]


def test_a_repository_that_cannot_be_written_can_be_read(
    folder: Path, write: Write, case_text: CaseText
) -> None:
    base = write(dict([case_text(A)]))
    (folder / ".git" / "doleances").write_text("in the way")
    assert open_index(folder, base).case_of(A) == A


def test_worktrees_share_the_index(
    folder: Path, write: Write, case_text: CaseText, git: Git, tmp_path: Path, reads: list[str]
) -> None:
    base = write(dict([case_text(A)]))
    open_index(folder, base)
    reads.clear()
    git(folder, "worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    assert open_index(tmp_path / "second", base).case_of(A) == A
    assert reads == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.dictionaries(
            st.sampled_from([A, B, C]),
            st.sampled_from(["open", "dismissed", "merged", "broken", "gone"]),
            min_size=1,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_step_by_step_or_at_once_the_index_is_the_same(
    folder: Path,
    write: Write,
    case_text: CaseText,
    steps: list[dict[str, str]],
) -> None:
    cache = folder / ".git" / "doleances" / "cases.index"
    for step in steps:
        files: dict[str, str | None] = {}
        for case_id, state in step.items():
            path, _ = case_text(case_id)
            if state == "gone":
                if (folder / path).exists():
                    files[path] = None
            elif state == "broken":
                files[path] = "state: open\n"
            else:
                files[path] = case_text(case_id, "c-ffffffffffff", state=state)[1]
        grown = open_index(folder, write(files))
    base = write({})
    cache.unlink(missing_ok=True)
    anew = open_index(folder, base)
    assert grown.tree == anew.tree
    assert grown.open_cases == anew.open_cases
    assert grown.faults == anew.faults
    assert grown.records() == anew.records()
