"""The words of a page as a reader sees them, and whether some words stand among them.

Compared is what no site changes on the way: letters and digits without case or accents, so that
quotes, dashes, line ends and entities make no difference.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from runner.cases.identity import folded
from runner.text.charset import decode
from runner.text.html import text_of_html
from runner.text.markup import Element, Tree, parse_markup

_RUN = 3
"""Words in a row that are compared where a text does not stand there as it is."""
_BEGINNING = 6
"""So many first words must stand there for what follows to be cut short for the eye."""
_ALMOST = 0.999
_ENOUGH = 0.6
"""A message that is cut short was seen when so much of it was."""
_SIGN = 500
"""Characters of a link's or a button's content that are read."""
_SCRIPTED = 2_000_000
"""Characters of a file that are looked through beyond what a reader sees."""
_OCCURRENCES = 50
"""Places on a page where the same words are looked at."""
_END = 80
"""Characters at the end of a line that may say that there is more: `… Lire la suite`."""
_LABEL = 7
"""Words beside a name in a line that only says who speaks: a date, `replied:`."""
_AHEAD = 4
"""Words before a message on its first line that are not its own: who speaks, a date."""

_HIDING = re.compile(r"display:none|visibility:hidden|opacity:0(?:\.0+)?(?:;|$)|font-size:0")
_RULE = re.compile(r"(?:^|(?<=[{}]))([^{}]++)\{([^{}]*+)\}")
_SIMPLE = re.compile(r"[.#][A-Za-z_][\w-]*")
_HIDDEN_CLASSES = frozenset(
    {"hidden", "d-none", "is-hidden", "invisible", "hide", "visually-hidden", "sr-only"}
    | {"screen-reader-text", "screen-reader-only", "visuallyhidden", "u-hidden"}
)
_QUOTED_CLASS = re.compile(
    r"(?:^|[-_\s])(?:quote[ds]?|quotation|bbcodeblock--quote|citation)", re.I
)
_QUOTES = frozenset({"blockquote", "q"})
_MORE = re.compile(
    r"(?:…|\.\.\.)\W*+(?:(?:lire|voir|afficher|read|see|show)\W++(?:la\W++)?(?:plus|suite|more))?\W*+$"
    r"|(?:lire|voir|afficher)\s++(?:plus|la\s++suite)\W*+$|(?:read|see|show)\s++more\W*+$",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"\b404\b|\b410\b|not\s+found|introuvable|n.existe\s+(?:pas|plus)|no\s+longer|supprimée?s?\b|"
    r"\bdeleted\b|\bremoved\b|\bunavailable\b|indisponible",
    re.IGNORECASE,
)
_UNFOLDS = re.compile(
    r"(?:voir|afficher|charger|show|view|load|see|\d+)\W+(?:\w+\W+){0,4}?"
    r"(?:r[ée]ponses?|repl(?:y|ies)|answers?|commentaires?|comments?|messages?|posts?|suivants?)\b"
    r"|(?:charger|load|afficher|show|voir)\W+(?:plus|more|la\W+suite)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^\W*(?:suivante?s?|page\s+suivante|next(?:\s+page)?|older|newer|last|derni[èe]re(?:\s+page)?)"
    r"\W*$|^\s*[›»>]{1,2}\s*$",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[?&/;](?:page|p|start|offset|pg|from)[=/-]?\d+\b|/page/\d+", re.IGNORECASE
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
_SQUASHED = str.maketrans("", "", " \t\r\n\f")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¨ª§¢´®»¼¹€]|â€|\ufffd")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its words, folded, and itself."""

    words: tuple[str, ...]
    text: str


