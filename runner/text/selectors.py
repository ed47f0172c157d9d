"""CSS selectors on the trees of `markup`, in time linear in the page.

cssselect reads them.  It would also make XPath of them; that is evaluated in the square of a
page's elements where they are nested or stand in a long row, and pages are written by strangers.
Here each element is looked at once, and keeps as bits which beginnings of which selectors it ends.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import cssselect
from cssselect import parser as css

from runner.text.markup import Element


class SelectorError(ValueError):
    """A selector that cannot be used; says why, in a few words."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands among its siblings, and among those of its name; from 1."""

    nth: int
    of: int
    nth_of_type: int
    of_type: int


_Test = Callable[[Element, _Place], bool]
_EVERY: _Test = lambda _element, _place: True  # noqa: E731


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound of a selector, and how it hangs on the one before (empty: it is the first)."""

    test: _Test
    combinator: str
    last: bool


@dataclass(frozen=True, slots=True)
class Selector:
    """What elements are looked for."""

    text: str
    steps: tuple[_Step, ...]


def parse_selector(text: str) -> Selector:
    """Return a selector; several may be parted by commas.

    Understood: names, `*`, classes, ids, attributes with all their operators, the four
    combinators, `:not(…)`, `:first-child`, `:last-child`, `:only-child`, `:nth-child(…)`,
    `:nth-last-child(…)` and the same `of-type`.

    Raises:
        SelectorError: when it is no selector, or one of another kind.
    """
    try:
        read = cssselect.parse(text)
    except cssselect.SelectorError as error:
        raise SelectorError(_in_words(str(error))) from error
    steps: list[_Step] = []
    for selector in read:
        if selector.pseudo_element is not None:
            raise SelectorError(f"`::{selector.pseudo_element}` is no element of the page")
        steps.extend(_steps(selector.parsed_tree))
    return Selector(text, tuple(steps))


def select(
    top: Element, selector: Selector, outside: Collection[int] = frozenset()
) -> Iterator[Element]:
    """Give the elements that fit, in the order of the page: `top` itself and what is in it.

    What stands around `top` does not count, nor what is inert (`template`).  `outside` are the
    `id()` of elements that are left out with all that is in them.
    """
    steps = selector.steps
    # The root of a page is no element of it, and has no name.
    fits = _fit(top, steps, _Place(1, 1, 1, 1), _Around()) if top.name else 0
    if _is_whole(fits, steps):
        yield top
    levels = [_children(top, steps, fits, 0, outside)]
    while levels:
        if (found := next(levels[-1], None)) is None:
            levels.pop()
            continue
        child, fits, above = found
        if _is_whole(fits, steps):
            yield child
        if child.children and child.name != "template":
            levels.append(_children(child, steps, fits, above, outside))


@dataclass(slots=True)
class _Around:
    """Which steps are fitted around an element, as bits.

    By its parent, any element above it, the sibling right before it, any sibling before it.
    """

    parent: int = 0
    above: int = 0
    before: int = 0
    earlier: int = 0


def _children(
    parent: Element, steps: Sequence[_Step], fits: int, above: int, outside: Collection[int]
) -> Iterator[tuple[Element, int, int]]:
    """Give each child, the steps that it fits, and those that elements above it fit."""
    around = _Around(fits, above | fits)
    children = [child for child in parent.children if id(child) not in outside]
    names = Counter(child.name for child in children)
    seen: Counter[str] = Counter()
    for nth, child in enumerate(children, start=1):
        seen[child.name] += 1
        place = _Place(nth, len(children), seen[child.name], names[child.name])
        around.before = _fit(child, steps, place, around)
        around.earlier |= around.before
        yield child, around.before, around.above


def _fit(element: Element, steps: Sequence[_Step], place: _Place, around: _Around) -> int:
    fits = 0
    for nth, step in enumerate(steps):
        match step.combinator:
            case "":
                reached = True
            case ">":
                reached = bool(around.parent >> nth - 1 & 1)
            case "+":
                reached = bool(around.before >> nth - 1 & 1)
            case "~":
                reached = bool(around.earlier >> nth - 1 & 1)
            case _:
                reached = bool(around.above >> nth - 1 & 1)
        if reached and step.test(element, place):
            fits |= 1 << nth
    return fits


def _is_whole(fits: int, steps: Sequence[_Step]) -> bool:
    return fits != 0 and any(step.last and fits >> nth & 1 for nth, step in enumerate(steps))


def _steps(tree: css.Tree) -> list[_Step]:
    """Return the compounds of one selector from left to right."""
    compounds: list[tuple[str, css.Tree]] = []
    while isinstance(tree, css.CombinedSelector):
        compounds.append((tree.combinator, tree.subselector))
        tree = tree.selector
    compounds.append(("", tree))
    compounds.reverse()
    return [
        _Step(_test(compound), combinator, nth == len(compounds))
        for nth, (combinator, compound) in enumerate(compounds, start=1)
    ]


def _test(tree: css.Tree) -> _Test:
    match tree:
        case css.Element(namespace=None, element=name):
            return _EVERY if name is None else _named(name.lower())
        case css.Class(selector=inner, class_name=name):
            return _both(_test(inner), _attribute("class", "~=", name))
        case css.Hash(selector=inner, id=name):
            return _both(_test(inner), _attribute("id", "=", name))
        case css.Attrib(selector=inner, namespace=None, attrib=name, operator=operator):
            value = tree.value.value if tree.value is not None else None
            return _both(_test(inner), _attribute(name.lower(), operator, value or ""))
        case css.Negation(selector=inner, subselector=other):
            return _both(_test(inner), _negated(_test(other)))
        case css.Pseudo(selector=inner, ident=name) if name in _POSITIONS:
            return _both(_test(inner), _POSITIONS[name])
        case css.Function(selector=inner, name=name) if name in _COUNTS:
            try:
                step, start = css.parse_series(tree.arguments)
            except ValueError as error:
                raise SelectorError(f"`:{name}(…)` needs a number such as 2 or 2n+1") from error
            return _both(_test(inner), _counted(_COUNTS[name], step, start))
        case css.CombinedSelector():
            raise SelectorError("only one element can be inside `:not(…)`")
        case css.Pseudo(ident=name) | css.Function(name=name):
            raise SelectorError(f"`:{name}` is not understood")
        case _:
            raise SelectorError("namespaces, `:is`, `:where` and `:has` are not understood")


def _named(name: str) -> _Test:
    return lambda element, _: element.name == name


def _both(one: _Test, other: _Test) -> _Test:
    if one is _EVERY:
        return other
    return lambda element, place: one(element, place) and other(element, place)


def _negated(test: _Test) -> _Test:
    return lambda element, place: not test(element, place)


def _attribute(name: str, operator: str, wanted: str) -> _Test:
    def fits(element: Element, _: _Place) -> bool:
        has = element.attributes.get(name)
        if operator == "!=":
            return has != wanted
        if has is None:
            return False
        match operator:
            case "exists":
                return True
            case "=":
                return has == wanted
            case "~=":
                return wanted in has.split()
            case "|=":
                return has == wanted or has.startswith(f"{wanted}-")
            case "^=":
                return bool(wanted) and has.startswith(wanted)
            case "$=":
                return bool(wanted) and has.endswith(wanted)
            case _:
                return bool(wanted) and wanted in has

    return fits


_POSITIONS: dict[str, _Test] = {
    "first-child": lambda _, place: place.nth == 1,
    "last-child": lambda _, place: place.nth == place.of,
    "only-child": lambda _, place: place.of == 1,
    "first-of-type": lambda _, place: place.nth_of_type == 1,
    "last-of-type": lambda _, place: place.nth_of_type == place.of_type,
    "only-of-type": lambda _, place: place.of_type == 1,
}
_COUNTS: dict[str, Callable[[_Place], int]] = {
    "nth-child": lambda place: place.nth,
    "nth-last-child": lambda place: place.of - place.nth + 1,
    "nth-of-type": lambda place: place.nth_of_type,
    "nth-last-of-type": lambda place: place.of_type - place.nth_of_type + 1,
}


def _counted(count: Callable[[_Place], int], step: int, start: int) -> _Test:
    def fits(_: Element, place: _Place) -> bool:
        beyond = count(place) - start
        return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0

    return fits


def _in_words(said: str) -> str:
    """Return what cssselect found wrong, the place counted from 1."""
    found = re.fullmatch(r"(.*?), got <(\S+)(?: '(.*)')? at (\d+)>", said)
    if found is None:
        return said
    what = "the end" if found[2] == "EOF" else f"`{found[3]}`"
    return f"{found[1].lower()} at character {int(found[4]) + 1}, got {what}"
