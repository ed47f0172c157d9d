"""Personal data in a case file, which must not be there.

The runner masks what it writes; what people write by hand is looked at here.  Names of
people, references of the desk and of brand care, and sealed places are fine.
"""

from collections.abc import Iterator
from typing import Any

from runner.cases.evidence import Finding
from runner.text.document import Path
from runner.text.masking import TOKENS, MaskingRules, PersonalData, find_personal_data

_FREE_TEXT = frozenset(
    ("after", "author", "before", "decision", "departs", "detail", "distributor", "handle",
     "impossible", "note", "offer", "offered", "procedure", "reason", "recourse", "remedy",
     "root_cause", "text", "title", "what", "where", "why")
)  # fmt: skip
"""The keys under which people or customers write what they like."""
_APART = "\n;;;;;;;;\n"
"""Between texts that are searched together: nothing personal runs across it."""
_SAID = {
    PersonalData.EMAIL: "an e-mail address",
    PersonalData.IBAN: "an account number (IBAN)",
    PersonalData.CARD: "a card number",
    PersonalData.SOCIAL_SECURITY: "a social-security number",
    PersonalData.ORDER: "an order number",
    PersonalData.TELEPHONE: "a telephone number",
}


def holds_personal_data(case: object, rules: MaskingRules) -> bool:
    """Return whether `find_personal` might find something; on most cases one quick search."""
    return bool(find_personal_data(_APART.join(_words(case)), rules))


def find_personal(case: object, rules: MaskingRules) -> Iterator[Finding]:
    """Yield each kind of personal data in each free text of a case."""
    for path, text in _texts(case, (), free=False):
        kinds = dict.fromkeys(found.kind for found in find_personal_data(text, rules))
        for kind in kinds:
            yield Finding(
                path,
                "personal-data",
                f"{_SAID[kind]} must not stand here",
                f"write `{TOKENS[kind]}` in its place; "
                "the brand's own go under `allowed` in policies/privacy.yaml",
            )


def _words(case: object) -> list[str]:
    """Return the free texts of a case without their places, three times as fast as with them."""
    found: list[str] = []
    left: list[Any] = [case]
    while left:
        value = left.pop()
        for key, child in value.items() if type(value) is dict else enumerate(value):
            kind = type(child)
            if kind is str:
                if key in _FREE_TEXT:
                    found.append(child)
            elif kind is dict:
                left.append(child)
            elif kind is list:
                left.append(child)
                if key in _FREE_TEXT:
                    found += (text for text in child if type(text) is str)
    return found


def _texts(value: Any, path: Path, *, free: bool) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            if isinstance(child, str):
                if key in _FREE_TEXT:
                    yield (*path, key), child
            elif child:
                yield from _texts(child, (*path, key), free=key in _FREE_TEXT)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if isinstance(child, str):
                if free:
                    yield (*path, index), child
            else:
                yield from _texts(child, (*path, index), free=free)
