"""The runner's own check of what a branch proposes, as a commit status can say it."""

from dataclasses import dataclass

from runner.policies.values import Configuration
from runner.repo.case_paths import find_case_file_at
from runner.repo.git import BranchName, Repository
from runner.repo.judge import judge_case
from runner.repo.objects import ObjectReader
from runner.text.language import Language


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a case file passes the check, in words for the team."""

    passed: bool
    words: str


def check_branch(
    repository: Repository, branch: BranchName, head: str, configuration: Configuration
) -> Verdict:
    """Return how the case file at a branch's head stands the check."""
    instance = configuration.instance
    say = Language(instance.language, instance.zone).say
    path = find_case_file_at(repository, head, branch.case_id)
    with ObjectReader(repository) as reader:
        stored = reader.read(f"{head}:{path}") if path else None
    if path is None or stored is None or stored.data is None:
        return Verdict(False, say("the case file is missing"))
    faults = judge_case(stored.data, path, configuration.privacy)
    return Verdict(
        not faults, faults[0].message if faults else say("the case file passes the check")
    )
