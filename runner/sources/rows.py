"""Messages on a page that says nothing in schema.org's words, found by CSS selectors."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.cases.instants import plausible
from runner.model import Item
from runner.policies.pages import Finder, Rows
from runner.sources.moments import find_instant
from runner.sources.records import parse_rating
from runner.sources.review_item import Setting, render_stars
from runner.sources.reviews import Reviews, without_shared
from runner.sources.wording import has_words, joined, web_address, without_addresses
from runner.text.html import text_of_html
from runner.text.markup import Element, Tree
from runner.text.selectors import select


def read_rows(tree: Tree, rows: Rows, setting: Setting, room: int) -> Reviews:
    """Return the messages of a page, one for each row that has words.

    What stands in a row inside a row is of that one alone.  At most `room` characters of markup
    are read.
    """
    found = list(select(tree.root, rows.rows))
    every = frozenset(map(id, found))
    items: list[Item] = []
    for count, element in enumerate(found):
        room -= element.end - element.start
        if room < 0:
            return Reviews(without_shared(items, setting.url), count, whole=False)
        if item := _item(_Row(tree, element, every, rows.fields), setting):
            items.append(item)
    return Reviews(without_shared(items, setting.url), len(found))


def read_row(
    tree: Tree, fields: Mapping[str, Finder], given: Mapping[str, str], setting: Setting
) -> Item | None:
    """Return the one message of a page, None without words.

    `given` are the plain texts of fields that no element holds.
    """
    return _item(_Row(tree, tree.root, frozenset(), fields, given), setting)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row; `every` are the `id()` of all, in which nothing of this one stands.

    `given` are the texts of fields that are found elsewhere.
    """

    tree: Tree
    element: Element
    every: frozenset[int]
    fields: Mapping[str, Finder]
    given: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> tuple[Element, str | None] | None:
        """Return the element that holds a field, and the attribute of it that is named."""
        finder = self.fields.get(name)
        if finder is None:
            return None
        if finder.selector is None:
            return self.element, finder.attribute
        found = next(select(self.element, finder.selector, self.every), None)
        return (found, finder.attribute) if found is not None else None

    def markup(self, name: str) -> str:
        """Return a field as HTML, empty without it."""
        match self.find(name):
            case None:
                return html.escape(self.given.get(name, ""), quote=False).replace("\n", "<br>")
            case element, None:
                return self.tree.inside(element)
            case element, str() as attribute:
                return html.escape(element.attributes.get(attribute, ""), quote=False)

    def plain(self, name: str, *usual: str) -> str:
        """Return a field on one line: of an attribute, else of a `usual` one, else its words."""
        match self.find(name):
            case None:
                return " ".join(self.given.get(name, "").split())
            case element, None:
                for attribute in usual:
                    if value := element.attributes.get(attribute, "").strip():
                        return value
                return " ".join(text_of_html(self.tree.inside(element)).split())
            case element, str() as attribute:
                return " ".join(element.attributes.get(attribute, "").split())


def _item(row: _Row, setting: Setting) -> Item | None:
    title, text = joined(
        row.markup("title"), row.markup("text"), title_is_html=True, text_is_html=True
    )
    rating = parse_rating(row.plain("rating", "content"), setting.best or 5.0)
    is_html = has_words(text, is_html=True)
    if not is_html:
        if rating is None:
            return None
        title, text = "", render_stars(rating)
    posted_at = find_instant(row.plain("posted_at", "datetime", "content"), setting.zone)
    return Item(
        native_id=row.plain("native_id", "id") or None,
        url=web_address(row.plain("url", "href"), setting.url),
        author=without_addresses(row.plain("author", "content")),
        title=title,
        text=text,
        posted_at=plausible(posted_at, setting.now),
        is_html=is_html,
        rating=rating,
        language=row.plain("language", "lang", "content") or None,
        thread_url=web_address(row.plain("thread_url", "href"), setting.url)
        or web_address(setting.url),
    )
