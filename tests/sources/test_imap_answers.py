"""What an IMAP server says, as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.sources.imap_answers import (
    DEPTH_LIMIT,
    FetchedMail,
    OddAnswer,
    TextSection,
    encode_folder,
    parse_fetch,
    parse_values,
    text_sections,
)


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ((b"* 1 X",), (b"*", b"1", b"X")),
        ((b'"a \\"b\\\\" NIL "NIL"',), (b'a "b\\', None, b"NIL")),
        ((b"(a (b ()) c)",), ((b"a", (b"b", ()), b"c"),)),
        ((b"(a ", b"x) (", b" b)\r\n"), ((b"a", b"x) (", b"b"),)),
        ((b"BODY[1.2]<0> FLAGS (\\Seen)",), (b"BODY[1.2]<0>", b"FLAGS", (b"\\Seen",))),
    ],
)
def test_values(answer: tuple[bytes, ...], values: tuple[object, ...]) -> None:
    assert parse_values(answer) == values


@pytest.mark.parametrize(
    "answer",
    [b"(a", b"a)", b'"a', b"(" * (DEPTH_LIMIT + 2) + b")" * (DEPTH_LIMIT + 2), b"a " * 30_000],
)
def test_what_makes_no_sense(answer: bytes) -> None:
    with pytest.raises(OddAnswer):
        parse_values((answer,))


def test_a_fetched_mail() -> None:
    answer = (b"* 3 FETCH (uid 7 BODYSTRUCTURE NIL BODY[HEADER]<0> ", b"A: b\r\n", b" X (1))\r\n")
    assert parse_fetch(answer) == FetchedMail(7, None, {"HEADER": b"A: b\r\n"})
    assert parse_fetch((b"* 3 FETCH (FLAGS (\\Seen))",)) is None


_SINGLE = b'("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 120 4)'
_ATTACHED = b'("text" "plain" NIL NIL NIL "7bit" 9 1 NIL ("attachment" ("filename" "a")) NIL)'
_PICTURE = b'("image" "png" NIL NIL NIL "base64" 90000000)'
_INSIDE = (
    b'("message" "rfc822" NIL NIL NIL "7bit" 500 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) %s 9)'
)


@pytest.mark.parametrize(
    ("structure", "sections"),
    [
        (_SINGLE, [("1", "text/html", "utf-8", "quoted-printable", False)]),
        (b"(%s%s%s)" % (_PICTURE, _ATTACHED, _SINGLE), [("3", "text/html")]),
        (
            b'((%s%s "alternative")%s "mixed")' % (_SINGLE, _SINGLE, _PICTURE),
            [("1.1", "text/html"), ("1.2", "text/html")],
        ),
        (
            b'(%s%s "mixed")' % (_INSIDE % (b'(%s%s "x")' % (_PICTURE, _SINGLE)), _SINGLE),
            [("2", "text/html"), ("1.2", "text/html")],
        ),
        (b'(%s "mixed")' % (_INSIDE % _SINGLE), [("1.1", "text/html")]),
        (_INSIDE % _SINGLE, [("1.1", "text/html")]),
        (_PICTURE, []),
        (b"()", []),
    ],
)
def test_where_the_texts_of_a_mail_stand(
    structure: bytes, sections: list[tuple[object, ...]]
) -> None:
    found = text_sections(parse_values((structure,))[0])
    for part, said in zip(found, sections, strict=True):
        values = (part.section, part.media_type, part.charset, part.encoding)
        assert (*values, part.is_inside)[: len(said)] == said


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", b'"INBOX"'),
        ("Boîte/Reçus & co", b'"Bo&AO4-te/Re&AOc-us &- co"'),
        ('a"b\\c', b'"a\\"b\\\\c"'),
        ("台北", b'"&U,BTFw-"'),
    ],
)
def test_names_of_folders(name: str, written: bytes) -> None:
    assert encode_folder(name) == written


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_answer_is_too_odd(first: bytes, second: bytes) -> None:
    try:
        found = parse_fetch((b"* 1 FETCH (UID 1 BODYSTRUCTURE (" + first, second, b"))"))
    except OddAnswer:
        return
    if found is not None:
        assert all(isinstance(part, TextSection) for part in text_sections(found.structure))


@given(st.lists(st.sampled_from([b"(", b")", b'"text" ', b'"plain" ', b"NIL ", b"7 ",
                                 b'"message" ', b'"rfc822" '])).map(b"".join))  # fmt: skip
def test_no_structure_is_too_odd(structure: bytes) -> None:
    try:
        values = parse_values((structure,))
    except OddAnswer:
        return
    for value in values:
        text_sections(value)
