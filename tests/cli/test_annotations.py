"""What was found, as a forge's CI shows it beside the lines."""

import re

from hypothesis import given
from hypothesis import strategies as st

from runner.cli.annotations import render_annotations
from runner.errors import Fault, Severity


def test_a_fault_names_its_place_and_what_to_do() -> None:
    late = Fault("cases/a.yaml", 3, 5, "r", "late", severity=Severity.WARNING)
    wrong = Fault("policies/team.yaml", 2, 1, "r", "100% wrong: a, b", "mend it")
    assert render_annotations((late, wrong)) == (
        "::error file=policies/team.yaml,line=2,col=1,title=doleances::"
        "100%25 wrong: a, b%0Amend it\n"
        "::warning file=cases/a.yaml,line=3,col=5,title=doleances::late\n"
    )


def test_no_more_are_told_than_are_shown() -> None:
    many = [Fault("a", line, 1, "r", "wrong") for line in range(1, 200)]
    assert render_annotations(many).count("\n") == 50


@given(st.text(), st.text(), st.text())
def test_whatever_it_quotes_a_fault_is_one_command(file: str, message: str, hint: str) -> None:
    said = render_annotations((Fault(file, 1, 1, "r", message, hint),))
    assert re.fullmatch(r"::error file=[^:,\r\n]*,line=1,col=1,title=doleances::[^\r\n]*\n", said)
    assert "##[" not in said
