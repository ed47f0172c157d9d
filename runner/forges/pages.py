"""The pages of the runner's pull requests: what people command there, what they change, what stays.

What people wrote over is theirs.  Of labels and assignees each counts for itself: one that the
runner did not put there stays, one that somebody took away stays away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.forges.conversation import (
    find_doubles,
    find_markers,
    marker_of,
    mention,
    write_marked,
)
from runner.forges.rest import ForgeFailed
from runner.forges.server import ForgeServer, PullEdit, ServerComment, ServerPull
from runner.planning.actions import Answer
from runner.planning.branches import Outcome
from runner.planning.commands import parse_commands
from runner.planning.labels import look_of
from runner.planning.observation import Double, Remark
from runner.policies.team import Team
from runner.repo.git import BranchName, parse_branch, parse_desk_branch
from runner.repo.objects import ObjectReader
from runner.repo.opened import OpenedPull, digest_of_body
from runner.repo.told import find_answered
from runner.text.clean import cap
from runner.text.language import Language

_OURS = "<!-- doleances:"
_LAG = timedelta(minutes=10)
"""How long a server's lists may lag behind: comments of so long before are read once more."""
_EDITED = timedelta(minutes=1)
"""Who corrects a typing error at once is not asked to say it anew."""
_TITLE, _BODY = 240, 60_000
"""Characters that every forge takes."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """What a page is to say; assignees are logins."""

    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said on the pages: `remarks` wait for an answer, `doubles` say a thing again.

    Comments were read up to `heard_until`, None where there are none to read.
    """

    remarks: tuple[Remark, ...] = ()
    doubles: tuple[Double, ...] = ()
    heard_until: datetime | None = None


def fitting(title: str, body: str) -> tuple[str, str]:
    """Return a title and a body as every forge keeps them, so that they can be known again."""
    return cap(title, _TITLE), cap(body, _BODY)


def merge_page(written: OpenedPull, page: ServerPull, words: PageWords) -> tuple[PullEdit, bool]:
    """Return what to change on a page, and whether words stay that a person has changed.

    `written` is what the runner wrote last, `page` what stands, `words` what is to stand.
    """
    theirs_title = page.title not in {written.title, words.title}
    theirs_body = digest_of_body(page.body) not in {
        written.body_digest,
        digest_of_body(words.body),
    }
    labels = _merged(written.labels, page.labels, words.labels)
    assignees = _merged(written.assignees, page.assignees, words.assignees)
    same_body = digest_of_body(page.body) == digest_of_body(words.body)
    edit = PullEdit(
        title=None if theirs_title or page.title == words.title else words.title,
        body=None if theirs_body or same_body else words.body,
        labels=None if labels == page.labels else labels,
        assignees=None if assignees == page.assignees else assignees,
    )
    return edit, theirs_title or theirs_body


