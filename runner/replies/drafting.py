"""A drafted reply: which template, which wording, filled in with what the case says.

Equal arguments give an equal draft.  What was told to other customers on the same site of late
is passed over, so that no two of them read the same text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from runner.cases.case import Case
from runner.model import ContactAbility, State
from runner.policies.templates import Purpose, Template
from runner.policies.values import Configuration
from runner.policies.wordings import Unfillable
from runner.replies.catalogue import (
    Nearest,
    propose_answer,
    purpose_of_answer,
    words_for,
)
from runner.replies.facts import read_facts
from runner.replies.setting import Setting, choose_template, source_at
from runner.replies.steps import next_purposes
from runner.replies.uses import Use, signatures_of, skeleton
from runner.replies.values import spoken_name
from runner.replies.variants import Variant, fill, find_frames, in_order

_COMPARED = 24
"""Texts of late that a new one should have as little in common with as possible."""
_WEIGHED = 12
"""Unused texts among which the least alike is taken."""

_ANSWERS = ("advice", "answer")
"""The variables of templates that hold an answer."""


class Missing(StrEnum):
    """Why there is no draft."""

    CRISIS = "crisis"
    NOTHING_DUE = "nothing-due"
    NO_LANGUAGE = "no-language"
    NO_TEMPLATE = "no-template"
    UNFILLABLE = "unfillable"


@dataclass(frozen=True, slots=True)
class NoDraft:
    """No draft, and why; `locale` is the customer's language, None where it is not known."""

    reason: Missing
    purpose: Purpose | None
    locale: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply for people to send, change or leave.

    `text` is typeset; `gaps` are what people fill in before, as they stand in it.  `template` and
    `wording` are recorded as `template/wording`.  `limit` is the most characters that template
    and site allow; `is_too_long` when no wording keeps to it.  `is_repeated` when every wording
    was read on this site of late.  `costs` when the message is private and the site asks a fee.
    `answer` is what it takes up of the catalogue of answers.
    """

    text: str
    template: str
    wording: str
    purpose: Purpose
    place: str
    source: str
    site: str
    locale: str
    register: str
    persona: str | None
    gaps: tuple[str, ...]
    limit: int
    number: int | None = None
    is_too_long: bool = False
    is_repeated: bool = False
    costs: bool = False
    answer: Nearest | None = None

    @property
    def recorded(self) -> str:
        """What the entry of the log names as its template."""
        return f"{self.template}/{self.wording}"


def draft(
    case: Case,
    configuration: Configuration,
    used: Iterable[Use],
    now: datetime,
    *,
    purpose: Purpose | None = None,
    place: str | None = None,
    answer: Nearest | None = None,
) -> Draft | NoDraft:
    """Return a drafted reply for a place of a case, by default the first; or why there is none.

    Without a `purpose` it is what is to be said next.  With an `answer` of the catalogue its words
    stand where the template leaves room for an answer.  `used` is what customers were told
    (`recent_uses`, and the drafts of other cases); what is older than the policy says, or was
    said on another site or to this very customer elsewhere, does not matter.

    Raises:
        KeyError: when the case has no such place.
    """
    wanted = purpose or (
        next(iter(next_purposes(case, configuration)), None)
        if answer is None
        else purpose_of_answer(case)
    )
    at = {each.id: each for each in case.places}[place or case.places[0].id]
    if wanted is None:
        return NoDraft(Missing.NOTHING_DUE, None, case.language)
    if case.crisis is not None and wanted is not Purpose.CRISIS_NOTE:
        return NoDraft(Missing.CRISIS, wanted, case.language)
    setting = Setting(case, at, source_at(at, configuration), wanted, configuration)
    if setting.locale is None:
        return NoDraft(Missing.NO_LANGUAGE, wanted, case.language)
    template = choose_template(setting)
    if template is None:
        return NoDraft(Missing.NO_TEMPLATE, wanted, setting.locale)
    known = read_facts(setting, template.register)
    limit = min(template.length, setting.length)
    since = now - configuration.speech.apart
    told = tuple(use for use in used if use.site == at.site and use.at >= since)
    try:
        if answer is not None:
            said = words_for(answer, case, setting.locale, template.register, known)
            known |= dict.fromkeys(_ANSWERS, said)
        variant, text, is_repeated = _choose(setting, template, known, told, limit)
    except Unfillable:
        return NoDraft(Missing.UNFILLABLE, wanted, setting.locale)
    persona = setting.persona
    private = wanted is Purpose.ASK_DETAILS_PRIVATE
    return Draft(
        text=text,
        template=template.id,
        wording=variant.label,
        purpose=wanted,
        place=at.id,
        source=at.source,
        site=at.site,
        locale=setting.locale,
        register=template.register,
        persona=persona.id if persona else None,
        gaps=gaps_in(text),
        limit=limit,
        number=setting.number,
        is_too_long=len(text) > limit,
        is_repeated=is_repeated,
        costs=private and setting.private is ContactAbility.PAID,
        answer=answer,
    )


def answer_by_itself(
    case: Case, configuration: Configuration, nearest: Iterable[Nearest]
) -> Nearest | None:
    """Return the answer that a draft takes up unasked: to a frequent simple question."""
    due = next(iter(next_purposes(case, configuration)), None)
    return propose_answer(nearest, case) if due is Purpose.ADVICE else None


def use_of(drafted: Draft, case: Case, configuration: Configuration, at: datetime) -> Use:
    """Return a draft as a text that its customer is going to read."""
    return Use(
        case_id=case.id,
        site=drafted.site,
        at=at,
        template=drafted.template,
        wording=drafted.wording,
        skeleton=skeleton(drafted.text, *_names(case, drafted.place, configuration)),
    )


def reserve(
    cases: Iterable[Case], configuration: Configuration, used: Iterable[Use], now: datetime
) -> tuple[Use, ...]:
    """Return what was used, and what customers who still wait for a first word are going to read.

    The oldest case drafts first, so that a draft stays as it is when newer cases come.
    """
    all_used = list(used)
    waiting = {case.id: case for case in cases if case.state is State.OPEN and case.crisis is None}
    for case in sorted(waiting.values(), key=_by_age):
        drafted = draft(case, configuration, all_used, now)
        if isinstance(drafted, Draft):
            all_used.append(use_of(drafted, case, configuration, now))
    return tuple(all_used)


def _choose(
    setting: Setting,
    template: Template,
    known: Mapping[str, str],
    told: tuple[Use, ...],
    limit: int,
) -> tuple[Variant, str, bool]:
    """Return the variant, its text, and whether it was read here before.

    Of those within the limit that nobody read, one of the least alike to what others read last;
    else the one nearest to the limit that was read the longest ago.
    """
    case = setting.case
    read = {(use.template, use.wording) for use in told if use.wording}
    skeletons = {use.skeleton for use in told if use.skeleton}
    latest = [
        use.wording for use in told if use.template == template.id and use.case_id != case.id
    ][-_COMPARED:]
    seed = f"{case.id} {case.cycle} {setting.place.id} {template.id} {len(case.log)}"
    frames = find_frames(template, known)
    names = _names(case, setting.place.id, setting.configuration)

    def is_read(variant: Variant, text: str) -> bool:
        return (template.id, variant.label) in read or (
            bool(skeletons) and skeleton(text, *names) in skeletons
        )

    unread = (
        variant
        for variant in in_order(template, frames, seed)
        if (template.id, variant.label) not in read
    )
    while weighed := list(islice(unread, _WEIGHED)):
        weighed.sort(key=lambda variant: _likeness(variant.label, latest))
        for variant in weighed:
            text = fill(variant, known)
            if len(text) <= limit and not is_read(variant, text):
                return variant, text, False
    last_read = {use.wording: nth for nth, use in enumerate(told) if use.template == template.id}
    every = sorted(
        in_order(template, frames, seed), key=lambda variant: last_read.get(variant.label, -1)
    )
    shortest = None
    for variant in every:
        text = fill(variant, known)
        if len(text) <= limit:
            return variant, text, is_read(variant, text)
        if shortest is None or len(text) < len(shortest[1]):
            shortest = (variant, text)
    if shortest is None:
        raise Unfillable("a template without wordings")
    return (*shortest, is_read(*shortest))


def _likeness(label: str, others: Iterable[str]) -> float:
    """Return how much a variant has in common with the most alike of others, 0 to 1."""
    own = label.split("-")
    shares = (
        sum(one == other for one, other in zip(own, each.split("-"), strict=False)) / len(own)
        for each in others
        if each.partition("-")[0] == own[0]
    )
    return max(shares, default=0.0)


def _names(case: Case, place: str, configuration: Configuration) -> tuple[str, ...]:
    """Return what makes one customer's text no other text: names, and who signs."""
    authors = {each.id: each.author for each in case.places}
    handle = authors.get(place) or case.handle or ""
    return (handle, spoken_name(handle), *signatures_of(configuration, case.brand))


def gaps_in(text: str) -> tuple[str, ...]:
    """Return what is to be filled in, as it stands in a text, each once: `[… your signature]`."""
    found = []
    while "[… " in text:
        _, _, text = text.partition("[… ")
        inside, _, text = text.partition("]")
        found.append(f"[… {inside}]")
    return tuple(dict.fromkeys(found))


def _by_age(case: Case) -> tuple[datetime, str]:
    return (case.detected_at, case.id)
