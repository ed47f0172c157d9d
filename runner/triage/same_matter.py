"""Which cases may already be about a new message: proposed to people, never decided here."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from runner.cases.case import Case
from runner.cases.identity import fingerprint, folded
from runner.cases.summary import CaseSummary
from runner.model import Judgement, Mention
from runner.text.words import fold

NEAR = timedelta(days=7)
"""How far apart two messages of one author may be found and still be taken for one matter."""
TELLING_LENGTH = 40
"""Characters from which on two strangers do not write the same text by chance."""
NEARLY_ALL = 0.8
"""The share of runs of three words that two copies of one text have in common: a few words more
or less in a paragraph."""
AT_MOST = 5
"""So many cases are named; who has more like it reads the list of cases."""

_NOBODY = frozenset(
    {"anonyme", "anonymous", "client", "customer", "guest", "invite", "membre", "user"}
    | {"utilisateur", "utilisateur anonyme", "utilisateur google", "a google user", "google user"}
)
"""Names that many people share because a site gave them."""


class Likeness(StrEnum):
    """Why a case may be the same matter, the strongest sign first."""

    SAME_TEXT = "same-text"
    SAME_ADDRESS = "same-address"
    SAME_AUTHOR = "same-author"


class Clues:
    """Cases by what may tie a message to them, so that each message is compared with few.

    Grows while a run proposes cases; a case is found by every clue that it shares.
    """

    def __init__(self, cases: Iterable[CaseSummary]) -> None:
        self._cases: dict[tuple[str, str], list[CaseSummary]] = {}
        for case in cases:
            self.add(case)

    def add(self, case: CaseSummary) -> None:
        """Let a case be found from now on, by every clue that it has."""
        for clue in {
            ("text", case.fingerprint),
            *(("address", url) for url in (*case.urls, *case.threads)),
            *(("author", name_of(author)) for author in case.authors),
        }:
            if clue[1]:
                self._cases.setdefault(clue, []).append(case)

    def cases_near(self, mention: Mention) -> tuple[CaseSummary, ...]:
        """Return the cases that share a clue with a message, each once."""
        clues = (
            ("text", fingerprint(mention.text) if mention.text else ""),
            ("address", mention.url or ""),
            ("address", mention.thread_url or ""),
            ("author", name_of(mention.author)),
        )
        found = {case.id: case for clue in clues for case in self._cases.get(clue, ())}
        return tuple(found.values())


def possible_duplicates(
    mention: Mention, judgement: Judgement, brand: str, cases: Iterable[CaseSummary]
) -> tuple[tuple[str, Likeness], ...]:
    """Return the cases of a brand that may be the same matter, with the strongest sign of it.

    The same text elsewhere: long enough, or by the same author.  The same address or
    conversation: unless both authors are known and differ, for strangers share pages.
    The same author within `NEAR`: in the same category, about topics that do not differ.
    At most `AT_MOST`, the strongest first, then the latest.
    """
    author = name_of(mention.author)
    seen = fingerprint(mention.text) if mention.text else ""
    found = [
        (likeness, case)
        for case in cases
        if case.brand == brand
        and mention.key not in case.keys
        and (likeness := _likeness(mention, judgement, author, seen, case)) is not None
    ]
    strength = list(Likeness)
    found.sort(key=lambda it: (strength.index(it[0]), -it[1].detected_at.timestamp(), it[1].id))
    return tuple((case.id, likeness) for likeness, case in found[:AT_MOST])


def _likeness(
    mention: Mention, judgement: Judgement, author: str, seen: str, case: CaseSummary
) -> Likeness | None:
    same_author = bool(author) and author in map(name_of, case.authors)
    if seen and seen == case.fingerprint and (same_author or len(mention.text) >= TELLING_LENGTH):
        return Likeness.SAME_TEXT
    if mention.url is not None and mention.url in case.urls:
        if same_author or not author or not any(map(name_of, case.authors)):
            return Likeness.SAME_ADDRESS
    elif mention.thread_url is not None and mention.thread_url in case.threads and same_author:
        return Likeness.SAME_ADDRESS
    if same_author and abs(mention.detected_at - case.detected_at) <= NEAR:
        topic = judgement.topic.value if judgement.topic else None
        same_topic = topic is None or case.topic is None or topic == case.topic
        if same_topic and case.category == judgement.category.value:
            return Likeness.SAME_AUTHOR
    return None


def certain_copy(mention: Mention, case: Case) -> Likeness | None:
    """Return the sign that a message is one that a case holds, standing elsewhere or read twice.

    Only what leaves little doubt: the same words, at the same address unless both authors are
    known and differ; or at least `TELLING_LENGTH` characters of the same or nearly the same
    words by an author of the same name.
    """
    author = name_of(mention.author)
    for place in case.places:
        if not place.text or place.key == mention.key:
            continue
        whose = name_of(place.author)
        same = fingerprint(mention.text) == fingerprint(place.text)
        if (
            same
            and mention.url is not None
            and mention.url == place.url
            and (author == whose or not author or not whose)
        ):
            return Likeness.SAME_ADDRESS
        long = min(len(mention.text), len(place.text)) >= TELLING_LENGTH
        if long and author and author == whose and (same or _alike(mention.text, place.text)):
            return Likeness.SAME_TEXT
    return None


def _alike(text: str, other: str) -> bool:
    """Whether two texts share nearly all runs of three words."""
    runs, others = _runs(text), _runs(other)
    return len(runs & others) >= NEARLY_ALL * len(runs | others)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = folded(text).split()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


@lru_cache(maxsize=8192)
def name_of(author: str | None) -> str:
    """Return an author's name as it is compared, empty where it names nobody."""
    name = " ".join(fold(author or "").replace("_", " ").lstrip("@").split())
    return "" if name in _NOBODY else name
