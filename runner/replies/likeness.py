"""How much two messages ask the same: by the telling words that they have in common.

A word counts by how rare it is among all questions of its language (inverse document
frequency), and what is shared is measured against the length of both: a cosine, drawn
towards the shorter of the two, for a customer tells a story around one question.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import log
from typing import Generic, TypeVar

from runner.text.words import read_words, stems

LOCALES = ("fr", "en")
_STEMMERS = {"fr": "french:", "en": "english:"}
_SHORTEST = 2
_SHORT = 4
"""Letters of French words whose last `s` or `x` is hardly a plural's."""
_COMMON = {
    "fr": """
        a ai aie alors apres as au aucun aussi autre aux avant avec avez avoir avons bien bonjour
        bonsoir ca car ce ceci cela ces cet cette ceux chez ci comme comment contre d dans de deja
        depuis des deux dire dois doit donc du elle elles en encore entre est et etait etais ete
        etes etre eu eux fait faire faut faut-il fois font ici il ils je jusque la le les leur leurs
        lorsque lui ma mais me meme merci mes moi moins mon ne ni nos notre nous on ont ou par parce
        pas peu peut peut-on plait plus plusieurs pour pourquoi pouvez pouvoir puis puisque qu
        quand que quel quelle quelles quels qui quoi sa salut sans se sera serait ses si son sont
        sous suis sur ta te tes toi tout toute toutes tous tres trop tu un une va vais veux voila
        voir vont vos votre vous voudrais y svp cordialement trouver savoir quelque quelqu est-ce
    """,
    "en": """
        a about after again all also am an and any are as at be because been before being but by
        can could did do does doing done for from get got had has have having he hello her here hi
        him his how i if in into is it its just know like me more my no not now of on one or our
        out over please she should so some still than thank thanks that the their them then there
        these they this those to too up us very was we were what when where which while who why
        will with would you your want need
    """,
}
_LEAN = 0.35
"""How far the measure goes by the customer's own length, 0 to 1; the rest by the question's."""


@lru_cache(maxsize=1)
def _common_terms() -> dict[str, frozenset[str]]:
    return {
        locale: frozenset(_term(word, locale) for word in words.split())
        for locale, words in _COMMON.items()
    }


@lru_cache(maxsize=65536)
def _term(word: str, locale: str) -> str:
    stemmer = _STEMMERS[locale]
    # The French stemmer takes `délais` for a verb, and `délai` for none.
    is_plural = locale == "fr" and len(word) > _SHORT and word[-1] in "sx"
    found = [stem for stem in stems(word[:-1] if is_plural else word) if stem.startswith(stemmer)]
    # `arrivée` gives `arrivé` and `arriv`: the shortest is what `arrive` gives too.
    return min(found, key=lambda stem: (len(stem), stem)).removeprefix(stemmer)


def spoken_terms(text: str, locale: str) -> dict[str, str]:
    """Return the telling words of a text as they are compared, each with how it was written.

    Nothing in a language that is neither French nor English.
    """
    if locale not in _STEMMERS:
        return {}
    terms: dict[str, str] = {}
    for token in read_words(text).tokens:
        if len(token.word) >= _SHORTEST and any(map(str.isalpha, token.word)):
            terms.setdefault(_term(token.word, locale), token.word)
    return {term: word for term, word in terms.items() if term not in _common_terms()[locale]}


def terms_of(text: str, locale: str) -> frozenset[str]:
    """Return the telling words of a text, as they are compared."""
    return frozenset(spoken_terms(text, locale))


Owner = TypeVar("Owner")


class Questions(Generic[Owner]):
    """Questions of one language, each with what it belongs to, to be searched many times."""

    def __init__(self, questions: Iterable[tuple[Iterable[str], Owner]]) -> None:
        self._owners: list[Owner] = []
        self._found: dict[str, list[int]] = {}
        terms_by_question = []
        for nth, (terms, owner) in enumerate(questions):
            self._owners.append(owner)
            terms_by_question.append(terms)
            for term in terms:
                self._found.setdefault(term, []).append(nth)
        count = len(self._owners)
        self._weights = {term: log(1 + count / len(found)) for term, found in self._found.items()}
        self._rarest = log(1 + count)
        self._lengths = [sum(map(self._weight, terms)) for terms in terms_by_question]

    def _weight(self, term: str) -> float:
        return self._weights.get(term, self._rarest)

    def nearest(self, terms: frozenset[str]) -> list[tuple[float, Owner, frozenset[str]]]:
        """Return what shares a word with a message: likeness from 0 to 1, owner, words."""
        shared: dict[int, list[str]] = {}
        for term in sorted(terms & self._found.keys()):
            for nth in self._found[term]:
                shared.setdefault(nth, []).append(term)
        own = sum(map(self._weight, sorted(terms)))
        return [
            (self._likeness(own, nth, common), self._owners[nth], frozenset(common))
            for nth, common in shared.items()
        ]

    def _likeness(self, own: float, nth: int, common: Iterable[str]) -> float:
        met = sum(map(self._weight, common))
        shorter, longer = sorted((own, self._lengths[nth]))
        return float(met / (shorter ** (1 - _LEAN) * longer**_LEAN)) if shorter else 0.0
