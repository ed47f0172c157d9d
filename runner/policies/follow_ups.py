"""The program's own rules for what a customer who writes again means."""

import functools
from importlib import resources

from runner.policies.rules import TriagePolicy
from runner.policies.triage import parse_triage
from runner.text.document import Document
from runner.text.strict_yaml import read_document

FILE = "runner/policies/follow_ups.yaml"


@functools.cache
def follow_up_rules() -> TriagePolicy:
    """Return the rules that are shipped with this version.

    Raises:
        ValueError: naming the faults of a file that holds none.
    """
    data = (resources.files("runner") / "policies" / "follow_ups.yaml").read_bytes()
    document = read_document(data, FILE)
    if not isinstance(document, Document):
        raise ValueError("; ".join(map(str, document)))
    policy, faults = parse_triage(document)
    if policy is None:
        raise ValueError("; ".join(map(str, faults)))
    return policy
