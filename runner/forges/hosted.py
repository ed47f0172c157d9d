"""A forge with pages of its own: branches and records by git, pull requests by its server.

What people decided on the pages is the server's to tell; what the runner has taken over of it
stands in receipts.  Every pull request that the runner completed has a record in the server's
repository (`repo.opened`).  One that is open without a record is still to be completed, one that
has a record and is open no more was decided on by a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from runner.errors import OutsideFailed
from runner.forges.commits import runner_branch
from runner.forges.conversation import Conversation
from runner.forges.endings import Ended, keep_ending, write_record, written_before
from runner.forges.hosted_branches import (
    drop_branch,
    push_branches,
    renew_branch,
    withdraw_branch,
)
from runner.forges.hosted_look import HostedLook, here, key_of
from runner.forges.own_issues import OwnIssues
from runner.forges.pages import PageWords, PullPages, fitting, parse_page
from runner.forges.port import Done, ForgeSnapshot, Proposal, Proposed
from runner.forges.proposals import propose_there
from runner.forges.remote_refs import RemoteRefs
from runner.forges.rest import ForgeFailed
from runner.forges.server import Dress, ForgeServer, ServerPull
from runner.forges.statuses import check_branch
from runner.planning.actions import (
    DeleteDouble,
    DropBranch,
    ObeyCommands,
    OpenPull,
    PushBranch,
    RenewBranch,
    SettlePull,
    UpdatePull,
    WithdrawPull,
)
from runner.planning.branches import LONGEST_REASON, Outcome, case_of_branch
from runner.planning.deliveries import ChannelState
from runner.planning.observation import Cursor, Decision
from runner.planning.run_record import RunRecord
from runner.policies.values import Configuration
from runner.repo.git import BranchName, Repository
from runner.repo.ledger import LEDGER, Ledger, read_ledger, write_ledger
from runner.repo.objects import ObjectReader, Signature
from runner.repo.opened import OpenedPull, read_opened
from runner.repo.receipts import RECEIPTS, ReceiptKey, read_receipts
from runner.repo.told import Acknowledgement, Answered, TeamReceipt, Told, write_team_receipts
from runner.text.clean import clean_line
from runner.text.language import Language
from runner.text.masking import mask


class HostedForge:
    """A repository on a server as a forge."""

    def __init__(self, refs: RemoteRefs, server: ForgeServer, configuration: Configuration) -> None:
        self._refs = refs
        self._server = server
        self._configuration = configuration
        instance = configuration.instance
        language = Language(instance.language, instance.zone)
        self._pages = PullPages(server, language, configuration.team)
        self._look = HostedLook(refs, server, self._pages, configuration)

    @property
    def own_issues(self) -> OwnIssues:
        """The issues by which the runner tells of itself."""
        return OwnIssues(self._server)

    @property
    def repository(self) -> Repository:
        """The clone that the desk is worked on in."""
        return self._refs.repository

    def base(self) -> str:
        """Return the commit that the base branch is at now."""
        return self._refs.base()

    def snapshot(self) -> ForgeSnapshot:
        """Read everything once: one fetch, one list, and one look at each that has ended since."""
        return self._look.snapshot()

    def decided(self, keys: Iterable[ReceiptKey]) -> Mapping[ReceiptKey, Decision]:
        """Return how those of these `(case id, change)` ended that were decided before."""
        self._refs.seen()
        with ObjectReader(self.repository) as reader:
            return {
                key: Decision(receipt.outcome, receipt.number, receipt.actor, receipt.reason)
                for key, receipt in self._look.receipts(reader, keys).items()
            }

    def push_branches(
        self, pushes: Sequence[PushBranch], base: str, now: datetime
    ) -> Sequence[Done]:
        """Create all branches in one push; one answer for each."""
        return push_branches(self._refs, self._look, pushes, base, now)

    def renew_branch(self, action: RenewBranch, base: str, now: datetime) -> Done:
        """Put a branch's commit anew on the base, if the branch is where the plan saw it."""
        done, commit = renew_branch(self._refs, self._look, action, base, now)
        if done is not Done.HELD:
            self._post_status(runner_branch(action.branch), commit)
        return done

    def open_pull(self, action: OpenPull, now: datetime) -> Done:
        """Open a pull request and complete it, unless its branch has or had one, or is gone.

        The record comes last: killed before, the next run finds it open and completes it.
        """
        branch = runner_branch(action.branch)
        refs = self._refs.seen()
        head = refs.get(branch.ref)
        with ObjectReader(self.repository) as reader:
            receipt = self._look.receipts(reader, (key_of(branch),)).get(key_of(branch))
            if receipt is not None and not self._look.is_reopened(receipt, branch):
                return Done.HELD
            record = read_opened(reader, refs)[0].get(branch.name)
            settled = read_receipts(reader, RECEIPTS, (key_of(branch),)).get(key_of(branch))
        if record is not None and branch.name not in self._look.lost:
            return Done.ADOPTED
        if head is None:
            return Done.HELD
        words = self._words(action)
        there = self._server.pulls_of(branch.name)
        done, pull = Done.ADOPTED, next((pull for pull in there if pull.is_open), None)
        if pull is None:
            if (ended := self._decided_before(there, head)) is not None:
                keep_ending(self._refs, branch, ended, None, now)
                return Done.HELD
            pull = self._server.create_pull(branch.name, words.title, words.body)
            done = Done.DONE
        if pull is None:
            there = self._server.pulls_of(branch.name)
            done, pull = Done.ADOPTED, next((pull for pull in there if pull.is_open), None)
        if pull is None:
            raise OutsideFailed(
                f"the forge says that {branch.name} has a pull request, and does not show it",
                "its lists lag behind: the next run finds it",
            )
        self._pages.make_labels(words.labels)
        dress = Dress(words.labels, words.assignees, self._logins(action.owner))
        if settled is None and not set(words.labels).isdisjoint(pull.labels):
            # A run that was killed had come so far; what is missing of it people took away since.
            dress = replace(dress, labels=())
        self._server.dress_pull(pull, dress)
        self._post_status(branch, head)
        before = written_before(settled, branch, pull) if settled is not None else None
        if before is not None:
            self._pages.rewrite(before, pull, words)
        write_record(self._refs, branch, pull, words, head=head, before=before)
        return done

    def update_pull(self, action: UpdatePull) -> Done:
        """Let a page say what its branch proposes now; what people changed there stays.

        Held when the branch or the pull request is not what the plan saw.
        """
        branch = runner_branch(action.branch)
        record = self._opened().get(branch.name)
        if self._refs.seen().get(branch.ref) != action.head or record is None:
            return Done.HELD
        if record.head == action.head:
            return Done.ADOPTED
        page = self._server.pull(record.number)
        if page is None or not page.is_open or record.number != action.number:
            return Done.HELD
        words = self._words(action)
        self._pages.rewrite(record, page, words)
        if self.repository.text("log", "-1", "--format=%ce", action.head) == self._refs.bot.email:
            # Whoever made the commit anew may have been killed before it got its status.
            self._post_status(branch, action.head)
        write_record(self._refs, branch, page, words, head=action.head, before=record)
        return Done.DONE

    def obey_commands(self, action: ObeyCommands, base: str, now: datetime, /) -> Done:
        """Do what comments on a page command, then answer them.

        The receipts come last: killed before, the next run finds what is done and answered.
        Held when the branch or the pull request is not what the plan saw, or the branch is not
        there on which the answers rely.  A page that is to be opened again is answered only where
        it cannot be.
        """
        branch = parse_page(action.branch) or runner_branch(action.branch)
        record = self._opened().get(branch.name)
        does_something = action.renewal or action.refused_by or action.rests
        if does_something and (record is None or record.number != action.number):
            return Done.ADOPTED
        page = self._server.pull(action.number)
        if action.reopens and page is not None and self._reopen(branch, page):
            return Done.DONE
        if page is None or (page.is_merged and does_something):
            return Done.HELD
        if action.joins and f"refs/heads/{action.joins}" not in self._refs.seen():
            # What is said to stand there would stand nowhere: a customer's words, or a crisis.
            return Done.HELD
        if action.renewal and self.renew_branch(action.renewal, base, now) is Done.HELD:
            return Done.HELD
        self._pages.answer(action.number, action.answers)
        if action.refused_by and page.is_open:
            self._server.close_pull(action.number)
        case_id = branch.case_id
        receipts: list[TeamReceipt] = [
            Answered(case_id, action.number, each.comment, each.by, now) for each in action.answers
        ]
        receipts += (
            Acknowledgement(case_id, rest.clock, rest.started_at, rest.by, rest.at, rest.until, "")
            for rest in action.rests
        )
        if not action.refused_by:
            self.keep(receipts, now)
            return Done.DONE
        self._refs.seen()
        write_team_receipts(self.repository, receipts, self._refs.bot, now)
        ended = Ended(page, Outcome.REFUSED, action.refused_by, action.refused_for)
        keep_ending(self._refs, branch, ended, record, now)
        return Done.DONE

    def _reopen(self, branch: BranchName, page: ServerPull) -> bool:
        """Open a page that was closed again, with its branch; tell whether it is open.

        A server may see a branch later than it was pushed: what it says right then is not final.
        """
        was_there = branch.ref in self._refs.seen()
        if page.is_merged or not self._refs.bring_back(branch.ref, page.head, page.number):
            return False
        if page.is_open:
            return True
        try:
            self._server.reopen_pull(page.number)
        except ForgeFailed as failed:
            if not was_there or not 400 <= failed.status < 500:
                raise
            return False
        return True

    def settle_pull(self, action: SettlePull, now: datetime) -> Done:
        """Record how a pull request ended, as the server tells it now.

        Held when it is open again, or ended otherwise than the plan saw.  One whose case came
        to the base by another way is closed.
        """
        branch = runner_branch(action.branch)
        record = self._opened().get(branch.name)
        if record is None or record.number != action.number:
            return Done.ADOPTED
        pull = self._server.pull(action.number)
        if pull is None or (action.outcome is Outcome.REFUSED and (pull.is_open or pull.is_merged)):
            return Done.HELD
        actor = "" if pull.is_open else self._look.person(self._server.ending(pull).login)
        if pull.is_open:
            self._server.close_pull(pull.number)
        ended = Ended(pull, action.outcome, actor, action.reason)
        keep_ending(self._refs, branch, ended, record, now)
        return Done.DONE

    def withdraw_pull(self, action: WithdrawPull) -> Done:
        """Remove an open pull request with its branch, if that is where the plan saw it.

        The server closes a pull request whose branch is gone.
        """
        done = withdraw_branch(self._refs, self._look, action)
        if done is Done.DONE:
            self._server.see_closed(action.number)
        return done

    def drop_branch(self, action: DropBranch) -> Done:
        """Remove a branch if it is still where the plan saw it, and has no open pull request."""
        return drop_branch(self._refs, self._look, action)

    def delete_double(self, action: DeleteDouble, /) -> Done:
        """Delete a comment of the runner's that stands there a second time."""
        self._pages.delete(action.comment)
        return Done.DONE

    def comment(self, comments: Sequence[Told], now: datetime) -> Sequence[Done]:
        """Put comments on the pull requests of their cases, each once for its key for ever.

        Held while the case waits for its pull request.  One whose case never had any is kept as
        its receipt alone.
        """
        refs = self._refs.seen()
        with ObjectReader(self.repository) as reader:
            numbers = {name: pull.number for name, pull in read_opened(reader, refs)[0].items()}
            waiting = {case_of_branch(ref.removeprefix("refs/heads/")) for ref in refs}
            talk = Conversation(self._server, self._configuration.team, reader, numbers, waiting)
            told: list[Told] = []
            try:
                told.extend(comment for comment in comments if talk.say(comment))
            finally:
                # What stands there has its receipt, even if the next one could not be written.
                new = dict(zip(told, self.keep(told, now) if told else (), strict=True))
        return [
            Done.HELD if each not in new else Done.DONE if new[each] else Done.ADOPTED
            for each in comments
        ]

    def keep(self, receipts: Sequence[TeamReceipt], now: datetime) -> Sequence[bool]:
        """Keep for good who was told or has something in hand; tell for each whether it is new."""
        self._refs.seen()
        written = write_team_receipts(self.repository, receipts, self._refs.bot, now)
        self._refs.publish()
        return written

    def propose(self, proposal: Proposal, by: Signature, now: datetime) -> Proposed:
        """Commit a person's change of one case on a branch of its own and open its pull request."""
        return propose_there(self._refs, self._server, proposal, by, now)

    def move_cursors(self, cursors: Sequence[Cursor]) -> Done:
        """Write all cursors to the ledger by compare-and-swap."""
        self._refs.seen()
        written = write_ledger(self.repository, self._refs.bot, cursors)
        self._refs.publish()
        return Done.DONE if written else Done.ADOPTED

    def note_channels(self, states: Sequence[ChannelState]) -> None:
        """Write to the ledger how the channels fare."""
        self._refs.seen()
        write_ledger(self.repository, self._refs.bot, channels=states)
        self._refs.publish()

    def note_run(self, record: RunRecord) -> None:
        """Write to the ledger how the runs of a verb went."""
        self._refs.seen()
        write_ledger(self.repository, self._refs.bot, runs=(record,))
        self._refs.publish()

    def ledger(self) -> Ledger:
        """Return what the ledger holds."""
        self._refs.seen()
        with ObjectReader(self.repository) as reader:
            return read_ledger(reader, here(self.repository, LEDGER))

    def _opened(self) -> Mapping[str, OpenedPull]:
        refs = self._refs.seen()
        with ObjectReader(self.repository) as reader:
            return read_opened(reader, refs)[0]

    def _decided_before(self, pulls: Sequence[ServerPull], head: str) -> Ended | None:
        """Return how this very proposal ended, where no receipt tells; None where it did not.

        What its author closed was taken back: the author is the runner.
        """
        for pull in pulls:
            if pull.is_open or pull.head != head:
                continue
            said = self._server.ending(pull)
            if pull.is_merged or said.login != pull.author:
                words = clean_line(mask(said.words, self._configuration.privacy), LONGEST_REASON)
                return Ended(pull, said.outcome, self._look.person(said.login), words)
        return None

    def _words(self, action: OpenPull | UpdatePull) -> PageWords:
        title, body = fitting(action.title, action.body)
        return PageWords(title, body, action.labels, self._logins(action.owner))

    def _logins(self, person_id: str) -> tuple[str, ...]:
        person = self._configuration.team.person(person_id) if person_id else None
        return person.logins[:1] if person else ()

    def _post_status(self, branch: BranchName, head: str) -> None:
        """Say on a branch's head whether its case passes the check.

        Pull requests that are opened with the CI's own token start no checks by themselves.
        """
        verdict = check_branch(self.repository, branch, head, self._configuration)
        self._server.post_status(head, passed=verdict.passed, words=verdict.words)
