"""Pages as trees."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.text.markup import DEPTH_LIMIT, ELEMENTS_LIMIT, Element, parse_markup


def outline(element: Element) -> str:
    inner = " ".join(map(outline, element.children))
    return f"{element.name}({inner})" if inner else element.name


@pytest.mark.parametrize(
    ("markup", "tree"),
    [
        ("<ul><li>a<li>b</ul><p>c", "(ul(li li) p)"),
        ("<ul><li><ul><li>a</ul><li>b</ul>", "(ul(li(ul(li)) li))"),
        ("<p>a<div>b</div>c", "(p div)"),
        ("<p>a<b>c<div>b</div>", "(p(b) div)"),
        ("<table><tr><td>a<td>b<tr><td><p>c</table>d", "(table(tr(td td) tr(td(p))))"),
        ("<table><tr><td></div>a<td>b</table>", "(table(tr(td td)))"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "(dl(dt dd dt))"),
        ("<div><span>a</div>b<i>c</i>", "(div(span) i)"),
        ("<br><img><hr>", "(br img hr)"),
        ("a</b></i></div><u>b", "(u)"),
        ("<script>if (a<b) '<p>'</script><p>", "(script p)"),
        ("<textarea><p></textarea><p>", "(textarea p)"),
        ("<textarea><p>", "(textarea(p))"),
        ("<script><p>", "(script)"),
        ("<!-- <p> --><i><!doctype x><?php y ?>", "(i)"),
        ("a < b <3 <p>", "(p)"),
        ("<p><a href='x", "(p)"),
        ("", ""),
    ],
)
def test_what_is_inside_what(markup: str, tree: str) -> None:
    assert outline(parse_markup(markup).root) == tree


def test_attributes_are_decoded_once_and_the_first_counts() -> None:
    (element,) = parse_markup(
        """<A HREF="/a?b&amp;c" class='x "y"' data-n=4/5 hidden href=second title = "a>b">"""
    ).root.children
    assert element.attributes == {
        "href": "/a?b&c",
        "class": 'x "y"',
        "data-n": "4/5",
        "hidden": "",
        "title": "a>b",
    }


def test_the_inside_of_an_element_is_what_the_page_holds() -> None:
    tree = parse_markup("<ul><li>a <b>b</b><li>c</ul>d")
    (ul,) = tree.root.children
    assert [tree.inside(li) for li in ul.children] == ["a <b>b</b>", "c"]


def test_what_is_inert_is_not_walked_through() -> None:
    assert [e.name for e in parse_markup("<template><p></template><i>").root] == [
        "", "template", "i",
    ]  # fmt: skip


def test_elements_nested_too_deep_are_children_of_the_deepest() -> None:
    tree = parse_markup("<b>" * 600 + "<i></i>" + "</b>" * 600 + "<u>")
    assert [e.name for e in tree.root.children] == ["b", "u"]
    depth, element = 0, tree.root
    while element.children:
        depth, element = depth + 1, element.children[0]
    assert depth == DEPTH_LIMIT


MANY = 80_000
HOSTILE = {
    "nested": "<div>" * MANY,
    "in a row": "<p>x</p>" * MANY,
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(MANY)) + ">",
    "lists": "<ul><li>" * MANY,
    "options": "<select>" + "<option>" * MANY,
    "misnested": "<a><div>" * MANY,
    "stray ends": "<div>" * 500 + "</p></b></x>" * MANY,
    "blocked ends": "<li><ul>" + "<b>" * 400 + "<li></li>" * MANY,
    "blocked by a cell": "<div><table><td>" + "<b>" * 400 + "</div>" * MANY,
    "less than": "<" * 4 * MANY,
    "comments": "<!--" * MANY,
    "unclosed": "<a " * MANY,
    "quotes": "<a b=\"' " * MANY,
    "raw": "<title>" * MANY,
}


@pytest.mark.parametrize("page", HOSTILE)
def test_hostile_pages_cost_little(page: str) -> None:
    start = time.process_time()
    tree = parse_markup(HOSTILE[page])
    assert sum(1 for _ in tree.root) <= ELEMENTS_LIMIT + 1
    assert time.process_time() - start < 3


def test_pages_of_too_many_elements_say_so() -> None:
    assert not parse_markup("<p>" * (ELEMENTS_LIMIT + 1)).whole


@given(st.lists(st.sampled_from(["<p>", "</p>", "<td>", "<table>", "</table>", "<li>", "</li>", "a",
                                 "<ul>", "</ul>", "<b x=1>", "</b>", "<!--", "-->", "<", "\"", ">",
                                 "<script>", "</script>", "<br/>"]), max_size=40))  # fmt: skip
def test_every_page_has_a_sound_tree(parts: list[str]) -> None:
    tree = parse_markup("".join(parts))
    for element in tree.root:
        assert 0 <= element.start <= element.end <= len(tree.markup)
        for child in element.children:
            assert element.start <= child.start <= child.end <= element.end
