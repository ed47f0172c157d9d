"""What a run has seen: the whole input of `plan`.

Read once by the edges, then frozen.  Two equal observations give the same plan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from runner.cases.case import Case
from runner.cases.customer import Answer
from runner.cases.summary import CaseSummary, ClosedCase, heard_keys
from runner.cases.survey import SurveyAnswer, SurveyRead
from runner.clocks.business_time import OpenTime
from runner.model import Mention
from runner.planning.branches import Outcome
from runner.planning.looking import Look
from runner.planning.postings import Posting
from runner.policies.values import Configuration
from runner.replies.past_answers import PastCase


class ReadStatus(StrEnum):
    """How reading a source ended.

    `unknown` is not `empty`: nothing may be concluded and the cursor stays.
    """

    READ = "read"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    RESTED = "rested"
    """Not due yet (its interval), or told to wait (`Retry-After`)."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What lets the next read of a source be shorter.

    `judged_by` is the digest of everything that turns items into judgements;
    a cursor made under another digest is worthless.  `opened` are the keys of the
    mentions in the last full read that were after-sales: while one of them is
    neither a case, nor proposed, nor refused, the source must be read in full.  `problem`
    says in words why the last try was none, or what was to remark; it was `tried_at`, None
    where that is `read_at`.  `quota_left` of `quota_limit` requests are what the other side
    still allowed then.  `contents` say of the first of `opened`, in their order, by what they
    are known again under another id; empty where they are not.
    """

    source: str
    etag: str | None
    last_modified: str | None
    read_at: datetime
    judged_by: str
    opened: tuple[str, ...]
    items: int
    not_before: datetime | None = None
    problem: str = ""
    tried_at: datetime | None = None
    quota_left: int | None = None
    quota_limit: int | None = None
    contents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRead:
    """One source, read or not.

    `problem` says in words what went wrong.  `shortened` when, thanks to its cursor, what is
    older was not asked for.  `answers` are what look-ups say of the customers,
    by the keys of their messages.  `surveyed` are what a source of survey answers shows, in the
    place of mentions.
    """

    source: str
    status: ReadStatus
    read_at: datetime
    mentions: tuple[Mention, ...] = ()
    surveyed: tuple[SurveyAnswer, ...] = ()
    items: int = 0
    etag: str | None = None
    last_modified: str | None = None
    problem: str = ""
    not_before: datetime | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    shortened: bool = False
    quota_left: int | None = None
    quota_limit: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationRead:
    """The conversation that a place of a case stands in, read again or tried to.

    `mentions` are all messages that it shows, those that are known among them.
    """

    case_id: str
    place: str
    source: str
    status: ReadStatus
    read_at: datetime
    mentions: tuple[Mention, ...] = ()
    problem: str = ""
    not_before: datetime | None = None

    @property
    def cursor(self) -> Cursor:
        """Where its cursor goes: a conversation has one as sources have."""
        return Cursor(
            source=thread_name(self.case_id, self.place),
            etag=None,
            last_modified=None,
            read_at=self.read_at,
            judged_by="",
            opened=(),
            items=len(self.mentions),
            not_before=self.not_before,
            problem=self.problem,
        )


REMARKS = "forge.comments"
"""The name of the cursor of the comments on the forge, which no source can have."""


def thread_name(case_id: str, place: str) -> str:
    """Return the name of the cursor of a conversation, which no source can have."""
    return f"{case_id}.{place}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the runner, `doleances/<case-id>/<change>`.

    `hands_off` when somebody else committed to it: the runner never pushes there
    again.  `case` and `path` are what it proposes, None when its file cannot be
    read.  `merged` when the base already holds its head.  `reopened` is the number of its pull
    request where people opened that again after its refusal, and no run has seen it, else None.
    """

    name: str
    case_id: str
    change: str
    head: str
    hands_off: bool
    merged: bool
    path: str | None
    case: Case | None
    reopened: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How people ended a pull request on the forge's pages, as the forge tells it.

    `actor` is the person's id in `policies/team.yaml`, else the login.  `words` is what that
    person said, as it was written: nothing is masked in it.
    """

    outcome: Outcome
    actor: str
    words: str


@dataclass(frozen=True, slots=True)
class Pull:
    """An open pull request of the runner.  `head` is None when its branch is gone.

    With `ended` it is open no more, and no receipt says so yet.  `written_for` is where the
    branch stood when its words were written, None where that is not known.
    """

    number: int
    branch: str
    title: str
    body: str
    opened_at: datetime
    head: str | None
    ended: Ending | None = None
    written_for: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on the page of one of the runner's pull requests that holds a command.

    Nothing has answered it yet.  `may_write` tells whether its author, by login, may write to
    the repository; `edited` whether its words were changed after it was made.  `page_ended` tells
    how its page ended, where that was settled before.
    """

    id: int
    number: int
    branch: str
    login: str
    may_write: bool
    edited: bool
    at: datetime
    body: str
    page_ended: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Double:
    """A comment of the runner's, by its id, that says what an older one says; `number`: the page's.

    Two runs at once made both.
    """

    number: int
    comment: int


