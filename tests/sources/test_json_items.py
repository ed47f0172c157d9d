"""What JSON says, by the recipe of a source."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback_site import NOW

from runner.model import Rating
from runner.policies.recipes import Recipe, build_recipe
from runner.sources.adapter import ITEM_LIMIT
from runner.sources.json_document import BODY_LIMIT, parse_json
from runner.sources.json_items import Listed, list_items, parse_date
from runner.sources.problems import Problem, Trouble

PARIS = ZoneInfo("Europe/Paris")
URL = "https://api.example.org/v1/reviews"


def recipe(**settings: Any) -> Recipe:
    return build_recipe({"url": URL, "map": {"text": "text"}, **settings})


def listed(document: object, made: Recipe) -> Listed:
    found = list_items(document, made, URL, NOW, PARIS)
    assert isinstance(found, Listed), found
    return found


def trouble(document: object, made: Recipe) -> Trouble:
    found = list_items(document, made, URL, NOW, PARIS)
    assert isinstance(found, Problem), found
    return found.trouble


class TestItems:
    @pytest.mark.parametrize(
        ("document", "items"),
        [
            ([{"text": "a"}, {"text": "b"}], "@"),
            ({"data": {"rows": [{"text": "a"}, {"text": "b"}]}}, "data.rows"),
            ({"old": [{"text": "a"}], "new": [{"text": "b"}]}, "[old, new][]"),
            ({"a": {"text": "a"}, "b": {"text": "b"}}, "values(@)"),
        ],
    )
    def test_a_list_is_found_wherever_it_stands(self, document: object, items: str) -> None:
        assert [i.text for i in listed(document, recipe(items=items)).items] == ["a", "b"]

    def test_an_object_instead_of_a_list_is_a_list_of_one(self) -> None:
        found = listed({"feed": {"entry": {"text": "a"}}}, recipe(items="feed.entry"))
        assert [item.text for item in found.items] == ["a"]

    def test_an_empty_list_is_empty(self) -> None:
        assert listed({"rows": []}, recipe(items="rows")).entries == 0

    @pytest.mark.parametrize("document", [{}, {"rows": None}, {"rows": "none"}, [], None, 3])
    def test_no_list_is_another_shape(self, document: object) -> None:
        assert trouble(document, recipe(items="rows")) is Trouble.NO_LIST

    def test_a_list_in_which_nothing_is_found_is_of_another_shape(self) -> None:
        assert trouble([{"body": "a"}], recipe()) is Trouble.NOTHING_MAPPED

    def test_where_lists_and_texts_are_is_told_to_whoever_looks_elsewhere(self) -> None:
        document = {"ok": True, "result": {"docs": [{"im:body": "a", "who": {"nick": "b"}}]}}
        said = list_items(document, recipe(items="result.doc"), URL, NOW, PARIS)
        assert said == Problem(Trouble.NO_LIST, URL, "result.doc", "result.docs")
        said = list_items(document, recipe(items="result.docs"), URL, NOW, PARIS)
        assert said == Problem(Trouble.NOTHING_MAPPED, URL, "text", '"im:body", who.nick')

    def test_a_list_without_any_id_where_there_should_be_one_is_of_another_shape(self) -> None:
        made = recipe(map={"text": "text", "native_id": "id"})
        assert trouble([{"text": "a", "key": 1}], made) is Trouble.NOT_IDENTIFIED
        assert len(listed([{"text": "a", "id": 1}, {"text": "b"}], made).items) == 2

    def test_what_stands_in_the_list_and_is_no_object_does_no_harm(self) -> None:
        found = listed([None, 3, "x", [], {"text": "a"}, {"text": {"deep": 1}}], recipe())
        assert [item.text for item in found.items] == ["a"]
        assert found.wordless == 5

    def test_a_list_longer_than_any_is_cut_and_said_to_be(self) -> None:
        found = listed([{"text": "a"}] * (ITEM_LIMIT + 1), recipe())
        assert len(found.items) == ITEM_LIMIT
        assert found.problem is not None
        assert found.problem.trouble is Trouble.TOO_MANY_ITEMS


class TestWhere:
    @pytest.mark.parametrize(
        ("where", "left"),
        [
            ("stars < `3`", ["bad"]),
            ("!answer", ["bad", "good"]),
            ("answer", ["so so"]),
            ("contains(text, 'oo')", ["good"]),
            ("stars > `9`", []),
        ],
    )
    def test_only_messages_of_which_it_is_true_count(self, where: str, left: list[str]) -> None:
        rows = [
            {"text": "bad", "stars": 1},
            {"text": "so so", "stars": 3, "answer": "Hello"},
            {"text": "good", "stars": 5, "answer": ""},
        ]
        found = listed(rows, recipe(where=where))
        assert [item.text for item in found.items] == left
        assert found.not_chosen == 3 - len(left)

    def test_zero_is_something(self) -> None:
        assert len(listed([{"text": "a", "n": 0}], recipe(where="n")).items) == 1

    def test_a_message_of_which_it_cannot_be_told_is_kept_and_remarked(self) -> None:
        found = listed([{"text": "a"}], recipe(where="contains(title, 'x')"))
        assert len(found.items) == 1
        assert [note.about for note in found.notes] == ["where"]


class TestFields:
    def test_a_template_fills_in_what_is_found_and_encodes_it_in_addresses(self) -> None:
        made = recipe(
            map={
                "text": "text",
                "native_id": {"template": "{board}-{id}"},
                "url": {"template": "https://example.org/{board}/{id}"},
            }
        )
        (item,) = listed([{"text": "a", "id": 7, "board": "prêt à porter?x=1#y"}], made).items
        assert item.native_id == "prêt à porter?x=1#y-7"
        assert item.url == "https://example.org/pr%C3%AAt%20%C3%A0%20porter%3Fx%3D1%23y/7"

    def test_a_template_of_which_a_part_is_missing_gives_nothing(self) -> None:
        made = recipe(map={"text": "text", "url": {"template": "https://example.org/{id}"}})
        assert listed([{"text": "a"}], made).items[0].url is None

    def test_an_author_named_by_id_is_looked_up_beside(self) -> None:
        made = recipe(items="posts", map={"text": "t", "author": "lookup('users', 'id', by).name"})
        document = {
            "posts": [{"t": "a", "by": 2}, {"t": "b", "by": 9}, {"t": "c"}],
            "users": [{"id": 1, "name": "Noé"}, {"id": 2, "name": "Camille"}, "odd", {"id": []}],
        }
        assert [item.author for item in listed(document, made).items] == ["Camille", None, None]

    def test_links_are_resolved_and_only_those_of_the_web_are_kept(self) -> None:
        made = recipe(map={"text": "t", "url": "u"})
        rows = [{"t": "a", "u": "/r/1"}, {"t": "b", "u": "javascript:alert(1)"}]
        assert [i.url for i in listed(rows, made).items] == ["https://api.example.org/r/1", None]

    @pytest.mark.parametrize(
        ("coerce", "value", "text", "is_html"),
        [
            ({}, "a &amp; <b>", "a &amp; <b>", False),
            ({"text": "entities"}, "a &amp; b", "a & b", False),
            ({"text": "html"}, "<p>a</p>", "<p>a</p>", True),
        ],
    )
    def test_a_text_is_what_the_recipe_says(
        self, coerce: Mapping[str, str], value: str, text: str, is_html: bool
    ) -> None:
        (item,) = listed([{"text": value}], recipe(**({"coerce": coerce} if coerce else {}))).items
        assert (item.text, item.is_html) == (text, is_html)

    @pytest.mark.parametrize(
        ("stars", "best", "rating"),
        [
            (4, 5, Rating(4, 5)),
            ("4", 5, Rating(4, 5)),
            ("3,5", 5, Rating(3.5, 5)),
            (8, 10, Rating(8, 10)),
            ("FIVE", 5, Rating(5, 5)),
            ("SIX", 5, None),
            (7, 5, None),
            (-1, 5, None),
            (True, 5, None),
            (None, 5, None),
        ],
    )
    def test_stars_are_numbers_or_known_words(
        self, stars: object, best: int, rating: Rating | None
    ) -> None:
        made = recipe(
            map={"text": "t", "rating": "s", "best": best}, coerce={"rating": {"FIVE": 5, "BIG": 9}}
        )
        assert listed([{"t": "a", "s": stars}], made).items[0].rating == rating

    def test_a_field_that_is_found_nowhere_is_noted(self) -> None:
        made = recipe(map={"text": "text", "author": "user.nmae"})
        found = listed([{"text": "a", "user": {"name": "Camille"}}], made)
        assert found.notes == (Problem(Trouble.FIELD_EMPTY, "author", "user.nmae"),)

    def test_a_field_that_cannot_be_computed_is_noted_with_the_reason(self) -> None:
        made = recipe(map={"text": "text", "author": "join(' ', names)"})
        (note,) = listed([{"text": "a"}], made).notes
        assert note.trouble is Trouble.FIELD_FAILED
        assert "join" in note.detail


class TestDates:
    @pytest.mark.parametrize(
        ("value", "form", "at"),
        [
            ("2026-11-20T08:30:00Z", None, (20, 8, 30)),
            ("2026-11-20T08:30:00.123456789+01:00", None, (20, 7, 30)),
            ("2026-11-20 08:30", None, (20, 7, 30)),
            ("20/11/2026 08:30", None, (20, 7, 30)),
            (1795163400, None, (20, 8, 30)),
            (1795163400.25, None, (20, 8, 30)),
            ("1795163400", None, (20, 8, 30)),
            (1795163400000, None, (20, 8, 30)),
            (1795163400000000, None, (20, 8, 30)),
            ("1795163400000", "epoch-ms", (20, 8, 30)),
            (1795163400, "epoch-seconds", (20, 8, 30)),
            ("/Date(1795163400000+0100)/", None, (20, 8, 30)),
            ("20.11.26 08h30", "%d.%m.%y %Hh%M", (20, 7, 30)),
            ("Nov 20, 2026 08:30 +0000", "%b %d, %Y %H:%M %z", (20, 8, 30)),
        ],
    )
    def test_an_instant_is_read_in_its_form(
        self, value: object, form: str | None, at: tuple[int, int, int]
    ) -> None:
        found = parse_date(value, form, PARIS)
        assert found is not None
        assert found.replace(microsecond=0) == datetime(2026, 11, *at, tzinfo=UTC)

    @pytest.mark.parametrize("form", [None, "iso", "epoch-seconds", "epoch-ms", "%d/%m/%Y"])
    @pytest.mark.parametrize("value", ["", "soon", None, True, [], {}, 1e300, -1e300, "9" * 60])
    def test_what_is_no_instant_is_none(self, value: object, form: str | None) -> None:
        assert parse_date(value, form, PARIS) is None

    def test_values_that_make_no_sense_are_told(self) -> None:
        made = recipe(map={"text": "text", "posted_at": "at", "rating": "stars"})
        rows = [
            {"text": "a", "at": "il y a 3 jours", "stars": "moyen"},
            {"text": "b", "at": "vor 2 Tagen", "stars": None},
        ]
        assert listed(rows, made).notes == (
            Problem(Trouble.FIELD_ODD, "posted_at", '"il y a 3 jours"'),
            Problem(Trouble.FIELD_ODD, "rating", '"moyen"'),
        )

    def test_messages_may_stand_under_their_ids(self) -> None:
        made = recipe(items="items(reviews)", map={"native_id": "[0]", "text": "[1].body"})
        found = listed({"reviews": {"r-1": {"body": "a"}, "r-2": {"body": "b"}}}, made).items
        assert [(item.native_id, item.text) for item in found] == [("r-1", "a"), ("r-2", "b")]


class TestDocument:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_the_encodings_of_json_are_read(self, encoding: str) -> None:
        assert parse_json('["é"]'.encode(encoding), URL) == ["é"]

    @pytest.mark.parametrize(
        ("body", "value"),
        [
            (b'["\xe9t\xe9"]', ["été"]),
            ('["été \N{EURO SIGN}"]'.encode("cp1252"), ["été €"]),
            (b'["\xc3\xa9t\xc3\xa9 \xff"]', ["été \ufffd"]),
            (b'{"a": 1, "a": 2}', {"a": 2}),
            (b"[NaN, Infinity, -Infinity, 1e999]", [None] * 4),
            (b"[12345678901234567890]", [12345678901234567890]),
            (b"[" + b"9" * 50 + b"]", ["9" * 50]),
        ],
    )
    def test_what_is_odd_is_read_as_far_as_it_can_be(self, body: bytes, value: object) -> None:
        assert parse_json(body, URL) == value

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", Trouble.EMPTY),
            (b"  \n", Trouble.EMPTY),
            (b"<!doctype html>", Trouble.NO_JSON),
            (b"callback([])", Trouble.NO_JSON),
            (b"[" * 100_000, Trouble.NO_JSON),
            (b'{"a":' * 100_000, Trouble.NO_JSON),
            (b"[" * 100_000 + b"]" * 100_000, Trouble.NO_JSON),
            (b'{"a": [1, 2', Trouble.BROKEN_OFF),
            (b'[{"text": "half a wo', Trouble.BROKEN_OFF),
            (b'{"a": 1,} x', Trouble.NO_JSON),
            (b"[" + b"0," * (BODY_LIMIT // 2) + b"0]", Trouble.TOO_LARGE),
        ],
    )
    def test_what_is_no_json_is_a_problem(self, body: bytes, said: Trouble) -> None:
        found = parse_json(body, URL)
        assert isinstance(found, Problem)
        assert found.trouble is said

    def test_half_a_character_becomes_a_question_mark(self) -> None:
        document = parse_json(rb'[{"text": "a \ud800 b", "id": "\udfff"}]', URL)
        made = recipe(map={"text": "text", "native_id": "id"})
        (item,) = listed(document, made).items
        assert (item.text, item.native_id) == ("a ? b", "?")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "id", "t", "users"]), inner, max_size=4)
    ),
    max_leaves=12,
)
MADE = recipe(
    items="a || b || @",
    where="contains(t, 'x') || !b",
    map={
        "text": "t",
        "title": "join('', [t, a])",
        "author": "lookup('users', 'id', a).t",
        "native_id": {"template": "{id}-{a}"},
        "url": {"template": "https://example.org/{id}"},
        "posted_at": "a",
        "rating": "b",
        "best": "id",
        "language": "sort(a)[0]",
    },
    coerce={"text": "html", "title": "entities"},
)


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_no_answer_trips_the_reader(document: object) -> None:
    found = list_items(document, MADE, URL, NOW, PARIS)
    assert isinstance(found, Listed | Problem)
    if isinstance(found, Listed):
        json.dumps([item.text.encode().decode() for item in found.items])
