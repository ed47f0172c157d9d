"""What is read field by field is what a reader of the whole says, or nothing is."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.fields import CaseFields, read_fields
from runner.repo.audit_cases import parse_case_document
from runner.schemas import schema_of

CASE = b"""\
# yaml-language-server: $schema=../../../../runner/schemas/case.schema.json
schema: 1
id: c-d6rn7he0r67d
state: open
cycle: 1
brand: lumen
language: fr
category: complaint
urgency: normal
topic: "la \xc2\xab cafeti\xc3\xa8re \xc2\xbb"
owner: ines
customer: {handle: Lou, known: unknown}
why:
  category: {rule: low-stars, file: policies/triage.yaml, line: 31}
asked: []
places:
- id: p1
  key: c-d6rn7he0r67d
  source: avis-conso
  site: avis.example.org
  url: https://avis.example.org/1
  detected_at: 2026-11-19T08:03:12Z
  text: |-
    First.
    state: closed
    - entry: detected
log:
- entry: detected
  at: 2026-11-19T08:03:12Z
  recorded_at: 2026-11-19T08:03:12Z
  by: runner
  to: open
  place: p1
"""
HEAD = CASE.splitlines(keepends=True)[0]
NOTE = b"""\
- entry: noted
  at: 2026-11-19T09:00:00Z
  recorded_at: 2026-11-19T09:00:00Z
  by: ines
  note: |-
    Bonjour,

    - merci