@dataclass(frozen=True, slots=True)
class Decision:
    """How the pull request for a change of a case ended, and who decided it, where known."""

    outcome: Outcome
    number: int
    actor: str
    reason: str


def _no_cases(_: frozenset[str]) -> tuple[Case, ...]:
    return ()


def _no_answers() -> tuple[PastCase, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that `plan` may look at; the base is where `base` stands, a commit."""

    now: datetime
    base: str
    configuration: Configuration
    reads: tuple[SourceRead, ...]
    cursors: Mapping[str, Cursor]
    """Where reading stopped, by source or conversation."""
    case_of: Callable[[str], str | None]
    """Tells the case that holds a mention's key on the base, open or closed."""
    open_cases: tuple[CaseSummary, ...]
    branches: tuple[Branch, ...]
    pulls: tuple[Pull, ...]
    decided: Mapping[tuple[str, str], Decision]
    """How changes ended, by case and change: those at hand, and all of cases in question."""
    proposed: tuple[Branch, ...] = ()
    """People's own branches."""
    proposals: tuple[Pull, ...] = ()
    """People's own pull requests."""
    open_times: Mapping[str, OpenTime] = field(default_factory=dict)
    """The calendars by which promises count: by blob id as they were when a promise was made,
    by id as they are now."""
    opened_already: int = 0
    """Pull requests that this run has opened before."""
    rewritten_already: int = 0
    """Pages whose words this run has changed before."""
    case_files: Mapping[str, bytes] = field(default_factory=dict)
    """Files on the base, by path, of the cases that this run may want to change."""
    recent_cases: Callable[[frozenset[str]], tuple[Case, ...]] = _no_cases
    """Reads the cases on the base whose customers may have been told something of late on sites."""
    past_answers: Callable[[], tuple[PastCase, ...]] = _no_answers
    """Reads what customers of closed cases on the base were told."""
    conversations: tuple[ConversationRead, ...] = ()
    """Conversations that were read again."""
    closed_cases: tuple[ClosedCase, ...] = ()
    """Cases on the base that were closed of late."""
    looks: tuple[Look, ...] = ()
    """Looks at messages of ours in this run."""
    looked: Mapping[str, tuple[Look, ...]] = field(default_factory=dict)
    """The looks of earlier runs, by case, of those whose messages are still looked at."""
    postings: Mapping[str, tuple[Posting, ...]] = field(default_factory=dict)
    """What became of approved replies, by case."""
    remarks: tuple[Remark, ...] = ()
    """Comments that want an answer."""
    doubles: tuple[Double, ...] = ()
    """Comments of ours that say a thing again."""
    heard_until: datetime | None = None
    """Up to when comments were read, None where there are none to read."""
    forms: tuple[Mention, ...] = ()
    """Messages for which people of the team ask for a case, whatever the rules say."""
    surveys: tuple[SurveyRead, ...] = ()
    """What the sources of survey answers show, their tokens checked."""


def keys_on(branches: Iterable[Branch]) -> frozenset[str]:
    """Return the keys of all messages that the cases on branches hold."""
    cases = tuple(branch.case for branch in branches if branch.case is not None)
    places = (place.key for case in cases for place in case.places)
    return frozenset((*places, *(key for case in cases for key in heard_keys(case))))
