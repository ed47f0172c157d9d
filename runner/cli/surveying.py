"""Answers to the survey as sources show them: checked by the desk's secret, and not settled yet."""

import os
from collections.abc import Iterable
from dataclasses import replace

from runner.cases.survey import SHORTEST_SECRET, SurveyRead, check_answers
from runner.forges.port import Forge
from runner.planning.observation import ReadStatus, SourceRead
from runner.planning.surveyed_wishes import surveyed_change
from runner.policies.secrets import SURVEY_SECRET
from runner.policies.values import Source
from runner.repo.cases_index import CasesIndex


def survey_secret() -> bytes | None:
    """Return the desk's secret, None where there is none, or a short one."""
    secret = os.environ.get(SURVEY_SECRET, "").strip()
    return secret.encode() if len(secret) >= SHORTEST_SECRET else None


def surveys_at_hand(
    sources: Iterable[Source], reads: Iterable[SourceRead], forge: Forge, index: CasesIndex
) -> tuple[tuple[SurveyRead, ...], set[str]]:
    """Return the checked answers on which nobody has decided, and where their cases lie."""
    secret = survey_secret()
    given_by = {each.id for each in sources if each.gives_survey_answers}
    checked = [
        check_answers(read.source, read.items, read.surveyed, secret)
        for read in reads
        if read.source in given_by and read.status is ReadStatus.READ
    ]
    keys = {(each.case_id, surveyed_change(each)) for one in checked for each in one.given}
    decided = forge.decided(keys) if keys else {}
    open_ones = tuple(
        replace(
            one,
            given={
                each: answer
                for each, answer in one.given.items()
                if (each.case_id, surveyed_change(each)) not in decided
            },
        )
        for one in checked
    )
    wanted = {each.case_id for one in open_ones for each in one.given}
    if not wanted:
        return open_ones, set()
    paths = {case.path for case in index.open_cases if case.id in wanted}
    return open_ones, paths | {case.path for case in index.closed_cases if case.id in wanted}
