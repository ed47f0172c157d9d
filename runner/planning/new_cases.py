"""Messages that are after-sales and in no case yet: each becomes one, on a branch of its own."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runner.cases.case import Case
from runner.cases.customer import Answer
from runner.cases.file import render_case
from runner.cases.lifecycle import RUNNER
from runner.cases.opening import case_path, open_case
from runner.cases.summary import summarise
from runner.clocks.pinning import first_clocks
from runner.model import Judgement, Mention
from runner.planning.actions import Held, HeldBy, PushBranch, RenewBranch
from runner.planning.branches import INTAKE, Outcome, branch_name, case_of_branch
from runner.planning.heard import Heard, Judged, keys_of_branches
from runner.planning.intakes import Intakes, in_order
from runner.planning.observation import Decision, Observation
from runner.planning.proposals import Proposal, why_proposed
from runner.planning.pull_request import render_commit_message
from runner.policies.values import Configuration
from runner.text.language import Language
from runner.triage.incidents import link_recognised
from runner.triage.judge import judge
from runner.triage.same_matter import Clues, possible_duplicates

MOST_WAITING = 1_000
"""New cases of one source that nobody has decided on; it may show the same ones for ever anew."""


@dataclass(frozen=True, slots=True)
class NewCases:
    """What messages come to that no merged case takes."""

    pushes: tuple[PushBranch | RenewBranch, ...]
    """Branches of new cases, most urgent first, then those of proposed cases that have grown."""
    proposals: tuple[Proposal, ...]
    """The new cases, most urgent first."""
    intakes: Intakes
    """The proposed cases, with the messages that have joined them and those that wait to."""
    lost: tuple[Held, ...]
    """What was accepted before and is not on the base."""
    flooded: Mapping[str, Held]
    """Sources of which nothing more is proposed: `MOST_WAITING` new cases wait already."""


def judge_messages(observation: Observation) -> Iterator[Judged]:
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


def propose_cases(
    observation: Observation, judged: tuple[Judged, ...], heard: Heard, language: Language
) -> NewCases:
    """Return a branch for every message that is after-sales and nowhere yet."""
    configuration = observation.configuration
    answers = {key: answer for read in observation.reads for key, answer in read.answers.items()}
    asked_for = {mention.key for mention in observation.forms}
    known = _known_keys(observation) | heard.taken
    clues = Clues(observation.open_cases)
    intakes = _proposed_before(observation, clues, language)
    waiting = _waiting_cases(observation)
    beyond: Counter[str] = Counter()
    fresh: list[Case] = []
    lost: list[Held] = []
    for mention, judgement, beside in in_order(judged):
        if mention.key in known or observation.case_of(mention.key) is not None:
            continue
        decision = observation.decided.get((mention.key, INTAKE))
        if decision is None and intakes.join(mention, judgement, beside):
            continue
        if not judgement.after_sales.value and mention.key not in asked_for:
            continue
        if decision is not None:
            if decision.outcome is Outcome.MERGED:
                lost.append(_lost(mention, decision, configuration, language))
        elif waiting[mention.source] >= MOST_WAITING and judgement.crisis is None:
            beyond[mention.source] += 1
        else:
            waiting[mention.source] += 1
            customer = answers.get(mention.key)
            case = open_new_case(mention, judgement, configuration, clues, customer=customer)
            clues.add(summarise(case, case_path(case)))
            intakes.add(case)
            fresh.append(case)
    cases = (intakes.grown.get(case.id, case) for case in fresh)
    proposals = sorted(
        (Proposal(branch_name(case.id), case) for case in cases), key=lambda each: each.order
    )
    return NewCases(
        pushes=(
            *(_push(proposal, language) for proposal in proposals),
            *_renewals(observation, intakes.grown, language),
        ),
        proposals=tuple(proposals),
        intakes=intakes,
        lost=tuple(lost),
        flooded={
            source: _flooded(source, count, language) for source, count in sorted(beyond.items())
        },
    )


def open_new_case(
    mention: Mention,
    judgement: Judgement,
    configuration: Configuration,
    clues: Clues,
    *,
    by: str = RUNNER,
    customer: Answer | None = None,
) -> Case:
    """Return the case that a message opens: what it may repeat, its promises, its incident.

    Raises:
        KeyError: when the message's source is not among the configured ones.
    """
    brand = {source.id: source.brand for source in configuration.sources}[mention.source]
    near = possible_duplicates(mention, judgement, brand, clues.cases_near(mention))
    clocks = first_clocks(mention, judgement, configuration)
    case = open_case(mention, judgement, configuration, near, clocks, by=by, customer=customer)
    return link_recognised(case, configuration)


def _known_keys(observation: Observation) -> frozenset[str]:
    """Return the keys of messages that stand on a branch or on a page already."""
    return keys_of_branches(observation).union(
        (branch.case_id for branch in observation.branches),
        (case_of_branch(pull.branch) for pull in observation.pulls),
    )


def _proposed_before(observation: Observation, clues: Clues, language: Language) -> Intakes:
    """Return the cases that are only proposed as the run begins; `clues` leads to them too."""
    intakes = Intakes(observation, language, clues)
    branches = (branch for branch in observation.branches if branch.change == INTAKE)
    for branch in (*branches, *observation.proposed):
        if branch.case and branch.path and observation.case_of(branch.case_id) is None:
            clues.add(summarise(branch.case, branch.path))
            if (branch.case_id, branch.change) not in observation.decided:
                intakes.add(branch.case, branch)
    return intakes


def _waiting_cases(observation: Observation) -> Counter[str]:
    """Count the new cases that nobody has decided on, by source."""
    return Counter(
        branch.case.places[0].source
        for branch in observation.branches
        if branch.change == INTAKE and branch.case is not None
    )


def _push(proposal: Proposal, language: Language) -> PushBranch:
    case = proposal.case
    return PushBranch(
        branch=proposal.branch,
        path=case_path(case),
        content=render_case(case),
        message=render_commit_message(case, language),
        reason=why_proposed(case, language),
    )


def _renewals(
    observation: Observation, grown: Mapping[str, Case], language: Language
) -> Iterator[RenewBranch]:
    """Yield the branches of proposed cases anew that messages have joined."""
    for branch in observation.branches:
        case = grown.get(branch.case_id)
        if branch.change == INTAKE and branch.path is not None and case is not None:
            yield RenewBranch(
                branch=branch.name,
                head=branch.head,
                path=branch.path,
                content=render_case(case),
                message=render_commit_message(case, language),
                reason=language.say("a new message belongs to it"),
            )


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
    mention: Mention, decision: Decision, configuration: Configuration, language: Language
) -> Held:
    """Return what is said of a case that was accepted and is not on the base.

    Proposing it again would make a duplicate where only the base lags behind.
    """
    why = language.say(
        "accepted as pull request {number}, yet {base} does not hold it: fetch {base}, or put it "
        "back",
        number=decision.number,
        base=configuration.instance.base,
    )
    return Held(branch_name(mention.key), HeldBy.PERSON, why)
