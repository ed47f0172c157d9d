"""JSON as sites write it."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.loose_json import TORN, Script, read_script


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "b",}', {"a": "b"}),
        ('{"a": [1, 2,],}', {"a": ["1", "2"]}),
        ('{"a": "b"};', {"a": "b"}),
        ('var data = {"a": "b"};', {"a": "b"}),
        ('<!--\n{"a": "b",}\n-->', {"a": "b"}),
        ('//<![CDATA[\n{"a": "b"}\n//]]>', {"a": "b"}),
        ('/*<![CDATA[*/{"a": ["b"]}/*]]>*/', {"a": ["b"]}),
        ("\ufeff{'a': 'b'}", {"a": "b"}),
        ('{"a": "b" // why\n, /* not */ "c": "d"}', {"a": "b", "c": "d"}),
        ('{"a": "b"\n"c": "d"}', {"a": "b", "c": "d"}),
        ('{"a": "b" "c": "d"}', {"a": "b", "c": "d"}),
        ('{"a": "She said "never", and left", "c": "d"}',
         {"a": 'She said "never", and left', "c": "d"}),
        ('{"a": "so "cheap"", "c": 1}', {"a": 'so "cheap"', "c": "1"}),
        ('{"a": ["so "cheap" it is", "b"]}', {"a": ['so "cheap" it is', "b"]}),
        ("{a: 'it\\'s', $b: {c: [null, true]}}", {"a": "it's", "$b": {"c": [None, True]}}),
        ('{"a": , "b": 4.5/5, "c": NaN}', {"a": None, "b": "4.5/5", "c": "NaN"}),
        ('{"a": "\\x41\\u00e9\\q\\\n",}', {"a": "Aéq\n"}),
        ("{&quot;a&quot;: &quot;b&quot;}", {"a": "b"}),
        ('{&#34;a&#34;: "b"}', {"a": "b"}),
        ('[{&quot;a&quot;: &quot;b&quot;}]', [{"a": "b"}]),
        (r'{\"a\": \"b \\\"c\\\"\"}', {"a": 'b "c"'}),
        (r'{\n  \"a\": \"b\"\n}', {"a": "b"}),
        ("{“a”: “b”, “c”: 1}", {"a": "b", "c": "1"}),
        ("[{„a”: “il dit “oui” ici”}]", [{"a": 'il dit "oui" ici'}]),
        ('"{\\"a\\": \\"b\\"}"', {"a": "b"}),
        ('{"a": [{"b": "c"}, {"b": "d"}', {"a": [{"b": "c"}, {"b": "d"}]}),
        ('{"a": [{"b": "c"}}', {"a": [{"b": "c"}]}),
        ('{"a": "b"}}]', {"a": "b"}),
        ('{"n": ' + "9" * 5000 + "}", {"n": "9" * 5000}),
    ],
)  # fmt: skip
def test_damage_with_one_meaning_is_repaired(text: str, value: object) -> None:
    assert read_script(text) == Script((value,), repaired=True)


def test_raw_line_breaks_and_control_characters_need_no_repair() -> None:
    assert read_script('{"a": "b\n\tc\x07"}') == Script(({"a": "b\n\tc\x07"},))


@pytest.mark.parametrize("end", ["}", ",}"])
def test_of_a_key_that_comes_twice_nothing_is_lost(end: str) -> None:
    (value,) = read_script('{"a": [1], "b": "c", "a": "d", "a": {"e": "f"}' + end).values
    assert isinstance(value, dict)
    assert [str(one).replace("'", "") for one in value["a"]] == ["[1]", "d", "{e: f}"]
    assert value["b"] == "c"


def test_several_values_one_after_another_are_all_read() -> None:
    assert read_script('{"a": 1}\n{"b": 2}').values == ({"a": "1"}, {"b": "2"})


@pytest.mark.parametrize("text", ["", "  \ufeff", "nothing here", "<p>"])
def test_where_no_value_is_there_is_none(text: str) -> None:
    assert read_script(text).values == ()


@pytest.mark.parametrize(
    "end", ['{"b": "cut in the mid', '{"b": "c", "author": {"name": "Ca', '{"b":', '{"b']
)
def test_what_is_cut_off_in_the_middle_is_marked(end: str) -> None:
    (value,) = read_script('{"review": [{"b": "whole"}, ' + end).values
    assert isinstance(value, dict)
    first, second = value["review"]
    assert first == {"b": "whole"}
    assert second[TORN] is True


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), json_values, max_size=4))
def test_sound_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert read_script(json.dumps(value)) == Script((value,))


@given(st.text(alphabet="{}[]\",:'ab1\\ \n/*<!-;", max_size=60))
def test_nothing_raises(text: str) -> None:
    read_script(text)


MANY = 100_000
HOSTILE = [
    '{"a": "' + '"' * MANY, '{"a": "' + '", "' * MANY, '{"a": "' + '" "' * MANY, "[" * MANY,
    '{"a":' * MANY, "{" + '"a"' * MANY, "{" + "/*" * MANY, "{" + "//" * MANY, "{" + "x " * MANY,
    '{"a": "' + '"\n' * MANY, "{" + "&quot;" * MANY, '{"a": "' + "\\" * MANY,
    "[" * 150 + "}" * MANY, '[{"a": "b"}}' * MANY, "{" + "*/" * MANY, '{"a": "' + '" ' * MANY,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_scripts_cost_little(text: str) -> None:
    start = time.process_time()
    read_script(text)
    assert time.process_time() - start < 6
