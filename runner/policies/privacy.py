"""What never enters git: `policies/privacy.yaml` as values."""

from dataclasses import dataclass


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
