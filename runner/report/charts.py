"""Charts as SVG, by pygal: its shapes, our colours.

The styles and scripts that pygal puts into a picture are left out: the report's own style sheet
draws it, in light and dark, and a policy that allows nothing inline holds.
"""

import sys
from collections.abc import Sequence
from itertools import cycle
from math import ceil
from typing import Any

from markupsafe import Markup

from runner.errors import UsageError

_WIDTH, _ROW, _FRAME = 420, 30, 50
_FEW = 3
"""More series than that are steps of one scale, and coloured as such."""
_SVG = "http://www.w3.org/2000/svg"
_KEPT = frozenset(
    {"class", "transform", "x", "y", "width", "height", "d", "cx", "cy", "r", "rx", "ry", "viewBox"}
)
"""Attributes that draw; the others are for pygal's script."""
_SHAPES = frozenset({"g", "rect", "path", "circle", "text"})


def check_drawable() -> None:
    """Raise where the library that draws is not installed.

    Raises:
        UsageError: with how to install it.
    """
    try:
        _pygal()
    except ImportError:
        raise UsageError(
            "the report's charts need the package pygal",
            f"{sys.executable} -m pip install 'pygal>=3.0.5'",
        ) from None


def draw_bars(labels: Sequence[str], series: Sequence[Sequence[int | float]], about: str) -> Markup:
    """Return a chart of horizontal bars, a bar a label from the top; several series are stacked.

    `about` is the text alternative.
    """
    pygal = _pygal()
    longest = max((sum(values) for values in zip(*series, strict=True)), default=0)
    kind = pygal.HorizontalStackedBar if len(series) > 1 else pygal.HorizontalBar
    chart = kind(
        js=(),
        no_prefix=True,
        show_legend=False,
        width=_WIDTH,
        height=_FRAME + _ROW * max(len(labels), 1),
        margin=4,
        margin_right=18,
        spacing=6,
        truncate_label=22,
        rounded_bars=1,
        style=pygal.style.Style(label_font_size=13, major_label_font_size=13, font_family="sans"),
    )
    chart.x_labels = list(reversed(labels))
    for values in series:
        chart.add("", list(reversed(values)))
    chart.y_labels = _ticks(longest)
    tree = chart.render_tree()
    _strip(tree)
    name = "chart scale" if len(series) > _FEW else "chart"
    tree.attrib.update({"class": name, "role": "img", "aria-label": about})
    return _rendered(tree)


def _pygal() -> Any:
    """Return the library, without the finder of plug-ins that it leaves among Python's own.

    That has no `find_spec`: Python 3.11 warns of it at every later import, newer ones ask it in
    vain.
    """
    import pygal

    sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != "pygal"]
    return pygal


def _ticks(longest: float) -> list[int]:
    """Return whole numbers from 0 to beyond the longest bar, at most six."""
    step = 1
    for factor in cycle((2, 2.5, 2)):
        if step * 5 >= longest:
            break
        step = int(step * factor)
    return list(range(0, max(1, ceil(longest / step)) * step + 1, step))


def _rendered(tree: Any) -> Markup:
    from xml.etree import ElementTree

    ElementTree.register_namespace("", _SVG)
    text: str = ElementTree.tostring(tree, encoding="unicode")
    return Markup(text)  # noqa: S704 - ElementTree has escaped every text


def _strip(node: Any) -> None:
    """Leave the drawing alone: no style, no script, no ids, no values for scripts."""
    node.attrib = {name: value for name, value in node.attrib.items() if name in _KEPT}
    for child in list(node):
        # Comments have a function for a tag.
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name not in _SHAPES or child.attrib.get("class", "").startswith("tooltip-box"):
            node.remove(child)
        else:
            _strip(child)
