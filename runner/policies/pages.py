"""How a page is read, as the source's settings say, for sources of kind `html`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runner.errors import Fault
from runner.policies.document import text_at, value_at
from runner.text.document import Document, Path
from runner.text.selectors import Selector, SelectorError, parse_selector
from runner.text.wording import shown

FIELDS = ("text", "title", "author", "posted_at", "rating", "url", "native_id", "language",
          "thread_url")  # fmt: skip
"""The fields of a message that a row may hold."""

PAGES = 10
"""Pages of one source that are read at a time, where it does not say."""

NEXT = "[rel~=next]"
"""What leads to the next page, where the source does not say."""

_ATTRIBUTE = re.compile(r"@([A-Za-z_:][\w:.-]*)\s*$")


@dataclass(frozen=True, slots=True)
class Finder:
    """Where a value stands: in the first element that fits, or in an attribute of it.

    Without a selector it is the row itself.
    """

    selector: Selector | None
    attribute: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """How messages stand on a page that says nothing in schema.org's words."""

    rows: Selector
    fields: Mapping[str, Finder]


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What a source of kind `html` says of its pages.

    `sitemap` names pages to read beside `url`, those whose address holds `matching`.  `pages`
    is how many are read in all.  `best` is the top of ratings that do not name it.
    """

    url: str
    rows: Rows | None
    next: Selector
    pages: int = PAGES
    sitemap: str | None = None
    matching: str = ""
    best: float | None = None


def parse_finder(text: str) -> Finder:
    """Return where `.author`, `time@datetime` or `@data-id` look.

    Raises:
        SelectorError: when what stands before the `@` is no selector.
    """
    found = _ATTRIBUTE.search(text)
    selector = text[: found.start()].strip() if found else text.strip()
    if not selector and not found:
        raise SelectorError("it names nothing")
    return Finder(
        parse_selector(selector) if selector else None, found[1].lower() if found else None
    )


def build_pages(settings: Mapping[str, object]) -> PageSettings:
    """Return what a source says, from settings without faults."""
    rows, fields, best = settings.get("rows"), settings.get("fields"), settings.get("best")
    pages, sitemap = settings.get("pages"), settings.get("sitemap")
    found = fields if isinstance(fields, Mapping) else {}
    return PageSettings(
        url=str(settings.get("url", "")),
        rows=Rows(
            parse_selector(rows),
            MappingProxyType({name: parse_finder(str(text)) for name, text in found.items()}),
        )
        if isinstance(rows, str)
        else None,
        next=parse_selector(str(settings.get("next", NEXT))),
        pages=pages if isinstance(pages, int) else PAGES,
        sitemap=sitemap if isinstance(sitemap, str) else None,
        matching=str(settings.get("matching", "")),
        best=float(best) if isinstance(best, int | float) else None,
    )


def check_pages(document: Document, source: Path) -> Iterator[Fault]:
    """Return the faults of a source of kind `html` that no schema can see."""
    for name in ("rows", "next"):
        path = (*source, name)
        if (text := text_at(document, path)) is not None:
            yield from _check(document, path, text, selector_alone=True)
    yield from check_finders(document, (*source, "fields"))
    fields = value_at(document, (*source, "fields"))
    if isinstance(fields, dict) and not {"text", "title"} & set(fields):
        yield document.key_fault(
            (*source, "fields"), "no-text", "no field holds what the customer wrote",
            "name the element that does: `text: .comment`",
        )  # fmt: skip


def check_finders(document: Document, fields: Path) -> Iterator[Fault]:
    """Return the faults of fields that are found by CSS selectors."""
    for name in FIELDS:
        path = (*fields, name)
        if (text := text_at(document, path)) is not None:
            yield from _check(document, path, text, selector_alone=False)


def _check(document: Document, path: Path, text: str, *, selector_alone: bool) -> Iterator[Fault]:
    try:
        if selector_alone:
            parse_selector(text)
        else:
            parse_finder(text)
    except SelectorError as error:
        hint = "such as `article.review`" if selector_alone else "such as `time@datetime`"
        yield document.fault(path, "selector", f"{shown(text)} is no CSS selector: {error}", hint)
