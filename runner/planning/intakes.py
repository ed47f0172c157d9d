"""Cases that are only proposed: what messages of the same run, or a later one, add to them.

Who writes again before anybody has accepted the case, or stands with the same words on several
places, is one customer with one matter: the message joins the proposal.  A branch that a person
has touched is not changed, so that what belongs there waits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from runner.cases.case import Case
from runner.cases.opening import place_of
from runner.model import Judgement, Mention
from runner.planning.actions import Held, HeldBy
from runner.planning.conversations import Conversations, Voice
from runner.planning.heard import Judged, copy_words
from runner.planning.news import after, plan_news, plan_places
from runner.planning.observation import Branch, Observation
from runner.text.language import Language
from runner.triage.same_matter import Clues, Likeness, certain_copy, name_of


@dataclass(slots=True)
class Intakes:
    """Proposed cases while a run goes through its messages.

    `grown` are those that messages have joined, by id.  `waiting` maps messages that must wait
    for people to the branch for which they wait.
    """

    observation: Observation
    language: Language
    clues: Clues
    grown: dict[str, Case] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    _cases: dict[str, Case] = field(default_factory=dict)
    _touched: dict[str, str] = field(default_factory=dict)
    _conversations: Conversations = field(default_factory=lambda: Conversations(()))

    @property
    def held(self) -> tuple[Held, ...]:
        """What waits for people who changed a proposal."""
        why = self.language.say(
            "its customer wrote again; that waits, since somebody else committed to the branch"
        )
        branches = dict.fromkeys(branch for branch in self.waiting.values() if branch)
        return tuple(Held(branch, HeldBy.PERSON, why) for branch in branches)

    def add(self, case: Case, branch: Branch | None = None) -> None:
        """Let messages be held against a proposed case; `branch` where it stood before the run."""
        self._cases[case.id] = case
        self._conversations.put(case)
        if branch is not None and (branch.hands_off or branch in self.observation.proposed):
            self._touched[case.id] = branch.name

    def join(
        self, mention: Mention, judgement: Judgement, beside: tuple[str, str] | None = None
    ) -> bool:
        """Return whether a message belongs to a proposed case; where it can, it joins now."""
        configuration = self.observation.configuration
        source = next(each for each in configuration.sources if each.id == mention.source)
        found = self._conversations.find(mention, source, beside)
        copy = self._copied(mention, source.brand)
        if found is not None and (copy is None or copy[1] is not Likeness.SAME_ADDRESS):
            case, said = found
            if said.voice is Voice.CUSTOMER and _fits(judgement, case):
                news = plan_news(case, (said,), configuration, self.language, self.observation.now)
                if case.id in self._touched:
                    self.waiting[mention.key] = self._touched[case.id]
                else:
                    for entry in (entry for one in news for entry in one.entries):
                        case = after(case, entry)
                    self._grow(case)
                return True
            if said.voice in {Voice.DESK, Voice.BOT}:
                # Only people's word stops a clock, and nobody has merged the case yet.
                self.waiting[mention.key] = ""
                return True
        if copy is None or copy[0].id in self._touched or not _fits(judgement, copy[0]):
            return False
        case, likeness = copy
        why = copy_words(likeness, self.language)
        entries, places = plan_places(
            case, [(place_of(mention), why)], configuration, self.observation.now
        )
        for entry in entries:
            case = after(case, entry)
        self._grow(replace(case, places=(*case.places, *places)))
        return True

    def _grow(self, case: Case) -> None:
        self.grown[case.id] = case
        self.add(case)

    def _copied(self, mention: Mention, brand: str) -> tuple[Case, Likeness] | None:
        for summary in self.clues.cases_near(mention):
            case = self._cases.get(summary.id)
            if case is not None and summary.brand == brand:
                likeness = certain_copy(mention, case)
                if likeness is not None:
                    return case, likeness
        return None


def _fits(judgement: Judgement, case: Case) -> bool:
    """Whether a message may join: a crisis opens a case of its own, unless this one is in it."""
    return judgement.crisis is None or case.crisis is not None


def in_order(judged: Iterable[Judged]) -> Iterator[Judged]:
    """Yield messages as they came, but those of one author on one page by when they were posted.

    Feeds show the newest first, and what somebody wrote first is what opens the case.  The first
    message of a conversation names none; its own address is the page that the others answer.
    """
    told = tuple(judged)
    threads: dict[tuple[str, str, str], list[Judged]] = {}
    for one in told:
        mention = one[0]
        page, author = mention.thread_url or mention.url, name_of(mention.author)
        if page is not None and author and mention.posted_at is not None:
            threads.setdefault((mention.site, page, author), []).append(one)
    together = {
        id(one): sorted(group, key=lambda each: each[0].posted_at or each[0].detected_at)
        for group in threads.values()
        for one in group
    }
    seen = set[int]()
    for one in told:
        for each in together.get(id(one), [one]):
            if id(each) not in seen:
                seen.add(id(each))
                yield each
