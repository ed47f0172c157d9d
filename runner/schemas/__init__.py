"""JSON Schema of every file: what editors, `check` and people read.

`check_value` is the fast answer, `check_document` the one with reasons; both
ask the same compiled schema, so they cannot disagree.
"""

import functools
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from runner.errors import Fault
from runner.text.document import Document

KINDS: Mapping[str, str] = {
    "answer": "policies/answers/ID.yaml: what a frequent question is answered with",
    "brand": "policies/brand.yaml: the products of the brands",
    "calendar": "policies/calendars/ID.yaml: when a service is open, and the holidays",
    "case": "cases/YYYY/MM/DD/c-….yaml: one case",
    "clocks": "policies/clocks.yaml: the promises and when they run out",
    "customers": "policies/customers.yaml: who is asked whether a customer has a file",
    "delegation": "policies/delegation.yaml: how far each role decides alone",
    "escalation": "policies/escalation.yaml: who is told when a promise runs out",
    "incident": "policies/incidents/ID.yaml: a known fault, its wording and gesture",
    "mentions": "a line of the JSON Lines that `collect` writes",
    "mute": "policies/mutes/ID.yaml: what is told to nobody for a time, and why",
    "policy-test": "policies/tests/*.yaml: stories, and what the policies must make of them",
    "privacy": "policies/privacy.yaml: what never enters git",
    "sources": "sources.yaml: the desk, its brands and the places to watch",
    "team": "policies/team.yaml: the people and who owns a new case",
    "template": "templates/*.yaml: the words for one purpose in one language",
    "triage": "policies/triage.yaml: what a message is taken for",
}
"""Kinds of files, each with a line on where it stands."""


def schema_path(kind: str) -> Path:
    """Return where the schema of a kind stands in the package."""
    return Path(__file__).with_name(f"{kind}.schema.json")


@functools.cache
def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind of file.

    Raises:
        KeyError: when there is no such kind.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    schema: dict[str, Any] = json.loads(schema_path(kind).read_bytes())
    return schema


def check_value(kind: str, value: object) -> bool:
    """Say whether a value has the shape of its kind."""
    return bool(_validator(kind).is_valid(value))


def check_field(kind: str, name: str, value: object) -> bool:
    """Say whether a value may stand under a key on top of its kind."""
    check = _fields(kind).get(name)
    return check is not None and bool(check.is_valid(value))


def holds_fields(kind: str, names: Collection[str]) -> bool:
    """Say whether the keys on top that a kind must have are among these."""
    return all(map(names.__contains__, schema_of(kind)["required"]))


def check_document(kind: str, document: Document) -> tuple[Fault, ...]:
    """Return every way in which a document has not the shape of its kind, in order."""
    from runner.schemas.faults import schema_faults

    errors = _validator(kind).iter_errors(document.value)
    return schema_faults(errors, document, schema_of(kind))


@functools.cache
def _validator(kind: str) -> Any:
    return _compiled(schema_of(kind))


@functools.cache
def _fields(kind: str) -> Mapping[str, Any]:
    schema = schema_of(kind)
    return {
        name: _compiled({"$schema": schema["$schema"], "$defs": schema["$defs"], **field})
        for name, field in schema["properties"].items()
    }


def _compiled(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    # A linear-time engine for patterns: values are hostile.
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
