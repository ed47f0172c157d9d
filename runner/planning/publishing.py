"""What is to be posted by the program: replies that people approved, each once.

An `approved` entry with `subject: publication` on the base holds the words.  What became of it
stands in receipts (`Posting`): the intent before, what the site answered after.  Decided is from
both, anew in every run; where nobody can know whether a text was posted, it is never posted again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from runner.cases.case import Case, Entry, Place
from runner.cases.instants import render_instant
from runner.clocks.business_time import OpenTime
from runner.errors import Severity
from runner.model import State
from runner.planning.observation import Branch
from runner.planning.postings import Mode, Order, Posting, Step
from runner.policies.values import Configuration, Source
from runner.replies.proofreading.check import proofread
from runner.replies.proofreading.readings import read_in_case
from runner.text.language import Language
from runner.text.masking import mask

UNANSWERED = timedelta(minutes=25)
"""An intent without a result for that long was lost: the job that posts ends after 20 minutes."""
SETTLING = timedelta(minutes=2)
"""A site may still be working on a post whose connection broke off."""
MOST_TRIES = 5
STALE = timedelta(days=7)
"""An approval that could not be followed for that long is followed no more."""
_KEY_LENGTH = 32

_ENDS = frozenset({
    "customer-wrote", "thanked", "contested", "handed-off", "answered", "resolved", "closed",
    "reopened", "dismissed", "merged", "erased", "crisis-raised",
})  # fmt: skip
"""Entries after which an approved text may no longer be the right one."""
_ANSWERS = frozenset({"replied", "published", "details-asked", "reminded", "offered", "resolved"})
"""Messages of ours: one at the same place after the approval takes its place."""
_NEWS = _ENDS | _ANSWERS


class Stage(StrEnum):
    """Where an approved reply stands."""

    READY = "ready"
    WAITING = "waiting"
    """For its hour, or for the next try."""
    UNDER_WAY = "under-way"
    HELD = "held"
    """Something must change before."""
    BY_HAND = "by-hand"
    """The program posts nothing at this source."""
    POSTED = "posted"
    STUCK = "stuck"
    """A person must look, or approve anew."""
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Approval:
    """A text that `by` wants posted at a place of a case.  `nth` is its place in the log."""

    case_id: str
    key: str
    nth: int
    place: str
    text: str
    by: str
    at: datetime
    not_before: datetime | None
    template: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Publication:
    """An approved reply, where it stands and why, in words; with an order when it is ready."""

    approval: Approval
    stage: Stage
    why: str
    order: Order | None = None
    posted: Posting | None = None


def approvals_of(case: Case) -> tuple[Approval, ...]:
    """Return the texts of a case that people want posted, in the order of the log."""
    return tuple(
        Approval(
            case_id=case.id,
            key=_key(case, entry),
            nth=nth,
            place=str(entry.facts["place"]),
            text=str(entry.facts["text"]),
            by=entry.by,
            at=entry.recorded_at,
            not_before=_instant(entry.facts.get("not_before")),
            template=_text(entry.facts.get("template")),
            answer=_text(entry.facts.get("answer")),
        )
        for nth, entry in enumerate(case.log)
        if entry.kind == "approved"
        and entry.facts.get("subject") == "publication"
        and isinstance(entry.facts.get("text"), str)
        and isinstance(entry.facts.get("place"), str)
    )


def _key(case: Case, entry: Entry) -> str:
    """Return what an approval is known by: the same words approved anew are another one."""
    parts = (
        case.id, render_instant(entry.recorded_at), entry.by,
        str(entry.facts["place"]), str(entry.facts["text"]),
    )  # fmt: skip
    return sha256("\0".join(parts).encode()).hexdigest()[:_KEY_LENGTH]


def is_written(case: Case, key: str) -> bool:
    """Whether the log tells of the post that an approval became."""
    return any(entry.facts.get("intent") == key for entry in case.log)


def plan_publications(
    cases: Iterable[Case],
    postings: Mapping[str, tuple[Posting, ...]],
    branches: Iterable[Branch],
    *,
    configuration: Configuration,
    open_times: Mapping[str, OpenTime],
    now: datetime,
) -> tuple[Publication, ...]:
    """Return all approved replies of some cases, the oldest first, and where each stands.

    `postings` are the receipts by case, `branches` what is proposed for the cases and not
    decided.
    """
    language = Language(configuration.instance.language, configuration.instance.zone)
    proposed: dict[str, list[Branch]] = {}
    for branch in branches:
        proposed.setdefault(branch.case_id, []).append(branch)
    found = [
        _Course(
            case, approval, postings.get(case.id, ()), tuple(proposed.get(case.id, ())),
            configuration, open_times, now, language,
        ).publication()
        for case in cases
        for approval in approvals_of(case)
        if not is_written(case, approval.key)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.approval.at, one.approval.key)))


@dataclass(frozen=True, slots=True)
class _Course:
    """One approval with all that decides on it."""

    case: Case
    approval: Approval
    postings: tuple[Posting, ...]
    branches: tuple[Branch, ...]
    configuration: Configuration
    open_times: Mapping[str, OpenTime]
    now: datetime
    language: Language

    def publication(self) -> Publication:
        mine = tuple(each for each in self.postings if each.key == self.approval.key)
        posted = next((each for each in mine if each.step is Step.POSTED), None)
        say = self.language.say
        if posted is not None:
            return Publication(self.approval, Stage.POSTED, say("posted"), posted=posted)
        if stuck := next((each for each in mine if each.step is Step.UNKNOWN), None):
            return self._stuck(stuck.detail)
        tried = max((each.tried for each in mine), default=0)
        results = {each.tried: each for each in mine if each.step is not Step.INTENDED}
        doubtful = any(
            nth not in results or results[nth].step is Step.DOUBTFUL for nth in range(1, tried + 1)
        )
        last = results.get(tried)
        begun = min((each.at for each in mine if each.step is Step.INTENDED), default=self.now)
        source = self._source()
        place = next((each for each in self.case.places if each.id == self.approval.place), None)
        if source is None or source.publish is None or place is None:
            if doubtful:
                return self._stuck(say("the source is posted to no more"))
            return Publication(
                self.approval, Stage.BY_HAND, say("nothing is posted there by the program")
            )
        if (rest := self._rest(mine, tried, last)) is not None:
            return rest
        gone = self._lapsed()
        if gone and not doubtful:
            return Publication(self.approval, Stage.LAPSED, gone)
        if tried >= MOST_TRIES:
            return self._stuck(last.detail if last else "")
        if gone:
            return self._ready(place, Mode.LOOK, tried + 1, begun, gone)
        if why := self._held():
            return Publication(self.approval, Stage.HELD, why)
        if (waits := self._opens_at(source)) > self.now:
            why = say("from {instant} on", instant=self.language.instant(waits))
            return Publication(self.approval, Stage.WAITING, why)
        mode = Mode.AGAIN if doubtful else Mode.POST
        return self._ready(place, mode, tried + 1, begun, say("to be posted"))

    def _source(self) -> Source | None:
        place = next((each for each in self.case.places if each.id == self.approval.place), None)
        sources = self.configuration.sources
        return next((s for s in sources if place is not None and s.id == place.source), None)

    def _stuck(self, detail: str) -> Publication:
        say = self.language.say
        why = say("look whether it stands there: record it, or approve it anew")
        return Publication(self.approval, Stage.STUCK, f"{detail}; {why}" if detail else why)

    def _ready(
        self, place: Place, mode: Mode, tried: int, begun: datetime, why: str
    ) -> Publication:
        approval = self.approval
        order = Order(
            case_id=approval.case_id,
            key=approval.key,
            tried=tried,
            mode=mode,
            source=place.source,
            text=approval.text,
            intended_at=begun,
            url=place.url,
            native_id=place.native_id,
            thread_url=place.thread_url,
            author=place.author or self.case.handle,
            language=self.case.language,
        )
        return Publication(approval, Stage.READY, why, order)

    def _rest(
        self, mine: tuple[Posting, ...], tried: int, last: Posting | None
    ) -> Publication | None:
        """Return that it rests, because a try is under way or the next is not due."""
        say = self.language.say
        if tried and last is None:
            at = max(each.at for each in mine if each.tried == tried)
            if self.now - at < UNANSWERED:
                return Publication(self.approval, Stage.UNDER_WAY, say("being posted"))
        if last is not None:
            rest = SETTLING if last.step is Step.DOUBTFUL else timedelta(hours=1)
            again = max(last.at + rest, last.not_before or last.at)
            if again > self.now and tried < MOST_TRIES:
                why = say("tried again from {instant} on", instant=self.language.instant(again))
                detail = f"{last.detail}; {why}" if last.detail else why
                return Publication(self.approval, Stage.WAITING, detail)
        return None

    def _lapsed(self) -> str:
        """Return why the text is wanted no more, empty while it is."""
        say, approval = self.language.say, self.approval
        for entry in self.case.log[approval.nth + 1 :]:
            here = entry.facts.get("place") in {None, approval.place}
            again = (
                entry.kind == "approved"
                and entry.facts.get("subject") == "publication"
                and entry.facts.get("place") == approval.place
            )
            if again:
                return say("another text was approved since")
            if entry.kind in _ENDS or (entry.kind in _ANSWERS and here):
                what = self.language.term("entry", entry.kind)
                return say("the case has changed since: {what}", what=what)
        if self.case.state in {State.CLOSED, State.DISMISSED, State.MERGED, State.ERASED}:
            return say("the case has ended")
        since = max(approval.at, approval.not_before or approval.at)
        if self.now - since > STALE:
            return say("it was approved more than a week ago")
        return ""

    def _held(self) -> str:
        """Return what keeps the text from being posted, empty where nothing does."""
        say = self.language.say
        if self.case.crisis is not None or any(
            branch.case is not None and branch.case.crisis is not None for branch in self.branches
        ):
            return say("nothing is posted by itself in a crisis")
        for branch in self.branches:
            if branch.case is not None and any(
                entry.kind in _NEWS for entry in branch.case.log if entry not in self.case.log
            ):
                return say("{branch} tells news of the case: decide on it first",
                           branch=branch.name)  # fmt: skip
        text = self.approval.text
        if mask(text, self.configuration.privacy) != text or _holds_masks(text):
            return say("the text holds personal data")
        reading = read_in_case(
            self.case, self.configuration, place=self.approval.place, by=self.approval.by
        )
        faults = [each for each in proofread(text, reading) if each.severity is Severity.ERROR]
        if faults:
            rules = ", ".join(dict.fromkeys(fault.rule for fault in faults))
            return say("the text has faults ({rules}): `doleances proofread` says which",
                       rules=rules)  # fmt: skip
        return ""

    def _opens_at(self, source: Source) -> datetime:
        """Return from when on it may be posted: its own hour, then the calendar's."""
        at = max(self.now, self.approval.not_before or self.now)
        calendar = source.publish.calendar if source.publish else None
        open_time = self.open_times.get(calendar) if calendar is not None else None
        return open_time.next_opening(at) if open_time is not None else at


def _holds_masks(text: str) -> bool:
    return any(mark in text for mark in ("[tel]", "[e-mail]", "[IBAN]", "[NIR]", "[carte/card]"))


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
