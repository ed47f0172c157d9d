"""The texts that a template can make: each wording with each choice of its parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import gcd, prod
from types import MappingProxyType

from runner.policies.templates import Template, Wording
from runner.policies.wordings import fill_in, needed_variables
from runner.replies.facts import OPTIONAL, gap
from runner.text.typography import typeset

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Frame:
    """A wording with, for each part in it, the alternatives that can be used, in order.

    `index` and the indexes of alternatives count from 0 as in the template's file.
    """

    index: int
    wording: Wording
    parts: tuple[str, ...]
    choices: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """How many texts it makes."""
        return prod(map(len, self.choices))


@dataclass(frozen=True, slots=True)
class Variant:
    """One text of a template: a frame, and which alternative of each of its parts."""

    template: Template
    frame: Frame
    chosen: tuple[int, ...]

    @property
    def label(self) -> str:
        """What a log records beside the template's id: `2-1-3`, counted from 1."""
        return "-".join(str(index + 1) for index in (self.frame.index, *self.chosen))


def find_frames(template: Template, known: Mapping[str, str]) -> tuple[Frame, ...]:
    """Return the wordings that can be used with what is known, each with what fits of its parts.

    A wording or an alternative that names something optional which is not known is left out,
    unless nothing else is there.  Of a part, the alternatives that take up most of what is
    known are used, and no others.
    """
    fitting = [
        index
        for index, wording in enumerate(template.wordings)
        if needed_variables(wording.text) & OPTIONAL <= known.keys()
    ]
    usable = fitting or range(len(template.wordings))
    return tuple(_frame(template, index, known) for index in usable)


def in_order(template: Template, frames: tuple[Frame, ...], seed: str) -> Iterator[Variant]:
    """Return every text once, in an order that depends on the seed alone."""
    total = sum(frame.size for frame in frames)
    digest = int.from_bytes(sha256(seed.encode()).digest())
    step = 1 + (digest >> 64) % total
    while gcd(step, total) != 1:
        step += 1
    for turn in range(total):
        yield _nth(template, frames, (digest + turn * step) % total)


def fill(variant: Variant, known: Mapping[str, str]) -> str:
    """Return the text, typeset; what is not known stands as a gap.

    Raises:
        Unfillable: when a piece of it cannot be filled in.
    """
    template, frame = variant.template, variant.frame
    pieces = {
        part: _fill_piece(template, template.parts[part][choice].text, known)
        for part, choice in zip(frame.parts, variant.chosen, strict=True)
    }
    return typeset(_fill_piece(template, frame.wording.text, known, pieces), template.locale)


def longest(template: Template, frame: Frame, known: Mapping[str, str]) -> tuple[int, str]:
    """Return the most characters that a frame comes to, and the text that has them.

    Raises:
        Unfillable: when a piece of it cannot be filled in.
    """
    chosen = []
    for part, choices in zip(frame.parts, frame.choices, strict=True):
        pieces = (template.parts[part][choice].text for choice in choices)
        lengths = [len(_fill_piece(template, piece, known)) for piece in pieces]
        chosen.append(choices[lengths.index(max(lengths))])
    text = fill(Variant(template, frame, tuple(chosen)), known)
    return len(text), text


def _fill_piece(
    template: Template, text: str, known: Mapping[str, str], pieces: Mapping[str, str] = _NONE
) -> str:
    needed = needed_variables(text)
    values = {
        name: known.get(name) or ("" if name in OPTIONAL - needed else gap(name, template.locale))
        for name in template.variables
    }
    return fill_in(text, values | dict(pieces))


def _frame(template: Template, index: int, known: Mapping[str, str]) -> Frame:
    wording = template.wordings[index]
    named = needed_variables(wording.text)
    parts = tuple(part for part in template.parts if part in named)
    choices = tuple(_fitting(template.parts[part], known) for part in parts)
    return Frame(index, wording, parts, choices)


def _fitting(alternatives: tuple[Wording, ...], known: Mapping[str, str]) -> tuple[int, ...]:
    named = [needed_variables(each.text) & OPTIONAL for each in alternatives]
    fitting = [at for at, names in enumerate(named) if names <= known.keys()]
    most = max((len(named[at]) for at in fitting), default=0)
    return tuple(at for at in fitting if len(named[at]) == most) or tuple(range(len(named)))


def _nth(template: Template, frames: tuple[Frame, ...], at: int) -> Variant:
    for frame in frames:
        if at < frame.size:
            chosen = []
            for choices in frame.choices:
                at, which = divmod(at, len(choices))
                chosen.append(choices[which])
            return Variant(template, frame, tuple(chosen))
        at -= frame.size
    raise IndexError(at)
