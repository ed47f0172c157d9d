"""Commands as they are printed: they hold an option for each fact that is needed."""

import pytest

from runner.planning.typed import typed_close, typed_command


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
    typed = typed_command(verb, kind, "c-000000000001", said)
    assert sorted(typed.split(" --")) == sorted(
        f"doleances {verb} c-000000000001 {options}".split(" --")
    )


def test_a_closing_names_every_place_and_the_cause_of_a_complaint() -> None:
    assert typed_close("c-1", "complaint", ["--url p1=ADDRESS", "--edited p2=WORDS"]) == (
        "doleances close c-1 --url p1=ADDRESS --edited p2=WORDS --no-survey WHY --root-cause CAUSE"
    )
    assert typed_close("c-1", "praise") == "doleances close c-1 --url ADDRESS --no-survey WHY"
