"""What a grown file says is what a reader of all of it would say."""

from hypothesis import given
from hypothesis import strategies as st

from runner.cases.grown import read_grown
from runner.text.strict_yaml import read_value

CASE = b"""\
# a case
schema: 1
state: open
cycle: 1
owner: ines
customer: {handle: Lou, known: unknown}
places:
- id: p1
  text: |-
    First.
    state: closed
log:
- entry: detected
  note: "one"
"""
REPLY = b"- entry: replied\n  to: acknowledged\n  note: |-\n    Bonjour,\n\n    - merci\n"


def grown(after: bytes, before: bytes = CASE) -> object | None:
    return read_grown(before, read_value(before), after)


def test_an_entry_and_another_state_are_read_from_what_was_added() -> None:
    after = CASE.replace(b"state: open", b"state: acknowledged") + REPLY
    assert grown(after) == read_value(after)


def test_the_earlier_value_stays_as_it_was() -> None:
    value = read_value(CASE)
    read_grown(CASE, value, CASE + REPLY)
    assert value == read_value(CASE)


def test_what_changed_elsewhere_is_read_in_full() -> None:
    for was, now in (
        (b"First.", b"Second."),
        (b"known: unknown", b"known: yes"),
        (b'note: "one"', b'note: "two"'),
        (b"owner: ines", b"owner: ines\n  malo"),
        (b"owner: ines\n", b""),
        (b"state: open", b'state: "open"'),
        (b"log:", b'"log":'),
    ):
        assert grown(CASE.replace(was, now) + REPLY) is None, was


def test_an_entry_that_is_none_is_read_in_full() -> None:
    for added in (b"  more: 1\n", b"survey: {}\n", b" - entry: noted\n", b"- entry: [\n", b"\tx\n"):
        assert grown(CASE + added) is None, added


def test_nothing_follows_the_end_of_a_document() -> None:
    before = CASE + b"...\n"
    assert grown(before + REPLY, before) is None


def test_a_line_within_a_quoted_text_is_not_taken_for_a_field() -> None:
    before = b"""\
schema: 1
"state": open
note: "a text
state: open
that goes on"
log:
- entry: detected
"""
    try:
        value = read_value(before)
    except ValueError:
        value = {"schema": 1, "state": "open", "note": "", "log": [{"entry": "detected"}]}
    assert read_grown(before, value, before.replace(b"\nstate: open", b"\nstate: closed")) is None


PIECES = st.sampled_from(
    [
        *(line + b"\n" for line in CASE.splitlines()), REPLY,
        b'"', b"'", b"- ", b"  ", b"\n", b"log:\n", b"|\n", b">\n", b"[", b"]", b"{", b"}", b"#",
        b"state: closed\n", b"state: open # x\n", b"---\n", b"...\n", b": ", b"&a ", b"*a ",
        b"!!x ", b'"log":\n', b"? ", b"state:\n", b"  closed\n",
    ]
)  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, len(CASE)), PIECES), max_size=3),
    st.lists(PIECES, max_size=4),
    st.lists(st.tuples(st.integers(0, 200), PIECES), max_size=2),
)
def test_whatever_is_read_so_is_what_the_whole_says(
    damage: list[tuple[int, bytes]], added: list[bytes], changed: list[tuple[int, bytes]]
) -> None:
    before = CASE
    for place, piece in damage:
        before = before[:place] + piece + before[place:]
    try:
        value = read_value(before)
    except ValueError:
        return
    after = before + b"".join(added)
    for place, piece in changed:
        after = after[:place] + piece + after[place:]
    found = read_grown(before, value, after)
    assert found is None or found == read_value(after)
