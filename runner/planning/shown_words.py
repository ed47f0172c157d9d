"""Whether some words stand among those of a page, and how: whole, in part, in whose name.

Compared is what no site changes on the way: letters and digits without case or accents, so that
quotes, dashes, line ends and entities make no difference.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from runner.cases.identity import folded
from runner.planning.shown_page import Line

_RUN = 3
"""Words in a row that are compared where a text does not stand there as it is."""
_BEGINNING = 6
"""So many first words must stand there for what follows to be cut short for the eye."""
_ALMOST = 0.999
_ENOUGH = 0.6
"""A message that is cut short was seen when so much of it was."""
_OCCURRENCES = 50
"""Places on a page where the same words are looked at."""
_END = 80
"""Characters at the end of a line that may say that there is more: `… Lire la suite`."""
_LABEL = 7
"""Words beside a name in a line that only says who speaks: a date, `replied:`."""
_AHEAD = 4
"""Words before a message on its first line that are not its own: who speaks, a date."""
_MORE = re.compile(
    r"(?:…|\.\.\.)\W*+(?:(?:lire|voir|afficher|read|see|show)\W++(?:la\W++)?(?:plus|suite|more))?\W*+$"
    r"|(?:lire|voir|afficher)\s++(?:plus|la\s++suite)\W*+$|(?:read|see|show)\s++more\W*+$",
    re.IGNORECASE,
)
_REPEATS = re.compile(
    r"\b(?:a\s+[ée]crit|[ée]crivait|a\s+dit|disait|wrote|said|has\s+written)\b.{0,40}:\W*$",
    re.IGNORECASE,
)
"""How a line begins a quote, `Lumen wrote:`."""
_OPENS_QUOTE = re.compile(r"^\W*[«“„\"]|[:,]\s*[«“„\"]")
_FURNITURE = frozenset(
    """
    repondre reply signaler report utile useful helpful like likes j aime partager share
    modifier modifie modifiee edit edited copier copy citer quote traduire translate merci
    thanks oui yes non no lire la suite voir plus moins read see show more less il y a ago
    le on at the heure heures hour hours minute minutes jour jours day days semaine week
    mois month ans year h min aujourd hui today hier yesterday janvier fevrier mars avril
    mai juin juillet aout septembre octobre novembre decembre january february march april
    may june july august september october november december am pm upvote downvote vote
    votes points permalink permalien envoyer message suivre follow nous vous contacter
    etoiles stars
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
"""Words that sites put behind a message on its line: what can be done with it, and dates."""


@dataclass(frozen=True, slots=True)
class Match:
    """How some words stand on a page.

    `share` is how much of them does, 1 where all do in a row; `cut_short` where only their
    beginning is shown.  `apart` when nothing else stands before them on their line but a name or
    a date, `added` how many words follow them there that are none of the site's.
    `speaker` is the name that says who speaks there: True one of ours, False the customer's or
    that of who repeats our words.
    """

    share: float
    apart: bool = False
    added: int = 0
    speaker: bool | None = None


def words_of(text: str, cleaned: Callable[[str], str] = str) -> tuple[str, ...]:
    """Return the words of a message as they are compared."""
    return tuple(folded(cleaned(text)).split())


def match_words(
    wanted: tuple[str, ...],
    lines: tuple[Line, ...],
    ours: Iterable[str] = (),
    theirs: Iterable[str] = (),
) -> Match:
    """Return how words stand in lines; of several places the best.

    `ours` and `theirs` are names, as they are written.
    """
    said = [word for line in lines for word in line.words]
    if not wanted or not said:
        return Match(0.0)
    names = [words_of(name) for name in ours], [words_of(name) for name in theirs]
    best = Match(0.0)
    starts = _starts(lines)
    for at in _places(wanted, said):
        match = _judge(at, at + len(wanted), lines, starts, names)
        if best.share < 1 or _rank(match) > _rank(best):
            best = match
    if best.share == 1:
        return best
    for nth, line in enumerate(lines):
        if len(wanted) > _BEGINNING and _MORE.search(line.text[-_END:]):
            end = starts[nth] + len(line.words)
            begun = _begun(wanted, said, end)
            if begun is not None and end - begun >= _ENOUGH * len(wanted):
                return _judge(begun, end, lines, starts, names)
    share, at = _nearest(wanted, said)
    if not share:
        return Match(0.0)
    # All runs of a text that repeats itself may stand there, and yet not the text.
    return Match(min(share, _ALMOST), speaker=_speaker(at, lines, starts, names))


