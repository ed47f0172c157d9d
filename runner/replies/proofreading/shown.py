"""Personal data of a customer that a public reply repeats."""

import re2

from runner.policies.privacy import PrivacyPolicy
from runner.text.disguise import plain
from runner.text.masking import MaskingRules, find_personal_data

_REFERENCE = re2.compile(
    r"(?i)\b(?:commande|facture|client|contrat|suivi|colis|compte|adhérent"
    r"|order|invoice|customer|contract|tracking|account|parcel)"
    r"(?: (?:number|numéro|numero|num|no|ref|reference|référence))?"
    r"(?: (?:est le|est la|est|is|was|porte le))?\.? ?(?:n°|nº|no\.?|numéro|#|:)? ?"
    r"((?:[A-Z]{1,4}[- ]?)?\d[\dA-Z]*(?:[-./]?\d[\dA-Z]*)*)"
)
_STREET = re2.compile(
    r"(?i)\b\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse"
    r"|allée|allee|route|quai|cours|square|passage)\b[^\n.!?]{2,60}\b\d{5}\b"
    r"|\b\d{1,4}[a-z]? (?:[a-z][\w'’]+ ){1,3}(?:street|st|road|rd|lane|ln|avenue|ave|drive|close"
    r"|court|way|gardens|terrace|place|square|crescent|hill)\b[^\n.!?]{0,50}"
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
_TELEPHONE = re2.compile(r"(?:^|[^\w.,])((?:\+\d|00\d|0)(?:[ .-]?\d){8,12})(?:$|[^\w])")
_FEWEST = 5
"""Fewer digits are a quantity or a year."""


def find_shown(text: str, rules: MaskingRules | None = None) -> tuple[tuple[int, int], ...]:
    """Return where a text has personal data, as `(start, end)`, in order.

    What the masking rules find, and what only people tell each other: numbers of orders,
    invoices, customers; street and postcode.  The brand's own, `allowed` by the rules, is fine.
    """
    masking = rules or PrivacyPolicy()
    flat = plain(text)
    spans = [(found.start, found.end) for found in find_personal_data(text, masking)]
    for found in _REFERENCE.finditer(flat.text):
        if sum(sign.isdigit() for sign in found[1]) >= _FEWEST:
            spans.append(flat.place(*found.span(1)))
    spans += (flat.place(*found.span(1)) for found in _TELEPHONE.finditer(flat.text))
    spans += (flat.place(*found.span()) for found in _STREET.finditer(flat.text))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        written = text[start:end]
        if any(one in written or written in one for one in masking.allowed):
            continue
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return tuple(apart)
