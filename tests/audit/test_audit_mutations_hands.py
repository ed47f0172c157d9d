"""Who put it on the main line, and in whose name: what nobody proves is found."""

import shutil
import subprocess

import pytest
from audit_book import (
    BOT,
    CASE,
    FORGE,
    INES,
    MALO,
    ODILE,
    STRANGER,
    Audit,
    Book,
    clean,
    entry,
    verb,
)


@pytest.mark.parametrize("trailer", ["", "\n\nCo-authored-by: Inès Carpentier <{ines}>",
                                     "\n\nReviewed-by: ines\nApproved-by: ines-c"])  # fmt: skip
def test_a_trailer_proves_nothing(book: Book, audit: Audit, trailer: str) -> None:
    book.note(CASE, by="ines")
    book.merge(by=MALO, message=f"Merge.{trailer.format(ines=INES[1])}")
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["weight"]) == ("not-the-actor", "broken")


def test_a_commit_outside_a_pull_request_is_unproven(book: Book, audit: Audit) -> None:
    book.note(CASE)
    book.commit()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("outside-pull-request", "unproven")
    assert found["file"] == CASE
    audit("--strict", code=1)


def test_policies_that_change_outside_a_pull_request_are_unproven(book: Book, audit: Audit) -> None:
    book.change("policies/team.yaml", "roles: [watcher]", "roles: [watcher, quality]")
    book.commit(by=ODILE)
    assert {one["file"] for one in audit(code=0)["findings"]} == {"policies/team.yaml"}


def test_who_is_nobody_merges_nothing(book: Book, audit: Audit) -> None:
    book.note(CASE)
    book.merge(by=STRANGER, proposer=INES)
    assert [(one["rule"], one["weight"]) for one in audit()["findings"]] == [
        ("stranger", "unproven")
    ]


def test_on_a_forge_what_a_squash_does_not_show_is_unproven(book: Book, audit: Audit) -> None:
    book.change("sources.yaml", "forge: local", "forge: github")
    book.merge()
    book.note(CASE, by="ines")
    hidden = ("Inès", "1234+ines-c@users.noreply.github.com")
    book.commit("Take note (#7)", by=hidden, committer=FORGE)
    assert audit("--strict", code=0)["findings"] == []
    book.note(CASE, by="ines")
    book.commit("Take note (#8)", by=MALO, committer=FORGE)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("unproven", "unproven")


def test_the_team_of_that_day_decides(book: Book, audit: Audit) -> None:
    book.note(CASE, by="malo")
    book.merge(by=MALO)
    book.later(hours=1)
    text = book.read("policies/team.yaml").replace("id: malo", "id: malo-k")
    book.write("policies/team.yaml", text.replace("owner: malo}", "owner: malo-k}"))
    book.merge()
    book.later(hours=1)
    book.note(CASE, by="malo-k")
    book.merge(by=MALO)
    assert audit("--strict", code=0)["findings"] == []
    book.note(CASE, by="malo")
    book.merge(by=MALO)
    assert "nobody" in {one["rule"] for one in audit(code=1)["findings"]}


def test_erasure_is_legal(book: Book, audit: Audit) -> None:
    verb(book, "erase", "c-z9dhernv57sj", "--by", "odile", "--ground", "request")
    book.merge(by=ODILE)
    assert audit("--strict", code=0)["findings"] == []


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_signatures_are_verified_where_they_are(book: Book, audit: Audit) -> None:
    keys = book.root.parent / "keys"
    keys.mkdir()
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", str(keys / "key")]
    subprocess.run(made, check=True)
    (keys / "signers").write_text(f"{INES[1]} {(keys / 'key.pub').read_text()}")
    book.git("config", "gpg.format", "ssh")
    book.git("config", "user.signingKey", str(keys / "key"))
    book.git("config", "gpg.ssh.allowedSignersFile", str(keys / "signers"))
    clean(book)
    book.note(CASE)
    book.git("commit", "-q", "-a", "-S", "-m", "Signed.")
    assert audit("--signatures", code=0)["signatures"] == {"absent": 3, "verified": 1}
    raw = book.git("cat-file", "commit", "HEAD").replace("Signed.", "Sealed.") + "\n"
    (keys / "raw").write_text(raw)
    forged = book.git("hash-object", "-t", "commit", "-w", str(keys / "raw"))
    book.git("update-ref", "refs/heads/main", forged)
    found = audit("--signatures", code=1)["findings"]
    assert ("signature-bad", forged) in {(one["rule"], one["commit"]) for one in found}


def test_what_only_the_runner_writes_comes_by_a_commit_of_its_own(book: Book, audit: Audit) -> None:
    entry(book, CASE, "noted", by="runner", note="vu")
    book.merge(by=MALO, proposer=BOT)
    book.later(hours=1)
    assert audit("--strict", code=0)["findings"] == []
    entry(book, CASE, "noted", by="runner", note="vu")
    guilty = book.merge(by=MALO)
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"]) == ("not-the-runner", guilty)


def test_on_a_forge_what_the_runner_wrote_is_unproven_without_a_commit_of_its_own(
    book: Book, audit: Audit
) -> None:
    book.change("sources.yaml", "forge: local", "forge: github")
    book.merge()
    book.later(hours=1)
    entry(book, CASE, "noted", by="runner", note="vu")
    book.merge(by=MALO)
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["weight"]) == ("unproven", "unproven")


def test_another_forge_later_excuses_nothing(book: Book, audit: Audit) -> None:
    book.note(CASE, by="ines")
    guilty = book.merge(by=MALO)
    book.later(hours=1)
    book.change("sources.yaml", "forge: local", "forge: github")
    book.merge()
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"]) == ("not-the-actor", guilty)


def test_what_a_forge_let_unproven_does_not_break_without_it(book: Book, audit: Audit) -> None:
    book.change("sources.yaml", "forge: local", "forge: github")
    book.merge()
    book.later(hours=1)
    book.note(CASE, by="ines")
    guilty = book.commit("Take note (#7)", by=MALO, committer=FORGE)
    book.later(hours=1)
    book.change("sources.yaml", "forge: github", "forge: local")
    book.merge()
    (found,) = audit(code=0)["findings"]
    assert (found["rule"], found["commit"]) == ("unproven", guilty)


def test_nobody_becomes_the_runner_later(book: Book, audit: Audit) -> None:
    entry(book, CASE, "noted", by="runner", note="vu")
    guilty = book.merge(by=MALO)
    book.later(hours=1)
    book.change("sources.yaml", BOT[1], MALO[1])
    book.merge()
    (found,) = audit(code=1)["findings"]
    assert (found["rule"], found["commit"]) == ("not-the-runner", guilty)


def test_the_runner_may_have_had_another_address(book: Book, audit: Audit) -> None:
    entry(book, CASE, "noted", by="runner", note="vu")
    book.merge(by=MALO, proposer=BOT)
    book.later(hours=1)
    book.change("sources.yaml", BOT[1], "robot@agence.example.org")
    book.merge()
    book.later(hours=1)
    entry(book, CASE, "noted", by="runner", note="vu")
    book.merge(by=MALO, proposer=("Robot", "Robot@agence.example.org"))
    assert audit("--strict", code=0)["findings"] == []
