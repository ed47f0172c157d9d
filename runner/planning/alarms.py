"""A life is in danger, says a comment: wherever it was said, those in charge are told.

On the open page of a new case the branch says so at once.  A page that was closed is opened
again, since people were wrong to close it.  Anywhere else a change of the case is proposed on a
branch of its own, which escalation heeds before anybody has looked at it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runner.cases.case import Case, Entry
from runner.cases.file import render_case
from runner.planning.branches import RAISED
from runner.planning.changes import MergedCase, Wish
from runner.planning.commanded import Stage
from runner.planning.consequences import Page
from runner.planning.crisis_pull import render_crisis_message, render_crisis_pull
from runner.planning.news import after
from runner.planning.next_entry import IllegalStep, Step, plan_step
from runner.planning.observation import Branch, Observation, Remark
from runner.policies.team import Person
from runner.policies.values import Configuration
from runner.text.language import Language

UNSAID = "suicide"
"""The threat where a comment names none: of the two the one that bears no waiting."""
_KIND = "crisis-raised"


def raise_crisis(page: Page, threat: str | None, remark: Remark, person: Person) -> str:
    """Let a crisis be raised, and return what is said."""
    about, case = page.about, page.case
    if about.is_shut and about.is_intake:
        page.reopens = True
        return _warn(
            page.language.say(
                "This page was closed, and cannot be opened again from here. Restore its branch, "
                "open the pull request again, and once the runner has seen that, say {command} "
                "there once more.",
                command=f"`/crisis {threat or UNSAID}`",
            ),
            page.language,
        )
    step = _step(threat or UNSAID, remark, person, page.all.observation)
    if about.stage is Stage.OPEN and about.is_intake and case and not about.branch.hands_off:
        crisis = threat or case.crisis or UNSAID
        raised = case if crisis == case.crisis else _raised(case, crisis, step, page.configuration)
        if raised is not None:
            page.case = raised
            return _told(crisis, page.language, is_guess=threat is None)
    return _raise_beside(page, threat, remark, step)


def wishes_raised(
    observation: Observation, merged: Mapping[str, MergedCase], language: Language
) -> Iterator[Wish]:
    """Yield the crises that stand on branches of their own, and no file of the base holds yet."""
    for branch in observation.branches:
        if not branch.change.startswith(RAISED) or branch.case is None or branch.path is None:
            continue
        known = merged.get(branch.case_id)
        before = known.case.log if known is not None else ()
        entry = next((e for e in reversed(branch.case.log) if e.kind == _KIND), None)
        if entry is None or entry in before:
            continue
        if known is None:
            known = _as_if_merged(branch.path, _without(branch.case, entry))
        step = Step(_KIND, entry.facts, entry.by, entry.at, observation.now)
        wish = _wish(known, branch.change, step, observation, language)
        if wish is not None:
            yield wish


def alarms_over(
    observation: Observation,
    merged: Mapping[str, MergedCase],
    wishes: tuple[Wish, ...],
    language: Language,
) -> dict[str, str]:
    """Return the branches that raise a crisis which the base holds by now, with why."""
    wished = {wish.branch for wish in wishes}
    return {
        branch.name: language.say("the case holds this already")
        for branch in observation.branches
        if branch.change.startswith(RAISED)
        and branch.name not in wished
        and branch.case is not None
        and branch.case_id in merged
    }


def _raise_beside(page: Page, threat: str | None, remark: Remark, step: Step) -> str:
    """Let a change be proposed that raises the crisis of the case; return what is said."""
    about, everything, language = page.about, page.all, page.language
    observation, case_id = everything.observation, about.branch.case_id
    on_base = observation.case_of(case_id)
    case_id = on_base or case_id
    known = everything.merged.get(case_id)
    if known is None and on_base is None and (about.is_intake or not about.is_ours):
        path, case = about.branch.path, page.case
        known = _as_if_merged(path, case) if path is not None and case is not None else None
    held = known.case.crisis if known is not None else None
    if held is not None and threat in {None, held}:
        return _told(held, language)
    standing = next(_standing(case_id, observation), None)
    if standing is not None:
        page.joins, crisis = standing.name, standing.case.crisis if standing.case else None
        return _told(crisis or UNSAID, language, is_beside=True)
    change = f"{RAISED}{remark.id}"
    wish = everything.raised.get(case_id)
    if wish is None and known is not None and (case_id, change) not in observation.decided:
        wish = _wish(known, change, step, observation, language)
    if wish is None:
        return _warn(
            language.say(
                "Nothing was written, since the case's file cannot be changed from here: "
                "{command}.",
                command=f"`doleances crisis {case_id} --raise {threat or UNSAID}`",
            ),
            language,
        )
    everything.raised[case_id] = wish
    page.joins = wish.branch
    return _told(str(wish.entries[0].facts["crisis"]), language, is_beside=True)


def _standing(case_id: str, observation: Observation) -> Iterator[Branch]:
    for branch in observation.branches:
        if (
            branch.case_id == case_id
            and branch.change.startswith(RAISED)
            and (case_id, branch.change) not in observation.decided
            and branch.case is not None
            and branch.case.crisis is not None
        ):
            yield branch


def _step(crisis: str, remark: Remark, person: Person, observation: Observation) -> Step:
    now = observation.now
    return Step(_KIND, {"crisis": crisis}, person.id, min(remark.at, now), now)


def _raised(case: Case, crisis: str, step: Step, configuration: Configuration) -> Case | None:
    """Return a proposed case with its crisis raised, None where it cannot be."""
    if case.crisis is not None:
        # Nobody has accepted the entry yet: it is put right where it stands.
        log = tuple(
            replace(entry, facts={**entry.facts, "crisis": crisis}, by=step.by)
            if entry.kind == _KIND
            else entry
            for entry in case.log
        )
        return replace(case, crisis=crisis, log=log)
    try:
        planned = plan_step(case, step, configuration)
    except IllegalStep:
        return None
    for entry in planned.entries:
        case = after(case, entry)
    return replace(case, crisis=crisis)


def _wish(
    known: MergedCase, change: str, step: Step, observation: Observation, language: Language
) -> Wish | None:
    """Return the wish to raise a crisis, None where the case has it or can have none."""
    crisis, configuration = str(step.facts["crisis"]), observation.configuration
    if known.case.crisis == crisis:
        return None
    try:
        planned = plan_step(known.case, step, configuration)
    except IllegalStep:
        return None
    return Wish(
        merged=known,
        change=change,
        entries=planned.entries,
        message=render_crisis_message(known.case, crisis, language),
        words=render_crisis_pull(known.case, planned.entries[0], configuration, language),
        reason=language.say("commanded in a comment"),
        is_urgent=True,
    )


def _as_if_merged(path: str, case: Case) -> MergedCase:
    """Return a case that only a branch holds as the base would have it."""
    return MergedCase(path, render_case(case).encode(), case)


def _without(case: Case, entry: Entry) -> Case:
    """Return a case as it was before its crisis was raised."""
    return replace(case, crisis=None, log=tuple(each for each in case.log if each != entry))


def _told(
    crisis: str, language: Language, *, is_guess: bool = False, is_beside: bool = False
) -> str:
    say = language.say
    said = say(
        "**This is a crisis now: {crisis}.** The next {command} tells those in charge. Warn "
        "them yourself too, at once.",
        crisis=language.term("crisis", crisis),
        command="`doleances notify`",
    )
    if is_beside:
        said += " " + say("It is proposed for the case's file on a page of its own.")
    if is_guess:
        other = "death-threat" if crisis == UNSAID else UNSAID
        said += " " + say("If it is another threat, write {command}.", command=f"`/crisis {other}`")
    return said


def _warn(words: str, language: Language) -> str:
    return language.say("**Warn those in charge at once.**") + " " + words
