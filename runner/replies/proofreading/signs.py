"""How a text sounds: its capitals, its marks, how it greets, whom it speaks to, how it ends."""

import re
from collections.abc import Iterator, Sequence

from runner.replies.proofreading.sentences import Sentence
from runner.text.words import fold

Span = tuple[int, int]

_CAPITALS = re.compile(r"[^\W\d_]{2,}")
_LONGEST_INITIALS = 5
_NEAR = 40
"""Characters beside a word in which the next one stands, or enough of it."""
_MARKS = re.compile(r"![\s\u202f]*!+|[?!]*(?:\?!|!\?)[?!]*|\?{2,}|\.{4,}")
_MOST_EXCLAMATIONS = 2
_HELLO = re.compile(
    r"\W*(?:@?[\w.'’-]+\W+){0,2}?(?:bonjour|bonsoir|salut|coucou|hello|hi|hey|hiya|dear|cher|chere"
    r"|chers|madame|monsieur|mesdames|merci|thank you|thanks"
    r"|good (?:morning|afternoon|evening)|slt|bjr|greetings)\b"
)
_TU = re.compile(r"\b(?:tu|te|toi|t|ton|ta|tes|tien|tienne)\b(?! (?:shirt|il|elle))")
_VOUS = re.compile(r"\b(?:vous|votre|vos)\b")
_YOU = re.compile(r"\b(?:vous|votre|vos|tu|te|toi|t|ton|ta|tes|you|your|yours|u|ur|\w{2,}ez)\b")
_END = re.compile(
    r"\b(?:je|j|nous|on|moi|notre|nos|i|we|me|us|our|ici|here|merci|thank|thanks|bientot|soon|bonne"
    r"|belle|plaisir|profitez|profite|enjoy|ecout\w*|contact\w*|help|aide\w*|suite|reponse|answer"
    r"|excellente?|take care|courage|rendez vous|welcome|bienvenue|suivi|nouvelles|news)\b"
)
_LAST = 3
"""Sentences in which the reassuring end stands: it and who signs, on a line of its own or not."""


def find_capitals(text: str, names: frozenset[str]) -> Iterator[Span]:
    """Yield words that are shouted; initials of up to five letters and known names are not."""
    for found in _CAPITALS.finditer(text):
        word = found[0]
        if word.isupper() and fold(word) not in names and len(word) > _LONGEST_INITIALS:
            yield found.span()
            continue
        if word.isupper() and fold(word) not in names and _is_beside_capitals(text, found.span()):
            yield found.span()


def find_marks(text: str) -> Iterator[Span]:
    """Yield runs of `!` and `?`, and the third exclamation of a text."""
    runs = [found.span() for found in _MARKS.finditer(text)]
    yield from runs
    if not runs:
        signs = [at for at, sign in enumerate(text) if sign == "!"]
        if len(signs) > _MOST_EXCLAMATIONS:
            yield signs[_MOST_EXCLAMATIONS], signs[_MOST_EXCLAMATIONS] + 1


def greets(text: str, names: Sequence[str]) -> bool:
    """Return whether a text begins with a greeting or with the customer's name."""
    folded = fold(text[:120]).strip(" @\n\t«\"'")
    return bool(_HELLO.match(folded)) or any(
        folded.startswith(fold(name)) for name in names if name
    )


def find_mixed_register(sentences: Sequence[Sentence]) -> Iterator[Span]:
    """Yield the first word that says tu beside vous, or the other way round."""
    firsts = []
    for pattern in (_TU, _VOUS):
        for sentence in sentences:
            found = pattern.search(sentence.text)
            if found is not None:
                firsts.append(
                    (sentence.starts[found.start()], sentence.starts[found.end() - 1] + 1)
                )
                break
    if len(firsts) == 2:
        yield max(firsts)


def speaks_to_somebody(sentences: Sequence[Sentence]) -> bool:
    """Return whether a text says "you" or "your" at all."""
    return any(_YOU.search(sentence.text) for sentence in sentences)


def ends_well(sentences: Sequence[Sentence]) -> bool:
    """Return whether the last sentences say that somebody is there, thanks or wishes well."""
    return any(_END.search(sentence.text.replace("|", " ")) for sentence in sentences[-_LAST:])


def _is_beside_capitals(text: str, span: Span) -> bool:
    """Whether the word before or behind is in capitals too: `NE FAITES PAS CELA`."""
    # Only so far, for each word of a text that has nothing but capitals.
    before = re.search(r"([^\W\d_]{2,})\W{1,2}$", text[max(0, span[0] - _NEAR) : span[0]])
    after = re.match(r"\W{1,2}([^\W\d_]{2,})", text[span[1] : span[1] + _NEAR])
    return any(one is not None and one[1].isupper() for one in (before, after))
