"""Every problem has words, in every language, that nothing hostile shines through."""

from zoneinfo import ZoneInfo

import pytest

from runner.sources.problem_words import render_problem
from runner.sources.problems import Problem, Trouble
from runner.text.language import LANGUAGES, Language

EVIL = "https://evil.example.org/\x1b[31m\u202e{name}\r\nnews" + "x" * 9000


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_words_that_fit_on_a_line(trouble: Trouble, locale: str) -> None:
    said = render_problem(Problem(trouble, EVIL, EVIL), Language(locale, ZoneInfo("UTC")))
    # French sets no-break spaces before its high punctuation.
    assert said.translate({0xA0: " ", 0x202F: " "}).isprintable()
    assert 10 < len(said) < 3000


def test_words_of_the_other_side_are_shortened() -> None:
    english = Language("en", ZoneInfo("UTC"))
    assert render_problem(Problem(Trouble.GONE, "forum.example.org", "410"), english) == (
        "forum.example.org no longer has anything at this address (410): look for the new one"
    )
    assert len(render_problem(Problem(Trouble.NO_CONNECTION, "h" * 500), english)) < 260
