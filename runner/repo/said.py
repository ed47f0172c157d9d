"""What new entries of a case say that the customer was told, proofread: for `check --base`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from runner.cases.authority import Authority
from runner.cases.file import parse_case
from runner.errors import Fault, Severity
from runner.replies.proofreading.check import Finding, Reading, proofread
from runner.replies.proofreading.readings import OUTGOING, grant_of, is_decided, read_for_entry
from runner.repo.dictionaries import read_speller
from runner.text.document import Document
from runner.text.masking import MaskingRules
from runner.text.wording import shown

_LOCALES = ("fr", "en")
_TOLD_ELSEWHERE = frozenset({"personal-data-shown", "repeated", "too-long"})
"""Rules that other checks of a case know more about."""


def check_said(
    document: Document, added: Iterable[int], authority: Authority, masking: MaskingRules | None
) -> tuple[Fault, ...]:
    """Return warnings for the words of new entries that a customer reads.

    `document` has passed the schema and makes sense.  Never faults: what was said was said, and
    the log must be able to tell it.
    """
    case = parse_case(document.value, document.file)
    language = (case.language or "").partition("-")[0]
    incident = authority.incident(case.incident) if case.incident is not None else None
    reading = Reading(
        locale=language if language in _LOCALES else None,
        may_promise=is_decided(case, incident),
        masking=masking,
        names=(case.handle or "", *(person.name for person in authority.team.people)),
        speller=read_speller,
    )
    return tuple(
        fault
        for index in added
        if (entry := case.log[index]).kind in OUTGOING and isinstance(entry.facts.get("text"), str)
        for fault in _warnings(
            document,
            index,
            str(entry.facts["text"]),
            read_for_entry(
                replace(
                    reading, grant=grant_of(case, authority.team, authority.delegation, entry.by)
                ),
                entry,
            ),
        )
    )


def _warnings(document: Document, index: int, text: str, reading: Reading) -> Iterator[Fault]:
    for finding in proofread(text, reading):
        if finding.rule not in _TOLD_ELSEWHERE:
            yield replace(
                document.fault(
                    ("log", index, "text"),
                    finding.rule,
                    _message(finding),
                    "`doleances proofread` says more",
                ),
                severity=Severity.WARNING,
            )


def _message(finding: Finding) -> str:
    words = f": {shown(finding.words)}" if finding.words else ""
    instead = f" (perhaps {', '.join(finding.instead)})" if finding.instead else ""
    return f"{finding.rule.replace('-', ' ')} in what the customer was told{words}{instead}"
