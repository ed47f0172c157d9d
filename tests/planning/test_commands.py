"""What a comment commands: what stands at its start, each on a line of its own, and no more."""

from datetime import date, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.planning.command_words import usage
from runner.planning.commands import (
    Assign,
    Command,
    Dismiss,
    Duplicate,
    Malformed,
    RaiseCrisis,
    Snooze,
    Unknown,
    Word,
    parse_commands,
)
from runner.text.language import Language

CASE = "c-7f3k2m9x4q5t"
TABLE: dict[str, tuple[str, list[Command]]] = {
    "a reason on the line": ("/dismiss spam, twice", [Dismiss("spam, twice")]),
    "capitals do not matter": ("/DISMISS spam", [Dismiss("spam")]),
    "a reason below": ("/dismiss\n\nNot ours.\nReally.", [Dismiss("Not ours. Really.")]),
    "a reason ends at the next command": (
        "/dismiss\nNot ours.\n/assign sam",
        [Dismiss("Not ours.")],
    ),
    "no reason": ("/dismiss", [Malformed(Word.DISMISS)]),
    "a case": (f"/duplicate {CASE}", [Duplicate(CASE)]),
    "a case as code": (f"/duplicate of `{CASE}`.", [Duplicate(CASE)]),
    "a case by its file": (f"/duplicate cases/2026/11/21/{CASE}.yaml", [Duplicate(CASE)]),
    "a page": ("/duplicate #12", [Duplicate("#12")]),
    "a page by its address": (
        "/duplicate https://example.org/desk/lumen/pull/12#issuecomment-3",
        [Duplicate("#12")],
    ),
    "no case": ("/duplicate the one before", [Malformed(Word.DUPLICATE)]),
    "two cases": (f"/duplicate {CASE} c-000000000000", [Malformed(Word.DUPLICATE)]),
    "a case too long": (f"/duplicate {CASE}x", [Malformed(Word.DUPLICATE)]),
    "a login": ("/assign @sam-d", [Assign("sam-d")]),
    "a name": ("/assign Zoé Müller.", [Assign("Zoé Müller")]),
    "a person and thanks": ("/assign sam, please", [Assign("sam")]),
    "nobody": ("/assign @", [Malformed(Word.ASSIGN)]),
    "days": ("/snooze 2d", [Snooze(timedelta(days=2))]),
    "hours with a space": ("/snooze 4 h", [Snooze(timedelta(hours=4))]),
    "days in French": ("/snooze 2 jours", [Snooze(timedelta(days=2))]),
    "days in short": ("/snooze pour 3j", [Snooze(timedelta(days=3))]),
    "a week": ("/snooze for 1 week.", [Snooze(timedelta(days=7))]),
    "until a day": ("/snooze until 2026-12-01", [Snooze(date(2026, 12, 1))]),
    "until a day in French": ("/snooze jusqu’au 2026-12-01", [Snooze(date(2026, 12, 1))]),
    "until no day": ("/snooze until 2026-02-30", [Malformed(Word.SNOOZE)]),
    "until doomsday": ("/snooze 9999d", [Malformed(Word.SNOOZE)]),
    "no time": ("/snooze 0", [Malformed(Word.SNOOZE)]),
    "back in time": ("/snooze -1d", [Malformed(Word.SNOOZE)]),
    "other digits": ("/snooze ２d", [Malformed(Word.SNOOZE)]),
    "too long": ("/snooze 9w", [Malformed(Word.SNOOZE)]),
    "for ever": ("/snooze", [Malformed(Word.SNOOZE)]),
    "a crisis": ("/crisis", [RaiseCrisis(None)]),
    "a threat": ("/crisis death-threat", [RaiseCrisis("death-threat")]),
    "a crisis, said aloud": ("/CRISIS !", [RaiseCrisis(None)]),
    "a crisis in French": ("/crise !", [RaiseCrisis(None)]),
    "a threat in French": ("/crise menace de mort", [RaiseCrisis("death-threat")]),
    "a threat misspelt": ("/crisis deaththreat.", [RaiseCrisis("death-threat")]),
    "a crisis in other words": ("/crisis she says goodbye", [RaiseCrisis(None)]),
    "a crisis below words": ("Look at this:\n/crisis\n", [RaiseCrisis(None)]),
    "a crisis that is talked of": ("I think\n/crisis is the command", []),
    "a crisis in a block below words": ("Write\n```\n/crisis\n```\nthen.", []),
    "a crisis in a block in a block": ("````\n```\n/crisis\n```\n````", []),
    "a crisis below a block": ("~~~ text\n/crisis\n~~~\n/crisis", [RaiseCrisis(None)]),
    "a crisis below code in a line": ("```reboot``` she says\n\n/crisis", [RaiseCrisis(None)]),
    "a colon": ("/dismiss: spam", [Dismiss("spam")]),
    "look-alike letters": ("/dіsmiss spam", []),
    "behind what nobody sees": ("\ufeff\u200b/assign sam", [Assign("sam")]),
    "what nobody sees": ("<!--\n/dismiss spam\n-->\nFine.", []),
    "in HTML": ("<p>\n/dismiss spam\n</p>", []),
    "several": (
        "/assign sam\r\n\r\n/snooze 1d  \r\nThanks.",
        [Assign("sam"), Snooze(timedelta(days=1))],
    ),
    "unknown": ("/lgtm please", [Unknown("lgtm")]),
    "after words": ("I think\n/dismiss it", []),
    "in a line": ("please /dismiss it", []),
    "below a quotation": ("> /dismiss spam\n\n/assign sam", [Assign("sam")]),
    "quoted": ("> /dismiss spam", []),
    "in a block": ("```\n/dismiss spam\n```", []),
    "indented": ("    /dismiss spam", []),
    "code": ("`/dismiss spam`", []),
    "a path": ("/etc/passwd is there", []),
    "an address": ("//example.org/x", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("body", "commands"), TABLE.values(), ids=TABLE)
def test_what_a_comment_commands(body: str, commands: list[Command]) -> None:
    assert parse_commands(body) == tuple(commands)


@given(st.text(alphabet=st.sampled_from("/dismis assignc\n\r>` \t@é\x00\u2028-#1"), max_size=200))
def test_any_text_has_an_answer_and_gives_back_only_what_is_harmless(body: str) -> None:
    for command in parse_commands(body):
        match command:
            case Unknown(word):
                assert word.isascii()
                assert word.isalpha()
            case Assign(person):
                assert "\n" not in person
                assert 0 < len(person) <= 100
            case Dismiss(reason):
                assert reason == reason.strip() != ""
                assert "\n" not in reason


@pytest.mark.parametrize(
    "body",
    ["<!--" * 9_000, "/crisis" + "!?" * 9_000 + "x", "```\n" * 9_000, "/duplicate " + "c-" * 9_000],
    ids=["hidden", "marks", "fences", "cases"],
)
def test_a_comment_that_is_made_to_take_long_does_not(body: str) -> None:
    began = process_time()
    parse_commands(body)
    assert process_time() - began < 1


def test_a_comment_of_thousands_of_commands_is_cut_short() -> None:
    assert len(parse_commands("/crisis\n" * 100_000)) == 10


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_every_command_is_explained(locale: str) -> None:
    for word in Word:
        assert usage(word, Language(locale, ZoneInfo("Europe/Paris"))).startswith(f"- `/{word}")