def contains(wanted: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether words stand among others in a row."""
    return bool(wanted) and next(_places(wanted, said), None) is not None


def shared(wanted: tuple[str, ...], said: tuple[str, ...]) -> float:
    """Return how much of some words stands among others, by runs of three, 0 to 1."""
    own = _runs(wanted)
    if not own:
        return 1.0 if contains(wanted, said) else 0.0
    there = _runs(said)
    return sum(run in there for run in own) / len(own)


def _runs(words: Iterable[str]) -> set[tuple[str, ...]]:
    told = tuple(words)
    return {told[n : n + _RUN] for n in range(len(told) - _RUN + 1)}


def _places(wanted: tuple[str, ...], said: "list[str] | tuple[str, ...]") -> Iterator[int]:
    # As text, so that a search costs what `str.find` does.
    sought, text = f" {' '.join(wanted)} ", f" {' '.join(said)} "
    at, counted, word = 0, 0, 0
    for _ in range(_OCCURRENCES):
        if (at := text.find(sought, at)) < 0:
            return
        word += text.count(" ", counted, at)
        counted = at
        yield word
        at += 1


def _starts(lines: tuple[Line, ...]) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line.words)
    return starts


def _judge(
    start: int,
    end: int,
    lines: tuple[Line, ...],
    starts: list[int],
    names: tuple[list[tuple[str, ...]], list[tuple[str, ...]]],
) -> Match:
    first = next(n for n in reversed(range(len(starts))) if starts[n] <= start)
    last = next(n for n in reversed(range(len(starts))) if starts[n] < end)
    before = lines[first].words[: start - starts[first]]
    after = [word for word in lines[last].words[end - starts[last] :] if not word.isdigit()]
    own = {word for name in (*names[0], *names[1]) for word in name}
    quoting = _OPENS_QUOTE.search(lines[first].text) is not None
    return Match(
        1.0,
        apart=len(before) <= _AHEAD and not quoting,
        added=sum(word not in _FURNITURE and word not in own for word in after),
        speaker=_speaker(start, lines, starts, names),
    )


def _speaker(
    at: int,
    lines: tuple[Line, ...],
    starts: list[int],
    names: tuple[list[tuple[str, ...]], list[tuple[str, ...]]],
) -> bool | None:
    """Return whose name says who speaks: that of the nearest line above which is but a name."""
    ours, theirs = names
    for nth in reversed(range(len(lines))):
        words = lines[nth].words[: max(0, at - starts[nth])]
        if is_name_line(words, ours):
            return _REPEATS.search(lines[nth].text) is None
        if is_name_line(words, theirs):
            return False
    return None


def is_name_line(words: tuple[str, ...], names: Iterable[tuple[str, ...]]) -> bool:
    """Whether a line only says who speaks: a name, and a few words beside it."""
    return any(
        name and len(words) <= len(name) + _LABEL and contains(name, words) for name in names
    )


def _rank(match: Match) -> tuple[bool, bool, bool]:
    return match.speaker is not False, match.apart, not match.added


def _begun(wanted: tuple[str, ...], said: list[str], end: int) -> int | None:
    """Return where a message begins that is cut short before the word `end`, None for none."""
    first = max(0, end - len(wanted) - _AHEAD)
    starts = [first + at for at in _places(wanted[:_BEGINNING], said[first:end])]
    for start in reversed(starts):
        length = 0
        while (
            start + length < end
            and length < len(wanted)
            and (said[start + length] == wanted[length])
        ):
            length += 1
        if end - start - length <= _AHEAD:
            return start
    return None


def _nearest(wanted: tuple[str, ...], said: list[str]) -> tuple[float, int]:
    """Return how much of some words stands in the stretch that holds most of them, and where."""
    own = _runs(wanted)
    hits = [
        (n, run) for n in range(len(said) - _RUN + 1) if (run := tuple(said[n : n + _RUN])) in own
    ]
    best, where, first = 0, 0, 0
    counts: dict[tuple[str, ...], int] = {}
    for at, run in hits:
        counts[run] = counts.get(run, 0) + 1
        while hits[first][0] < at - 2 * len(wanted):
            gone = hits[first][1]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            first += 1
        if len(counts) > best:
            best, where = len(counts), hits[first][0]
        if best == len(own):
            break
    return (best / len(own), where) if own else (0.0, 0)
