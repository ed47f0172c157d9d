import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.triage.witnesses import LIMIT, SILENT, Witness, join_witnesses, render_witness


@pytest.mark.parametrize(
    ("witness", "detail"),
    [
        (SILENT, ""),
        (Witness(said=("toujours rien",)), "toujours rien"),
        (Witness(("1/5",)), "1/5"),
        (
            Witness(("2/5",), ("répond pas", "dommage")),
            "2/5 · répond pas, dommage",
        ),
        (
            Witness(said=("répond pas", "Répond pas", "repond pas")),
            "répond pas",
        ),
        (Witness(said=("répond", "ne répond pas", "pas")), "ne répond pas"),
        (Witness(said=("en\n  panne",)), "en panne"),
        (Witness(said=tuple("abcdefgh")), "a, b, c, d, e"),
        (Witness(("forum", "forum", "1/5")), "forum · 1/5"),
        (Witness(said=("x" * 60,)), "x" * 39 + "…"),
    ],
)
def test_a_reason_tells_facts_and_words(witness: Witness, detail: str) -> None:
    assert render_witness(witness) == detail


def test_several_conditions_are_told_together() -> None:
    joined = join_witnesses([Witness(said=("a",)), SILENT, Witness(("1/5",), ("b",))])
    assert joined == Witness(("1/5",), ("a", "b"))
    assert join_witnesses([]) == SILENT


@given(st.lists(st.text(max_size=80), max_size=9), st.lists(st.text(max_size=80), max_size=9))
def test_a_reason_stays_on_one_short_line(facts: list[str], said: list[str]) -> None:
    detail = render_witness(Witness(tuple(facts), tuple(said)))
    assert len(detail) <= LIMIT
    assert len(detail.splitlines()) <= 1
