"""Secrets of the environment as what a request carries."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.policies.recipes import Auth
from runner.sources.problems import Problem, Trouble
from runner.text.secrets import hide_secrets

_NO_SECRETS = ("Api-Username",)


@dataclass(frozen=True, slots=True)
class Credential:
    """Headers and parameters of the query that prove who asks; never shown."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def hidden(self, text: str) -> str:
        """Return words of the other side without the secret, should it repeat what it was sent.

        What may be the beginning of it, where the words are cut short, goes too.
        """
        sent = {**self.headers, **self.query}
        secrets = (value for name, value in sent.items() if name not in _NO_SECRETS)
        return hide_secrets(
            text, (value.removeprefix("Bearer ").removeprefix("Basic ") for value in secrets)
        )


def credential_of(auth: Auth | None, secrets: Mapping[str, str]) -> Credential | Problem:
    """Return what a request carries; a secret that is missing or cannot be sent is a problem."""
    if auth is None:
        return Credential()
    secret = secrets.get(auth.variable, "").strip()
    if not secret:
        return Problem(Trouble.UNSET, auth.variable)
    if not (secret.isascii() and secret.isprintable()):
        return Problem(Trouble.UNSENDABLE, auth.variable)
    match auth.by:
        case "bearer":
            return Credential({"Authorization": f"Bearer {secret}"})
        case "basic":
            coded = base64.b64encode(secret.encode()).decode()
            return Credential({"Authorization": f"Basic {coded}"})
        case "header":
            return Credential({auth.name or "": secret})
        case _:
            return Credential(query={auth.name or "": secret})
