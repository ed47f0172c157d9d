"""What receipts prove of the main line, and what they show to be missing there.

A receipt tells who merged what; it stands on a reference of its own, so that a main line
which was put back still has to explain it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.errors import Fault
from runner.planning.branches import Outcome
from runner.repo.audit_cases import parse_case_document
from runner.repo.case_paths import parse_case_path
from runner.repo.git import FileChange, Repository, is_object_name, read_refs
from runner.repo.mainline import BranchCommit, MainCommit
from runner.repo.objects import GitObject, ObjectReader
from runner.repo.receipts import (
    RECEIPTS,
    Receipt,
    parse_receipt,
    parse_receipt_path,
    receipts_of,
)

_FETCH = "fetch the base, then look again; if it is not there either, the main line was put back"


class MergedPulls:
    """The receipts of pull requests that were merged; none of them need be here."""

    def __init__(self, receipts: Iterable[Receipt], *, known: bool) -> None:
        self._known = known
        self.by_case: dict[str, list[Receipt]] = defaultdict(list)
        self._refused: set[str] = set()
        for receipt in receipts:
            if receipt.outcome is Outcome.MERGED:
                self.by_case[receipt.case_id].append(receipt)
            else:
                self._refused.add(receipt.case_id)

    def of(
        self,
        reader: ObjectReader,
        commit: MainCommit,
        watched: Mapping[str, FileChange],
        line: frozenset[str],
    ) -> tuple[Receipt, ...]:
        """Return the receipts of what a commit merged: its branch, or what it squashed."""
        if not self.by_case:
            return ()
        found: list[Receipt] = []
        for path, change in watched.items():
            case_id = parse_case_path(path)
            if case_id in self.by_case:
                found += receipts_of(reader, commit, change, self.by_case[case_id], line)
        return tuple(found)

    def check(
        self,
        changes: Iterable[FileChange],
        branch: tuple[BranchCommit, ...],
        bots: frozenset[str],
    ) -> Iterator[Fault]:
        """Yield the new cases of the runner's that a commit merged, and no receipt tells of.

        A run that has not come yet writes it; where there are no receipts at all, they were
        not fetched.  `bots` are its addresses, in lower case.
        """
        if not self._known or not any(one.email.casefold() in bots for one in branch):
            return
        for change in changes:
            case_id = parse_case_path(change.path)
            if change.old is None and case_id is not None and case_id not in self.by_case:
                yield Fault(
                    change.path,
                    1,
                    1,
                    "receipt-missing",
                    "the runner proposed it, and no receipt tells who accepted it",
                    "it was refused, then merged all the same: the merge tells by whom"
                    if case_id in self._refused
                    else "the next `doleances run` writes it; if one has, the receipt was removed",
                )


def read_merged_pulls(
    repository: Repository, reader: ObjectReader, case_id: str | None = None
) -> MergedPulls:
    """Return the receipts of merged pull requests that are here: all, or those of one case."""
    if RECEIPTS not in read_refs(repository, RECEIPTS):
        return MergedPulls((), known=False)
    folder = f"settled/{case_id[2:4]}/{case_id}" if case_id is not None else "settled"
    listed = repository.text("ls-tree", "-r", "-z", "--full-tree", RECEIPTS, "--", folder)
    blobs: dict[str, str] = {}
    for line in filter(None, listed.split("\0")):
        head, _, path = line.partition("\t")
        blobs[path] = head.split(" ")[2]
    return MergedPulls(_receipts(reader, blobs), known=True)


def check_receipts(
    repository: Repository,
    reader: ObjectReader,
    merged: MergedPulls,
    *,
    cases: Mapping[str, str],
    tip: str,
    began: int,
) -> Iterator[Fault]:
    """Yield what was accepted since the audit began and does not stand in `tip`.

    `cases` are its case files by id.  And receipts that somebody took away or rewrote.
    """
    yield from _find_removed(repository, reader)
    for case_id, receipts in sorted(merged.by_case.items()):
        for receipt in receipts:
            if receipt.at.timestamp() < began:
                continue
            said = f"#{receipt.number} was {receipt}"
            if case_id not in cases:
                message = f"{said}, and the main line does not hold {case_id}"
                yield Fault(receipt.path, 1, 1, "merge-dropped", message, _FETCH)
            elif not _stands(reader, receipt, cases[case_id], tip):
                message = f"{said}, and {cases[case_id]} does not hold its entries"
                yield Fault(receipt.path, 1, 1, "merge-dropped", message, _FETCH)


def _stands(reader: ObjectReader, receipt: Receipt, path: str, tip: str) -> bool:
    """Whether the log holds what the merged branch added; where that is gone, nobody can tell."""
    if receipt.head is None or not is_object_name(receipt.head):
        return True
    proposed, held = (_told(reader, f"{commit}:{path}", path) for commit in (receipt.head, tip))
    return proposed is None or held is None or proposed <= held


def _told(reader: ObjectReader, name: str, path: str) -> set[tuple[str, str, str]] | None:
    stored = reader.read(name)
    if stored is None or stored.data is None:
        return None
    document = parse_case_document(stored.data, path)
    if document is None:
        return None
    case: Any = document.value
    return {(entry["entry"], entry["at"], entry["by"]) for entry in case["log"]}


def _find_removed(repository: Repository, reader: ObjectReader) -> Iterator[Fault]:
    """Yield the receipts that a commit of their chain took away, or made tell something else.

    That something was merged, and what, stays so.
    """
    changed = tuple(_changed_receipts(repository))
    found = {path: "the receipt was taken away" for path, _, new in changed if new is None}
    rewritten = [(path, old, new) for path, old, new in changed if new is not None]
    blobs = reader.read_all(blob for _, *both in rewritten for blob in both)
    for path, _, _ in rewritten:
        was, now = _receipt(path, next(blobs)), _receipt(path, next(blobs))
        if was is None or was.outcome is not Outcome.MERGED:
            continue
        if now is None or (now.outcome, now.head) != (was.outcome, was.head or now.head):
            found.setdefault(path, f"the receipt said that #{was.number} was {was}")
    for path, message in sorted(found.items()):
        hint = f"`git log -p {RECEIPTS} -- {path}` says by whom"
        yield Fault(path, 1, 1, "receipt-removed", message, hint)


def _changed_receipts(repository: Repository) -> Iterator[tuple[str, str, str | None]]:
    """Yield path, old and new blob of each receipt that was changed or taken away.

    Where two chains became one and knew different ends of one pull request, either may stand.
    """
    if RECEIPTS not in read_refs(repository, RECEIPTS):
        return
    listed = repository.text(
        "log", "--first-parent", "-m", "--diff-filter=DMT", "--no-renames", "--no-ext-diff",
        "--no-abbrev", "--raw", "-z", "--format=%x01%P", RECEIPTS, "--", "settled",
    )  # fmt: skip
    is_union = False
    words = iter(listed.split("\0"))
    for word in words:
        if (head := word.lstrip("\n")).startswith("\x01"):
            is_union = " " in head
        elif head.startswith(":"):
            _, _, old, new, status = head.split(" ")
            path = next(words, "")
            if parse_receipt_path(path) is not None and (status == "D" or not is_union):
                yield path, old, None if status == "D" else new


def _receipts(reader: ObjectReader, blobs: Mapping[str, str]) -> Iterator[Receipt]:
    return filter(None, map(_receipt, blobs, reader.read_all(blobs.values())))


def _receipt(path: str, stored: GitObject | None) -> Receipt | None:
    """Return the receipt that stands at a path, None for what is none."""
    key = parse_receipt_path(path)
    try:
        return parse_receipt(stored.data, key) if key is not None and stored is not None else None
    except ValueError:
        return None
