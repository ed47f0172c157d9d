"""CSS selectors on trees."""

import time

import pytest

from runner.text.markup import parse_markup
from runner.text.selectors import SelectorError, parse_selector, select

PAGE = """
<div id=top class="list big">
 <article id=a class=review data-stars=5 lang=fr-FR><h3 id=h>t</h3><p id=p1>x</p><p id=p2>y</p></article>
 <article id=b class="review best"><div id=d><p id=p3>z</p></div><a id=l href="/next?p=2" rel="next nofollow">n</a></article>
 <template><p id=inert></template>
</div>
<p id=p4>end
"""  # noqa: E501


def found(selector: str) -> str:
    elements = select(parse_markup(PAGE).root, parse_selector(selector))
    return " ".join(element.attributes["id"] for element in elements)


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ("p", "p1 p2 p3 p4"),
        ("article.review", "a b"),
        (".review.best", "b"),
        ("#d p, #h", "h p3"),
        ("article > p", "p1 p2"),
        ("div p", "p1 p2 p3"),
        ("div div > p", "p3"),
        ("h3 + p", "p1"),
        ("h3 ~ p", "p1 p2"),
        ("article + article p", "p3"),
        ("div > article p", "p1 p2 p3"),
        ("[data-stars]", "a"),
        ('[data-stars="5"]', "a"),
        ("[rel~=next]", "l"),
        ("[lang|=fr]", "a"),
        ('[href^="/next"]', "l"),
        ('[href$="p=2"]', "l"),
        ("[href*=ext]", "l"),
        ("article:not(.best)", "a"),
        ("p:not([id=p1])", "p2 p3 p4"),
        ("p:first-child", "p3"),
        ("p:last-child", "p2 p3 p4"),
        ("p:only-child", "p3"),
        ("p:first-of-type", "p1 p3 p4"),
        ("p:last-of-type", "p2 p3 p4"),
        ("article > :nth-child(2)", "p1 l"),
        ("article > :nth-child(odd)", "h p2 d"),
        ("p:nth-of-type(2)", "p2"),
        ("article > :nth-last-child(1)", "p2 l"),
        ("*:nth-child(-n+1)", "top a h d p3"),
        ("ARTICLE", "a b"),
        ("video", ""),
    ],
)
def test_what_selectors_find(selector: str, ids: str) -> None:
    assert found(selector) == ids


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("a[", "expected ident or '*' at character 3, got the end"),
        ("", "expected selector at character 1, got the end"),
        ("a,,b", "expected selector at character 3, got `,`"),
        ("a::before", "`::before` is no element of the page"),
        ("li:contains(x)", "`:contains` is not understood"),
        ("a:hover", "`:hover` is not understood"),
        ("a:has(b)", "namespaces, `:is`, `:where` and `:has` are not understood"),
        ("svg|a", "namespaces, `:is`, `:where` and `:has` are not understood"),
        ("li:nth-child(x)", "`:nth-child(…)` needs a number such as 2 or 2n+1"),
    ],
)
def test_selectors_that_cannot_be_used_say_why(selector: str, why: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(selector)
    assert str(caught.value) == why


def test_around_the_top_nothing_counts_and_outside_nothing_is_found() -> None:
    root = parse_markup(PAGE).root
    top = next(e for e in root if e.attributes.get("id") == "b")
    assert [e.attributes["id"] for e in select(top, parse_selector("article p"))] == ["p3"]
    assert list(select(top, parse_selector("#top p"))) == []
    inner = next(e for e in root if e.attributes.get("id") == "d")
    assert list(select(top, parse_selector("p"), {id(inner)})) == []


@pytest.mark.parametrize(
    "page",
    ["<div class=a>" * 500 + "<p>x</p>" * 20_000, ("<div>" * 400 + "<p>" + "</div>" * 400) * 50],
)
@pytest.mark.parametrize("selector", ["div div div p", "p ~ p ~ p", "div > div p:nth-child(2)"])
def test_hostile_pages_cost_little(page: str, selector: str) -> None:
    tree = parse_markup(page)
    start = time.process_time()
    assert sum(1 for _ in select(tree.root, parse_selector(selector))) >= 0
    assert time.process_time() - start < 6
