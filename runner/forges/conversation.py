"""Comments on the pull requests of cases, each exactly once.

A comment is known by its marker.  Who writes one looks for it before, and again afterwards: of
two that runs at once have written the older stays.  Where a run was killed in between, or a list
lagged behind, the next run finds both in the list of all comments (`PullPages.listen`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from hashlib import sha256

from runner.forges.server import ForgeServer, ServerComment
from runner.planning.branches import INTAKE, branch_name, case_of_branch
from runner.policies.team import Team
from runner.repo.objects import ObjectReader
from runner.repo.receipts import EVERY, RECEIPTS, read_receipts
from runner.repo.told import Told, has_told

_MARKER = re.compile(r"<!-- doleances:(?:said|told):[0-9a-f]{32} -->", re.ASCII)
_MARKED = re.compile(rf"\n\n({_MARKER.pattern})\s*\Z", re.ASCII)
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?")


class Conversation:
    """Says things about cases, where each is discussed.

    `numbers` are the open pull requests by branch, `waiting` the cases on branches.  A case that
    has no open pull request is discussed on the one that brought it in.
    """

    def __init__(
        self,
        server: ForgeServer,
        team: Team,
        reader: ObjectReader,
        numbers: Mapping[str, int],
        waiting: Set[str],
    ) -> None:
        self._server = server
        self._team = team
        self._reader = reader
        self._numbers = numbers
        self._waiting = waiting
        self._heard: dict[int, Sequence[ServerComment]] = {}

    def say(self, told: Told) -> bool:
        """Write a comment, unless a receipt or the comment itself is there.

        False where the case is proposed and waits for its pull request: that is where to say it.
        """
        if told.comment is None or has_told(self._reader, told.case_id, told.key):
            return True
        number = self._place_of(told.case_id)
        if number is None:
            return told.case_id not in self._waiting
        # A run that was killed may have said it where the case was discussed then.
        pages = {number, *self._pages_of(told.case_id)}
        heard = [comment for page in sorted(pages) for comment in self._hear(page)]
        marker = marker_of("told", told.key)
        if marker not in find_markers(heard):
            who = self._mention(told.person)
            words = f"{who}**{told.comment.subject}**\n\n{told.comment.body}"
            write_marked(self._server, self._team, number, f"{words}\n\n{marker}")
        return True

    def _hear(self, number: int) -> Sequence[ServerComment]:
        if number not in self._heard:
            self._heard[number] = self._server.comments(number)
        return self._heard[number]

    def _pages_of(self, case_id: str) -> Iterator[int]:
        """Yield the pull requests of a case, open and ended."""
        yield from (n for name, n in self._numbers.items() if case_of_branch(name) == case_id)
        receipts = read_receipts(self._reader, RECEIPTS, ((case_id, EVERY),))
        yield from (receipt.number for receipt in receipts.values())

    def _place_of(self, case_id: str) -> int | None:
        intake = self._numbers.get(branch_name(case_id))
        others = [n for name, n in self._numbers.items() if case_of_branch(name) == case_id]
        if intake is not None or others:
            return intake or min(others)
        receipts = read_receipts(self._reader, RECEIPTS, ((case_id, INTAKE),))
        return next((receipt.number for receipt in receipts.values()), None)

    def _mention(self, person_id: str) -> str:
        person = self._team.person(person_id)
        return mention(person.logins[0]) if person and person.logins else ""


def mention(login: str) -> str:
    """Return what calls somebody's attention to a comment, nothing for what is no login."""
    return f"@{login} " if _LOGIN.fullmatch(login) else ""


def find_doubles(comments: Iterable[ServerComment], team: Team) -> tuple[ServerComment, ...]:
    """Return the comments that say once more what an older one says, by the same account.

    What somebody has edited is none.  Accounts of the team's people can be the runner's, too: of
    theirs only what repeats every word is one.
    """
    found: list[ServerComment] = []
    first: dict[str, ServerComment] = {}
    for comment in sorted(comments, key=lambda comment: comment.id):
        marked = _MARKED.search(comment.body)
        if marked is None or not comment.is_trusted:
            continue
        older = first.setdefault(marked[1], comment)
        if (
            older is not comment
            and older.author == comment.author
            and comment.changed_at == comment.said_at
            and (older.body == comment.body or team.who_goes_by(comment.author) is None)
        ):
            found.append(comment)
    return tuple(found)


def find_markers(comments: Iterable[ServerComment]) -> Set[str]:
    """Return the markers in comments: what the runner has said there.

    Anybody can write a marker; it counts from who may write here anyway.
    """
    return {mark for each in comments if each.is_trusted for mark in _MARKER.findall(each.body)}


def write_marked(server: ForgeServer, team: Team, number: int, body: str) -> None:
    """Write a comment with a marker that nobody had written, and see that it stands once."""
    server.write_comment(number, body)
    for double in find_doubles(server.comments(number), team):
        server.delete_comment(double.id)


def marker_of(kind: str, key: str) -> str:
    """Return what tells a comment from all others, `said` or `told`; it holds only a digest."""
    return f"<!-- doleances:{kind}:{sha256(key.encode()).hexdigest()[:32]} -->"
