"""What a customer asks for and what is given, sorted into kinds: refund, replacement and so on.

Both are a few words that the team wrote, in French or English.  A kind is told by the
beginnings of its words; what none of them tells stays unknown, and is taken to fit.
"""

import re
from collections.abc import Iterable, Mapping

from runner.text.words import fold

_KINDS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{words})")
    for name, words in {
        "refund": r"rembours|refund|reimburs|money back|argent\b|repaid\b|repay|credit(?:ed|e)\b",
        "replacement": r"re-?mplac|replac|echang|exchang|swap|chang(?:er|ement)\b|neu(?:f|ve)s?\b"
        r"|nouve(?:au|l|lle)s?\b|new\b|another\b|renvoi\b|resen[dt]",
        "repair": r"repar|repair|fix|mend(?:ed|ing)?\b|depann|remise en (?:etat|service)",
        "voucher": r"bons? d'achat|bons? de reduction|cartes? cadeau|gift card|voucher|coupon"
        r"|store credit|(?:un|en|l'|d')\s?avoir\b|avoir (?:de|sur) ",
        "discount": r"remise\b(?! en )|reduction|rabais|ristourne|discount|price cut|money off",
        "delivery": r"livr(?:e[rz]?|es?|ee?s?|aison|aisons)\b|deliver|expedi|envoi\b|envoyer|ship"
        r"|dispatch",
        "cancellation": r"annul|cancel|resili|terminat",
        "information": r"inform|renseign|expli|expla|reponse|answer|conseil|advice|comment\b"
        r"|how to\b|notice|mode d'emploi|manual|instruction",
        "document": r"factur|invoice|attestation|certificat|justificatif|receipt",
        "apology": r"excus|apolog|sorry|desole|regret",
    }.items()
}
_ANYTHING = re.compile(r"\b(?:geste|gesture|compens|indemni|dedommag|amends|something)")
"""Who asks for a gesture leaves open which."""


def answers(remedy: str, wishes: Iterable[str]) -> bool:
    """Return whether a remedy may be what was asked for; it is not where all kinds differ."""
    given = _kinds(remedy)
    if not given or _ANYTHING.search(fold(remedy)):
        return True
    for wish in wishes:
        wanted = _kinds(wish)
        if not wanted or wanted & given or _ANYTHING.search(fold(wish)):
            return True
    return False


def _kinds(text: str) -> frozenset[str]:
    folded = fold(text)
    return frozenset(name for name, words in _KINDS.items() if words.search(folded))
