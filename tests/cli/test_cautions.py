"""What a verb warns of, and takes all the same."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run

PUBLIC_ALONE, BOTH, OPEN = "c-rhfg7kkddhqq", "c-d6rn7he0r67d", "c-ksaxnqsx04pf"
Verb = Callable[..., str]


@pytest.fixture
def desk(shipped_desk: Callable[..., Path]) -> Path:
    return shipped_desk("cases")


@pytest.fixture
def warned(desk: Path, capsys: pytest.CaptureFixture[str]) -> Verb:
    """Type a verb, and return what it warned of."""

    def type_it(*arguments: str) -> str:
        ended = run(arguments)
        out, err = capsys.readouterr()
        assert ended == 0, out + err
        return err

    return type_it


@pytest.fixture
def printed(desk: Path, capsys: pytest.CaptureFixture[str]) -> Verb:
    """Type a verb, and return what it printed."""

    def type_it(*arguments: str) -> str:
        assert run(arguments) == 0
        return capsys.readouterr().out

    return type_it


def test_a_private_message_where_none_is_possible(warned: Verb) -> None:
    message = ("--where", "inbox", "--text", "Bonjour")
    said = warned("message", PUBLIC_ALONE, *message)
    assert said.startswith("A private message is not possible on forum-bricolage: ")
    assert "record it with `doleances reply`." in said
    assert "not possible" not in warned("message", BOTH, *message)
    assert "not possible" not in warned(
        "wrote", PUBLIC_ALONE, "--channel", "private", "--where", "telephone", "--text", "Bonjour"
    )


def test_words_that_no_customer_should_read(warned: Verb) -> None:
    url = ("--url", "https://forum.example.org/t/1#p2")
    offered = "Retirez votre avis et nous vous offrons un bon de 20 €."
    asked = "Donnez-nous ici votre numéro de téléphone et votre adresse."
    said = warned("reply", OPEN, *url, "--text", f"Bonjour. {offered} {asked}", "--no-propose")
    where = f"`doleances proofread --case {OPEN}` says where."
    assert [line for line in said.splitlines() if where in line] == [
        f"unlawful-offer: something is offered for changing a review: that is unlawful. {where}",
        f"personal-data-asked: personal data is asked for in public. {where}",
    ]


def test_words_that_are_well_are_not_warned_of(warned: Verb) -> None:
    url = ("--url", "https://forum.example.org/t/1#p2")
    said = warned("reply", OPEN, *url, "--text", "Bonjour, nous regardons cela.", "--no-propose")
    assert "proofread" not in said
    private = ("--where", "inbox", "--text", "Bonjour, quel est votre numéro de téléphone ?")
    assert "proofread" not in warned("message", BOTH, *private)


def test_a_step_that_waits_is_named_wherever_the_next_one_is(warned: Verb, printed: Verb) -> None:
    before = printed("show", OPEN)
    assert "A drafted reply" in before
    warned("reply", OPEN, "--url", "https://forum.example.org/t/1#p2")
    waits = "Pull request 1 (answered in public) waits for review: doleances accept 1"
    shown = printed("show", OPEN)
    assert waits in " ".join(shown.split())
    assert "A drafted reply" not in shown
    assert "Answer in public" not in shown
    listed = json.loads(printed("status", "--json"))["cases"]
    (row,) = (each for each in listed if each["case"] == OPEN)
    assert (row["next_step"], row["proposed_in"]) == (waits, [1])
    assert waits in warned("draft", OPEN)


def test_a_note_that_waits_does_not_take_the_place_of_the_next_step(
    warned: Verb, printed: Verb
) -> None:
    warned("note", OPEN, "--note", "seen")
    shown = " ".join(printed("show", OPEN).split())
    assert "Pull request 1 (note) waits for review: doleances accept 1 Answer in public" in shown
    assert "A drafted reply" in shown


def test_the_same_step_twice_is_warned_of_and_taken(warned: Verb) -> None:
    reply = ("reply", OPEN, "--url", "https://forum.example.org/t/1#p2")
    assert "recorded already" not in warned(*reply)
    said = warned(*reply)
    assert said.startswith("Was it recorded already? Pull request 1 (answered in public) waits")
    assert "recorded already" not in warned("note", OPEN, "--note", "x")


def test_proposals_are_listed_in_words_and_told_apart_by_their_numbers(
    warned: Verb, printed: Verb, capsys: pytest.CaptureFixture[str]
) -> None:
    warned("reply", OPEN, "--url", "https://forum.example.org/t/1#p2")
    warned("note", OPEN, "--note", "x")
    rows = sorted(line for line in printed("pulls").splitlines() if OPEN in line)
    assert [row.count(OPEN) for row in rows] == [1, 1]
    assert "answered in public" in rows[0]
    assert "note" in rows[1]
    assert run(["accept", OPEN, "--yes"]) == 2
    named = f"by its number: 1 (desk/{OPEN}/reply-2), 2 (desk/{OPEN}/note-2)"
    assert named in capsys.readouterr().err
