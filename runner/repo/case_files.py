"""Case files out of git: bytes to a case, or the faults that stand in the way."""

from typing import Any

from runner.cases.case import Case
from runner.cases.file import parse_case
from runner.cases.pinned import find_uncountable
from runner.errors import Fault
from runner.schemas import check_document, check_value
from runner.text.strict_yaml import Document, read_document, read_value


def read_case(data: bytes, path: str) -> Case | tuple[Fault, ...]:
    """Return the case in a file's bytes, or the faults of the file's form.

    Fast where the file is plainly fine.  Whether its log makes sense is for
    `runner.cases.checks` to say; but a promise that nobody can count is no case's: a run
    would stumble over it.
    """
    try:
        value = read_value(data)
    except ValueError:
        value = None
    if value is None or not check_value("case", value):
        document = read_document(data, path)
        if not isinstance(document, Document):
            return document
        faults = check_document("case", document)
        if faults:
            return faults
        value = document.value
    return _parsed(value, path)


def _parsed(value: Any, path: str) -> Case | tuple[Fault, ...]:
    if not path.endswith(f"/{value['id']}.yaml"):
        return (_unreadable(path, f"the file holds another case, {value['id']}"),)
    for entry in value["log"]:
        for clock in entry.get("clocks", ()):
            if (problem := find_uncountable(clock)) is not None:
                return (_unreadable(path, f"the clock {clock['clock']}: {problem.message}"),)
    try:
        return parse_case(value, path)
    except ValueError as error:
        return (_unreadable(path, str(error).removeprefix(f"{path}: ")),)


def _unreadable(path: str, message: str) -> Fault:
    hint = f"`doleances check {path}` names every fault with its place"
    return Fault(path, 1, 1, "case-unreadable", message, hint)