"""


def whole(data: bytes) -> object | None:
    document = parse_case_document(data, "case.yaml")
    return document.value if document is not None else None


def read(data: bytes) -> CaseFields:
    found = read_fields(data)
    assert found is not None
    assert found.value == whole(data)
    return found


def check(data: bytes, before: CaseFields | None) -> None:
    """Make sure that, if it is read so, it is read right: types and order too."""
    found = read_fields(data, before)
    assert found is None or repr(found.value) == repr(whole(data))


def test_an_entry_and_another_state_are_all_that_is_read_of_a_version() -> None:
    before = read(CASE)
    after = read_fields(CASE.replace(b"state: open\n", b"state: closed\n", 1) + NOTE, before)
    assert after is not None
    assert after.value == whole(CASE.replace(b"state: open\n", b"state: closed\n", 1) + NOTE)
    for name in ("customer", "why", "places"):
        assert after.value[name] is before.value[name]
    assert after.value["log"][0] is before.value["log"][0]
    assert (before.value["state"], len(before.value["log"])) == ("open", 1)


def test_what_many_cases_say_alike_is_read_once() -> None:
    other = read(CASE.replace(b"c-d6rn7he0r67d", b"c-d6rn7he0r670"))
    assert other.value["why"] is read(CASE).value["why"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"First.", b"Second."),
        (b"  text: |-\n    First.\n    state: closed\n    - entry: detected\n", b""),
        (b"owner: ines\n", b""),
        (b"state: open\n", b"state: open # merged\n"),
        (b"asked: []\n", b"asked:\n- what: a lamp\n\n# more\n"),
        (b"log:\n", b"log:   # entries\n"),
        (b"log:\n", b"log :\n"),
        (b"\nlog:\n", b"\noffered: [a lamp]\nlog:\n"),
        (b"\n", b"\r\n"),
    ],
    ids=[
        "text",
        "no-text",
        "no-owner",
        "comment",
        "list",
        "log",
        "spaced-log",
        "one-more",
        "lines",
    ],
)
def test_what_people_write_otherwise_is_read_so_too(was: bytes, now: bytes) -> None:
    data = CASE.replace(was, now)
    assert read_fields(data, read(CASE)) == read(data)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"owner: ines", b"owner: ines\nmalo"),
        (b"owner: ines", b"owner: 'ines\nmalo: x'"),
        (b"asked: []", b"asked: [\n]"),
        (b"offered: [\nplaces: 1]\nplaces:", b"places:"),
        (b"state: open\n", b"state: open\nstate: open\n"),
        (b"state: open\n", b"state: open\n---\n"),
        (b"state: open\n", b"state: open\n...\n"),
        (b"state: open\n", b"state: &a open\n"),
        (b"owner: ines", b"owner: null\nnull: x"),
        (b"schema: 1", b"%YAML 1.1\n---\nschema: 1"),
        (b"owner: ines", b"owner: in\tes"),
        (b"owner: ines", b"owner: ines\xe2\x80\xa8brand: x"),
        (b"# yaml", b"# yaml\xc2\x85schema: 2 #"),
        (b"language: fr", b'"language": fr'),
        (HEAD + b"schema: 1", b" schema: 1"),
        (HEAD + b"schema: 1", b"{schema: 1}"),
        (HEAD + b"schema: 1", b"--- {schema: 1}"),
        (HEAD, b"\n"),
        (HEAD + b"schema: 1", HEAD + b" schema: 1"),
        (HEAD + b"schema: 1", HEAD + b"{schema: 1}"),
        (b"why:\n", b"? why\n:\n"),
        (b"state: open\n", b"state: nowhere\n"),
        (b"id: c-d6rn7he0r67d\n", b""),
        (b"  by: runner\n", b""),
        (b"  place: p1\n", b"  place: p1"),
    ],
    ids=[
        "not-a-key", "quoted", "bracket", "in-bracket", "twice", "document", "end", "anchor",
        "null-key", "directive", "tab", "separator", "next-line", "quoted-key", "indented",
        "in-braces", "marked", "empty-line", "indented-below", "in-braces-below", "question",
        "schema", "required", "entry", "no-line-feed",
    ],
)  # fmt: skip
def test_what_is_not_plainly_fields_is_read_at_once(was: bytes, now: bytes) -> None:
    data = CASE.replace(was, now, 1)
    check(data, None)
    check(data, read(CASE))
    check(data + NOTE, read(CASE))


def test_the_schema_binds_no_field_to_another() -> None:
    assert schema_of("case").keys() == {
        "$schema", "$id", "title", "description", "type", "required", "properties",
        "additionalProperties", "$defs",
    }  # fmt: skip
    assert schema_of("case")["additionalProperties"] is False


def test_the_schema_lets_nothing_be_as_deep_as_it_likes() -> None:
    schema = schema_of("case")
    entry = schema["$defs"]["entry"]
    closed = {
        one["if"]["properties"]["entry"]["const"]
        for one in entry["allOf"]
        if one["then"].get("additionalProperties") is False
    }
    assert closed == set(entry["properties"]["entry"]["enum"])
    left = [*schema["properties"].values(), *schema["$defs"].values()]
    while left:
        one = left.pop()
        assert one.keys() & {"$ref", "type", "enum", "const", "not"}, one
        if "object" in one.get("type", ()) and one is not entry:
            assert one.get("additionalProperties") is not None, one
        left += [each for each in one.get("properties", {}).values() if each is not True]
        left += [one[name] for name in ("items", "additionalProperties") if one.get(name)]


LINES = CASE.splitlines(keepends=True)
PIECES = st.sampled_from(
    [
        *LINES, NOTE, *NOTE.splitlines(keepends=True),
        b'"', b"'", b"- ", b"  ", b"\n", b"\n\n", b"|\n", b"|+\n", b">1\n", b"[", b"]", b"{", b"}",
        b"#", b"# x\n", b"---\n", b"...\n", b": ", b":", b"&a ", b"*a ", b"!!x ", b"? ", b"%",
        b"\t", b"\r\n", b"\r", b"\x00", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xff",
        b"\\x41", b"state: closed\n", b"state:\n", b"  closed\n", b'"log":\n', b"null: 1\n",
        b" schema: 1\n", b"{schema: 1}\n", b"- - a\n", b" - entry: noted\n", b"text: |2\n",
        b"0", b"1.0", b"true", b"~",
    ]
)  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, len(CASE)), PIECES), max_size=2),
    st.lists(PIECES, max_size=4),
    st.lists(st.tuples(st.integers(0, len(CASE)), PIECES), max_size=2),
    st.booleans(),
)
def test_whatever_is_read_so_is_what_the_whole_says(
    damage: list[tuple[int, bytes]],
    added: list[bytes],
    changed: list[tuple[int, bytes]],
    lines: bool,
) -> None:
    before = spliced(CASE, damage, lines)
    after = spliced(before + b"".join(added), changed, lines)
    check(before, None)
    known = read_fields(before)
    check(after, known)
    check(after + NOTE, read_fields(after, known))


def spliced(data: bytes, pieces: list[tuple[int, bytes]], lines: bool) -> bytes:
    """Put pieces in, between lines or anywhere."""
    for place, piece in pieces:
        at = data.rfind(b"\n", 0, place) + 1 if lines else place
        data = data[:at] + piece + data[at:]
    return data


def test_cases_with_damaged_bytes_are_read_right() -> None:
    chance = random.Random(8)  # noqa: S311 - repeatable, no secret
    known = read(CASE)
    data = CASE + NOTE
    for _ in range(3_000):
        at, length = chance.randrange(len(data)), chance.randrange(3)
        check(data[:at] + chance.randbytes(1) + data[at + length :], known)
        start, end = sorted(chance.sample(range(len(data)), 2))
        check(data[:start] + data[end:], known)
        check(data[:end] + data[start:], known)
