"""`policies/triage.yaml` as values: ordered rules that judge a mention."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TriagePolicy:
    """The rules, in the order of the file."""
