"""A resolved case is closed everywhere: the runner prepares, people post, fill in and sign."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.cases.case import Case
from runner.cases.survey import unsent_survey
from runner.forges.local import LocalForge
from runner.model import State
from runner.policies.values import Bot
from runner.repo.case_files import read_case
from runner.text.strict_yaml import read_value

HERE = Path(__file__).resolve().parents[2]
CASE = "c-ze7414h45y49"
FILE = f"cases/2026/11/09/{CASE}.yaml"
SECOND = """\
- id: p2
  key: c-zzz414h45y49
  source: reviews-uk
  site: reviews.example.org
  url: https://reviews.example.org/r/9
  native_id: "9"
  author: gaetan_b
  posted_at: 2026-11-08T18:02:00Z
  detected_at: 2026-11-09T08:03:12Z
  text: My Braise toaster died after 26 months. Do you repair it, or is it for the bin?
- id: p3
  key: c-yyy414h45y49
  source: voisins
  site: voisins.example.org
  url: https://voisins.example.org/p/3
  native_id: "3"
  author: gaetan_b
  posted_at: 2026-11-08T18:02:00Z
  detected_at: 2026-11-09T08:03:12Z
  text: Mon grille-pain Braise ne marche plus, quelqu’un sait le réparer ?
log:
"""
ADDED = """\
- entry: place-added
  at: 2026-11-18T09:05:00Z
  recorded_at: 2026-11-18T09:05:00Z
  by: ines
  places: [p2, p3]
- entry: replied
  at: 2026-11-18T09:06:00Z
  recorded_at: 2026-11-18T09:06:00Z
  by: ines
  place: p2
  url: https://reviews.example.org/r/9#a
  text: Hello, your toaster is with our repair people. I’ll tell you here what they say.
"""
VOISINS = """\
- id: voisins
  kind: file
  category: forum
  site: voisins.example.org
  contact: {public: none, private: none}
  path: inbox/voisins-*.jsonl
