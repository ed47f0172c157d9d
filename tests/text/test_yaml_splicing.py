"""Splices: what is meant changes, every other byte stays."""

from collections.abc import Callable

import pytest

from runner.text.strict_yaml import Document, read_document
from runner.text.yaml_splicing import YamlSplice

Change = Callable[[YamlSplice], None]


def spliced(text: str, *changes: Change) -> str:
    splice = YamlSplice(text, blocks=frozenset({"log"}))
    for change in changes:
        change(splice)
    made = splice.text()
    assert isinstance(read_document(made.encode(), "f.yaml"), Document)
    return made


def put(path: str, value: object, *after: str) -> Change:
    return lambda splice: splice.put(tuple(path.split(".")), value, after)


def append(name: str, *values: object) -> Change:
    return lambda splice: splice.append((name,), values)


CASES: list[tuple[str, str, Change, str]] = [
    ("a remark stays", "state: open # so\nb: 1\n", put("state", "closed"),
     "state: closed # so\nb: 1\n"),
    ("quotes go with their value", "state:   'open'   # so\n", put("state", "a: b"),
     'state:   "a: b"   # so\n'),
    ("nothing becomes something", "owner: # nobody\nb: 1\n", put("owner", "ines"),
     "owner: ines # nobody\nb: 1\n"),
    ("a block text is replaced whole", "owner: |-\n  ines\n\nb: 1\n", put("owner", "sam"),
     "owner: sam\nb: 1\n"),
    ("a new key stands behind its neighbour", "id: x\n# two\nlog: []\n", put("state", "open", "id"),
     "id: x\nstate: open\n# two\nlog: []\n"),
    ("a new key without neighbour stands last", "id: x\nlog: |-\n  a\n", put("state", "open"),
     "id: x\nlog: |-\n  a\nstate: open\n"),
    ("a value between braces", "c: {handle: 'A, b', known: no}\n", put("c.known", "yes"),
     "c: {handle: 'A, b', known: \"yes\"}\n"),
    ("a key between braces", "c: {handle: a } # x\n", put("c.known", "no"),
     'c: {handle: a, known: "no" } # x\n'),
    ("a key between empty braces", "c: {}\n", put("c.known", "x"), "c: {known: x}\n"),
    ("a key in an inner block", "c:\n    handle: a\nd: 1\n", put("c.known", "x"),
     "c:\n    handle: a\n    known: x\nd: 1\n"),
    ("a whole file between braces", '{"id": "x",\n "log": [1]}\n', append("log", {"a": "b, c"}),
     '{"id": "x",\n "log": [1, {a: "b, c"}]}\n'),
    ("an item below its like", "log:\n- a: 1\n  b: 2 # z\n# end\nc: 3\n", append("log", {"a": 2}),
     "log:\n- a: 1\n  b: 2 # z\n- a: 2\n# end\nc: 3\n"),
    ("a remark indented like the item stays with it", "log:\n- a: 1\n  # on a\nc: 3\n",
     append("log", {"a": 2}), "log:\n- a: 1\n  # on a\n- a: 2\nc: 3\n"),
    ("an item indented as its like", "log:\n    - a: 1\n", append("log", {"a": 2, "b": "x\ny"}),
     "log:\n    - a: 1\n    - a: 2\n      b: |-\n        x\n        y\n"),
    ("no line end at the end", "log:\n- a: 1", append("log", {"a": 2}), "log:\n- a: 1\n- a: 2"),
    ("line ends of another system", "log:\r\n- a: |-\r\n    x\r\n", append("log", {"a": 2}),
     "log:\r\n- a: |-\r\n    x\r\n- a: 2\r\n"),
    ("a list that was empty", "offered: [] # none\nb: 1\n", append("offered", "a lamp", "b"),
     "offered: # none\n- a lamp\n- b\nb: 1\n"),
    ("a list that was nothing", "offered:\nb: 1\n", append("offered", "a lamp"),
     "offered:\n- a lamp\nb: 1\n"),
    ("a list that was not there", "b: 1\n", append("offered", "a lamp"),
     "b: 1\noffered:\n- a lamp\n"),
    ("a list on one line", "offered: [a, b, ] # x\n", append("offered", "c"),
     "offered: [a, b, c, ] # x\n"),
    ("after characters of every width", "a: 'é😀' # 😀\nlog:\n- 😀é\n", append("log", "x"),
     "a: 'é😀' # 😀\nlog:\n- 😀é\n- x\n"),
    ("before the end mark", "log:\n- a: 1\n...\n", append("log", {"a": 2}),
     "log:\n- a: 1\n- a: 2\n...\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "change", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_change_stays_in_its_place(before: str, change: Change, after: str) -> None:
    assert spliced(before, change) == after


def test_changes_are_made_together() -> None:
    made = spliced(
        "state: open\nlog:\n- a: 1\n",
        put("state", "closed"),
        put("cycle", 2, "state"),
        append("log", {"a": 2}),
    )
    assert made == "state: closed\ncycle: 2\nlog:\n- a: 1\n- a: 2\n"


def test_a_block_with_lines_of_its_own_is_not_replaced() -> None:
    with pytest.raises(ValueError, match="lines of its own"):
        spliced("c:\n  a: 1\n", put("c", None))
