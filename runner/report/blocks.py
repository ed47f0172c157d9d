"""What pages are made of: values that one template turns into HTML.

Every text may be a stranger's: the template escapes it.
"""

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; `href` leads to what it counts, `tone` is `late`, `muted` or nothing."""

    text: str
    href: str | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.  The first cell of a row is its heading; `last` is a row of sums."""

    kind: ClassVar[str] = "grid"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    last: tuple[Cell, ...] = ()
    is_numbers: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the grid that stands beside it.

    `names` are those of its stacked series, as its legend has them; none for one series.
    """

    svg: Markup
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A grid with its chart, None where there is nothing to draw."""

    kind: ClassVar[str] = "pair"
    chart: Chart | None
    grid: Grid


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that stands out: what it counts, and a remark."""

    label: str
    value: str
    note: str = ""
    href: str | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """The numbers to read first."""

    kind: ClassVar[str] = "tiles"
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A case in a list: what it is about, where it leads, what stands below and beside it.

    `steps` say what it waits for, and lead to what proposes it.
    """

    title: str
    href: str | None
    facts: tuple[str, ...]
    badge: str = ""
    tone: str = ""
    steps: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Listings:
    """Cases, one below the other."""

    kind: ClassVar[str] = "listings"
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """A few ways on: words and where they lead."""

    kind: ClassVar[str] = "links"
    about: str
    links: tuple[tuple[str, str], ...]


Block = Grid | Pair | Paragraph | Tiles | Listings | Links


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page under a heading."""

    heading: str
    blocks: tuple[Block, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, at `path` below the folder of its language; `tab` is its entry in the menu."""

    path: str
    tab: str
    title: str
    lead: str
    parts: tuple[Part, ...]
