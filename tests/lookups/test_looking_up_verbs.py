"""Who a customer is, from the look-up to the case: on a copy of the shipped desk, as typed."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import run
from runner.text.strict_yaml import read_value

POLICY = """\
version: 1
look_ups:
- id: crm
  kind: csv
  path: $CRM/clients.csv
  columns: {order: commande, handle: pseudo, known: client, distributor: enseigne,
    reference: dossier}
"""
CLIENTS = """\
pseudo;commande;client;enseigne;dossier;nom;telephone
jp.morel38;;oui;Bricoplus Nantes;K-4711;Jean-Paul Morel;0612345678
Fiona McK;;non;;;Fiona McKenzie;
Marc D.;;oui;Bricoplus;0612345678;Marc Dupont;0612345678
;LUM-2026-118204;oui;Bricoplus;K-9;Camille Roux;
"""
ORDERED = "c-xws90e7j677n"
BY_HANDLE = "c-9qznvv8e9pef"
Git = Callable[..., str]
Type = Callable[..., tuple[str, str]]


@pytest.fixture
def desk(
    shipped_desk: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The shipped desk with customers beside it."""
    (tmp_path / "clients.csv").write_text(CLIENTS)
    monkeypatch.setenv("CRM", str(tmp_path))
    return shipped_desk("cases", "inbox", files={"policies/customers.yaml": POLICY})


