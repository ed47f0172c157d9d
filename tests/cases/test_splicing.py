"""Case files that people edited: what is added stands there, every other line as it was."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.cases.case import Asked, Entry, Place
from runner.cases.checks import check_case
from runner.cases.file import case_data, parse_case
from runner.cases.splicing import Amendment, splice_case, told_fields
from runner.model import State
from runner.schemas import check_document
from runner.text.strict_yaml import Document, read_document, read_value

ROOT = Path(__file__).parents[2]
LONG_LIFE = (Path(__file__).parent / "data/long-life.yaml").read_bytes()
FILE = "cases/2026/11/21/c-7f3k2m9x4q5t.yaml"
AT = datetime(2026, 12, 21, 8, 3, 12, tzinfo=UTC)
NOTE = Entry("noted", AT, AT, "ines", None, facts={"note": "Lu : rien de neuf."})
PLACE = Place(
    id="p9",
    key="c-0a1b2c3d4e5f",
    source="forum-bricolage",
    site="forum.example.org",
    url="https://forum.example.org/t/9#p1",
    native_id="9",
    author="Camille_R",
    posted_at=None,
    detected_at=AT,
    title="",
    text="Encore moi.\n\nToujours rien.",
)


def read(data: bytes, file: str = FILE) -> Document:
    document = read_document(data, file)
    assert isinstance(document, Document), document
    return document


def splice(data: bytes, amendment: Amendment, file: str = FILE) -> bytes:
    return splice_case(read(data, file), data, amendment)


def of_file(path: Path) -> tuple[bytes, str]:
    return path.read_bytes(), path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "cases").glob("*/*/*/*.yaml")), ids=lambda p: p.stem
)
def test_a_note_is_all_that_changes_in_the_shipped_cases(path: Path) -> None:
    data, file = of_file(path)
    spliced = splice(data, Amendment((NOTE,)), file)
    lines = spliced.decode().splitlines()
    assert lines[: len(data.decode().splitlines())] == data.decode().splitlines()
    assert lines[len(data.decode().splitlines()) :] == [
        "- entry: noted",
        "  at: 2026-12-21T08:03:12Z",
        "  recorded_at: 2026-12-21T08:03:12Z",
        "  by: ines",
        '  note: "Lu : rien de neuf."',
    ]
    document = read(spliced, file)
    assert not check_document("case", document)
    assert not check_case(document)


def test_fields_on_top_follow_from_the_entries() -> None:
    case: Any = read_value(LONG_LIFE)
    entries = (
        Entry("reopened", AT, AT, "malo", State.OPEN, facts={"cycle": 7, "reason": "revenue"}),
        Entry(
            "qualified", AT, AT, "malo", None,
            facts={"set": {"owner": "malo", "known": "no"}, "was": {"owner": "x", "known": "y"}},
        ),
        Entry("crisis-raised", AT, AT, "malo", None, facts={"crisis": "suicide"}),
    )  # fmt: skip
    assert told_fields(case, entries) == {
        "state": "open",
        "cycle": 7,
        "owner": "malo",
        "known": "no",
        "crisis": "suicide",
    }


def test_a_place_wishes_and_offers_join_the_case() -> None:
    added = Entry("place-added", AT, AT, "malo", None, facts={"places": ["p9"]})
    amendment = Amendment(
        (added,), (PLACE,), (Asked("une lampe qui marche", "p1"),), ("un bon d'achat",)
    )
    case = parse_case(read(splice(LONG_LIFE, amendment)).value, FILE)
    assert case.places[-1] == PLACE
    assert case.asked[-1] == Asked("une lampe qui marche", "p1")
    assert case.offered[-1] == "un bon d'achat"
    assert case.log[-1] == added


def test_what_cannot_be_followed_is_refused_and_never_written_wrong() -> None:
    text = LONG_LIFE.decode()
    start = text.index("customer:")
    end = text.index("\n", start)
    odd = f"{text[:start]}customer: {{known, handle: A}}{text[end:]}".encode()
    entry = Entry("qualified", AT, AT, "malo", None, facts={"set": {"known": "no"}, "was": {}})
    with pytest.raises(ValueError, match="cannot be changed in place"):
        splice(odd, Amendment((entry,)))


# Files as people leave them: every way to write the same value.
_REMARKS = st.sampled_from(["", "  # remarque: à voir, {é} 😀", " #"])
_BREAKS = st.sampled_from(["\n", "\r\n"])


def _written(value: Any, draw: Any, column: int, key: str = "") -> str:
    """Return a value in block or flow style, as drawn, with remarks after some lines."""
    remark, pad = draw(_REMARKS), " " * column
    if not isinstance(value, dict | list) or not value or not draw(st.integers(0, 4)):
        return f" {json.dumps(value, ensure_ascii=False)}{remark}\n"
    before = f"{remark}\n" + (f"{pad}# {key}\n" if draw(st.booleans()) else "")
    if isinstance(value, dict):
        step = draw(st.integers(1, 4))
        inner = " " * (column + step)
        return before + "".join(
            f"{inner}{name}:{_written(child, draw, column + step, name)}"
            for name, child in value.items()
        )
    step = draw(st.integers(0, 3))
    inner = " " * (column + step)
    return before + "".join(
        f"{inner}- {json.dumps(child, ensure_ascii=False)}{draw(_REMARKS)}\n" for child in value
    )


@st.composite
def hand_edited(draw: Any) -> bytes:
    case: Any = read_value(LONG_LIFE)
    lines = "".join(f"{name}:{_written(value, draw, 0, name)}" for name, value in case.items())
    text = "# le dossier\n" + lines
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    return text.replace("\n", draw(_BREAKS)).encode()


_TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\ufeff"),
    min_size=1,
    max_size=40,
).filter(lambda text: not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" or
                              c in "\ufffe\uffff" for c in text))  # fmt: skip


@st.composite
def amendments(draw: Any) -> Amendment:
    kinds = draw(st.lists(st.sampled_from(["noted", "resolved", "qualified", "crisis-raised"])))
    entries: list[Entry] = []
    for nth, kind in enumerate(kinds):
        at = AT + timedelta(minutes=nth)
        facts: dict[str, object] = {"note": draw(_TEXT)}
        to = None
        if kind == "resolved":
            to, facts = State.RESOLVED, {"outcome": "partial", "amount": draw(st.integers(0, 99))}
        elif kind == "qualified":
            owner = draw(st.sampled_from(["sam", "malo"]))
            facts = {"set": {"owner": owner, "known": "no"}, "was": {"owner": "x", "known": "yes"}}
        elif kind == "crisis-raised":
            facts = {"crisis": "death-threat"}
        entries.append(Entry(kind, at, at, "ines", to, (), facts))
    return Amendment(
        tuple(entries),
        (PLACE,) if draw(st.booleans()) else (),
        tuple(Asked(what) for what in draw(st.lists(_TEXT, max_size=2))),
        tuple(draw(st.lists(_TEXT, max_size=2))),
        {"incident": "lamps"} if draw(st.booleans()) else {},
    )


@given(hand_edited(), amendments())
def test_the_file_says_the_same_and_the_amendment(data: bytes, amendment: Amendment) -> None:
    before = parse_case(read(data).value, FILE)
    spliced = splice(data, amendment)
    after: Any = case_data(parse_case(read(spliced).value, FILE))
    was: Any = case_data(before)
    assert after["log"][: len(was["log"])] == was["log"]
    assert len(after["log"]) == len(was["log"]) + len(amendment.entries)
    assert after["places"][: len(was["places"])] == was["places"]
    assert [wish["what"] for wish in after["asked"]] == [
        *(wish["what"] for wish in was["asked"]),
        *(wish.what for wish in amendment.asked),
    ]
    changed = told_fields(read(data).value, amendment.entries) | dict(amendment.fields)  # type: ignore[arg-type]
    told = {"known": after["customer"]["known"], **after}
    assert all(told[name] == value for name, value in changed.items())
    assert {n: v for n, v in after.items() if n not in {*changed, *_LISTS, "customer"}} == {
        n: v for n, v in was.items() if n not in {*changed, *_LISTS, "customer"}
    }
    touched = len(changed) + 4
    assert _lines_lost(data.splitlines(), spliced.splitlines()) <= touched


_LISTS = {"asked", "offered", "places", "log"}


def _lines_lost(before: Sequence[bytes], after: Sequence[bytes]) -> int:
    """Return how many lines of `before` do not stand in `after`, in their order."""
    lost = at = 0
    for line in before:
        try:
            at = after.index(line, at) + 1
        except ValueError:
            lost += 1
    return lost
