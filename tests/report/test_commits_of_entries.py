"""A case's page names the commit that brought each entry, as `history` does."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cases.case import Case
from runner.cli.main import run
from runner.repo.case_files import read_case
from runner.repo.entry_commits import CaseVersions, entry_commits
from runner.repo.git import open_repository
from runner.text.masking import TOKENS

Git = Callable[..., str]
CLOSED = "c-z9dhernv57sj"


@pytest.fixture(scope="module")
def lived(desk: Path, tmp_path_factory: pytest.TempPathFactory, git: Git) -> Path:
    """Return the desk once three more notes were committed, two of them by one merge."""
    folder = tmp_path_factory.mktemp("lived") / "desk"
    shutil.copytree(desk, folder)
    arguments = ["note", CLOSED, "--by", "ines", "--no-propose", "--note"]
    for nth in range(3):
        if nth == 1:
            git(folder, "switch", "-qc", "side")
        assert run(["-C", str(folder), *arguments, f"The {nth}th."]) == 0
        git(folder, "commit", "-qam", f"Note {nth}.")
    git(folder, "switch", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "Merge.", "side")
    return folder


def test_a_page_names_the_commits_that_history_names(
    lived: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site"
    assert run(["-C", str(lived), "report", "--out", str(out), "--language", "en"]) == 0
    capsys.readouterr()
    assert run(["-C", str(lived), "history", CLOSED, "--json"]) == 0
    versions = json.loads(capsys.readouterr().out)["versions"]
    told = [(each["commit"], entry) for each in versions for entry in each["entries"]]
    assert len({commit for commit, _ in told}) == 3
    page = (out / "en" / "case" / "z9" / f"{CLOSED}.html").read_text()
    shown = re.findall(r'<code class="commit" title="([0-9a-f]{40})">([0-9a-f]{12})</code>', page)
    assert shown == [(commit, commit[:12]) for commit, _ in told]


def test_a_clone_without_all_commits_names_those_of_younger_cases_and_says_so(
    lived: Path, tmp_path: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "whole"
    git(tmp_path, "clone", "-q", str(lived), "whole")
    path = git(lived, "ls-files", f"*{CLOSED}.yaml")
    young, young_id = path.replace(CLOSED, "c-000000000001"), "c-000000000001"
    (whole / young).write_text((lived / path).read_text().replace(CLOSED, young_id))
    git(whole, "add", ".")
    git(whole, "commit", "-qm", "A younger case.")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{whole}", "shallow")
    shallow = open_repository(tmp_path / "shallow")
    versions = CaseVersions(shallow, git(whole, "rev-parse", "HEAD"))
    assert versions.versions_of(path) == ()
    assert path in versions.cut
    assert [commit for commit, _ in versions.versions_of(young)] == [
        git(whole, "rev-parse", "HEAD")
    ]
    out = tmp_path / "site"
    said = ["-C", str(shallow.start), "report", "--out", str(out), "--language", "en"]
    assert run(said) == 0
    assert "git fetch --unshallow" in capsys.readouterr().err
    assert 'class="commit"' not in (out / f"en/case/z9/{CLOSED}.html").read_text()
    assert 'class="commit"' in (out / f"en/case/00/{young_id}.html").read_text()


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_a_clone_that_leaves_files_out_names_them_all(
    lived: Path, tmp_path: Path, git: Git, left_out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    git(lived, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", f"--filter={left_out}", f"file://{lived}", "parted")
    pages = []
    for folder in (lived, tmp_path / "parted"):
        out = tmp_path / f"site-{len(pages)}"
        assert run(["-C", str(folder), "report", "--out", str(out), "--language", "en"]) == 0
        pages.append((out / f"en/case/z9/{CLOSED}.html").read_text())
    assert 'class="commit"' in pages[0]
    assert re.sub(r"As of .*", "", pages[0]) == re.sub(r"As of .*", "", pages[1])
    assert not capsys.readouterr().err


def test_versions_that_cannot_be_read_bring_nothing(desk: Path, git: Git) -> None:
    path = git(desk, "ls-files", f"*{CLOSED}.yaml")
    data = (desk / path).read_bytes()
    case = read_case(data, path)
    assert isinstance(case, Case)
    versions = [("a" * 40, b"state: ["), ("b" * 40, None), ("c" * 40, data)]
    assert entry_commits(case, path, versions) == ("c" * 40,) * len(case.log)
    assert entry_commits(case, path, versions[:2]) == ()


def test_each_entry_came_with_the_first_version_that_holds_it_as_it_is(
    desk: Path, git: Git
) -> None:
    path = git(desk, "ls-files", f"*{CLOSED}.yaml")
    whole = (desk / path).read_bytes()
    first, *entries = whole.split(b"\n- entry: ")
    last = len(entries) - 1

    def log(*texts: bytes) -> bytes:
        return b"\n- entry: ".join((first, *texts)).rstrip(b"\n") + b"\n"

    def commits(*contents: bytes) -> str:
        case = read_case(contents[-1], path)
        assert isinstance(case, Case)
        return "".join(entry_commits(case, path, zip("abcd", contents, strict=False)))

    inserted = log(*entries[:last], entries[last].replace(b"12T19", b"12T18"), entries[last])
    assert commits(whole, inserted) == "a" * last + "ba"
    noted = b"noted\n  at: 2026-11-01T08:00:00Z\n  recorded_at: 2026-11-01T08:00:00Z\n  by: ines\n"
    honest, forged = noted + b"  note: vu\n", noted + b"  note: jamais vu\n"
    assert commits(whole, log(*entries, honest)) == "a" * len(entries) + "b"
    versions = (log(*entries), log(*entries, honest), log(*entries, forged))
    assert commits(*versions) == "a" * len(entries) + "c"
    assert commits(*versions, log(*entries, honest)) == "a" * len(entries) + "b"
    token = next(iter(TOKENS.values())).encode()
    masked = log(*entries[:last], entries[last].replace(b"Lampe", token))
    assert commits(whole, masked) == "a" * len(entries)


def test_a_case_of_a_clock_ahead_of_ours_has_a_page(
    desk: Path, tmp_path: Path, case_text: Callable[..., tuple[str, str]], git: Git
) -> None:
    early = tmp_path / "desk"
    shutil.copytree(desk, early)
    path, text = case_text("c-cccccccccccc")
    file = early / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace("2026-11-21T", "2026-11-25T"))
    git(early, "add", ".")
    git(early, "commit", "-qm", "From a clock ahead.")
    assert run(["-C", str(early), "--now", "2026-11-24T08:00:00Z", "report", "--out",
                str(tmp_path / "site"), "--language", "en"]) == 0  # fmt: skip
    assert (tmp_path / "site" / "en" / "case" / "cc" / "c-cccccccccccc.html").exists()
