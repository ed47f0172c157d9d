"""Phrases, as rules write them."""

import re
from collections.abc import Mapping

from runner.policies.rules import Phrase, Step
from runner.text.words import words_of

LIST = re.compile(r"<([^<>]*)>")
"""The name of a list, where its phrases or words stand in for it."""
GAPS = frozenset({"...", "…"})


class PhraseFault(ValueError):
    """A phrase that cannot be read; the message says why."""


def parse_phrase(text: str, lists: Mapping[str, tuple[Phrase, ...]]) -> Phrase:
    """Read one phrase of a rule.

    Words stand for all their inflections; `a/b` is one word or the other, `<name>` any
    word of a list, `...` up to four words in between.

    Raises:
        PhraseFault: with what is wrong with it.
    """
    steps: list[Step] = []
    gap = False
    for piece in text.split():
        if piece in GAPS:
            if not steps or gap:
                raise PhraseFault("`...` stands between two words")
            gap = True
            continue
        found = _parse_piece(piece, lists)
        if not found:
            raise PhraseFault(f"there is no word in `{piece}`")
        steps.append(Step(found[0], after_gap=gap))
        steps += (Step(words) for words in found[1:])
        gap = False
    if gap or not steps:
        raise PhraseFault("`...` stands between two words" if gap else "the phrase is empty")
    return Phrase(text, tuple(steps))


def _parse_piece(piece: str, lists: Mapping[str, tuple[Phrase, ...]]) -> list[frozenset[str]]:
    if "/" not in piece and not LIST.fullmatch(piece):
        return [frozenset({word}) for word in words_of(piece)]
    words: set[str] = set()
    for part in piece.split("/"):
        if named := LIST.fullmatch(part):
            if named[1] not in lists:
                raise PhraseFault(f"there is no list `{named[1]}` above")
            for phrase in lists[named[1]]:
                if len(phrase.steps) != 1:
                    raise PhraseFault(
                        f"`<{named[1]}>` holds `{phrase.text}`; "
                        "only a list of single words can stand inside a phrase"
                    )
                words |= phrase.steps[0].words
            continue
        found = words_of(part)
        if len(found) != 1:
            raise PhraseFault(f"`{part}` is not one word; `/` parts single words")
        words.add(found[0])
    return [frozenset(words)]
