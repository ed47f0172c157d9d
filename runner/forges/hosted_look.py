"""Looking at a forge with pages: what its server and its references show, in one snapshot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from runner.forges.branches import read_branches
from runner.forges.commits import foreign_branches
from runner.forges.pages import PullPages, Talk, parse_page
from runner.forges.port import ForgeSnapshot
from runner.forges.remote_refs import RemoteRefs
from runner.forges.server import ForgeServer, ServerPull
from runner.planning.branches import Outcome
from runner.planning.observation import REMARKS, Cursor, Ending, Pull
from runner.policies.values import Configuration
from runner.repo.git import BranchName, Repository, parse_branch, parse_desk_branch, read_refs
from runner.repo.ledger import LEDGER, read_ledger
from runner.repo.objects import ObjectReader
from runner.repo.opened import OPENED, OpenedPull, read_opened
from runner.repo.receipts import RECEIPTS, Receipt, ReceiptKey, last_settled, read_receipts
from runner.text.clean import clean_line

_BRANCHES = "refs/heads/doleances/"


class HostedLook:
    """Looks at a repository on a server."""

    def __init__(
        self,
        refs: RemoteRefs,
        server: ForgeServer,
        pages: PullPages,
        configuration: Configuration,
    ) -> None:
        self._refs = refs
        self._server = server
        self._pages = pages
        self._configuration = configuration
        self.lost: frozenset[str] = frozenset()
        """Branches whose record names a pull request that the server does not know."""
        self._reopened: frozenset[ReceiptKey] = frozenset()
        """What was refused, and has a pull request that is open again and not complete yet."""

    def snapshot(self) -> ForgeSnapshot:
        """Read everything once: one fetch, one list, and one look at each that has ended since."""
        refs = self._refs.look()
        base, bot = refs[self._refs.base_ref], self._refs.bot.email
        listed = _first_of_each_branch(self._server.open_pulls())
        with ObjectReader(self._refs.repository) as reader:
            opened, unread = read_opened(reader, refs)
            ended = self.receipts(reader, map(key_of, _branches(opened)))
            pulls: list[Pull] = []
            lost: set[str] = set()
            for record in opened.values():
                if key_of(record.branch) in ended:
                    continue
                pull = listed.get(record.branch.name)
                if pull is None or pull.number != record.number:
                    # Lists lag behind: what is missing there may be open all the same.
                    pull = self._server.pull(record.number)
                if pull is None or pull.branch != record.branch.name:
                    unread = {**unread, record.ref: "the forge has no such pull request"}
                    lost.add(record.branch.name)
                else:
                    pulls.append(replace(self._pull(pull, refs), written_for=record.head))
            self.lost = frozenset(lost)
            proposals = [
                self._pull(pull, refs) for name, pull in listed.items() if parse_desk_branch(name)
            ]
            proposed = {
                ref: refs[ref] for pull in proposals if (ref := f"refs/heads/{pull.branch}") in refs
            }
            ours = {ref: oid for ref, oid in refs.items() if ref.startswith(_BRANCHES)}
            reopened = self._find_reopened(reader, listed.values())
            self._reopened = frozenset(key_of(branch) for branch in reopened)
            numbers = {branch.name: number for branch, number in reopened.items()}
            cursors = read_ledger(reader, here(self._refs.repository, LEDGER)).cursors
            talk = self._listen(reader, (*pulls, *proposals), cursors.get(REMARKS))
            # A page that is not complete is not heard yet: what is said there must stay new.
            is_whole = not any(map(parse_branch, listed.keys() - opened.keys()))
            return ForgeSnapshot(
                base=base,
                branches=tuple(
                    replace(branch, reopened=numbers.get(branch.name))
                    for branch in read_branches(self._refs.repository, reader, ours, base, bot)
                ),
                pulls=tuple(sorted(pulls, key=lambda pull: pull.number)),
                cursors=cursors,
                ignored=(
                    *foreign_branches(ours),
                    *self._refs.ignored,
                    *(f"{ref}: {why}" for ref, why in unread.items()),
                ),
                proposals=tuple(sorted(proposals, key=lambda pull: pull.number)),
                proposed=read_branches(
                    self._refs.repository, reader, proposed, base, bot, parse=parse_desk_branch
                ),
                remarks=talk.remarks,
                doubles=talk.doubles,
                heard_until=talk.heard_until if is_whole else None,
            )

    def is_reopened(self, receipt: Receipt, branch: BranchName) -> bool:
        """Whether the pull request that a receipt calls refused is open: people thought again."""
        if receipt.outcome is not Outcome.REFUSED:
            return False
        pull = self._server.pull(receipt.number)
        return pull is not None and pull.is_open and pull.branch == branch.name

    def receipts(
        self, reader: ObjectReader, keys: Iterable[ReceiptKey]
    ) -> Mapping[ReceiptKey, Receipt]:
        """Return what the working copy of the receipts holds for these keys.

        A refusal counts for nothing once people opened the pull request again: then it has a
        record beside its receipt, or is about to get one.
        """
        found = read_receipts(reader, here(self._refs.repository, RECEIPTS), keys)
        refs = self._refs.seen() if found else {}
        return {
            key: receipt
            for key, receipt in found.items()
            if receipt.outcome is not Outcome.REFUSED
            or (key not in self._reopened and f"{OPENED}/{receipt.number}" not in refs)
        }

    def person(self, login: str) -> str:
        """Return the person's id in `policies/team.yaml`, else the login."""
        person = self._configuration.team.who_goes_by(login) if login else None
        return person.id if person else clean_line(login, 100)

    def _pull(self, pull: ServerPull, refs: Mapping[str, str]) -> Pull:
        ended = None
        if not pull.is_open:
            said = self._server.ending(pull)
            ended = Ending(said.outcome, self.person(said.login), said.words)
        return Pull(
            number=pull.number,
            branch=pull.branch,
            title=pull.title,
            body=pull.body,
            opened_at=pull.opened_at,
            head=refs.get(f"refs/heads/{pull.branch}"),
            ended=ended,
        )

    def _find_reopened(
        self, reader: ObjectReader, listed: Iterable[ServerPull]
    ) -> Mapping[BranchName, int]:
        """Return the numbers of pull requests that are open again, and have no record, by branch.

        Lists lag behind: one that they show as open may have ended long ago.
        """
        self._reopened = frozenset()
        branches = {pull.number: branch for pull in listed if (branch := parse_branch(pull.branch))}
        receipts = self.receipts(reader, map(key_of, branches.values()))
        return {
            branch: number
            for number, branch in branches.items()
            if (receipt := receipts.get(key_of(branch))) is not None
            and receipt.number == number
            and self.is_reopened(receipt, branch)
        }

    def _listen(self, reader: ObjectReader, pulls: Sequence[Pull], cursor: Cursor | None) -> Talk:
        """Return what people command on the pages of pull requests, those that ended too."""
        pages = {pull.number: branch for pull in pulls if (branch := parse_page(pull.branch))}
        receipts = here(self._refs.repository, RECEIPTS)
        # Not from when the oldest open page began: people comment on those that ended, too.
        since = cursor.read_at if cursor is not None else None
        if since is None:
            since = min((pull.opened_at for pull in pulls), default=None)
        if since is None and receipts is not None:
            since = last_settled(self._refs.repository, receipts)
        if since is None:
            return Talk()
        return self._pages.listen(reader, receipts, pages, since)


def key_of(branch: BranchName) -> ReceiptKey:
    """Return what a branch's receipt is found by."""
    return (branch.case_id, branch.change)


def here(repository: Repository, ref: str) -> str | None:
    """Return where a reference of the clone at hand stands."""
    return read_refs(repository, ref).get(ref)


def _branches(opened: Mapping[str, OpenedPull]) -> Iterable[BranchName]:
    return (record.branch for record in opened.values())


def _first_of_each_branch(pulls: Iterable[ServerPull]) -> dict[str, ServerPull]:
    """Return the open pull requests of the runner's and the verbs' branches, by branch."""
    found: dict[str, ServerPull] = {}
    for pull in sorted(pulls, key=lambda pull: pull.number):
        if pull.is_ours and (parse_branch(pull.branch) or parse_desk_branch(pull.branch)):
            found.setdefault(pull.branch, pull)
    return found
