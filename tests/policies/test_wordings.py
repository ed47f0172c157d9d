"""Wordings of values alone take a short way; it leads where Jinja's does."""

import jinja2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runner.policies.wordings import (
    Unfillable,
    fill_in,
    needed_variables,
    read_wording,
    wording_environment,
)

PIECES = st.sampled_from(
    [
        "{{ name }}", "{{name}}", "{{ name|de }}", "{{ name | a }}", "{{ name|upper }}",
        "{{- name -}}", "{# x #}", "{{ 'x' }}", "{{ true }}", "{{ name|de|upper }}", "{{", "}}",
        "{%", "%}", "{ name }", "{% if name %}oui{% endif %}", " ", "\n", "é ", "Bonjour, ", "\r\n",
        "{{ other }}", "#}", "{{ name", "{{ not }}", "{{}}",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@example("{{{ name }}}")
@given(st.lists(PIECES, max_size=6).map("".join))
def test_both_ways_lead_to_the_same(text: str) -> None:
    values = {"name": "le colis", "other": "Aube {{ x }}"}
    named, faults = read_wording(text)
    try:
        made = wording_environment().from_string(text).render(values)
    except jinja2.TemplateError:
        if not faults:
            with pytest.raises(Unfillable):
                fill_in(text, values)
        return
    if not faults:
        assert fill_in(text, values) == made
        assert named <= values.keys()
        assert needed_variables(text) <= named


def test_a_value_that_is_missing_cannot_be_filled_in() -> None:
    for text in ("{{ nobody }}", "{% if nobody %}a{% endif %}"):
        with pytest.raises(Unfillable):
            fill_in(text, {})
