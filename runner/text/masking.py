"""Personal data in texts: found, and masked before anything is written.

What a customer gives away beyond the public post never enters git: telephone numbers,
e-mail addresses, bank accounts, cards, French social-security numbers and, where a rule of
the brand names their form, order numbers.  The tokens in their place read in French and in
English, and hold nothing that could be found again.

A false alarm costs a masked reference, a miss costs a customer's privacy: what may well be
a telephone number is one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from runner.text.addresses import find_addresses, may_hold_address, undisguised
from runner.text.disguise import plain, with_lookalikes
from runner.text.patterns import compile_pattern


class PersonalData(StrEnum):
    """What is masked."""

    EMAIL = "e-mail"
    IBAN = "iban"
    CARD = "card"
    SOCIAL_SECURITY = "social-security"
    ORDER = "order"
    TELEPHONE = "telephone"


TOKENS = {
    PersonalData.EMAIL: "[e-mail]",
    PersonalData.IBAN: "[IBAN]",
    PersonalData.CARD: "[carte/card]",
    PersonalData.SOCIAL_SECURITY: "[NIR]",
    PersonalData.ORDER: "[commande/order]",
    PersonalData.TELEPHONE: "[tel]",
}
"""What stands in place of each kind, the same whatever the language of the desk."""

_TOKEN = re.compile("|".join(re.escape(token) for token in TOKENS.values()))
_SOME_DIGITS = re.compile(r"[\doO](?:[\W_]{0,3}[\doOlI|]){6}")
"""Fewer digits than seven, not far apart, are nobody's number.  Asked before all else."""

_MANY_DIGITS = re.compile(r"\d(?:\D{0,3}\d){11}")
"""A card has 14 or more, a social-security number 12 or more and at most a letter among them."""

_APART = "\n" * 4
"""Between texts that are looked at together: more than may stand between two digits of one."""

_ANCHORED = re.compile(r"(?<!(?<!\\)\[)\^|\$|\\[Az]")
"""Where an order form asks for the start or the end of a text, or may do so."""


class OrderNumbers(Protocol):
    """The form of a brand's order numbers; `runner.policies.privacy.OrderForm` is one."""

    @property
    def pattern(self) -> str:
        """A pattern for RE2."""


class MaskingRules(Protocol):
    """What masking needs to know; `runner.policies.privacy.PrivacyPolicy` is one."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """Numbers and addresses of the brand itself, however written."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Countries (ISO 3166, upper case) whose national numbers are recognised."""

    @property
    def order_forms(self) -> tuple[OrderNumbers, ...]:
        """Forms of order numbers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at `text[start:end]`."""

    kind: PersonalData
    start: int
    end: int


def find_personal_data(text: str, rules: MaskingRules) -> tuple[Finding, ...]:
    """Return all personal data in a text, in order, without overlaps.

    Raises:
        ValueError: where an order form is no pattern, which `check` tells of before.
    """
    found = sorted(_search(text, rules), key=lambda finding: (finding.start, -finding.end))
    apart: list[Finding] = []
    for finding in found:
        if not apart or finding.start >= apart[-1].end:
            apart.append(finding)
            continue
        # What overlaps is masked as one, under the name of the longer of the two.
        last = apart[-1]
        longer = max(last, finding, key=lambda one: one.end - one.start)
        apart[-1] = Finding(longer.kind, last.start, max(last.end, finding.end))
    return tuple(apart)


def mask(text: str, rules: MaskingRules) -> str:
    """Return the text with a token in place of everything that `find_personal_data` finds.

    Nothing is found in the result: what stood in the shadow of a first finding is masked too.
    """
    while findings := find_personal_data(text, rules):
        kept: list[str] = []
        at = 0
        for finding in findings:
            kept += text[at : finding.start], TOKENS[finding.kind]
            at = finding.end
        text = "".join(kept) + text[at:]
    return text


def holds_nothing(texts: Iterable[str], rules: MaskingRules) -> bool:
    """Tell whether `find_personal_data` surely finds nothing in any of these texts.

    One look at all of them together, for the many that hold nothing: False says nothing.

    Raises:
        ValueError: where an order form is no pattern.
    """
    flat = plain(_APART.join(texts)).text
    return not (
        may_hold_address(flat)
        or _SOME_DIGITS.search(flat)
        or any(
            _ANCHORED.search(form.pattern) or compile_order_form(form.pattern).search(flat)
            for form in rules.order_forms
        )
    )


@lru_cache(maxsize=64)
def compile_order_form(pattern: str) -> Any:
    """Return the form of an order number as a pattern for which case does not matter.

    Raises:
        ValueError: when it is no pattern, as `compile_pattern` says.
    """
    return compile_pattern(pattern, ignore_case=True)


def find_order_numbers(text: str, pattern: str) -> tuple[tuple[int, int], ...]:
    """Return where the form of an order number fits, as `(start, end)`; case does not matter.

    Raises:
        ValueError: when `pattern` is no pattern.
    """
    return tuple(
        found.span()
        for found in compile_order_form(pattern).finditer(text)
        if found.end() > found.start()
    )


def _search(text: str, rules: MaskingRules) -> Iterator[Finding]:
    flat = plain(text)
    addresses = find_addresses(flat.text, _allowed_addresses(rules.allowed))
    spans = [(PersonalData.EMAIL, start, end) for start, end in addresses]
    if _SOME_DIGITS.search(flat.text):
        spans += _search_digits(flat.text, rules)
    for form in rules.order_forms:
        orders = _orders(flat.text, form.pattern)
        spans += ((PersonalData.ORDER, start, end) for start, end in orders)
    for kind, start, end in spans:
        yield Finding(kind, *flat.place(start, end))


def _search_digits(text: str, rules: MaskingRules) -> Iterator[tuple[PersonalData, int, int]]:
    # Imported for texts with digits alone: a case without them is judged 15 ms sooner.
    from runner.text.accounts import find_cards, find_ibans, find_social_security_numbers
    from runner.text.telephones import find_telephones

    digits = with_lookalikes(text)
    accounts, numbers = _allowed_numbers(rules.allowed, rules.regions)
    many = _MANY_DIGITS.search(digits) is not None
    for kind, found in (
        (PersonalData.IBAN, find_ibans(text, accounts)),
        (PersonalData.CARD, find_cards(digits) if many else ()),
        (PersonalData.SOCIAL_SECURITY, find_social_security_numbers(text) if many else ()),
        (PersonalData.TELEPHONE, find_telephones(digits, rules.regions, numbers)),
    ):
        for start, end in found:
            yield kind, start, end


def _orders(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    # Never across or inside a token: a form as wide as `\w+` would mask its own mask for ever.
    at = 0
    for token in (*(found.span() for found in _TOKEN.finditer(text)), (len(text), len(text))):
        for start, end in find_order_numbers(text[at : token[0]], pattern):
            yield at + start, at + end
        at = token[1]


@lru_cache(maxsize=16)
def _allowed_addresses(written: tuple[str, ...]) -> frozenset[str]:
    """Return the brand's own e-mail addresses in the form that findings are compared in."""
    texts = (plain(one).text for one in written)
    return frozenset(undisguised(text) for text in texts if "@" in text)


@lru_cache(maxsize=16)
def _allowed_numbers(
    written: tuple[str, ...], regions: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the brand's own accounts, compact, and its telephone numbers, in E.164."""
    from runner.text.accounts import compact
    from runner.text.telephones import e164

    texts = [plain(one).text for one in written]
    accounts = frozenset(compact(text) for text in texts if "@" not in text)
    return accounts, frozenset().union(*(e164(text, regions) for text in texts))
