"""A new case that is refused is refused with all its messages, not only the one that names it."""

from collections.abc import Sequence
from dataclasses import replace

from runner.cases.case import Case
from runner.cases.summary import heard_keys
from runner.planning.branches import INTAKE, Outcome
from runner.repo.case_files import read_case
from runner.repo.case_paths import find_case_file_at
from runner.repo.git import Repository
from runner.repo.objects import ObjectReader
from runner.repo.receipts import Receipt, read_receipts, render_receipt


def read_others(
    repository: Repository, reader: ObjectReader, case_id: str, commit: str
) -> tuple[str, ...]:
    """Return the keys of the messages in a case's file but for the one that the case is named for.

    They are copies from other places, and what the customer wrote since.  None where the commit
    is not at hand, or the file cannot be read.
    """
    if reader.read(commit) is None:
        return ()
    path = find_case_file_at(repository, commit, case_id)
    stored = reader.read(f"{commit}:{path}") if path is not None else None
    if path is None or stored is None or stored.data is None:
        return ()
    case = read_case(stored.data, path)
    if not isinstance(case, Case):
        return ()
    keys = (*(place.key for place in case.places), *heard_keys(case))
    return tuple(dict.fromkeys(key for key in keys if key != case_id))


def receipt_files(
    reader: ObjectReader, receipts: str | None, receipt: Receipt, others: Sequence[str]
) -> dict[str, bytes]:
    """Return the files to write for how a pull request ended, by their paths.

    `others` are the messages besides that people saw in the proposal.  Where they refuse a new
    case, each of them gets a receipt too, so that none comes back as a case of its own; one that
    `receipts` tells of already keeps what is told there.
    """
    files = {receipt.path: render_receipt(receipt)}
    if receipt.outcome is Outcome.REFUSED and receipt.change == INTAKE:
        known = read_receipts(reader, receipts, ((key, INTAKE) for key in others))
        for key in others:
            if (key, INTAKE) not in known:
                other = replace(receipt, case_id=key)
                files[other.path] = render_receipt(other)
    return files
