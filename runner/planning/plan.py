"""What should be there, given what was seen.  Pure: equal observations, equal plans."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from runner.cases.case import Case
from runner.cases.file import render_case
from runner.cases.opening import case_path, open_case
from runner.cases.summary import summarise
from runner.clocks.pinning import first_clocks
from runner.model import Mention
from runner.planning.actions import (
    Action,
    DropBranch,
    Held,
    HeldBy,
    OpenPull,
    Plan,
    PushBranch,
    RenewBranch,
    SettlePull,
    WithdrawPull,
)
from runner.planning.branches import INTAKE, branch_name, case_of_branch
from runner.planning.changes import (
    MergedCase,
    Wish,
    is_taken_over,
    plan_changes,
    read_merged_cases,
)
from runner.planning.closing_wishes import closings_over, closings_wanted, wish_closings
from runner.planning.cursors import move_cursors
from runner.planning.drafts import draft_proposals, find_answers
from runner.planning.heard import Heard, Judged, hear, keys_of_branches
from runner.planning.incident_links import links_over, wish_links
from runner.planning.intakes import Intakes, in_order
from runner.planning.joining import wishes_joined
from runner.planning.looked_wishes import looked_over, wish_looked
from runner.planning.obeying import plan_commands
from runner.planning.observation import (
    REMARKS,
    Branch,
    Cursor,
    Decision,
    Ending,
    Observation,
    Outcome,
)
from runner.planning.page_updates import plan_updates
from runner.planning.plan_file import digest_of
from runner.planning.published_wishes import wish_published
from runner.planning.pull_request import render_commit_message, render_pull
from runner.planning.surveyed_wishes import left_out_of, surveyed_over, wish_surveyed
from runner.planning.words import because
from runner.policies.values import Configuration
from runner.text.clean import clean_line, clean_text
from runner.text.language import Language
from runner.text.masking import mask
from runner.triage.incidents import link_recognised
from runner.triage.judge import judge
from runner.triage.same_matter import Clues, possible_duplicates

LONGEST_REASON = 500
"""Characters of a refusal's reason that are kept."""
MOST_WAITING = 1_000
"""New cases of one source that nobody has decided on; it may show the same ones for ever anew."""
MOST_VANISHED = 5
"""Branches that people may have deleted since the last run, each a refusal; more is odd."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A new case that waits for its pull request, or with `wish` the change of one."""

    branch: str
    case: Case
    wish: Wish | None = None

    @property
    def order(self) -> tuple[bool, int, bool, datetime, str]:
        """Most urgent first: crisis, urgency, new cases, then who has waited longest."""
        case, is_change = self.case, self.wish is not None
        return (case.crisis is None, -case.urgency.rank, is_change, case.detected_at, case.id)


