"""Whoever signed a commit, and when, is read as git reads it, however the line is damaged."""

import zlib
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path

from runner.repo.git import open_repository
from runner.repo.mainline import BranchCommit, parse_commit, walk_line
from runner.repo.objects import ObjectReader

GOOD = b"Ines <ines@example.org> 1795000000 +0000"
SIGNATURES = (
    GOOD,
    b"",
    b"nobody",
    b"Ines <ines@example.org>",
    b"<ines@example.org> 1795000000 +0000",
    b"Ines <ines@example.org>1795000000+0000",
    b"Ines <ines@example.org>  1795000000 +000000",
    b"Ines <ines@example.org>\t1795000000 -0100",
    b"Ines <ines@example.org> 1795000000",
    b"Ines <ines@example.org> 1795000000x +0000",
    b"Ines <ines@example.org> -5 +0000",
    b"Ines <ines@example.org> +1795000000 +0000",
    b"Ines <ines@example.org> 99999999999999999999999 +0000",
    b"Ines <ines@example.org> " + b"9" * 5_000 + b" +0000",
    b"Ines <a> <b> 1795000000 +0000",
    b"Ines <a> 5 +0000> 1795000000 +0000",
    b"Ines <a> 5 +0000>",
    b"Ines> <a> 1795000000 +0000",
    b"Ines ines@example.org> 1795000000 +0000",
    b"Ines <ines@example.org 1795000000 +0000",
    b"Ines <a\n\nb> 1795000000 +0000",
    b"Ines <a\0b> 1795000000 +0000",
    b"Ines <a> 1795000000 +0000\0\0",
    GOOD + b"\ncommitter Malo <malo@example.org> 1795000007 +0000",
    GOOD + b"\nauthor Malo <malo@example.org> 1795000007 +0000",
    GOOD + b"\nparent " + b"0" * 40,
    GOOD + b"\ntree " + b"0" * 40,
)


def store(folder: Path, commit: bytes) -> str:
    """Keep a commit that git itself would refuse to make, and return its name."""
    whole = b"commit %d\0%b" % (len(commit), commit)
    name = sha1(whole, usedforsecurity=False).hexdigest()
    file = folder / ".git" / "objects" / name[:2] / name[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(whole))
    return name


def test_a_signature_is_read_as_git_reads_it(
    tmp_path: Path, git: Callable[..., str], own_git_settings: None
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    tree = git(tmp_path, "write-tree").strip()
    repository = open_repository(tmp_path)
    pairs = [(author, GOOD) for author in SIGNATURES] + [(GOOD, each) for each in SIGNATURES]
    with ObjectReader(repository) as reader:
        parent = ""
        for author, committer in pairs:
            stands_on = f"parent {parent}\n" if parent else ""
            head = b"tree %b\n%bauthor %b\n" % (tree.encode(), stands_on.encode(), author)
            parent = store(tmp_path, head + b"committer %b\n\nChange.\n" % committer)
        told = list(walk_line(repository, parent))
        assert len(told) == len(pairs)
        for commit, pair in zip(told, pairs, strict=True):
            read = parse_commit(reader.read(commit.name))
            expected = BranchCommit(
                commit.name,
                commit.author_email,
                commit.authored,
                commit.committed,
                commit.parents,
                commit.tree,
            )
            assert read == expected, pair
