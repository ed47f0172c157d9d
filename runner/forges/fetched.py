"""What was fetched of a desk's remote, to look at without its token.

The job that reads the sources holds their secrets and reads what strangers write, so it has no
token of the forge.  An earlier step that has one fetches; what it brought is enough to know what
was read and decided before.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from runner.errors import UsageError
from runner.forges.branches import read_branches
from runner.forges.port import ForgeSnapshot
from runner.forges.remote_refs import SEEN
from runner.planning.observation import Decision
from runner.policies.values import Instance
from runner.repo.git import Repository, base_ref, open_repository, parse_desk_branch, read_refs
from runner.repo.ledger import LEDGER, read_ledger
from runner.repo.objects import ObjectReader
from runner.repo.receipts import RECEIPTS, ReceiptKey, read_receipts

_RUNNER_BRANCHES = "refs/heads/doleances/"
_DESK_BRANCHES = "refs/heads/desk/"


class Fetched:
    """The remote of a desk as of the last `doleances fetch`; asks nobody."""

    def __init__(self, root: Path, instance: Instance) -> None:
        self._root = root
        self._instance = instance

    @cached_property
    def repository(self) -> Repository:
        """The clone, opened when first asked for."""
        return open_repository(self._root)

    def snapshot(self) -> ForgeSnapshot:
        """Return branches and cursors as they were fetched.  Pull requests are the forge's to tell.

        Raises:
            UsageError: when nothing was fetched.
        """
        known = read_refs(self.repository, SEEN)
        refs = {f"refs/{ref.removeprefix(f'{SEEN}/')}": oid for ref, oid in known.items()}
        base = refs.get(base_ref(self._instance.base))
        if base is None:
            raise UsageError("nothing was fetched here yet", "run `doleances fetch` first")
        email = self._instance.bot.email
        of_runner = {ref: oid for ref, oid in refs.items() if ref.startswith(_RUNNER_BRANCHES)}
        of_people = {ref: oid for ref, oid in refs.items() if ref.startswith(_DESK_BRANCHES)}
        with ObjectReader(self.repository) as reader:
            return ForgeSnapshot(
                base=base,
                branches=read_branches(self.repository, reader, of_runner, base, email),
                pulls=(),
                cursors=read_ledger(reader, LEDGER).cursors,
                proposed=read_branches(
                    self.repository, reader, of_people, base, email, parse=parse_desk_branch
                ),
            )

    def decided(self, keys: Iterable[ReceiptKey]) -> Mapping[ReceiptKey, Decision]:
        """Return how those of these `(case id, change)` ended that were decided before."""
        with ObjectReader(self.repository) as reader:
            found = read_receipts(reader, RECEIPTS, keys)
        return {
            key: Decision(receipt.outcome, receipt.number, receipt.actor, receipt.reason)
            for key, receipt in found.items()
        }
