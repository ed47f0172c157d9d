"""What the desk writes, both readers read back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.strict_yaml import Document, read_document, read_value
from runner.text.yaml_renderer import render_yaml

readable = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
    )
    | st.sampled_from("\n\n\t  -:#,[]{}'\"|>&*!%@`?\\")
).filter(lambda text: not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in text))
awkward = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "\n\n",
        "no",
        "Yes",
        "~",
        "null",
        "012",
        "12:30",
        "1e3",
        "0x1F",
        "-0",
        ".inf",
        "+33612345678",
        "2026-01-01",
        "2026-11-21T08:03:12Z",
        "---",
        "...",
        "- a",
        "? a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "|-",
        "a\n",
        "\na",
        " a\nb",
        "a \nb",
        "a\n b",
        "a\n\tb",
        "a\n\n\nb",
        "a,b",
        "{a}",
        "[a]",
        "'a'",
        '"a"',
        "\\n",
        "C'est ça !",
        "👩‍👩‍👧",
        "é\u00a0!",
        "https://forum.example.org/t/812#p3",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "1234567890123456789012345678901234567890",
        "123456789012345678901234567890123456e789",
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.decimals(-(10**9), 10**9, places=2).map(float)
    | readable
    | awkward
)
keys = st.sampled_from(["text", "note", "why", "log", "places", "a-b", "no", "x.yaml"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
BLOCKS = frozenset({"log", "places"})


@given(st.dictionaries(keys, values, min_size=1, max_size=5))
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    data = render_yaml(value, blocks=BLOCKS).encode()
    document = read_document(data, "a.yaml")
    assert isinstance(document, Document), (data.decode(), document)
    assert document.value == value
    try:
        fast = read_value(data)
    except ValueError:
        return
    assert fast == value


@given(awkward, awkward)
def test_text_stays_text(one: str, other: str) -> None:
    value = {"text": one, "note": [one, {"title": other}], "why": {"detail": other, "rule": one}}
    document = read_document(render_yaml(value, blocks=BLOCKS).encode(), "a.yaml")
    assert isinstance(document, Document)
    assert document.value == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"state": "open"}, "state: open\n"),
        ({"known": "no"}, 'known: "no"\n'),
        ({"amount": 4.9}, "amount: 4.90\n"),
        ({"value": 1.0, "best": 5}, "value: 1\nbest: 5\n"),
        ({"at": "2026-11-21T08:03:12Z"}, "at: 2026-11-21T08:03:12Z\n"),
        ({"note": "L'avis, lui, reste."}, "note: L'avis, lui, reste.\n"),
        ({"why": {"detail": "lui, reste"}}, 'why: {detail: "lui, reste"}\n'),
        ({"offered": []}, "offered: []\n"),
        ({"text": "Bonjour"}, "text: |-\n  Bonjour\n"),
        ({"text": "a\n\nb"}, "text: |-\n  a\n\n  b\n"),
        ({"text": " a"}, 'text: " a"\n'),
        ({"log": [{"entry": "noted"}]}, "log:\n- entry: noted\n"),
        ({"closings": [{"place": "p1"}]}, "closings:\n- {place: p1}\n"),
        ({"places": ["p1", "p2"]}, "places: [p1, p2]\n"),
    ],
)
def test_it_is_written_as_people_would(value: dict[str, object], written: str) -> None:
    assert render_yaml(value, blocks=BLOCKS) == written


def test_a_long_collection_takes_a_line_for_each_value() -> None:
    value = {"sealed": {"method": "age", "data": "x" * 100}}
    assert render_yaml(value, blocks=BLOCKS) == f"sealed:\n  method: age\n  data: {'x' * 100}\n"


@pytest.mark.parametrize("text", ["a\x00", "a\rb", "\u202eabc", "\ufeffa", "\ud800", "a\x85b"])
def test_text_that_no_reader_accepts_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"U\+"):
        render_yaml({"title": text}, blocks=BLOCKS)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e30])
def test_numbers_beyond_the_format_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="no decimal"):
        render_yaml({"value": number}, blocks=BLOCKS)
