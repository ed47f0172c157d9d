"""Telephone numbers in a text, told from dates, amounts and references.

Whether digits are a number of a country is the `phonenumbers` library's knowledge (Google's
libphonenumber).  Where a number starts and ends among other digits is decided here, because
the library's own search misses numbers written to hide and finds amounts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_GROUP = re.compile(r"\d+")
_GAP = re.compile(r"[ .\-()\n]{1,3}|[ .\-]?[/,:;*_|~+][ .\-]?")
_ORDINARY_GAP = re.compile(r"[ .\-()]{1,3}")
_PLUS = re.compile(r"\(?\+ ?\(?$")

_MOST_GROUPS = 13
_FEWEST_DIGITS, _MOST_DIGITS = 8, 17
"""E.164 allows 15 digits; `00` or `(0)` may come on top.  Shorter ones are services."""

_SURELY = 10
"""Digits from which a national number of possible length is believed though its range is not
given out: fictitious numbers, new ranges, a slip of the finger."""

_NUMBER_WORD = (
    "T|P|M|AU|TEL|TÉL|TELEPHONE|TÉLÉPHONE|PORT|PORTABLE|GSM|MOBILE|FIXE|NUM|NUMERO|NUMÉRO|N"
    "|PHONE|CALL|SMS|WHATSAPP|WA|FAX"
)
_GLUED = re.compile(rf"(?<![A-ZÉ])(?!(?:{_NUMBER_WORD})[-_/.]?$)[A-Z0-9]*[A-Z]+[A-Z0-9]*[-_/.]?$")
_REFERENCE = re.compile(
    r"(?:#|_|\b(?:r[eé]f(?:[eé]rences?)?|sku|asin|article|mod[eè]le?|s[eé]rie|serial|s/n|colis|suivi"
    r"|tracking|parcel|commande|order|facture|invoice|dossier|ticket|contrat)"
    r"[^\w\n]{0,3}(?:n[o°.]?|num[eé]ro|number|no)?[^\w\n]{0,3})$",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"\b(?:siret|siren|rcs|isbn|issn|ean|gtin|upc|tva|imei|duns|naf|code[- ]barres?|barcode)"
    r"(?:[- ]?1[03])?[^\w\n]{0,3}(?:n[o°.]?|num[eé]ro|number|no)?[^\w\n]{0,3}$",
    re.IGNORECASE,
)
_CODE_GOES_ON = re.compile(r"_|[A-Z](?![a-zà-ÿ])|[a-z]\d")


@dataclass(frozen=True, slots=True)
class _Group:
    digits: str
    start: int
    end: int
    plus: bool
    gap: str
    """What stands between the group before and this one; empty for the first of a run."""


def find_telephones(
    text: str, regions: tuple[str, ...], allowed: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield where telephone numbers stand in a plain text.

    National numbers of the `regions` (ISO 3166) and international ones of everywhere;
    none of `allowed` (in E.164).
    """
    for run in _runs(text):
        yield from _in_run(text, run, regions, allowed)


@lru_cache(maxsize=64)
def e164(number: str, regions: tuple[str, ...]) -> frozenset[str]:
    """Return what a written number may mean, in E.164 (`+33199001234`); empty for no number."""
    return frozenset(
        found for region in (*regions, None) if (found := _parse(number, region, surely=False))
    )


def _runs(text: str) -> Iterator[list[_Group]]:
    run: list[_Group] = []
    for found in _GROUP.finditer(text):
        gap = text[run[-1].end : found.start()] if run else ""
        start = found.start()
        plus = _PLUS.search(text, max(0, start - 4), start) if gap != "+" else None
        if run and (plus or not _GAP.fullmatch(gap)):
            yield run
            run, gap = [], ""
        if plus:
            start = plus.start()
        elif not run and text[max(0, start - 1) : start] == "(" and text[found.end() :][:1] == ")":
            start -= 1
        run.append(_Group(found.group(), start, found.end(), plus is not None, gap))
    if run:
        yield run


