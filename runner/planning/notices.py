"""Messages to the team about promises that run out: which are due now, and which are held."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from runner.cases.courses import Ending, read_courses
from runner.cases.summary import CaseSummary
from runner.clocks.business_time import OpenTime
from runner.clocks.escalation import (
    Acknowledged,
    Course,
    Escalation,
    HeldFor,
    History,
    escalate,
    is_crisis,
    notice_key,
)
from runner.clocks.standings import Standing, standings_of
from runner.model import Urgency
from runner.planning.notice_words import NoticeWords
from runner.planning.observation import Branch, Observation
from runner.planning.waiting import Waiting, customers_waiting
from runner.policies.escalation import PROPOSED, CaseFacts, Channel
from runner.policies.values import Configuration
from runner.text.language import Language

REPLIES = frozenset({"replied", "published", "messaged", "details-asked"})
"""The entries that answer a customer: a clock that a proposed one would stop is not told."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person by one channel, about one tier of one course of a clock.

    `key` is what it means, the same in every run: for receipts and for people.  `started_at`
    is the start of the course: a clock may run more than once in a cycle.  `repeat` counts from
    0.  `person` is an id of `policies/team.yaml`.  `branch` is the branch on which the case is
    proposed, None for a case on the base.  `subject` is one line of plain text, `body` Markdown;
    both are ours, and hold no word of the customer's.  `reason` says which route and tier of
    which file, and why now.
    """

    key: str
    case_id: str
    cycle: int
    clock: str
    started_at: datetime
    tier: str
    repeat: int
    channel: Channel
    person: str
    branch: str | None
    due_at: datetime
    subject: str
    body: str
    reason: str

    @property
    def digest(self) -> str:
        """The key in 32 hexadecimal digits, for file names and a mail's Message-ID."""
        return sha256(self.key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """What is not told now of a clock of a case, or never will be.

    `why` is None for a lower tier that a higher one has overtaken.  `reason` says it in the
    team's language.  `until` is when the holding ends, None where no instant is known.
    """

    case_id: str
    clock: str
    started_at: datetime
    tier: str
    why: HeldFor | None
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """Who is to be told now, most urgent first, and what is held."""

    notices: tuple[Notice, ...]
    held: tuple[HeldNotice, ...]


@dataclass(frozen=True, slots=True)
class WatchedCase:
    """A case whose promises are watched.

    `standings` are of its running clocks; `answering` the courses that a reply would end
    which somebody proposes.
    """

    facts: CaseFacts
    standings: tuple[Standing, ...]
    answering: frozenset[Course] = frozenset()


def watched_cases(observation: Observation) -> tuple[WatchedCase, ...]:
    """Return the open cases and those proposed, as a run has seen them."""
    return tuple(
        watch(
            waiting, observation.now, observation.configuration, observation.open_times,
            observation.proposed,
        )
        for waiting in customers_waiting(observation)
    )  # fmt: skip


def watch(
    waiting: Waiting,
    now: datetime,
    configuration: Configuration,
    open_times: Mapping[str, OpenTime],
    proposals: Iterable[Branch] = (),
) -> WatchedCase:
    """Return one case as escalation sees it; `proposals` are people's open pull requests."""
    summary = waiting.summary
    return WatchedCase(
        facts_of(summary, configuration, waiting.branch.name if waiting.branch else None),
        standings_of(summary, now, open_times),
        frozenset(_answered(summary.id, proposals)),
    )


def facts_of(summary: CaseSummary, configuration: Configuration, branch: str | None) -> CaseFacts:
    """Return what of a case decides who is told; `branch` proposes it, None for the base."""
    categories = {source.id: source.category.value for source in configuration.sources}
    known = (categories[each] for each in summary.sources if each in categories)
    return CaseFacts(
        id=summary.id,
        cycle=summary.cycle,
        state=summary.state if branch is None else PROPOSED,
        urgency=summary.urgency.value,
        category=summary.category,
        crisis=summary.crisis,
        brand=summary.brand,
        product=summary.product,
        topic=summary.topic,
        language=summary.language,
        owner=summary.owner,
        incident=summary.incident,
        sources=summary.sources,
        source_categories=tuple(dict.fromkeys(known)),
        branch=branch,
    )


def escalations_of(
    case: WatchedCase,
    now: datetime,
    configuration: Configuration,
    open_times: Mapping[str, OpenTime],
    history: History,
) -> tuple[Escalation, ...]:
    """Return how the running clocks of a case escalate by a desk's policies."""
    return escalate(
        case.facts,
        case.standings,
        now,
        policy=configuration.escalation,
        team=configuration.team,
        open_times=open_times,
        history=history,
        answering=case.answering,
    )


def plan_notices(
    cases: Iterable[WatchedCase],
    now: datetime,
    configuration: Configuration,
    open_times: Mapping[str, OpenTime],
    history: History,
) -> NoticePlan:
    """Return who is to be told at an instant what was not told before.

    `open_times` holds calendars by blob id and by id.  `history` must know what was sent and
    acknowledged of these cases.  Equal arguments give equal plans, to the letter.
    """
    calendars = {each.id: OpenTime(each) for each in configuration.calendars}
    by_id = {**calendars, **open_times}
    language = Language(configuration.instance.language, configuration.instance.zone)
    histories = _by_case(history)
    notices: list[tuple[_Order, Notice]] = []
    held: list[HeldNotice] = []
    for case in cases:
        past = histories.get(case.facts.id, History())
        for each in escalations_of(case, now, configuration, by_id, past):
            words = NoticeWords(case.facts, each.standing, now, configuration, language)
            order = (
                not is_crisis(each.standing), -Urgency(case.facts.urgency).rank,
                each.standing.due_at,
            )  # fmt: skip
            notices += (((*order, notice.key), notice) for notice in _told(case.facts, each, words))
            held += _held(case.facts, each, words)
    return NoticePlan(tuple(notice for _, notice in sorted(notices, key=_first)), tuple(held))


_Order = tuple[bool, int, datetime, str]


def _first(ordered: tuple[_Order, Notice]) -> _Order:
    return ordered[0]


def _told(facts: CaseFacts, escalation: Escalation, words: NoticeWords) -> Iterator[Notice]:
    course = escalation.standing.course
    for telling in escalation.tellings:
        yield Notice(
            key=notice_key(facts.id, escalation.standing, telling),
            case_id=facts.id,
            cycle=course.cycle,
            clock=course.clock.clock,
            started_at=course.clock.started_at,
            tier=telling.tier.id,
            repeat=telling.repeat,
            channel=telling.channel,
            person=telling.person,
            branch=facts.branch,
            due_at=escalation.standing.due_at,
            subject=words.subject(),
            body=words.body(telling),
            reason=words.reason(telling),
        )


def _held(facts: CaseFacts, escalation: Escalation, words: NoticeWords) -> Iterator[HeldNotice]:
    clock = escalation.standing.course.clock
    for holding in escalation.held:
        yield HeldNotice(
            facts.id, clock.clock, clock.started_at, holding.tier.id, holding.why, holding.until,
            words.held(holding),
        )  # fmt: skip
    for each in escalation.superseded:
        yield HeldNotice(
            facts.id, clock.clock, clock.started_at, each.tier.id, None, None,
            words.superseded(each),
        )  # fmt: skip


def _answered(case_id: str, proposals: Iterable[Branch]) -> Iterator[Course]:
    """Yield the courses of a case that proposed replies would end."""
    for branch in proposals:
        if branch.case is None or branch.case_id != case_id:
            continue
        log = branch.case.log
        for course in read_courses(log):
            stopped_by = course.ended_by if course.ending is Ending.STOPPED else None
            if stopped_by is not None and log[stopped_by].kind in REPLIES:
                yield course.clock.clock, course.clock.started_at


def _by_case(history: History) -> Mapping[str, History]:
    sent: dict[str, dict[str, datetime]] = {}
    for key, at in history.sent.items():
        sent.setdefault(key.partition("/")[0], {})[key] = at
    told: dict[str, list[Acknowledged]] = {}
    for each in history.acknowledged:
        told.setdefault(each.case_id, []).append(each)
    return {
        case_id: History(sent.get(case_id, {}), tuple(told.get(case_id, ())))
        for case_id in sent.keys() | told.keys()
    }
