"""What was proposed as a case, and people call a duplicate: its places are another case's.

The proposal is refused.  Where the other case is proposed too, its branch takes the places in;
where it is on the base, a change of it is proposed that adds them.  From then on that stands on
its branch, as those do that the runner finds itself.
"""

from collections.abc import Iterable
from dataclasses import replace

from runner.cases.case import Case
from runner.planning.branches import INTAKE, branch_name
from runner.planning.changes import MergedCase, Wish, plan_changes
from runner.planning.commanded import named_case
from runner.planning.consequences import Consequences, Joined, Page
from runner.planning.heard import MOST, PLACES, places_wish
from runner.planning.news import after, plan_places
from runner.planning.next_entry import IllegalStep
from runner.planning.observation import Branch, Observation
from runner.policies.team import Person
from runner.text.language import Language


def join_duplicate(page: Page, named: str, case: Case, person: Person) -> str:
    """Refuse a page as a duplicate, let the other case have its places; return what is said.

    `named` is the other case's id, or the number of its page such as `#12`.
    """
    say, observation = page.language.say, page.all.observation
    other = named_case(named, (*observation.pulls, *observation.proposals))
    if not other:
        return say(
            "Nothing was done: no page of a case that is open here has the number {number}. Name "
            "the case by its id.",
            number=f"`{named}`",
        )
    on_base = observation.case_of(other)
    if case.id in {other, on_base}:
        return say("Nothing was done: that is this very case.")
    if on_base is not None:
        return _join_merged(page, on_base, case, person)
    target = _find_intake(other, observation)
    if target is None:
        if any(branch.case_id == other for branch in observation.proposed):
            return _decide_first(other, case, page.language)
        return say("Nothing was done: there is no case {case}.", case=f"`{other}`")
    if target.name in page.all.refused:
        return say(
            "Nothing was done: {case} is closed by a comment on its own page. Say which of the "
            "two is to stay.",
            case=f"`{other}`",
        )
    if not _grow(page, target, case, person):
        return _decide_first(other, case, page.language)
    page.grows = target
    page.refuse(person, say("duplicate of {case}", case=other))
    return say(
        "Closed as a duplicate of {case}, and not proposed again. The place where this was said "
        "is in the file that is proposed for that case.",
        case=f"`{other}`",
    )


def _has_new_places(case: Case, target: Case) -> bool:
    return not {place.key for place in case.places} <= {place.key for place in target.places}


def _find_joined(case: Case, target: Case, observation: Observation) -> str:
    """Return the branch that proposes all places of a case for another already, "" for none.

    So it is where a run was killed that had obeyed only some of those who said so.
    """
    new = {place.key for place in case.places} - {place.key for place in target.places}
    for branch in observation.branches:
        if (
            branch.case_id == target.id
            and branch.change.startswith(PLACES)
            and (target.id, branch.change) not in observation.decided
            and branch.case is not None
            and new <= {place.key for place in branch.case.places}
        ):
            return branch.name
    return ""


def wishes_joined(consequences: Consequences) -> dict[str, Wish]:
    """Return the wishes on which refusals rely, by the case of the base that gets places."""
    found: dict[str, Wish] = {}
    for target, joined in consequences.joined.items():
        wish = _wish_joined(
            joined, consequences.merged[target], consequences.observation, consequences.language
        )
        if wish is not None:
            found[target] = wish
    return found


def _join_merged(page: Page, target: str, case: Case, person: Person) -> str:
    say, everything = page.language.say, page.all
    merged = everything.merged.get(target)
    reason = say("duplicate of {case}", case=target)
    if merged is not None and not _has_new_places(case, merged.case):
        page.refuse(person, reason)
        return say(
            "Closed as a duplicate of {case}, and not proposed again. Its file names the place "
            "where this was said.",
            case=f"`{target}`",
        )
    if merged is None or not merged.case.state.is_open:
        links = "\n".join(f"- <{place.url}>" for place in case.places if place.url)
        answer = say(
            "Closed as a duplicate of {case}, and not proposed again. Its file does not name the "
            "place where this was said: give the closing message there too.",
            case=f"`{target}`",
        )
        page.refuse(person, reason)
        return f"{answer}\n\n{links}" if links else answer
    standing = _find_joined(case, merged.case, everything.observation)
    joined = (*everything.joined.get(target, ()), (case, person))
    if not standing:
        if not _wish_joined(joined, merged, everything.observation, page.language):
            return say(
                "Nothing was done: the place where this was said cannot be proposed for {case} "
                "now. Decide first on what else is proposed for that case, then comment "
                "again. Or accept this one, then {command}.",
                case=f"`{target}`",
                command=f"`doleances merge {case.id} {target}`",
            )
        everything.joined[target] = joined
    page.joins, page.joins_case = standing, target
    everything.moved[page.about.branch.name] = target
    page.refuse(person, reason)
    return say(
        "Closed as a duplicate of {case}, and not proposed again. The place where this was "
        "said is proposed for that case.",
        case=f"`{target}`",
    )


def _wish_joined(
    joined: Iterable[Joined],
    target: MergedCase,
    observation: Observation,
    language: Language,
) -> Wish | None:
    """Return the wish to add places of cases to another.

    All of them are one change, since a case has one at a time.  None where they cannot all be
    proposed now: too many at once, none that is new, or something else changes that case.
    """
    held = {place.key for place in target.case.places}
    told = {
        place.key: (place, _says(person, language))
        for case, person in joined
        for place in case.places
        if place.key not in held
    }
    change = PLACES + "-".join(sorted(key[2:] for key in told))
    if not 0 < len(told) <= MOST or not target.case.state.is_open:
        return None
    if (target.case.id, change) in observation.decided:
        return None
    wish = places_wish(target, change, told.values(), observation, language)
    changes = plan_changes(observation, (wish,), {}, frozenset(), language)
    stands = any(branch.name == wish.branch for branch in observation.branches)
    return wish if changes.pushes or (stands and not changes.held) else None


def _grow(page: Page, target: Branch, case: Case, person: Person) -> bool:
    """Whether a proposed case holds the places of another now; people's branches are theirs."""
    grown = page.all.case_on(target)
    if grown is None:
        return False
    held = {place.key for place in grown.places}
    why = _says(person, page.language)
    new = [(place, why) for place in case.places if place.key not in held]
    if not new:
        return True
    if target.hands_off:
        return False
    try:
        entries, places = plan_places(grown, new, page.configuration, page.all.observation.now)
    except IllegalStep:
        return False
    for entry in entries:
        grown = after(grown, entry)
    page.all.cases[target.name] = replace(grown, places=(*grown.places, *places))
    return True


def _says(person: Person, language: Language) -> str:
    return language.say("the same matter, says {person}", person=person.name)


def _decide_first(other: str, case: Case, language: Language) -> str:
    return language.say(
        "Nothing was done: {other} is only proposed, and somebody committed to its branch, so that "
        "the place where this was said cannot be added there. Decide on it first, then comment "
        "again. Or accept both, then {command}.",
        other=f"`{other}`",
        command=f"`doleances merge {case.id} {other}`",
    )


def _find_intake(case_id: str, observation: Observation) -> Branch | None:
    """Return the branch that proposes a case, unless people have decided on it."""
    name = branch_name(case_id)
    ended = {pull.branch for pull in observation.pulls if pull.ended is not None}
    if name in ended or (case_id, INTAKE) in observation.decided:
        return None
    return next((branch for branch in observation.branches if branch.name == name), None)
