"""Trying templates: what is too long, cannot be filled in, or is missing in a language."""

from dataclasses import replace

import pytest

from runner.errors import Severity
from runner.policies.templates import Template, Wording
from runner.policies.values import Configuration
from runner.policies.wordings import LONGEST, Unfillable, fill_in, needed_variables, read_wording
from runner.replies.trial import check_templates, try_template
from runner.replies.variants import fill, find_frames, in_order


def template(*wordings: str, length: int = 200, **parts: tuple[str, ...]) -> Template:
    return Template(
        "essai-fr", "first-contact", None, "fr", "formal", (), (), (), ("name", "asked", "care"),
        length, tuple(Wording(text, 10 + nth) for nth, text in enumerate(wordings)),
        "templates/essai-fr.yaml",
        parts={
            name: tuple(Wording(text, 20 + nth) for nth, text in enumerate(texts))
            for name, texts in parts.items()
        },
    )  # fmt: skip


def test_the_shipped_templates_have_no_fault(shipped: Configuration) -> None:
    assert check_templates(shipped) == ()


def test_public_first_words_vary_enough_for_a_month(shipped: Configuration) -> None:
    texts = {each.id: try_template(each, shipped).texts for each in shipped.templates}
    for name in ("first-contact-fr", "first-contact-en", "thanks-fr", "thanks-en"):
        assert texts[name] >= 200, name


def test_too_long_names_the_wording(shipped: Configuration) -> None:
    long = template("Bonjour.", "{{ end }} {{ end }}", length=40, end=("court", "x" * 30))
    (fault,) = try_template(long, shipped).faults
    assert str(fault).startswith("templates/essai-fr.yaml:11:1: filled in for a sample case this")
    assert "61 characters" in fault.message


def test_what_fails_on_filling_in_names_the_wording(shipped: Configuration) -> None:
    (fault,) = try_template(template("{% if care < 3 %}a{% endif %}"), shipped).faults
    assert (fault.line, fault.rule) == (10, "template-filling")


def test_a_language_without_words_is_a_warning(shipped: Configuration) -> None:
    french = tuple(each for each in shipped.templates if each.id != "answer-en")
    (fault,) = check_templates(replace(shipped, templates=french))
    assert fault.severity is Severity.WARNING
    assert (fault.file, fault.rule) == ("templates/answer-fr.yaml", "missing-locale")
    assert fault.hint == "write `templates/answer-en.yaml`"


KNOWN = {"name": "Camille", "care": "le SAV"}


class TestVariants:
    def test_each_text_comes_once_in_an_order_of_the_seed(self) -> None:
        one = template("{{ a }}{{ b }}", "c", a=("1", "2", "3"), b=("x", "y"))
        frames = find_frames(one, KNOWN)
        orders = [[v.label for v in in_order(one, frames, seed)] for seed in "pqr"]
        for order in orders:
            assert sorted(order) == sorted(
                ["1-1-1", "1-1-2", "1-2-1", "1-2-2", "1-3-1", "1-3-2", "2"]
            )
        assert len({tuple(order) for order in orders}) > 1

    def test_alternatives_that_take_up_more_are_taken(self) -> None:
        one = template("{{ hello }}", hello=("Bonjour", "Bonjour {{ name }}", "{{ asked }}"))
        texts = [fill(v, KNOWN) for v in in_order(one, find_frames(one, KNOWN), "s")]
        assert texts == ["Bonjour Camille"]
        texts = [fill(v, {}) for v in in_order(one, find_frames(one, {}), "s")]
        assert texts == ["Bonjour"]

    def test_with_nothing_else_there_is_a_gap(self) -> None:
        one = template("{{ asked }} ?")
        (variant,) = in_order(one, find_frames(one, {}), "s")
        assert fill(variant, {}) == "[… ce que demande le client]\u202f?"

    def test_a_condition_does_without(self) -> None:
        one = template("Oui{% if asked %} : {{ asked }}{% endif %}.")
        (variant,) = in_order(one, find_frames(one, {}), "s")
        assert fill(variant, {}) == "Oui."
        assert fill(variant, {"asked": "une lampe"}) == "Oui\u00a0: une lampe."


class TestTheSandbox:
    @pytest.mark.parametrize(
        "text",
        [
            "{% for a in name %}{{ a }}{% endfor %}",
            "{% set a = name %}{{ a }}",
            "{% with a = name %}{{ a }}{% endwith %}",
            "{{ '%99999999d' % 1 }}",
            "{{ 9 ** 9 }}",
            "{{ name * 9 }}",
            "{{ name.__class__ }}",
            "{{ name[0] }}",
            "{{ name() }}",
            "{{ self }}{% block a %}{% endblock %}",
            "{% include 'x' %}",
            "{{ name ~ name }}",
            "{{ name|shout }}",
        ],
    )
    def test_is_closed(self, text: str) -> None:
        _, faults = read_wording(text)
        assert {fault.rule for fault in faults} <= {"template-reach", "template-filter"}
        assert faults

    @pytest.mark.parametrize(
        "text",
        [
            "{{ name" + "|replace('a', 'aaaaaaaaaa')" * 40 + " }}",
            "{{ name" + "|join('aaaaaaaaaa')" * 40 + " }}",
            "{{ name|replace('', name)" + "|replace('', 'aaaaaaaaaaaaaaaaaaaaa')" * 20 + " }}",
        ],
    )
    def test_no_chain_of_filters_grows_beyond_bounds(self, text: str) -> None:
        assert read_wording(text)[1] == ()
        with pytest.raises(Unfillable, match=f"more than {LONGEST}"):
            fill_in(text, {"name": "aaaa"})

    def test_values_are_words_and_no_templates(self) -> None:
        assert fill_in("{{ name }}", {"name": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"

    def test_what_is_asked_for_is_not_needed(self) -> None:
        text = "{% if asked and not name %}{{ asked }}{% endif %}{{ 'x' if care else brand }}"
        assert needed_variables(text) == {"brand"}
