"""Pages as shops and review sites write them, and what becomes of them when they are damaged.

Each page of `data/pages/written` says in its first comment which reviews it holds, one a line:
author, stars, day (UTC), words; `-` is what the page does not say.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback_site import NOW

from runner.model import Item
from runner.policies.pages import build_pages
from runner.sources.html import PageRead, parse
from runner.sources.problems import Problem
from runner.text.html import text_of_html

PAGE = "https://shop.example.org/lampe"
SETTINGS = build_pages({"url": PAGE})
WRITTEN = {
    page.stem: page.read_text(encoding="utf-8")
    for page in sorted((Path(__file__).parent / "data" / "pages" / "written").glob("*.html"))
}
HOSTILE = (
    "<", ">", '"', "'", "{", "}", "[", "]", ",", ":", "\\", "\\u", "&#", "&quot;", "<!--", "-->",
    "<br />", "</p>", "</script>",
    '<script type="application/ld+json">', "\x00", "\ud800", "\ufeff",
    " itemscope itemprop=review ", " itemref=who ", ' class="hreview h-review" ', " typeof=Review ",
    '{"@type":"Review","review":', "9" * 5000, "-0", "1e999", "NaN", "]]>",
)  # fmt: skip


def read(page: str) -> PageRead | Problem:
    body = page.encode("utf-8", "surrogatepass")
    return parse(body, PAGE, "text/html", settings=SETTINGS, now=NOW, zone=UTC)


def row(item: Item) -> tuple[str, ...]:
    text = text_of_html(item.text) if item.is_html else item.text
    stars = f"{item.rating.value:g}/{item.rating.best:g}" if item.rating else "-"
    day = f"{item.posted_at:%Y-%m-%d}" if item.posted_at else "-"
    return item.author or "-", stars, day, " ".join(text.split())


@pytest.mark.parametrize("name", WRITTEN)
def test_every_review_of_a_page_is_found(name: str) -> None:
    expected = [
        tuple(part.strip() for part in line.split("|"))
        for line in re.findall(r"Expect: (.*?)(?: -->)?$", WRITTEN[name], re.MULTILINE)
    ]
    found = read(WRITTEN[name])
    assert isinstance(found, PageRead), found
    assert list(dict.fromkeys(map(row, found.items))) == expected


def test_a_review_that_a_page_says_twice_keeps_its_id() -> None:
    found = read(WRITTEN["same-script-twice"])
    assert isinstance(found, PageRead)
    assert {item.native_id for item in found.items} == {"r-120934"}


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A page of ours with pieces cut out, doubled, exchanged, and anything put in."""
    page = draw(st.sampled_from(list(WRITTEN.values())))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(page)))
        end = min(len(page), start + draw(st.sampled_from((0, 1, 2, 10, 100, 1000, 10_000))))
        put = draw(st.sampled_from(("", page[start:end] * 2, *HOSTILE)) | st.text(max_size=20))
        page = page[:start] + put + page[end:]
    return page


@settings(max_examples=300)
@given(damaged())
def test_no_damage_is_more_than_reviews_less(page: str) -> None:
    found = read(page)
    if isinstance(found, PageRead):
        for item in found.items:
            assert item.text.strip()
            assert item.posted_at is None or item.posted_at <= datetime(2026, 11, 23, tzinfo=UTC)
            assert item.rating is None or 0 <= item.rating.value <= item.rating.best
    else:
        assert isinstance(found, Problem)


@pytest.mark.parametrize("name", WRITTEN)
def test_pages_may_end_anywhere(name: str) -> None:
    page = WRITTEN[name]
    whole = read(page)
    assert isinstance(whole, PageRead)
    for end in range(0, len(page), max(1, len(page) // 60)):
        part = read(page[:end])
        if isinstance(part, PageRead):
            # The last message may be half of itself, and so another one.
            assert len(part.items) <= len(whole.items) + 1
