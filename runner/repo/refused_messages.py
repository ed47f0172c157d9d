"""A new case that is refused is refused with all its messages, not only the one that names it."""

from dataclasses import replace

from runner.cases.case import Case
from runner.cases.summary import heard_keys
from runner.planning.branches import INTAKE
from runner.planning.observation import Outcome
from runner.repo.case_files import read_case
from runner.repo.case_paths import find_case_file_at
from runner.repo.git import Repository
from runner.repo.objects import ObjectReader
from runner.repo.receipts import Receipt, read_receipts, render_receipt


def receipt_files(
    repository: Repository, reader: ObjectReader, receipts: str | None, receipt: Receipt
) -> dict[str, bytes]:
    """Return the files to write for how a pull request ended, by their paths.

    A new case may hold copies from other places, and what its customer wrote since.  People who
    refuse it have seen them: each gets a receipt too, so that none comes back as a case of its
    own.  One that `receipts` tells of already keeps what is told there.  Where the branch's
    commit is not at hand, only the case itself is known.
    """
    keys = _others(repository, reader, receipt)
    known = read_receipts(reader, receipts, ((key, INTAKE) for key in keys))
    others = (replace(receipt, case_id=key) for key in keys if (key, INTAKE) not in known)
    return {each.path: render_receipt(each) for each in (receipt, *others)}


def _others(repository: Repository, reader: ObjectReader, receipt: Receipt) -> tuple[str, ...]:
    head = receipt.head
    if receipt.outcome is not Outcome.REFUSED or receipt.change != INTAKE or head is None:
        return ()
    if reader.read(head) is None:
        return ()
    path = find_case_file_at(repository, head, receipt.case_id)
    stored = reader.read(f"{head}:{path}") if path is not None else None
    if path is None or stored is None or stored.data is None:
        return ()
    case = read_case(stored.data, path)
    if not isinstance(case, Case):
        return ()
    keys = (*(place.key for place in case.places), *heard_keys(case))
    return tuple(dict.fromkeys(key for key in keys if key != receipt.case_id))
