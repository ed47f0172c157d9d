"""Expressions: what is one, what it finds, and that no data trips it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.policies.expressions import Expression, Failed, Page, Wrong, parse_expression
from runner.policies.recipes import Template, parse_template


def find(text: str, data: Any, document: Any = None) -> object:
    expression = parse_expression(text)
    assert isinstance(expression, Expression), expression
    return expression.find(data, Page(document))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is no expression: Invalid JMESPath expression: cannot be empty."),
        ("a.", "the expression makes no sense at character 3"),
        ("im:rating", "the expression makes no sense at character 3"),
        ("'open", "the expression makes no sense at character 1"),
        ("`fr`", "what stands in backquotes is no JSON"),
        ("a[?b", "the expression makes no sense at character 5"),
        ("lenght(a)", "there is no function `lenght`"),
        ("a[].{b: nope(c)}", "there is no function `nope`"),
        ("join(a)", "`join` takes 2 values, found 1"),
        ("not_null()", "`not_null` takes at least 1 values, found 0"),
        ("lookup('users', 'id')", "`lookup` takes 3 values, found 2"),
    ],
)
def test_what_is_no_expression_is_said_to_be_none(text: str, message: str) -> None:
    wrong = parse_expression(text)
    assert isinstance(wrong, Wrong)
    assert wrong.message == message


@pytest.mark.parametrize("text", ["(" * 5000 + "a" + ")" * 5000, "!" * 20_000 + "a"])
def test_one_that_nests_without_end_is_none(text: str) -> None:
    assert isinstance(parse_expression(text), Wrong)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("user.name", "Camille"),
        ('"im:rating".label', "1"),
        ("nothing.at.all", None),
        ("user.name || 'nobody'", "Camille"),
        ("join(' ', [user.name, to_string(n)])", "Camille 7"),
        ("lookup('people', 'id', n).name", "Noé"),
        ("lookup('people', 'id', `8`)", None),
        ("lookup('nowhere', 'id', n)", None),
        ("lookup('people', 'id', user)", None),
    ],
)
def test_an_expression_finds_what_is_there(text: str, found: object) -> None:
    data = {"user": {"name": "Camille"}, "im:rating": {"label": "1"}, "n": 7}
    assert find(text, data, {"people": [{"id": 7, "name": "Noé"}, {"id": {}}, None]}) == found


@pytest.mark.parametrize(
    "text", ["contains(a, 'x')", "sum(a)", "sort(@)", "to_number(b) && abs(a)"]
)
def test_one_that_cannot_be_asked_of_a_value_fails_as_a_value(text: str) -> None:
    assert isinstance(find(text, {"a": None, "b": "9" * 5000}), Failed | None)


def test_data_nested_without_end_does_no_harm() -> None:
    deep: Any = "end"
    for _ in range(100_000):
        deep = [deep]
    assert isinstance(find("to_string(@)", deep), Failed | str)
    assert find("[0][0]", {"a": deep}) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["a.b", "a[].b", "a[?b].c", "sort_by(a, &b)", "max_by(@, &a)", "keys(a)", "a == b", "a < b",
         "map(&a, @)", "merge(a, b)", "reverse(a)", "length(a)",
         "lookup('a', 'b', c)", "to_number(a)"]
    ),
    JSON,
    JSON,
)  # fmt: skip
def test_every_evaluation_ends_in_a_value(text: str, data: Any, document: Any) -> None:
    find(text, data, document)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("{a}", 3), ("https://example.org/{a}/{b.c}", 5), ("https://example.org/", 1)],
)
def test_a_template_is_texts_and_expressions_in_turn(text: str, parts: int) -> None:
    template = parse_template(text)
    assert isinstance(template, Template)
    assert len(template.parts) == parts


@pytest.mark.parametrize("text", ["{", "}", "{a", "a}", "{}", "{a.}", "{{a}}", "{a:b}"])
def test_a_template_with_a_hole_is_none(text: str) -> None:
    assert isinstance(parse_template(text), Wrong)
