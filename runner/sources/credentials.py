"""Secrets of the environment as what a request carries."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.policies.recipes import Auth
from runner.sources.problems import Problem, Trouble


@dataclass(frozen=True, slots=True)
class Credential:
    """Headers and parameters of the query that prove who asks; never shown."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


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