def _in_run(
    text: str, run: list[_Group], regions: tuple[str, ...], allowed: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield the numbers of a run.  Where two readings overlap, both are covered."""
    if sum(len(group.digits) for group in run) < _FEWEST_DIGITS:
        return
    covered: tuple[int, int] | None = None
    for first in range(len(run)):
        found = _longest(text, run, first, regions)
        if found is None or found[1] & allowed:
            continue
        start, end = run[first].start, run[found[0]].end
        if covered and start < covered[1]:
            covered = covered[0], max(covered[1], end)
            continue
        if covered:
            yield covered
        covered = start, end
    if covered:
        yield covered


def _longest(
    text: str, run: list[_Group], first: int, regions: tuple[str, ...]
) -> tuple[int, frozenset[str]] | None:
    """Return the last group of the longest number from `first` on, and what it may mean."""
    for last in range(min(len(run), first + _MOST_GROUPS) - 1, first - 1, -1):
        window = run[first : last + 1]
        digits = "".join(group.digits for group in window)
        if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
            continue
        before = text[max(0, window[0].start - 32) : window[0].start]
        if window[0].plus:
            meant = _international(digits, window)
        elif digits.startswith("00"):
            meant = (
                frozenset() if _is_reference(text, before, window) else _zero_zero(digits, window)
            )
        elif _is_reference(text, before, window) or _is_date(window, run[:first]):
            meant = frozenset()
        else:
            alone = len(window) == len(run)
            goes_on = run[last + 1] if last + 1 < len(run) else None
            meant = frozenset(
                number
                for region in regions
                if (number := _national(digits, window, region, alone=alone, goes_on=goes_on))
            )
        if meant:
            return last, meant
    return None


def _international(digits: str, window: list[_Group]) -> frozenset[str]:
    number = _parse(f"+{digits}", None, surely=_is_amount(window))
    return frozenset({number}) if number else frozenset()


def _zero_zero(digits: str, window: list[_Group]) -> frozenset[str]:
    if digits[2] == "0" or any(not _ORDINARY_GAP.fullmatch(group.gap) for group in window[1:]):
        return frozenset()
    number = _parse(f"+{digits[2:]}", None, surely=False)
    return frozenset({number}) if number else frozenset()


def _national(
    digits: str, window: list[_Group], region: str, *, alone: bool, goes_on: _Group | None
) -> str | None:
    gaps = {group.gap.replace("\n", " ") for group in window[1:]}
    pairs = all(len(group.digits) == 2 for group in window)
    ordinary = all(_ORDINARY_GAP.fullmatch(group.gap) for group in window[1:])
    if not ordinary and not (len(gaps) == 1 and (pairs or len(window) == len(digits))):
        return None
    if _has_trunk_zero(region):
        if digits[0] != "0" or digits[1] == "0":
            return None
        if not pairs and goes_on and _is_evenly_grouped([*window, goes_on]):
            return None
        return _parse(digits, region, surely=False)
    if not alone or _is_amount(window):
        return None
    american = [len(group.digits) for group in window][-3:] == [3, 3, 4]
    return _parse(digits, region, surely=not american)


def _parse(number: str, region: str | None, *, surely: bool) -> str | None:
    """Return the number in E.164, or None where the library says that there is none.

    `surely` asks for a number of a range that is given out; else a possible length will do.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if not phonenumbers.is_valid_number(parsed) and (
        surely
        or possible != phonenumbers.ValidationResult.IS_POSSIBLE
        or len(str(parsed.national_number)) < _SURELY - 1
    ):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=256)
def _has_trunk_zero(region: str) -> bool:
    """Whether people of the region write a 0 before their national numbers."""
    from phonenumbers import PhoneMetadata

    known = PhoneMetadata.metadata_for_region(region)
    return known is not None and known.national_prefix == "0"


def _is_reference(text: str, before: str, window: list[_Group]) -> bool:
    """Whether what stands around the digits says that they number something else."""
    if _IDENTIFIER.search(before) or _GLUED.search(before):
        return True
    return len(window) == 1 and (
        _REFERENCE.search(before) is not None
        or _CODE_GOES_ON.match(text, window[0].end) is not None
    )


def _is_date(window: list[_Group], before: list[_Group]) -> bool:
    """Whether the digits start with, or within, something like `21/11/2026`."""
    for groups in (window[:3], [*before[-1:], *window[:2]]):
        if [len(group.digits) for group in groups] == [2, 2, 4]:
            day, month, year = (int(group.digits) for group in groups)
            if day <= 31 and month <= 12 and 1900 <= year < 2100:
                return True
    return False


def _is_amount(window: list[_Group]) -> bool:
    """Whether the digits stand in thousands, as in `12 000 000`."""
    sizes = [len(group.digits) for group in window]
    return len(sizes) > 1 and sizes[0] <= 3 and all(size == 3 for size in sizes[1:])


def _is_evenly_grouped(window: Iterable[_Group]) -> bool:
    """Whether the groups after the first are alike: one long number, not one with a neighbour."""
    sizes, gaps = zip(*((len(group.digits), group.gap) for group in window), strict=True)
    return len(set(sizes[1:])) == 1 and sizes[1] > 2 and len(set(gaps[1:])) == 1
