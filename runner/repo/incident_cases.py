"""The cases of incidents, found among all cases: for the check, and for `doleances incident`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from runner.cases.treatment import Treatment, find_unequal, read_treatment
from runner.errors import Fault, Severity
from runner.policies.alone import load_incident
from runner.policies.incidents import Incident
from runner.repo.commit_cases import search_cases
from runner.repo.files import read_yaml_file
from runner.repo.git import Repository
from runner.schemas import check_value
from runner.text.document import Document
from runner.text.strict_yaml import read_document, read_value


def check_equal_treatment(root: Path, paths: Iterable[str]) -> Iterator[Fault]:
    """Return a warning for each case that was treated otherwise than others of its incident.

    `paths` are the files, in the working tree, of all cases that are linked.
    """
    cases = {path: case for path in paths if (case := _read(root, path)) is not None}
    for incident_id in sorted({str(c["incident"]) for c in cases.values() if c.get("incident")}):
        incident = load_incident(incident_id, lambda file: _bytes(root, file))
        if incident is None:
            continue
        treated = (read_treatment(case, path, incident) for path, case in cases.items())
        for unequal in find_unequal(incident, (one for one in treated if one is not None)):
            one = unequal.treatment
            yield _unequal(root, one, incident, unequal.expected)


def read_treatments(repository: Repository, base: str, incident: Incident) -> list[Treatment]:
    """Return how the cases of an incident were treated that are on the base, by path.

    Git looks through all case files for those that name it.
    """
    found = []
    for path, data in search_cases(repository, base, "-F", "-e", f"incident: {incident.id}"):
        case = _parse(data, path)
        treatment = read_treatment(case, path, incident) if case is not None else None
        found += [treatment] if treatment is not None else []
    return found


def _unequal(root: Path, one: Treatment, incident: Incident, expected: str) -> Fault:
    data = _bytes(root, one.path) or b""
    read = read_document(data, one.path)
    document = read if isinstance(read, Document) else Document(one.path, {}, {}, {})
    at = document.position(("log", one.entry))
    return Fault(
        one.path,
        at.line,
        at.column,
        "unequal-treatment",
        f"this case of {incident.id} was {_given(one)}, others in its place: {expected}",
        f"`doleances note {one.case_id} --note ... --departs ...` says why, or give it the same",
        Severity.WARNING,
    )


def _given(one: Treatment) -> str:
    return one.words if one.outcome == "refused" else f"given {one.words}"


def _read(root: Path, path: str) -> dict[str, Any] | None:
    data = _bytes(root, path)
    return _parse(data, path) if data is not None else None


def _bytes(root: Path, path: str) -> bytes | None:
    data = read_yaml_file(root, path)
    return data if isinstance(data, bytes) else None


def _parse(data: bytes, path: str) -> dict[str, Any] | None:
    """Return what a case file says, None for what is no case; the check names its faults."""
    try:
        value: Any = read_value(data)
    except ValueError:
        read = read_document(data, path)
        value = read.value if isinstance(read, Document) else None
    return value if isinstance(value, dict) and check_value("case", value) else None
