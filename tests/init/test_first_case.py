"""From nothing to the first case: what a new team does, on a forge with real git behind it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_github.model import INES, STRANGER

from runner.cli.main import run

Git = Callable[..., str]
Capture = pytest.CaptureFixture[str]
Fake = Any
URL = "https://inbox.example.org/t/812"
FORM = """\
### Address

{url}

### Author

Camille_R

### Posted on

2026-11-20

### Source

{source}

### Message

{text}
"""


def the_run(capsys: Capture, code: int = 0) -> str:
    ended = run(["run"])
    out, err = capsys.readouterr()
    assert ended == code, out + err
    return out + err


def ask(fake: Fake, by: Any = INES, **said: str) -> Any:
    given = {"url": URL, "source": "_No response_", "text": "What are your opening hours?", **said}
    return fake.hub.open_issue("New case", FORM.format(**given), by, "doleances")


def test_a_new_team_comes_to_its_first_case(fake: Fake, capsys: Capture, git: Git) -> None:
    assert run(["doctor"]) == 0
    assert "1 pull request opened." in the_run(capsys)
    (pull,) = fake.hub.pulls.values()
    assert "my parcel has still not arrived" in pull.body
    assert pull.assignees == ["ines-martin"]
    fake.hub.merge(pull.number, INES)
    the_run(capsys)
    cases = git(fake.hub.git_dir, "ls-tree", "-r", "--name-only", "main", "cases").split()
    assert len(cases) == 1
    git(Path(), "pull", "-q", str(fake.hub.git_dir), "main")
    assert run(["check"]) == 0
    assert run(["doctor"]) == 0


class TestAFormForACase:
    def test_becomes_a_pull_request_once_and_its_page_leads_there(
        self, fake: Fake, capsys: Capture
    ) -> None:
        # No rule takes the words for after-sales: a person asks, and that counts.
        issue = ask(fake, text="Appelez-moi au 06 39 98 12 34.\n\n### Address\n\nhttps://x.example")
        the_run(capsys)
        (pull,) = (p for p in fake.hub.pulls.values() if "/t/812" in p.body)
        assert "06 39 98" not in pull.body
        assert not issue.is_open
        assert f"/{pull.number})" in issue.body
        assert "06 39 98" not in issue.body
        before = issue.body
        assert "Nothing to do" in the_run(capsys)
        assert (issue.body, len(fake.hub.pulls)) == (before, 2)

    def test_a_second_form_for_the_same_message_leads_to_the_same_case(
        self, fake: Fake, capsys: Capture
    ) -> None:
        first = ask(fake)
        the_run(capsys)
        second = ask(fake)
        the_run(capsys)
        assert second.body == first.body
        assert not second.is_open
        assert len(fake.hub.pulls) == 2

    @pytest.mark.parametrize("fake", ["github"], indirect=True)
    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"url": "see the forum"}, "The address is missing"),
            ({"url": "https://elsewhere.example.org/1"}, "No source is known for it"),
            ({"source": "nowhere"}, "No source is known for it"),
            ({"text": "_No response_"}, "What the customer says is missing."),
        ],
        ids=["no-address", "no-site", "no-source", "no-words"],
    )
    def test_a_mistake_is_told_and_what_was_filled_in_stays(
        self, fake: Fake, capsys: Capture, said: dict[str, str], why: str
    ) -> None:
        issue = ask(fake, **said)
        filled_in = issue.body
        the_run(capsys)
        assert issue.is_open
        assert why in issue.body
        assert issue.body.endswith(filled_in)
        told = issue.body
        the_run(capsys)
        assert issue.body == told
        issue.body = told.replace(filled_in, FORM.format(url=URL, source="inbox", text="Hello?"))
        the_run(capsys)
        assert not issue.is_open

    def test_strangers_ask_for_nothing(self, fake: Fake, capsys: Capture) -> None:
        issue = ask(fake, by=STRANGER)
        before = issue.body
        the_run(capsys)
        assert (issue.is_open, issue.body, len(fake.hub.pulls)) == (True, before, 1)

    def test_who_may_write_but_is_not_of_the_team_asks_for_nothing(
        self, fake: Fake, capsys: Capture
    ) -> None:
        Path("policies/team.yaml").write_text(
            Path("policies/team.yaml").read_text().replace("ines-martin", "somebody-else")
        )
        ask(fake)
        the_run(capsys)
        assert len(fake.hub.pulls) == 1