def plan(observation: Observation) -> Plan:
    """Return what to do so that every message which is after-sales is proposed once.

    In order: branches for new cases and for changes, what people command in comments, pull
    requests that people settled with git, branches whose work is done, what is wanted no more,
    then pull requests, most urgent first, up to the caps, and pages that their branch has left
    behind.  What a cap or a person holds back is listed with the reason.
    """
    instance = observation.configuration.instance
    language = Language(instance.language, instance.zone)
    judged = tuple(_judged(observation))
    intakes = tuple(b for b in observation.branches if b.change == INTAKE)
    merged = read_merged_cases(observation)
    heard = hear(observation, judged, merged, language)

    pushes, fresh, lost, joined = _propose(observation, judged, intakes, heard, language)
    # What a person commands goes before what follows from it; that is for the next plan.
    renewed = {push.branch for push in pushes}
    obeyed = plan_commands(
        replace(
            observation, remarks=tuple(r for r in observation.remarks if r.branch not in renewed)
        ),
        merged,
        language,
    )
    obeying = {action.branch for action in obeyed}
    settled, vanished = _settle(observation, merged, language)
    refused = frozenset(action.branch for action in obeyed if action.refused_by)
    settled = tuple(action for action in settled if action.branch not in refused)
    settling = refused | frozenset(action.branch for action in settled)
    dropped, kept = _tidy(observation, merged, language)
    gone = {action.branch for action in dropped} | {held.key for held in kept}
    with_pull = {pull.branch for pull in observation.pulls}
    waiting, unreadable = [], []
    for branch in intakes:
        if branch.name in gone:
            continue
        if branch.case is None:
            unreadable.append(
                Held(
                    branch.name,
                    HeldBy.PERSON,
                    language.say("the case file on this branch cannot be read; mend or delete it"),
                )
            )
        elif branch.name not in with_pull:
            case = joined.grown.get(branch.case_id, branch.case)
            waiting.append(_Proposal(branch.name, case))
    links = wish_links(observation, merged, language)
    posted = wish_published(observation, merged, language)
    surveyed = wish_surveyed(observation, merged, language)
    said = (*posted, *heard.wishes, *links, *surveyed)
    # Whoever writes waits for an answer; what lies behind it can wait.
    closable = closings_wanted(observation, merged, said)
    closings = wish_closings(observation, closable, language)
    # Our own words that are gone come last: the customer has been told once.
    found = wish_looked(observation, merged, language)
    wishes = (*wishes_joined(observation, obeyed, merged, language), *said, *closings, *found)
    over = {
        **links_over(observation, merged, links, language), **heard.over,
        **looked_over(observation, merged, found, language),
        **surveyed_over(observation, merged, language),
        **closings_over(observation, merged, closable, language),
    }  # fmt: skip
    changes = plan_changes(observation, wishes, over, settling | gone | obeying, language)
    changing = (_Proposal(wish.branch, wish.merged.case, wish) for wish in changes.waiting)
    withdrawn = {each.branch for each in changes.withdrawn if isinstance(each, WithdrawPull)}
    proposals = (*fresh, *waiting, *changing)
    opened, capped = _open(observation, proposals, settling | withdrawn, language)

    moving = {push.branch for push in changes.pushes} | renewed | obeying | settling
    words = {wish.branch: wish.words for wish in wishes}
    updated, later = plan_updates(observation, words, moving | withdrawn | gone, language)

    actions: tuple[Action, ...] = (
        *pushes, *changes.pushes, *obeyed, *settled, *dropped, *changes.withdrawn, *opened,
        *updated,
    )  # fmt: skip
    held = (*lost, *vanished, *kept, *unreadable, *joined.held, *changes.held, *capped, *later)
    pending = heard.pending | joined.waiting.keys()
    moved = move_cursors(observation, judged, pending, heard.dropped)
    flooded = {each.key: each.reason for each in lost if each.by is HeldBy.CAP}
    cursors = tuple(
        replace(c, etag=None, last_modified=None, judged_by="", problem=flooded[c.source])
        if c.source in flooded
        else c
        for c in _remarked(moved, left_out_of(observation, merged, language))
    )
    cursors += _heard(observation)
    return Plan(
        base=observation.base,
        made_at=observation.now,
        actions=actions,
        held=held,
        cursors=cursors,
        digest=digest_of(observation.base, actions, held, cursors, observation.looks),
        looks=observation.looks,
    )


def _remarked(cursors: Iterable[Cursor], said: Mapping[str, str]) -> Iterator[Cursor]:
    """Yield the cursors, with what is said of some sources beside what was to remark."""
    for cursor in cursors:
        words = (cursor.problem, said.get(cursor.source, ""))
        yield replace(cursor, problem="; ".join(filter(None, words)))


def _heard(observation: Observation) -> tuple[Cursor, ...]:
    """Return up to when comments were read, once none of them waits for an answer."""
    until, known = observation.heard_until, observation.cursors.get(REMARKS)
    if until is None or observation.remarks:
        return ()
    # A server whose clock is ahead for a while must not silence whoever commands afterwards.
    until = min(until, observation.now)
    if known is not None and known.read_at >= until:
        return ()
    return (Cursor(REMARKS, None, None, until, "", (), 0),)


def sources_to_read_in_full(
    cursors: Iterable[Cursor], configuration_digest: str, accounted_for: Iterable[str]
) -> frozenset[str]:
    """Return the sources whose cursor may not shorten the next read.

    A cursor made under other rules, or one of whose after-sales messages is
    neither on the base, nor proposed, nor refused: a lost branch comes back.
    """
    known = frozenset(accounted_for)
    return frozenset(
        cursor.source
        for cursor in cursors
        if cursor.judged_by != configuration_digest or not known.issuperset(cursor.opened)
    )


def _judged(observation: Observation) -> Iterator[Judged]:
    """Yield each message once; where its conversation was read, with whose that is."""
    configuration = observation.configuration
    beside = {
        mention.key: (read.case_id, read.place)
        for read in observation.conversations
        for mention in read.mentions
    }
    seen = set[str]()
    shown = [*observation.forms]
    shown += [mention for read in observation.reads for mention in read.mentions]
    shown += [mention for read in observation.conversations for mention in read.mentions]
    for mention in shown:
        if mention.key not in seen:
            seen.add(mention.key)
            yield mention, judge(mention, configuration), beside.get(mention.key)


