"""The bytes of one case file, judged by themselves.

Cases are many and mostly fine: each is read fast and asked whether it is sound; only one
that is not is read again with care, to name its faults with their places.
"""

from dataclasses import dataclass

from runner.cases.checks import case_is_sound, check_case
from runner.cases.personal import find_personal, holds_personal_data
from runner.errors import Fault
from runner.policies.privacy import PrivacyPolicy
from runner.repo.case_paths import parse_case_path
from runner.schemas import check_document, check_value
from runner.text.strict_yaml import Document, read_document, read_value


@dataclass(frozen=True, slots=True)
class Checked:
    """How many files were judged, and all faults, sorted."""

    files: int
    faults: tuple[Fault, ...]


def prepare_judge() -> None:
    """Load what judging a case needs, where there is time for it: 10 ms."""
    check_value("case", read_value(b"{}"))


def judge_case(data: bytes, path: str, rules: PrivacyPolicy | None) -> tuple[Fault, ...]:
    """Return what is wrong in the bytes of one case file, by itself."""
    return () if _is_sound(data, path, rules) else _faults_of(data, path, rules)


def _is_sound(data: bytes, path: str, rules: PrivacyPolicy | None) -> bool:
    try:
        value = read_value(data)
    except ValueError:
        return False
    if not (check_value("case", value) and case_is_sound(value, path)):
        return False
    return rules is None or not holds_personal_data(value, rules)


def _faults_of(data: bytes, path: str, rules: PrivacyPolicy | None) -> tuple[Fault, ...]:
    document = read_document(data, path)
    if not isinstance(document, Document):
        return document
    if faults := check_document("case", document):
        return faults if parse_case_path(path) else (misplaced(path),)
    personal = find_personal(document.value, rules) if rules else ()
    return tuple(
        sorted(
            {
                *check_case(document),
                *(document.fault(one.path, one.rule, one.message, one.hint) for one in personal),
            }
        )
    )


def misplaced(path: str) -> Fault:
    """Return the fault of a file below `cases/` that no case can stand in."""
    return Fault(
        path,
        1,
        1,
        "case-path",
        "this is no case",
        "cases lie in cases/YYYY/MM/DD/c-….yaml; put other files elsewhere",
    )
