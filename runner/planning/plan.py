"""What should be there, given what was seen.  Pure: equal observations, equal plans."""

from collections.abc import Mapping
from dataclasses import replace

from runner.cases.case import Case
from runner.planning.actions import Action, DeleteDouble, Held, HeldBy, Plan, WithdrawPull
from runner.planning.alarms import alarms_over, wishes_raised
from runner.planning.branches import INTAKE
from runner.planning.changes import MergedCase, Wish, plan_changes, read_merged_cases
from runner.planning.closing_wishes import closings_over, closings_wanted, wish_closings
from runner.planning.cursors import move_cursors
from runner.planning.heard import Heard, hear
from runner.planning.incident_links import links_over, wish_links
from runner.planning.looked_wishes import looked_over, wish_looked
from runner.planning.new_cases import judge_messages, propose_cases
from runner.planning.obeying import Obeyed, obey_comments
from runner.planning.observation import Observation
from runner.planning.page_updates import plan_updates
from runner.planning.plan_file import digest_of
from runner.planning.proposals import Proposal, open_pulls
from runner.planning.published_wishes import wish_published
from runner.planning.settling import settle_pulls, tidy_branches
from runner.planning.surveyed_wishes import left_out_of, surveyed_over, wish_surveyed
from runner.text.language import Language


def plan(observation: Observation) -> Plan:
    """Return what to do so that every message which is after-sales is proposed once.

    In order: branches for new cases and for changes, what people command in comments, pull
    requests that people settled with git, branches whose work is done, what is wanted no more,
    then pull requests, most urgent first, up to the caps, pages that their branch has left behind,
    and comments of ours that were made twice.  What a cap or a person holds back is listed with
    the reason.
    """
    instance = observation.configuration.instance
    language = Language(instance.language, instance.zone)
    merged = read_merged_cases(observation)
    judged = tuple(judge_messages(observation))
    heard = hear(observation, judged, merged, language)
    new = propose_cases(observation, judged, heard, language)

    # Commands write to the branch too; where that is made anew, they are for the next plan.
    renewed = {push.branch for push in new.pushes}
    remarks = tuple(remark for remark in observation.remarks if remark.branch not in renewed)
    obeyed = obey_comments(replace(observation, remarks=remarks), merged, language)
    ended, vanished = settle_pulls(observation, merged, language)
    settled = tuple(action for action in ended if action.branch not in obeyed.decided)
    settling = obeyed.decided.union(action.branch for action in settled)
    dropped, kept = tidy_branches(observation, merged, language)
    gone = {action.branch for action in dropped} | {held.key for held in kept}

    wishes, over = _wishes(observation, merged, heard, obeyed, language)
    changes = plan_changes(observation, wishes, over, settling | gone | obeyed.written, language)
    withdrawn = {each.branch for each in changes.withdrawn if isinstance(each, WithdrawPull)}
    waiting, unreadable = _without_pull(observation, gone, new.intakes.grown, language)
    changing = (Proposal(wish.branch, wish.merged.case, wish) for wish in changes.waiting)
    proposals = (*new.proposals, *waiting, *changing)
    opened, capped = open_pulls(observation, proposals, len(settling | withdrawn), language)
    moving = {push.branch for push in changes.pushes} | renewed | obeyed.written | settling
    words = {wish.branch: wish.words for wish in wishes}
    updated, later = plan_updates(observation, words, moving | withdrawn | gone, language)

    twice = language.say("two runs wrote it, the older one stays")
    doubled = (DeleteDouble(double.number, double.comment, twice) for double in observation.doubles)

    actions: tuple[Action, ...] = (
        *new.pushes, *changes.pushes, *obeyed.actions, *settled, *dropped, *changes.withdrawn,
        *opened, *updated, *doubled,
    )  # fmt: skip
    held = (
        *new.lost, *new.flooded.values(), *vanished, *kept, *unreadable, *new.intakes.held,
        *changes.held, *capped, *later,
    )  # fmt: skip
    cursors = move_cursors(
        observation,
        judged,
        pending=heard.pending | new.intakes.waiting.keys(),
        dropped=heard.dropped,
        left_out=left_out_of(observation, merged, language),
        flooded=new.flooded,
    )
    return Plan(
        base=observation.base,
        made_at=observation.now,
        actions=actions,
        held=held,
        cursors=cursors,
        digest=digest_of(observation.base, actions, held, cursors, observation.looks),
        looks=observation.looks,
    )


def _wishes(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    heard: Heard,
    obeyed: Obeyed,
    language: Language,
) -> tuple[tuple[Wish, ...], dict[str, str]]:
    """Return what is wished of merged cases, what matters most first, and what is over.

    A case has one change at a time.  Whoever writes waits for an answer, so that a closing
    comes after what was said; our own words that are gone come last: the customer has been
    told once.
    """
    links = wish_links(observation, merged, language)
    said = (
        *wish_published(observation, merged, language),
        *heard.wishes,
        *links,
        *wish_surveyed(observation, merged, language),
    )
    closable = closings_wanted(observation, merged, said)
    found = wish_looked(observation, merged, language)
    raised = tuple(wishes_raised(observation, merged, language))
    wishes = (
        *obeyed.wishes,
        *raised,
        *said,
        *wish_closings(observation, closable, language),
        *found,
    )
    over = {
        **alarms_over(observation, merged, raised, language),
        **links_over(observation, merged, links, language),
        **heard.over,
        **looked_over(observation, merged, found, language),
        **surveyed_over(observation, merged, language),
        **closings_over(observation, merged, closable, language),
    }
    return wishes, over


def _without_pull(
    observation: Observation,
    gone: set[str],
    grown: Mapping[str, Case],
    language: Language,
) -> tuple[tuple[Proposal, ...], tuple[Held, ...]]:
    """Return the new cases that stand on branches alone, and those that nobody can read."""
    with_pull = {pull.branch for pull in observation.pulls}
    waiting, unreadable = [], []
    for branch in observation.branches:
        if branch.change != INTAKE or branch.name in gone:
            continue
        if branch.case is None:
            why = language.say("the case file on this branch cannot be read; mend or delete it")
            unreadable.append(Held(branch.name, HeldBy.PERSON, why))
        elif branch.name not in with_pull:
            waiting.append(Proposal(branch.name, grown.get(branch.case_id, branch.case)))
    return tuple(waiting), tuple(unreadable)