def _propose(
    observation: Observation,
    judged: tuple[Judged, ...],
    intakes: tuple[Branch, ...],
    heard: Heard,
    language: Language,
) -> tuple[tuple[PushBranch | RenewBranch, ...], tuple[_Proposal, ...], tuple[Held, ...], Intakes]:
    """Return a branch for every message that is after-sales and nowhere yet.

    Beside the branches: their cases, most urgent first, what was accepted before but
    is not on the base, and what messages join that is proposed already.
    """
    proposed = {*keys_of_branches(observation), *(b.case_id for b in observation.branches)}
    proposed.update(case_of_branch(pull.branch) for pull in observation.pulls)
    clues = Clues(observation.open_cases)
    joined = Intakes(observation, language, clues)
    for branch in (*intakes, *observation.proposed):
        if branch.case and branch.path and observation.case_of(branch.case_id) is None:
            clues.add(summarise(branch.case, branch.path))
            if (branch.case_id, branch.change) not in observation.decided:
                joined.add(branch.case, branch)
    brands = {source.id: source.brand for source in observation.configuration.sources}
    answers = {key: answer for read in observation.reads for key, answer in read.answers.items()}
    waiting = Counter(b.case.places[0].source for b in intakes if b.case is not None)
    asked_for = {mention.key for mention in observation.forms}
    held_back: Counter[str] = Counter()
    fresh: list[_Proposal] = []
    lost: list[Held] = []
    for mention, judgement, beside in in_order(judged):
        if (
            mention.key in proposed
            or mention.key in heard.taken
            or observation.case_of(mention.key) is not None
        ):
            continue
        if (mention.key, INTAKE) not in observation.decided and joined.join(
            mention, judgement, beside
        ):
            continue
        if not judgement.after_sales.value and mention.key not in asked_for:
            continue
        decision = observation.decided.get((mention.key, INTAKE))
        if decision is not None:
            if decision.outcome is Outcome.MERGED:
                lost.append(_lost(mention, decision, observation, language))
            continue
        if waiting[mention.source] >= MOST_WAITING and judgement.crisis is None:
            held_back[mention.source] += 1
            continue
        waiting[mention.source] += 1
        duplicates = possible_duplicates(
            mention, judgement, brands[mention.source], clues.cases_near(mention)
        )
        clocks = first_clocks(mention, judgement, observation.configuration)
        case = open_case(
            mention,
            judgement,
            observation.configuration,
            duplicates,
            clocks,
            customer=answers.get(mention.key),
        )
        case = link_recognised(case, observation.configuration)
        clues.add(summarise(case, case_path(case)))
        joined.add(case)
        fresh.append(_Proposal(branch_name(case.id), case))
    fresh = [replace(one, case=joined.grown.get(one.case.id, one.case)) for one in fresh]
    fresh.sort(key=lambda proposal: proposal.order)
    pushes = tuple(
        PushBranch(
            branch=proposal.branch,
            path=case_path(proposal.case),
            content=render_case(proposal.case),
            message=render_commit_message(proposal.case, language),
            reason=_why(proposal.case, language),
        )
        for proposal in fresh
    )
    renewals = tuple(
        RenewBranch(
            branch=branch.name,
            head=branch.head,
            path=branch.path,
            content=render_case(grown),
            message=render_commit_message(grown, language),
            reason=language.say("a new message belongs to it"),
        )
        for branch in intakes
        if branch.path is not None and (grown := joined.grown.get(branch.case_id)) is not None
    )
    lost += (_flooded(source, count, language) for source, count in sorted(held_back.items()))
    return (*pushes, *renewals), tuple(fresh), tuple(lost), joined


def _flooded(source: str, count: int, language: Language) -> Held:
    why = language.say(
        "{waiting} new cases of {source} wait for a decision, and {count} more messages are not "
        "proposed yet: see whether the site shows the same ones anew each time, or decide on some",
        waiting=MOST_WAITING,
        source=source,
        count=count,
    )
    return Held(source, HeldBy.CAP, why)


def _lost(
    mention: Mention, decision: Decision, observation: Observation, language: Language
) -> Held:
    """Return what is said of a case that was accepted and is not on the base.

    Proposing it again would make a duplicate where only the base lags behind.
    """
    why = language.say(
        "accepted as pull request {number}, yet {base} does not hold it: fetch {base}, or put it "
        "back",
        number=decision.number,
        base=observation.configuration.instance.base,
    )
    return Held(branch_name(mention.key), HeldBy.PERSON, why)


