"""JSON-LD and microdata, held to the expectations of extruct (BSD-3, `data/pages/extruct`)."""

import json
from pathlib import Path

import pytest

from runner.sources.structured_data import Marked, kinds_of, read_json_ld, read_microdata
from runner.text.html import text_of_html
from runner.text.markup import Tree, parse_markup

EXTRUCT = Path(__file__).parent / "data" / "pages" / "extruct"


def tree_of(name: str) -> Tree:
    return parse_markup((EXTRUCT / name).with_suffix(".html").read_text(encoding="utf-8"))


def in_their_form(value: object) -> object:
    """Return a value of ours as extruct writes it."""
    match value:
        case Marked():
            return in_their_form(text_of_html(value.markup))
        case str():
            return " ".join(value.split())
        case list() | tuple():
            values = [in_their_form(one) for one in value]
            return values[0] if len(values) == 1 else values
        case dict():
            of = {"type": value["@type"]} if "@type" in value else {}
            held = {key: one for key, one in value.items() if not key.startswith("@")}
            return {
                **{key: in_their_form(one) for key, one in of.items()},
                "properties": {key: in_their_form(one) for key, one in held.items()},
            }
        case _:
            return value


def normal(value: object) -> object:
    """Return an expectation without lists of one."""
    if isinstance(value, list):
        values = [normal(one) for one in value]
        return values[0] if len(values) == 1 else values
    if isinstance(value, dict):
        return {key: normal(one) for key, one in value.items()}
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("name", sorted(f.name for f in EXTRUCT.glob("*.json")))
def test_microdata_is_what_others_find(name: str) -> None:
    expected = json.loads((EXTRUCT / name).read_text(encoding="utf-8"))
    assert in_their_form(read_microdata(tree_of(name))) == normal(expected)


@pytest.mark.parametrize("name", sorted(f.name for f in EXTRUCT.glob("*.jsonld")))
def test_json_ld_is_what_others_find(name: str) -> None:
    expected = json.loads((EXTRUCT / name).read_text(encoding="utf-8"))
    assert list(read_json_ld(tree_of(name)).values) == expected


def test_items_may_refer_to_what_stands_elsewhere() -> None:
    (item,) = read_microdata(
        parse_markup(
            '<div itemscope itemtype="https://schema.org/Review" itemref="who gone who">'
            '<p itemprop=reviewBody>x</p></div><p id=who>by <b itemprop="author name">Zoé</b></p>'
        )
    )
    assert in_their_form(item) == {
        "type": "https://schema.org/Review",
        "properties": {"reviewBody": "x", "author": "Zoé", "name": "Zoé"},
    }


def test_items_that_refer_to_themselves_end() -> None:
    page = '<div id=a itemscope itemref="a b"><p id=b itemscope itemprop=x itemref=a></p></div>'
    read_microdata(parse_markup(page))


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [
        ("Review", {"review"}),
        (["Product", "http://schema.org/Review"], {"product", "review"}),
        ("schema:UserReview", {"userreview"}),
        ("https://schema.org/Review/", {"review"}),
        ({"a": 1}, set()),
    ],
)
def test_types_lose_the_address_of_their_vocabulary(kind: object, kinds: set[str]) -> None:
    assert kinds_of({"@type": kind}) == kinds
