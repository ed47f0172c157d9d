"""Commands as they are printed: they hold an option for each fact that is needed."""

from zoneinfo import ZoneInfo

import pytest

from runner.planning.typed import typed_close, typed_command
from runner.text.language import Language

PARIS = ZoneInfo("Europe/Paris")
ENGLISH, FRENCH = Language("en", PARIS), Language("fr", PARIS)


@pytest.mark.parametrize(
    ("verb", "kind", "said", "options"),
    [
        ("reply", "replied", {}, "--url ADDRESS"),
        ("reply", "replied", {"place": "p2"}, "--place p2 --url ADDRESS"),
        ("message", "messaged", {}, "--where WHERE"),
        ("ask", "details-asked", {"channel": "private"},
         "--channel private --wants DETAIL --where WHERE"),
        ("remind", "reminded", {}, "--channel public --url ADDRESS"),
        ("answer", "answered", {}, "--outcome OUTCOME --decision DECISION"),
        ("hand-off", "handed-off", {},
         "--recipient RECIPIENT --reference REFERENCE --asks WISH --consent CONSENT"),
        ("resolve", "resolved", {"outcome": "without-news"},
         "--outcome without-news --reason WHY"),
        ("resolve", "resolved", {"outcome": "refused"},
         "--outcome refused --reason WHY --channel public --url ADDRESS --recourse RECOURSE"),
    ],
)  # fmt: skip
def test_what_is_needed_stands_in_the_command(
    verb: str, kind: str, said: dict[str, str], options: str
) -> None:
    typed = typed_command(verb, kind, "c-000000000001", said, ENGLISH)
    assert sorted(typed.split(" --")) == sorted(
        f"doleances {verb} c-000000000001 {options}".split(" --")
    )


def test_a_closing_names_every_place_and_the_cause_of_a_complaint() -> None:
    assert typed_close("c-1", "complaint", ENGLISH, ["--url p1=ADDRESS", "--edited p2=WORDS"]) == (
        "doleances close c-1 --url p1=ADDRESS --edited p2=WORDS --no-survey WHY --root-cause CAUSE"
    )
    assert (
        typed_close("c-1", "praise", ENGLISH) == "doleances close c-1 --url ADDRESS --no-survey WHY"
    )


def test_what_only_people_know_stands_there_in_their_language() -> None:
    typed = typed_command("resolve", "resolved", "c-1", {"outcome": "refused"}, FRENCH)
    assert typed == (
        "doleances resolve c-1 --outcome refused --reason MOTIF --channel public --url ADRESSE "
        "--recourse RECOURS"
    )
    assert typed_close("c-1", "complaint", FRENCH) == (
        "doleances close c-1 --url ADRESSE --no-survey MOTIF --root-cause CAUSE"
    )


def test_what_is_known_is_one_word_of_the_command() -> None:
    known = {"outcome": "refused", "recourse": "the workshop; $(rm -r .)"}
    typed = typed_command("resolve", "resolved", "c-1", known, ENGLISH)
    assert "--recourse 'the workshop; $(rm -r .)' " in typed
