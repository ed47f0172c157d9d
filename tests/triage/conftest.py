"""A policy from a few lines of YAML, and the one that ships."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.policies.rules import TriagePolicy
from runner.policies.triage import parse_triage
from runner.text.document import Document
from runner.text.strict_yaml import read_document

SHIPPED = Path(__file__).parents[2] / "policies" / "triage.yaml"

BEFORE = """\
version: 1
otherwise: {after_sales: no, category: question, urgency: normal}
"""

PolicyOf = Callable[[str], TriagePolicy]


def parsed(data: bytes, file: str) -> TriagePolicy:
    document = read_document(data, file)
    assert isinstance(document, Document), document
    policy, faults = parse_triage(document)
    assert faults == ()
    assert policy is not None
    return policy


@pytest.fixture(scope="session")
def policy_of() -> PolicyOf:
    """Return the policy of a text; `version` and `otherwise` stand before it."""
    return lambda text: parsed((BEFORE + text).encode(), "policies/triage.yaml")


@pytest.fixture(scope="session")
def shipped() -> TriagePolicy:
    """Return the rules of this repository."""
    return parsed(SHIPPED.read_bytes(), "policies/triage.yaml")


@pytest.fixture(scope="session")
def shipped_document() -> Document:
    """Return the file of the rules of this repository."""
    document = read_document(SHIPPED.read_bytes(), "policies/triage.yaml")
    assert isinstance(document, Document)
    return document
