"""Names of the runner's branches, and how their pull requests end."""

from enum import StrEnum

INTAKE = "open"
"""The change that brings a new case in."""


HEARD = "heard-"
"""How the changes begin that record messages of a case's conversations."""

RAISED = "crisis-"
"""How the changes begin that raise a crisis, because somebody said so in a comment."""

LONGEST_REASON = 500
"""Characters that are kept of why a pull request was refused."""


class Outcome(StrEnum):
    """How a pull request ended."""

    MERGED = "merged"
    REFUSED = "refused"


def branch_name(case_id: str, change: str = INTAKE) -> str:
    """Return the runner's branch for a change of a case, `doleances/<case-id>/<change>`."""
    return f"doleances/{case_id}/{change}"


def is_runners(branch: str) -> bool:
    """Return whether a branch is called like the runner's."""
    return branch.startswith("doleances/")


def brings_case_in(branch: str) -> bool:
    """Return whether a branch proposes a new case, not the change of one."""
    return branch.endswith(f"/{INTAKE}")


def case_of_branch(branch: str) -> str:
    """Return the case id in a branch's name, else the text as it is."""
    parts = branch.split("/")
    return parts[1] if len(parts) == 3 else branch
