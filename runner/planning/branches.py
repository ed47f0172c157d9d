"""Names of the runner's branches."""

INTAKE = "open"
"""The change that brings a new case in."""


def branch_name(case_id: str, change: str = INTAKE) -> str:
    """Return the runner's branch for a change of a case, `doleances/<case-id>/<change>`."""
    return f"doleances/{case_id}/{change}"
