"""Commands as people type them: what only they know stands in capitals."""

from collections.abc import Iterable, Mapping

from runner.cases.evidence import needed_facts
from runner.model import Category

_BY_ITSELF = frozenset({"number", "place", "decided_by", "decided_at", "limit_of"})
"""Facts that a verb fills in where nobody gives them; the place only where there is one."""
_STAND_INS = {"url": "ADDRESS", "channel": "public", "wants": "DETAIL", "asks": "WISH",
              "reason": "WHY"}  # fmt: skip
"""What stands for a fact in a command; of others, their name in capitals."""


def typed_command(verb: str, kind: str, case_id: str, said: Mapping[str, str]) -> str:
    """Return the command that records an entry of a kind, with an option for each needed fact.

    `said` are facts that are known already, in the order in which they are given.
    """
    facts = dict(said)
    while missing := [
        name for name in needed_facts(kind, facts) if name not in _BY_ITSELF | facts.keys()
    ]:
        facts[missing[0]] = _STAND_INS.get(missing[0], missing[0].upper())
    options = [f"--{name.replace('_', '-')} {value}" for name, value in facts.items()]
    return " ".join(["doleances", verb, case_id, *options])


def typed_close(case_id: str, category: str, closings: Iterable[str] = ()) -> str:
    """Return the command that records that a case is closed.

    `closings` are options that say how each place is closed; none where the case has one.
    """
    options = [*closings] or ["--url ADDRESS"]
    cause = ["--root-cause CAUSE"] if category == Category.COMPLAINT else []
    return " ".join(["doleances close", case_id, *options, "--no-survey WHY", *cause])
