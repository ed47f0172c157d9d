"""What made a rule speak, told in the few words of a reason's detail.

`2/5 · répond pas, dommage`: what is known of the message, then the words of the text.
Read by teams in French and in English alike, so it holds no words but the author's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from runner.text.words import fold

LIMIT = 120
"""Characters of a detail: one line of a pull request."""
WORDS_LIMIT = 40
"""Characters of one witness: four words and the gap between them."""
AT_MOST = 5
"""Witnesses of one reason; more convince nobody further."""
BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Witness:
    """What made a condition hold.

    `facts` stand beside the text (stars, source, author); `said` are words of the text.
    """

    facts: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


SILENT = Witness()
"""A condition that holds for want of something, which nothing can show."""


def join_witnesses(witnesses: Iterable[Witness]) -> Witness:
    """Return all of them as one."""
    facts: list[str] = []
    said: list[str] = []
    for each in witnesses:
        facts += each.facts
        said += each.said
    return Witness(tuple(facts), tuple(said))


def render_witness(witness: Witness) -> str:
    """Return the detail of a reason, on one line of at most `LIMIT` characters."""
    parts = [_short(fact) for fact in dict.fromkeys(witness.facts)]
    words = ", ".join(_telling(witness.said))
    whole = BETWEEN.join([*parts, words] if words else parts)
    return whole if len(whole) <= LIMIT else whole[: LIMIT - 1] + "…"


def _telling(said: tuple[str, ...]) -> list[str]:
    """Return the first words that say something new: no repeats, none within another."""
    kept: dict[str, str] = {}
    for words in said:
        short = _short(words)
        plain = fold(short)
        if not plain or any(plain in other for other in kept):
            continue
        kept = {other: kept[other] for other in kept if other not in plain}
        kept[plain] = short
    return list(kept.values())[:AT_MOST]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WORDS_LIMIT else line[: WORDS_LIMIT - 1] + "…"