class ShownPage:
    """A page, taken apart into what a reader sees, what is quoted there, and what is hidden.

    `cleaned` is what both sides go through before they are compared, such as masking.
    """

    def __init__(
        self, body: bytes, content_type: str = "", cleaned: Callable[[str], str] = str
    ) -> None:
        self.markup = decode(body, content_type)
        self._cleaned = cleaned

    @cached_property
    def tree(self) -> Tree:
        """The page's elements."""
        return parse_markup(self.markup)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """What a reader sees and nobody quotes."""
        return tuple(self._lines((*self._hidden, *self._quoted)))

    @cached_property
    def quoted(self) -> tuple[str, ...]:
        """All words that a reader sees, quotes too."""
        return tuple(word for line in self._lines(self._hidden, quotes=True) for word in line.words)

    @cached_property
    def everything(self) -> tuple[str, ...]:
        """All words of the file, those of scripts, attributes and comments too."""
        return tuple(folded(self._cleaned(_unescaped(self.markup[:_SCRIPTED]))).split())

    @property
    def has_damaged_letters(self) -> bool:
        """Whether it seems to be read in another character set than it was written in."""
        return _MOJIBAKE.search(self.markup) is not None

    @property
    def says_not_found(self) -> bool:
        """Whether title or first heading say that there is no such page."""
        for name in ("title", "h1"):
            element = next((e for e in self.tree.root if e.name == name), None)
            if element and _NOT_FOUND.search(text_of_html(self.tree.inside(element))):
                return True
        return False

    def leads_on(self, url: str) -> bool:
        """Whether it names another page of the same; `url` is its own address."""
        for element in self.tree.root:
            href = element.attributes.get("href", "")
            if element.name not in {"a", "link"} or not href:
                continue
            is_page = _PAGE_NUMBER.search(href) is not None
            rel = element.attributes.get("rel", "").lower().split()
            # Blogs name the articles before and after by the same words.
            if {"next", "prev"} & set(rel) and (is_page or _is_below(href, url)):
                return True
            said = self._said_by(element)
            if (said.isdigit() and is_page) or (
                _NEXT.search(said) and (is_page or _is_below(href, url))
            ):
                return True
        return False

    def neighbour(self, rel: str) -> str | None:
        """Return the address of the page before or after, where it is named by `rel`."""
        for element in self.tree.root:
            if element.name in {"a", "link"}:
                href = element.attributes.get("href")
                if href and rel in element.attributes.get("rel", "").lower().split():
                    return href
        return None

    def unfolds_more(self, url: str) -> bool:
        """Whether it holds answers that are shown only to who asks for them."""
        for element in self.tree.root:
            if element.name == "a":
                href = element.attributes.get("href", "")
                target, _, fragment = href.partition("#")
                # `12 comments` at the top leads down to them; a link elsewhere to something else.
                if (fragment and not target) or (target and not _is_below(target, url)):
                    continue
                if fragment and urljoin(url, target).partition("?")[0] == url.partition("?")[0]:
                    continue
            is_control = element.name in {"a", "button", "summary"}
            if not is_control and element.attributes.get("role") != "button":
                continue
            if _UNFOLDS.search(self._said_by(element)):
                return True
        return False

    def _said_by(self, element: Element) -> str:
        return text_of_html(self.tree.inside(element)[:_SIGN], _SIGN).strip()

    def element_at(self, fragment: str) -> str:
        """Return the words of the element that an address's fragment names, empty without one."""
        for element in self.tree.root:
            if fragment in (element.attributes.get("id"), element.attributes.get("name")):
                return text_of_html(self.tree.inside(element))
        return ""

    def _lines(
        self, left_out: Iterable[tuple[int, int]], *, quotes: bool = False
    ) -> Iterator[Line]:
        text = text_of_html(_cut(self.markup, left_out), limit=len(self.markup))
        for line in text.splitlines():
            if not line or (line.startswith(">") and not quotes):
                continue
            words = tuple(folded(self._cleaned(line)).split())
            if words:
                yield Line(words, line)

    @cached_property
    def _hidden(self) -> tuple[tuple[int, int], ...]:
        names = _hidden_by_rules(self.tree)
        return tuple(
            (element.start, element.end) for element in self.tree.root if _is_hidden(element, names)
        )

    @cached_property
    def _quoted(self) -> tuple[tuple[int, int], ...]:
        return tuple(
            (element.start, element.end)
            for element in self.tree.root
            if element.name in _QUOTES or _QUOTED_CLASS.search(element.attributes.get("class", ""))
        )


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


def _cut(markup: str, ranges: Iterable[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in sorted(ranges):
        if end <= at:
            continue
        if start > at:
            kept.append(markup[at:start])
        at = max(at, end)
    return " ".join((*kept, markup[at:])) if kept or at else markup


def _is_hidden(element: Element, names: frozenset[str]) -> bool:
    attributes = element.attributes
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if element.name == "dialog" and "open" not in attributes:
        return True
    style = attributes.get("style", "").lower().translate(_SQUASHED)
    if style and _HIDING.search(style):
        return True
    classes = attributes.get("class", "").split()
    if not _HIDDEN_CLASSES.isdisjoint(name.lower() for name in classes):
        return True
    own = {f".{name}" for name in classes} | {f"#{attributes.get('id', '')}"}
    return not names.isdisjoint(own)


def _is_below(href: str, url: str) -> bool:
    """Whether an address leads to the same page with another query, or to one below it."""
    if href.startswith("javascript:"):
        return True
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, href))
    except ValueError:
        return False
    path = here.path.rstrip("/")
    return there.netloc == here.netloc and (
        there.path.rstrip("/") == path or (bool(path) and there.path.startswith(f"{path}/"))
    )


def _hidden_by_rules(tree: Tree) -> frozenset[str]:
    """Return the classes and ids that the page's own styles hide."""
    found = set[str]()
    for element in tree.root:
        if element.name == "style":
            for selectors, rules in _RULE.findall(tree.inside(element)[:200_000]):
                if _HIDING.search(rules.lower().translate(_SQUASHED)):
                    each = (selector.strip() for selector in selectors.split(","))
                    found.update(one for one in each if _SIMPLE.fullmatch(one))
    return frozenset(found)


_TAG = re.compile(r"<[^<>]{0,2000}>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def _unescaped(markup: str) -> str:
    """Return all that a file says: tags away but comments kept, escapes of scripts read."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), markup).replace("\\n", " ")
    bare = _TAG.sub(lambda found: " " + found[0].strip("<>!-") + " "
                    if found[0].startswith("<!--") or "=" in found[0] else " ", plain)  # fmt: skip
    return html.unescape(html.unescape(bare))
