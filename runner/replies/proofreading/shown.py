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
    r"(?i:\b\d{1,4}(?: ?(?:bis|ter|quater|[a-d]))?,? (?:rue|avenue|av\.|boulevard|bd|place|chemin"
    r"|impasse|allée|allee|route|quai|square|sentier|faubourg)"
    r" (?:(?:de|du|des|la|le|les|l|d)[ '’]){0,2}[\pL'’-]{2,}(?:[^\n.!?,]{0,50}\b\d{5}\b)?)"
    r"|\b\d{1,4}[a-zA-Z]? (?:\p{Lu}[\pL'’]+ ){1,3}(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive"
    r"|Close|Court|Way|Gardens|Terrace|Place|Square|Crescent|Hill|Row|Mews)\b"
    r"|(?i:\b\d{1,4}[a-z]? (?:[a-z][\w'’]+ ){1,3}(?:street|road|lane|avenue|crescent)\b)"
)
_PLATE = re2.compile(
    r"\b[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}\b"
    r"|(?i:plate|registration|car|vehicle|van|plaque|immatricul\w*|voiture|véhicule|vehicule)\b"
    r"[^\n.!?]{0,30}?\b([A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|[A-Z]{2}\d{2} ?[A-Z]{3})\b"
)
_SPELLED_ADDRESS = re2.compile(
    r"(?i)\b[\w.+-]+ ?[(\[] ?(?:at|arobase|@) ?[)\]] ?[\w-]+(?: ?\.| dot | point )[a-z.]{2,}"
    r"|\b[\w.+-]+ arobase [\w-]+(?:\.| point )[a-z.]{2,}"
    r"|\b\w+[._+]\w+ at [\w-]+\.[a-z.]{2,}|\b[\w.+-]+ at [\w-]+ dot [a-z]{2,}"
    r"|\b[\w.+-]+ ?@ [\w-]+ ?\.[a-z]{2,}|\b[\w.+-]+ @ ?[\w-]+ ?\.[a-z]{2,}"
)
_FRENCH = (
    "z[ée]ro|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze"
    "|seize|vingt|trente|quarante|cinquante|soixante|et|cent"
)
_ENGLISH = "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple"
_IN_WORDS = re2.compile(
    rf"(?i)\b(?:z[ée]ro)(?:[ ,.-]+(?:{_FRENCH})){{5,20}}\b"
    rf"|\b(?:zero|oh)(?:[ ,.-]+(?:{_ENGLISH})){{6,14}}\b"
)
_OWN = re2.compile(
    r"(?i)(?:^|[^\pL])(?:"
    r"nous (?:joindre|appeler|contacter|[ée]crire|ap+el+(?:[ée]|er))|nous sommes|passez nous voir"
    r"|(?:appelez|joignez|contactez)[ -](?:nous|moi)|urgence|unique"
    r"|[ée]crivez(?:[ -](?:nous|moi))? (?:[àa]|sur|par)|joindre (?:notre|le|nos)"
    r"|(?:(?:notre|nos|le|la) |l[’'])(?:services?|sav|boutique|magasin|atelier|si[èe]ge|num[ée]ro"
    r"|adresse|standard|agence|restaurant|garage|salon|showroom|entrep[ôo]t|cabinet|bureau"
    r"|h[ôo]tel|mus[ée]e|club|[ée]tude)"
    r"|(?:call|ring|phone|reach|contact|email|write|visit)(?: (?:us|me|at|to)\b| ?:)|reached on"
    r"|(?:our|the) (?:\w+ )?(?:service|care|team|shop|store|line|number|head office|office|address"
    r"|workshop|helpline|desk|agency|practice|branch|museum|club|hotel|garage|restaurant)"
    r"|we[’']?(?: a)?re (?:at|on)|one number|emergency)(?:$|[^\pL][^\n!?]{0,50}$)"
)
"""What stands before a number or an address of the brand's own."""
_ROLE = re2.compile(
    r"(?i)^(?:contact|infos?|hello|hi|bonjour|accueil|reception|sav|service|services|support|help"
    r"|helpdesk|care|customer|customers|clients?|relations?|team|equipe|office|bureau|mairie|sales"
    r"|ventes?|commandes?|orders?|returns?|retours?|billing|factures?|bookings?|reservations?"
    r"|privacy|dpo|rgpd|gdpr|press|presse|jobs|recrutement|complaints?|reclamations?|mediateur"
    r"|mediation|webmaster|no-?reply)(?:[._+-]?(?:clients?|customers?|service|care|consommateurs?"
    r"|team|support|fr|uk|en))?@"
)
"""A mailbox of a task, which is nobody's own."""
_THEIRS = re2.compile(
    r"(?i)\b(?:(?:we|i|have|has|did) (?:\w+ )?(?:call|called|rang|ring|reach|reached|phone|phoned"
    r"|wrote|write|email|emailed|contact|contacted|visit|visited)"
    r"|(?:call|ring|phone|email|reach|contact|write to|tried to \w+) you"
    r"|(?:will|ll|shall) \w+ you)\b"
)
_TELEPHONE = re2.compile(r"(?:^|[^\w.,])((?:\+\d|00\d|0)(?:[ .-]?\d){8,12})(?:$|[^\w])")
_BEFORE = 90
"""Characters before a number or an address that tell whose it is."""
_FEWEST = 5
"""Fewer digits are a quantity or a year."""


def find_shown(text: str, rules: MaskingRules | None = None) -> tuple[tuple[int, int], ...]:
    """Return where a text has personal data, as `(start, end)`, in order.

    What the masking rules find, and what only people tell each other: numbers of orders,
    invoices, customers; streets, number plates; what is spelled to get round a filter.  The brand's
    own is fine: what the rules allow, and what customers are invited to call, write or come to.
    """
    masking = rules or PrivacyPolicy()
    flat = plain(text)
    spans = [(found.start, found.end) for found in find_personal_data(text, masking)]
    for found in _REFERENCE.finditer(flat.text):
        if sum(sign.isdigit() for sign in found[1]) >= _FEWEST:
            spans.append(flat.place(*found.span(1)))
    spans += (flat.place(*found.span(1)) for found in _TELEPHONE.finditer(flat.text))
    for pattern in (_STREET, _PLATE, _SPELLED_ADDRESS, _IN_WORDS):
        spans += (flat.place(*found.span()) for found in pattern.finditer(flat.text))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        written = text[start:end]
        if any(one in written or written in one for one in masking.allowed):
            continue
        if _ROLE.search(plain(written).text):
            continue
        if _is_own(text[max(0, start - _BEFORE) : start]):
            continue
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return tuple(apart)


def _is_own(before: str) -> bool:
    """Whether what stands before says that the brand is reached there: `call us on`."""
    sentence = re2.split(r"[.!?\n] ", before)[-1]
    return bool(_OWN.search(sentence)) and not _THEIRS.search(sentence)
