"""Digests that tell whether two runs would judge alike, and whether a plan is the one reviewed."""

import hashlib
import json

from runner import __version__
from runner.policies.values import Configuration


def judged_by(configuration: Configuration) -> str:
    """Return the digest of everything that turns what sources show into judgements.

    Covers `sources.yaml`, every file of `policies/` and the program's version: a
    cursor made under another digest is worthless, since other messages might now
    be after-sales.
    """
    parts = [
        f"{file} {blob}"
        for file, blob in sorted(configuration.blobs.items())
        if file == "sources.yaml" or file.startswith("policies/")
    ]
    return digest([__version__, *parts])


def digest(data: object) -> str:
    """Return the SHA-256, in hexadecimal, of JSON-like data."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