@pytest.fixture
def say(desk: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    def type_it(*arguments: str, code: int = 0) -> tuple[str, str]:
        ended = run(arguments)
        out, err = capsys.readouterr()
        assert ended == code, out + err
        return out, err

    return type_it


def proposed(desk: Path, git: Git, case_id: str) -> Any:
    branch = f"doleances/{case_id}/open"
    path = git(desk, "ls-tree", "-r", "--name-only", branch, "cases")
    (file,) = (line for line in path.splitlines() if case_id in line)
    return read_value(git(desk, "show", f"{branch}:{file}").encode())


def standing(desk: Path, case_id: str) -> Any:
    (file,) = desk.glob(f"cases/*/*/*/{case_id}.yaml")
    return read_value(file.read_bytes())


def everything(desk: Path) -> str:
    """All that git holds, and all that lies in the folder."""
    git = ["git", "-C", str(desk)]
    listed = subprocess.run(
        [*git, "cat-file", "--batch-all-objects", "--batch-check"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = "\n".join(line.split()[0] for line in listed.splitlines())
    held = subprocess.run(
        [*git, "cat-file", "--batch"], input=names.encode(), capture_output=True, check=True
    ).stdout
    files = (p for p in desk.rglob("*") if p.is_file() and ".git" not in p.parts)
    return b"\n".join([held, *(p.read_bytes() for p in files)]).decode("utf-8", "replace")


def test_a_run_asks_who_customers_are_and_the_case_says_so(desk: Path, say: Type, git: Git) -> None:
    say("run")
    case = proposed(desk, git, BY_HANDLE)
    assert case["customer"] == {
        "handle": "jp.morel38", "known": "yes",
        "distributor": "Bricoplus Nantes", "reference": "K-4711",
    }  # fmt: skip
    assert case["why"]["customer"] == {
        "rule": "crm", "file": "policies/customers.yaml", "line": 3,
        "detail": "found by the name on the site",
    }  # fmt: skip
    assert say("check")[0].endswith("no fault.\n")
    page = say("show", BY_HANDLE)[0]
    assert "The customer already has a file at the company." in page
    assert "Distributor: Bricoplus Nantes" in page
    assert "The customer's reference: K-4711" in page
    assert (
        "By look-up crm (policies/customers.yaml:3) at detection: found by the name on the site"
        in page
    )
    (number,) = (
        pull["number"]
        for pull in json.loads(say("pulls", "--json")[0])["pulls"]
        if pull["case"] == BY_HANDLE
    )
    body = json.loads(git(desk, "show", f"refs/doleances/pulls/{number}:pull.json"))["body"]
    assert "- Distributor: `Bricoplus Nantes`\n" in body
    assert "- The customer's reference: `K-4711`\n" in body
    assert "By look-up `crm` (policies/customers.yaml:3) at detection" in body
    assert say("run")[0] == "Nothing to do: everything is already so.\n"


def test_an_order_that_is_masked_is_asked_by_and_stays_masked(
    desk: Path, say: Type, git: Git, tmp_path: Path
) -> None:
    mentions = tmp_path / "mentions.jsonl"
    say("collect", "--out", str(mentions))
    line = next(json.loads(o) for o in mentions.read_text().splitlines() if ORDERED in o)
    assert line["customer"] == {
        "look_up": "crm", "known": "yes", "distributor": "Bricoplus",
        "reference": "K-9", "said": "found by the order reference",
    }  # fmt: skip
    assert "118204" not in mentions.read_text()
    shutil.move(tmp_path / "clients.csv", tmp_path / "gone.csv")
    say("run", "--mentions", str(mentions))
    case = proposed(desk, git, ORDERED)
    assert case["customer"]["reference"] == "K-9"
    assert "[commande/order]" in case["places"][0]["text"]


def test_nothing_of_customers_reaches_git_but_what_is_allowed(
    desk: Path, say: Type, git: Git, tmp_path: Path
) -> None:
    out, err = say("run")
    say("accept", BY_HANDLE)
    say("qualify", BY_HANDLE, "--look-up", "--order", "LUM-2026-118204", "--owner", "malo")
    written = everything(desk) + out + err
    written = written.replace((desk / "policies/privacy.yaml").read_text(), "")
    for file in (desk / "inbox").iterdir():
        written = written.replace(file.read_text(), "")
    for word in ("Morel\n", "Jean-Paul Morel", "McKenzie", "Dupont", "Camille Roux", "0612345678"):
        assert word not in written, word
    assert proposed(desk, git, "c-fjc4n86jqfka")["customer"] == {
        "handle": "Marc D.", "known": "yes", "distributor": "Bricoplus"
    }  # fmt: skip


def test_a_look_up_that_fails_is_unknown_and_says_so(
    desk: Path, say: Type, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM")
    said = "the look-up failed: the environment variable CRM is not set"
    assert say("run")[1].count(f"crm: {said}\n") == 1
    case = proposed(desk, git, BY_HANDLE)
    assert case["customer"] == {"handle": "jp.morel38", "known": "unknown"}
    assert case["why"]["customer"]["detail"] == said
    assert f"at detection: {said}" in say("show", BY_HANDLE)[0]
    say("accept", BY_HANDLE)
    assert f"at detection: {said}" in say("brief", BY_HANDLE)[0]


def test_nobody_is_asked_twice_nor_about_what_is_settled(
    desk: Path, say: Type, tmp_path: Path
) -> None:
    log, script = tmp_path / "log", tmp_path / "who-is"
    script.write_text(f"#!/bin/sh\ncat >> {log}\necho null\n")
    script.chmod(0o755)
    policy = desk / "policies" / "customers.yaml"
    policy.write_text(
        "version: 1\nallow_commands: true\nlook_ups:\n"
        f"- {{id: script, kind: command, command: [{script}], asks: [handle, order]}}\n"
    )
    say("run")
    asked = log.read_text().splitlines()
    pulls = json.loads(say("pulls", "--json")[0])["pulls"]
    opened = [pull for pull in pulls if pull["branch"].endswith("/open")]
    assert len(asked) == len(set(asked)) == len(opened) > 20
    assert say("run", "--full")[0] == "Nothing to do: everything is already so.\n"
    assert log.read_text().splitlines() == asked


def test_a_mentions_file_is_believed_no_more_than_a_look_up(
    desk: Path, say: Type, git: Git, tmp_path: Path
) -> None:
    mentions = tmp_path / "mentions.jsonl"
    say("collect", "--out", str(mentions))
    text = (
        mentions.read_text().replace("K-4711", "06 12 34 56 78").replace('"K-9"', '"Camille Roux"')
    )
    text = text.replace("Bricoplus Nantes", "c.roux@example.org")
    text = text.replace("found by the name", "found 0612345678 by the name")
    mentions.write_text(text)
    say("run", "--mentions", str(mentions))
    case = proposed(desk, git, BY_HANDLE)
    assert case["customer"] == {"handle": "jp.morel38", "known": "yes"}
    assert case["why"]["customer"]["detail"] == "found [tel] by the name on the site"
    assert "reference" not in proposed(desk, git, ORDERED)["customer"]
    mentions.write_text(text.replace('"known": "yes"', '"known": "perhaps"'))
    assert "perhaps" in say("plan", "--mentions", str(mentions), code=5)[1]


def test_qualify_asks_and_what_is_said_by_hand_holds(desk: Path, say: Type, git: Git) -> None:
    case_id = "c-d6rn7he0r67d"
    _, err = say("qualify", case_id, "--order", "LUM-2026-118204", "--no-propose")
    assert "Look-up crm: customer known: yes; found by the order reference" in err
    case = standing(desk, case_id)
    assert {**case["customer"], "handle": None} == {
        "handle": None, "known": "yes", "distributor": "Bricoplus", "reference": "K-9"
    }  # fmt: skip
    assert case["log"][-1]["set"] == {"known": "yes"}
    assert case["log"][-1]["reason"] == "crm: found by the order reference"
    git(desk, "commit", "-qam", "So.")
    say("qualify", case_id, "--look-up", "--known", "no", "--no-propose")
    case = standing(desk, case_id)
    assert case["customer"]["known"] == "no"
    assert case["customer"]["reference"] is None
    assert "118204" not in "".join(p.read_text() for p in desk.glob("cases/*/*/*/*.yaml"))
    assert say("check")[0].endswith("no fault.\n")


def test_a_look_up_that_fails_changes_nothing(
    desk: Path, say: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM")
    before = standing(desk, "c-d6rn7he0r67d")
    err = say("qualify", "c-d6rn7he0r67d", "--look-up", code=4)[1]
    assert "the look-up failed: the environment variable CRM is not set" in err
    assert standing(desk, "c-d6rn7he0r67d") == before
    say("qualify", "c-d6rn7he0r67d", "--look-up", "--urgency", "critical", "--no-propose")
    assert standing(desk, "c-d6rn7he0r67d")["urgency"] == "critical"


def new(say: Type, *more: str, author: str = "jp.morel38") -> tuple[str, str]:
    return say(
        "new", "--source", "forum-bricolage", "--author", author, "--no-propose",
        "--url", "https://forum.example.org/t/9999", *more,
        "--text", "Commande LUM-2026-118204 jamais arrivée, remboursez-moi !",
    )  # fmt: skip


def opened(desk: Path, said: str) -> Any:
    found = re.search(r"c-\w{12}", said)
    assert found
    return standing(desk, found[0])


def test_new_asks_by_the_order_in_the_text(desk: Path, say: Type) -> None:
    out, err = new(say, author="zzz")
    assert "Look-up crm: customer known: yes; found by the order reference" in err
    case = opened(desk, out)
    assert case["customer"]["reference"] == "K-9"
    assert "118204" not in json.dumps(case)


def test_new_leaves_it_when_told_so_or_told_who(desk: Path, say: Type) -> None:
    out, err = new(say, "--known", "no")
    assert "Look-up" not in err
    assert opened(desk, out)["customer"] == {"handle": "jp.morel38", "known": "no"}


def test_new_without_look_up_knows_nothing(desk: Path, say: Type) -> None:
    out, _ = new(say, "--no-look-up")
    assert opened(desk, out)["customer"] == {"handle": "jp.morel38", "known": "unknown"}


def test_customer_prints_what_each_look_up_says(desk: Path, say: Type) -> None:
    policy = desk / "policies" / "customers.yaml"
    policy.write_text(
        POLICY
        + "- {id: broken, kind: sqlite, path: $CRM/none.db, table: t, columns: {handle: h}}\n"
    )
    out, err = say("customer", "jp.morel38", code=4)
    rows = [re.split("  +", line) for line in out.splitlines()]
    assert rows[1] == ["crm", "yes", "Bricoplus Nantes", "K-4711", "found by the name on the site"]
    assert rows[2][:2] == ["broken", "unknown"]
    assert rows[2][-1].startswith("the look-up failed: $CRM/none.db cannot be read")
    assert rows[3][:2] == ["together", "yes"]
    assert "a look-up failed" in err


def test_customer_answers_for_a_case_as_data(desk: Path, say: Type) -> None:
    say("run")
    told = json.loads(say("customer", BY_HANDLE, "--json")[0])
    assert told["answer"]["reference"] == "K-4711"
    assert [one["look_up"] for one in told["look_ups"]] == ["crm"]
    told = json.loads(say("customer", "x", "--order", "lum-2026-118204", "--json")[0])
    assert told["answer"]["reference"] == "K-9"


def test_customer_without_look_ups_says_where_they_stand(desk: Path, say: Type) -> None:
    (desk / "policies" / "customers.yaml").unlink()
    assert "policies/customers.yaml names no look-up" in say("customer", "x", code=2)[1]
    assert "there is no look-up" in say("qualify", "c-d6rn7he0r67d", "--look-up", code=2)[1]


def test_erasing_a_case_takes_the_reference_out(desk: Path, say: Type, git: Git) -> None:
    say("run")
    say("accept", BY_HANDLE)
    say("dismiss", BY_HANDLE, "--reason", "spam", "--no-propose")
    git(desk, "commit", "-qam", "So.")
    say("erase", BY_HANDLE, "--ground", "request", "--no-propose", "--by", "odile")
    assert "K-4711" not in json.dumps(standing(desk, BY_HANDLE))
    assert say("check")[0].endswith("no fault.\n")
