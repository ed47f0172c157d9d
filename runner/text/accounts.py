"""Bank accounts, payment cards and French social-security numbers in a text."""

import re
from collections.abc import Iterator

_IBAN_START = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=[Ii][Bb][Aa][Nn]))[A-Za-z]{2} ?\d{2}")
_IBAN_BODY = re.compile(r"(?:[ .\-]{0,2}[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = range(15, 35)
"""Norway has 15 characters, the standard (ISO 13616) allows 34."""
_NAMED_IBAN = re.compile(
    r"(?<![A-Za-z])[Ii][Bb][Aa][Nn][^\w\n]{0,4}(?P<iban>[A-Z]{2}\d{2}(?:[ .\-]?[A-Z0-9]{4}){2,7}"
    r"(?:[ .\-]?[A-Z0-9]{1,3})?)(?![A-Za-z0-9])"
)

_DIGIT_RUN = re.compile(r"(?<!\d)\d+(?:[ .\-\n]{1,3}\d+)*(?!\d)")
_CARD_LENGTHS = range(14, 20)
_CARD_ISSUERS = re.compile(
    r"4\d{15}(?:\d{3})?"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|(?:30[0-5]\d|3095|36\d\d|3[89]\d\d)\d{10}"
    r"|(?:6011|64[4-9]\d|65\d\d|62\d\d|35(?:2[89]|[3-8]\d))\d{12,15}"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12,15}"
)
"""Visa, Mastercard, American Express, Diners, Discover and UnionPay and JCB, Maestro: first
digits and lengths of ISO/IEC 7812 as the issuers publish them."""
_CARD_GROUPS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)})
_CARD_WORD = re.compile(r"(?:cartes?|cards?|cb|visa|mastercard|amex|diners)\W[^\n]{0,24}$", re.I)

_NIR = re.compile(
    r"(?<![\dA-Za-z])[1-478](?P<gap>[ .\-]?)\d{2}[ .\-]?(?P<month>\d{2})[ .\-]?"
    r"(?:\d{2}|2[ABab])[ .\-]?\d{3}[ .\-]?\d{3}(?:[ .\-/]{0,3}(?P<control>\d{2}))?(?![\dA-Za-z])"
)
_NIR_MONTHS = frozenset({*range(1, 13), *range(20, 43), *range(50, 100)})
"""Months of birth, and the values that INSEE uses where the month is unknown."""
_NIR_WORD = re.compile(r"(?:nir|insee|s[eé]cu(?:rit[eé] sociale)?)\b[^\n]{0,16}$", re.IGNORECASE)

_ADDRESS = re.compile(r"https?://\S*$", re.IGNORECASE)


def find_ibans(text: str, allowed: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where account numbers stand: right by their check digits, or called IBAN.

    `allowed` are compact and in upper case.
    """
    at = 0
    while start := _IBAN_START.search(text, at):
        end = _iban_end(text, start)
        at = end or start.start() + 2
        if end and compact(text[start.start() : end]) not in allowed:
            yield start.start(), end
    for named in _NAMED_IBAN.finditer(text):
        if compact(named["iban"]) not in allowed:
            yield named.span("iban")


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield where card numbers stand: an issuer's first digits and length, a right Luhn digit."""
    for run in _DIGIT_RUN.finditer(text):
        groups = [found.span() for found in re.finditer(r"\d+", run.group())]
        at = 0
        while at < len(groups):
            last = _card_end(text, run.start(), groups, at)
            if last is None:
                at += 1
            else:
                yield run.start() + groups[at][0], run.start() + groups[last][1]
                at = last + 1


def find_social_security_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where French social-security numbers (NIR) stand.

    With their control digits, which must be right; without, only where they are so called.
    """
    for found in _NIR.finditer(text):
        if int(found["month"]) not in _NIR_MONTHS:
            continue
        if not found["control"]:
            right = _NIR_WORD.search(text[max(0, found.start() - 48) : found.start()]) is not None
        else:
            right = _has_right_control(compact(found.group()))
        if right and not (not found["gap"] and _names_a_page(text, found.start())):
            yield found.span()


def compact(number: str) -> str:
    """Return the letters and digits of a number, in upper case."""
    return "".join(character for character in number.upper() if character.isalnum())


def _iban_end(text: str, start: re.Match[str]) -> int | None:
    body = _IBAN_BODY.match(text, start.end())
    if not body:
        return None
    ends = [at + 1 for at in range(start.start(), body.end()) if text[at].isalnum()]
    whole = compact(text[start.start() : body.end()])
    if not whole.isascii():
        return None
    for length in reversed(_IBAN_LENGTHS):
        if length <= len(whole) and _is_iban(whole[:length]):
            return ends[length - 1]
    return None


def _is_iban(number: str) -> bool:
    # Rearranged and read as a number in base 36, digit pair by digit pair (ISO 7064, mod 97-10).
    if int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 != 1:
        return False
    from stdnum import iban

    return bool(iban.is_valid(number))


def _card_end(text: str, offset: int, groups: list[tuple[int, int]], first: int) -> int | None:
    """Return the last group of a card number that starts at group `first`."""
    for last in range(first, min(len(groups), first + max(_CARD_LENGTHS))):
        sizes = tuple(end - start for start, end in groups[first : last + 1])
        if sum(sizes) > max(_CARD_LENGTHS):
            return None
        whole_run = first == 0 and last == len(groups) - 1
        if sum(sizes) not in _CARD_LENGTHS or not (
            whole_run or len(sizes) == 1 or sizes in _CARD_GROUPS
        ):
            continue
        start, end = offset + groups[first][0], offset + groups[last][1]
        number = compact(text[start:end])
        if _CARD_ISSUERS.fullmatch(number) and _has_right_luhn(number):
            before = text[max(0, start - 40) : start]
            if len(sizes) == 1 and _names_a_page(text, start):
                continue
            if len(number) == 14 and _is_siret(number, sizes) and not _CARD_WORD.search(before):
                continue
            return last
    return None


def _is_siret(number: str, sizes: tuple[int, ...]) -> bool:
    # A SIRET passes Luhn as a whole like a Diners card, and its first nine digits do as well.
    return sizes in {(14,), (9, 5), (3, 3, 3, 5)} and _has_right_luhn(number[:9])


def _has_right_luhn(number: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(number))


def _has_right_control(number: str) -> bool:
    from stdnum.fr import nir

    return bool(nir.is_valid(number))


def _names_a_page(text: str, start: int) -> bool:
    """Whether unbroken digits in an address are the page's: in its path, or a field `...id=`."""
    address = _ADDRESS.search(text[max(0, start - 2048) : start])
    if not address:
        return False
    _, asked, query = address.group().partition("?")
    return not asked or query.rpartition("&")[2].lower().endswith("id=")
