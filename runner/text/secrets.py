"""Secrets out of words that the other side says: who is ill repeats what it was sent."""

import base64
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_HIDDEN = "***"
_BEGINNING = 4
"""Characters of a secret that are taken for its beginning where words are cut short."""


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return a text without some secrets, as they are and as addresses write them.

    What may be the beginning of one, where the text is cut short, goes too.
    """
    for secret in filter(None, secrets):
        for form in (secret, quote(secret, safe=""), quote_plus(secret), quote(secret)):
            text = text.replace(form, _HIDDEN)
            cuts = range(len(form) - 1, _BEGINNING - 1, -1)
            cut = next((length for length in cuts if text.endswith(form[:length])), 0)
            text = text[:-cut] + _HIDDEN if cut else text
    return text


def basic_credentials(user: str, password: str) -> str:
    """Return what stands behind `Basic` where somebody shows a password."""
    return base64.b64encode(f"{user}:{password}".encode()).decode()