def _settle(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[tuple[SettlePull, ...], tuple[Held, ...]]:
    """Return how pull requests ended that people settled with git or on the forge's pages.

    A deleted branch is a refusal.  When many are gone at once, something else has
    happened, such as a clone without them, and a person must look.
    """
    branches = {b.name: b for b in observation.branches}
    settled, gone = [], []
    for pull in observation.pulls:
        branch = branches.get(pull.branch)
        if _is_on_base(observation, merged, pull.branch, branch):
            reason = _held_by_base(pull.branch, language)
            settled.append(SettlePull(pull.number, pull.branch, Outcome.MERGED, reason))
        elif pull.ended is not None:
            reason = _why_ended(pull.ended, observation.configuration, language)
            settled.append(SettlePull(pull.number, pull.branch, pull.ended.outcome, reason))
        elif branch is None:
            reason = language.say("its branch was deleted")
            gone.append(SettlePull(pull.number, pull.branch, Outcome.REFUSED, reason))
    if len(gone) > MOST_VANISHED:
        why = language.say(
            "its branch is gone, like many: run `doleances sync`, or reject it with a reason"
        )
        return tuple(settled), tuple(Held(one.branch, HeldBy.PERSON, why) for one in gone)
    return (*settled, *gone), ()


def _why_ended(ended: Ending, configuration: Configuration, language: Language) -> str:
    """Return why a pull request was merged or closed, in the words of who did it."""
    if ended.outcome is Outcome.MERGED:
        return language.say("merged on the forge")
    said = mask(clean_text(ended.words), configuration.privacy)
    return clean_line(said, LONGEST_REASON) or language.say("closed on the forge without a word")


def _is_on_base(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    name: str,
    branch: Branch | None,
) -> bool:
    """Whether the base holds what a branch proposes.

    For an intake that is its case, however it got there.  A branch that was put back on
    the base, or whose commit is lost, proposes nothing: that is no decision.
    """
    case_id = case_of_branch(name)
    if name == branch_name(case_id):
        return observation.case_of(case_id) is not None
    return branch is not None and is_taken_over(branch, merged.get(case_id))


def _held_by_base(name: str, language: Language) -> str:
    if name == branch_name(case_of_branch(name)):
        return language.say("the base already holds this case")
    return language.say("the base already holds this change")


def _tidy(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> tuple[tuple[DropBranch, ...], tuple[Held, ...]]:
    """Return the branches whose work is done, and those that a person's hand keeps."""
    dropped, kept = [], []
    for branch in observation.branches:
        if _is_on_base(observation, merged, branch.name, branch):
            reason = _held_by_base(branch.name, language)
        elif (branch.case_id, branch.change) in observation.decided:
            reason = language.say("its pull request has ended")
        else:
            continue
        if branch.hands_off and not branch.merged:
            why = language.say("{reason}, but somebody else committed to the branch", reason=reason)
            kept.append(Held(branch.name, HeldBy.PERSON, why))
        else:
            dropped.append(DropBranch(branch.name, branch.head, reason))
    return tuple(dropped), tuple(kept)


def _open(
    observation: Observation,
    proposals: tuple[_Proposal, ...],
    settling: frozenset[str],
    language: Language,
) -> tuple[tuple[OpenPull, ...], tuple[Held, ...]]:
    """Return pull requests for the most urgent proposals, and what the caps hold back."""
    configuration = observation.configuration
    limits = configuration.instance.limits
    room = min(
        limits.open_pulls - len(observation.pulls) + len(settling),
        limits.pulls_per_run - observation.opened_already,
    )
    opened: list[OpenPull] = []
    capped: list[Held] = []
    answers = find_answers(observation)
    new = (each.case for each in proposals if not each.wish)
    reopened = {branch.name for branch in observation.branches if branch.reopened is not None}
    drafted = draft_proposals(observation, new, answers)
    for proposal in sorted(proposals, key=lambda proposal: proposal.order):
        # What people opened again is open, whatever the caps say.
        if proposal.case.crisis is None and proposal.branch not in reopened:
            if room <= 0:
                why = language.say("enough pull requests are open; it waits on its branch")
                capped.append(Held(proposal.branch, HeldBy.CAP, why))
                continue
            room -= 1
        wish = proposal.wish
        words = (
            wish.words
            if wish
            else render_pull(
                proposal.case,
                configuration,
                language,
                observation.now,
                drafted(proposal.case),
                answers=answers(proposal.case),
            )
        )
        opened.append(
            OpenPull(
                branch=proposal.branch,
                title=words.title,
                body=words.body,
                labels=words.labels,
                owner=proposal.case.owner or "",
                reason=_reason(proposal, language, is_reopened=proposal.branch in reopened),
            )
        )
    return tuple(opened), tuple(capped)


def _reason(proposal: _Proposal, language: Language, *, is_reopened: bool) -> str:
    """Return why a pull request is opened."""
    if is_reopened:
        return language.say("people opened its pull request again")
    return proposal.wish.reason if proposal.wish else _why(proposal.case, language)


def _why(case: Case, language: Language) -> str:
    """Return the rule that made the message a case; what it is taken for, the title says."""
    reason = case.why.get("crisis") or case.why.get("category")
    return because(replace(reason, detail=""), language) if reason else ""
