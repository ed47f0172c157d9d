"""What a reply says that its case does not bear out: gifts nobody decided, names from elsewhere.

Warnings for people to weigh, beside what `proofreading` finds in any text.
"""

import re
from collections.abc import Iterator

from runner.cases.case import Case
from runner.errors import Severity
from runner.replies.proofreading.check import Finding
from runner.text.words import fold

GIVEN, NAMED = "told-as-given", "name-from-elsewhere"
"""The rules: something is said to have been given, and no decision is on file; a name by which the
customer is known at another place of the case."""

_GIFTS = {
    # « avoir », « échange » and « remise » alone mean other things too.
    "fr": r"\b(?:remboursement|bon d[’']achat|ch[èe]que[- ]cadeau|geste(?: commercial)?|réduction|"
          r"dédommagement|indemnité|indemnisation|remplacement|virement|"
          r"(?:votre |une? |l[’'])(?:avoir|échange|remise))\b",
    "en": r"\b(?:refund|voucher|credit(?: note)?|replacement|discount|compensation|gift card|"
          r"goodwill gesture)\b",
}  # fmt: skip
_DONE = {
    "fr": r"\b(?:effectu|accord|accept|valid|émis|vers|envoy|expédi|offert|fait|crédit|approuv|"
          r"déclench|lanc|trait)\w*",
    "en": r"\b(?:granted|issued|paid|sent|approved|made|processed|agreed|accepted|credited|"
          r"completed)\b",
}  # fmt: skip
_PAID = {
    "fr": r"\b(?:rembours|dédommag|indemnis|recrédit)\w+",
    "en": r"\b(?:refunded|credited|compensated|reimbursed)\b",
}
_FR, _EN = (
    {"gift": _GIFTS[tongue], "done": _DONE[tongue], "paid": _PAID[tongue]}
    for tongue in ("fr", "en")
)
_CLAIMS = tuple(
    re.compile(pattern % words, re.IGNORECASE)
    for words, pattern in (
        # The refund has been paid.
        (
            _FR,
            r"%(gift)s[^.!?\n]{0,50}?\b(?:a|ont|est|sont|vient d[’']être)\b(?: \w+){0,3}? %(done)s",
        ),
        (_EN, r"%(gift)s[^.!?\n]{0,40}?\b(?:has|have|was|is|were)\b(?: \w+){0,3}? %(done)s"),
        # We have sent a voucher.
        (_FR, r"\b(?:avons|ai)(?: bien| déjà)? %(done)s [^.!?\n]{0,20}?%(gift)s"),
        (_EN, r"\b(?:we|I)(?:[’']ve| have)?(?: already| just)? %(done)s [^.!?\n]{0,25}?%(gift)s"),
        # We refunded you, you have been refunded.
        (_FR, r"\b(?:avons|ai|avez|as|êtes|es)\b(?: bien| déjà| donc| été)* %(paid)s"),
        (_EN, r"\b(?:we|I|you)(?:[’']ve| have| were)?(?: already| just| now| been)* %(paid)s"),
    )
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_NOT_SAID = re.compile(
    r"\b(?:pas|jamais|aucun|aucune|si|s[’']il|lorsque|quand|sera|serez|seront|une fois que|"
    r"d[èe]s que|vous dites|vous demandez|not|never|no|if|whether|once|when|will|you say|"
    r"you ask)\b|n[’']t\b",
    re.IGNORECASE,
)
"""Denied, supposed, to come, or the customer's own words."""
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SHORTEST_NAME = 4


def find_claims(
    text: str, case: Case, *, place: str | None = None, decided: bool, public: bool = True
) -> tuple[Finding, ...]:
    """Return where a text to the customer of a case says what the case does not bear out.

    `place` is where it is said, the first by default; `decided` where a decision on file gives
    the customer something, so that it may be told.  Names are only looked for in `public`.
    """
    found = [] if decided else [*_given(text)]
    found += _named(text, case, place or case.places[0].id) if public else []
    return tuple(sorted(found, key=lambda each: each.start))


def _given(text: str) -> Iterator[Finding]:
    for sentence in _SENTENCE.finditer(text):
        if sentence[0].endswith("?") or _NOT_SAID.search(sentence[0]):
            continue
        claims = (claim.search(text, sentence.start(), sentence.end()) for claim in _CLAIMS)
        first = min((each for each in claims if each), key=lambda each: each.start(), default=None)
        if first is not None:
            yield _finding(GIVEN, text, first.start(), first.end())


def _named(text: str, case: Case, place: str) -> Iterator[Finding]:
    here = next(each for each in case.places if each.id == place)
    known = fold(f"{here.author or ''} {here.title} {here.text or ''}")
    elsewhere = {
        fold(word)
        for each in case.places
        if each.id != place
        for word in _WORD.findall(each.author or "")
        if len(word) >= _SHORTEST_NAME
    }
    for word in _WORD.finditer(text):
        folded = fold(word[0])
        if folded in elsewhere and folded not in known and word[0][0].isupper():
            yield _finding(NAMED, text, word.start(), word.end())


def _finding(rule: str, text: str, start: int, end: int) -> Finding:
    line = text.count("\n", 0, start)
    column = start - (text.rfind("\n", 0, start) + 1)
    return Finding(rule, Severity.WARNING, line + 1, column + 1, start, end, text[start:end])