"""
PARTLY = (
    "--outcome", "partial", "--reason", "age", "--channel", "private", "--where", "mail",
)  # fmt: skip
Git = Callable[..., str]
Say = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    """The shipped desk with its resolved case on two more sites.

    Of these one takes a single reply, the other none in public.
    """
    sources = (HERE / "sources.yaml").read_text().replace("language: fr", "language: en", 1)
    one_reply = sources.replace("private: manual}", "private: manual, replies: one}", 1)
    case = (HERE / FILE).read_text().replace("log:\n", SECOND, 1)
    case = case.replace("- entry: answered\n", ADDED + "- entry: answered\n", 1)
    return shipped_desk(files={"sources.yaml": one_reply.rstrip() + "\n" + VOISINS, FILE: case})


def only_pull(desk: Path) -> Any:
    (pull,) = LocalForge(desk, "main", Bot()).snapshot().pulls
    return pull


def last_entry(git: Git, desk: Path, ref: str) -> Any:
    case: Any = read_value(git(desk, "show", f"{ref}:{FILE}").encode())
    return case["log"][-1]


def test_a_resolved_case_gets_its_closing_messages_once(desk: Path, git: Git, say: Say) -> None:
    assert "1 pull request opened" in say("run", "--offline")
    pull = only_pull(desk)
    assert pull.title == f"{CASE} · closing messages"
    for words in ("## p1 · agora", "## p2 · reviews-uk", "Inès, pour Lumen", "Inès, for Lumen",
                  "The site takes one reply", "your toaster is with our repair people",
                  "- [ ] p1: the message is posted", "- [ ] p2: the reply is edited",
                  "No message can stand there", "What caused it: `root_cause`",
                  f"doleances close {CASE} --as-drafted --url p1=ADDRESS --no-survey"):  # fmt: skip
        assert words in pull.body
    prepared = last_entry(git, desk, pull.branch)
    assert (prepared["entry"], prepared["by"]) == ("closed", "runner")
    first, second, third = prepared["closings"]
    assert first.keys() == {"place", "text"}
    assert second["edited"]["before"].startswith("Hello, your toaster")
    assert third == {"place": "p3", "impossible": "nobody can reply there in public"}
    assert "Nothing to do" in say("run", "--offline")

    refused = say("accept", str(pull.number), code=1)
    for fault in ("`closed` is for people to decide", "needs one of `url`",
                  "a survey not sent needs `why`", "closes with its root cause"):  # fmt: skip
        assert fault in refused
    assert f"doleances close {CASE} --as-drafted --url p1=ADDRESS" in say("show", "1")


def test_closing_by_the_verb_takes_the_words_and_ends_the_proposal(
    desk: Path, git: Git, say: Say
) -> None:
    say("close", CASE, "--as-drafted", "--no-survey", "asked", "--root-cause", "age", code=2)
    say("run", "--offline")
    prepared = last_entry(git, desk, only_pull(desk).branch)
    at = "p1=https://agora.example.org/@MaisonLumen/9"
    say("close", CASE, "--as-drafted", "--url", at, "--no-survey", "asked", "--root-cause", "age")
    closed = last_entry(git, desk, f"desk/{CASE}/close-{git_log_length(git, desk) + 1}")
    assert [one.get("text") for one in closed["closings"]] == [
        one.get("text") for one in prepared["closings"]
    ]
    assert closed["closings"][0]["url"] == at[3:]
    assert closed["closings"][1:] == prepared["closings"][1:]
    assert "no longer waits for a closing message" in say("run", "--offline")
    assert LocalForge(desk, "main", Bot()).snapshot().pulls == ()
    say("accept", CASE)
    assert "Nothing to do" in say("run", "--offline")


def test_by_its_id_a_case_means_the_closing_that_people_signed(
    desk: Path, git: Git, say: Say
) -> None:
    say("run", "--offline")
    at = "p1=https://agora.example.org/@MaisonLumen/9"
    say("close", CASE, "--as-drafted", "--url", at, "--no-survey", "asked", "--root-cause", "age")
    assert "Pull request 2 is accepted" in say("accept", CASE)
    closed = read_case(git(desk, "show", f"main:{FILE}").encode(), FILE)
    assert isinstance(closed, Case)
    assert closed.state is State.CLOSED
    assert unsent_survey(closed) == "asked"


def test_the_words_of_a_closing_message_are_piped(
    desk: Path, git: Git, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("run", "--offline")
    close = ("close", CASE, "--as-drafted", "--url", "p1=https://agora.example.org/@ML/9",
             "--no-survey", "asked", "--root-cause", "age")  # fmt: skip
    asked_twice = say(*close, "--text", "p1=-", "--edited", "p2=-", code=2)
    assert "standard input holds one text, and `--edited p2=-`, `--text p1=-` ask" in asked_twice
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b" "), encoding="utf-8"))
    assert "`--text p1=-` was given no words" in say(*close, "--text", "p1=-", code=2)
    words = io.BytesIO("C’est réglé,\ndites-vous ?\n".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(words, encoding="utf-8"))
    say(*close, "--text", "p1=-")
    accept_own(git, desk, say)
    closed = last_entry(git, desk, "main")
    assert closed["closings"][0]["text"] == "C’est réglé,\ndites-vous ?"


def git_log_length(git: Git, desk: Path) -> int:
    case: Any = read_value(git(desk, "show", f"main:{FILE}").encode())
    return len(case["log"])


def test_who_fills_it_in_by_hand_signs_it(
    desk: Path, git: Git, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("run", "--offline")
    pull = only_pull(desk)
    git(desk, "switch", "-q", pull.branch)
    file = desk / FILE
    filled = (
        file.read_text()
        .replace("  by: runner\n  to: closed", "  by: ines\n  to: closed")
        .replace("- place: p1\n", "- place: p1\n    url: https://agora.example.org/@ML/9\n")
        .replace("survey: {sent: false}", "survey: {sent: false, why: asked on the phone}")
        .replace("root_cause: null", "root_cause: age")
    )
    file.write_text(filled.replace("Bonjour", "[… le prénom] Bonjour"))
    git(desk, "commit", "-qam", "Close it.")
    git(desk, "switch", "-q", "main")
    assert "gap of its draft" in say("accept", str(pull.number), code=1)
    git(desk, "switch", "-q", pull.branch)
    file.write_text(filled.replace("2026-11-21T09:00:00Z", "2026-11-21T09:30:00Z"))
    git(desk, "commit", "-qam", "Say when.")
    git(desk, "switch", "-q", "main")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
    assert "1 page written anew" in say("run", "--offline")
    page = only_pull(desk).body
    assert "- [x] p1: the message is posted" in page
    assert "- [ ] p2: the reply is edited" in page
    say("accept", str(pull.number))
    assert last_entry(git, desk, "main")["by"] == "ines"
    assert "Nothing to do" in say("run", "--offline")


def test_what_was_refused_comes_back_once_something_is_said(
    desk: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("run", "--offline")
    say("reject", str(only_pull(desk).number), "--reason", "we wait for the parcel")
    say("note", CASE, "--note", "The parcel is on its way.")
    say("accept", CASE)
    assert "Nothing to do" in say("run", "--offline")
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
    where = ("--place", "p1", "--url", "https://agora.example.org/@gaetan_b/11")
    say("thanks", CASE, "--channel", "public", *where)
    say("accept", CASE)
    assert "1 pull request opened" in say("run", "--offline")

    # Whoever contests waits for an answer, not for a farewell.
    say("contest", CASE, "--channel", "public", *where)
    assert "no longer waits for a closing message" in say("run", "--offline")
    assert LocalForge(desk, "main", Bot()).snapshot().pulls == ()


def test_data_names_the_words_for_each_place(desk: Path, say: Say) -> None:
    drafts = json.loads(say("draft", CASE, "--json"))["drafts"]
    assert [each["place"] for each in drafts] == ["p1", "p2", "p3"]
    assert [each["locale"] for each in drafts] == ["fr", "en", "fr"]
    assert drafts[0]["record"] == (
        f"doleances close {CASE} --url p1=ADDRESS --text p1=WORDS --edited p2=WORDS "
        "--impossible p3=WHY --no-survey WHY --root-cause CAUSE"
    )
    shown = say("show", CASE)
    assert "Inès, pour Lumen" in shown
    assert "Inès, for Lumen" in shown


def test_a_reply_since_the_decision_serves_as_the_last_word(
    desk: Path, git: Git, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://agora.example.org/@MaisonLumen/12"
    say("reply", CASE, "--place", "p1", "--url", url, "--text", "Avec plaisir, à bientôt.")
    say("accept", CASE)
    monkeypatch.setenv("DOLEANCES_NOW", "2026-11-21T10:00:00Z")
    say("run", "--offline")
    pull = only_pull(desk)
    first, second, _ = last_entry(git, desk, pull.branch)["closings"]
    assert first == {"place": "p1", "url": url, "text": "Avec plaisir, à bientôt."}
    assert "edited" in second
    assert f"It stands here: <{url}>" in pull.body
    assert "- [x] p1: the message is posted" in pull.body
    assert f"doleances close {CASE} --as-drafted --no-survey WHY" in pull.body


def accept_own(git: Git, desk: Path, say: Say) -> None:
    """Accept what people proposed, whatever the runner proposes beside it."""
    say(
        "accept", git(desk, "for-each-ref", "--format=%(refname:short)", "refs/heads/desk/").strip()
    )


def test_words_prepared_for_another_decision_are_not_taken(desk: Path, git: Git, say: Say) -> None:
    say("run", "--offline")
    said = ("--place", "p1", "--url", "https://agora.example.org/@gaetan_b/11")
    say("contest", CASE, "--channel", "public", *said)
    accept_own(git, desk, say)
    say("resolve", CASE, *PARTLY)
    accept_own(git, desk, say)
    close = ("close", CASE, "--as-drafted", "--url", "p1=https://agora.example.org/@ML/9",
             "--no-survey", "asked", "--root-cause", "age")  # fmt: skip
    refused = say(*close, code=2)
    assert "are older than its last entry" in refused
    assert "doleances run" in refused
    say("run", "--offline")
    say(*close, "--text", "p1=Voilà.", "--edited", "p2=Here it is.")


def test_the_reply_edited_twice_read_as_the_first_closing_left_it(
    desk: Path, git: Git, say: Say
) -> None:
    say("run", "--offline")
    at = ("--url", "p1=https://agora.example.org/@ML/9")
    ending = ("--no-survey", "asked", "--root-cause", "age")
    say("close", CASE, "--as-drafted", *at, *ending)
    accept_own(git, desk, say)
    stands = last_entry(git, desk, "main")["closings"][1]["edited"]["after"]
    say("reopen", CASE, "--reason", "it broke again")
    accept_own(git, desk, say)
    url = "https://agora.example.org/@ML/12"
    say("reply", CASE, "--place", "p1", "--url", url, "--text", "Nous regardons.")
    accept_own(git, desk, say)
    say("resolve", CASE, *PARTLY)
    accept_own(git, desk, say)
    say("run", "--offline")
    prepared = last_entry(git, desk, only_pull(desk).branch)["closings"][1]["edited"]
    assert prepared["before"] == stands
    say("close", CASE, *at, "--edited", "p2=Thank you.", "--impossible", "p3=nobody", *ending)
    accept_own(git, desk, say)
    edited = last_entry(git, desk, "main")["closings"][1]["edited"]
    assert edited == {"before": stands, "after": "Thank you."}