def _merged(
    written: tuple[str, ...], standing: tuple[str, ...], wanted: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what is to stand; servers do not mind capitals in names."""
    was, is_wanted, stands = (
        {each.casefold() for each in names} for names in (written, wanted, standing)
    )
    kept = [each for each in standing if each.casefold() in is_wanted or each.casefold() not in was]
    new = [e for e in wanted if e.casefold() not in was and e.casefold() not in stands]
    return (*kept, *new)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that was not listed; `outcome` is how it ended where it is not open."""

    branch: BranchName
    is_open: bool
    outcome: Outcome


def parse_page(branch: str) -> BranchName | None:
    """Return the branch whose page is heard: the runner's, or a person's by a verb."""
    return parse_branch(branch) or parse_desk_branch(branch)


class PullPages:
    """Reads and writes the pages of pull requests on a server, for one run."""

    def __init__(self, server: ForgeServer, language: Language, team: Team) -> None:
        self._server = server
        self._language = language
        self._team = team
        self._labels: set[str] | None = None
        self._writers: dict[str, bool] = {}
        self._deleted: set[int] = set()

    def listen(
        self,
        reader: ObjectReader,
        receipts: str | None,
        pages: Mapping[int, BranchName],
        since: datetime,
    ) -> Talk:
        """Return the comments on some pages that command something and wait for an answer.

        One request for all pages, and one for each person who commands; for pages besides, which
        ended before, one more each until the answer stands there.  Strangers are not heard, not
        even to be refused: else anybody could make the runner write.  `since` is up to when
        comments were read before.  Where the repository has no such list nothing is heard: a desk
        works without commands, too.

        In the same list stand both of the runner's own comments where one was made twice: they
        are as near to each other as two runs at once, or as a list lags behind.
        """
        try:
            heard = self._server.comments_since(since - _LAG)
        except ForgeFailed as failed:
            if failed.status in {404, 410}:
                return Talk()
            raise
        until = max((each.changed_at for each in heard), default=since)
        said = find_markers(heard)
        commands = [
            each
            for each in heard
            if _commands(each)
            and (each.number in pages or _answer_to(each.number, each.id) not in said)
        ]
        others = self._find_pages({each.number for each in commands} - pages.keys())
        ended = {number: page for number, page in others.items() if not page.is_open}
        branches = {**pages, **{number: page.branch for number, page in ended.items()}}
        commands = [each for each in commands if each.number in branches]
        keys = [(branches[each.number].case_id, each.number, each.id) for each in commands]
        answered = find_answered(reader, receipts, keys)
        remarks = tuple(
            Remark(
                id=each.id,
                number=each.number,
                branch=branches[each.number].name,
                login=each.author,
                may_write=self._may_write(each.author),
                edited=each.changed_at - each.said_at > _EDITED,
                at=each.said_at,
                body=each.body,
                page_ended=ended[each.number].outcome if each.number in ended else None,
            )
            for each, key in zip(commands, keys, strict=True)
            if key not in answered
        )
        # A list that lags behind shows for a while what is deleted.
        doubles = tuple(
            Double(each.number, each.id)
            for each in find_doubles(heard, self._team)
            if each.id not in self._deleted
        )
        # One that is open and was not listed is heard by the run that sees it.
        is_whole = len(ended) == len(others)
        return Talk(remarks, doubles, max(since, until) if is_whole else None)

    def _find_pages(self, numbers: Iterable[int]) -> Mapping[int, _Page]:
        """Return those pages that are pull requests of cases."""
        found: dict[int, _Page] = {}
        for number in sorted(numbers):
            pull = self._server.pull(number)
            branch = parse_page(pull.branch) if pull is not None else None
            if pull is not None and branch is not None and pull.is_ours:
                outcome = Outcome.MERGED if pull.is_merged else Outcome.REFUSED
                found[number] = _Page(branch, pull.is_open, outcome)
        return found

    def _may_write(self, login: str) -> bool:
        if login not in self._writers:
            self._writers[login] = self._server.may_write(login)
        return self._writers[login]

    def make_labels(self, names: Iterable[str]) -> None:
        """Make those labels that the repository has not got yet, with colour and description."""
        wanted = tuple(names)
        if self._labels is None and wanted:
            self._labels = {name.casefold() for name in self._server.label_names()}
        for name in wanted:
            if self._labels is not None and name.casefold() not in self._labels:
                look = look_of(name, self._language)
                self._server.make_label(name, look.colour, look.description)
                self._labels.add(name.casefold())

    def rewrite(self, written: OpenedPull, page: ServerPull, words: PageWords) -> None:
        """Let a page say what it is to say, and where a person has changed it, say so once."""
        edit, is_theirs = merge_page(written, page, words)
        if edit.labels is not None:
            self.make_labels(edit.labels)
        if edit != PullEdit():
            self._server.edit_pull(page.number, edit)
        if is_theirs:
            say = self._language.say
            self._say_once(
                page.number,
                marker_of("said", f"left/{page.number}"),
                say(
                    "What this proposes has changed since. Somebody has written over the title or "
                    "the text of this page, so that the program leaves them as they are: what "
                    "counts stands in the file."
                ),
            )

    def answer(self, number: int, answers: Sequence[Answer]) -> None:
        """Answer comments, each once."""
        for each in answers:
            marker = _answer_to(number, each.comment)
            self._say_once(number, marker, f"{mention(each.login)}{each.text}")

    def delete(self, comment: int) -> None:
        """Delete a comment of ours, by its id."""
        self._server.delete_comment(comment)
        self._deleted.add(comment)

    def _say_once(self, number: int, marker: str, words: str) -> None:
        if marker not in find_markers(self._server.comments(number)):
            write_marked(self._server, self._team, number, f"{words}\n\n{marker}")


def _answer_to(number: int, comment: int) -> str:
    return marker_of("said", f"answer/{number}/{comment}")


def _commands(comment: ServerComment) -> bool:
    return (
        comment.is_trusted
        and not comment.is_program
        and _OURS not in comment.body
        and bool(parse_commands(comment.body))
    )
