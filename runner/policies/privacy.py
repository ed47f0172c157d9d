"""What never enters git: `policies/privacy.yaml` as values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runner.errors import Fault
from runner.policies.countries import COUNTRIES
from runner.policies.document import entries, repeated, text_at, texts
from runner.text.disguise import plain
from runner.text.document import Document, Path
from runner.text.masking import compile_order_form
from runner.text.wording import shown

FILE = "policies/privacy.yaml"


@dataclass(frozen=True, slots=True)
class OrderForm:
    """The form of the brand's order numbers, masked wherever it appears.

    `pattern` is for a linear-time engine.  `masked` and `kept` are the examples
    that stand beside the rule; each is tested by `doleances check`.
    """

    name: str
    pattern: str
    masked: tuple[str, ...]
    kept: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """Masking rules.

    `allowed` are telephone numbers, e-mail addresses and account numbers of the
    brand itself, which may stand in texts.  `regions` are the countries (ISO
    3166, upper case) whose national telephone numbers are recognised.
    """

    allowed: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("FR",)
    order_forms: tuple[OrderForm, ...] = ()
    text_limit: int = 4000
    """Characters of a mention's text that are kept."""


def check_privacy(document: Document) -> Iterator[Fault]:
    """Return what no schema can say: countries, patterns, and examples that fail their rule."""
    for path, region in texts(document, ("regions",)):
        if region not in COUNTRIES:
            hint = "write `GB`" if region == "UK" else "in capitals, such as `FR` or `GB`"
            said = f"{shown(region)} is no country's ISO 3166 code"
            yield document.fault(path, "unknown-country", said, hint)
    yield from repeated(document, texts(document, ("order_forms",), "name"), "order form")
    for form in entries(document, ("order_forms",)):
        yield from _check_order_form(document, form)


def build_privacy(document: Document) -> PrivacyPolicy:
    """Return the masking rules, from a document without faults."""
    top: Any = document.value
    standard = PrivacyPolicy()
    return PrivacyPolicy(
        allowed=tuple(top.get("allowed", ())),
        regions=tuple(top.get("regions", standard.regions)),
        order_forms=tuple(
            OrderForm(
                form["name"],
                form["pattern"],
                tuple(form["masked"]),
                tuple(form.get("kept", ())),
                document.line(("order_forms", index)),
            )
            for index, form in enumerate(top.get("order_forms", ()))
        ),
        text_limit=top.get("text_limit", standard.text_limit),
    )


def _check_order_form(document: Document, form: Path) -> Iterator[Fault]:
    place = (*form, "pattern")
    pattern = text_at(document, place)
    if pattern is None:
        return
    try:
        compiled = compile_order_form(pattern)
    except ValueError as why:
        yield document.fault(
            place,
            "pattern",
            f"{shown(pattern)} is no pattern: {why}",
            "RE2 syntax, without lookaround and back references, in single quotes",
        )
        return
    if compiled.search(""):
        yield document.fault(
            place, "pattern", "this pattern fits everywhere, even where nothing stands", "narrow it"
        )
        return
    for path, example in texts(document, (*form, "masked")):
        if not compiled.search(plain(example).text):
            yield document.fault(
                path, "example", f"{shown(example)} would not be masked", "mend it or the pattern"
            )
    for path, example in texts(document, (*form, "kept")):
        if found := compiled.search(plain(example).text):
            yield document.fault(
                path,
                "example",
                f"{shown(found.group())} would be masked in it",
                "mend it or the pattern",
            )
