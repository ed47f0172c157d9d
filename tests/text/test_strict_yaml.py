"""The rule for scalars, the faults, and that both readers agree."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.text.strict_yaml import (
    BYTES_LIMIT,
    Document,
    Position,
    read_document,
    read_value,
)

TEXT_SCALARS = (
    *(
        "no",
        "yes",
        "on",
        "off",
        "y",
        "n",
        "True",
        "TRUE",
        "False",
        "NULL",
        "Null",
        "~",
        "nan",
        "inf",
    ),
    *(
        "012",
        "-012",
        "00",
        "08",
        "+1",
        "+33612345678",
        "-0",
        "1_000",
        "0b1",
        "0x1F",
        "-0x1f",
        "0o17",
    ),
    *("1e3", "1E3", "1.5e-3", "1.", ".5", "-.5", "+.5", "01.5", ".inf", "-.inf", ".NaN", "=", "3d"),
    *("12:30", "1:2:3", "2026-01-01", "2026-11-21T08:03:12Z", "9999999999999999999", "a#b", "٣"),
    "0.0000000000000000001",
)
VALUES = {
    "true": True,
    "false": False,
    "null": None,
    "": None,
    "0": 0,
    "-7": -7,
    "999999999999999999": 999999999999999999,
    "1.5": 1.5,
    "-0.25": -0.25,
    "10.0": 10.0,
}


def reading(data: bytes) -> object:
    document = read_document(data, "f.yaml")
    assert isinstance(document, Document), document
    return document.value


def messages(data: bytes) -> list[str]:
    faults = read_document(data, "f.yaml")
    assert isinstance(faults, tuple)
    return [f"{fault.line}:{fault.column}: {fault.message}" for fault in faults]


def typed(value: object) -> object:
    """The value with its types, so that 1, 1.0 and True differ."""
    match value:
        case dict():
            return {key: typed(child) for key, child in value.items()}
        case list():
            return [typed(child) for child in value]
        case _:
            return type(value).__name__, value


@pytest.mark.parametrize("scalar", TEXT_SCALARS)
@pytest.mark.parametrize("frame", ["a: {}\n", "- {{a: {}}}\n", "- [{}]\n", "- {}", "[a, {} ]"])
def test_what_others_would_guess_stays_text(scalar: str, frame: str) -> None:
    assert _leaves(reading(frame.format(scalar).encode()))[-1] == scalar


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for child in value.values() for leaf in _leaves(child)]
    if isinstance(value, list):
        return [leaf for child in value for leaf in _leaves(child)]
    return [value]


@pytest.mark.parametrize(("scalar", "value"), VALUES.items())
def test_constants_and_plain_numbers_are_values(scalar: str, value: object) -> None:
    assert typed(reading(f"a: {scalar}\n".encode())) == typed({"a": value})
    assert typed(read_value(f"a: {scalar}\n".encode())) == typed({"a": value})


@pytest.mark.parametrize(
    "data",
    [
        "text: |-\n  Un scandale !! 1. Colis jamais reçu, le 05 novembre à 12:30 : rien.\n",
        "posted_at: 2026-11-20T19:12:00Z\nurl: https://forum.example.org/t/812#p3\n",
        "id: c-0a1b2c3d4e5f\nday: 2026-11-05\nrating: {value: 1, best: 5.0}\n",
        "- pattern: '\\bLUM-20\\d{2}\\b'\n  said: un \\u202E sans guillemets\n",
    ],
)
def test_ordinary_files_take_the_fast_way(data: str) -> None:
    assert typed(read_value(data.encode())) == typed(reading(data.encode()))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a: &x 1\nb: *x\n", ["1:4: anchors such as `&x` are not read here"]),
        (b"b: *x\n", ["1:4: aliases such as `*x` are not read here"]),
        (b"a: !!int 3\n", ["1:4: tags such as `!!int` are not read here"]),
        (b"a: !python/object:os.system x\n", ["1:4: tags such as `!python/object:os.system` are"]),
        (b"a: ! x\n", ["1:4: tags such as `!` are not read here"]),
        (b"a: 1\nb: 2\n'a': 3\n", ["3:1: the key `a` stands here twice"]),
        (b"a: {b: 1, b: 2}\n", ["1:11: the key `b` stands here twice"]),
        (b"<<: {a: 1}\n", ["1:1: the merge key `<<` is not read here"]),
        (b"2026: a\n", ["1:1: a key must be text, not a number"]),
        (b"true: a\n", ["1:1: a key must be text, not true or false"]),
        (b"null: a\n", ["1:1: a key must be text, not nothing"]),
        (b"? [a]\n: b\n", ["1:3: a key must be text, not a list or a mapping"]),
        (b"a: {{ name }}\n", ["1:5: a key must be text, not a list or a mapping"]),
        (b"a: 1\n---\nb: 2\n", ["2:1: a second document begins here"]),
        (b"%YAML 1.1\n---\na: 1\n", ["1:1: a `%` directive is not read here"]),
        (b"a:\n\tb: 1\n", ["2:1: this is not YAML: a tab indents this line"]),
        (b"a: @x\n", ["1:4: this is not YAML: a text cannot begin with `@`"]),
        (b"a: b: c\n", ["1:5: this is not YAML: mapping values are not allowed in this context"]),
        (b"a: 'x\n", ["2:1: this is not YAML: found unexpected end of stream"]),
        (b"a: \xe9t\xe9\n", ["1:4: the byte 0xe9 is not UTF-8"]),
        (b"\xef\xbb\xbfa: 1\n", ["1:1: a byte order mark (U+FEFF) must not stand here"]),
        ("a: é\nb: x\x85y\n".encode(), ["2:5: a NEL line break (U+0085) must not stand here"]),
        (b'a: "\\e[31m"\n', ["1:4: a control character (U+001B) must not stand here"]),
        (b'a: "\\u202E"\n', ["1:4: a control character (U+202E) must not stand here"]),
        (b"a: x\x07\nb: \x00\n", ["1:5: a control character (U+0007) must", "2:4: a NUL"]),
        (b"a: 1\rb: 2\r", ["1:5: a carriage return without a line feed (U+000D)"]),
        (b"[" * 100_000, ["1:33: more than 32 levels inside one another"]),
        (b"- " * 100_000, ["1:65: more than 32 levels inside one another"]),
        (b"{" * 100_000, ["1:2: a key must be text, not a list or a mapping"]),
        (b"a: [" + b"1," * 60_000 + b"]", ["1:99999: more than 50000 keys and values"]),
        (b"a" * (BYTES_LIMIT + 1), ["1:1: the file has 1048577 bytes; at most 1048576 are read"]),
    ],
)
def test_faults_say_what_and_where(data: bytes, said: list[str]) -> None:
    told = messages(data)
    for place, expected in zip(told, said, strict=False):
        assert place.startswith(expected)
    assert len(told) >= len(said)
    with pytest.raises(ValueError, match=r"."):
        read_value(data)


def test_a_conflict_is_told_as_one() -> None:
    data = b"log:\n<<<<<<< HEAD\n- a: 1\n=======\n- b: 2\n>>>>>>> other\n"
    (fault,) = read_document(data, "case.yaml")  # type: ignore[misc]
    assert str(fault) == (
        "case.yaml:2:1: git left a conflict here: two changes of the same lines\n"
        "    keep both sides, in a log the entry first that was recorded first, and remove git's "
        "marks; of a proposal `doleances rebase` does it"
    )
    # Words that only look like it are words.
    quoted = "|-\n  <<<<<<< HEAD\n  >>>>>>> other\n"
    assert isinstance(read_document(f"text: {quoted}".encode(), "case.yaml"), Document)


def test_all_faults_are_told_in_the_order_of_the_file() -> None:
    told = messages(b"a: &x 1\nb: *x\na: \x00\nc: !t [1]\n? {}\n: d\n2: [\n")
    assert [place.split(":")[0] for place in told] == ["1", "2", "3", "3", "4", "5", "7", "8"]


def test_a_document_knows_the_place_of_every_value_and_key() -> None:
    document = read_document("é: {b: [1, x]}\nc:\nd:\n- e: f\n".encode(), "f.yaml")
    assert isinstance(document, Document)
    assert document.positions[("é", "b", 1)] == Position(1, 12)
    assert document.positions[("c",)] == Position(2, 1), "nothing stands where its key does"
    assert document.keys[("d", 0, "e")] == Position(4, 3)
    assert document.fault(("d", 0, "g", 3), "r", "m").line == 4
    assert document.key_fault(("é", "b"), "r", "m").column == 5
    assert document.line(("d", 0, "e")) == 4


FRAGMENTS = (
    *(f"{sign} " for sign in "-?:,[]{}#|>&*!%@`'\""),
    *"-?:,[]{}#|>&*!%'\"\\\n\r\t \x85\u2028\ufeffé1.+~",
    *("|- ", ">2 ", "\n", "\n  ", "\n- ", "\r\n", "---\n", "...\n", "\\x41", "\\u0085", "a: ", "b"),
    *("{a: b}", "''", "<<", "&a ", "*a", "!!str ", "!t", "0.5", "18", '"k":', "!!", "1,5"),
    *TEXT_SCALARS,
    *VALUES,
)
SEEDS = (
    "a: 1\nb: [x, 'y', {c: d}]\nc:\n  - d: e\n    f: |\n      text\n      more\n  - null\n",
    "- [a, 1.5]\n- {k: v, 'q': \"w\"}\n- >-\n  folded\n  text\n",
    "text: |-\n  Bonjour !! & * 1.\n\n  - fin\nn: -3\n? k\n: v\n",
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 3])))
        text = text[:start] + draw(st.sampled_from(FRAGMENTS)) + text[end:]
    return text


def check_agreement(data: bytes) -> bool:
    try:
        fast = read_value(data)
    except ValueError:
        return False
    assert typed(fast) == typed(reading(data))
    return True


@given(mutated())
@settings(max_examples=600, deadline=None)
def test_whatever_the_fast_reader_returns_the_careful_one_returns(text: str) -> None:
    check_agreement(text.encode())


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
@settings(max_examples=600, deadline=None)
def test_readers_agree_on_fragments(text: str) -> None:
    check_agreement(text.encode())


@given(st.binary(max_size=40))
def test_readers_agree_on_any_bytes(data: bytes) -> None:
    check_agreement(data)


VALUES_OF_CASES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(max_size=30)
    | st.sampled_from(TEXT_SCALARS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner)
    ),
    max_leaves=12,
)


@given(
    VALUES_OF_CASES, st.sampled_from([None, True, False]), st.sampled_from([None, "'", '"', "|"])
)
@settings(deadline=None)
def test_readers_agree_on_documents_of_any_shape(
    value: object, flow: bool | None, style: str | None
) -> None:
    written = yaml.safe_dump(
        value, default_flow_style=flow, default_style=style, allow_unicode=True, width=40
    )
    check_agreement(written.encode())
